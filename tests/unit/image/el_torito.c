/* SPDX-License-Identifier: BSD-2-Clause */
/* image/el_torito.c: what a CD boots. */
#include "image/el_torito.h"

#include "image/memory_disk.h"
#include "tests/unit/image/disks.h"

#define BLOCKS 2000
#define CATALOGUE 33
#define BOOT 40

static uint8_t cd[BLOCKS * 2048];
static uint8_t *const catalogue = cd + CATALOGUE * 2048;
static struct memory_disk disk;
static struct el_torito t;

/** An entry of the catalogue. */
static uint8_t *entry(unsigned number)
{
	return catalogue + number * 32;
}

/** The CD most people have: one image without emulation for the BIOS. */
static void usual(void)
{
	memset(cd, 0, sizeof cd);
	set_descriptors(cd, BLOCKS, CATALOGUE);
	set_validation(entry(0), 0);
	set_entry(entry(1), true, 0, 4, BOOT);
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = usual;
}

static int run_on(size_t length, uint32_t block_bytes)
{
	uint8_t *exact = malloc(length ? length : 1);
	int rc;

	memcpy(exact, cd, length);
	memory_disk_init(&disk, "cd", exact, length, 0, block_bytes, true);
	el_torito_init(&t);
	rc = el_torito_run(&t, &disk.device);
	free(exact);
	return rc;
}

static int run(void)
{
	return run_on(sizeof cd, 2048);
}

static bool refused(int wanted, const char *why)
{
	int rc = run();

	if (rc != wanted)
		printf("rc is %d\n", rc);
	return rc == wanted && error_says(rc, why);
}

static bool boots(unsigned media, unsigned segment, unsigned sectors, uint32_t block)
{
	if (t.boot.media == media && t.boot.segment == segment && t.boot.sectors == sectors && t.boot.first_block == block)
		return true;
	printf("boots media %u at segment %x, %u sectors from block %u\n", t.boot.media, t.boot.segment, t.boot.sectors, t.boot.first_block);
	return false;
}

TEST(the_default_entry_boots_without_emulation)
{
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, BOOT));
	EXPECT_EQ(t.boot.disk_sectors, 0);
	EXPECT_EQ(t.boot.geometry.heads, 0);
	EXPECT_EQ(el_torito_run(&t, &disk.device), 0);  /* once more asks for nothing */
	EXPECT_STR(el_torito_media_name(t.boot.media), "no emulation");
}

TEST(blocks_of_512_bytes_do_as_well)
{
	EXPECT_EQ(run_on(sizeof cd, 512), 0);
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, BOOT));
}

TEST(segment_and_sectors_are_what_it_says)
{
	set_entry(entry(1), true, 0, 8, BOOT);
	set_le(entry(1) + 2, 2, 0x2000);
	entry(1)[4] = 0x0c;
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x2000, 8, BOOT));
	EXPECT_EQ(t.boot.system_type, 0x0c);
	set_entry(entry(1), true, 0, 0, BOOT);
	EXPECT_EQ(run(), 0);
	EXPECT_EQ(t.boot.sectors, 1);
}

TEST(floppies_have_their_mediums_size)
{
	static const struct { unsigned media, sectors; const char *name; } floppies[] = {
		{ EL_TORITO_FLOPPY_1200, 15, "1.2 MB floppy" }, { EL_TORITO_FLOPPY_1440, 18, "1.44 MB floppy" },
		{ EL_TORITO_FLOPPY_2880, 36, "2.88 MB floppy" },
	};

	for (unsigned i = 0; i < 3; i++) {
		set_entry(entry(1), true, floppies[i].media, 1, BOOT);
		EXPECT_EQ(run(), 0);
		EXPECT(boots(floppies[i].media, 0x7c0, 1, BOOT));
		EXPECT_EQ(t.boot.disk_sectors, 160 * floppies[i].sectors);
		EXPECT_EQ(t.boot.geometry.cylinders, 80);
		EXPECT_EQ(t.boot.geometry.heads, 2);
		EXPECT_EQ(t.boot.geometry.sectors, floppies[i].sectors);
		EXPECT_STR(el_torito_media_name(t.boot.media), floppies[i].name);
	}
}

