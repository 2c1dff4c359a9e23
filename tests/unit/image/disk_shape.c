/* SPDX-License-Identifier: BSD-2-Clause */
/* image/disk_shape.c: floppies, hard disks, CDs and hybrids, and what is none of them. */
#include "image/disk_shape.h"

#include "tests/unit/image/disks.h"

static uint8_t image[DISK_START_BYTES];
static struct disk_shape shape;

static void clean(void)
{
	memset(image, 0, sizeof image);
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = clean;
}

/** The shape of an image of @length bytes that begins as image[] does, with @words. */
static int find(uint64_t length, const char *words)
{
	struct disk_options options;
	uint64_t left;
	uint8_t *exact;
	int rc;

	if (disk_options_parse(&options, words) != 0)
		abort();
	left = length > options.offset ? length - options.offset : 0;
	if (left > sizeof image)
		left = sizeof image;
	exact = malloc(left ? left : 1);                /* so that a byte too far is seen */
	memcpy(exact, image, left);
	rc = disk_shape_find(exact, left, length, &options, &shape);
	free(exact);
	return rc;
}

static bool is(const char *name, uint64_t blocks, unsigned c, unsigned h, unsigned s)
{
	const struct disk_geometry *g = &shape.geometry;

	if (!strcmp(disk_shape_name(&shape), name) && shape.blocks == blocks && g->cylinders == c && g->heads == h && g->sectors == s)
		return true;
	printf("is a %s of %llu blocks, %u/%u/%u\n", disk_shape_name(&shape), (unsigned long long)shape.blocks, g->cylinders, g->heads,
	       g->sectors);
	return false;
}

static bool refused(int rc, const char *why)
{
	return rc < 0 && error_says(rc, why);
}

TEST(a_floppy_with_a_boot_sector_is_known_by_its_size)
{
	set_signature(image);
	EXPECT_EQ(find(1474560, ""), 0);
	EXPECT(is("floppy", 2880, 80, 2, 18));
	EXPECT_EQ(shape.block_bytes, 512);
	EXPECT_EQ(find(2949120, ""), 0);
	EXPECT(is("floppy", 5760, 80, 2, 36));
	EXPECT_EQ(find(163840, ""), 0);
	EXPECT(is("floppy", 320, 40, 1, 8));
}

TEST(fats_parameters_tell_the_geometry_and_stand_for_a_signature)
{
	set_bpb(image, 3444, 2, 21);
	EXPECT_EQ(find(3444 * 512, ""), 0);
	EXPECT(is("floppy", 3444, 82, 2, 21));
	set_bpb(image, 2000, 4, 25);
	EXPECT_EQ(find(1024000, ""), 0);
	EXPECT(is("floppy", 2000, 20, 4, 25));
	set_bpb(image, 2880, 2, 9);                     /* stands above the size */
	EXPECT_EQ(find(1474560, ""), 0);
	EXPECT(is("floppy", 2880, 160, 2, 9));
}

/* fpxe.dsk has a table of partitions for BIOSes that want one; fpxe.usb is smaller than many floppies */
TEST(a_usual_size_makes_a_floppy_though_it_has_partitions_another_one_a_hard_disk)
{
	set_partition(image, 1, 1, 2047, 64, 32);
	EXPECT_EQ(find(1474560, ""), 0);
	EXPECT(is("floppy", 2880, 80, 2, 18));
	EXPECT_EQ(find(1048576, ""), 0);
	EXPECT(is("hard disk", 2048, 1, 64, 32));
}

TEST(from_4_mib_on_it_is_a_hard_disk)
{
	set_signature(image);
	EXPECT_EQ(find((4 << 20) - 512, ""), 0);
	EXPECT(is("floppy", 8191, 66, 2, 63));
	EXPECT_EQ(find(4 << 20, ""), 0);
	EXPECT(is("hard disk", 8192, 4, 64, 32));
	set_bpb(image, 8192, 16, 32);
	EXPECT_EQ(find(4 << 20, ""), 0);
	EXPECT(is("hard disk", 8192, 16, 16, 32));
}

