/* SPDX-License-Identifier: BSD-2-Clause */
/* image/disk_window.c: parts of disks, in other blocks. */
#include "image/disk_window.h"

#include "image/memory_disk.h"
#include "tests/unit/image/images.h"

static uint8_t bytes[64 * 512], data[4096];
static struct memory_disk disk;
static struct disk_window window;
static struct block_device *const w = &window.device;

static void begin_test(void)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	memory_disk_init(&disk, "a disk", bytes, sizeof(bytes), 0, 512, false);
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = begin_test;
}

TEST(blocks_are_those_behind_the_first)
{
	disk_window_init(&window, &disk.device, 10, 20, 512);
	EXPECT_EQ(w->blocks, 20);
	EXPECT_EQ(w->block_bytes, 512);
	EXPECT_STR(w->name, "a disk");
	EXPECT_EQ(w->read(w, 3, 2, data), 0);
	EXPECT_MEM(data, bytes + 13 * 512, 1024);
}

TEST(larger_blocks_are_several_of_the_disks)
{
	disk_window_init(&window, &disk.device, 4, UINT64_MAX, 2048);
	EXPECT_EQ(w->blocks, 15);
	EXPECT_EQ(w->read(w, 14, 1, data), 0);
	EXPECT_MEM(data, bytes + 60 * 512, 2048);
}

TEST(a_rest_that_makes_no_block_is_left_out)
{
	disk_window_init(&window, &disk.device, 1, UINT64_MAX, 2048);
	EXPECT_EQ(w->blocks, 15);
	disk_window_init(&window, &disk.device, 62, UINT64_MAX, 2048);
	EXPECT_EQ(w->blocks, 0);
	disk_window_init(&window, &disk.device, UINT64_MAX, 1, 512);
	EXPECT_EQ(w->blocks, 0);
}

TEST(writes_go_to_the_disk)
{
	disk_window_init(&window, &disk.device, 4, 8, 2048);
	memset(data, 0xaa, sizeof(data));
	EXPECT_EQ(w->write(w, 1, 1, data), 0);
	EXPECT_MEM(bytes + 8 * 512, data, 2048);
	EXPECT(!w->read_only);
	disk.device.read_only = true;
	disk_window_init(&window, &disk.device, 4, 8, 2048);
	EXPECT(w->read_only);
	EXPECT_EQ(w->write(w, 1, 1, data), -EROFS);
}

static unsigned abandoned;

static void abandon(struct block_device *d)
{
	abandoned++;
}

TEST(closing_leaves_the_disk_and_abandoning_reaches_it)
{
	disk_window_init(&window, &disk.device, 0, 8, 512);
	w->abandon(w);
	disk.device.abandon = abandon;
	w->abandon(w);
	EXPECT_EQ(abandoned, 1);
	w->close(w);
	EXPECT_EQ(w->blocks, 0);
	EXPECT_EQ(disk.device.blocks, 64);
}
