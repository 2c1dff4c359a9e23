/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers of what TCP sends (RFC 6298, RFC 8961): how long it waits, what it sends again, when it gives up. */
#include "tests/unit/net/tcp_talk.h"

/** Nothing for @wait ms less one, then one segment. */
static void expect_after(uint32_t wait)
{
	sim_advance(&s, wait - 1);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_SILENCE(&s);
}

/** Open it over a path whose round trip takes @rtt_ms. */
static void open_far(uint32_t rtt_ms)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	sim_advance(&s, rtt_ms);
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT(peer_expect(&peer));
	tcp.wide = true;
	tcp_expect(&tcp, false, s.now_ms);              /* no keep-alive among the rest */
}

/** A request that is acknowledged after @rtt_ms. */
static void ask(uint32_t rtt_ms)
{
	EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	sim_advance(&s, rtt_ms);
	EXPECT_SILENCE(&s);
	peer_send(&peer, SIM_ACK, NULL, 0);
}

/* RFC 6298 2.2, 2.3, in whole milliseconds: R = 100: SRTT 100, RTTVAR 50; then each by 1/8 and 1/4. */
TEST(the_timeout_is_computed_as_rfc_6298_says)
{
	static const struct { uint32_t rtt, rto; } rows[] = {
		{ 200, 112 + 4 * 62 }, { 200, 123 + 4 * 68 }, { 100, 120 + 4 * 56 }, { 10, 106 + 4 * 69 }, { 350, 136 + 4 * 112 },
	};

	open_far(100);
	EXPECT_EQ(tcp.rto_ms, 100 + 4 * 50);
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		ask(rows[i].rtt);
		EXPECT_EQ(tcp.rto_ms, rows[i].rto);
	}
	talk_end();
}

TEST(the_timeout_leaves_room_for_a_delayed_acknowledgement)
{
	open_far(0);
	EXPECT_EQ(tcp.rto_ms, 201);
	for (unsigned i = 0; i < 50; i++)
		ask(0);
	EXPECT_EQ(tcp.rto_ms, 201);
	for (unsigned i = 0; i < 50; i++)               /* a path that is always the same */
		ask(150);
	EXPECT(tcp.rto_ms >= 340 && tcp.rto_ms <= 360);
	talk_end();
}

TEST(a_request_lost_once_to_five_times_is_answered)
{
	for (unsigned lost = 1; lost <= 5; lost++) {
		open_far(100);
		EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
		EXPECT(peer_expect(&peer));
		for (unsigned i = 0; i < lost; i++) {
			expect_after(300u << i);
			EXPECT_EQ(peer.last.seq, peer.stack_iss + 1);
			EXPECT_EQ(peer.last.data_len, 7);
			EXPECT(peer.last.flags & SIM_PSH);
		}
		talk_say(0, 100, SIM_ACK);              /* the answer acknowledges it */
		EXPECT(talk_heard(100));
		EXPECT_EQ(tcp.send_len, 0);
		sim_discard(&s);
		sim_advance(&s, 100000);
		EXPECT_SILENCE(&s);
		talk_end();
	}
}

/* The request arrived, what says so did not: the peer hears the same again and says so again. */
TEST(an_acknowledgement_lost_once_to_five_times_does_no_harm)
{
	for (unsigned lost = 1; lost <= 5; lost++) {
		open_far(100);
		EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
		EXPECT(peer_expect(&peer));
		for (unsigned i = 0; i < lost; i++)
			expect_after(300u << i);
		peer_send(&peer, SIM_ACK, NULL, 0);
		for (unsigned i = 0; i < lost; i++)
			peer_send(&peer, SIM_ACK, NULL, 0);     /* one for each that came */
		EXPECT_EQ(tcp.send_len, 0);
		EXPECT_SILENCE(&s);
		EXPECT_EQ(tcp_send(&tcp, "next", 4, s.now_ms), 0);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.seq, peer.stack_iss + 8);
		talk_end();
	}
}