TEST(a_hard_disk_has_its_partitions_geometry)
{
	set_partition(image, 1, 63, 16 * 63 * 500 - 63, 16, 63);
	EXPECT_EQ(find(16 * 63 * 500 * 512, ""), 0);
	EXPECT(is("hard disk", 504000, 500, 16, 63));
	set_bpb(image, 100, 2, 18);                     /* boot code that looks like it: the table counts */
	EXPECT_EQ(find(16 * 63 * 500 * 512, ""), 0);
	EXPECT(is("hard disk", 504000, 500, 16, 63));
}

TEST(a_large_hard_disk_counts_in_64_bits)
{
	set_partition(image, 1, 2048, 0xfffff000, 255, 63);
	EXPECT_EQ(find(UINT64_C(3) << 40, ""), 0);
	EXPECT(is("hard disk", UINT64_C(3) << 31, 267350, 255, 63));
	EXPECT_EQ(find(UINT64_C(5) << 30, "iso"), -ENOEXEC);
	set_descriptors(image, 2621440, 20);
	EXPECT_EQ(find(UINT64_C(5) << 30, "iso"), 0);
	EXPECT(is("hybrid CD", 2621440, 0, 0, 0));
}

TEST(any_length_is_one)
{
	EXPECT_EQ(find(UINT64_MAX, "harddisk"), 0);
	EXPECT(is("hard disk", UINT64_C(1) << 55, 267350, 255, 63));
	set_descriptors(image, 500, 33);
	EXPECT_EQ(find(UINT64_MAX, ""), 0);
	EXPECT(is("CD", UINT64_C(1) << 53, 0, 0, 0));
}

TEST(a_gpt_disk_is_one)
{
	set_partition(image, 1, 1, 0xffffffff, 255, 63);
	image[446 + 4] = 0xee;
	image[446] = 0;
	EXPECT_EQ(find(64 << 20, ""), 0);
	EXPECT(is("hard disk", 131072, 64, 64, 32));
}

TEST(a_cd_has_a_volume_descriptor)
{
	set_descriptors(image, 500, 33);
	EXPECT_EQ(find(500 * 2048, ""), 0);
	EXPECT(is("CD", 500, 0, 0, 0));
	EXPECT_EQ(shape.block_bytes, 2048);
	EXPECT(!shape.hybrid);
	EXPECT_EQ(find(600 * 2048 + 512, ""), 0);
	EXPECT(is("CD", 601, 0, 0, 0));
	set_signature(image);                           /* a boot sector without partitions makes no hybrid */
	EXPECT_EQ(find(500 * 2048, ""), 0);
	EXPECT(is("CD", 500, 0, 0, 0));
}

TEST(a_hybrid_is_a_cd_unless_told)
{
	set_descriptors(image, 720, 33);
	set_partition(image, 1, 0, 2880, 64, 32);
	EXPECT_EQ(find(1474560, ""), 0);                /* a floppy's size, too */
	EXPECT(is("hybrid CD", 720, 0, 0, 0));
	EXPECT(shape.hybrid);
	EXPECT_EQ(find(1474560, "harddisk"), 0);
	EXPECT(is("hard disk", 2880, 2, 64, 32));
	EXPECT_EQ(find(1474560, "floppy"), 0);
	EXPECT(is("floppy", 2880, 80, 2, 18));
}

TEST(a_cd_may_have_its_boot_record_alone)
{
	set_descriptors(image, 0, 33);
	memset(image + 16 * 2048, 0, 2048);
	EXPECT_EQ(find(500 * 2048, ""), 0);
	EXPECT(is("CD", 500, 0, 0, 0));
}

TEST(a_truncated_cd_is_refused_with_both_figures)
{
	set_descriptors(image, 500, 33);
	EXPECT_EQ(find(500 * 2048 - 1, ""), -EPROTO);
	EXPECT(refused(-EPROTO, "truncated disk image: 1023999 bytes, its volume descriptor promises 1024000"));
	EXPECT_EQ(find(500 * 2048 - 1, "iso"), -EPROTO);
	set_le(image + 16 * 2048 + 80, 4, 0xffffffff);
	EXPECT_EQ(find(UINT64_C(5) << 30, ""), -EPROTO);
	EXPECT(refused(-EPROTO, "promises 8796093020160"));
}

