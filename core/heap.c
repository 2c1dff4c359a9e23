/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap (see core/heap.h): first fit over a list of free blocks in the order of their addresses.
 *
 * Every block starts at a multiple of UNIT and is a multiple of it long. A block in use begins with a header of one UNIT and its
 * caller has the rest; a free one begins with its place in the list. */
#include "core/heap.h"

#include <stdbool.h>
#include <stdint.h>
#include "core/assert.h"
#include "core/string.h"

#define UNIT 16
#define IN_USE 0x68656170u              /* marks a block that was allocated and not freed */

/* free: size and next; in use: size and mark */
struct block {
	size_t size;                    /* with the header */
	union { struct block *next; size_t mark; };
};
_Static_assert(sizeof(struct block) <= UNIT, "a header is one unit");

static struct block *first_free;
static unsigned fail_countdown;

void heap_init(void *start, size_t size)
{
	uintptr_t begin = ((uintptr_t)start + UNIT - 1) & ~(uintptr_t)(UNIT - 1);
	uintptr_t end = ((uintptr_t)start + size) & ~(uintptr_t)(UNIT - 1);

	assert(end > begin);
	first_free = (struct block *)begin;
	first_free->size = end - begin;
	first_free->next = NULL;
}

/** Where a block of @size for an @align-ed caller starts in the free block @b; 0 when it does not fit. */
static uintptr_t place(const struct block *b, size_t size, size_t align)
{
	uintptr_t start = (uintptr_t)b, end = start + b->size;
	uintptr_t at = ((start + UNIT + align - 1) & ~(uintptr_t)(align - 1)) - UNIT;

	return at < start || at > end || end - at < size ? 0 : at;
}

/** Cut @size bytes at @at out of the free block *@link; what is left on either side stays free. */
static void carve(struct block **link, uintptr_t at, size_t size)
{
	struct block *b = *link, *next = b->next;
	size_t before = at - (uintptr_t)b, after = b->size - before - size;

	if (after) {
		struct block *rest = (struct block *)(at + size);

		rest->size = after;
		rest->next = next;
		next = rest;
	}
	if (before) {
		b->size = before;
		b->next = next;
	} else {
		*link = next;
	}
}

void *heap_alloc_aligned(size_t size, size_t align)
{
	struct block *b;

	if (fail_countdown && --fail_countdown == 0)
		return NULL;
	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + UNIT + UNIT - 1) & ~(size_t)(UNIT - 1);
	for (struct block **link = &first_free; *link; link = &(*link)->next) {
		uintptr_t at = place(*link, size, align);

		if (!at)
			continue;
		carve(link, at, size);
		b = (struct block *)at;
		b->size = size;
		b->mark = IN_USE;
		return (uint8_t *)b + UNIT;
	}
	return NULL;
}

void *heap_alloc(size_t size)
{
	return heap_alloc_aligned(size, UNIT);
}

void *heap_zalloc(size_t size)
{
	void *p = heap_alloc(size);

	return p ? memset(p, 0, size) : NULL;
}

char *heap_strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = heap_alloc(size);

	return copy ? memcpy(copy, s, size) : NULL;
}

/** Swallow the block after @b if it is its neighbour. */
static void join_next(struct block *b)
{
	struct block *next = b->next;

	if (next && (uint8_t *)b + b->size == (uint8_t *)next) {
		b->size += next->size;
		b->next = next->next;
	}
}

void heap_free(void *p)
{
	struct block *before = NULL, *next = first_free;
	struct block *b;

	if (!p)
		return;
	b = (struct block *)((uint8_t *)p - UNIT);
	assert(b->mark == IN_USE);              /* else freed twice, or never allocated */
	for (; next && next < b; next = next->next)
		before = next;
	b->next = next;
	join_next(b);
	if (before) {
		before->next = b;
		join_next(before);
	} else {
		first_free = b;
	}
}

size_t heap_free_bytes(void)
{
	size_t total = 0;

	for (const struct block *b = first_free; b; b = b->next)
		total += b->size;
	return total;
}

size_t heap_largest_free(void)
{
	size_t largest = 0;

	for (const struct block *b = first_free; b; b = b->next)
		if (b->size > largest)
			largest = b->size;
	return largest ? largest - UNIT : 0;
}

void heap_fail_after(unsigned n)
{
	fail_countdown = n;
}