TEST(a_floppy_must_be_on_the_cd_to_its_end)
{
	set_entry(entry(1), true, EL_TORITO_FLOPPY_1440, 1, BLOCKS - 720);
	EXPECT_EQ(run(), 0);
	set_entry(entry(1), true, EL_TORITO_FLOPPY_1440, 1, BLOCKS - 719);
	EXPECT(refused(-EPROTO, "boot catalogue: the floppy at block 1281 (1440 KiB) lies outside the CD of 4000 KiB"));
}

TEST(a_hard_disk_ends_with_its_partition)
{
	set_entry(entry(1), true, EL_TORITO_HARD_DISK, 1, BOOT);
	set_partition(cd + BOOT * 2048, 1, 32, 64 * 32 * 3 - 32, 64, 32);
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_HARD_DISK, 0x7c0, 1, BOOT));
	EXPECT_EQ(t.boot.disk_sectors, 6144);
	EXPECT_EQ(t.boot.geometry.cylinders, 3);
	EXPECT_EQ(t.boot.geometry.heads, 64);
	EXPECT_EQ(t.boot.geometry.sectors, 32);
	EXPECT_STR(el_torito_media_name(t.boot.media), "hard disk");
}

TEST(a_hard_disk_must_have_a_partition_and_be_on_the_cd)
{
	set_entry(entry(1), true, EL_TORITO_HARD_DISK, 1, BOOT);
	EXPECT(refused(-EPROTO, "its hard disk has no partition"));
	set_signature(cd + BOOT * 2048);
	EXPECT(refused(-EPROTO, "its hard disk has no partition"));
	set_partition(cd + BOOT * 2048, 1, 32, (BLOCKS - BOOT) * 4 - 32, 64, 32);
	EXPECT_EQ(run(), 0);
	set_partition(cd + BOOT * 2048, 1, 32, (BLOCKS - BOOT) * 4 - 31, 64, 32);
	EXPECT(refused(-EPROTO, "the hard disk at block 40 (3921 KiB) lies outside the CD"));
	set_partition(cd + BOOT * 2048, 1, 0xffffffff, 0xffffffff, 64, 32);
	EXPECT(refused(-EPROTO, "the hard disk at block 40"));
	cd[BOOT * 2048 + 446] = 0x11;
	EXPECT(refused(-EPROTO, "its hard disk has no partition"));
	set_entry(entry(1), true, EL_TORITO_HARD_DISK, 1, BLOCKS);
	EXPECT(refused(-EPROTO, "what boots at block 2000"));
}

TEST(a_section_for_bioses_follows_a_default_entry_for_efi)
{
	set_validation(entry(0), 0xef);
	set_section(entry(2), true, 0, 1);
	set_entry(entry(3), true, 0, 4, 50);
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, 50));
}

TEST(a_default_entry_that_boots_does_whatever_follows)
{
	set_section(entry(2), false, 0xef, 1);
	set_entry(entry(3), true, 0, 4, 51);
	set_section(entry(4), true, 0, 1);
	set_entry(entry(5), true, EL_TORITO_FLOPPY_1440, 1, 52);
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, BOOT));
	for (unsigned id = 0; id < 256; id++) {
		memset(entry(2), (int)id, 2048 - 64);
		EXPECT_EQ(run(), 0);
		EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, BOOT));
	}
}