TEST(a_truncated_floppy_is_refused_unless_told)
{
	set_bpb(image, 2880, 2, 18);
	EXPECT_EQ(find(1474048, ""), -EPROTO);
	EXPECT(refused(-EPROTO, "truncated disk image: 1474048 bytes, its boot sector promises 1474560"));
	EXPECT_EQ(find(1474048, "floppy"), 0);
	EXPECT(is("floppy", 2879, 80, 2, 18));
}

TEST(a_truncated_hard_disk_is_refused_unless_told)
{
	set_partition(image, 1, 2048, 2048, 255, 63);
	set_partition(image, 2, 4096, 61440, 255, 63);
	EXPECT_EQ(find(65535 * 512, ""), -EPROTO);
	EXPECT(refused(-EPROTO, "truncated disk image: 65535 sectors, partition 2 ends at 65536"));
	EXPECT_EQ(find(65535 * 512, "harddisk"), 0);
	EXPECT(is("hard disk", 65535, 5, 255, 63));
	EXPECT_EQ(find(65536 * 512, ""), 0);
}

TEST(odd_sizes_are_refused_unless_told)
{
	set_signature(image);
	EXPECT_EQ(find(1474561, ""), -ENOEXEC);
	EXPECT(refused(-ENOEXEC, "not a disk image: 1474561 bytes are no whole sectors of 512"));
	EXPECT_EQ(find(1474561, "floppy"), 0);
	EXPECT(is("floppy", 2881, 80, 2, 20));
	EXPECT_EQ(find(1474561, "harddisk"), 0);
	EXPECT(is("hard disk", 2881, 2, 64, 32));
	EXPECT_EQ(find(1, "floppy"), 0);
	EXPECT(is("floppy", 1, 40, 1, 8));
}

TEST(without_a_boot_sector_it_is_no_disk)
{
	EXPECT_EQ(find(1474560, ""), -ENOEXEC);
	EXPECT(refused(-ENOEXEC, "not a disk image: no boot sector (55AAh at byte 510), no CD's volume descriptor"));
	EXPECT_EQ(find(64 << 20, ""), -ENOEXEC);
	EXPECT_EQ(find(1474560, "floppy"), 0);
	EXPECT_EQ(find(64 << 20, "harddisk"), 0);
	EXPECT(is("hard disk", 131072, 64, 64, 32));
}

TEST(without_a_table_of_partitions_it_is_no_hard_disk)
{
	memset(image, 0x41, 512);
	image[446] = 0x80;
	set_signature(image);
	EXPECT_EQ(find(64 << 20, ""), -ENOEXEC);
	EXPECT(refused(-ENOEXEC, "not a disk image: no MBR: partition 2 begins with 41, not 00 or 80"));
	EXPECT_EQ(find(1474560, ""), 0);                /* but a floppy needs none */
	EXPECT(is("floppy", 2880, 80, 2, 18));
}

TEST(without_a_volume_descriptor_it_is_no_cd)
{
	set_signature(image);
	EXPECT_EQ(find(64 << 20, "iso"), -ENOEXEC);
	EXPECT(refused(-ENOEXEC, "not a disk image: no CD's volume descriptor at sector 16"));
}

TEST(nothing_is_nothing)
{
	EXPECT_EQ(find(0, ""), -ENOEXEC);
	EXPECT(refused(-ENOEXEC, "not a disk image: empty"));
	EXPECT_EQ(find(0, "floppy"), -ENOEXEC);
	EXPECT_EQ(find(512, "offset=512"), -EINVAL);
	EXPECT(refused(-EINVAL, "offset=512: the image has 512 bytes"));
	EXPECT_EQ(find(512, "offset=18446744073709551615"), -EINVAL);
}

TEST(a_cd_with_whole_raw_sectors_is_told_apart)
{
	memset(image + 1, 0xff, 10);
	EXPECT_EQ(find(2352 * 1000, ""), -ENOTSUP);
	EXPECT(refused(-ENOTSUP, "sectors of 2352 bytes"));
}

