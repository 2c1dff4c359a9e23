/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP blocks: the file's size, what comes twice, late or not at all, in conversations with a server that is the test. */
#include "tests/unit/net/tftp_talk.h"

/* ---- tsize --------------------------------------------------------------------------------------------------------------------------- */

TEST(a_file_shorter_than_announced_is_truncated)
{
	ask();
	AGREE("tsize\0" "5678");
	say_block(1, 512, 600);
	EXPECT_EQ(take_ack(), 1);
	say_block(2, 512, 600);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_ILLEGAL);
	EXPECT(failed(-EPROTO, "got 600 of 5678 bytes: truncated"));
	end();
}

TEST(a_file_longer_than_announced_is_refused)
{
	ask();
	AGREE("tsize\0" "600");
	say_block(1, 512, 2000);
	EXPECT_EQ(take_ack(), 1);
	say_block(2, 512, 2000);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_ILLEGAL);
	EXPECT(failed(-EPROTO, "more than the 600 bytes that were announced"));
	EXPECT_EQ(talk.arrived, 512);
	end();
}

TEST(a_file_that_ends_with_its_last_whole_block_ends_with_an_empty_one)
{
	ask();
	AGREE("tsize\0" "1024");
	say_block(1, 512, 1024);
	say_block(2, 512, 1024);
	EXPECT_EQ(talk.arrived, 1024);
	EXPECT_EQ(talk.ended, 0);
	say_block(3, 512, 1024);
	EXPECT(done(1024));
	end();
}

TEST(a_size_of_0_is_not_believed)
{
	ask();
	AGREE("tsize\0" "0");
	say_block(1, 512, 100);
	EXPECT(!talk.info.known);
	EXPECT(done(100));
	end();

	ask();
	AGREE("tsize\0" "0");
	say_block(1, 512, 0);
	EXPECT(done(0));
	end();
}

TEST(a_size_that_there_is_no_memory_for_ends_it)
{
	ask();
	talk.begin_rc = -ENOMEM;
	AGREE("tsize\0" "18446744073709551615");
	say_block(1, 512, 1024);
	EXPECT_EQ(talk.info.total_bytes, UINT64_MAX);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_NO_ROOM);
	EXPECT(failed(-ENOMEM, "no room"));
	EXPECT(!talk.end.broken);
	end();
}

TEST(memory_that_runs_out_ends_it)
{
	ask();
	talk.room = 512;
	say_block(1, 512, 2000);
	EXPECT_EQ(take_ack(), 1);
	say_block(2, 512, 2000);
	EXPECT_EQ(take_error(SERVER_ID), TFTP_NO_ROOM);
	EXPECT(failed(-ENOMEM, "no room for more than 512 bytes"));
	end();
}

/* ---- blocks that come twice, late, or not at all ------------------------------------------------------------------------------------------- */

TEST(a_block_that_was_doubled_on_its_way_is_not_acknowledged_again)
{
	ask();
	say_block(1, 512, 2000);
	EXPECT_EQ(take_ack(), 1);
	say_block(1, 512, 2000);
	sim_advance(&s, 150);
	say_block(1, 512, 2000);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.arrived, 512);
	say_block(2, 512, 2000);
	EXPECT_EQ(take_ack(), 2);
	end();
}

TEST(a_block_that_the_server_sends_again_is_acknowledged_again_once)
{
	ask();
	say_block(1, 512, 2000);
	EXPECT_EQ(take_ack(), 1);
	sim_advance(&s, 500);
	say_block(1, 512, 2000);
	EXPECT_EQ(take_ack(), 1);
	say_block(1, 512, 2000);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.arrived, 512);
	end();
}

/* The server sends a block for each acknowledgement, repeated or not (RFC 1123 4.2.3.1): one doubled block must not double the rest. */
TEST(a_doubled_block_does_not_wake_the_sorcerers_apprentice)
{
	unsigned acks = 0, blocks = 40, waiting = 1;
	int n, doubled = 5;

	ask();
	say_block(1, 512, blocks * 512 - 1);
	while (waiting && acks < 200) {
		waiting--;
		while ((n = take_ack()) > 0) {
			acks++;
			if ((unsigned)n == blocks)
				continue;
			say_block((uint16_t)(n + 1), 512, blocks * 512 - 1);
			waiting++;
			if (n + 1 == doubled)
				say_block((uint16_t)(n + 1), 512, blocks * 512 - 1);
		}
	}
	EXPECT(done(blocks * 512 - 1));
	EXPECT(acks <= blocks + 1);
	end();
}

