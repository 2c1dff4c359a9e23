/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/image/images.h"

#define PAGE SPACE_PAGE
#define BASE (16 * HOST_MIB)

__attribute__((constructor)) static void begin(void) { test_setup = host_reset; }

static void with_pages(unsigned pages)
{
	machine(BASE, pages * PAGE, HOST_MIB, 200 * HOST_MIB);
}

static uint64_t free_total(void)
{
	uint64_t total;
	uint32_t largest;

	space_free_bytes(&total, &largest);
	return total;
}

static uint32_t free_largest(void)
{
	uint64_t total;
	uint32_t largest;

	space_free_bytes(&total, &largest);
	return largest;
}

TEST(blocks_are_placed_top_down_in_order_with_room_in_front)
{
	struct space_block a = { .size = 0 }, b = { .size = 0 };

	with_pages(100);
	EXPECT_EQ(space_alloc(&a, 1), 0);
	EXPECT_EQ(space_alloc(&b, PAGE + 1), 0);
	EXPECT_EQ(a.start, BASE + 98 * PAGE);
	EXPECT_EQ(a.size, 2 * PAGE);
	EXPECT_EQ(b.start, BASE + 95 * PAGE);
	EXPECT_EQ(space_phys(&b), BASE + 96 * PAGE);
	EXPECT_EQ(free_total(), 95 * PAGE);
}

TEST(a_freed_block_is_used_again_and_freeing_twice_is_harmless)
{
	struct space_block a = { .size = 0 }, b = { .size = 0 }, c = { .size = 0 };

	with_pages(100);
	EXPECT_EQ(space_alloc(&a, 9 * PAGE), 0);
	EXPECT_EQ(space_alloc(&b, 9 * PAGE), 0);
	space_free(&a);
	space_free(&a);
	EXPECT_EQ(free_largest(), 80 * PAGE);
	EXPECT_EQ(free_total(), 90 * PAGE);
	EXPECT_EQ(space_alloc(&c, 4 * PAGE), 0);
	EXPECT_EQ(c.start, BASE + 95 * PAGE);
	space_free(&b);
	space_free(&c);
	EXPECT_EQ(free_largest(), 100 * PAGE);
}

TEST(what_does_not_fit_is_refused_with_figures)
{
	struct space_block a = { .size = 0 }, b = { .size = 0 }, hole = { .size = 0 };

	machine(BASE, 100 * HOST_MIB, HOST_MIB, 200 * HOST_MIB);
	EXPECT_EQ(space_alloc(&hole, 40 * HOST_MIB - PAGE), 0);
	EXPECT_EQ(space_alloc(&a, 20 * HOST_MIB - PAGE), 0);
	space_free(&hole);
	EXPECT_EQ(space_alloc(&b, 300 * HOST_MIB), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "need 300.0 MiB, 80.0 MiB free (largest gap 40.0 MiB)"));
	EXPECT_EQ(space_alloc(&b, 50 * HOST_MIB), -ENOMEM);
	EXPECT_EQ(b.size, 0);
	EXPECT_EQ(space_alloc(&b, 0x100000000ull), -ENOMEM);
	EXPECT_EQ(space_alloc(&b, UINT64_MAX), -ENOMEM);
	EXPECT_EQ(space_alloc(&b, UINT32_MAX), -ENOMEM);
	EXPECT_EQ(space_alloc(&b, 40 * HOST_MIB - PAGE), 0);
	EXPECT_EQ(space_alloc(&hole, 40 * HOST_MIB - PAGE + 1), -ENOMEM);
	EXPECT_EQ(space_alloc(&hole, 40 * HOST_MIB - PAGE), 0);
	EXPECT_EQ(free_total(), 0);
}

TEST(an_empty_image_has_its_header_room)
{
	struct space_block a = { .size = 0 };

	with_pages(2);
	EXPECT_EQ(space_alloc(&a, 0), 0);
	EXPECT_EQ(a.size, PAGE);
	EXPECT(space_at(&a, 0, 1) == NULL);
}

TEST(bytes_are_found_by_offset_and_never_past_the_end)
{
	struct space_block a = { .size = 0 };

	with_pages(10);
	EXPECT(space_at(&a, 0, 0) == NULL);
	EXPECT_EQ(space_alloc(&a, 100), 0);
	EXPECT(space_at(&a, 0, 100) == host_phys(a.start + PAGE, 1));
	EXPECT(space_at(&a, 99, 1) == host_phys(a.start + PAGE + 99, 1));
	EXPECT(space_at(&a, 0, 101) == NULL);
	EXPECT(space_at(&a, 101, 0) == NULL);
	EXPECT(space_at(&a, UINT64_MAX, 2) == NULL);
	EXPECT(space_at(&a, 0x100000000ull, 1) == NULL);
	EXPECT(space_at(&a, 1, SIZE_MAX) == NULL);
}

