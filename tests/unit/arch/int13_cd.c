/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/int13_talk.h"

enum { PACKET_BYTES = 0x13 };

static struct block_device disc;                /* whose boot image a floppy or hard disk of these tests is */

static int disc_read(struct block_device *d, uint64_t first, uint32_t count, void *data)
{
	EXPECT(block_range_ok(d, first, count));
	memset(data, (int)first, (size_t)count * 2048);
	return 0;
}

static void emulated(uint8_t media)
{
	if (media == 4)
		hard_disk();
	else
		floppy();
	disc = (struct block_device){ .name = "disc", .block_bytes = 2048, .blocks = 1000, .read_only = true, .read = disc_read };
	drive.eltorito = (struct int13_eltorito){ .cd = &disc, .media = media, .image = 0x12345, .catalog = 900, .load_sectors = 1 };
}

static uint8_t status(uint16_t ax)
{
	memset(packet_at(0) - 32, FENCE, 96);
	return call(ax);
}

TEST(emulation_status_of_a_cd_without_emulation)
{
	cd();
	EXPECT_EQ(status(0x4b01), INT13_OK);
	EXPECT_MEM(packet_at(0), "\x13\x00\xe0\x00\x34\x12\x00\x00\x00\x00\x00\x00\xc0\x07\x04\x00\x00\x00\x00", PACKET_BYTES);
	EXPECT_EQ(*packet_at(PACKET_BYTES), FENCE);
	EXPECT_EQ(packet_at(0)[-1], FENCE);
}

TEST(emulation_status_of_a_floppy)
{
	emulated(2);
	EXPECT_EQ(status(0x4b01), INT13_OK);
	EXPECT_MEM(packet_at(0), "\x13\x02\x00\x00\x45\x23\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x4f\x12\x01", PACKET_BYTES);
	EXPECT_EQ(*packet_at(PACKET_BYTES), FENCE);
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0201), INT13_OK);              /* asking ends nothing */
}

TEST(emulation_status_of_a_hard_disk)
{
	emulated(4);
	EXPECT_EQ(status(0x4b01), INT13_OK);
	EXPECT_EQ(*packet_at(1), 4);
	EXPECT_EQ(*packet_at(2), 0x80);
	EXPECT_MEM(packet_at(16), "\xff\xff\xfe", 3);   /* as 08h has them */
}

TEST(ending_an_emulation_takes_the_drive_away)
{
	emulated(2);
	EXPECT_EQ(status(0x4b00), INT13_OK);
	EXPECT_EQ(*packet_at(0), PACKET_BYTES);
	EXPECT(drive.ended);
	regs.ax = 0x0201;
	EXPECT(!int13_call(&drive, &regs));
	regs.ax = 0x4b01;
	EXPECT(!int13_call(&drive, &regs));
	EXPECT_EQ(regs.ax, 0x4b01);
	EXPECT_EQ(disk.calls, 0);
}

