/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking files against the digests given for them: see usr/expect.h. */
#include "usr/expect.h"

#include "config/features.h"
#include "core/errors.h"
#include "core/string.h"

#define SLICE 0x10000           /* bytes hashed between two looks at the network and the keyboard */

/** Those a user may name, whether or not this build has them: one that is missing must not go unnoticed. */
static const struct { char name[8], title[8]; } known[] = { { "sha256", "SHA-256" }, { "sha1", "SHA-1" }, { "md5", "MD5" } };
#define KNOWN (sizeof(known) / sizeof(known[0]))

static const char *title(const char *name)
{
	for (unsigned i = 0; i < KNOWN; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].title;
	return name;
}

int expect_add(struct expect *e, const char *name, const char *hex)
{
	const struct digest_algorithm *algorithm = digest_find(name);

	if (!algorithm)
		return fail(-ENOTSUP, "no %s in this build", title(name));
	if (e->count == EXPECT_MAX || !digest_parse(hex, e->digest[e->count].value, algorithm->bytes))
		return fail(-EINVAL, "%s is %u hex digits, not \"%.80s\"", title(name), 2 * algorithm->bytes, hex);
	e->digest[e->count++].algorithm = algorithm;
	return 0;
}

int expect_fragment(struct expect *e, const char *fragment)
{
	const char *equals = fragment ? strchr(fragment, '=') : NULL;

	if (!CONFIG_DIGESTS)
		return equals ? fail(-ENOTSUP, "no digests in this build: \"%.80s\"", fragment) : 0;
	for (unsigned i = 0; equals && i < KNOWN; i++)
		if ((size_t)(equals - fragment) == strlen(known[i].name) && text_ncasecmp(fragment, known[i].name, strlen(known[i].name)) == 0)
			return expect_add(e, known[i].name, equals + 1);
	return 0;
}

void expect_begin(struct expect *e)
{
	e->current = e->offset = 0;
}

/** The digest that was being taken is complete: is it as expected? */
static int compare(struct expect *e)
{
	const struct digest_algorithm *algorithm = e->digest[e->current].algorithm;
	char expected[2 * DIGEST_BYTES_MAX + 1], got[2 * DIGEST_BYTES_MAX + 1];
	uint8_t value[DIGEST_BYTES_MAX];

	digest_final(&e->running, value);
	if (memcmp(value, e->digest[e->current].value, algorithm->bytes) == 0)
		return 0;
	digest_format(expected, e->digest[e->current].value, algorithm->bytes);
	digest_format(got, value, algorithm->bytes);
	return fail(-EBADMSG, "%s mismatch: expected %s, got %s", title(algorithm->name), expected, got);
}

int expect_run(struct expect *e, const struct space_block *block)
{
	uint32_t len = block->length - e->offset < SLICE ? block->length - e->offset : SLICE;
	int rc;

	if (e->current == e->count)
		return 0;
	if (e->offset == 0)
		digest_init(&e->running, e->digest[e->current].algorithm);
	if (len)
		digest_update(&e->running, space_at(block, e->offset, len), len);
	e->offset += len;
	if (e->offset < block->length)
		return -EINPROGRESS;
	rc = compare(e);
	e->current++;
	e->offset = 0;
	return rc || e->current == e->count ? rc : -EINPROGRESS;
}
