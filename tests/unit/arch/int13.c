/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/int13_talk.h"

TEST(other_drives_are_not_ours_and_keep_their_registers)
{
	static const uint8_t others[] = { 0x00, 0x01, 0x7f, 0x81, 0xe0, 0xff };

	hard_disk();
	for (unsigned i = 0; i < sizeof(others); i++) {
		struct int13_regs before;

		regs.dx = others[i];
		regs.ax = i & 1 ? 0x4b00 : 0x0201;
		before = regs;
		EXPECT(!int13_call(&drive, &regs));
		EXPECT_MEM(&regs, &before, sizeof(regs));
	}
	EXPECT_EQ(disk.calls, 0);
}

TEST(reset_succeeds_and_forgets_the_last_status)
{
	floppy();
	chs(80, 0, 1);
	EXPECT_EQ(call(0x0201), INT13_NOT_FOUND);
	EXPECT_EQ(call(0x0000), INT13_OK);
	EXPECT_EQ(call(0x0100), INT13_OK);
	EXPECT_EQ(disk.calls, 0);
}

TEST(status_is_that_of_the_last_call_until_the_next)
{
	hard_disk();
	EXPECT_EQ(call(0x0100), INT13_OK);
	chs(0, 0, 0);
	EXPECT_EQ(call(0x0201), INT13_NOT_FOUND);
	EXPECT_EQ(call(0x0100), INT13_NOT_FOUND);
	EXPECT_EQ(al(), INT13_NOT_FOUND);
	EXPECT_EQ(call(0x0100), INT13_NOT_FOUND);
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0201), INT13_OK);
	EXPECT_EQ(call(0x0100), INT13_OK);
}

TEST(read_gives_the_first_sector)
{
	floppy();
	regs.bx = 0x7c00;
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0201), INT13_OK);
	EXPECT_EQ(al(), 1);
	EXPECT(is_disk(memory_at(0x27c00), 0, 1));
	EXPECT_EQ(*memory_at(0x27c00 + 512), 0);
}

TEST(read_goes_by_cylinder_head_and_sector)
{
	floppy();
	chs(79, 1, 18);
	EXPECT_EQ(call(0x0201), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), 2879, 1));
	chs(1, 1, 3);
	EXPECT_EQ(call(0x0201), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), 56, 1));
}

TEST(read_takes_all_ten_bits_of_the_cylinder)
{
	hard_disk();
	chs(1023, 254, 63);
	EXPECT_EQ(call(0x0201), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), 1024 * 255 * 63 - 1, 1));
	chs(0x2a5, 7, 9);
	EXPECT_EQ(call(0x0201), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), (0x2a5 * 255 + 7) * 63 + 8, 1));
}

TEST(read_goes_on_over_the_end_of_a_track_and_of_a_cylinder)
{
	floppy();
	chs(4, 1, 17);
	EXPECT_EQ(call(0x0205), INT13_OK);
	EXPECT_EQ(al(), 5);
	EXPECT(is_disk(memory_at(0x20000), 178, 5));
}

TEST(read_of_255_sectors_goes_over_the_end_of_the_segment)
{
	hard_disk();
	regs.bx = 0xfff1;
	chs(3, 2, 1);
	EXPECT_EQ(call(0x02ff), INT13_OK);
	EXPECT_EQ(al(), 255);
	EXPECT(is_disk(memory_at(0x2fff1), (3 * 255 + 2) * 63, 255));
	EXPECT_EQ(*memory_at(0x2fff0), 0);
	EXPECT_EQ(*memory_at(0x2fff1 + 255 * 512), 0);
}

TEST(read_of_no_sectors_is_invalid)
{
	floppy();
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0200), INT13_INVALID);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(disk.calls, 0);
}

TEST(sectors_outside_of_the_geometry_are_not_found)
{
	static const struct { uint16_t cylinder; uint8_t head, sector; } bad[] = { { 0, 0, 0 }, { 0, 0, 19 }, { 0, 0, 63 }, { 1, 0, 0 }, { 0, 2, 1 },
		{ 0, 255, 1 }, { 80, 0, 1 }, { 1023, 0, 1 } };

	floppy();
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		for (uint16_t ax = 0x0201; ax <= 0x0401; ax += 0x100) {
			chs(bad[i].cylinder, bad[i].head, bad[i].sector);
			EXPECT_EQ(call(ax), INT13_NOT_FOUND);
			EXPECT_EQ(al(), 0);
		}
	}
	EXPECT_EQ(disk.calls, 0);
}

TEST(read_past_the_end_moves_nothing)
{
	floppy();
	chs(79, 1, 17);
	EXPECT_EQ(call(0x0203), INT13_NOT_FOUND);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(disk.calls, 0);
	EXPECT_EQ(call(0x0202), INT13_OK);
	EXPECT_EQ(al(), 2);
}