TEST(a_section_with_fewer_entries_than_it_says_ends_in_words)
{
	set_entry(entry(1), false, 0, 4, BOOT);
	set_section(entry(2), true, 0, 3);
	set_entry(entry(3), false, 0, 4, 51);
	EXPECT(refused(-ENOEXEC, "CD does not boot: its boot catalogue has nothing bootable"));
	set_section(entry(2), false, 0xef, 3);
	set_entry(entry(3), true, 0, 4, 51);
	EXPECT(refused(-ENOEXEC, "CD boots on EFI only"));
}

TEST(the_first_bootable_entry_for_bioses_is_taken)
{
	set_entry(entry(1), false, 0, 4, BOOT);
	set_section(entry(2), false, 0xef, 2);
	set_entry(entry(3), true, 0, 4, 51);
	set_entry(entry(4), true, 0, 4, 52);
	set_section(entry(5), false, 0, 0);             /* an empty one */
	set_section(entry(6), false, 0, 1);
	set_entry(entry(7), false, 0, 4, 53);           /* not bootable */
	set_section(entry(8), false, 2, 1);
	set_entry(entry(9), true, 0, 4, 54);
	set_section(entry(10), true, 0, 3);
	set_entry(entry(11), false, 0, 4, 55);
	set_entry(entry(12), true, EL_TORITO_FLOPPY_1440, 1, 56);
	set_entry(entry(13), true, 0, 4, 57);
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_FLOPPY_1440, 0x7c0, 1, 56));
}

TEST(extensions_are_no_entries_of_their_own)
{
	set_entry(entry(1), false, 0, 0, 0);
	set_section(entry(2), false, 0xef, 1);
	set_entry(entry(3), true, 0x20, 4, 51);         /* goes on in the next */
	memset(entry(4), 0x44, 32);
	memset(entry(5), 0x44, 32);
	set_section(entry(6), true, 0, 2);
	set_entry(entry(7), false, 0x20, 4, 52);
	memset(entry(8), 0x44, 32);
	set_entry(entry(9), true, 0x40, 4, 53);         /* an ATAPI driver inside does not matter */
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, 53));
}

TEST(a_catalogue_may_have_several_blocks)
{
	set_entry(entry(1), false, 0, 0, 0);
	set_section(entry(2), true, 0, 200);
	for (unsigned i = 0; i < 200; i++)
		set_entry(entry(3 + i), i == 199, 0, 4, 300 + i);
	EXPECT_EQ(run(), 0);
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, 499));
}

TEST(an_unknown_medium_is_named)
{
	set_entry(entry(1), true, 5, 4, BOOT);
	EXPECT(refused(-ENOTSUP, "boot catalogue: media type 5"));
	EXPECT_STR(el_torito_media_name(5), "unknown media");
}

TEST(a_cd_for_others_says_for_whom)
{
	static const struct { uint8_t platform; const char *name; } others[] = {
		{ 1, "CD boots on PowerPC only" }, { 2, "CD boots on Mac only" }, { 7, "CD boots on another platform only" },
		{ 0xef, "CD boots on EFI only: its boot catalogue has nothing for BIOSes" },
	};

	for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++) {
		set_validation(entry(0), others[i].platform);
		EXPECT(refused(-ENOEXEC, others[i].name));
	}
	set_entry(entry(1), false, 0, 4, BOOT);
	EXPECT(refused(-ENOEXEC, "CD does not boot: its boot catalogue has nothing bootable"));
	set_validation(entry(0), 0);
	set_section(entry(2), true, 0xef, 1);
	set_entry(entry(3), true, 0, 4, BOOT);
	EXPECT(refused(-ENOEXEC, "CD boots on EFI only"));
	set_entry(entry(4), true, 0, 4, BOOT);          /* after the last section there is nothing */
	EXPECT(refused(-ENOEXEC, "CD boots on EFI only"));
}

