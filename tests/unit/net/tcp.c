/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP's connections: opening, sending, timers, ends. Each test is a conversation with a scripted peer on a clock. */
#include "tests/unit/net/tcp_talk.h"

#define SYN_SENT_UNSCALED 65535

/* ---- opening ---------------------------------------------------------------------------------------------------------------------- */

TEST(a_syn_offers_mss_scale_sack_and_timestamps)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	EXPECT(peer.last.ok);
	EXPECT_EQ(peer.last.flags, SIM_SYN);
	EXPECT_EQ(peer.last.mss, 1460);
	EXPECT_EQ(peer.last.scale, 9);
	EXPECT(peer.last.sack_permitted && peer.last.timestamps);
	EXPECT_EQ(peer.last.ts_echo, 0);
	EXPECT_EQ(peer.last.window, SYN_SENT_UNSCALED);
	EXPECT(peer.last.src_port >= 49152);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(the_mss_follows_the_interfaces_mtu)
{
	talk_begin();
	tcp_abort(&tcp, s.now_ms);
	sim_discard(&s);
	s.netif.mtu = 1400;
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
	EXPECT(peer_take_syn(&peer));
	EXPECT_EQ(peer.last.mss, 1360);
	talk_end();
}

TEST(every_combination_of_answered_options_works)
{
	for (unsigned i = 0; i < 16; i++) {
		struct peer_options o = { i & 1, i & 2, i & 4, i & 8 };

		talk_open(o);
		EXPECT_EQ(peer.last.timestamps, o.timestamps);
		EXPECT_EQ(peer_window(&peer), o.scale ? pkt_pool_total() / 8 * 1460 : 65535);
		EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.data_len, 1);
		talk_say(0, 100, SIM_ACK);
		talk_say(200, 300, SIM_ACK);    /* a hole: SACK or none */
		EXPECT(peer_expect_last(&peer));
		EXPECT_EQ(talk_acked(), 100);
		EXPECT_EQ(peer.last.sack_count, o.sack ? 1 : 0);
		EXPECT(!peer.last.sack_permitted && peer.last.mss == 0 && peer.last.scale < 0);
		talk_end();
	}
}

/* RFC 7323 2.3, 2.2 */
TEST(a_shift_above_fourteen_counts_as_fourteen_and_a_syns_window_is_not_scaled)
{
	struct sim_tcp t;

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	t = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.iss, .ack = peer.ack,
	                      .flags = SIM_SYN | SIM_ACK, .window = 1000, .options = "\x03\x03\xff", .options_len = 3 };
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.connected, 1);
	EXPECT_EQ(tcp.snd_shift, 14);
	EXPECT_EQ(tcp.snd_wnd, 1000);
	talk_end();
}

/* RFC 6298 5.7 */
TEST(a_lost_syn_is_sent_six_times_and_then_given_up)
{
	static const unsigned at[] = { 0, 1000, 3000, 7000, 15000, 31000 };
	uint32_t start, seq = 0;

	talk_begin();
	start = s.now_ms;
	for (unsigned i = 0; i < 6; i++) {
		sim_advance(&s, start + at[i] - s.now_ms - (i > 0));
		if (i > 0) {
			EXPECT_SILENCE(&s);
			sim_advance(&s, 1);
		}
		EXPECT(peer_take_syn(&peer));
		EXPECT(i == 0 || peer.last.seq == seq);
		seq = peer.last.seq;
	}
	sim_advance(&s, 31999);
	EXPECT_EQ(talk.closed, 0);
	sim_advance(&s, 1);
	EXPECT(talk_failed("timed out: no reply to 6 SYNs from 10.0.2.9"));
	sim_advance(&s, 120000);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(a_reset_answer_to_a_syn_means_refused)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	peer_send(&peer, SIM_RST | SIM_ACK, NULL, 0);
	EXPECT(talk_failed("connection refused: 10.0.2.9 port 80"));
	EXPECT_SILENCE(&s);
	talk_end();
}

/* RFC 9293 3.10.7.3 */
TEST(a_reset_without_or_with_a_wrong_ack_does_not_end_a_syn)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	peer_send(&peer, SIM_RST, NULL, 0);
	peer.ack++;
	peer_send(&peer, SIM_RST | SIM_ACK, NULL, 0);
	peer.ack -= 2;
	peer_send(&peer, SIM_RST | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.closed, 0);
	EXPECT_SILENCE(&s);
	peer.ack++;
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(talk.connected, 1);
	talk_end();
}

