/* SPDX-License-Identifier: BSD-2-Clause */
/* core/heap.c: room, alignment, joining, injected failure, misuse. */
#include "tests/unit/test.h"

#include <stdint.h>
#include "core/heap.h"
#include "tests/host/host.h"

#define SIZE 65536

static uint8_t memory[SIZE + 64] __attribute__((aligned(16)));

static void fresh(void)
{
	host_reset();
	heap_init(memory + 3, SIZE);
}
__attribute__((constructor)) static void use_fresh(void) { test_setup = fresh; }

TEST(all_memory_comes_back_whole)
{
	size_t all = heap_free_bytes(), largest = heap_largest_free();
	void *p[4];

	EXPECT(all <= SIZE && all > SIZE - 32);
	for (unsigned order = 0; order < 24; order++) {
		unsigned left[4] = { 0, 1, 2, 3 }, pick = order;

		for (unsigned i = 0; i < 4; i++)
			EXPECT((p[i] = heap_alloc(100 + i)) != NULL);
		for (unsigned n = 4; n; n--) {          /* each of the 24 orders of freeing */
			unsigned at = pick % n;

			pick /= n;
			heap_free(p[left[at]]);
			left[at] = left[n - 1];
		}
		EXPECT_EQ(heap_free_bytes(), all);
		EXPECT_EQ(heap_largest_free(), largest);
	}
}

TEST(blocks_are_aligned_and_do_not_overlap)
{
	uint8_t *p[64];

	for (unsigned i = 0; i < 64; i++) {
		p[i] = heap_alloc(i * 5);
		EXPECT(p[i] && (uintptr_t)p[i] % 16 == 0);
		memset(p[i], (int)i, i * 5);
	}
	for (unsigned i = 0; i < 64; i++)
		for (unsigned k = 0; k < i * 5; k++)
			EXPECT_EQ(p[i][k], i);
	for (unsigned i = 0; i < 64; i++)
		heap_free(p[i * 37 % 64]);
	EXPECT_EQ(heap_largest_free() + 16, heap_free_bytes());
}

TEST(any_alignment_up_to_64_kib_is_kept_and_freed)
{
	size_t all = heap_free_bytes();

	for (size_t align = 16; align <= 16384; align *= 2) {
		void *before = heap_alloc(40);
		void *p = heap_alloc_aligned(100, align);

		EXPECT(p && (uintptr_t)p % align == 0);
		heap_free(before);
		heap_free(p);
		EXPECT_EQ(heap_free_bytes(), all);
		EXPECT_EQ(heap_largest_free() + 16, all);
	}
}

TEST(no_room_is_null)
{
	void *p;

	EXPECT(heap_alloc(SIZE) == NULL);
	EXPECT(heap_alloc(SIZE_MAX) == NULL);
	EXPECT(heap_alloc(SIZE_MAX - 15) == NULL);
	EXPECT(heap_alloc(SIZE_MAX / 2) == NULL);
	EXPECT((p = heap_alloc(heap_largest_free())) != NULL);
	EXPECT_EQ(heap_free_bytes(), 0);
	EXPECT_EQ(heap_largest_free(), 0);
	EXPECT(heap_alloc(1) == NULL);
	heap_free(p);
	heap_free(NULL);
	EXPECT((p = heap_alloc(0)) != NULL);
	heap_free(p);
}

TEST(zalloc_zeroes_and_strdup_copies)
{
	uint8_t *p = heap_alloc(500);
	char *s;

	memset(p, 0xff, 500);
	heap_free(p);
	p = heap_zalloc(500);
	for (unsigned i = 0; i < 500; i++)
		EXPECT_EQ(p[i], 0);
	s = heap_strdup("vmlinuz");
	EXPECT_STR(s, "vmlinuz");
	heap_free(s);
	heap_free(p);
}

TEST(the_nth_allocation_can_be_made_to_fail_once)
{
	void *p, *q;

	heap_fail_after(2);
	EXPECT((p = heap_alloc(1)) != NULL);
	EXPECT(heap_zalloc(1) == NULL);
	EXPECT((q = heap_alloc(1)) != NULL);
	heap_free(p);
	heap_free(q);
}

TEST(freeing_twice_is_caught)
{
	void *volatile p = heap_alloc(10), *volatile keep = heap_alloc(10);

	heap_free(p);
	if (host_catch() == HOST_STAYED) {
		heap_free(p);
		EXPECT(!"a second free was accepted");
	}
	heap_free(keep);
}

TEST(random_use_leaves_the_heap_as_it_was)
{
	size_t all = heap_free_bytes();
	void *p[50] = { NULL };
	uint32_t seed = 1;

	for (unsigned i = 0; i < 20000; i++) {
		unsigned slot;

		seed = seed * 1664525 + 1013904223;
		slot = seed >> 16 & 0xffff;
		heap_free(p[slot % 50]);
		p[slot % 50] = heap_alloc_aligned(slot % 3000, 16u << (slot % 5));
	}
	for (unsigned i = 0; i < 50; i++)
		heap_free(p[i]);
	EXPECT_EQ(heap_free_bytes(), all);
	EXPECT_EQ(heap_largest_free() + 16, all);
}
