/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/int13_talk.h"

#define LAST (disk.device.blocks - 1)

TEST(check_tells_the_version_and_what_there_is)
{
	hard_disk();
	regs.bx = 0x55aa;
	EXPECT_EQ(call(0x4100), 0x30);
	EXPECT(!carried());
	EXPECT_EQ(regs.bx, 0xaa55);
	EXPECT_EQ(regs.cx, 0x000d);                     /* packets, parameters, 64 bits */
	cd();
	regs.bx = 0x55aa;
	EXPECT_EQ(call(0x4100), 0x30);
	EXPECT_EQ(regs.cx, 0x000f);                     /* and locking */
}

TEST(check_without_its_magic_is_invalid)
{
	hard_disk();
	regs.bx = 0xaa55;
	EXPECT_EQ(call(0x4100), INT13_INVALID);
	EXPECT(carried());
	EXPECT_EQ(regs.bx, 0xaa55);
}

TEST(floppies_have_no_packets)
{
	floppy();
	regs.bx = 0x55aa;
	packet(16, 1, DATA_SEGMENT, 0, 0, 0);
	for (uint16_t ah = 0x41; ah <= 0x49; ah++) {
		EXPECT_EQ(call((uint16_t)(ah << 8)), INT13_INVALID);
		EXPECT(carried());
	}
	EXPECT_EQ(regs.bx, 0x55aa);
	EXPECT_EQ(disk.calls, 0);
}

TEST(packet_read_takes_64_bits_of_block_number)
{
	hard_disk();
	disk.device.blocks = 0x1234567890abcull;
	packet(16, 2, DATA_SEGMENT, 0x10, LAST - 1, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT_EQ(packet_count(), 2);
	EXPECT(is_disk(memory_at(0x20010), LAST - 1, 2));
}

TEST(packet_read_past_the_end_is_not_found)
{
	static const uint64_t far_away[] = { 20971520, 20971521, 0x100000000ull, UINT64_MAX };

	hard_disk();
	for (unsigned i = 0; i < 4; i++) {
		packet(16, 1, DATA_SEGMENT, 0, far_away[i], 0);
		EXPECT_EQ(call(0x4200), INT13_NOT_FOUND);
		EXPECT_EQ(packet_count(), 0);
	}
	packet(16, 2, DATA_SEGMENT, 0, LAST, 0);
	EXPECT_EQ(call(0x4200), INT13_NOT_FOUND);
	EXPECT_EQ(packet_count(), 0);
	EXPECT_EQ(disk.calls, 0);
	packet(16, 1, DATA_SEGMENT, 0, LAST, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
}

TEST(packet_of_no_blocks_does_nothing)
{
	hard_disk();
	packet(16, 0, HOST_RESIDENT >> 4, 0, UINT64_MAX, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT_EQ(call(0x4300), INT13_OK);
	EXPECT_EQ(call(0x4400), INT13_OK);
	EXPECT_EQ(packet_count(), 0);
	EXPECT_EQ(disk.calls, 0);
}

TEST(packets_of_more_than_127_blocks_are_done)
{
	hard_disk();
	packet(16, 700, 0x2000, 0x000f, 1000, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT_EQ(packet_count(), 700);
	EXPECT(is_disk(memory_at(0x2000f), 1000, 700));
}

TEST(packets_shorter_than_16_bytes_are_invalid)
{
	hard_disk();
	for (uint8_t size = 0; size < 16; size++) {
		packet(size, 1, DATA_SEGMENT, 0, 0, 0);
		for (uint16_t ah = 0x42; ah <= 0x47; ah++)
			if (ah != 0x45 && ah != 0x46)
				EXPECT_EQ(call((uint16_t)(ah << 8)), INT13_INVALID);
		EXPECT_EQ(packet_count(), 1);
	}
	EXPECT_EQ(disk.calls, 0);
}

TEST(packets_longer_than_24_bytes_are_taken)
{
	hard_disk();
	packet(32, 1, DATA_SEGMENT, 0, 9, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), 9, 1));
	packet(32, 1, 0xffff, 0xffff, 10, 0x20000);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), 10, 1));
}