TEST(a_disk_shorter_than_its_geometry_ends_where_it_ends)
{
	floppy();
	disk.device.blocks = 100;
	chs(2, 1, 10);
	EXPECT_EQ(call(0x0201), INT13_OK);
	chs(2, 1, 11);
	EXPECT_EQ(call(0x0201), INT13_NOT_FOUND);
}

TEST(what_is_written_is_read_again)
{
	floppy();
	memset(memory_at(0x20000), 0x3c, 1024);
	chs(40, 0, 18);
	EXPECT_EQ(call(0x0302), INT13_OK);
	EXPECT_EQ(al(), 2);
	EXPECT_EQ(disk.store[0].block, 1457);
	EXPECT_EQ(disk.store[1].block, 1458);
	memset(memory_at(0x20000), 0, 1024);
	EXPECT_EQ(call(0x0202), INT13_OK);
	EXPECT_EQ(*memory_at(0x20000), 0x3c);
	EXPECT_EQ(*memory_at(0x203ff), 0x3c);
}

TEST(a_read_only_disk_is_write_protected)
{
	floppy();
	disk.device.read_only = true;
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0301), INT13_WRITE_PROTECTED);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(disk.calls, 0);
	EXPECT_EQ(call(0x0201), INT13_OK);
}

TEST(verify_looks_whether_they_are_there_and_wants_no_buffer)
{
	hard_disk();
	regs.es = HOST_RESIDENT >> 4;
	chs(7, 8, 9);
	EXPECT_EQ(call(0x04ff), INT13_OK);
	EXPECT_EQ(al(), 255);
	EXPECT_EQ(call(0x0400), INT13_INVALID);
	disk.device.blocks = (7 * 255 + 8) * 63 + 8 + 10;
	EXPECT_EQ(call(0x040a), INT13_OK);
	EXPECT_EQ(call(0x040b), INT13_NOT_FOUND);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(disk.calls, 0);
}

TEST(formatting_is_refused)
{
	floppy();
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0512), INT13_INVALID);
	disk.device.read_only = true;
	EXPECT_EQ(call(0x0512), INT13_WRITE_PROTECTED);
	EXPECT_EQ(call(0x0612), INT13_INVALID);
	EXPECT_EQ(call(0x0700), INT13_INVALID);
	EXPECT_EQ(disk.calls, 0);
}

TEST(parameters_of_a_hard_disk)
{
	hard_disk();
	drive.count = 3;
	regs.bx = 0x1111;
	regs.di = 0x2222;
	EXPECT_EQ(call(0x08ff), INT13_OK);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(regs.cx, 0xffff);                     /* cylinder 1023, sector 63 */
	EXPECT_EQ(regs.dx, 0xfe03);
	EXPECT_EQ(regs.bx, 0x1111);
	EXPECT_EQ(regs.di, 0x2222);
	EXPECT_EQ(regs.es, DATA_SEGMENT);
	geometry(0x234 + 1, 16, 17);
	regs.dx = drive.number;
	EXPECT_EQ(call(0x0800), INT13_OK);
	EXPECT_EQ(regs.cx, 0x3491);
	EXPECT_EQ(regs.dx, 0x0f03);
}

TEST(parameters_of_floppies_tell_their_type_and_table)
{
	static const struct { uint16_t cylinders, heads, sectors; uint8_t type; } formats[] = { { 40, 1, 8, 1 }, { 40, 2, 9, 1 }, { 80, 2, 15, 2 },
		{ 80, 2, 9, 3 }, { 80, 2, 18, 4 }, { 82, 2, 18, 4 }, { 80, 2, 21, 4 }, { 80, 2, 36, 6 } };

	for (unsigned i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		floppy();
		drive.count = 2;
		geometry(formats[i].cylinders, formats[i].heads, formats[i].sectors);
		regs.bx = 0xffff;
		EXPECT_EQ(call(0x0800), INT13_OK);
		EXPECT_EQ(regs.bx, formats[i].type);
		EXPECT_EQ(regs.cx, (formats[i].cylinders - 1) << 8 | formats[i].sectors);
		EXPECT_EQ(regs.dx, (formats[i].heads - 1) << 8 | 2);
		EXPECT_EQ(regs.es, 0x9876);
		EXPECT_EQ(regs.di, 0x0040);
	}
}

