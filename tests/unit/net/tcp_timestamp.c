/* SPDX-License-Identifier: BSD-2-Clause */
/* Timestamps (RFC 7323): whose are believed, which is echoed, what ours say. */
#include "tests/unit/net/tcp_talk.h"

/** The peer says [@from, @to) at time @ts. */
static void say_at(uint32_t ts, uint32_t from, uint32_t to)
{
	peer.ts_value = ts;
	talk_say(from, to, SIM_ACK);
}

/** And hears this as the echo of its last. */
static uint32_t echoed(void)
{
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer.last.timestamps);
	return peer.last.ts_echo;
}

TEST(a_timestamp_may_stand_still_but_not_go_back)
{
	talk_open(PEER_ALL);
	say_at(1000, 0, 10);
	say_at(1000, 10, 20);
	EXPECT(talk_heard(20));
	sim_discard(&s);
	say_at(999, 20, 30);
	EXPECT(talk_heard(20));
	EXPECT(peer_expect(&peer));                     /* RFC 7323 5.3, R1: an ACK in reply */
	EXPECT_EQ(talk_acked(), 20);
	EXPECT_EQ(peer.last.ts_echo, 1000);
	say_at(1001, 20, 30);
	EXPECT(talk_heard(30));
	talk_end();
}

TEST(a_timestamp_is_old_up_to_half_the_space)
{
	static const struct { uint32_t back; bool taken; } rows[] = {
		{ 0, true }, { 1, false }, { 0x10000, false }, { 0x7fffffff, false }, { 0x80000001, true }, { 0xffffffff, true },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		talk_open(PEER_ALL);
		say_at(5000, 0, 10);
		say_at(5000 - rows[i].back, 10, 20);
		if (talk.received != (rows[i].taken ? 20 : 10))
			test_fail(__FILE__, __LINE__, "%#x before the last", rows[i].back);
		talk_end();
	}
}

/* It is the one that a middlebox or a stranger would send: what is not acceptable leaves nothing behind. */
TEST(a_timestamp_from_outside_the_window_is_not_remembered)
{
	talk_open(PEER_ALL);
	say_at(1000, 0, 10);
	peer.ts_value = 0x40000000;
	peer_send_at(&peer, peer.seq - 20, SIM_ACK, "x", 1);
	peer_send_at(&peer, peer.seq + 0x10000000, SIM_ACK, "x", 1);
	peer_send_at(&peer, peer.seq - 1, SIM_ACK, NULL, 0);
	say_at(1001, 10, 20);
	EXPECT(talk_heard(20));
	EXPECT_EQ(echoed(), 1001);
	talk_end();
}

TEST(a_timestamp_with_an_acknowledgement_of_what_was_never_sent_is_not_remembered)
{
	talk_open(PEER_ALL);
	say_at(1000, 0, 10);
	peer.ack += 1000;
	peer.ts_value = 0x40000000;
	peer_send_at(&peer, peer.seq, SIM_ACK, "x", 1);
	peer.ack -= 1000;
	say_at(1001, 10, 20);
	EXPECT(talk_heard(20));
	EXPECT_EQ(echoed(), 1001);
	talk_end();
}

TEST(a_challenged_segments_timestamp_is_not_remembered)
{
	talk_open(PEER_ALL);
	say_at(1000, 0, 10);
	peer.ts_value = 0x40000000;
	peer_send_at(&peer, peer.seq, SIM_SYN, NULL, 0);
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	say_at(1001, 10, 20);
	EXPECT(talk_heard(20));
	EXPECT_EQ(echoed(), 1001);
	talk_end();
}

/* RFC 7323 4.3: so the peer's round trip has our waiting in it. */
TEST(of_what_waits_to_be_acknowledged_the_first_is_echoed)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 0; at < 40000; at += 1000)
		say_at(1000, at, at + 1000);
	sim_advance(&s, 10);
	sim_discard(&s);
	say_at(2000, 40000, 40100);
	say_at(2001, 40100, 40200);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 2);
	EXPECT_EQ(echoed(), 2000);
	EXPECT_EQ(talk_acked(), 40200);
	talk_end();
}

TEST(what_came_twice_is_not_echoed_by_its_first_time)
{
	talk_open(PEER_ALL);
	say_at(1000, 0, 10);
	say_at(2000, 0, 10);                            /* RFC 7323 4.3, (3): its sequence number is not beyond the last ACK */
	EXPECT_EQ(echoed(), 1000);
	say_at(3000, 5, 20);
	EXPECT_EQ(echoed(), 3000);
	talk_end();
}

