/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/int13_talk.h"

enum { REAL_END = 0x10fff0 };

/** Read @count blocks from block 5 on to @segment:@offset by packet. */
static uint8_t read_to(uint16_t segment, uint16_t offset, uint16_t count)
{
	packet(16, count, segment, offset, 5, 0);
	return call(0x4200);
}

TEST(pieces_are_no_longer_than_a_segment_holds)
{
	hard_disk();
	EXPECT_EQ(read_to(0x2000, 0, 127), INT13_OK);
	EXPECT_EQ(disk.calls, 1);
	EXPECT_EQ(read_to(0x2000, 0, 128), INT13_OK);
	EXPECT_EQ(disk.calls, 3);
	EXPECT(is_disk(memory_at(0x20000), 5, 128));
	cd();
	EXPECT_EQ(read_to(0x2000, 0, 31), INT13_OK);
	EXPECT_EQ(disk.calls, 1);
	EXPECT_EQ(read_to(0x2000, 0, 32), INT13_OK);
	EXPECT_EQ(disk.calls, 3);
	EXPECT(is_disk(memory_at(0x20000), 5, 32));
}

TEST(buffers_may_begin_anywhere)
{
	static const uint16_t offsets[] = { 0, 1, 15, 16, 0x7fff, 0xfe00, 0xfe01, 0xffff };

	hard_disk();
	for (unsigned i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		uint32_t at = 0x10230u + offsets[i];

		memset(memory_at(at - 1), FENCE, 3 * 512 + 2);
		EXPECT_EQ(read_to(0x1023, offsets[i], 3), INT13_OK);
		EXPECT(is_disk(memory_at(at), 5, 3));
		EXPECT_EQ(*memory_at(at - 1), FENCE);
		EXPECT_EQ(*memory_at(at + 3 * 512), FENCE);
	}
}

TEST(a_64_kib_page_ends_within_a_block)
{
	hard_disk();
	EXPECT_EQ(read_to(0x2fff, 0x00ff, 2), INT13_OK);
	EXPECT(is_disk(memory_at(0x300ef), 5, 2));
	EXPECT_EQ(read_to(0x2ff0, 0x0001, 1), INT13_OK);
	EXPECT(is_disk(memory_at(0x2ff01), 5, 1));
}

TEST(what_is_written_comes_from_both_sides_of_a_64_kib_page)
{
	hard_disk();
	for (uint32_t i = 0; i < 1024; i++)
		*memory_at(0x2fe03 + i) = (uint8_t)(i / 3);
	packet(16, 2, 0x2fe0, 3, 77, 0);
	EXPECT_EQ(call(0x4300), INT13_OK);
	EXPECT_EQ(disk.written, 2);
	EXPECT_EQ(disk.store[1].block, 78);
	EXPECT_MEM(disk.store[0].data, memory_at(0x2fe03), 512);
	EXPECT_MEM(disk.store[1].data, memory_at(0x30003), 512);
}

TEST(what_a_segment_reaches_above_1_mib_is_reached_and_what_follows_it)
{
	hard_disk();
	EXPECT_EQ(read_to(0xffff, 0x0010, 1), INT13_OK);
	EXPECT(is_disk(memory_at(0x100000), 5, 1));
	EXPECT_EQ(read_to(0xffff, 0xfe00, 1), INT13_OK);
	EXPECT(is_disk(memory_at(REAL_END - 512), 5, 1));
	EXPECT_EQ(read_to(0xff00, 0xfff0, 1), INT13_OK);
	EXPECT(is_disk(memory_at(0x10eff0), 5, 1));
	EXPECT_EQ(read_to(0xffff, 0xff00, 3), INT13_OK);
	EXPECT(is_disk(memory_at(0x10fef0), 5, 3));
}

TEST(a_buffer_in_our_memory_is_refused_before_anything_moves)
{
	static const struct { uint16_t segment, offset, count; } bad[] = { { 0x9000, 0, 1 }, { 0x8fff, 0, 1 }, { 0x8fe0, 1, 1 },
		{ 0x8000, 0xfe01, 1 }, { 0x9fbf, 0x000f, 1 }, { 0x7000, 0, 257 }, { 0x0000, 0x8000, 2000 } };

	hard_disk();
	memset(memory_at(HOST_RESIDENT), FENCE, HOST_RESIDENT_BYTES);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		EXPECT_EQ(read_to(bad[i].segment, bad[i].offset, bad[i].count), INT13_BOUNDARY);
		EXPECT_EQ(packet_count(), 0);
	}
	EXPECT_EQ(disk.calls, 0);
	for (uint32_t i = 0; i < HOST_RESIDENT_BYTES; i++)
		EXPECT_EQ(*memory_at(HOST_RESIDENT + i), FENCE);
	EXPECT_EQ(read_to(0x8fe0, 0, 1), INT13_OK);
	EXPECT_EQ(read_to(0x9fc0, 0, 1), INT13_BOUNDARY);       /* the BIOS's */
	EXPECT_EQ(read_to(0xa000, 0, 1), INT13_OK);
}

TEST(our_memory_is_not_written_to_a_disk)
{
	hard_disk();
	regs.es = HOST_RESIDENT >> 4;
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0301), INT13_BOUNDARY);
	EXPECT_EQ(al(), 0);
	EXPECT_EQ(disk.calls, 0);
}