TEST(a_floppy_table_has_sectors_and_gaps_of_its_format)
{
	static const struct { uint8_t sectors, gap, format_gap; } formats[] = { { 9, 0x2a, 0x50 }, { 15, 0x1b, 0x54 }, { 18, 0x1b, 0x6c },
		{ 36, 0x1b, 0x53 } };
	uint8_t table[INT13_TABLE_BYTES + 1];

	for (unsigned i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		floppy();
		geometry(80, 2, formats[i].sectors);
		memset(table, FENCE, sizeof(table));
		int13_floppy_table(&drive, table);
		EXPECT_EQ(table[3], 2);
		EXPECT_EQ(table[4], formats[i].sectors);
		EXPECT_EQ(table[5], formats[i].gap);
		EXPECT_EQ(table[7], formats[i].format_gap);
		EXPECT_EQ(table[8], 0xf6);
		EXPECT_EQ(table[INT13_TABLE_BYTES], FENCE);
	}
}

TEST(seek_wants_a_sector_that_is_there)
{
	hard_disk();
	chs(1023, 254, 63);
	EXPECT_EQ(call(0x0c00), INT13_OK);
	geometry(1023, 255, 63);
	EXPECT_EQ(call(0x0c00), INT13_NOT_FOUND);
	floppy();
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0c00), INT13_INVALID);
}

TEST(hard_disks_and_cds_are_reset_ready_and_recalibrated)
{
	static const uint16_t functions[] = { 0x0d00, 0x1000, 0x1100 };

	for (unsigned i = 0; i < 3; i++) {
		hard_disk();
		EXPECT_EQ(call(functions[i]), INT13_OK);
		cd();
		EXPECT_EQ(call(functions[i]), INT13_OK);
		floppy();
		EXPECT_EQ(call(functions[i]), INT13_INVALID);
	}
}

TEST(type_of_a_hard_disk_comes_with_its_sectors)
{
	hard_disk();
	EXPECT_EQ(call(0x15ff), 3);
	EXPECT(!carried());
	EXPECT_EQ(regs.cx << 16 | regs.dx, 1024 * 255 * 63);
	regs.dx = drive.number;
	EXPECT_EQ(call(0x0100), INT13_OK);              /* the type is no status */
}

TEST(type_of_floppies_and_cds_is_removable)
{
	floppy();
	regs.cx = 0x1234;
	EXPECT_EQ(call(0x15ff), 2);
	EXPECT(!carried());
	EXPECT_EQ(regs.cx, 0x1234);
	cd();
	EXPECT_EQ(call(0x15ff), 2);
	EXPECT(!carried());
}

TEST(floppies_are_never_changed)
{
	floppy();
	EXPECT_EQ(call(0x1600), INT13_OK);
	hard_disk();
	EXPECT_EQ(call(0x1600), INT13_INVALID);
}

TEST(cds_without_emulation_have_no_cylinders)
{
	static const uint8_t functions[] = { 0x02, 0x03, 0x04, 0x05, 0x08, 0x0c, 0x16 };

	cd();
	chs(0, 0, 1);
	for (unsigned i = 0; i < sizeof(functions); i++)
		EXPECT_EQ(call((uint16_t)(functions[i] << 8 | 1)), INT13_INVALID);
	EXPECT_EQ(disk.calls, 0);
}

TEST(all_other_functions_are_invalid_and_change_nothing_else)
{
	static const char known[] = "\x01\x02\x03\x04\x05\x08\x0c\x0d\x10\x11\x15\x16\x41\x42\x43\x44\x45\x46\x47\x48\x49\x4b\x4d\x4e";
	unsigned others = 0;

	hard_disk();
	for (unsigned ah = 1; ah < 256; ah++) {
		struct int13_regs before = regs;

		if (strchr(known, (int)ah))
			continue;
		others++;
		EXPECT_EQ(call((uint16_t)(ah << 8 | 0x55)), INT13_INVALID);
		EXPECT(carried());
		EXPECT_EQ(al(), 0x55);
		before.ax = regs.ax;
		before.flags = regs.flags;
		EXPECT_MEM(&regs, &before, sizeof(regs));
	}
	EXPECT_EQ(others, 255 - strlen(known));
	EXPECT_EQ(disk.calls, 0);
}

TEST(a_disk_without_edd_refuses_its_functions_and_keeps_the_others)
{
	static const uint8_t edd[] = { 0x41, 0x42, 0x43, 0x44, 0x47, 0x48, 0x4e };

	hard_disk();
	drive.no_edd = true;
	for (unsigned i = 0; i < sizeof(edd); i++) {
		regs.bx = 0x55aa;
		EXPECT_EQ(call((uint16_t)(edd[i] << 8)), INT13_INVALID);
		EXPECT(carried());
	}
	EXPECT_EQ(disk.calls, 0);
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0201), INT13_OK);
	drive.no_edd = false;
	regs.bx = 0x55aa;
	call(0x4100);
	EXPECT(!carried());
}

TEST(a_cd_without_edd_can_still_be_asked_what_it_emulates)
{
	cd();
	drive.no_edd = true;
	EXPECT_EQ(call(0x4b01), INT13_OK);
	EXPECT_EQ(call(0x4200), INT13_INVALID);
}
