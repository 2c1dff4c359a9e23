/* SPDX-License-Identifier: BSD-2-Clause */
/* image/disk_geometry.c: cylinders, heads and sectors, from sizes, FAT's parameters and partitions. */
#include "image/disk_geometry.h"

#include "tests/unit/image/disks.h"

static uint8_t sector[512];
static struct disk_geometry g;
static struct disk_partitions table;

static void clean(void)
{
	memset(sector, 0, sizeof sector);
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = clean;
}

static bool is(unsigned cylinders, unsigned heads, unsigned sectors)
{
	if (g.cylinders == cylinders && g.heads == heads && g.sectors == sectors)
		return true;
	printf("geometry is %u/%u/%u\n", g.cylinders, g.heads, g.sectors);
	return false;
}

TEST(usual_floppies_are_known_by_their_size)
{
	static const struct { unsigned kib, c, h, s, type; } usual[] = {
		{ 160, 40, 1, 8, 1 }, { 180, 40, 1, 9, 1 }, { 320, 40, 2, 8, 1 }, { 360, 40, 2, 9, 1 }, { 640, 80, 2, 8, 3 },
		{ 720, 80, 2, 9, 3 }, { 1200, 80, 2, 15, 2 }, { 1440, 80, 2, 18, 4 }, { 1600, 80, 2, 20, 4 }, { 1680, 80, 2, 21, 4 },
		{ 1722, 82, 2, 21, 4 }, { 1743, 83, 2, 21, 4 }, { 1760, 80, 2, 22, 4 }, { 1840, 80, 2, 23, 4 }, { 1920, 80, 2, 24, 4 },
		{ 2880, 80, 2, 36, 6 }, { 3120, 80, 2, 39, 6 }, { 3200, 80, 2, 40, 6 }, { 3520, 80, 2, 44, 6 }, { 3840, 80, 2, 48, 6 },
	};

	for (unsigned i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		EXPECT(disk_geometry_floppy(usual[i].kib * 2, &g));
		EXPECT(is(usual[i].c, usual[i].h, usual[i].s));
		EXPECT_EQ(disk_floppy_type(&g), usual[i].type);
	}
}

TEST(a_floppy_of_another_size_has_whole_tracks_if_they_fit)
{
	EXPECT(!disk_geometry_floppy(81 * 2 * 18, &g));
	EXPECT(is(81, 2, 18));
	EXPECT(!disk_geometry_floppy(84 * 2 * 24, &g));
	EXPECT(is(84, 2, 24));
	EXPECT(!disk_geometry_floppy(42 * 2 * 9, &g));
	EXPECT(is(42, 2, 9));
	EXPECT_EQ(disk_floppy_type(&g), 1);
	EXPECT(!disk_geometry_floppy(80 * 2 * 63, &g));
	EXPECT(is(80, 2, 63));
}

TEST(else_it_is_the_beginning_of_the_next_larger_one)
{
	EXPECT(!disk_geometry_floppy(2532, &g));
	EXPECT(is(80, 2, 18));
	EXPECT(!disk_geometry_floppy(1, &g));
	EXPECT(is(40, 1, 8));
	EXPECT(!disk_geometry_floppy(7679, &g));
	EXPECT(is(80, 2, 48));
	EXPECT(!disk_geometry_floppy(0, &g));
	EXPECT(is(40, 1, 8));
}

TEST(and_a_larger_one_gets_more_cylinders)
{
	EXPECT(!disk_geometry_floppy(7681, &g));
	EXPECT(is(61, 2, 63));
	EXPECT(!disk_geometry_floppy(UINT32_MAX, &g));
	EXPECT(is(34087043, 2, 63));
}

TEST(cylinders_hold_all_sectors_and_are_at_least_one)
{
	g = (struct disk_geometry){ 0, 16, 63 };
	disk_geometry_fill(&g, 0);
	EXPECT(is(1, 16, 63));
	disk_geometry_fill(&g, 1008);
	EXPECT(is(1, 16, 63));
	disk_geometry_fill(&g, 1009);
	EXPECT(is(2, 16, 63));
	disk_geometry_fill(&g, UINT32_MAX);
	EXPECT(is(4260881, 16, 63));
	g = (struct disk_geometry){ 0, 1, 1 };
	disk_geometry_fill(&g, UINT32_MAX);
	EXPECT(is(UINT32_MAX, 1, 1));
}

TEST(a_hard_disk_without_partitions_is_guessed_by_its_size)
{
	disk_geometry_hard(sector, 20480, &g);
	EXPECT(is(10, 64, 32));
	disk_geometry_hard(sector, 2097152, &g);
	EXPECT(is(1024, 64, 32));
	disk_geometry_hard(sector, 2097153, &g);
	EXPECT(is(131, 255, 63));
	disk_geometry_hard(sector, UINT32_MAX, &g);
	EXPECT(is(267350, 255, 63));
}

TEST(partitions_that_end_with_a_cylinder_say_the_geometry)
{
	set_partition(sector, 1, 17, 17 * 5 * 100 - 17, 5, 17);
	disk_geometry_hard(sector, 17 * 5 * 100, &g);
	EXPECT(is(100, 5, 17));
	set_partition(sector, 2, 17 * 5 * 100, 17 * 5 * 20, 5, 17);
	disk_geometry_hard(sector, 17 * 5 * 121 + 3, &g);
	EXPECT(is(122, 5, 17));
}

