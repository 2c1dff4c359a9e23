/* SPDX-License-Identifier: BSD-2-Clause */
/* image/disk_options.c: memdisk's words. */
#include "image/disk_options.h"

#include "tests/unit/image/images.h"

static struct disk_options o;

static bool refused(const char *words, const char *why)
{
	return disk_options_parse(&o, words) == -EINVAL && error_says(-EINVAL, why);
}

TEST(no_words_say_nothing)
{
	EXPECT_EQ(disk_options_parse(&o, ""), 0);
	EXPECT_EQ(o.kind, DISK_ANY);
	EXPECT_EQ(o.drive, -1);
	EXPECT_EQ(o.cylinders, 0);
	EXPECT_EQ(o.heads, 0);
	EXPECT_EQ(o.sectors, 0);
	EXPECT_EQ(o.offset, 0);
	EXPECT(!o.read_only);
	EXPECT_EQ(o.edd, DISK_EDD_USUAL);
	EXPECT_EQ(disk_options_parse(&o, " \t "), 0);
}

TEST(a_kind_and_its_drive)
{
	static const struct { const char *words; enum disk_kind kind; int drive; } says[] = {
		{ "iso", DISK_CD, -1 }, { "floppy", DISK_FLOPPY, -1 }, { "harddisk", DISK_HARD, -1 }, { "floppy=0", DISK_FLOPPY, 0 },
		{ "floppy=1", DISK_FLOPPY, 1 }, { "floppy=127", DISK_FLOPPY, 127 }, { "harddisk=0", DISK_HARD, 0x80 },
		{ "harddisk=1", DISK_HARD, 0x81 }, { "harddisk=0x81", DISK_HARD, 0x81 }, { "harddisk=255", DISK_HARD, 0xff },
		{ "HARDDISK=0X82", DISK_HARD, 0x82 }, { "floppy floppy=1", DISK_FLOPPY, 1 },
	};

	for (unsigned i = 0; i < sizeof(says) / sizeof(*says); i++) {
		EXPECT_EQ(disk_options_parse(&o, says[i].words), 0);
		EXPECT_EQ(o.kind, says[i].kind);
		EXPECT_EQ(o.drive, says[i].drive);
	}
}

TEST(geometry_offset_and_protection)
{
	EXPECT_EQ(disk_options_parse(&o, "  harddisk c=1024\th=255 s=63 offset=5368709120 ro noedd "), 0);
	EXPECT_EQ(o.kind, DISK_HARD);
	EXPECT_EQ(o.cylinders, 1024);
	EXPECT_EQ(o.heads, 255);
	EXPECT_EQ(o.sectors, 63);
	EXPECT_EQ(o.offset, 5368709120ll);
	EXPECT(o.read_only);
	EXPECT_EQ(o.edd, DISK_EDD_OFF);
	EXPECT_EQ(disk_options_parse(&o, "offset=0x200 offset=0x80"), 0);
	EXPECT_EQ(o.offset, 0x80);
	EXPECT(!o.read_only);
}

TEST(edd_is_for_all_but_floppies_unless_told)
{
	disk_options_parse(&o, "");
	EXPECT(disk_options_edd(&o, DISK_CD));
	EXPECT(disk_options_edd(&o, DISK_HARD));
	EXPECT(!disk_options_edd(&o, DISK_FLOPPY));
	disk_options_parse(&o, "edd");
	EXPECT(disk_options_edd(&o, DISK_FLOPPY));
	disk_options_parse(&o, "edd noedd");
	EXPECT(!disk_options_edd(&o, DISK_HARD));
}

TEST(words_for_memdisk_alone_are_taken_and_mean_nothing)
{
	static const char words[] = "raw bigraw int safeint nopass nopassany dpt nodpt pause stack=2048 mem= initrd=http://192.0.2.1/x.iso "
				    "BOOT_IMAGE=memdisk iso Raw";

	EXPECT_EQ(disk_options_parse(&o, words), 0);
	EXPECT_EQ(o.kind, DISK_CD);
	EXPECT_EQ(o.offset, 0);
}

TEST(other_words_are_refused_by_name)
{
	EXPECT(refused("isoo", "invalid argument: isoo: no word for a disk"));
	EXPECT(refused("raw is", "is: no word"));
	EXPECT(refused("rawer", "rawer: no word"));
	EXPECT(refused("raw=1", "raw=1: no word"));
	EXPECT(refused("stack", "stack: no word"));
	EXPECT(refused("=5", "=5: no word"));
	EXPECT(refused("=", "=: no word"));
	EXPECT(refused("harddisc=1", "harddisc=1: no word"));
}

TEST(numbers_have_their_range)
{
	static const char *const wrong[] = { "c=0", "c=4294967296", "h=0", "h=256", "s=0", "s=64", "floppy=128", "harddisk=256", "c", "h", "s",
					     "offset", "offset=", "offset=-1", "offset=12k", "offset=18446744073709551616", "offset=0x",
					     "c=0x100000000", "s=0x1g", "floppy=", "harddisk=one", "c=1=1" };

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		EXPECT(refused(wrong[i], wrong[i]));
	EXPECT(refused("h=300", "h=300: wants a number from 1 to 255"));
	EXPECT(refused("offset=x", "offset=x: wants a number from 0 to 18446744073709551615"));
}

TEST(a_number_that_fits_32_bits_or_more_only_by_chance_is_refused)
{
	EXPECT(refused("offset=0x1ffffffff", "offset=0x1ffffffff"));
	EXPECT_EQ(disk_options_parse(&o, "offset=18446744073709551615"), 0);
	EXPECT_EQ(o.offset, UINT64_MAX);
}

TEST(words_without_a_value_have_none)
{
	EXPECT(refused("ro=1", "ro=1: ro has no value"));
	EXPECT(refused("iso=", "iso=: iso has no value"));
	EXPECT(refused("edd=on", "edd has no value"));
}

TEST(an_image_is_one_kind_of_disk)
{
	EXPECT(refused("iso floppy", "one of iso, floppy, harddisk"));
	EXPECT(refused("floppy=1 ro harddisk", "one of"));
	EXPECT(refused("harddisk iso", "one of"));
}