/* RFC 7323 3.2 */
TEST(timestamps_that_were_not_agreed_upon_are_ignored)
{
	talk_open((struct peer_options){ true, true, true, false });
	peer.timestamps = true;
	say_at(0x80000000, 0, 10);
	say_at(5, 10, 20);
	EXPECT(talk_heard(20));
	EXPECT(peer_expect_last(&peer));
	EXPECT(!peer.last.timestamps);
	talk_end();
}

TEST(a_timestamp_of_zero_is_one_like_any_other)
{
	talk_begin();
	peer.ts_value = 0;
	EXPECT(peer_accept(&peer, PEER_ALL));
	tcp.wide = true;
	EXPECT(peer.last.timestamps && peer.last.ts_echo == 0);
	say_at(0xffffffff, 0, 10);                      /* before zero */
	EXPECT_EQ(talk.received, 0);
	say_at(0, 0, 10);
	say_at(1, 10, 20);
	EXPECT(talk_heard(20));
	EXPECT_EQ(echoed(), 1);
	talk_end();
}

TEST(options_in_any_order_and_place_are_read)
{
	static const struct { const char *name, *bytes; unsigned len; } rows[] = {
		{ "NOPs behind it", "\x08\x0a\x00\x00\x03\xe9\x00\x00\x00\x00\x01\x01", 12 },
		{ "a NOP on each side", "\x01\x08\x0a\x00\x00\x03\xe9\x00\x00\x00\x00\x01", 12 },
		{ "the end behind it", "\x08\x0a\x00\x00\x03\xe9\x00\x00\x00\x00\x00\x00", 12 },
		{ "after an unknown one", "\xfe\x04\x01\x02\x01\x01\x08\x0a\x00\x00\x03\xe9\x00\x00\x00\x00", 16 },
		{ "twice: the last counts",
		  "\x01\x01\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x00\x01\x01\x08\x0a\x00\x00\x03\xe9\x00\x00\x00\x00", 24 },
		{ "MSS and scale, which only a SYN has",
		  "\x02\x04\x00\x01\x03\x03\x00\x01\x01\x01\x08\x0a\x00\x00\x03\xe9\x00\x00\x00\x00", 20 },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_tcp t;

		talk_open(PEER_ALL);
		say_at(1000, 0, 1);
		t = talk_segment(SIM_ACK);
		t.options = rows[i].bytes;
		t.options_len = rows[i].len;
		t.data = "x";
		t.len = 1;
		sim_send_tcp(&s, &t);
		if (talk.received != 2 || echoed() != 1001 || tcp.snd_mss != 1448 || tcp.snd_wnd != 65535u << 7)
			test_fail(__FILE__, __LINE__, "%s", rows[i].name);
		talk_end();
	}
}

/* ---- ours ---------------------------------------------------------------------------------------------------------------------------- */

TEST(our_reset_and_our_challenges_bear_timestamps)
{
	talk_open(PEER_ALL);
	say_at(1000, 0, 10);
	sim_discard(&s);
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	EXPECT_EQ(echoed(), 1000);
	sim_advance(&s, 100);
	tcp_abort(&tcp, s.now_ms);
	EXPECT_EQ(echoed(), 1000);
	EXPECT_EQ(peer.last.flags, SIM_RST | SIM_ACK);
	EXPECT_EQ(peer.last.ts_value, tcp.path.ts_offset + s.now_ms);
	talk_end();
}

TEST(what_is_sent_again_has_a_new_timestamp)
{
	uint32_t first, wait;

	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	first = peer.last.ts_value;
	wait = tcp.rto_ms;
	sim_advance(&s, wait);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ts_value - first, wait);
	peer_send(&peer, SIM_ACK, NULL, 0);
	tcp_close(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	first = peer.last.ts_value;
	sim_advance(&s, 500);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	EXPECT_EQ(peer.last.ts_value - first, 500);
	EXPECT_EQ(peer.last.ts_echo, peer.ts_value);
	talk_end();
}

/* Ours pass their wrap like any: the clock begins shortly before its own, and each origin is somewhere. */
TEST(our_timestamps_wrap)
{
	uint32_t last;

	talk_open(PEER_ALL);
	tcp_expect(&tcp, false, s.now_ms);
	last = peer.last.ts_value;
	for (unsigned i = 0; i < 30; i++) {
		sim_advance(&s, 1000);
		talk_say(i, i + 1, SIM_ACK);
		EXPECT(peer_expect_last(&peer));
		EXPECT_EQ(peer.last.ts_value - last, 1000);
		last = peer.last.ts_value;
	}
	EXPECT(s.now_ms < s.start_ms);
	talk_end();
}