TEST(a_syn_ack_with_a_wrong_ack_is_reset)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	peer.ack += 5;
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(talk.connected, 0);
	peer.ack -= 5;
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST);
	EXPECT_EQ(peer.last.seq, peer.ack + 5);
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(talk.connected, 1);
	talk_end();
}

TEST(an_ack_without_syn_in_syn_sent_is_ignored)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	peer_send(&peer, SIM_ACK, "x", 1);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.connected + talk.closed, 0);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(both_sides_may_call_at_once)
{
	uint32_t iss;

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	iss = peer.last.seq;
	peer_send(&peer, SIM_SYN, NULL, 0);             /* no ACK: it has not seen ours */
	peer.seq++;
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_SYN | SIM_ACK);
	EXPECT_EQ(peer.last.seq, iss);
	EXPECT_EQ(peer.last.ack, peer.iss + 1);
	EXPECT_EQ(talk.connected, 0);
	sim_advance(&s, 1000);                          /* and is repeated */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_SYN | SIM_ACK);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.connected, 1);
	talk_say(0, 10, SIM_ACK);
	EXPECT(talk_heard(10));
	talk_end();
}

TEST(a_wrong_ack_in_syn_received_is_reset_and_a_reset_ends_it)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	peer_send(&peer, SIM_SYN, NULL, 0);
	peer.seq++;
	EXPECT(peer_expect(&peer));
	peer.ack += 7;
	peer_send(&peer, SIM_ACK, NULL, 0);
	peer.ack -= 7;
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST);
	EXPECT_EQ(talk.connected, 0);
	peer_send(&peer, SIM_RST, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, -ECONNRESET);
	talk_end();
}

TEST(a_repeated_syn_ack_is_acknowledged_again)
{
	talk_open(PEER_ALL);
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.ack, peer.seq);
	EXPECT_EQ(talk.connected, 1);
	talk_end();
}

/* RFC 1122 4.2.3.9, RFC 5927 4.1 */
TEST(an_icmp_error_ends_a_syn_only_if_it_quotes_it)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	tcp_unreachable(&s.net, PEER_IP, peer.stack_port, 80, peer.last.seq + 1, -EHOSTUNREACH, s.now_ms);
	tcp_unreachable(&s.net, PEER_IP, peer.stack_port, 81, peer.last.seq, -EHOSTUNREACH, s.now_ms);
	tcp_unreachable(&s.net, PEER_IP + 1, peer.stack_port, 80, peer.last.seq, -EHOSTUNREACH, s.now_ms);
	EXPECT_EQ(talk.closed, 0);
	tcp_unreachable(&s.net, PEER_IP, peer.stack_port, 80, peer.last.seq, -EHOSTUNREACH, s.now_ms);
	EXPECT(talk_failed("host unreachable: 10.0.2.9 port 80, says ICMP"));
	talk_end();
}

/* RFC 5461 */
TEST(an_icmp_error_does_not_end_a_connection_that_stands)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "x", 1, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	tcp_unreachable(&s.net, PEER_IP, peer.stack_port, 80, peer.last.seq, -EHOSTUNREACH, s.now_ms);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

TEST(nobody_answering_arp_is_said)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	tcp_abort(&tcp, s.now_ms);
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, SIM_ADDR(10, 0, 2, 77), 80, s.now_ms), 0);
	sim_advance(&s, 15000);
	EXPECT(talk_failed("host unreachable: no ARP reply from 10.0.2.77"));
	talk_end();
	talk_begin();
	tcp_abort(&tcp, s.now_ms);
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, SIM_ADDR(192, 168, 1, 1), 80, s.now_ms), 0);
	sim_advance(&s, 15000);
	EXPECT(talk_failed("host unreachable: no ARP reply from gateway 10.0.2.2"));
	talk_end();
}

