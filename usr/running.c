/* SPDX-License-Identifier: BSD-2-Clause */
/* Noticing what would go round for ever. */
#include "usr/running.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "core/system.h"
#include "image/image.h"
#include "usr/wait.h"

#define HASHED_BYTES (640u << 10)        /* any PXE program, whole */

static struct running *innermost;
static char *program;           /* its URL */

/** FNV-1a, 64 bits: told apart are a server's files, not an attacker's. Of what is longer than a program the beginning will do. */
static uint64_t hash_of(const struct image *image)
{
	uint32_t len = image->block.length < HASHED_BYTES ? image->block.length : HASHED_BYTES;
	const uint8_t *byte = image_bytes(image, 0, len);
	uint64_t hash = 0xcbf29ce484222325u;

	for (uint32_t left = len; left; left--)
		hash = (hash ^ *byte++) * 0x100000001b3u;
	return hash;
}

void running_init(void)
{
	innermost = NULL;
}

void running_begin(struct running *r, const struct image *image)
{
	*r = (struct running){ innermost, image->uri, image->block.length, hash_of(image), wait_keys_read() };
	innermost = r;
}

void running_end(struct running *r)
{
	innermost = r->outer;
}

void running_set_program(const char *url)
{
	heap_free(program);
	program = url ? heap_strdup(url) : NULL;
}

static bool is(const struct running *r, const struct image *image)
{
	return r->length == image->block.length && strcmp(r->uri, image->uri) == 0 && r->hash == hash_of(image);
}

int running_check(const struct image *image)
{
	unsigned times = 0;

	if (!*image->uri)
		return 0;
	for (const struct running *r = innermost; r; r = r->outer)
		times += r->keys == wait_keys_read() && is(r, image);
	if (times >= RUNNING_TIMES)
		return fail(-ELOOP, "it runs itself for the %uth time, with the same bytes from the same URL", times + 1);
	if (program && strcmp(program, image->uri) == 0 && wait_keys_read() == 0 &&
	    system_is_this_program(image_bytes(image, 0, image->block.length), image->block.length))
		return fail(-ELOOP, "it is the program that is running: the same bytes from the same URL");
	return 0;
}
