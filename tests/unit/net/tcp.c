/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP's connections: opening, strangers, silence, aborts. Each test is a conversation with a scripted peer on a clock. */
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

/* DHCP's option 26 may change at any time; what was agreed upon stays. */
TEST(a_connection_keeps_its_mss_when_the_interfaces_mtu_changes)
{
	static uint8_t request[1400];

	talk_open(PEER_ALL);
	settings_set("net0/mtu", "576");
	sim_advance(&s, 1);
	EXPECT_EQ(s.netif.mtu, 576);
	EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, sizeof request);
	talk_say(0, 1448, SIM_ACK);
	EXPECT(talk_heard(1448));
	tcp_abort(&tcp, s.now_ms);
	sim_discard(&s);
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
	EXPECT(peer_take_syn(&peer));
	EXPECT_EQ(peer.last.mss, 536);
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

TEST(a_wrong_ack_in_syn_received_is_reset_and_an_exact_refusal_ends_it)
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
	peer_send(&peer, SIM_RST | SIM_ACK, NULL, 0);
	EXPECT(talk_failed("connection refused: 10.0.2.9 port 80"));
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
		EXPECT(tcp.path.local_port >= 49152);
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
	sim_discard(&s);
	for (unsigned i = 0; i < 50; i++) {
		sim_send_tcp(&s, &t);
		while (sim_take(&s, &p))
			answers++;
	}
	EXPECT_EQ(answers, 10);
	sim_advance(&s, 1000);
	sim_discard(&s);
	sim_send_tcp(&s, &t);
	EXPECT(sim_take(&s, &p));
	talk_end();
}

/* ---- later -------------------------------------------------------------------------------------------------------------------------- */

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

TEST(a_half_open_connection_is_reset_by_the_peer_that_forgot_it)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);   /* a server that was restarted */
	EXPECT(talk_failed("connection reset: by 10.0.2.9"));
	talk_end();
}

/* RFC 9293 3.8.4: at 1, 2, 4, 8 and 16 s of silence, then every 15 s. */
TEST(a_silent_peer_is_probed_at_exact_times)
{
	static const uint16_t between[] = { 1000, 1000, 2000, 4000, 8000, 15000, 15000 };

	talk_open(PEER_ALL);
	for (unsigned i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
		sim_advance(&s, between[i] - 1u);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 1);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.seq, peer.ack - 1);
		EXPECT_EQ(peer.last.data_len, 0);
	}
	sim_advance(&s, 5000);
	peer_send(&peer, SIM_ACK, NULL, 0);             /* alive, and that is all */
	sim_advance(&s, 14999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_SILENCE(&s);
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);
	EXPECT(talk_failed("connection reset"));
	talk_end();
}

/* Our ACK was lost; the peer's timer has doubled a few times. It hears before that is over that nothing is missing. */
TEST(a_probe_acknowledges_what_came)
{
	talk_open(PEER_ALL);
	talk_say(0, 1000, SIM_ACK);
	sim_discard(&s);
	for (unsigned i = 0; i < 5; i++) {
		sim_advance(&s, i < 2 ? 1000 : 1000u << (i - 1));
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.ack, peer.seq);
	}
	talk_say(1000, 1010, SIM_ACK);                  /* and the silence after this is a new one */
	sim_discard(&s);
	sim_advance(&s, 999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.seq);
	talk_end();
}

/* What was sent is sent again, and is an ACK as well. */
TEST(who_has_a_request_in_flight_does_not_probe)
{
	unsigned empty = 0;

	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	for (unsigned second = 0; second < 10; second++) {
		sim_advance(&s, 1000);
		while (peer_expect(&peer))
			empty += !peer.last.data_len;
	}
	EXPECT_EQ(empty, 0);
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
