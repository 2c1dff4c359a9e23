/* SPDX-License-Identifier: BSD-2-Clause */
/* Which blocks have come: in order, behind gaps, again, and past number 65535. */
#include "net/tftp_window.h"

#include "tests/unit/test.h"

static struct tftp_window w;

/* What came of DATA: "nothing", "taken", either with "+ack". */
enum { NOTHING = 0, TAKEN = 1, ACK = 2 };

/** DATA @number comes and is taken if it is new; due acknowledgements are sent. */
static int data(uint16_t number)
{
	uint32_t block = 0;
	enum tftp_arrival arrival = tftp_window_find(&w, number, &block);
	int what = arrival == TFTP_NEW ? TAKEN : NOTHING;

	if (arrival == TFTP_NONSENSE)
		return -1;
	if (arrival == TFTP_NEW)
		tftp_window_take(&w, block);
	if (tftp_window_due(&w)) {
		what |= ACK;
		tftp_window_acknowledge(&w);
	}
	EXPECT(w.acked < w.next && w.next <= w.acked + w.size + 1);
	return what;
}

/** Blocks from w.next up to @last, each in order. */
static void run_to(uint32_t last)
{
	while (w.next <= last) {
		uint16_t number = w.wrap == TFTP_WRAP_TO_1 ? (uint16_t)((w.next - 1) % 65535 + 1) : (uint16_t)w.next;

		if (!(data(number) & TAKEN)) {
			test_fail(__FILE__, __LINE__, "block %u was not taken", w.next);
			return;
		}
	}
}

TEST(one_block_a_window_is_acknowledged_each_time)
{
	tftp_window_init(&w, 1);
	for (uint16_t n = 1; n < 100; n++) {
		EXPECT_EQ(data(n), TAKEN | ACK);
		EXPECT_EQ(w.acked, n);
	}
}

TEST(a_window_is_acknowledged_at_its_end)
{
	tftp_window_init(&w, 4);
	for (uint16_t n = 1; n <= 100; n++)
		EXPECT_EQ(data(n), n % 4 ? TAKEN : TAKEN | ACK);
}

TEST(nothing_but_what_the_server_may_send_is_taken)
{
	tftp_window_init(&w, 4);
	EXPECT_EQ(data(0), -1);
	EXPECT_EQ(data(5), -1);
	EXPECT_EQ(data(32768), -1);
	EXPECT_EQ(data(32769), -1);
	EXPECT_EQ(data(65535), -1);
	run_to(2);
	EXPECT_EQ(data(0), -1);
	EXPECT_EQ(data(7), -1);
	EXPECT_EQ(w.next, 3);
}

TEST(a_gap_is_said_once)
{
	tftp_window_init(&w, 8);
	EXPECT_EQ(data(1), TAKEN);
	EXPECT_EQ(data(3), TAKEN | ACK);
	EXPECT_EQ(w.acked, 1);
	EXPECT_EQ(data(4), TAKEN);
	EXPECT_EQ(data(8), TAKEN);
	EXPECT_EQ(w.next, 2);
}

TEST(a_gap_that_fills_brings_what_came_behind_it)
{
	tftp_window_init(&w, 8);
	data(1);
	data(3);
	data(4);
	EXPECT_EQ(data(2), TAKEN);
	EXPECT_EQ(w.next, 5);
	EXPECT_EQ(data(3), NOTHING);            /* the server begins anew at 2: up to 9 */
	EXPECT_EQ(data(4), NOTHING);
	for (uint16_t n = 5; n <= 8; n++)
		EXPECT_EQ(data(n), TAKEN);
	EXPECT_EQ(data(9), TAKEN | ACK);
}

TEST(a_block_missing_again_is_said_again)
{
	tftp_window_init(&w, 4);
	EXPECT_EQ(data(2), TAKEN | ACK);
	EXPECT_EQ(data(3), TAKEN);
	EXPECT_EQ(data(4), TAKEN);
	EXPECT_EQ(data(2), ACK);                /* it has begun anew */
	EXPECT_EQ(data(3), NOTHING);
	EXPECT_EQ(data(4), NOTHING);
	EXPECT_EQ(data(1), TAKEN | ACK);
	EXPECT_EQ(w.acked, 4);
}

TEST(a_second_gap_is_said)
{
	tftp_window_init(&w, 8);
	EXPECT_EQ(data(2), TAKEN | ACK);
	EXPECT_EQ(data(4), TAKEN);
	EXPECT_EQ(data(1), TAKEN);
	EXPECT_EQ(w.next, 3);
	EXPECT_EQ(data(2), NOTHING);
	EXPECT_EQ(data(5), TAKEN | ACK);
	EXPECT_EQ(w.acked, 2);
}

TEST(what_was_acknowledged_and_comes_again_is_known)
{
	tftp_window_init(&w, 2);
	data(1);
	data(2);
	EXPECT_EQ(data(1), NOTHING);
	EXPECT(tftp_window_repeated(&w));
	EXPECT_EQ(data(3), TAKEN);
	EXPECT_EQ(data(3), NOTHING);
	EXPECT(!tftp_window_repeated(&w));
}

