/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows: ours when it shuts and opens again, the peer's when it is small, shut, or taken back (RFC 9293 3.8.6). */
#include "tests/unit/net/tcp_talk.h"

/* ---- ours ---------------------------------------------------------------------------------------------------------------------------- */

TEST(a_byte_into_a_shut_window_is_answered_and_not_taken)
{
	talk_open_full();
	for (unsigned i = 0; i < 20; i++) {             /* as often as the peer probes: it must hear that we are there */
		talk_say(TALK_FULL, TALK_FULL + 1, SIM_ACK);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(talk_acked(), TALK_FULL);
		EXPECT_EQ(peer.last.window, 0);
		EXPECT_EQ(peer.last.sack_count, 0);
	}
	EXPECT(talk_heard(TALK_FULL));
	talk_end();
}

/* Linux probes with a byte's number less, and no byte. */
TEST(an_empty_probe_of_a_shut_window_is_answered)
{
	talk_open_full();
	peer_send_at(&peer, peer.seq - 1, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), TALK_FULL);
	EXPECT_EQ(peer.last.window, 0);
	talk_end();
}

/* RFC 9293 3.8.6.2.2: at least two segments' worth, lest the peer sends small ones. */
TEST(a_window_that_opens_by_two_segments_is_said_at_once)
{
	talk_open_full();
	tcp_hold(&tcp, TALK_FULL + 2 * 1500 - 1);
	EXPECT_SILENCE(&s);
	tcp_hold(&tcp, TALK_FULL + 10000);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT(peer_window(&peer) <= 10000 && peer_window(&peer) > 10000 - 512);
	EXPECT_SILENCE(&s);
	for (uint32_t at = TALK_FULL; at < TALK_FULL + 9500; at += 950)
		talk_say(at, at + 950, SIM_ACK);
	EXPECT(talk_heard(TALK_FULL + 9500));
	talk_end();
}

TEST(a_window_that_opens_without_bound_is_said_at_once)
{
	talk_open_full();
	talk.place_to = TALK_BYTES;
	tcp_hold(&tcp, UINT64_MAX);
	EXPECT(peer_expect(&peer));
	EXPECT(peer_window(&peer) > TALK_BYTES - TALK_FULL - 512);
	talk_say(TALK_FULL, TALK_FULL + 1000, SIM_ACK);
	EXPECT(talk_heard(TALK_FULL + 1000));
	talk_end();
}

TEST(the_peers_acknowledgement_is_heard_while_our_window_is_shut)
{
	talk_open_full();
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 7);
	EXPECT_EQ(peer.last.window, 0);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 0);
	talk_end();
}

TEST(a_fin_waits_for_a_shut_window_to_open)
{
	talk_open_full();
	talk_say(TALK_FULL, TALK_FULL, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk.closed, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), TALK_FULL);
	tcp_hold(&tcp, UINT64_MAX);
	EXPECT(peer_expect(&peer));
	talk_say(TALK_FULL, TALK_FULL, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, 0);
	talk_end();
}

/* A shut window is no silence: nothing ends, and we ask as ever. */
TEST(a_window_may_stay_shut_for_an_hour)
{
	talk_open_full();
	for (unsigned minute = 0; minute < 60; minute++) {
		sim_advance(&s, 60000);
		EXPECT(peer_expect_last(&peer));
		EXPECT_EQ(peer.last.window, 0);
		talk_say(TALK_FULL, TALK_FULL + 1, SIM_ACK);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(talk.closed, 0);
	}
	tcp_hold(&tcp, UINT64_MAX);
	EXPECT(peer_expect(&peer));
	talk_say(TALK_FULL, TALK_FULL + 100, SIM_ACK);
	EXPECT(talk_heard(TALK_FULL + 100));
	talk_end();
}

TEST(of_what_is_not_wanted_nothing_is_received)
{
	talk_open(PEER_ALL);
	talk_say(0, 10, SIM_ACK);
	tcp_receive_until(&tcp, 1000);
	talk_say(900, 1100, SIM_ACK);
	talk_say(2000, 2100, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack_count, 1);
	EXPECT_EQ(peer.last.sack[0][1], peer.iss + 1 + 1000);
	talk_say(10, 900, SIM_ACK);
	EXPECT(talk_heard(1000));
	talk_say(1000, 1100, SIM_ACK);
	EXPECT(talk_heard(1000));
	talk_end();
}

/* ---- the peer's ---------------------------------------------------------------------------------------------------------------------- */

static char request[20000];

