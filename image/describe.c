/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image that cannot be booted looks like instead: most often a server's error page, or a file cut short. */
#include "config/features.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"
#include "image/image.h"

#define SHOWN 16                /* bytes of text or hex that are shown */
#define KERNEL_LEAST 512        /* no kernel fits less than a sector */

struct magic { const char *what; uint8_t len; char bytes[7]; };

static const struct magic magics[] = {
	{ "a 64-bit ELF file", 5, "\x7f" "ELF\2" },
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

/** Modules that call into the Syslinux which started them. Up to Syslinux 4 they begin with mov eax, 21cd4cffh, which as a DOS program just
 *  ends; from 5 on they are shared objects for the i386. */
static bool is_com32(const struct image *image)
{
	static const char old[] = "\xb8\xff\x4c\xcd\x21", elf[] = "\x7f" "ELF\1", shared_i386[] = { 3, 0, 3, 0 };
	const uint8_t *start = image_bytes(image, 0, 20);

	return start && (!memcmp(start, old, 5) || (!memcmp(start, elf, 5) && !memcmp(start + 16, shared_i386, 4)));
}

static bool is_text(const uint8_t *start, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!text_is_print((char)start[i]) && !text_is_space((char)start[i]))
			return false;
	return true;
}

int image_not_bootable(const struct image *image)
{
	size_t len = image->block.length < SHOWN ? image->block.length : SHOWN;
	const uint8_t *start = image_bytes(image, 0, len);
	char shown[3 * SHOWN + 1];
	struct text_buffer quote = { shown, sizeof(shown), 0 };
	const char *what;
	bool text;

	if (!len || !CONFIG_LOOKS)
		return fail(-ENOEXEC, len ? "%s" : "%s is empty", image->name);
	if (is_com32(image))
		return fail(-ENOEXEC, "%s is a COM32 module, which Syslinux alone runs: chain pxelinux.0, its configuration names it",
		            image->name);
	what = known(start, len);
	if (what)
		return fail(-ENOEXEC, "%s looks like %s", image->name, what);
	for (; len && text_is_space((char)*start); len--)
		start++;
	text = is_text(start, len);
	what = len && *start == '<' ? "HTML" : "text";
	shown[0] = '\0';
	for (; len; len--, start++)
		text_append(&quote, text ? "%c" : "%02x ", text && !text_is_print((char)*start) ? ' ' : *start);
	if (text)
		return fail(-ENOEXEC, "%s looks like %s: \"%s...\"", image->name, what, shown);
	if (image->block.length < KERNEL_LEAST)
		return fail(-ENOEXEC, "%s has %u bytes only", image->name, image->block.length);
	return fail(-ENOEXEC, "%s begins with %s", image->name, shown);
}