TEST(the_last_number_is_followed_by_0)
{
	tftp_window_init(&w, 1);
	run_to(65535);
	EXPECT_EQ(w.wrap, TFTP_WRAP_UNKNOWN);
	EXPECT_EQ(data(0), TAKEN | ACK);
	EXPECT_EQ(w.wrap, TFTP_WRAP_TO_0);
	run_to(3 * 65536 + 10);
	EXPECT_EQ(tftp_window_acknowledge(&w), 10);
}

TEST(the_last_number_is_followed_by_1)
{
	tftp_window_init(&w, 1);
	run_to(65535);
	EXPECT_EQ(data(1), TAKEN | ACK);
	EXPECT_EQ(w.wrap, TFTP_WRAP_TO_1);
	EXPECT_EQ(w.next, 65537);
	EXPECT_EQ(data(0), -1);
	run_to(3 * 65535 + 10);
	EXPECT_EQ(tftp_window_acknowledge(&w), 10);
}

TEST(a_0_in_a_window_is_taken_at_once)
{
	tftp_window_init(&w, 64);
	run_to(65535);
	EXPECT_EQ(data(0), TAKEN | ACK);        /* 65536 is a multiple of 64 */
	for (uint16_t n = 1; n < 64; n++)
		EXPECT_EQ(data(n), TAKEN);
}

TEST(a_1_in_a_window_is_believed_when_it_comes_for_the_fourth_time)
{
	tftp_window_init(&w, 8);
	run_to(65535);
	for (unsigned i = 0; i < 3; i++) {
		EXPECT_EQ(data(1), ACK);
		EXPECT_EQ(w.acked, 65535);
		EXPECT_EQ(data(2), NOTHING);
		EXPECT_EQ(data(7), NOTHING);
	}
	EXPECT_EQ(data(1), TAKEN);
	EXPECT_EQ(w.wrap, TFTP_WRAP_TO_1);
	EXPECT_EQ(w.next, 65537);
	EXPECT_EQ(data(2), TAKEN);
}

TEST(a_0_that_is_lost_is_not_taken_for_a_wrap_to_1)
{
	tftp_window_init(&w, 8);
	run_to(65535);
	for (unsigned i = 0; i < 3; i++)
		data(1);
	EXPECT_EQ(data(0), TAKEN);
	EXPECT_EQ(w.wrap, TFTP_WRAP_TO_0);
	EXPECT_EQ(data(1), TAKEN);
	EXPECT_EQ(w.next, 65538);
}

TEST(numbers_behind_the_wrap_wait_while_one_before_it_is_missing)
{
	tftp_window_init(&w, 8);
	run_to(65533);
	EXPECT_EQ(data(65535), TAKEN | ACK);
	EXPECT_EQ(data(0), NOTHING);
	EXPECT_EQ(data(1), NOTHING);
	EXPECT_EQ(w.wrap, TFTP_WRAP_UNKNOWN);
	EXPECT_EQ(data(65534), TAKEN);
	EXPECT_EQ(w.next, 65536);
	EXPECT_EQ(data(0), TAKEN);
}

TEST(gaps_across_a_wrap_that_is_known)
{
	tftp_window_init(&w, 4);
	run_to(65535);
	data(0);
	run_to(2 * 65536 - 3);
	EXPECT_EQ(data(65535), TAKEN | ACK);
	EXPECT_EQ(data(0), TAKEN);
	EXPECT_EQ(data(65534), TAKEN);
	EXPECT_EQ(w.next, 2 * 65536 + 1);

	tftp_window_init(&w, 4);
	run_to(65535);
	for (unsigned i = 0; i < 4; i++)
		data(1);
	run_to(2 * 65535 - 2);
	EXPECT_EQ(data(65535), TAKEN | ACK);
	EXPECT_EQ(data(1), TAKEN);
	EXPECT_EQ(data(65534), TAKEN);
	EXPECT_EQ(w.next, 2 * 65535 + 2);
}

/** Any numbers in any order: nothing is taken twice, and what counts as come has come. */
TEST(any_numbers_keep_the_books)
{
	static bool came[200];
	uint32_t random = 1;

	for (unsigned size = 1; size <= TFTP_WINDOW_MAX; size += 7) {
		memset(came, 0, sizeof came);
		came[0] = true;
		tftp_window_init(&w, size);
		for (unsigned i = 0; i < 20000 && w.next < 120; i++) {
			uint32_t block = 0;

			random = random * 1664525 + 1013904223;
			if (tftp_window_find(&w, (uint16_t)(w.next - 40 + (random >> 24) % 120), &block) != TFTP_NEW)
				continue;
			EXPECT(block >= w.next && block < w.next + size && !came[block]);
			came[block] = true;
			tftp_window_take(&w, block);
			EXPECT(!came[w.next] && came[w.next - 1]);
		}
		EXPECT(w.next >= 120);
	}
}
