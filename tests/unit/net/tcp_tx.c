/* SPDX-License-Identifier: BSD-2-Clause */
/* What TCP sends: requests in segments, the timer, the peer's window. */
#include "tests/unit/net/tcp_talk.h"

TEST(a_request_goes_out_at_once_in_full_segments)
{
	static char request[4000];

	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 1448);
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 1448);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 1104);
	EXPECT_EQ(peer.last.flags, SIM_ACK | SIM_PSH);
	EXPECT_SILENCE(&s);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 0);
	for (unsigned probes = 0; probes < 3; probes++) {               /* at 1, 2 and 4 s the peer is asked, but nothing is sent again */
		sim_advance(&s, probes < 2 ? 1000 : 2000);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.data_len, 0);
		EXPECT_SILENCE(&s);
	}
	sim_advance(&s, 1000);
	EXPECT_SILENCE(&s);
	talk_end();
}

/* RFC 6298 5.4-5.6 */
TEST(a_lost_request_is_sent_again_and_again_with_doubled_patience)
{
	uint32_t rto;

	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	rto = tcp.rto_ms;
	EXPECT(rto >= 200 && rto <= 1000);
	for (unsigned i = 0; i < 5; i++) {
		sim_advance(&s, rto - 1);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 1);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.data_len, 7);
		EXPECT_EQ(peer.last.seq, peer.stack_iss + 1);
		rto *= 2;
	}
	peer_send(&peer, SIM_ACK, NULL, 0);
	sim_advance(&s, 100000);
	talk_end();
}

TEST(a_peer_that_never_acknowledges_is_given_up)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	sim_advance(&s, 400000);
	EXPECT(talk_failed("timed out: no reply to 9 segments from 10.0.2.9"));
	talk_end();
}

TEST(a_partial_ack_after_a_timeout_shows_the_next_hole)
{
	static char request[4000];

	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
	sim_discard(&s);                                /* all three are lost */
	sim_advance(&s, tcp.rto_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 1);
	EXPECT_SILENCE(&s);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 1 + 1448);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 1104);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(tcp.send_len, 0);
	talk_end();
}

/* RFC 6298 2: a round trip of 300 ms */
TEST(the_timeout_follows_the_measured_round_trip)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	sim_advance(&s, 300);
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(tcp.srtt_ms, 300);
	EXPECT_EQ(tcp.rto_ms, 900);
	for (unsigned i = 0; i < 20; i++) {
		EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
		EXPECT(peer_expect_last(&peer));
		sim_advance(&s, 300);
		peer_send(&peer, SIM_ACK, NULL, 0);
	}
	EXPECT_EQ(tcp.srtt_ms, 300);
	EXPECT(tcp.rto_ms >= 500 && tcp.rto_ms < 520);
	talk_end();
}

/* RFC 6298 3: Karn */
TEST(what_was_sent_twice_is_not_timed)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
	sim_advance(&s, tcp.rto_ms);
	sim_advance(&s, 200);
	EXPECT(peer_expect_last(&peer));
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(tcp.srtt_ms < 10);
	talk_end();
}

TEST(after_a_lost_syn_the_first_timeout_is_three_seconds)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	sim_advance(&s, 1000);
	EXPECT(peer_take_syn(&peer));
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(tcp.rto_ms, 3000);
	talk_end();
}

TEST(the_peers_window_is_respected)
{
	static char request[4000];

	talk_begin();
	peer.window = 1000;
	EXPECT(peer_accept(&peer, PEER_NONE));
	EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 536);             /* no MSS option: RFC 9293 3.7.1 */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 464);
	EXPECT_SILENCE(&s);
	peer.window = 100;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 100);
	EXPECT_SILENCE(&s);
	talk_end();
}

/* RFC 9293 3.8.6.1: one byte, again and again, and then all */
TEST(a_closed_window_is_probed_and_its_opening_is_seen)
{
	talk_begin();
	peer.window = 0;
	EXPECT(peer_accept(&peer, PEER_ALL));
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT_SILENCE(&s);
	for (unsigned i = 0; i < 12; i++) {
		uint32_t ack = peer.ack;
		bool probed = false;

		sim_advance(&s, 61000);
		while (peer_expect(&peer))
			probed |= peer.last.data_len == 1;
		EXPECT(probed);
		peer.ack = ack;                         /* not taken */
		peer_send(&peer, SIM_ACK, NULL, 0);
		EXPECT_EQ(talk.closed, 0);
	}
	peer.window = 1000;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 7);
	EXPECT_EQ(peer.ack, peer.stack_iss + 8);
	talk_end();
}

TEST(a_probe_that_was_taken_is_counted)
{
	talk_begin();
	peer.window = 0;
	EXPECT(peer_accept(&peer, PEER_ALL));
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	sim_advance(&s, 5000);
	EXPECT(peer_expect_last(&peer));
	peer.window = 1000;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 6);
	EXPECT_EQ(peer.ack, peer.stack_iss + 8);
	talk_end();
}

TEST(old_segments_do_not_change_the_window)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	talk_say(0, 10, SIM_ACK);
	EXPECT_EQ(tcp.snd_wnd, 65535u << 7);
	peer.window = 5;
	talk_say(10, 10, SIM_ACK);
	EXPECT_EQ(tcp.snd_wnd, 5 << 7);
	peer.window = 9;
	peer.ack--;
	talk_say(10, 20, SIM_ACK);                      /* a newer sequence number with an older ack */
	talk_end();
}

TEST(no_memory_for_a_request_is_said)
{
	talk_open(PEER_ALL);
	heap_fail_after(1);
	EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), -ENOMEM);
	EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
	talk_end();
}