TEST(a_cd_without_emulation_stays_when_emulation_is_ended)
{
	cd();
	EXPECT_EQ(status(0x4b00), INT13_OK);
	EXPECT_EQ(*packet_at(2), 0xe0);
	packet(16, 1, DATA_SEGMENT, 0, 16, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
}

TEST(all_emulations_are_ended_by_drive_7f)
{
	emulated(4);
	regs.dx = 0x7f;
	EXPECT_EQ(status(0x4b00), INT13_OK);
	EXPECT_EQ(*packet_at(2), 0x80);
	EXPECT(drive.ended);
	emulated(4);
	regs.dx = 0x7f;
	regs.ax = 0x4b01;
	EXPECT(!int13_call(&drive, &regs));
	EXPECT(!drive.ended);
}

TEST(drives_that_were_not_booted_from_a_cd_have_no_emulation)
{
	hard_disk();
	EXPECT_EQ(status(0x4b01), INT13_INVALID);
	EXPECT_EQ(status(0x4b00), INT13_INVALID);
	EXPECT_EQ(status(0x4d00), INT13_INVALID);
	EXPECT_EQ(*packet_at(0), FENCE);
	floppy();
	EXPECT_EQ(status(0x4b01), INT13_INVALID);
	EXPECT_EQ(status(0x4b00), INT13_INVALID);
	EXPECT(!drive.ended);
}

TEST(no_other_emulation_is_started)
{
	cd();
	EXPECT_EQ(status(0x4a00), INT13_INVALID);
	EXPECT_EQ(status(0x4c00), INT13_INVALID);
	EXPECT_EQ(status(0x4b02), INT13_INVALID);
	EXPECT_EQ(*packet_at(0), FENCE);
}

TEST(a_status_packet_where_none_can_be_is_invalid_and_ends_nothing)
{
	static const struct { uint16_t segment, offset; } bad[] = { { HOST_RESIDENT >> 4, 0 }, { (HOST_RESIDENT >> 4) - 1, 0 }, { 0x3000, 0xfff0 } };

	emulated(2);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		regs.ds = bad[i].segment;
		regs.si = bad[i].offset;
		EXPECT_EQ(call(0x4b00), INT13_INVALID);
		EXPECT_EQ(call(0x4b01), INT13_INVALID);
		EXPECT_EQ(call(0x4d00), INT13_INVALID);
	}
	EXPECT(!drive.ended);
}

/** Ask for @count blocks of the catalogue from its @first on, to DATA_SEGMENT:@offset. */
static uint8_t catalog(uint8_t size, uint8_t count, uint16_t segment, uint16_t offset, uint16_t first)
{
	memset(packet_at(0) - 32, FENCE, 96);
	*packet_at(0) = size;
	*packet_at(1) = count;
	memcpy(packet_at(2), &offset, 2);
	memcpy(packet_at(4), &segment, 2);
	memcpy(packet_at(6), &first, 2);
	return call(0x4d00);
}

TEST(the_catalog_is_read_from_the_cd)
{
	cd();
	EXPECT_EQ(catalog(8, 1, DATA_SEGMENT, 0x21, 0), INT13_OK);
	EXPECT(is_disk(memory_at(0x20021), 19, 1));
	EXPECT_EQ(catalog(8, 2, DATA_SEGMENT, 0, 3), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), 22, 2));
	EXPECT_EQ(catalog(8, 0, DATA_SEGMENT, 0, 3), INT13_OK);
	EXPECT_EQ(disk.calls, 2);
}

TEST(the_catalog_of_an_emulated_floppys_cd_is_read_from_the_cd)
{
	emulated(3);
	EXPECT_EQ(catalog(8, 1, DATA_SEGMENT, 0, 1), INT13_OK);
	EXPECT_EQ(*memory_at(0x20000), 901 & 0xff);
	EXPECT_EQ(*memory_at(0x20000 + 2047), 901 & 0xff);
	EXPECT_EQ(*memory_at(0x20000 + 2048), 0);
	EXPECT_EQ(disk.calls, 0);
}

TEST(a_bad_packet_for_the_catalog_is_refused)
{
	emulated(2);
	EXPECT_EQ(catalog(7, 1, DATA_SEGMENT, 0, 0), INT13_INVALID);
	EXPECT_EQ(catalog(0, 1, DATA_SEGMENT, 0, 0), INT13_INVALID);
	EXPECT_EQ(catalog(8, 1, DATA_SEGMENT, 0, 100), INT13_NOT_FOUND);
	EXPECT_EQ(catalog(8, 101, DATA_SEGMENT, 0, 0), INT13_NOT_FOUND);
	EXPECT_EQ(catalog(8, 1, DATA_SEGMENT, 0, 0xffff), INT13_NOT_FOUND);
	EXPECT_EQ(catalog(8, 1, HOST_RESIDENT >> 4, 0, 0), INT13_BOUNDARY);
	regs.ax = 0x4d01;
	EXPECT_EQ(call(0x4d01), INT13_INVALID);
}