TEST(a_device_that_needs_time_is_asked_again)
{
	hard_disk();
	disk.waits = 7;
	EXPECT_EQ(read_to(0x2000, 0, 200), INT13_OK);
	EXPECT_EQ(disk.calls, 16);                      /* two pieces */
	EXPECT_EQ(packet_count(), 200);
	EXPECT_EQ(disk.abandoned, 0);
	EXPECT(is_disk(memory_at(0x20000), 5, 200));
	disk.waits = 3;
	chs(0, 0, 1);
	EXPECT_EQ(call(0x0301), INT13_OK);
	EXPECT_EQ(disk.written, 1);
}

TEST(a_device_that_does_not_answer_times_out_and_is_left)
{
	hard_disk();
	disk.silent = true;
	EXPECT_EQ(read_to(0x2000, 0, 1), INT13_TIMEOUT);
	EXPECT_EQ(packet_count(), 0);
	EXPECT_EQ(disk.abandoned, 1);
	disk.silent = false;
	EXPECT_EQ(read_to(0x2000, 0, 1), INT13_OK);
	EXPECT_EQ(disk.abandoned, 1);
}

TEST(a_device_without_abandon_times_out_too)
{
	hard_disk();
	disk.device.abandon = NULL;
	disk.silent = true;
	EXPECT_EQ(read_to(0x2000, 0, 1), INT13_TIMEOUT);
	disk.in_progress = false;
	EXPECT(!drive.busy);
}

TEST(patience_of_0_has_no_end)
{
	hard_disk();
	drive.patience_ms = 0;
	disk.waits = 50 * PATIENCE_MS;
	EXPECT_EQ(read_to(0x2000, 0, 1), INT13_OK);
	EXPECT_EQ(disk.abandoned, 0);
}

TEST(patience_is_for_each_piece)
{
	hard_disk();
	disk.waits = PATIENCE_MS - 1;
	EXPECT_EQ(read_to(0x2000, 0, 254), INT13_OK);
}

TEST(failures_are_told_as_bioses_tell_them)
{
	static const struct { int rc; uint8_t result; } failures[] = { { -EIO, INT13_FAILED }, { -ESTALE, INT13_FAILED },
		{ -ECONNRESET, INT13_FAILED }, { -ETIMEDOUT, INT13_TIMEOUT }, { -EROFS, INT13_WRITE_PROTECTED } };

	for (unsigned i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		hard_disk();
		disk.fails = failures[i].rc;
		disk.fails_at = 5;
		EXPECT_EQ(read_to(0x2000, 0, 1), failures[i].result);
		EXPECT_EQ(packet_count(), 0);
		EXPECT_EQ(disk.abandoned, 0);           /* it has answered */
		disk.waits = 2;
		packet(16, 1, 0x2000, 0, 5, 0);
		EXPECT_EQ(call(0x4300), failures[i].result);
		EXPECT_EQ(disk.abandoned, 0);
		EXPECT_EQ(call(0x0100), failures[i].result);
	}
}

TEST(why_the_device_fails_is_said_once_for_each_reason)
{
	hard_disk();
	disk.fails_at = 6;
	for (unsigned i = 0; i < 6; i++) {
		disk.fails = i < 3 ? -EIO : -ESTALE;
		fail(disk.fails, "a reason");
		EXPECT_EQ(read_to(0x2000, 0, 4), INT13_FAILED);
	}
	disk.fails = -EROFS;
	EXPECT_EQ(read_to(0x2000, 0, 4), INT13_WRITE_PROTECTED);
	EXPECT(host_console_has("disk: input/output error: a reason"));
	EXPECT(host_console_has("disk: changed meanwhile: a reason"));
	EXPECT(strchr(strchr(host_console_plain(), '\n') + 1, '\n')[1] == '\0');
}

TEST(what_came_before_a_failure_is_counted)
{
	hard_disk();
	disk.fails = -EIO;
	disk.fails_at = 5 + 127;
	EXPECT_EQ(read_to(0x2000, 0, 200), INT13_FAILED);
	EXPECT_EQ(packet_count(), 127);
	EXPECT(is_disk(memory_at(0x20000), 5, 127));
	EXPECT_EQ(*memory_at(0x20000 + 127 * 512), 0);
	chs(0, 0, 6);
	EXPECT_EQ(call(0x02c8), INT13_FAILED);
	EXPECT_EQ(al(), 127);
	disk.fails_at = 0;
	EXPECT_EQ(call(0x02c8), INT13_OK);
}

static uint8_t nested[3];

static void call_meanwhile(void)
{
	struct int13_regs r = { .ax = 0x0201, .cx = 1, .dx = 0x80, .es = 0x3000 };

	EXPECT(int13_call(&drive, &r));
	nested[0] = (uint8_t)(r.ax >> 8);
	r = (struct int13_regs){ .ax = 0x0301, .cx = 1, .dx = 0x80, .es = 0x3000 };
	EXPECT(int13_call(&drive, &r));
	nested[1] = (uint8_t)(r.ax >> 8);
	r = (struct int13_regs){ .ax = 0x1500, .dx = 0x80 };
	EXPECT(int13_call(&drive, &r));
	nested[2] = (uint8_t)(r.ax >> 8);
}

TEST(a_call_within_a_call_does_not_reach_the_device)
{
	hard_disk();
	disk.waits = 3;
	while_waiting = call_meanwhile;
	EXPECT_EQ(read_to(0x2000, 0, 4), INT13_OK);
	EXPECT_EQ(disk.calls, 4);
	EXPECT_EQ(nested[0], INT13_TIMEOUT);
	EXPECT_EQ(nested[1], INT13_TIMEOUT);
	EXPECT_EQ(nested[2], 3);
	EXPECT(is_disk(memory_at(0x20000), 5, 4));
	EXPECT_EQ(call(0x0100), INT13_OK);              /* the outer call's */
}