/* fdisk of today begins at sector 2048 and ends anywhere */
TEST(else_a_common_geometry_that_agrees_with_all_of_them)
{
	static const unsigned common[][2] = { { 255, 63 }, { 64, 32 }, { 16, 63 }, { 32, 63 }, { 64, 63 }, { 128, 63 }, { 240, 63 } };

	for (unsigned i = 0; i < sizeof(common) / sizeof(*common); i++) {
		clean();
		set_partition(sector, 1, 2048, 40000, common[i][0], common[i][1]);
		set_partition(sector, 3, 43000, 2300, common[i][0], common[i][1]);
		disk_geometry_hard(sector, 65536, &g);
		EXPECT_EQ(g.heads, common[i][0]);
		EXPECT_EQ(g.sectors, common[i][1]);
	}
}

/* GRUB's rescue CD as a hard disk: its partition's end is cylinder 4, head 54, sector 4 */
TEST(grubs_rescue_disk_has_64_heads_of_32_sectors)
{
	static const uint8_t entry[16] = "\x80\0\2\0\xcd\x36\4\4\1\0\0\0\xc3\x26\0";

	memcpy(sector + 446, entry, 16);
	set_signature(sector);
	disk_geometry_hard(sector, 9924, &g);
	EXPECT(is(5, 64, 32));
}

TEST(what_agrees_with_nothing_leaves_memdisks_guess)
{
	set_partition(sector, 1, 2048, 40000, 255, 63);
	set_le(sector + 446 + 8, 4, 2049);
	disk_geometry_hard(sector, 65536, &g);
	EXPECT_EQ(g.heads, sector[446 + 5] + 1);
	EXPECT_EQ(g.sectors, sector[446 + 6] & 63);
}

TEST(beyond_chs_the_largest_head_and_sector_count)
{
	set_partition(sector, 1, 63, 40000000, 255, 63);
	disk_geometry_hard(sector, 40000063, &g);
	EXPECT(is(2490, 255, 63));
	clean();
	set_partition(sector, 1, 0, 4000000, 64, 32);
	disk_geometry_hard(sector, 4000000, &g);
	EXPECT(is(1954, 64, 32));
}

TEST(a_gpts_protective_partition_and_ends_without_meaning_say_nothing)
{
	set_partition(sector, 1, 1, 0xffffffff, 255, 63);
	sector[446 + 4] = 0xee;
	memset(sector + 446 + 5, 0xff, 3);
	disk_geometry_hard(sector, 65536, &g);
	EXPECT(is(32, 64, 32));
	sector[446 + 4] = 0x83;                 /* head 255 */
	disk_geometry_hard(sector, 65536, &g);
	EXPECT(is(32, 64, 32));
	memset(sector + 446 + 5, 0, 3);         /* sector 0 */
	disk_geometry_hard(sector, 65536, &g);
	EXPECT(is(32, 64, 32));
}

TEST(no_table_is_no_table)
{
	memset(sector, 0x41, sizeof sector);
	set_signature(sector);
	disk_geometry_hard(sector, 65536, &g);
	EXPECT(is(32, 64, 32));
	disk_partitions_parse(sector, &table);
	EXPECT(table.signature);
	EXPECT_EQ(table.bad, 1);
	sector[446] = 0x80;
	sector[462] = 0;
	disk_partitions_parse(sector, &table);
	EXPECT_EQ(table.bad, 3);
	sector[511] = 0;
	disk_partitions_parse(sector, &table);
	EXPECT(!table.signature);
}

TEST(the_partition_that_ends_last_says_where)
{
	disk_partitions_parse(sector, &table);
	EXPECT_EQ(table.count, 0);
	EXPECT_EQ(table.end, 0);
	set_partition(sector, 2, 1000, 500, 255, 63);
	set_partition(sector, 3, 0xffffffff, 0xffffffff, 255, 63);
	set_partition(sector, 4, 10, 20, 255, 63);
	disk_partitions_parse(sector, &table);
	EXPECT_EQ(table.count, 3);
	EXPECT_EQ(table.last, 3);
	EXPECT_EQ(table.end, 0x1fffffffell);
	sector[446 + 2 * 16 + 4] = 0xee;
	disk_partitions_parse(sector, &table);
	EXPECT_EQ(table.count, 3);
	EXPECT_EQ(table.last, 2);
	EXPECT_EQ(table.end, 1500);
}

TEST(fats_parameters_are_read)
{
	struct disk_bpb bpb;

	set_bpb(sector, 2880, 2, 18);
	EXPECT(disk_bpb_parse(sector, &bpb));
	EXPECT_EQ(bpb.total_sectors, 2880);
	EXPECT_EQ(bpb.heads, 2);
	EXPECT_EQ(bpb.sectors, 18);
	set_bpb(sector, 0x123456, 255, 63);
	sector[21] = 0xf8;
	EXPECT(disk_bpb_parse(sector, &bpb));
	EXPECT_EQ(bpb.total_sectors, 0x123456);
	sector[0] = 0xe9;
	sector[2] = 0;
	EXPECT(disk_bpb_parse(sector, &bpb));
}

TEST(each_of_fats_parameters_must_make_sense)
{
	static const struct { unsigned at, bytes, value; } wrong[] = {
		{ 0, 1, 0xea }, { 2, 1, 0 }, { 11, 2, 4096 }, { 13, 1, 0 }, { 13, 1, 3 }, { 14, 2, 0 }, { 16, 1, 0 }, { 16, 1, 3 },
		{ 21, 1, 0xf7 }, { 21, 1, 0 }, { 24, 2, 0 }, { 24, 2, 64 }, { 26, 2, 0 }, { 26, 2, 256 }, { 19, 2, 0 },
	};
	struct disk_bpb bpb;

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		set_bpb(sector, 2880, 2, 18);
		EXPECT(disk_bpb_parse(sector, &bpb));
		set_le(sector + wrong[i].at, wrong[i].bytes, wrong[i].value);
		EXPECT(!disk_bpb_parse(sector, &bpb));
	}
}
