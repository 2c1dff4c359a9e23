/* SPDX-License-Identifier: BSD-2-Clause */
/* Which segments TCP takes (RFC 9293 3.10.7.4): the four cases of the table row by row, what is cut off, which acknowledgements and flags
 * a segment may bear. */
#include "tests/unit/net/tcp_talk.h"

/* ---- the table: length none or some, window open or shut ----------------------------------------------------------------------------- */

enum { BEFORE = 100 };                          /* bytes that came before, where the window is open */

/** How much of the stream beyond what is acknowledged the last ACK speaks of. */
static uint32_t reported(void)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < peer.last.sack_count; i++)
		if ((int32_t)(peer.last.sack[i][0] - peer.last.ack) >= 0)
			sum += peer.last.sack[i][1] - peer.last.sack[i][0];
	return sum;
}

/** The peer sends @len bytes at @seq. @taken: so many of them are taken (a segment without data is answered by nothing then), -1: it is not
 *  acceptable: an ACK says where we are, and nothing is remembered. */
static void judge(uint32_t seq, unsigned len, int taken)
{
	static const uint8_t data[4] = "abcd";
	uint64_t before = talk.received;

	sim_discard(&s);
	peer_send_at(&peer, seq, SIM_ACK, data, len);
	if (len == 0 && taken == 0) {
		EXPECT_SILENCE(&s);
		return;
	}
	EXPECT(peer_expect(&peer));
	EXPECT_SILENCE(&s);
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.data_len, 0);
	EXPECT_EQ(talk.received - before + reported(), taken > 0 ? taken : 0);
	EXPECT_EQ(talk_acked(), talk.received);
}

static uint32_t next, edge;