TEST(packets_may_end_with_their_segment)
{
	hard_disk();
	regs.ds = 0x3000;
	for (uint8_t size = 16; size <= 24; size += 4) {
		uint8_t used = size < 24 ? 16 : 24;

		regs.si = (uint16_t)-used;
		packet(size, 1, DATA_SEGMENT, 0, size, 0);
		memcpy(memory_at(0x40000u - used), packet_at(0), used);
		EXPECT_EQ(call(0x4200), INT13_OK);
		EXPECT(is_disk(memory_at(0x20000), size, 1));
	}
}

TEST(packets_where_no_packet_can_be_are_invalid)
{
	static const struct { uint16_t segment, offset; } bad[] = { { HOST_RESIDENT >> 4, 0 }, { (HOST_RESIDENT >> 4) - 1, 8 }, { 0x3000, 0xfff1 },
		{ 0x3000, 0xffff }, { 0xffff, 0xfff8 } };

	hard_disk();
	memset(memory_at(HOST_RESIDENT - 8), 16, 32);
	memset(memory_at(0x3fff0), 16, 32);
	memset(memory_at(0x10ffe0), 16, 16);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		regs.ds = bad[i].segment;
		regs.si = bad[i].offset;
		for (uint16_t ah = 0x42; ah <= 0x48; ah++)
			if (ah != 0x45 && ah != 0x46)
				EXPECT_EQ(call((uint16_t)(ah << 8)), INT13_INVALID);
	}
	EXPECT_EQ(disk.calls, 0);
}

TEST(nothing_but_the_count_of_a_packet_is_written)
{
	uint8_t before[96];

	hard_disk();
	packet(16, 300, DATA_SEGMENT, 0, LAST - 20, 0);
	memcpy(before, packet_at(0) - 32, sizeof(before));
	EXPECT_EQ(call(0x4200), INT13_NOT_FOUND);
	before[32 + 2] = before[32 + 3] = 0;
	EXPECT_MEM(packet_at(0) - 32, before, sizeof(before));
}

TEST(a_flat_address_reaches_memory_above_1_mib)
{
	hard_disk();
	packet(24, 200, 0xffff, 0xffff, 50, 0x2345678);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT_EQ(packet_count(), 200);
	EXPECT(is_disk(host_phys(0x2345678, 200 * 512), 50, 200));
	packet(24, 1, 0xffff, 0xffff, 51, 0x20004);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT(is_disk(memory_at(0x20004), 51, 1));
}

TEST(a_flat_address_is_used_only_where_there_is_no_other)
{
	hard_disk();
	packet(24, 1, DATA_SEGMENT, 0, 50, 0x2345678);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT(is_disk(memory_at(0x20000), 50, 1));
	EXPECT_EQ(*memory_at(0x2345678), 0);
	packet(16, 1, 0xffff, 0xffff, 50, 0);
	EXPECT_EQ(call(0x4200), INT13_INVALID);
	EXPECT_EQ(packet_count(), 0);
}

TEST(a_flat_address_must_be_the_callers_memory)
{
	static const uint64_t bad[] = { HOST_RESIDENT, HOST_RESIDENT - 511, (HOST_MEMORY_MIB - HOST_OURS_MIB) * (uint64_t)HOST_MIB,
		(HOST_MEMORY_MIB - HOST_OURS_MIB) * (uint64_t)HOST_MIB - 511, 0xe0000000, 0xffffff00, 0x100000000ull, 0x100020000ull, UINT64_MAX };

	hard_disk();
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		packet(24, 1, 0xffff, 0xffff, 50, bad[i]);
		EXPECT_EQ(call(0x4200), INT13_BOUNDARY);
		EXPECT_EQ(packet_count(), 0);
		EXPECT_EQ(call(0x4300), INT13_OK);      /* of no blocks now */
	}
	packet(24, 1, 0xffff, 0xffff, 50, (HOST_MEMORY_MIB - HOST_OURS_MIB) * (uint64_t)HOST_MIB - 512);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT_EQ(disk.calls, 1);
}

