/* SPDX-License-Identifier: BSD-2-Clause */
/* image/memory_disk.c: blocks of bytes in memory. */
#include "image/memory_disk.h"

#include "tests/unit/image/images.h"

#define NAME "a disk"

static struct memory_disk disk;
static struct block_device *const d = &disk.device;
static uint8_t *bytes, data[8192];

/** A disk of exactly so many bytes, so that one too far is seen. */
static void start(size_t length, uint64_t offset, uint32_t block_bytes, bool read_only)
{
	free(bytes);
	bytes = malloc(length ? length : 1);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8) + 1);
	memory_disk_init(&disk, NAME, bytes, length, offset, block_bytes, read_only);
	memset(data, 0xee, sizeof data);
}

static void clean(void)
{
	free(bytes);
	bytes = NULL;
}

__attribute__((constructor)) static void begin(void)
{
	test_teardown = clean;
}

static bool all(const uint8_t *p, uint8_t value, size_t len)
{
	while (len && *p == value)
		p++, len--;
	return !len;
}

TEST(blocks_are_read_where_they_lie)
{
	start(4096, 0, 512, false);
	EXPECT_STR(d->name, NAME);
	EXPECT_EQ(d->blocks, 8);
	EXPECT_EQ(d->block_bytes, 512);
	EXPECT(!d->read_only);
	EXPECT_EQ(d->read(d, 3, 2, data), 0);
	EXPECT_MEM(data, bytes + 1536, 1024);
	EXPECT_EQ(data[1024], 0xee);
	EXPECT_EQ(d->read(d, 0, 8, data), 0);
	EXPECT_MEM(data, bytes, 4096);
	EXPECT_EQ(d->read(d, 7, 1, data), 0);
	EXPECT_MEM(data, bytes + 3584, 512);
}

TEST(a_cds_blocks_are_2048_bytes)
{
	start(8192, 0, 2048, true);
	EXPECT_EQ(d->blocks, 4);
	EXPECT_EQ(d->block_bytes, 2048);
	EXPECT_EQ(d->read(d, 2, 2, data), 0);
	EXPECT_MEM(data, bytes + 4096, 4096);
}

TEST(what_is_in_front_of_the_offset_is_not_part_of_it)
{
	start(1024 + 130, 130, 512, false);
	EXPECT_EQ(d->blocks, 2);
	EXPECT_EQ(d->read(d, 0, 2, data), 0);
	EXPECT_MEM(data, bytes + 130, 1024);
	memset(data, 0x55, 512);
	EXPECT_EQ(d->write(d, 0, 1, data), 0);
	EXPECT_EQ(bytes[129], (uint8_t)(129 * 7 + 1));
	EXPECT(all(bytes + 130, 0x55, 512));
}

TEST(without_bytes_there_are_no_blocks)
{
	start(1024, 1024, 512, false);
	EXPECT_EQ(d->blocks, 0);
	EXPECT(!block_range_ok(d, 0, 1));
	start(1024, UINT64_MAX, 512, false);
	EXPECT_EQ(d->blocks, 0);
	start(0, 0, 2048, false);
	EXPECT_EQ(d->blocks, 0);
	start(1024, 1023, 512, false);
	EXPECT_EQ(d->blocks, 1);
}

TEST(written_blocks_are_written_in_memory)
{
	uint8_t before[512];

	start(4096, 0, 512, false);
	memcpy(before, bytes + 512, 512);
	memset(data, 0x5a, 1024);
	EXPECT_EQ(d->write(d, 2, 2, data), 0);
	EXPECT(all(bytes + 1024, 0x5a, 1024));
	EXPECT_MEM(bytes + 512, before, 512);
	memset(data, 0, sizeof data);
	EXPECT_EQ(d->read(d, 1, 3, data), 0);
	EXPECT_MEM(data, before, 512);
	EXPECT(all(data + 512, 0x5a, 1024));
}

TEST(a_read_only_disk_refuses_and_stays_as_it_is)
{
	start(4096, 0, 512, true);
	EXPECT(d->read_only);
	EXPECT_EQ(d->write(d, 0, 1, data), -EROFS);
	EXPECT(error_says(-EROFS, "read-only: " NAME));
	EXPECT_EQ(bytes[0], 1);
	EXPECT_EQ(d->read(d, 0, 1, data), 0);
	EXPECT_MEM(data, bytes, 512);
}

TEST(a_last_block_that_is_not_whole_ends_in_zeros)
{
	for (size_t tail = 1; tail < 2048; tail += 89) {
		start(2048 + tail, 0, 2048, false);
		EXPECT_EQ(d->blocks, 2);
		EXPECT_EQ(d->read(d, 1, 1, data), 0);
		EXPECT_MEM(data, bytes + 2048, tail);
		EXPECT(all(data + tail, 0, 2048 - tail));
		EXPECT_EQ(data[2048], 0xee);
		EXPECT_EQ(d->read(d, 0, 2, data), 0);
		EXPECT_MEM(data, bytes, 2048 + tail);
		EXPECT(all(data + 2048 + tail, 0, 2048 - tail));
	}
}

TEST(and_all_of_it_reads_back_as_written)
{
	start(512 + 100, 0, 512, false);
	memset(data, 0x77, 1024);
	EXPECT_EQ(d->write(d, 0, 2, data), 0);
	EXPECT(all(bytes, 0x77, 612));
	memset(data, 0, sizeof data);
	EXPECT_EQ(d->read(d, 1, 1, data), 0);
	EXPECT(all(data, 0x77, 512));
	memory_disk_init(&disk, NAME, bytes, 612, 0, 512, false);
	EXPECT_EQ(d->read(d, 1, 1, data), 0);
	EXPECT(all(data, 0x77, 100) && all(data + 100, 0, 412));
}

TEST(a_closed_disk_has_no_blocks_and_its_bytes_are_still_there)
{
	start(1024, 0, 512, false);
	d->close(d);
	EXPECT_EQ(d->blocks, 0);
	EXPECT_EQ(bytes[0], 1);
}

TEST(ranges_are_safe_for_any_values)
{
	start(4096, 0, 512, false);
	EXPECT(block_range_ok(d, 0, 8));
	EXPECT(block_range_ok(d, 7, 1));
	EXPECT(!block_range_ok(d, 0, 0));
	EXPECT(!block_range_ok(d, 0, 9));
	EXPECT(!block_range_ok(d, 8, 1));
	EXPECT(!block_range_ok(d, 7, UINT64_MAX));
	EXPECT(!block_range_ok(d, UINT64_MAX, 1));
	EXPECT(!block_range_ok(d, UINT64_MAX, UINT64_MAX));
}