TEST(one_of_unknown_length_owns_the_largest_gap_until_it_is_known)
{
	struct space_block a = { .size = 0 }, hole = { .size = 0 }, grow = { .size = 0 }, second = { .size = 0 };

	with_pages(100);
	EXPECT_EQ(space_alloc(&hole, 19 * PAGE), 0);
	EXPECT_EQ(space_alloc(&a, 9 * PAGE), 0);
	space_free(&hole);
	EXPECT_EQ(space_grow(&grow), 0);
	EXPECT_EQ(grow.start, BASE);
	EXPECT_EQ(grow.size, 70 * PAGE);
	EXPECT_EQ(space_grow(&second), -EBUSY);
	EXPECT_EQ(second.size, 0);
	EXPECT_EQ(space_alloc(&second, 30 * PAGE), -ENOMEM);
	EXPECT_EQ(space_alloc(&second, 10 * PAGE), 0);          /* in the other gap */
	EXPECT(space_at(&grow, 69 * PAGE - 1, 1) != NULL);
	EXPECT(space_at(&grow, 69 * PAGE - 1, 2) == NULL);
	memset(space_at(&grow, 0, 5 * PAGE), 'x', 5 * PAGE);
	*space_at(&grow, 0, 1) = 'a';
	*space_at(&grow, 5 * PAGE - 1, 1) = 'z';
	EXPECT(space_settle(&grow, 5 * PAGE));
	EXPECT_EQ(grow.start, BASE + 64 * PAGE);
	EXPECT_EQ(grow.size, 6 * PAGE);
	EXPECT_EQ(*space_at(&grow, 0, 1), 'a');
	EXPECT_EQ(*space_at(&grow, 5 * PAGE - 1, 1), 'z');
	EXPECT(space_at(&grow, 5 * PAGE, 1) == NULL);
	EXPECT_EQ(free_largest(), 64 * PAGE);
}

TEST(a_large_block_settles_bit_by_bit)
{
	enum { LENGTH = 9 << 20, STEPS = 3 };
	struct space_block grow = { .size = 0 };
	unsigned calls = 1;

	machine(BASE, 20 << 20, BASE, 20 << 20);
	EXPECT_EQ(space_grow(&grow), 0);
	for (uint32_t i = 0; i < LENGTH; i++)
		*space_at(&grow, i, 1) = (uint8_t)(i * 2654435761u >> 24);
	for (; !space_settle(&grow, LENGTH); calls++)
		EXPECT(grow.growing);
	EXPECT_EQ(calls, STEPS);
	EXPECT(!grow.growing && grow.start + grow.size == BASE + (20 << 20));
	for (uint32_t i = 0; i < LENGTH; i++)
		if (*space_at(&grow, i, 1) != (uint8_t)(i * 2654435761u >> 24)) {
			test_fail(__FILE__, __LINE__, "byte %u", i);
			break;
		}
}

TEST(a_growing_block_that_fills_its_gap_settles_where_it_is)
{
	struct space_block grow = { .size = 0 };
	phys_t start;

	with_pages(10);
	EXPECT_EQ(space_grow(&grow), 0);
	start = grow.start;
	EXPECT(space_settle(&grow, 9 * PAGE));
	EXPECT_EQ(grow.start, start);
	EXPECT_EQ(free_total(), 0);
	space_free(&grow);
	EXPECT_EQ(space_grow(&grow), 0);
	EXPECT(space_settle(&grow, 0));
	EXPECT_EQ(grow.size, PAGE);
}

TEST(giving_up_a_growing_block_gives_all_back)
{
	struct space_block grow = { .size = 0 }, again = { .size = 0 };

	with_pages(10);
	EXPECT_EQ(space_grow(&grow), 0);
	EXPECT_EQ(free_total(), 0);
	space_free(&grow);
	EXPECT_EQ(free_total(), 10 * PAGE);
	EXPECT_EQ(space_grow(&again), 0);
}