TEST(packet_write_takes_each_way_to_verify)
{
	hard_disk();
	memset(memory_at(0x20000), 0x77, 512);
	for (uint8_t how = 0; how < 4; how++) {
		packet(16, 1, DATA_SEGMENT, 0, 10000u + how, 0);
		EXPECT_EQ(call((uint16_t)(0x4300 | how)), how < 3 ? INT13_OK : INT13_INVALID);
	}
	EXPECT_EQ(disk.written, 3);
	EXPECT_EQ(disk.store[2].block, 10002);
	EXPECT_EQ(disk.store[2].data[511], 0x77);
}

TEST(packet_write_to_what_is_read_only_is_write_protected)
{
	hard_disk();
	disk.device.read_only = true;
	packet(16, 1, DATA_SEGMENT, 0, 0, 0);
	EXPECT_EQ(call(0x4300), INT13_WRITE_PROTECTED);
	EXPECT_EQ(packet_count(), 0);
	cd();
	disk.device.read_only = false;                  /* a CD is, whatever it lies in */
	packet(16, 1, DATA_SEGMENT, 0, 0, 0);
	EXPECT_EQ(call(0x4300), INT13_WRITE_PROTECTED);
	EXPECT_EQ(disk.calls, 0);
}

TEST(packet_verify_and_seek_look_whether_it_is_there)
{
	hard_disk();
	packet(16, 10, HOST_RESIDENT >> 4, 0, LAST - 9, 0);
	EXPECT_EQ(call(0x4400), INT13_OK);
	EXPECT_EQ(packet_count(), 10);
	EXPECT_EQ(call(0x4700), INT13_OK);
	packet(16, 11, HOST_RESIDENT >> 4, 0, LAST - 9, 0);
	EXPECT_EQ(call(0x4400), INT13_NOT_FOUND);
	EXPECT_EQ(packet_count(), 0);
	packet(16, 0, 0, 0, LAST + 1, 0);
	EXPECT_EQ(call(0x4700), INT13_NOT_FOUND);
	EXPECT_EQ(disk.calls, 0);
}