TEST(an_answer_lost_at_first_is_acknowledged_as_it_comes_again)
{
	open_far(100);
	ask(100);
	for (unsigned i = 0; i < 5; i++) {              /* it came, our ACK did not reach the peer */
		talk_say(0, 100, SIM_ACK);
		EXPECT(talk_heard(100));
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(talk_acked(), 100);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 200u << i);
	}
	talk_end();
}

/* RFC 6298 5.7, 2.5; RFC 1122 4.2.3.5: and then the user hears of it. */
TEST(patience_is_doubled_up_to_a_minute_and_ends)
{
	static const uint32_t wait[] = { 3000, 6000, 12000, 24000, 48000, 60000, 60000, 60000 };

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	sim_advance(&s, 1000);
	EXPECT(peer_accept(&peer, PEER_ALL));           /* after a lost SYN: three seconds at first */
	tcp.wide = true;
	tcp_expect(&tcp, false, s.now_ms);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	for (unsigned i = 0; i < 8; i++)
		expect_after(wait[i]);
	sim_advance(&s, 59999);
	EXPECT_EQ(talk.closed, 0);
	sim_advance(&s, 1);
	EXPECT(talk_failed("timed out: no reply to 9 segments from 10.0.2.9"));
	sim_advance(&s, 300000);
	EXPECT_SILENCE(&s);
	talk_end();
}

/* RFC 6298 3 and 5.5: a path that was slower than we thought keeps its doubled timeout until something could be timed. */
TEST(a_doubled_timeout_stays_until_something_is_timed)
{
	open_far(100);
	EXPECT_EQ(tcp_send(&tcp, "a", 1, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	expect_after(300);
	expect_after(600);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.rto_ms, 1200);
	EXPECT_EQ(tcp_send(&tcp, "b", 1, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	expect_after(1200);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.rto_ms, 2400);
	ask(100);
	EXPECT_EQ(tcp.rto_ms, 100 + 200);               /* RTTVAR 37: less than there is room left for */
	talk_end();
}

TEST(patience_begins_anew_with_each_acknowledgement)
{
	open_far(100);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	for (unsigned i = 1; i <= 6; i++) {             /* a byte of it each 250 ms: RFC 6298 5.3 */
		sim_advance(&s, 250);
		EXPECT_SILENCE(&s);
		peer.ack = peer.stack_iss + 1 + i;
		peer_send(&peer, SIM_ACK, NULL, 0);
	}
	EXPECT_EQ(tcp.send_len, 1);
	sim_advance(&s, tcp.rto_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 1);
	talk_end();
}

TEST(repeated_acknowledgements_neither_send_nor_delay_anything)
{
	open_far(100);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	peer.ack -= 7;
	for (unsigned i = 0; i < 29; i++) {
		sim_advance(&s, 10);
		peer_send(&peer, SIM_ACK, NULL, 0);
	}
	EXPECT_SILENCE(&s);
	sim_advance(&s, 10);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 7);
	talk_end();
}

/* Eight times in a row is the end, not eight times in all. */
TEST(losses_far_apart_do_not_add_up)
{
	open_far(100);
	for (unsigned i = 0; i < 30; i++) {
		EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
		sim_discard(&s);
		sim_advance(&s, tcp.rto_ms);
		EXPECT(peer_expect(&peer));
		peer_send(&peer, SIM_ACK, NULL, 0);
		ask(100);
		EXPECT_EQ(talk.closed, 0);
	}
	talk_end();
}

/* RFC 8961 4, (4): whatever is asked in vain is asked half as often each time. */
TEST(a_dead_peer_hears_of_us_at_most_nine_times)
{
	unsigned segments = 0;

	open_far(0);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	sim_advance(&s, 600000);
	EXPECT_EQ(talk.closed, 1);
	while (peer_expect(&peer))
		segments++;
	EXPECT_EQ(segments, 9);
	talk_end();
}
