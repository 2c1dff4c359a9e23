/* SPDX-License-Identifier: BSD-2-Clause */
/* From the settings of a server's answer to a URL. */
#include "usr/boot_file.h"

#include "config/features.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "core/uri.h"
#include "usr/fetch.h"
#include "usr/ifmgmt.h"

#define SHOWN_NAME_MAX 128      /* bytes of a name that a line repeats */

/** What was set by hand for all, else what @scope has; NULL: nothing. */
static const char *told(const struct settings_scope *scope, uint32_t tag, size_t *len)
{
	const uint8_t *value = settings_find(settings_root(), tag, NULL, false, len);

	if (!value)
		value = settings_find(scope, tag, NULL, true, len);
	return value && *len ? (const char *)value : NULL;
}

bool boot_file_named(const struct settings_scope *scope)
{
	size_t len;

	return told(scope, TAG_FILENAME, &len) != NULL;
}

static void append_server(struct text_buffer *t, const struct settings_scope *scope)
{
	static const uint32_t tags[] = { TAG_NEXT_SERVER, TAG_TFTP_SERVER, TAG_TFTP_ADDRESS, TAG_DHCP_SERVER };
	const char *value = NULL;
	size_t len = 0;
	unsigned i = 0;

	while (i < 4 && !(value = told(scope, tags[i], &len)))
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
static void append_url(struct text_buffer *t, const struct settings_scope *scope, const char *file, size_t len)
{
	if (!CONFIG_TFTP || fetch_is_absolute(file)) {
		text_append(t, "%.*s", (int)len, file);
		return;
	}
	text_append(t, "tftp://");
	append_server(t, scope);
	for (text_append(t, "/"); len; len--, file++)
		if (*file == '/')
			text_append(t, "/");
		else
			uri_append_encoded(t, file, 1);
}

/** The same, on the heap; NULL when out of memory. */
static char *make_url(const struct settings_scope *scope, const char *file)
{
	struct text_buffer t = { NULL, 0, 0 };

	append_url(&t, scope, file, strlen(file));
	t = (struct text_buffer){ heap_alloc((size_t)t.len + 1), (size_t)t.len + 1, 0 };
	if (t.data)
		append_url(&t, scope, file, strlen(file));
	return t.data;
}

int boot_file_url(const struct settings_scope *scope, char **url)
{
	size_t len;
	const char *value = told(scope, TAG_FILENAME, &len);
	char *file;

	*url = NULL;
	if (!value)
		return fail(-ENOENT, "no boot file is named");
	file = heap_alloc(len + 1);
	if (!file)
		return -ENOMEM;
	text_format(file, len + 1, "%.*s", (int)len, value);
	*url = make_url(scope, file);
	heap_free(file);
	if (*url && !CONFIG_TFTP && !fetch_is_absolute(*url)) {
		fail(-EPROTONOSUPPORT, "boot file \"%s\" is not a URL, and this ROM has no TFTP", *url);
		heap_free(*url);
		*url = NULL;
		return -EPROTONOSUPPORT;
	}
	return *url ? 0 : -ENOMEM;
}

void boot_file_show(const struct settings_scope *scope)
{
	size_t len = 0;
	const char *value = told(scope, TAG_FILENAME, &len);
	uint32_t ip;

	print("\"");
	ifmgmt_print_bytes(value, len < SHOWN_NAME_MAX ? len : SHOWN_NAME_MAX);
	print("\"");
	if (settings_find(settings_root(), TAG_FILENAME, NULL, false, &len))
		print(" (set by hand)");
	else if (settings_find_ipv4(scope, TAG_DHCP_SERVER, true, &ip))
		print(" of %pI4", &ip);
}
