/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch/x86/hidden_map.h"

#include "tests/unit/test.h"

enum { MAX = 6 };
static struct map_entry map[MAX];

static void give(unsigned at, uint64_t start, uint64_t end, uint32_t type)
{
	map[at] = (struct map_entry){ start, end - start, type, 1 };
}

static void expect_entry(unsigned at, uint64_t start, uint64_t end, uint32_t type)
{
	EXPECT_EQ(map[at].start, start);
	EXPECT_EQ(map[at].start + map[at].size, end);
	EXPECT_EQ(map[at].type, type);
	EXPECT_EQ(map[at].attributes, 1);
}

TEST(a_hole_in_the_middle_makes_three_entries)
{
	give(0, 0x100000, 0x20000000, MAP_RAM);
	give(1, 0xf0000000, 0xf0001000, MAP_RESERVED);
	EXPECT_EQ(map_hide(map, 2, MAX, 0x1f000000, 0x1f800000), 4);
	expect_entry(0, 0x100000, 0x1f000000, MAP_RAM);
	expect_entry(1, 0x1f000000, 0x1f800000, MAP_RESERVED);
	expect_entry(2, 0x1f800000, 0x20000000, MAP_RAM);
	expect_entry(3, 0xf0000000, 0xf0001000, MAP_RESERVED);
}

TEST(a_hole_at_the_end_or_the_beginning_makes_two)
{
	give(0, 0, 0x9fc00, MAP_RAM);
	EXPECT_EQ(map_hide(map, 1, MAX, 0x94c00, 0xa0000), 2);
	expect_entry(0, 0, 0x94c00, MAP_RAM);
	expect_entry(1, 0x94c00, 0x9fc00, MAP_RESERVED);
	give(0, 0x100000, 0x200000, MAP_RAM);
	EXPECT_EQ(map_hide(map, 1, MAX, 0xff000, 0x180000), 2);
	expect_entry(0, 0x100000, 0x180000, MAP_RESERVED);
	expect_entry(1, 0x180000, 0x200000, MAP_RAM);
}

TEST(a_hole_over_all_of_an_entry_and_parts_of_its_neighbours)
{
	give(0, 0x1000, 0x3000, MAP_RAM);
	give(1, 0x3000, 0x4000, MAP_RAM);
	give(2, 0x4000, 0x8000, MAP_RAM);
	EXPECT_EQ(map_hide(map, 3, MAX, 0x2000, 0x5000), 5);
	expect_entry(0, 0x1000, 0x2000, MAP_RAM);
	expect_entry(1, 0x2000, 0x3000, MAP_RESERVED);
	expect_entry(2, 0x3000, 0x4000, MAP_RESERVED);
	expect_entry(3, 0x4000, 0x5000, MAP_RESERVED);
	expect_entry(4, 0x5000, 0x8000, MAP_RAM);
}

TEST(what_is_no_ram_stays_as_it_is)
{
	give(0, 0x1000, 0x9000, 3);
	give(1, 0x100000000ull, 0x200000000ull, MAP_RAM);
	EXPECT_EQ(map_hide(map, 2, MAX, 0x2000, 0x3000), 2);
	expect_entry(0, 0x1000, 0x9000, 3);
	expect_entry(1, 0x100000000ull, 0x200000000ull, MAP_RAM);
}

TEST(a_hole_that_touches_nothing_changes_nothing)
{
	give(0, 0x1000, 0x2000, MAP_RAM);
	EXPECT_EQ(map_hide(map, 1, MAX, 0x2000, 0x3000), 1);
	EXPECT_EQ(map_hide(map, 1, MAX, 0, 0x1000), 1);
	expect_entry(0, 0x1000, 0x2000, MAP_RAM);
}

TEST(a_map_that_would_outgrow_its_room_is_refused)
{
	give(0, 0x1000, 0x9000, MAP_RAM);
	EXPECT_EQ(map_hide(map, 1, 2, 0x2000, 0x3000), 0);
	give(0, 0x1000, 0x9000, MAP_RAM);
	EXPECT_EQ(map_hide(map, 1, 1, 0x1000, 0x3000), 0);
}

TEST(older_calls_are_clipped_where_the_hole_begins)
{
	EXPECT_EQ(map_clip_kib(0x3c00, 0x1f000000), 0x3c00);
	EXPECT_EQ(map_clip_kib(0x3c00, 0x300000), 0x800);
	EXPECT_EQ(map_clip_kib(0x3c00, 0x100000), 0);
	EXPECT_EQ(map_clip_kib(0x3c00, 0x90000), 0);
	EXPECT_EQ(map_clip_blocks(0x1efe, 0x1e7e2000), 0x1d7e);
	EXPECT_EQ(map_clip_blocks(0x100, 0x1e7e2000), 0x100);
	EXPECT_EQ(map_clip_blocks(0x100, 0x800000), 0);
}