/* RFC 6528, RFC 6056 */
TEST(sequence_numbers_and_ports_of_connections_differ)
{
	uint32_t seq[100];
	uint16_t port[100];

	talk_begin();
	for (unsigned i = 0; i < 100; i++) {
		EXPECT(peer_take_syn(&peer));
		seq[i] = peer.last.seq;
		port[i] = peer.last.src_port;
		for (unsigned j = 0; j < i; j++) {
			EXPECT(port[i] != port[j]);
			EXPECT(seq[i] != seq[j]);
		}
		tcp_abort(&tcp, s.now_ms);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
	}
	talk_end();
}

TEST(ports_stay_in_the_dynamic_range)
{
	talk_begin();
	for (unsigned i = 0; i < 3000; i++) {
		tcp_abort(&tcp, s.now_ms);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
		EXPECT(tcp.local_port >= 49152);
	}
	sim_discard(&s);
	talk_end();
}

TEST(a_segment_of_another_connection_is_not_ours)
{
	struct sim_tcp t;

	talk_open(PEER_ALL);
	t = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq, .ack = peer.ack,
	                      .flags = SIM_ACK, .data = "evil", .len = 4 };
	t.src_port = 81;
	sim_send_tcp(&s, &t);
	t.src_port = 80;
	t.src = SIM_GATEWAY;
	sim_send_tcp(&s, &t);
	t.src = PEER_IP;
	t.dst_port++;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.received, 0);
	talk_end();
}

/* RFC 9293 3.10.7.1 */
TEST(a_segment_of_no_connection_is_reset_but_never_a_reset)
{
	struct sim_packet p;
	struct sim_tcp t;

	talk_open(PEER_ALL);
	t = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 1000, .dst_port = 2000, .seq = 50, .ack = 90, .flags = SIM_ACK };
	sim_send_tcp(&s, &t);
	EXPECT(sim_take(&s, &p));
	EXPECT_EQ(p.flags, SIM_RST);
	EXPECT_EQ(p.seq, 90);
	EXPECT_EQ(p.dst_port, 1000);
	t.flags = SIM_SYN;
	t.data = "abc";
	t.len = 3;
	sim_send_tcp(&s, &t);
	EXPECT(sim_take(&s, &p));
	EXPECT_EQ(p.flags, SIM_RST | SIM_ACK);
	EXPECT_EQ(p.seq, 0);
	EXPECT_EQ(p.ack, 54);
	t.flags = SIM_RST;
	sim_send_tcp(&s, &t);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(strangers_are_reset_ten_times_a_second)
{
	struct sim_tcp t;
	struct sim_packet p;
	unsigned answers = 0;

	talk_open(PEER_ALL);
	t = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 1000, .dst_port = 2000, .seq = 50, .flags = SIM_SYN };
	sim_advance(&s, 1000);
	for (unsigned i = 0; i < 50; i++) {
		sim_send_tcp(&s, &t);
		while (sim_take(&s, &p))
			answers++;
	}
	EXPECT_EQ(answers, 10);
	sim_advance(&s, 1000);
	sim_send_tcp(&s, &t);
	EXPECT(sim_take(&s, &p));
	talk_end();
}

/* ---- sending ---------------------------------------------------------------------------------------------------------------------- */

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
	sim_advance(&s, 5000);
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
	EXPECT(talk_failed("timed out: no acknowledgement from 10.0.2.9"));
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

/* ---- ends -------------------------------------------------------------------------------------------------------------------------- */

TEST(the_peers_fin_is_acknowledged_and_answered_by_ours)
{
	talk_open(PEER_ALL);
	talk_say(0, 10, SIM_ACK);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, 0);
	EXPECT(talk_heard(10));
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	EXPECT_EQ(peer.last.ack, peer.seq);
	peer_send(&peer, SIM_ACK, NULL, 0);
	sim_advance(&s, 60000);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(a_fin_may_come_with_data_out_of_order_and_twice)
{
	talk_open(PEER_ALL);
	talk_say(10, 20, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk.closed, 0);
	talk_say(10, 20, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk.closed, 0);
	talk_say(0, 10, SIM_ACK);
	EXPECT_EQ(talk.closed, 1);
	EXPECT(talk_heard(20));
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk_acked(), 21);
	peer.ack = peer.last.seq;                       /* it did not hear us */
	talk_say(10, 20, SIM_FIN | SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 21);
	talk_end();
}