TEST(a_cd_without_a_boot_record_does_not_boot)
{
	set_descriptors(cd, BLOCKS, 0);
	memset(cd + 17 * 2048, 0, 2048);
	EXPECT(refused(-ENOEXEC, "CD does not boot: no El Torito boot record at sector 17"));
	memcpy(cd + 17 * 2048, "\xff" "CD001\1", 7);
	EXPECT(refused(-ENOEXEC, "no El Torito boot record"));
	memcpy(cd + 17 * 2048, "\0CD001\1EL TORITO SPECIFICATIOM", 31);
	EXPECT(refused(-ENOEXEC, "no El Torito boot record"));
}

TEST(a_catalogue_outside_the_cd_is_refused)
{
	static const uint32_t outside[] = { BLOCKS, BLOCKS + 1, 0x40000000, 0xffffffff };

	for (unsigned i = 0; i < 4; i++) {
		set_descriptors(cd, BLOCKS, outside[i]);
		EXPECT(refused(-EPROTO, "the boot catalogue at block"));
		EXPECT(error_says(-EPROTO, "lies outside the CD of 4000 KiB"));
	}
}

TEST(a_catalogue_that_goes_on_behind_the_cd_is_refused)
{
	set_descriptors(cd, BLOCKS, BLOCKS - 1);
	memcpy(cd + (BLOCKS - 1) * 2048, catalogue, 64);
	cd[(BLOCKS - 1) * 2048 + 32] = 0;
	set_section(cd + (BLOCKS - 1) * 2048 + 64, false, 0xef, 0xffff);
	EXPECT(refused(-EPROTO, "the boot catalogue at block 2000 lies outside the CD"));
}

TEST(a_catalogue_that_does_not_end_is_refused)
{
	set_entry(entry(1), false, 0, 0, 0);
	set_section(entry(2), false, 0, 0xffff);
	EXPECT(refused(-EPROTO, "boot catalogue: it does not end"));
	for (unsigned i = 2; i < 17 * 64; i++)
		set_section(entry(i), false, 0, 0);
	EXPECT(refused(-EPROTO, "boot catalogue: it does not end"));
	for (unsigned i = 2; i < 17 * 64; i++)
		memset(entry(i), 0x44, 32);
	EXPECT(refused(-EPROTO, "boot catalogue: it does not end"));
}

TEST(a_catalogue_that_is_a_volume_descriptor_is_refused)
{
	set_descriptors(cd, BLOCKS, 17);                /* itself */
	EXPECT(refused(-EPROTO, "no validation entry (01h, 55AAh)"));
	set_descriptors(cd, BLOCKS, 16);
	EXPECT(refused(-EPROTO, "no validation entry"));
}

TEST(the_validation_entry_must_be_right)
{
	static const unsigned at[] = { 0, 30, 31 };

	for (unsigned i = 0; i < 3; i++) {
		set_validation(entry(0), 0);
		entry(0)[at[i]] ^= 1;
		EXPECT(refused(-EPROTO, "no validation entry (01h, 55AAh)"));
	}
	for (unsigned i = 1; i < 30; i++) {
		set_validation(entry(0), 0);
		entry(0)[i] ^= 0x10;
		EXPECT(refused(-EPROTO, "boot catalogue: wrong checksum"));
	}
}

TEST(a_section_that_is_none_is_refused)
{
	set_entry(entry(1), false, 0, 0, 0);
	entry(2)[0] = 0x37;
	EXPECT(refused(-EPROTO, "boot catalogue: no section begins with 37"));
}

TEST(what_boots_must_be_on_the_cd)
{
	set_entry(entry(1), true, 0, 4, BLOCKS - 1);
	EXPECT_EQ(run(), 0);
	set_entry(entry(1), true, 0, 5, BLOCKS - 1);
	EXPECT(refused(-EPROTO, "boot catalogue: what boots at block 1999 (3 KiB) lies outside the CD of 4000 KiB"));
	set_entry(entry(1), true, 0, 4, BLOCKS);
	EXPECT(refused(-EPROTO, "what boots at block 2000"));
	set_entry(entry(1), true, 0, 4, 0xffffffff);
	EXPECT(refused(-EPROTO, "what boots at block 4294967295"));
}