TEST(a_block_takes_anothers_memory_and_gives_its_own_back)
{
	struct space_block a = { .size = 0 }, b = { .size = 0 }, c = { .size = 0 };
	uint64_t all;

	with_pages(100);
	all = free_total();
	EXPECT_EQ(space_alloc(&a, PAGE), 0);
	EXPECT_EQ(space_alloc(&b, 10 * PAGE), 0);
	EXPECT_EQ(space_alloc(&c, PAGE), 0);
	space_at(&b, 5, 1)[0] = 42;
	space_take(&a, &b);
	EXPECT_EQ(b.size, 0);
	EXPECT_EQ(a.length, 10 * PAGE);
	EXPECT_EQ(space_at(&a, 5, 1)[0], 42);
	EXPECT_EQ(free_total(), all - 13 * PAGE);
	EXPECT_EQ(space_alloc(&b, PAGE), 0);            /* where the first was: the order of addresses is kept */
	EXPECT(b.start > a.start && a.start > c.start);
	space_free(&a);
	space_take(&b, &a);                             /* nothing */
	EXPECT_EQ(b.size, 0);
	space_free(&c);
	EXPECT_EQ(free_total(), all);
}

TEST(growing_needs_more_than_the_header_room)
{
	struct space_block a = { .size = 0 }, grow = { .size = 0 };

	with_pages(3);
	EXPECT_EQ(space_alloc(&a, PAGE), 0);
	EXPECT_EQ(space_grow(&grow), -ENOMEM);
	EXPECT_EQ(grow.size, 0);
}

TEST(storage_may_lie_in_several_pieces)
{
	struct memmap storage = { 3, { { BASE, 10 * PAGE }, { BASE + 20 * PAGE, 30 * PAGE }, { BASE + 60 * PAGE, 5 * PAGE } } };
	struct space_block a = { .size = 0 }, b = { .size = 0 }, c = { .size = 0 }, d = { .size = 0 };

	host_memmap_set(&storage, &storage);
	space_init();
	EXPECT_EQ(free_total(), 45 * PAGE);
	EXPECT_EQ(free_largest(), 30 * PAGE);
	EXPECT_EQ(space_alloc(&a, 19 * PAGE), 0);               /* too large for the highest */
	EXPECT_EQ(a.start, BASE + 30 * PAGE);
	EXPECT_EQ(space_alloc(&b, 4 * PAGE), 0);                /* fills the highest */
	EXPECT_EQ(b.start, BASE + 60 * PAGE);
	EXPECT_EQ(space_alloc(&c, 9 * PAGE), 0);
	EXPECT_EQ(c.start, BASE + 20 * PAGE);
	EXPECT_EQ(space_alloc(&d, 10 * PAGE), -ENOMEM);
	EXPECT_EQ(space_grow(&d), 0);
	EXPECT_EQ(d.start, BASE);
	EXPECT_EQ(d.size, 10 * PAGE);
	space_free(&c);
	space_free(&a);
	EXPECT_EQ(free_largest(), 30 * PAGE);
}

TEST(low_memory_is_left_alone_and_neighbours_are_joined)
{
	struct memmap storage = { 3, { { 0x1000, 0x9e000 }, { HOST_MIB - 4 * PAGE, 8 * PAGE }, { HOST_MIB + 4 * PAGE, 2 * PAGE } } };

	host_memmap_set(&storage, &storage);
	space_init();
	EXPECT_EQ(free_total(), 6 * PAGE);
	EXPECT_EQ(free_largest(), 6 * PAGE);
}

TEST(no_memory_at_all_is_refused_and_nothing_else)
{
	struct memmap none = { .count = 0 };
	struct space_block a = { .size = 0 };

	host_memmap_set(&none, &none);
	space_init();
	EXPECT_EQ(space_alloc(&a, 1), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "need 0.0 MiB, 0.0 MiB free"));
	EXPECT_EQ(space_grow(&a), -ENOMEM);
}

