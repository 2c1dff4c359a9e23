/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP, the boot file's name, fetch and boot, on each interface in order. */
#include "usr/autoboot.h"

#include "config/net.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/uri.h"
#include "image/image.h"
#include "net/netif.h"
#include "usr/boot.h"
#include "usr/fetch.h"
#include "usr/ifmgmt.h"
#include "usr/shell.h"
#include "usr/wait.h"

/** The boot file's name that @netif was given, on the heap. -ENOENT with fail() when there is none. */
static int boot_file(const struct netif *netif, char **file)
{
	size_t len;
	const uint8_t *value = settings_find(&netif->settings, TAG_FILENAME, NULL, true, &len);

	if (!value || len == 0)
		return fail(-ENOENT, "DHCP gave %pI4 but no boot file", &netif->ip);
	*file = heap_alloc(len + 1);
	if (!*file)
		return -ENOMEM;
	text_format(*file, len + 1, "%.*s", (int)len, (const char *)value);
	return 0;
}

static int boot_url(const char *url)
{
	static const struct fetch_options options;
	struct image *image;
	int rc = fetch_image(url, &options, &image);

	if (rc != 0)
		return rc;
	uri_free(fetch_set_base(image->uri));
	rc = boot_recognise(image);
	if (rc == 0)
		rc = boot_image(image);
	image_free(image);
	return rc;
}

static int boot_from(struct netif *netif)
{
	char *file = NULL;
	int rc = ifmgmt_dhcp(netif, 0);

	if (rc != 0)
		return rc;
	rc = boot_file(netif, &file);
	if (rc != 0)
		return rc;
	if (fetch_is_absolute(file))
		rc = boot_url(file);
	else
		rc = fail(-EPROTONOSUPPORT, "boot file \"%s\" is not a URL, and this version has no TFTP", file);
	heap_free(file);
	return rc;
}

/** Try @netif and say what went wrong. */
static int try_interface(struct netif *netif)
{
	int rc;

	shell_job_begin();
	rc = boot_from(netif);
	if (!wait_shell_wanted())
		shell_job_end(netif->name, rc);
	return rc;
}

/** The @i-th interface to try: of the @count named, or of all (0). NULL: the end, or no such name (*@rc says it). */
static struct netif *candidate(int i, int count, char **names, const struct netif *before, int *rc)
{
	struct netif *netif = NULL;

	if (count == 0)
		netif = ifmgmt_next(before);
	else if (i < count)
		*rc = ifmgmt_find(names[i], &netif);
	return netif;
}

int autoboot(int count, char **names)
{
	bool watched = wait_watch_shell_key(true);
	struct netif *netif, *next;
	int rc = ifmgmt_next(NULL) ? 0 : ifmgmt_none(), i = 0;

	for (netif = candidate(0, count, names, NULL, &rc); netif; netif = next) {
		rc = try_interface(netif);
		if (rc >= 0 || wait_shell_wanted())
			break;
		next = candidate(++i, count, names, netif, &rc);
		if (next)
			netif_close(netif);     /* the last one stays open: somebody may come and look */
	}
	wait_watch_shell_key(watched);
	return rc;
}