TEST(packet_read_of_a_cd_moves_blocks_of_2048_bytes)
{
	cd();
	packet(16, 33, 0x2000, 0x0801, 17, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT_EQ(packet_count(), 33);
	EXPECT(is_disk(memory_at(0x20801), 17, 33));
	EXPECT_EQ(*memory_at(0x20801 + 33 * 2048), 0);
	packet(16, 1, 0x2000, 0, LAST + 1, 0);
	EXPECT_EQ(call(0x4200), INT13_NOT_FOUND);
}

TEST(a_cd_is_locked_as_often_as_it_is_unlocked)
{
	cd();
	EXPECT_EQ(call(0x4501), INT13_NOT_LOCKED);
	EXPECT_EQ(call(0x4502), INT13_OK);
	EXPECT_EQ(al(), 0);
	for (unsigned i = 0; i < 255; i++)
		EXPECT_EQ(call(0x4500), INT13_OK);
	EXPECT_EQ(al(), 1);
	EXPECT_EQ(call(0x4500), INT13_LOCKS_EXCEEDED);
	for (unsigned i = 0; i < 255; i++)
		EXPECT_EQ(call(0x4501), INT13_OK);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(call(0x4501), INT13_NOT_LOCKED);
	EXPECT_EQ(call(0x4503), INT13_INVALID);
}

TEST(a_cd_stays_when_it_is_to_be_ejected)
{
	cd();
	EXPECT_EQ(call(0x4600), INT13_EJECT_FAILED);
	EXPECT_EQ(call(0x4500), INT13_OK);
	EXPECT_EQ(call(0x4600), INT13_LOCKED);
	packet(16, 1, DATA_SEGMENT, 0, 3, 0);
	EXPECT_EQ(call(0x4200), INT13_OK);
	EXPECT_EQ(call(0x4900), INT13_OK);              /* and is not changed */
}

TEST(a_hard_disk_is_not_locked_nor_ejected)
{
	hard_disk();
	EXPECT_EQ(call(0x4500), INT13_OK);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(call(0x4501), INT13_OK);
	EXPECT_EQ(call(0x4502), INT13_OK);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(call(0x4600), INT13_NOT_REMOVABLE);
	EXPECT_EQ(call(0x4900), INT13_OK);
}

/** Parameters into a buffer of @size bytes between fences. */
static uint8_t parameters_in(uint16_t size)
{
	memset(packet_at(0) - 32, FENCE, 96);
	memcpy(packet_at(0), &size, 2);
	return call(0x4800);
}

static uint64_t parameter(unsigned at, unsigned bytes)
{
	uint64_t value = 0;

	memcpy(&value, packet_at(at), bytes);
	return value;
}

TEST(parameters_by_packet_of_a_hard_disk)
{
	hard_disk();
	disk.device.blocks = 0x500000000ull;
	EXPECT_EQ(parameters_in(0x1e), INT13_OK);
	EXPECT_EQ(parameter(0, 2), 0x1e);
	EXPECT_EQ(parameter(2, 2), 0x000b);             /* any boundary, geometry valid, verifies */
	EXPECT_EQ(parameter(4, 4), 1024);
	EXPECT_EQ(parameter(8, 4), 255);
	EXPECT_EQ(parameter(12, 4), 63);
	EXPECT_EQ(parameter(16, 8), 0x500000000ull);
	EXPECT_EQ(parameter(24, 2), 512);
	EXPECT_EQ(parameter(26, 4), 0xffffffff);        /* no such extension */
}

TEST(parameters_by_packet_of_a_cd_have_blocks_of_2048_bytes)
{
	cd();
	EXPECT_EQ(parameters_in(0x1a), INT13_OK);
	EXPECT_EQ(parameter(0, 2), 0x1a);
	EXPECT_EQ(parameter(2, 2), 0x0025);             /* any boundary, removable, lockable; no geometry */
	EXPECT_EQ(parameter(16, 8), 2621440);
	EXPECT_EQ(parameter(24, 2), 2048);
}

TEST(parameters_by_packet_are_as_many_as_the_buffer_holds)
{
	static const struct { uint16_t size, filled; } sizes[] = { { 0x1a, 0x1a }, { 0x1b, 0x1a }, { 0x1d, 0x1a }, { 0x1e, 0x1e }, { 0x42, 0x1e },
		{ 0xffff, 0x1e } };

	hard_disk();
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		EXPECT_EQ(parameters_in(sizes[i].size), INT13_OK);
		EXPECT_EQ(parameter(0, 2), sizes[i].filled);
		for (unsigned at = sizes[i].filled; at < 64; at++)
			EXPECT_EQ(parameter(at, 1), FENCE);
		EXPECT_EQ(packet_at(0)[-1], FENCE);
	}
}

TEST(a_buffer_for_parameters_that_is_too_small_is_invalid)
{
	hard_disk();
	for (uint16_t size = 0; size < 0x1a; size++) {
		EXPECT_EQ(parameters_in(size), INT13_INVALID);
		EXPECT_EQ(parameter(0, 2), size);
		EXPECT_EQ(parameter(2, 1), FENCE);
	}
}

TEST(hardware_is_set_to_what_it_is_already)
{
	static const uint8_t results[] = { INT13_INVALID, INT13_OK, INT13_INVALID, INT13_OK, INT13_OK, INT13_INVALID, INT13_OK, INT13_INVALID };

	hard_disk();
	for (uint8_t i = 0; i < sizeof(results); i++) {
		EXPECT_EQ(call((uint16_t)(0x4e00 | i)), results[i]);
		EXPECT_EQ(al(), results[i] == INT13_OK ? 0 : i);
	}
}
