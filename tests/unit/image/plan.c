/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/heap.h"
#include "tests/unit/image/images.h"

static struct load_plan plan;

static void begin_test(void)
{
	host_reset();
	plan_init(&plan);
}
__attribute__((constructor)) static void begin(void) { test_setup = begin_test; }

TEST(moves_are_kept_in_order_and_idle_ones_dropped)
{
	EXPECT_EQ(plan_move(&plan, 0x1000, 0x2000, 16), 0);
	EXPECT_EQ(plan_move(&plan, 0x3000, 0x4000, 0), 0);
	EXPECT_EQ(plan_move(&plan, 0x5000, 0x5000, 8), 0);
	EXPECT_EQ(plan_move(&plan, 0x6000, PLAN_ZERO, 4), 0);
	EXPECT_EQ(plan.count, 2);
	EXPECT_EQ(plan.move[1].src, PLAN_ZERO);
}

TEST(a_full_plan_says_so)
{
	for (unsigned i = 0; i < PLAN_MOVES_MAX; i++)
		EXPECT_EQ(plan_move(&plan, i * 16, 0x100000, 16), 0);
	EXPECT_EQ(plan_move(&plan, 0x5000, 0x6000, 1), -ENOSPC);
	EXPECT_EQ(plan.count, PLAN_MOVES_MAX);
}

TEST(free_leaves_an_empty_plan)
{
	plan.low = heap_alloc(100);
	plan.low_len = 100;
	plan_free(&plan);
	EXPECT_EQ(host_heap_held(), 0);
	EXPECT(!plan.low && !plan.low_len && !plan.count);
	plan_free(&plan);
}

TEST(a_source_is_read_before_it_is_overwritten)
{
	plan_move(&plan, 0x1000, 0x2000, 0x1000);
	plan_move(&plan, 0x2000, 0x3000, 0x1000);
	plan_move(&plan, 0x3000, 0x3800, 0x1000);       /* overlaps itself: a move's own business */
	EXPECT_EQ(plan_order(&plan), 0);
	EXPECT_EQ(plan.move[0].dst, 0x1000);
	EXPECT_EQ(plan.move[1].dst, 0x2000);
	plan_init(&plan);
	plan_move(&plan, 0x3000, 0x2000, 0x1000);
	plan_move(&plan, 0x4000, 0x3000, 0x1000);
	plan_move(&plan, 0x2000, PLAN_ZERO, 0x1000);
	EXPECT_EQ(plan_order(&plan), 0);
	EXPECT_EQ(plan.move[0].dst, 0x4000);
	EXPECT_EQ(plan.move[1].dst, 0x3000);
	EXPECT_EQ(plan.move[2].src, PLAN_ZERO);
}

TEST(a_circle_is_reported)
{
	plan_move(&plan, 0x1000, 0x2000, 0x1000);
	plan_move(&plan, 0x2000, 0x1000, 0x1000);
	EXPECT_EQ(plan_order(&plan), -EBUSY);
}

TEST(touching_is_not_overlapping_up_to_the_last_byte)
{
	plan_move(&plan, 0x1000, 0x2000, 0x1000);
	plan_move(&plan, 0x3000, 0, 0x1000);
	EXPECT_EQ(plan_order(&plan), 0);
	plan_init(&plan);
	plan_move(&plan, 0x1000, 0x1fff, 0x1000);
	plan_move(&plan, 0x2fff, 0xfff, 2);     /* the first would overwrite its second byte: it comes first */
	EXPECT_EQ(plan_order(&plan), 0);
	EXPECT_EQ(plan.move[0].dst, 0x2fff);
	plan_init(&plan);
	plan_move(&plan, 0x1000, 0x1fff, 0x1000);
	plan_move(&plan, 0x2ffe, 0xfff, 2);
	EXPECT_EQ(plan_order(&plan), -EBUSY);
	plan_init(&plan);
	plan_move(&plan, 0xfffff000, 0x1000, 0xfff);
	plan_move(&plan, 0x1000, 0xffffeff0, 0x11);
	EXPECT_EQ(plan_order(&plan), -EBUSY);
}

/** Moves with disjoint sources and disjoint destinations in 64 cells, simulated; any order found must give the wanted bytes. */
TEST(every_order_found_gives_the_wanted_bytes)
{
	unsigned ordered = 0;

	srand(11);
	for (unsigned round = 0; round < 30000; round++) {
		uint8_t before[64], memory[64], wanted[64];
		bool is_dst[64] = { false }, is_src[64] = { false };

		plan_init(&plan);
		for (unsigned i = 0; i < 64; i++)
			memory[i] = before[i] = (uint8_t)rand();
		memcpy(wanted, before, 64);
		for (unsigned tries = 0; tries < 12; tries++) {
			unsigned len = 1 + (unsigned)rand() % 9, dst = (unsigned)rand() % (65 - len), src = (unsigned)rand() % (65 - len);
			bool free = true;

			for (unsigned i = 0; i < len; i++)
				free = free && !is_dst[dst + i] && !is_src[src + i];
			if (!free)
				continue;
			memset(is_dst + dst, true, len);
			memset(is_src + src, true, len);
			memcpy(wanted + dst, before + src, len);
			plan_move(&plan, dst, src, len);
		}
		if (plan_order(&plan) != 0)
			continue;
		ordered++;
		for (unsigned i = 0; i < plan.count; i++)
			memmove(memory + plan.move[i].dst, memory + plan.move[i].src, plan.move[i].len);
		for (unsigned i = 0; i < 64; i++)
			if (is_dst[i] && memory[i] != wanted[i])
				test_fail(__FILE__, __LINE__, "round %u: cell %u", round, i);
	}
	EXPECT(ordered > 5000 && ordered < 30000);
}

/** What image/initrd.c builds on: sources and destinations in the same order of addresses can always be ordered. */
TEST(moves_in_one_order_of_addresses_never_form_a_circle)
{
	srand(12);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned count = 1 + (unsigned)rand() % 10, src = (unsigned)rand() % 20, dst = (unsigned)rand() % 60;

		plan_init(&plan);
		for (unsigned i = 0; i < count; i++) {
			unsigned len = 1 + (unsigned)rand() % 10;

			plan_move(&plan, dst, src, len);
			src += len + (unsigned)(rand() % 3 ? 0 : rand() % 15);
			dst += len + (unsigned)(rand() % 3 ? 0 : rand() % 15);
		}
		if (plan_order(&plan) != 0)
			test_fail(__FILE__, __LINE__, "round %u", round);
	}
}
