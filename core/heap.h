/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap: images' names, settings, lines of text, rings. Not for packets (net/pkt.h has a pool) nor image bytes (image/space.h).
 * First fit over one region given at start; neighbours are joined when freed. Not re-entrant. */
#ifndef CORE_HEAP_H
#define CORE_HEAP_H

#include <stddef.h>

/** Give the heap its memory: @start to @start + @size, 16-byte aligned inside. Called once by the platform. */
void heap_init(void *start, size_t size);

/** @size bytes, 16-byte aligned, contents undefined; NULL when there is no room. The caller frees. */
void *heap_alloc(size_t size);
/** The same, zeroed. */
void *heap_zalloc(size_t size);
/** The same, aligned to @align (a power of two, 16 to 65536), for DMA. heap_free() frees it. */
void *heap_alloc_aligned(size_t size, size_t align);
/** A copy of @s on the heap, or NULL. */
char *heap_strdup(const char *s);
/** Give back; NULL is allowed. */
void heap_free(void *p);

/** For tests and `show`: bytes free in all, and the largest block. */
size_t heap_free_bytes(void);
size_t heap_largest_free(void);
/** For tests: the @n-th allocation from now (1 is the next) returns NULL, once. 0 switches it off. */
void heap_fail_after(unsigned n);

#endif