static void open_window(void)
{
	talk_open(PEER_ALL);
	talk.place_to = 1000000;
	talk_say(0, BEFORE, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	next = peer.last.ack;
	edge = next + peer_window(&peer);
}

#define IN_OPEN_WINDOW(name, ...) TEST(name) { open_window(); judge(__VA_ARGS__); talk_end(); }
IN_OPEN_WINDOW(no_data_at_the_next_byte_is_acceptable, next, 0, 0)
IN_OPEN_WINDOW(no_data_one_byte_before_it_is_not, next - 1, 0, -1)
IN_OPEN_WINDOW(no_data_one_byte_behind_it_is_acceptable, next + 1, 0, 0)
IN_OPEN_WINDOW(no_data_at_the_windows_last_byte_is_acceptable, edge - 1, 0, 0)
IN_OPEN_WINDOW(no_data_at_the_windows_edge_is_not, edge, 0, -1)
IN_OPEN_WINDOW(no_data_half_the_space_away_is_not, next + (1u << 31), 0, -1)
IN_OPEN_WINDOW(a_byte_at_the_next_is_taken, next, 1, 1)
IN_OPEN_WINDOW(a_byte_before_the_next_is_not, next - 1, 1, -1)
IN_OPEN_WINDOW(a_byte_at_the_windows_last_is_taken, edge - 1, 1, 1)
IN_OPEN_WINDOW(a_byte_at_the_windows_edge_is_not, edge, 1, -1)
IN_OPEN_WINDOW(of_two_bytes_around_the_beginning_one_is_taken, next - 1, 2, 1)
IN_OPEN_WINDOW(two_bytes_that_end_before_the_next_are_not_taken, next - 2, 2, -1)
IN_OPEN_WINDOW(of_two_bytes_around_the_edge_one_is_taken, edge - 1, 2, 1)
IN_OPEN_WINDOW(bytes_half_the_space_away_are_not_taken, next + (1u << 31), 4, -1)
IN_OPEN_WINDOW(bytes_half_the_space_before_are_not_taken, next + (1u << 31) - 4, 4, -1)

#define IN_SHUT_WINDOW(name, ...) TEST(name) { talk_open_full(); next = peer.last.ack; judge(__VA_ARGS__); talk_end(); }
IN_SHUT_WINDOW(with_the_window_shut_no_data_at_the_next_byte_is_acceptable, next, 0, 0)
IN_SHUT_WINDOW(with_the_window_shut_no_data_before_it_is_not, next - 1, 0, -1)
IN_SHUT_WINDOW(with_the_window_shut_no_data_behind_it_is_not, next + 1, 0, -1)
IN_SHUT_WINDOW(with_the_window_shut_a_byte_at_the_next_is_not_taken, next, 1, -1)
IN_SHUT_WINDOW(with_the_window_shut_a_byte_before_the_next_is_not_taken, next - 1, 1, -1)
IN_SHUT_WINDOW(with_the_window_shut_a_byte_behind_the_next_is_not_taken, next + 1, 1, -1)
IN_SHUT_WINDOW(with_the_window_shut_bytes_around_the_next_are_not_taken, next - 1, 2, -1)

/* ---- SYN and FIN take a number each -------------------------------------------------------------------------------------------------- */

TEST(a_fin_alone_counts_as_a_byte)
{
	open_window();
	peer_send_at(&peer, next - 1, SIM_FIN | SIM_ACK, NULL, 0);      /* before the window */
	EXPECT_EQ(talk.closed, 0);
	EXPECT(peer_expect(&peer));
	peer_send_at(&peer, edge, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.closed, 0);
	EXPECT(peer_expect(&peer));
	EXPECT(!tcp.fin_known);
	peer_send_at(&peer, next, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	talk_end();
}

TEST(a_fin_behind_bytes_that_came_before_is_taken)
{
	open_window();
	talk_say(BEFORE - 10, BEFORE, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, 0);
	EXPECT(talk_heard(BEFORE));
	talk_end();
}

/* A stream ends once. */
TEST(a_fin_before_bytes_that_came_is_a_lie)
{
	open_window();
	talk_say(BEFORE + 100, BEFORE + 200, SIM_ACK);
	talk_say(BEFORE + 20, BEFORE + 30, SIM_FIN | SIM_ACK);
	talk_say(BEFORE, BEFORE + 20, SIM_ACK);
	talk_say(BEFORE + 30, BEFORE + 100, SIM_ACK);
	EXPECT_EQ(talk.closed, 0);
	EXPECT(talk_heard(BEFORE + 200));
	talk_say(BEFORE + 200, BEFORE + 200, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk.closed, 1);
	talk_end();
}

TEST(nothing_behind_a_fin_is_taken)
{
	open_window();
	talk_say(BEFORE + 10, BEFORE + 20, SIM_FIN | SIM_ACK);
	talk_say(BEFORE + 15, BEFORE + 40, SIM_ACK);
	talk_say(BEFORE + 50, BEFORE + 60, SIM_ACK);
	talk_say(BEFORE + 50, BEFORE + 60, SIM_FIN | SIM_ACK);
	EXPECT_EQ(tcp.block_count, 1);
	EXPECT_EQ(tcp.block[0].end, next + 20);
	talk_say(BEFORE, BEFORE + 10, SIM_ACK);
	EXPECT(talk_heard(BEFORE + 20));
	EXPECT_EQ(talk.closed, 1);
	talk_end();
}

/* The FIN at each number around the wrap, in order and before its data. */
TEST(a_fin_may_stand_at_the_wrap)
{
	for (unsigned early = 0; early < 2; early++)
		for (uint32_t at = 253; at <= 257; at++) {      /* byte 255 has number 0 */
			talk_open(PEER_ALL);
			if (early)
				talk_say(at, at, SIM_FIN | SIM_ACK);
			EXPECT_EQ(talk.closed, 0);
			talk_say(0, at, SIM_ACK);
			EXPECT_EQ(talk.closed, early);
			if (!early)
				talk_say(at, at, SIM_FIN | SIM_ACK);
			EXPECT_EQ(talk.closed, 1);
			EXPECT(talk_heard(at));
			EXPECT(peer_expect_last(&peer));
			EXPECT_EQ(peer.last.ack, peer.iss + 1 + at + 1);
			talk_end();
		}
}

TEST(data_at_every_offset_from_the_wrap_is_taken)
{
	for (uint32_t at = 250; at <= 260; at++) {
		talk_open(at & 1 ? PEER_ALL : PEER_NONE);
		talk_say(at, at + 1, SIM_ACK);
		talk_say(at + 1, 300, SIM_ACK);
		talk_say(0, at, SIM_ACK);
		EXPECT(talk_heard(300));
		EXPECT(peer_expect_last(&peer));
		EXPECT_EQ(talk_acked(), 300);
		talk_end();
	}
}

/* ---- what it acknowledges (RFC 5961 5) ----------------------------------------------------------------------------------------------- */

/** The stack sends more than a window's bytes, all of which are acknowledged. */
static void say_much(void)
{
	static char bytes[40000];

	for (unsigned i = 0; i < 2; i++) {
		EXPECT_EQ(tcp_send(&tcp, bytes, sizeof bytes, s.now_ms), 0);
		while (peer_expect_last(&peer))
			peer_send(&peer, SIM_ACK, NULL, 0);
		EXPECT_EQ(tcp.send_len, 0);
	}
	EXPECT_EQ(peer.ack, peer.stack_iss + 1 + 2 * sizeof bytes);
}

TEST(an_acknowledgement_counts_from_a_window_ago_to_what_was_sent)
{
	static const struct { const char *name; int64_t off; bool taken; } rows[] = {
		{ "all", 0, true }, { "one too many", 1, false }, { "half the space too many", (1u << 31) - 1, false },
		{ "a window too many", 65535, false }, { "a byte ago", -1, true }, { "a window ago", -65535, true },
		{ "more than a window ago", -65536, false }, { "half the space ago", -(1ll << 31) + 1, false },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_tcp t;

		talk_open(PEER_NONE);
		say_much();
		t = talk_segment(SIM_ACK);
		t.ack += (uint32_t)rows[i].off;
		t.data = "z";
		t.len = 1;
		sim_send_tcp(&s, &t);
		if (talk.received != rows[i].taken || !peer_expect(&peer) || talk_acked() != rows[i].taken)
			test_fail(__FILE__, __LINE__, "%s", rows[i].name);
		talk_end();
	}
}

/* What lies before all that we ever said nobody can have heard of: a guess has to hit the few bytes that we did say. */
TEST(an_acknowledgement_of_what_was_before_our_first_byte_is_none)
{
	for (unsigned back = 0; back < 5; back++) {
		talk_open(PEER_ALL);
		EXPECT_EQ(tcp_send(&tcp, "xy", 2, s.now_ms), 0);
		EXPECT(peer_expect(&peer));
		peer_send(&peer, SIM_ACK, NULL, 0);
		peer.ack -= back;                       /* 2: of the SYN alone */
		talk_say(0, 10, SIM_ACK);
		EXPECT_EQ(talk.received, back <= 2 ? 10 : 0);
		EXPECT(peer_expect(&peer));             /* one way or the other */
		EXPECT_EQ(talk_acked(), talk.received);
		talk_end();
	}
}

/* RFC 9293 3.10.7.4: of our unsaid bytes none is forgotten, whatever is acknowledged. */
TEST(an_acknowledgement_of_a_part_is_of_that_part)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "abcdef", 6, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	peer.ack -= 4;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 4);
	peer.ack -= 1;                                  /* an older one */
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 4);
	sim_advance(&s, tcp.rto_ms);
	peer.ack += 1;
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 4);
	EXPECT_MEM(peer.last.data, "cdef", 4);
	talk_end();
}