TEST(our_fin_is_repeated_until_acknowledged_and_then_forgotten)
{
	talk_open(PEER_ALL);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	for (unsigned i = 0; i < 5; i++) {
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 500u << i);
	}
	EXPECT_SILENCE(&s);
	sim_advance(&s, 60000);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(closing_first_goes_through_fin_wait_and_time_wait)
{
	talk_open(PEER_ALL);
	tcp_close(&tcp, s.now_ms);
	EXPECT_EQ(talk.closed, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 3000);
	EXPECT_SILENCE(&s);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.ack, peer.seq);
	peer.seq--;
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);   /* our ACK was lost */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.seq);
	talk_end();
}

TEST(both_sides_may_close_at_once)
{
	talk_open(PEER_ALL);
	tcp_close(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	peer.ack--;                                     /* it has not seen our FIN */
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.ack, peer.seq);
	sim_advance(&s, 500);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);  /* CLOSING: ours is still open */
	peer_send(&peer, SIM_ACK, NULL, 0);
	sim_advance(&s, 60000);
	EXPECT_SILENCE(&s);
	talk_end();
}

/* RFC 1122 4.2.2.13 */
TEST(data_after_our_close_is_reset)
{
	talk_open(PEER_ALL);
	tcp_close(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	talk_say(0, 10, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT(peer.last.flags & SIM_RST);
	EXPECT_EQ(talk.delivers, 0);
	talk_end();
}

TEST(closing_with_a_request_unheard_resets)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	tcp_close(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	EXPECT(peer.last.flags & SIM_RST);
	talk_end();
}

TEST(an_abort_resets_and_says_nothing_more)
{
	talk_open(PEER_ALL);
	tcp_abort(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST | SIM_ACK);
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 1);
	EXPECT_EQ(talk.closed, 0);
	tcp_abort(&tcp, s.now_ms);
	tcp_close(&tcp, s.now_ms);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(an_abort_while_connecting_says_nothing)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	tcp_abort(&tcp, s.now_ms);
	EXPECT_SILENCE(&s);
	peer_answer_syn(&peer, PEER_ALL);               /* too late */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST);
	talk_end();
}

static void abort_there(void) { tcp_abort(&tcp, s.now_ms); }
static void close_there(void) { tcp_close(&tcp, s.now_ms); }

TEST(a_user_may_end_its_connection_from_any_callback)
{
	for (unsigned how = 0; how < 4; how++) {
		talk_open(PEER_ALL);
		talk.on_deliver = how & 1 ? abort_there : close_there;
		talk.on_placed = talk.on_deliver;
		if (how & 2)
			talk.place_to = 1000;
		talk_say(10, 20, SIM_ACK);
		talk_say(30, 40, SIM_FIN | SIM_ACK);
		talk_say(0, 10, SIM_ACK);
		EXPECT_EQ(talk.delivers + talk.placeds, 1);
		EXPECT_EQ(talk.closed, 0);
		EXPECT_EQ(tcp.state, TCP_CLOSED);
		talk_end();
	}
}

TEST(a_half_open_connection_is_reset_by_the_peer_that_forgot_it)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);   /* a server that was restarted */
	EXPECT(talk_failed("connection reset: by 10.0.2.9"));
	talk_end();
}

/* RFC 9293 3.8.4 */
TEST(a_silent_peer_is_probed_every_fifteen_seconds)
{
	talk_open(PEER_ALL);
	sim_advance(&s, 14999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.seq, peer.ack - 1);
	EXPECT_EQ(peer.last.data_len, 0);
	peer_send(&peer, SIM_ACK, NULL, 0);
	sim_advance(&s, 14999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT(peer_expect(&peer));
	sim_advance(&s, 15000);                         /* not answered: again */
	EXPECT(peer_expect(&peer));
	EXPECT_SILENCE(&s);
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);
	EXPECT(talk_failed("connection reset"));
	talk_end();
}