TEST(arranging_sorts_by_rank_and_keeps_the_bytes)
{
	struct space_block b[6] = { { .size = 0 } }, hole = { .size = 0 };
	static const unsigned pages[6] = { 1, 7, 2, 3, 11, 5 }, rank[6] = { 3, 0, 5, 1, 4, 2 };
	phys_t at = BASE + (100 - 35) * PAGE;

	with_pages(100);
	for (unsigned i = 0; i < 6; i++) {
		EXPECT_EQ(space_alloc(&b[i], pages[i] * PAGE), 0);
		memset(space_at(&b[i], 0, pages[i] * PAGE), 'A' + (int)i, pages[i] * PAGE);
		*space_at(&b[i], 3, 1) = 'a';
		b[i].rank = rank[i];
		if (i == 2)
			EXPECT_EQ(space_alloc(&hole, 8 * PAGE), 0);
	}
	space_free(&hole);
	space_arrange();
	for (unsigned r = 0; r < 6; r++)
		for (unsigned i = 0; i < 6; i++) {
			if (rank[i] != r)
				continue;
			EXPECT_EQ(b[i].start, at);
			EXPECT_EQ(b[i].rank, 0);
			at += b[i].size;
			for (unsigned j = 0; j < pages[i] * PAGE; j++)
				if (*space_at(&b[i], j, 1) != (j == 3 ? 'a' : 'A' + i)) {
					test_fail(__FILE__, __LINE__, "block %u byte %u", i, j);
					break;
				}
		}
	EXPECT_EQ(free_largest(), (100 - 35) * PAGE);
	for (unsigned i = 0; i < 6; i++)
		space_free(&b[i]);
	EXPECT_EQ(free_largest(), 100 * PAGE);
}

TEST(arranging_leaves_a_fixed_block_where_it_is)
{
	struct space_block b[5] = { { .size = 0 } };
	phys_t place;

	with_pages(100);
	for (unsigned i = 0; i < 5; i++) {
		EXPECT_EQ(space_alloc(&b[i], (i + 1) * PAGE), 0);
		memset(space_at(&b[i], 0, (i + 1) * PAGE), 'A' + (int)i, (i + 1) * PAGE);
	}
	b[2].fixed = true;
	place = b[2].start;
	b[3].rank = 2;                  /* below it: to be exchanged */
	b[4].rank = 1;
	b[0].rank = 4;
	b[1].rank = 3;
	space_arrange();
	EXPECT_EQ(b[2].start, place);
	EXPECT_EQ(b[3].start + b[3].size, place);
	EXPECT_EQ(b[4].start + b[4].size, b[3].start);
	EXPECT_EQ(b[0].start + b[0].size, BASE + 100 * PAGE);
	EXPECT_EQ(b[1].start + b[1].size, b[0].start);
	for (unsigned i = 0; i < 5; i++) {
		EXPECT_EQ(*space_at(&b[i], 0, 1), 'A' + i);
		EXPECT_EQ(*space_at(&b[i], (i + 1) * PAGE - 1, 1), 'A' + i);
		space_free(&b[i]);
	}
}

TEST(a_gap_above_a_fixed_block_is_not_for_those_below_it)
{
	struct space_block b[3] = { { .size = 0 } };
	phys_t place;

	with_pages(100);
	for (unsigned i = 0; i < 3; i++)
		EXPECT_EQ(space_alloc(&b[i], 3 * PAGE), 0);
	b[1].fixed = true;
	place = b[1].start;
	space_free(&b[0]);
	b[1].rank = 2;                  /* in the wrong order, and kept so */
	b[2].rank = 1;
	space_arrange();
	EXPECT_EQ(b[1].start, place);
	EXPECT_EQ(b[2].start + b[2].size, place);
	space_free(&b[1]);
	space_free(&b[2]);
	EXPECT_EQ(free_largest(), 100 * PAGE);
}

TEST(random_blocks_never_overlap_and_memory_comes_back)
{
	struct space_block b[12] = { { .size = 0 } };
	struct memmap storage = { 2, { { BASE, 60 * PAGE }, { BASE + 64 * PAGE, 40 * PAGE } } };

	host_memmap_set(&storage, &storage);
	space_init();
	srand(7);
	for (unsigned round = 0; round < 20000; round++) {
		struct space_block *x = &b[rand() % 12];
		uint64_t sum = 0;

		if (x->growing)
			space_settle(x, (uint32_t)rand() % (x->size - PAGE + 1));
		else if (x->size)
			space_free(x);
		else if (rand() % 8)
			space_alloc(x, (uint32_t)rand() % (20 * PAGE));
		else
			space_grow(x);
		for (unsigned i = 0; i < 12; i++) {
			sum += b[i].size;
			for (unsigned j = 0; j < i; j++)
				if (b[i].size && b[j].size && b[i].start < b[j].start + b[j].size &&
				    b[j].start < b[i].start + b[i].size)
					test_fail(__FILE__, __LINE__, "round %u: blocks overlap", round);
			if (b[i].size)
				host_phys(b[i].start, b[i].size);
		}
		if (sum + free_total() != 100 * PAGE)
			test_fail(__FILE__, __LINE__, "round %u: pages lost", round);
	}
	for (unsigned i = 0; i < 12; i++)
		space_free(&b[i]);
	EXPECT_EQ(free_largest(), 60 * PAGE);
}