/* ---- flags --------------------------------------------------------------------------------------------------------------------------- */

TEST(congestion_flags_and_reserved_bits_are_ignored)
{
	struct sim_tcp t;

	talk_open(PEER_NONE);
	t = talk_segment(SIM_ACK | 0xc0);               /* ECE, CWR */
	t.data = "ab";
	t.len = 2;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.received, 2);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.payload[13] & 0xc0, 0);
	talk_end();
}

TEST(every_set_of_flags_without_ack_or_reset_changes_nothing)
{
	for (unsigned flags = 0; flags < 256; flags++) {
		struct sim_tcp t;

		if (flags & (SIM_ACK | SIM_RST))
			continue;
		talk_open(PEER_NONE);
		t = talk_segment((uint8_t)flags);
		t.data = "evil";
		t.len = 4;
		sim_send_tcp(&s, &t);
		EXPECT_EQ(peer_expect(&peer), (flags & SIM_SYN) != 0);  /* which is challenged */
		EXPECT_EQ(talk.closed, 0);
		EXPECT_EQ(talk.received, 0);
		talk_say(0, 5, SIM_ACK);
		EXPECT(talk_heard(5));
		talk_end();
	}
}

TEST(a_segment_with_every_flag_is_the_reset_that_it_bears)
{
	struct sim_tcp t;

	talk_open(PEER_ALL);
	t = talk_segment(0xff);
	t.seq++;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.closed, 0);
	EXPECT(peer_expect(&peer));
	t.seq--;
	sim_send_tcp(&s, &t);
	EXPECT(talk_failed("connection reset"));
	EXPECT_SILENCE(&s);
	talk_end();
}