TEST(what_boots_has_its_place_below_640_kib)
{
	static const struct { unsigned segment, sectors; bool fits; } places[] = {
		{ 0x50, 1, true }, { 0x4f, 1, false }, { 1, 4, false }, { 0x9fe0, 1, true }, { 0x9fe1, 1, false }, { 0xffff, 1, false },
		{ 0x7c0, 1218, true }, { 0x7c0, 1219, false }, { 0x7c0, 0xffff, false },
	};

	for (unsigned i = 0; i < sizeof(places) / sizeof(*places); i++) {
		set_entry(entry(1), true, 0, places[i].sectors, BOOT);
		set_le(entry(1) + 2, 2, places[i].segment);
		if (places[i].fits)
			EXPECT_EQ(run(), 0);
		else
			EXPECT(refused(-EPROTO, "boot catalogue: no place for"));
	}
	set_entry(entry(1), true, 0, 0xffff, BOOT);
	EXPECT(refused(-EPROTO, "no place for 65535 sectors at 7c00h"));
}

/* Every length in sectors, and odd ones: what boots is inside, or it is refused */
TEST(cds_may_end_anywhere)
{
	for (unsigned length = 0; length < 42 * 2048; length += length % 512 == 511 ? 1 : 73) {
		for (uint32_t block_bytes = 512; block_bytes <= 2048; block_bytes *= 4) {
			size_t rounded = (length + block_bytes - 1) / block_bytes * block_bytes;
			int rc = run_on(length, block_bytes);

			EXPECT_EQ(rc, rounded >= (BOOT + 1) * 2048 ? 0 : -EPROTO);
		}
	}
}

/* ---- a device that has to wait */

static unsigned waits, calls;
static int broken;
static uint64_t asked;

static int slow_read(struct block_device *d, uint64_t first, uint32_t count, void *data)
{
	if (waits && first != asked)
		test_fail(__FILE__, __LINE__, "another call while one is in progress");
	asked = first;
	calls++;
	if (broken)
		return fail(broken, "the server is gone");
	if (++waits < 4)
		return -EINPROGRESS;
	waits = 0;
	memcpy(data, cd + first * d->block_bytes, count * d->block_bytes);
	return 0;
}

TEST(a_device_that_waits_is_asked_for_the_same_block_again)
{
	struct block_device slow = { .name = "slow", .block_bytes = 2048, .blocks = BLOCKS, .read_only = true, .read = slow_read };
	unsigned rounds = 0;
	int rc;

	waits = calls = 0;
	set_entry(entry(1), true, EL_TORITO_HARD_DISK, 1, BOOT);
	set_partition(cd + BOOT * 2048, 1, 32, 64, 64, 32);
	el_torito_init(&t);
	while ((rc = el_torito_run(&t, &slow)) == -EINPROGRESS && rounds < 100)
		rounds++;
	EXPECT_EQ(rc, 0);
	EXPECT_EQ(rounds, 9);                           /* three blocks, each asked for four times */
	EXPECT_EQ(calls, 12);
	EXPECT_EQ(t.boot.disk_sectors, 96);
}

TEST(a_device_that_fails_may_be_asked_again)
{
	struct block_device slow = { .name = "slow", .block_bytes = 2048, .blocks = BLOCKS, .read_only = true, .read = slow_read };

	waits = calls = 0;
	el_torito_init(&t);
	EXPECT_EQ(el_torito_run(&t, &slow), -EINPROGRESS);
	broken = -EIO;
	EXPECT_EQ(el_torito_run(&t, &slow), -EIO);
	EXPECT(error_says(-EIO, "the server is gone"));
	broken = 0;
	while (el_torito_run(&t, &slow) == -EINPROGRESS && calls < 100)
		;
	EXPECT(boots(EL_TORITO_NO_EMULATION, 0x7c0, 4, BOOT));
}
