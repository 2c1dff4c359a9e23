/* SPDX-License-Identifier: BSD-2-Clause */
/* core/overlay.c against a plain copy of the disk. */
#include "tests/unit/test.h"

#include "core/heap.h"
#include "core/overlay.h"
#include "tests/host/host.h"

enum { SECTORS = 200, PAGES = 30 };

static uint8_t plain[SECTORS * OVERLAY_SECTOR], below[SECTORS * OVERLAY_SECTOR], memory[PAGES * OVERLAY_PAGE], seen[SECTORS * OVERLAY_SECTOR];
static struct overlay o;

static void begin(uint32_t pages)
{
	host_reset();
	for (unsigned i = 0; i < sizeof(below); i++)
		plain[i] = below[i] = (uint8_t)(i * 7 + i / 512);
	overlay_init(&o, pages);
}

static bool write(uint64_t first, uint32_t count, uint8_t byte)
{
	static uint8_t data[SECTORS * OVERLAY_SECTOR];

	memset(data, byte, (size_t)count * OVERLAY_SECTOR);
	if (!overlay_write(&o, memory, first, count, data))
		return false;
	if (first < SECTORS)
		memcpy(plain + first * OVERLAY_SECTOR, data, (size_t)count * OVERLAY_SECTOR);
	return true;
}

static bool same(uint64_t first, uint32_t count)
{
	memcpy(seen, below + first * OVERLAY_SECTOR, (size_t)count * OVERLAY_SECTOR);
	overlay_apply(&o, memory, first, count, seen);
	return memcmp(seen, plain + first * OVERLAY_SECTOR, (size_t)count * OVERLAY_SECTOR) == 0;
}

TEST(what_was_not_written_is_as_below)
{
	begin(PAGES);
	EXPECT(same(0, SECTORS));
	overlay_free(&o);
}

TEST(written_sectors_read_back_across_pages_and_over_one_another)
{
	uint32_t seed = 5;

	begin(PAGES);
	for (unsigned i = 0; i < 500; i++) {
		uint32_t first, count;

		seed = seed * 1664525 + 1013904223;
		first = (seed >> 16) % SECTORS;
		count = 1 + (seed >> 8) % 20;
		if (first + count > SECTORS)
			count = SECTORS - first;
		EXPECT(write(first, count, (uint8_t)i));
		EXPECT(same(0, SECTORS));
		EXPECT(same(first, count));
	}
	overlay_free(&o);
}

TEST(numbers_beyond_32_bits_are_told_apart)
{
	uint8_t sector[OVERLAY_SECTOR] = { 0 };

	begin(PAGES);
	EXPECT(write((1ull << 40) + 3, 1, 0xaa));
	overlay_apply(&o, memory, 3, 1, sector);
	EXPECT_EQ(sector[0], 0);
	overlay_apply(&o, memory, (1ull << 40) + 3, 1, sector);
	EXPECT_EQ(sector[0], 0xaa);
	overlay_free(&o);
}

TEST(without_memory_nothing_of_a_write_is_kept)
{
	begin(2);
	EXPECT(write(0, 16, 1));
	EXPECT(!write(8, 16, 2));
	EXPECT(same(0, SECTORS));
	EXPECT(write(3, 13, 3));
	EXPECT(same(0, SECTORS));
	overlay_free(&o);
}

TEST(nothing_is_left_of_it)
{
	size_t before;

	begin(PAGES);
	before = heap_free_bytes();
	EXPECT(write(0, SECTORS, 9));
	overlay_free(&o);
	EXPECT_EQ(heap_free_bytes(), before);
}
