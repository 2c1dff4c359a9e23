/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image that cannot be booted looks like instead: most often a server's error page, or a file cut short. */
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"
#include "image/image.h"

#define SHOWN 16                /* bytes of text or hex that are shown */
#define KERNEL_LEAST 512        /* no kernel fits less than a sector */

struct magic { const char *what; uint8_t len; char bytes[7]; };

static const struct magic magics[] = {
	{ "an ELF file", 4, "\x7f" "ELF" },
	{ "a DOS or EFI program", 2, "MZ" },
	{ "gzip", 2, "\x1f\x8b" },
	{ "xz", 6, "\xfd" "7zXZ" },
	{ "zstd", 4, "\x28\xb5\x2f\xfd" },
	{ "a cpio archive", 5, "07070" },
};

static const char *known(const uint8_t *start, size_t len)
{
	for (const struct magic *m = magics; m < magics + sizeof(magics) / sizeof(*magics); m++)
		if (len >= m->len && !memcmp(start, m->bytes, m->len))
			return m->what;
	return NULL;
}

static bool is_text(const uint8_t *start, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!text_is_print((char)start[i]) && !text_is_space((char)start[i]))
			return false;
	return true;
}

/** The first bytes as they are, or in hex. */
static void quote(char *buf, size_t size, const uint8_t *start, size_t len, bool text)
{
	size_t at = 0;

	*buf = '\0';
	for (size_t i = 0; i < len && at < size; i++)
		at += (size_t)text_format(buf + at, size - at, text ? "%c" : "%02x ", text_is_space((char)start[i]) && text ? ' ' : start[i]);
}

int image_not_bootable(const struct image *image)
{
	size_t len = image->block.length < SHOWN ? image->block.length : SHOWN;
	const uint8_t *start = len ? image_bytes(image, 0, len) : NULL;
	char shown[3 * SHOWN + 1];

	if (!start)
		return fail(-ENOEXEC, "%s is empty", image->name);
	if (known(start, len))
		return fail(-ENOEXEC, "%s looks like %s", image->name, known(start, len));
	while (len && text_is_space((char)*start))
		start++, len--;
	quote(shown, sizeof(shown), start, len, is_text(start, len));
	if (is_text(start, len))
		return fail(-ENOEXEC, "%s looks like %s: \"%s...\"", image->name, len && *start == '<' ? "HTML" : "text", shown);
	if (image->block.length < KERNEL_LEAST)
		return fail(-ENOEXEC, "%s has %u bytes only", image->name, image->block.length);
	return fail(-ENOEXEC, "%s begins with %s", image->name, shown);
}
