/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/ranges.h"

#include "tests/unit/test.h"

static void show(const struct ranges *set, char *text, size_t size)
{
	text[0] = '\0';
	for (unsigned i = 0; i < set->count; i++)
		snprintf(text + strlen(text), size - strlen(text), "%s%llu-%llu", i ? " " : "", (unsigned long long)set->range[i].start,
		         (unsigned long long)set->range[i].end);
}

#define EXPECT_SET(set, wanted)                   \
	do {                                      \
		char text_[2000];                 \
		show((set), text_, sizeof text_); \
		EXPECT_STR(text_, (wanted));      \
	} while (0)

TEST(a_set_begins_as_one_range_or_empty)
{
	struct ranges set;

	ranges_init(&set, 0, 100);
	EXPECT_SET(&set, "0-100");
	EXPECT_EQ(ranges_total(&set), 100);
	ranges_init(&set, 5, 5);
	EXPECT(ranges_empty(&set));
	EXPECT_EQ(ranges_total(&set), 0);
}

TEST(bytes_are_taken_away_at_the_ends_in_the_middle_and_across)
{
	struct ranges set;

	ranges_init(&set, 0, 100);
	EXPECT(ranges_remove(&set, 0, 10));
	EXPECT_SET(&set, "10-100");
	EXPECT(ranges_remove(&set, 90, 200));
	EXPECT_SET(&set, "10-90");
	EXPECT(ranges_remove(&set, 40, 50));
	EXPECT_SET(&set, "10-40 50-90");
	EXPECT(ranges_remove(&set, 40, 50));
	EXPECT_SET(&set, "10-40 50-90");
	EXPECT(ranges_remove(&set, 30, 60));
	EXPECT_SET(&set, "10-30 60-90");
	EXPECT(ranges_remove(&set, 20, 20));
	EXPECT_SET(&set, "10-30 60-90");
	EXPECT(ranges_remove(&set, 0, 1000));
	EXPECT(ranges_empty(&set));
}

TEST(ranges_that_touch_or_overlap_become_one)
{
	struct ranges set;

	ranges_init(&set, 10, 20);
	ranges_add(&set, 40, 50);
	EXPECT_SET(&set, "10-20 40-50");
	ranges_add(&set, 20, 25);
	EXPECT_SET(&set, "10-25 40-50");
	ranges_add(&set, 35, 40);
	EXPECT_SET(&set, "10-25 35-50");
	ranges_add(&set, 0, 5);
	EXPECT_SET(&set, "0-5 10-25 35-50");
	ranges_add(&set, 5, 10);
	EXPECT_SET(&set, "0-25 35-50");
	ranges_add(&set, 60, 60);
	EXPECT_SET(&set, "0-25 35-50");
	ranges_add(&set, 20, 45);
	EXPECT_SET(&set, "0-50");
	ranges_add(&set, 10, 20);
	EXPECT_SET(&set, "0-50");
}

TEST(the_end_of_a_file_of_unknown_length_is_cut_off)
{
	struct ranges set;

	ranges_init(&set, 0, RANGE_UNKNOWN);
	EXPECT(ranges_remove(&set, 0, 1000));
	EXPECT(ranges_remove(&set, 1000, RANGE_UNKNOWN));
	EXPECT(ranges_empty(&set));
}

TEST(a_full_set_refuses_another_hole_and_never_forgets_what_is_added)
{
	struct ranges set;

	ranges_init(&set, 0, 0);
	for (unsigned i = 0; i < RANGES_MAX; i++)
		ranges_add(&set, 10 * i, 10 * i + 5);
	EXPECT_EQ(set.count, RANGES_MAX);
	EXPECT(!ranges_remove(&set, 2, 3));
	EXPECT_EQ(ranges_total(&set), 5 * RANGES_MAX);
	ranges_add(&set, 7, 8);                 /* between the first two */
	EXPECT_EQ(set.count, RANGES_MAX);
	EXPECT_EQ(set.range[1].start, 7);
	EXPECT_EQ(set.range[1].end, 15);
	ranges_add(&set, 2000, 2010);           /* behind all */
	EXPECT_EQ(set.count, RANGES_MAX);
	EXPECT_EQ(set.range[RANGES_MAX - 1].end, 2010);
}

/* Against a set kept as one bit a byte. */
TEST(random_additions_and_removals_agree_with_a_bitmap)
{
	struct ranges set;
	uint8_t bits[512] = { 0 };
	uint32_t x = 1;

	ranges_init(&set, 0, 0);
	for (unsigned round = 0; round < 20000; round++) {
		uint32_t start, end;
		uint64_t total = 0;
		bool add, done = true;

		x = x * 1664525 + 1013904223;
		start = (x >> 8) % 500;
		x = x * 1664525 + 1013904223;
		end = start + (x >> 8) % 12;
		add = x >> 31;
		if (add && set.count < RANGES_MAX)
			ranges_add(&set, start, end);
		else if (!add)
			done = ranges_remove(&set, start, end);
		else
			continue;
		if (done)
			memset(bits + start, add, end - start);
		for (unsigned i = 0; i < set.count; i++) {
			EXPECT(set.range[i].start < set.range[i].end);
			EXPECT(i == 0 || set.range[i - 1].end < set.range[i].start);
			for (uint64_t j = set.range[i].start; j < set.range[i].end; j++)
				EXPECT(bits[j]);
		}
		for (unsigned j = 0; j < sizeof bits; j++)
			total += bits[j];
		EXPECT_EQ(ranges_total(&set), total);
	}
}