/* RFC 6928: ten segments, whatever the window; then as many as are acknowledged. */
TEST(ten_segments_are_sent_unasked)
{
	unsigned count = 0;

	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
	while (peer_expect(&peer))
		count += peer.last.data_len == 1448;
	EXPECT_EQ(count, 10);
	EXPECT_EQ(peer.ack - peer.stack_iss - 1, 14480);
	peer.ack -= 14480 - 2896;                       /* two of them arrived */
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 1 + 14480);
	EXPECT_EQ(peer.last.data_len, 1448);
	EXPECT(peer_expect(&peer));
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(a_window_update_alone_lets_the_rest_go)
{
	talk_begin();
	peer.window = 1000;
	EXPECT(peer_accept(&peer, PEER_NONE));
	tcp.wide = true;
	EXPECT_EQ(tcp_send(&tcp, request, 1500, s.now_ms), 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.ack, peer.stack_iss + 1 + 1000);
	peer.window = 0;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
	peer.window = 2000;                             /* the same numbers */
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 500);
	EXPECT_SILENCE(&s);
	talk_end();
}

/* RFC 9293 3.8.6.1, RFC 1122 4.2.2.17: the first after a timeout, then twice as long each time, a minute at most. */
TEST(a_shut_window_is_probed_at_exact_times)
{
	uint32_t wait;

	talk_begin();
	peer.window = 0;
	EXPECT(peer_accept(&peer, PEER_NONE));
	tcp.wide = true;
	EXPECT_EQ(tcp_send(&tcp, request, 100, s.now_ms), 0);
	wait = tcp.rto_ms;
	tcp_expect(&tcp, false, s.now_ms);              /* no keep-alive among them */
	for (unsigned i = 0; i < 12; i++) {
		sim_advance(&s, wait - 1);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 1);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.seq, peer.stack_iss + 1);
		EXPECT_EQ(peer.last.data_len, 1);
		EXPECT_SILENCE(&s);
		peer.ack = peer.stack_iss + 1;          /* it is not taken */
		peer_send(&peer, SIM_ACK, NULL, 0);
		wait = wait > 30000 ? 60000 : 2 * wait;
	}
	EXPECT_EQ(wait, 60000);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

TEST(probes_that_nobody_answers_are_given_up)
{
	talk_begin();
	peer.window = 0;
	EXPECT(peer_accept(&peer, PEER_NONE));
	tcp.wide = true;
	EXPECT_EQ(tcp_send(&tcp, request, 100, s.now_ms), 0);
	sim_advance(&s, 600000);
	EXPECT(talk_failed("timed out: no reply to 9 segments from 10.0.2.9"));
	talk_end();
}

/* RFC 9293 3.8.6, SHLD-15: a peer should not, and we must be robust against it. */
TEST(a_peer_may_take_back_its_window)
{
	talk_begin();
	EXPECT(peer_accept(&peer, PEER_NONE));
	tcp.wide = true;
	EXPECT_EQ(tcp_send(&tcp, request, 2000, s.now_ms), 0);
	EXPECT(peer_expect_last(&peer));
	peer.ack = peer.stack_iss + 1 + 500;
	peer.window = 100;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(tcp.send_len, 1500);
	peer.ack = peer.stack_iss + 1 + 2000;           /* it had taken all of them */
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 0);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

TEST(a_window_taken_back_while_bytes_are_lost_still_ends_well)
{
	talk_begin();
	EXPECT(peer_accept(&peer, PEER_NONE));
	tcp.wide = true;
	EXPECT_EQ(tcp_send(&tcp, request, 2000, s.now_ms), 0);
	sim_discard(&s);                                /* all are lost */
	peer.window = 0;
	peer_send(&peer, SIM_ACK, NULL, 0);
	for (unsigned i = 0; i < 6; i++) {
		sim_advance(&s, 60000);
		EXPECT(peer_expect_last(&peer));
		peer.ack = peer.stack_iss + 1;
		peer_send(&peer, SIM_ACK, NULL, 0);
	}
	peer.window = 65535;
	peer_send(&peer, SIM_ACK, NULL, 0);
	while (peer_expect(&peer))
		;
	EXPECT_EQ(peer.ack, peer.stack_iss + 1 + 2000);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 0);
	talk_end();
}

/* The largest that can be said: 65535 << 14 */
TEST(a_window_of_a_gibibyte_is_no_overflow)
{
	struct sim_tcp t;

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	t = talk_segment(SIM_SYN | SIM_ACK);
	t.options = "\x03\x03\x0e";
	t.options_len = 3;
	sim_send_tcp(&s, &t);
	peer.seq++;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.snd_wnd, 65535u << 14);
	EXPECT_EQ(tcp_send(&tcp, request, 1000, s.now_ms), 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.ack, peer.stack_iss + 1 + 1000);
	peer.ack++;                                     /* and what was never sent is still that */
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 1000);
	peer.ack--;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 0);
	talk_end();
}
