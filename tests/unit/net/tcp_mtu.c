/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths that drop full-size packets: by which signs they are found, when, and what is not one. */
#include "tests/unit/net/tcp_talk.h"

/* To @ip; the answered SYN has all options. */
static void open_to(uint32_t ip)
{
	tcp_abort(&tcp, s.now_ms);
	sim_discard(&s);
	talk.connected = talk.closed = 0;
	talk.received = 0;
	peer_init(&peer, &s, ip, 80);
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, ip, 80, s.now_ms), 0);
	EXPECT(peer_accept(&peer, PEER_ALL));
	EXPECT_SILENCE(&s);
}

/* Asked, and the header of the answer came. */
static void begin_watched(void)
{
	talk_open(PEER_ALL);
	tcp.wide = false;
	EXPECT_EQ(tcp_send(&tcp, "GET", 3, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	talk_say(0, 200, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
}

static bool probed(void)
{
	return peer_expect(&peer) && peer.last.data_len == 0 && peer.last.seq == peer.ack - 1;
}

/* The peer's answer to a probe, when it has sent @bytes that did not come. */
static void answer_probe(uint32_t bytes)
{
	peer_send_at(&peer, peer.seq + bytes, SIM_ACK, NULL, 0);
}

TEST(the_peers_word_for_what_it_sent_is_a_sign)
{
	begin_watched();
	sim_advance(&s, 999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT(probed());
	answer_probe(14480);
	sim_advance(&s, 1000);
	EXPECT(probed());
	answer_probe(14480);
	sim_advance(&s, 1999);
	EXPECT_EQ(talk.closed, 0);
	sim_advance(&s, 1);
	EXPECT(talk_failed("message too long: path from 10.0.2.9 drops full-size packets: using 1260"));
	EXPECT_EQ(talk.rc, -EMSGSIZE);
	talk_end();
}

TEST(segments_beyond_a_hole_are_a_sign)
{
	begin_watched();
	talk_say(14680, 15000, SIM_ACK | SIM_PSH);
	sim_advance(&s, 3999);
	EXPECT_EQ(talk.closed, 0);
	sim_advance(&s, 1);
	EXPECT_EQ(talk.rc, -EMSGSIZE);
	talk_end();
}

TEST(a_fin_beyond_a_hole_is_a_sign)
{
	begin_watched();
	talk_say(1648, 1648, SIM_ACK | SIM_FIN);
	sim_advance(&s, 4000);
	EXPECT_EQ(talk.rc, -EMSGSIZE);
	talk_end();
}

TEST(a_server_that_thinks_is_waited_for)
{
	begin_watched();
	for (unsigned second = 0; second < 60; second++) {
		sim_advance(&s, 1000);
		while (peer_expect(&peer))
			answer_probe(0);
	}
	EXPECT_EQ(talk.closed, 0);
	talk_say(200, 1648, SIM_ACK);
	EXPECT(talk_heard(1648));
	talk_end();
}

TEST(a_server_that_thinks_and_then_cannot_be_heard_is_found_out_too)
{
	begin_watched();
	for (unsigned second = 0; second < 16; second++) {
		sim_advance(&s, 1000);
		while (peer_expect(&peer))
			answer_probe(second < 10 ? 0 : 14480);
	}
	EXPECT_EQ(talk.closed, 0);
	sim_advance(&s, 3000);
	EXPECT_EQ(talk.rc, -EMSGSIZE);
	talk_end();
}

/* Probes at 1, 2, 4, 8 and 16 s of silence, then every 15 s: 31 and 46. */
TEST(a_peer_that_is_gone_is_no_sign)
{
	unsigned probes = 0;

	begin_watched();
	for (unsigned second = 1; second <= 60; second++) {
		sim_advance(&s, 1000);
		while (peer_expect(&peer))
			probes++;
	}
	EXPECT_EQ(probes, 5 + 2);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

TEST(an_outage_is_no_sign_when_it_is_over)
{
	begin_watched();
	sim_advance(&s, 3950);                          /* nothing reached either side; then a probe of ours does */
	sim_discard(&s);
	answer_probe(14480);
	sim_advance(&s, 2499);
	EXPECT_EQ(talk.closed, 0);
	sim_discard(&s);
	talk_say(200, 1648, SIM_ACK);                   /* the peer's next try */
	for (unsigned second = 0; second < 60; second++) {
		sim_advance(&s, 1000);
		sim_discard(&s);
	}
	EXPECT_EQ(talk.closed, 0);
	EXPECT_EQ(talk.received, 1648);
	talk_end();
}

TEST(a_full_segment_shows_that_they_come_through)
{
	begin_watched();
	talk_say(200, 1648, SIM_ACK);                   /* 1448 and a timestamp */
	EXPECT(peer_expect_last(&peer));
	talk_say(3096, 3200, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	for (unsigned probes = 0; probes < 4; probes++) {               /* at 1, 2, 4 and 8 s, and nothing else */
		sim_advance(&s, probes < 2 ? 1000 : 1000u << (probes - 1));
		EXPECT(probed());
		EXPECT_SILENCE(&s);
	}
	sim_advance(&s, 6000);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

TEST(a_little_less_than_full_shows_nothing)
{
	begin_watched();
	talk_say(200, 1647, SIM_ACK);
	sim_advance(&s, 1000);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.seq, peer.ack - 1);
	talk_end();
}

TEST(nothing_is_asked_while_nothing_is_expected_or_our_own_is_not_there)
{
	begin_watched();
	tcp_expect(&tcp, false, s.now_ms);
	sim_advance(&s, 14000);
	EXPECT_SILENCE(&s);
	tcp_expect(&tcp, true, s.now_ms);
	EXPECT_EQ(tcp_send(&tcp, "GET", 3, s.now_ms), 0);
	for (unsigned i = 0; i < 3; i++) {
		sim_advance(&s, 1000);
		while (peer_expect(&peer))
			EXPECT_EQ(peer.last.data_len, 3);
	}
	talk_end();
}

TEST(the_next_connections_ask_for_less_and_for_no_less_than_536)
{
	static const struct { uint16_t mss; bool last; } steps[] = { { 1460, false }, { 1220, false }, { 536, true }, { 536, true } };

	talk_open(PEER_ALL);
	sim_add_host(&s, PEER_IP + 1);
	for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		open_to(PEER_IP);
		EXPECT_EQ(tcp.rcv_mss, steps[i].mss);
		talk_say(0, 100, SIM_ACK);
		talk_say(5000, 5100, SIM_ACK);
		sim_advance(&s, 10000);
		EXPECT_EQ(talk.closed, !steps[i].last);
		open_to(PEER_IP + 1);
		EXPECT_EQ(tcp.rcv_mss, 1460);           /* others are not concerned */
	}
	talk_end();
}

TEST(a_link_that_carries_less_is_never_offered_more)
{
	talk_open(PEER_ALL);
	open_to(PEER_IP);
	talk_say(5000, 5100, SIM_ACK);
	sim_advance(&s, 5000);
	EXPECT_EQ(talk.rc, -EMSGSIZE);
	settings_set("net0/mtu", "1000");
	sim_advance(&s, 1);
	open_to(PEER_IP);
	EXPECT_EQ(tcp.rcv_mss, 960);
	talk_say(5000, 5100, SIM_ACK);
	sim_advance(&s, 5000);
	EXPECT(talk_failed("using 576"));
	settings_set("net0/mtu", "1500");
	sim_advance(&s, 1);
	open_to(PEER_IP);
	EXPECT_EQ(tcp.rcv_mss, 536);
	talk_end();
}

TEST(eight_destinations_are_remembered)
{
	talk_open(PEER_ALL);
	for (unsigned i = 0; i < 9; i++) {
		struct sim_host *host = sim_add_host(&s, SIM_ADDR(10, 0, 2, 100 + i));

		open_to(host->ip);
		talk_say(5000, 5100, SIM_ACK);
		sim_advance(&s, 5000);
		EXPECT_EQ(talk.rc, -EMSGSIZE);
		sim_discard(&s);
		sim_host_leave(host);
		s.own_count--;
	}
	for (unsigned i = 0; i < 9; i++)
		EXPECT_EQ(tcp_mtu_mss(&s.net, SIM_ADDR(10, 0, 2, 100 + i), 1460), i ? 1220 : 1460);
	talk_end();
}

/* A peer behind a narrower link of its own sends no more than it offers. */
TEST(full_is_what_both_sides_agreed_upon)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	sim_send_tcp(&s, &(struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.iss,
	                                    .ack = peer.ack, .flags = SIM_SYN | SIM_ACK, .window = 65535, .options = "\2\4\5\0", .options_len = 4 });
	peer.seq = peer.iss + 1;
	sim_discard(&s);
	talk_say(0, 1279, SIM_ACK);
	EXPECT(!tcp.wide);
	talk_say(1279, 2559, SIM_ACK);
	EXPECT(tcp.wide);
	talk_end();
}

/** A router says that a packet of ours, quoted with @seq, was larger than @mtu and may not be cut (RFC 1191). */
static void fragmentation_needed(uint32_t seq, uint16_t mtu)
{
	uint8_t quote[28] = { 0x45, 0, 5, 220, 0, 0, 0x40, 0, 64, 6 }, packet[100];

	sim_put32(quote + 12, SIM_IP);
	sim_put32(quote + 16, PEER_IP);
	sim_put16(quote + 20, peer.stack_port);
	sim_put16(quote + 22, 80);
	sim_put32(quote + 24, seq);
	sim_send_ip(&s, packet, sim_build_icmp(packet, SIM_GATEWAY, SIM_IP, 3, 4, mtu, quote, sizeof quote));
}

/* RFC 5927 7 */
TEST(icmp_that_asks_for_smaller_packets_is_believed_only_of_what_is_in_flight)
{
	static const struct { uint16_t mtu; unsigned len; } steps[] = { { 9000, 1448 }, { 1500, 1448 }, { 1400, 1348 }, { 1450, 1348 },
	                                                                 { 0, 524 }, { 68, 524 } };
	char text[1448];

	memset(text, 'x', sizeof text);
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	fragmentation_needed(peer.last.seq, 68);
	EXPECT_EQ(talk.closed, 0);
	EXPECT_EQ(tcp.snd_mss, TCP_MSS_DEFAULT);
	talk_end();
	talk_open(PEER_ALL);
	for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		uint32_t seq = tcp.snd_nxt;

		EXPECT_EQ(tcp_send(&tcp, text, sizeof text, s.now_ms), 0);
		sim_discard(&s);
		fragmentation_needed(seq - 1, 68);                      /* acknowledged long ago */
		fragmentation_needed(seq + sizeof text, 68);            /* never sent */
		EXPECT_EQ(tcp.snd_mss, i ? steps[i - 1].len : 1448);
		fragmentation_needed(seq, steps[i].mtu);
		EXPECT_EQ(tcp.snd_mss, steps[i].len);
		EXPECT_EQ(talk.closed, 0);
		for (unsigned ms = 0; ms < 20000 && !peer_expect(&peer); ms += 100)
			sim_advance(&s, 100);                           /* sent again, by the timer */
		EXPECT_EQ(peer.last.data_len, steps[i].len);
		sim_discard(&s);
		peer.ack = tcp.snd_nxt;
		peer_send_at(&peer, peer.seq, SIM_ACK, NULL, 0);
		EXPECT_EQ(tcp.snd_una, tcp.snd_nxt);
	}
	open_to(PEER_IP);
	EXPECT_EQ(tcp.rcv_mss, 1460);                                   /* what we are sent is as large as ever */
	talk_end();
}