TEST(the_offset_is_in_front_of_the_disk)
{
	set_signature(image);
	EXPECT_EQ(find(1474560 + 130, "offset=130"), 0);
	EXPECT(is("floppy", 2880, 80, 2, 18));
	EXPECT_EQ(shape.offset, 130);
	EXPECT_EQ(find((UINT64_C(5) << 30) + (8 << 20), "offset=5368709120"), 0);
	EXPECT(is("hard disk", 16384, 8, 64, 32));
	EXPECT_EQ(shape.offset, UINT64_C(5) << 30);
}

static void dosemu(unsigned heads, unsigned sectors, unsigned cylinders, uint32_t header)
{
	memcpy(image, "DOSEMU", 7);
	set_le(image + 7, 4, heads);
	set_le(image + 11, 4, sectors);
	set_le(image + 15, 4, cylinders);
	set_le(image + 19, 4, header);
}

TEST(dosemus_header_tells_the_geometry_and_is_no_part_of_the_disk)
{
	dosemu(4, 17, 306, 128);
	EXPECT_EQ(find(128 + 306 * 4 * 17 * 512, ""), 0);
	EXPECT(is("hard disk", 20808, 306, 4, 17));
	EXPECT_EQ(shape.offset, 128);
	EXPECT_EQ(find(7 + 128 + 306 * 4 * 17 * 512, "harddisk offset=7"), 0);
	EXPECT_EQ(shape.offset, 135);
	EXPECT(is("hard disk", 20808, 306, 4, 17));
}

TEST(dosemus_header_must_make_sense)
{
	static const unsigned wrong[][4] = { { 0, 17, 306, 128 }, { 256, 17, 306, 128 }, { 4, 0, 306, 128 }, { 4, 64, 306, 128 },
					     { 4, 17, 0, 128 }, { 4, 17, 306, 22 }, { 4, 17, 306, 65536 }, { 4, 17, 306, 0xffffffff } };

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		dosemu(wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3]);
		EXPECT_EQ(find(65536, ""), -EPROTO);
		EXPECT(refused(-EPROTO, "DOSEMU header: "));
		/* What is said beside it changes nothing, and divides nothing by what the header left out. */
		EXPECT_EQ(find(65536, "h=255"), -EPROTO);
		EXPECT_EQ(find(65536, "s=63"), -EPROTO);
	}
}

TEST(a_geometry_that_is_said_stands_above_the_guess)
{
	set_signature(image);
	EXPECT_EQ(find(64 << 20, "c=100 h=16 s=63"), 0);
	EXPECT(is("hard disk", 131072, 100, 16, 63));
	EXPECT_EQ(find(64 << 20, "h=16"), 0);
	EXPECT(is("hard disk", 131072, 256, 16, 32));
	EXPECT_EQ(find(64 << 20, "s=63"), 0);
	EXPECT(is("hard disk", 131072, 33, 64, 63));
	EXPECT_EQ(find(64 << 20, "c=7"), 0);
	EXPECT(is("hard disk", 131072, 7, 64, 32));
	set_descriptors(image, 500, 0);
	EXPECT_EQ(find(500 * 2048, "iso c=1 h=2 s=3"), 0);
	EXPECT(is("CD", 500, 0, 0, 0));
}

/* Every length of the shortest images, and of one that ends inside its volume descriptors: an answer, and no byte read behind the end */
TEST(images_may_end_anywhere)
{
	static const char *const words[] = { "", "iso", "floppy", "harddisk", "offset=1" };

	set_descriptors(image, 18, 17);
	set_bpb(image, 1, 1, 1);
	set_partition(image, 1, 0, 1, 64, 32);
	for (uint64_t length = 0; length <= DISK_START_BYTES; length += length < 1100 || length > 15 * 2048 ? 1 : 511)
		for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++) {
			int rc = find(length, words[i]);

			EXPECT(rc == 0 || rc == -ENOEXEC || rc == -EPROTO || rc == -EINVAL);
			if (rc == 0)
				EXPECT((shape.blocks - 1) * shape.block_bytes < length);
		}
	dosemu(4, 17, 306, 128);
	for (uint64_t length = 0; length < 200; length++)
		EXPECT((find(length, "harddisk") == 0) == (length >= 7 ? length > 128 : length > 0));
}
