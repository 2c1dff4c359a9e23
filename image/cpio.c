/* SPDX-License-Identifier: BSD-2-Clause */
/* cpio headers in the newc format: see image/cpio.h.
 *
 * An entry is "070701", 13 numbers of 8 hex digits, the name with its NUL, and zeros to a multiple of 4. There is no trailer:
 * Linux does not ask for one, and takes whatever archive follows (init/initramfs.c, Documentation/driver-api/early-userspace/
 * buffer-format.rst). */
#include "core/cursor.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"
#include "image/cpio.h"

#define MODE_FILE 0100000
#define MODE_DIRECTORY 0040755
#define MODE_MASK 07777
#define HEADER_LEN 110

struct cpio_args { const char *name; size_t name_len; uint32_t mode, directories; };

/** The number that is the rest of the word at @text. */
static bool parse_number(const char *text, unsigned base, uint32_t max, uint32_t *value)
{
	const char *end = text_digits(text, base, value);

	return end > text && end == text_word_end(text) && *value <= max;
}

static bool parse_word(const char *word, struct cpio_args *args)
{
	if (!strncmp(word, "mode=", 5) && parse_number(word + 5, 8, MODE_MASK, &args->mode)) {
		args->mode |= MODE_FILE;
		return true;
	}
	if (!strncmp(word, "mkdir=-1", 8) && text_word_end(word) == word + 8) {
		args->directories = UINT32_MAX;
		return true;
	}
	return !strncmp(word, "mkdir=", 6) && parse_number(word + 6, 10, 255, &args->directories);
}

static int parse_arguments(const char *text, struct cpio_args *args)
{
	const char *end = text_word_end(text);

	*args = (struct cpio_args){ text, (size_t)(end - text), MODE_FILE | 0644, 0 };
	for (;;) {
		text = text_skip_spaces(end);
		if (!*text)
			return args->name_len ? 0 : fail(-EINVAL, "initrd argument without a file name");
		if (!parse_word(text, args))
			return fail(-EINVAL, "initrd argument \"%s\": wanted mode=OOO or mkdir=N", text);
		end = text_word_end(text);
	}
}

static void emit(struct writer *w, const struct cpio_args *args, size_t name_len, uint32_t mode, uint32_t length)
{
	/* inode 0 and one link: Linux looks for hard links among entries of several links only */
	const uint32_t fields[13] = { [1] = mode, [4] = 1, [6] = length, [11] = (uint32_t)name_len + 1 };
	static const uint8_t zeros[4];
	char number[9];

	wr_bytes(w, "070701", 6);
	for (unsigned i = 0; i < 13; i++) {
		text_format(number, sizeof(number), "%08x", fields[i]);
		wr_bytes(w, number, 8);
	}
	wr_bytes(w, args->name, name_len);
	wr_bytes(w, zeros, 1 + (-(HEADER_LEN + name_len + 1) & 3));
}

/** Does a directory's name end before byte @i? Not at a leading slash, nor twice at a double one. */
static bool directory_ends(const struct cpio_args *args, size_t i)
{
	return i > 0 && args->name[i] == '/' && args->name[i - 1] != '/';
}

int cpio_headers(const char *arguments, uint32_t length, uint8_t *buf, uint32_t size)
{
	struct writer w = wr_init(buf, size);
	struct cpio_args args;
	unsigned parents = 0;
	int rc = parse_arguments(arguments, &args);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < args.name_len; i++)
		parents += directory_ends(&args, i);
	for (size_t i = 0; i < args.name_len; i++)
		if (directory_ends(&args, i) && parents-- <= args.directories)
			emit(&w, &args, i, MODE_DIRECTORY, 0);
	emit(&w, &args, args.name_len, args.mode, length);
	if (!wr_ok(&w))
		return fail(-EINVAL, "the file name of an initrd is too long: its headers take more than %u bytes", size);
	return (int)(w.data - buf);
}
