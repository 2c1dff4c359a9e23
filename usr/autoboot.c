/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP, the boot file's name, fetch and boot, on each interface in order. */
#include "usr/autoboot.h"

#include "config/features.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "core/uri.h"
#include "image/image.h"
#include "net/netif.h"
#include "usr/boot.h"
#include "usr/fetch.h"
#include "usr/ifmgmt.h"
#include "usr/shell.h"
#include "usr/wait.h"

/** What @netif was told, unless it was set by hand for all; NULL: nothing. */
static const char *told(const struct netif *netif, uint32_t tag, size_t *len)
{
	const uint8_t *value = settings_find(settings_root(), tag, NULL, false, len);

	if (!value)
		value = settings_find(&netif->settings, tag, NULL, true, len);
	return value && *len ? (const char *)value : NULL;
}

/** Write the TFTP server that @netif was told of: next-server as PXE has it, else the server's name (option 66), else whoever gave the
 *  address. */
static void append_server(struct text_buffer *t, const struct netif *netif)
{
	static const uint32_t tags[] = { TAG_NEXT_SERVER, TAG_TFTP_SERVER, TAG_DHCP_SERVER };
	const char *value = NULL;
	size_t len = 0;
	unsigned i = 0;

	while (i < 3 && !(value = told(netif, tags[i], &len)))
		i++;
	if (value && tags[i] == TAG_TFTP_SERVER) {
		text_append(t, "%.*s", (int)len, value);
	} else if (value) {
		struct reader r = rd_init(value, len);
		uint32_t ip = rd_be32(&r);

		text_append(t, "%pI4", &ip);
	}
}

/** Write the URL of @file, a name as DHCP gives it: a URL itself, or one of the TFTP server's files. */
static void append_url(struct text_buffer *t, const struct netif *netif, const char *file, size_t len)
{
	if (!CONFIG_TFTP || fetch_is_absolute(file)) {
		text_append(t, "%.*s", (int)len, file);
		return;
	}
	text_append(t, "tftp://");
	append_server(t, netif);
	for (text_append(t, "/"); len; len--, file++)
		if (*file == '/')
			text_append(t, "/");
		else
			uri_append_encoded(t, file, 1);
}

/** The URL of the boot file that @netif was given, on the heap. -ENOENT with fail() when there is none. */
static int boot_file(const struct netif *netif, char **url)
{
	size_t len;
	const char *value = told(netif, TAG_FILENAME, &len);
	struct text_buffer t = { NULL, 0, 0 };
	char *file;

	if (!value)
		return fail(-ENOENT, "DHCP gave %pI4 but no boot file", &netif->ip);
	file = heap_alloc(len + 1);
	if (!file)
		return -ENOMEM;
	text_format(file, len + 1, "%.*s", (int)len, value);
	append_url(&t, netif, file, strlen(file));
	t = (struct text_buffer){ heap_alloc((size_t)t.len + 1), (size_t)t.len + 1, 0 };
	if (t.data)
		append_url(&t, netif, file, strlen(file));
	heap_free(file);
	*url = t.data;
	return t.data ? 0 : -ENOMEM;
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
	char *url = NULL;
	int rc = ifmgmt_dhcp(netif, 0);

	if (rc == 0)
		rc = boot_file(netif, &url);
	if (!CONFIG_TFTP && rc == 0 && !fetch_is_absolute(url))
		rc = fail(-EPROTONOSUPPORT, "boot file \"%s\" is not a URL, and this ROM has no TFTP", url);
	if (rc == 0)
		rc = boot_url(url);
	heap_free(url);
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
