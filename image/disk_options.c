/* SPDX-License-Identifier: BSD-2-Clause */
/* memdisk's words: see image/disk_options.h. */
#include "image/disk_options.h"

#include "core/errors.h"
#include "core/string.h"

enum word { ISO, FLOPPY, HARDDISK, CYLINDERS, HEADS, SECTORS, OFFSET, RO, EDD, NOEDD };
enum value { NONE, MAY, MUST };

static const struct option {
	char name[9];
	uint8_t value;
	uint8_t min;                    /* of a number */
	uint64_t max;
} options[] = {
	[ISO] = { "iso", NONE, 0, 0 },
	[FLOPPY] = { "floppy", MAY, 0, 0x7f },
	[HARDDISK] = { "harddisk", MAY, 0, 0xff },
	[CYLINDERS] = { "c", MUST, 1, UINT32_MAX },
	[HEADS] = { "h", MUST, 1, 255 },
	[SECTORS] = { "s", MUST, 1, 63 },
	[OFFSET] = { "offset", MUST, 0, UINT64_MAX },
	[RO] = { "ro", NONE, 0, 0 },
	[EDD] = { "edd", NONE, 0, 0 },
	[NOEDD] = { "noedd", NONE, 0, 0 },
};
#define OPTIONS (sizeof(options) / sizeof(*options))

/* Words that mean nothing to us, each with a space behind it, and =: whatever follows. */
static const char ignored[] = "raw bigraw int safeint nopass nopassany dpt nodpt pause stack= mem= initrd= BOOT_IMAGE= ";

static bool is_ignored(const char *word, size_t len)
{
	const char *end;

	for (const char *w = ignored; *w; w = end + 1) {
		end = text_word_end(w);
		if ((end[-1] == '=' ? len >= (size_t)(end - w) : len == (size_t)(end - w)) && !text_ncasecmp(w, word, (size_t)(end - w)))
			return true;
	}
	return false;
}

/** Its number, OPTIONS if there is none of that name. */
static unsigned option_find(const char *name, size_t len)
{
	unsigned i = 0;

	while (i < OPTIONS && (strlen(options[i].name) != len || text_ncasecmp(options[i].name, name, len) != 0))
		i++;
	return i;
}

/** All of @len bytes at @s as a number of @option. */
static bool number_of(const struct option *option, const char *s, size_t len, uint64_t *number)
{
	uint32_t hex;
	const char *end;

	if (len > 2 && s[0] == '0' && (s[1] | 0x20) == 'x') {
		end = text_digits(s + 2, 16, &hex);
		*number = hex;
		if (end != s + len)
			return false;
	} else if (!text_to_u64(s, len, number)) {
		return false;
	}
	return *number >= option->min && *number <= option->max;
}

static int set_kind(struct disk_options *o, enum disk_kind kind, int drive)
{
	if (o->kind != DISK_ANY && o->kind != kind)
		return fail(-EINVAL, "one of iso, floppy, harddisk");
	o->kind = kind;
	o->drive = drive;
	return 0;
}

/** What @word says, with @number if one was @said. */
static int take(struct disk_options *o, enum word word, bool said, uint64_t number)
{
	switch (word) {
	case ISO:
		return set_kind(o, DISK_CD, -1);
	case FLOPPY:
		return set_kind(o, DISK_FLOPPY, said ? (int)number : -1);
	case HARDDISK:
		return set_kind(o, DISK_HARD, said ? (int)number | 0x80 : -1);
	case CYLINDERS:
		o->cylinders = (uint32_t)number;
		break;
	case HEADS:
		o->heads = (uint16_t)number;
		break;
	case SECTORS:
		o->sectors = (uint16_t)number;
		break;
	case OFFSET:
		o->offset = number;
		break;
	case RO:
		o->read_only = true;
		break;
	case EDD:
	case NOEDD:
		o->edd = word == EDD ? DISK_EDD_ON : DISK_EDD_OFF;
		break;
	}
	return 0;
}

/** The word from @word to @end. */
static int parse_word(struct disk_options *o, const char *word, const char *end)
{
	int len = (int)(end - word);
	const char *equals = memchr(word, '=', (size_t)len);
	unsigned found = option_find(word, (size_t)((equals ? equals : end) - word));
	const struct option *option = &options[found];
	uint64_t number = 0;

	if (found == OPTIONS)
		return is_ignored(word, (size_t)len) ? 0 : fail(-EINVAL, "%.*s: no word for a disk", len, word);
	if (equals && option->value == NONE)
		return fail(-EINVAL, "%.*s: %s has no value", len, word, option->name);
	if ((equals || option->value == MUST) && (!equals || !number_of(option, equals + 1, (size_t)(end - equals - 1), &number)))
		return fail(-EINVAL, "%.*s: wants a number from %u to %llu", len, word, option->min, (unsigned long long)option->max);
	return take(o, found, equals, number);
}

int disk_options_parse(struct disk_options *o, const char *words)
{
	const char *end;
	int rc;

	*o = (struct disk_options){ .drive = -1 };
	for (words = text_skip_spaces(words); *words; words = text_skip_spaces(end)) {
		end = text_word_end(words);
		if ((rc = parse_word(o, words, end)) != 0)
			return rc;
	}
	return 0;
}

bool disk_options_edd(const struct disk_options *o, enum disk_kind kind)
{
	return o->edd == DISK_EDD_ON || (o->edd == DISK_EDD_USUAL && kind != DISK_FLOPPY);
}
