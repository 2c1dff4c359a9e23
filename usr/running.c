/* SPDX-License-Identifier: BSD-2-Clause */
/* Noticing what would go round for ever. */
#include "usr/running.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "image/image.h"
#include "usr/wait.h"

static struct running *innermost;
static char *program;           /* its URL */

void running_begin(struct running *r, const struct image *image)
{
	*r = (struct running){ innermost, image, wait_keys_read() };
	innermost = r;
}

void running_end(struct running *r)
{
	innermost = r->outer;
}

void running_set_program(const char *url)
{
	size_t size = url ? strlen(url) + 1 : 0;

	heap_free(program);
	program = url ? heap_alloc(size) : NULL;
	if (program)
		memcpy(program, url, size);
}

static bool same(const struct image *a, const struct image *b)
{
	uint32_t len = a->block.length;

	return len == b->block.length && strcmp(a->uri, b->uri) == 0 && memcmp(image_bytes(a, 0, len), image_bytes(b, 0, len), len) == 0;
}

int running_check(const struct image *image)
{
	unsigned times = 0;

	if (!*image->uri)
		return 0;
	for (const struct running *r = innermost; r; r = r->outer)
		times += r->keys == wait_keys_read() && same(r->image, image);
	if (times >= RUNNING_TIMES)
		return fail(-ELOOP, "it runs itself for the %uth time, with the same bytes from the same URL", times + 1);
	if (program && !image->format->script && strcmp(program, image->uri) == 0 && wait_keys_read() == 0)
		return fail(-ELOOP, "its URL is that of the program that is running");
	return 0;
}