TEST(a_gap_in_a_window_is_said_at_once_and_once)
{
	ask();
	AGREE("windowsize\0" "8");
	say_block(1, 512, 9000);
	say_block(2, 512, 9000);
	EXPECT_SILENCE(&s);
	say_block(4, 512, 9000);
	EXPECT_EQ(take_ack(), 2);
	for (uint16_t n = 5; n <= 8; n++)
		say_block(n, 512, 9000);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.arrived, 1024);
	/* RFC 7440 4: the server begins a new window behind what was acknowledged */
	say_block(3, 512, 9000);
	EXPECT_EQ(talk.arrived, 8 * 512);
	for (uint16_t n = 4; n <= 9; n++)
		say_block(n, 512, 9000);
	EXPECT_SILENCE(&s);
	say_block(10, 512, 9000);
	EXPECT_EQ(take_ack(), 10);
	EXPECT_EQ(talk.arrived, 10 * 512);
	end();
}

TEST(blocks_of_a_window_in_any_order_make_the_file)
{
	static const uint16_t order[] = { 3, 1, 2, 8, 5, 4, 7, 6 };

	ask();
	AGREE("windowsize\0" "8");
	for (unsigned i = 0; i < 8; i++)
		say_block(order[i], 512, 7 * 512 + 30);
	EXPECT(done(7 * 512 + 30));
	end();
}

TEST(the_last_block_may_come_before_others)
{
	ask();
	AGREE("windowsize\0" "4\0" "tsize\0" "1600");
	say_block(1, 512, 1600);
	say_block(4, 512, 1600);
	EXPECT_EQ(take_ack(), 1);
	EXPECT_EQ(talk.ended, 0);
	say_block(2, 512, 1600);
	EXPECT_EQ(talk.arrived, 1024);
	say_block(3, 512, 1600);
	EXPECT_EQ(take_ack(), 4);
	EXPECT(done(1600));
	end();
}

TEST(the_end_of_a_window_that_is_lost_is_asked_for_after_a_second)
{
	ask();
	AGREE("windowsize\0" "4");
	say_block(1, 512, 9000);
	say_block(2, 512, 9000);
	sim_advance(&s, 999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT_EQ(take_ack(), 2);
	for (uint16_t n = 3; n <= 6; n++)
		say_block(n, 512, 9000);
	EXPECT_EQ(take_ack(), 6);
	end();
}

TEST(a_window_that_comes_again_is_acknowledged_once)
{
	ask();
	AGREE("windowsize\0" "4");
	for (uint16_t n = 1; n <= 4; n++)
		say_block(n, 512, 9000);
	EXPECT_EQ(take_ack(), 4);
	sim_advance(&s, 400);
	for (uint16_t n = 1; n <= 4; n++)
		say_block(n, 512, 9000);
	EXPECT_EQ(take_ack(), 4);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.arrived, 4 * 512);
	end();
}

TEST(blocks_that_cannot_come_now_are_dropped)
{
	ask();
	AGREE("windowsize\0" "4");
	say_data(0, 0, 512);
	say_data(5, 2048, 512);
	say_data(1000, 0, 512);
	say_data(65535, 0, 512);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.begun, 0);
	end();
}

TEST(a_second_last_block_is_refused)
{
	static const uint16_t orders[][3] = { { 3, 2, 1 }, { 2, 3, 1 }, { 3, 1, 2 } };

	for (unsigned i = 0; i < 3; i++) {
		ask();
		AGREE("windowsize\0" "4");
		for (unsigned j = 0; j < 3; j++)
			say_data(orders[i][j], (orders[i][j] - 1u) * 512, orders[i][j] == 1 ? 512 : 100);
		EXPECT(failed(-EPROTO, "a block behind the last"));
		end();
	}
}

TEST(a_block_behind_the_last_is_refused)
{
	ask();
	AGREE("windowsize\0" "4");
	say_data(3, 1024, 512);
	say_data(2, 512, 100);
	say_data(1, 0, 512);
	EXPECT(failed(-EPROTO, "a block behind the last"));
	end();
}