TEST(an_idle_connection_is_not_probed_and_its_end_is_no_failure)
{
	talk_open(PEER_ALL);
	tcp_expect(&tcp, false, s.now_ms);
	sim_advance(&s, 100000);
	EXPECT_SILENCE(&s);
	fail(-ENOENT, "what the user was told");
	peer_send(&peer, SIM_RST, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	talk.rc = -ENOENT;
	EXPECT(talk_failed("what the user was told"));
	talk_end();
}

TEST(a_probe_of_the_peers_is_answered)
{
	talk_open(PEER_ALL);
	peer_send_at(&peer, peer.seq - 1, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.seq);
	peer_send_at(&peer, peer.seq - 1, SIM_ACK, "x", 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.seq);
	talk_end();
}

TEST(shutting_down_resets_what_is_open_or_waits_for_the_peer)
{
	struct sim_packet p;
	unsigned resets = 0;

	talk_open(PEER_ALL);
	tcp_close(&tcp, s.now_ms);                      /* FIN-WAIT */
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
	sim_settle(&s);
	EXPECT(peer_take_syn(&peer));
	peer_answer_syn(&peer, PEER_ALL);
	sim_discard(&s);
	tcp_shutdown(&s.net, s.now_ms);
	while (sim_take(&s, &p))
		resets += (p.flags & SIM_RST) != 0;
	EXPECT_EQ(resets, 2);
	sim_advance(&s, 60000);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(more_ends_than_the_table_holds_forget_the_oldest)
{
	talk_begin();
	for (unsigned i = 0; i < 30; i++) {
		peer_init(&peer, &s, PEER_IP, 80);
		EXPECT(peer_accept(&peer, PEER_ALL));
		tcp_close(&tcp, s.now_ms);
		sim_advance(&s, 1);
		sim_discard(&s);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
	}
	sim_advance(&s, 5);
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

TEST(no_way_to_the_server_is_said)
{
	talk_begin();
	tcp_abort(&tcp, s.now_ms);
	EXPECT_EQ(settings_clear("net0/gateway"), 0);
	sim_settle(&s);
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, SIM_ADDR(8, 8, 8, 8), 80, s.now_ms), -ENETUNREACH);
	EXPECT_EQ(tcp.state, TCP_CLOSED);
	talk_end();
}

/* ---- malformed segments ------------------------------------------------------------------------------------------------------------ */

TEST(broken_segments_are_dropped_in_silence)
{
	struct sim_tcp good, t;

	talk_open(PEER_ALL);
	good = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq,
	                         .ack = peer.ack, .flags = SIM_ACK, .data = "evil", .len = 4 };
	t = good;
	t.bad_checksum = true;
	sim_send_tcp(&s, &t);
	for (int words = -5; words <= 10; words++) {
		t = good;
		t.data_offset_error = words;
		if (words != 0 && words != 1)           /* one more word eats the data */
			sim_send_tcp(&s, &t);
	}
	EXPECT_EQ(talk.received, 0);
	t = good;
	t.options = "\x08\x00\x00\x00";                 /* an option of no length */
	t.options_len = 4;
	sim_send_tcp(&s, &t);
	t.options = "\x08\x01\x00\x00";
	sim_send_tcp(&s, &t);
	t.options = "\x01\x01\x08\x0a";                 /* one that goes on past the header */
	sim_send_tcp(&s, &t);
	t.options = "\x01\x01\x01\x08";                 /* one without its length */
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.received, 0);
	EXPECT_SILENCE(&s);
	t.options = "\xfd\x04\x00\x00\x08\x03\x00\x00";        /* one unknown, one of a wrong length, the end */
	t.options_len = 8;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.received, 4);
	talk_end();
}

TEST(every_truncation_of_a_segment_is_dropped)
{
	uint8_t packet[2048], options[12] = { 1, 1, 8, 10 };
	struct sim_tcp t;
	size_t len;

	talk_open(PEER_ALL);
	t = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq, .ack = peer.ack,
	                      .flags = SIM_ACK, .options = options, .options_len = 12 };
	len = sim_build_tcp(packet, &t);
	s.verifies_checksums = true;                    /* as if the NIC had said the checksum is good */
	for (size_t n = 0; n < len - 20; n++) {
		struct sim_ip4 ip = { .src = PEER_IP, .dst = SIM_IP, .protocol = 6 };
		uint8_t cut[2048];

		sim_send_ip(&s, cut, sim_build_ip(cut, &ip, packet + 20, n));
	}
	EXPECT_EQ(talk.closed, 0);
	EXPECT_SILENCE(&s);
	talk_end();
}
