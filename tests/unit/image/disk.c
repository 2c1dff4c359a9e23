/* SPDX-License-Identifier: BSD-2-Clause */
/* image/disk.c: what is taken for a disk without being told. */
#include "image/disk.h"

#include "tests/unit/image/disks.h"

static uint8_t bytes[2048 * 1024];

static void begin_test(void)
{
	host_reset();
	space_init();
	memset(bytes, 0, sizeof(bytes));
	error_clear();
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = begin_test;
}

static int probe(uint32_t len)
{
	struct image *image = image_of_bytes("x", bytes, len);
	int rc = disk_format.probe(image);

	image_free(image);
	return rc;
}

TEST(cds_floppies_and_hard_disks_are_disks)
{
	set_signature(bytes);
	EXPECT_EQ(probe(1440 * 1024), 0);
	set_partition(bytes, 1, 63, 2000, 16, 63);
	EXPECT_EQ(probe(sizeof(bytes)), 0);
	memset(bytes, 0, 512);
	set_descriptors(bytes, 100, 20);
	EXPECT_EQ(probe(sizeof(bytes)), 0);
}

TEST(less_than_a_sector_is_none)
{
	EXPECT_EQ(probe(0), -ENOEXEC);
	EXPECT_EQ(probe(511), -ENOEXEC);
}

TEST(a_program_with_a_boot_sectors_mark_stays_one)
{
	set_signature(bytes);
	EXPECT_EQ(probe(512), -ENOEXEC);
	EXPECT_EQ(probe(500 * 1024), -ENOEXEC);
	EXPECT_EQ(probe(360 * 1024), 0);        /* as long as a floppy */
	set_bpb(bytes, 1000, 2, 9);
	EXPECT_EQ(probe(500 * 1024), 0);        /* or it has a file system */
}

TEST(what_is_cut_short_is_said)
{
	int rc;

	set_partition(bytes, 1, 63, 20000, 16, 63);
	rc = probe(sizeof(bytes));
	EXPECT_EQ(rc, -EPROTO);
	EXPECT(error_says(rc, "truncated"));
}
