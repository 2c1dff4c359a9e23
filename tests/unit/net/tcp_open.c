/* SPDX-License-Identifier: BSD-2-Clause */
/* How a TCP connection begins: every answer to our SYN, both sides calling at once, where sequence numbers begin. */
#include "tests/unit/net/tcp_talk.h"

/* ---- the options of the SYN-ACK: sixteen conversations ------------------------------------------------------------------------------- */

/** A whole conversation. What an option changes is there if the SYN-ACK had it, and only then. */
static void converse(struct peer_options o)
{
	static char request[3000];
	unsigned mss = (o.mss ? 1460u : 536u) - (o.timestamps ? 12u : 0u);

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	peer.window = 20;
	peer_answer_syn(&peer, o);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.timestamps, o.timestamps);
	tcp.wide = true;
	EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 20);              /* RFC 7323 2.2: a SYN's window is never scaled */
	EXPECT_SILENCE(&s);
	peer.window = 100;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, o.scale ? mss : 100);     /* by 128, or by nothing */
	EXPECT(peer.last.ok && peer.last.timestamps == o.timestamps);
	EXPECT_EQ(peer.last.mss + peer.last.sack_permitted, 0);
	EXPECT_EQ(peer.last.scale, -1);
	sim_discard(&s);
	peer.window = 60000;
	peer_send(&peer, SIM_ACK, NULL, 0);
	if (!o.scale) {
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.data_len, mss);
	}
	while (!list_empty(&s.sent))
		peer_expect(&peer);
	peer.ack = peer.stack_iss + 1 + sizeof request;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 0);

	talk_say(0, 100, SIM_ACK);
	talk_say(200, 300, SIM_ACK);
	talk_say(400, 500, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(talk_acked(), 100);
	EXPECT_EQ(peer.last.sack_count, o.sack ? 2 : 0);
	EXPECT_EQ(peer.last.timestamps, o.timestamps);
	EXPECT_EQ(peer.last.ts_echo, o.timestamps ? peer.ts_value : 0);
	EXPECT_EQ(peer_window(&peer) > 65535, o.scale);
	talk_say(100, 200, SIM_ACK);
	talk_say(300, 400, SIM_ACK);
	EXPECT(talk_heard(500));
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	EXPECT_EQ(peer.last.timestamps, o.timestamps);
	talk_end();
}

#define CONVERSATION(name, ...) TEST(name) { converse((struct peer_options){ __VA_ARGS__ }); }
CONVERSATION(a_syn_ack_without_options, .mss = false)
CONVERSATION(a_syn_ack_with_mss_alone, .mss = true)
CONVERSATION(a_syn_ack_with_scale_alone, .scale = true)
CONVERSATION(a_syn_ack_with_sack_alone, .sack = true)
CONVERSATION(a_syn_ack_with_timestamps_alone, .timestamps = true)
CONVERSATION(a_syn_ack_with_mss_and_scale, .mss = true, .scale = true)
CONVERSATION(a_syn_ack_with_mss_and_sack, .mss = true, .sack = true)
CONVERSATION(a_syn_ack_with_mss_and_timestamps, .mss = true, .timestamps = true)
CONVERSATION(a_syn_ack_with_scale_and_sack, .scale = true, .sack = true)
CONVERSATION(a_syn_ack_with_scale_and_timestamps, .scale = true, .timestamps = true)
CONVERSATION(a_syn_ack_with_sack_and_timestamps, .sack = true, .timestamps = true)
CONVERSATION(a_syn_ack_without_mss, .scale = true, .sack = true, .timestamps = true)
CONVERSATION(a_syn_ack_without_scale, .mss = true, .sack = true, .timestamps = true)
CONVERSATION(a_syn_ack_without_sack, .mss = true, .scale = true, .timestamps = true)
CONVERSATION(a_syn_ack_without_timestamps, .mss = true, .scale = true, .sack = true)
CONVERSATION(a_syn_ack_with_every_option, .mss = true, .scale = true, .sack = true, .timestamps = true)

/* ---- our SYN, and what may answer it ------------------------------------------------------------------------------------------------- */

/* RFC 9293 3.1: forty bytes of options are all there is room for; peers are known that read the aligned ones alone. */
TEST(a_syns_options_fit_and_are_aligned)
{
	static const uint8_t wanted[] = { 2, 4, 0x05, 0xb4, 1, 3, 3, 9, 1, 1, 4, 2, 1, 1, 8, 10 };

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	EXPECT_EQ(peer.last.data_len, 0);
	EXPECT_EQ(peer.last.payload_len, 20 + sizeof wanted + 8);
	EXPECT_MEM(peer.last.payload + 20, wanted, sizeof wanted);
	talk_end();
}

TEST(a_repeated_syn_differs_by_its_timestamp_alone)
{
	struct sim_packet first;
	uint8_t payload[60];

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	first = peer.last;
	memcpy(payload, first.payload, first.payload_len);
	sim_advance(&s, 1000);
	EXPECT(peer_take_syn(&peer));
	EXPECT_EQ(peer.last.payload_len, first.payload_len);
	EXPECT_EQ(peer.last.ts_value - first.ts_value, 1000);
	EXPECT_MEM(peer.last.payload, payload, 16);     /* behind it the checksum */
	EXPECT_MEM(peer.last.payload + 18, payload + 18, 18);
	talk_end();
}

/* RFC 6298 5.7 */
TEST(a_syn_lost_once_to_five_times_still_connects)
{
	static const unsigned wait[] = { 1000, 2000, 4000, 8000, 16000 };

	for (unsigned lost = 1; lost <= 5; lost++) {
		talk_begin();
		for (unsigned i = 0; i < lost; i++) {
			EXPECT(peer_take_syn(&peer));
			EXPECT_SILENCE(&s);
			sim_advance(&s, wait[i]);
		}
		EXPECT(peer_accept(&peer, PEER_ALL));
		EXPECT_EQ(talk.connected, 1);
		talk_say(0, 10, SIM_ACK);
		EXPECT(talk_heard(10));
		talk_end();
	}
}

/* The answer to the first SYN may come after the second was sent. */
TEST(a_late_syn_ack_connects_once)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	sim_advance(&s, 1500);
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(talk.connected, 1);
	sim_discard(&s);
	peer_answer_syn(&peer, PEER_ALL);               /* and that to the second */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(talk.connected, 1);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

/* RFC 9293 3.10.7.3, first: what acknowledges anything but our SYN is refused, a RST excepted. */
TEST(only_an_exact_acknowledgement_of_the_syn_is_one)
{
	static const struct { const char *name; uint8_t flags; int off; bool refused; } rows[] = {
		{ "ACK of nothing", SIM_ACK, -1, true }, { "ACK of too much", SIM_ACK, 1, true },
		{ "ACK half the space before", SIM_ACK, INT32_MIN, true }, { "SYN-ACK of nothing", SIM_SYN | SIM_ACK, -1, true },
		{ "SYN-ACK of too much", SIM_SYN | SIM_ACK, 1, true }, { "FIN-ACK of too much", SIM_FIN | SIM_ACK, 1, true },
		{ "RST-ACK of nothing", SIM_RST | SIM_ACK, -1, false }, { "RST-ACK of too much", SIM_RST | SIM_ACK, 1, false },
		{ "RST-SYN-ACK of too much", SIM_RST | SIM_SYN | SIM_ACK, 1, false },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_tcp t;
		bool answered;

		talk_begin();
		EXPECT(peer_take_syn(&peer));
		t = talk_segment(rows[i].flags);
		t.ack += (uint32_t)rows[i].off;
		sim_send_tcp(&s, &t);
		answered = peer_expect(&peer);
		if (answered != rows[i].refused || (answered && (peer.last.flags != SIM_RST || peer.last.seq != t.ack)) || talk.closed)
			test_fail(__FILE__, __LINE__, "%s", rows[i].name);
		peer.ack = peer.stack_iss + 1;
		peer_answer_syn(&peer, PEER_ALL);
		EXPECT_EQ(talk.connected, 1);
		talk_end();
	}
}

TEST(a_reset_refuses_whatever_else_it_bears)
{
	static const uint8_t more[] = { 0, SIM_SYN, SIM_FIN, SIM_PSH | SIM_URG, SIM_SYN | SIM_FIN | SIM_PSH | SIM_URG };

	for (unsigned i = 0; i < sizeof more; i++) {
		struct sim_tcp t;

		talk_begin();
		EXPECT(peer_take_syn(&peer));
		t = talk_segment(SIM_RST | SIM_ACK | more[i]);
		sim_send_tcp(&s, &t);
		EXPECT(talk_failed("connection refused"));
		EXPECT_EQ(talk.connected, 0);
		EXPECT_SILENCE(&s);
		talk_end();
	}
}

TEST(nothing_but_a_syn_or_a_reset_changes_syn_sent)
{
	static const uint8_t flags[] = { 0, SIM_PSH, SIM_URG, SIM_FIN, SIM_FIN | SIM_PSH | SIM_URG,
	                                 SIM_ACK, SIM_FIN | SIM_ACK, SIM_PSH | SIM_ACK };

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	for (unsigned i = 0; i < sizeof flags; i++) {
		struct sim_tcp t = talk_segment(flags[i]);

		t.data = "evil";
		t.len = 4;
		sim_send_tcp(&s, &t);
		EXPECT_EQ(tcp.state, TCP_SYN_SENT);
		EXPECT_SILENCE(&s);
	}
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(talk.connected, 1);
	EXPECT_EQ(talk.received, 0);
	talk_end();
}

/* RFC 9293 3.10.7.3 lets it wait: only the SYN is acknowledged, so the peer says it again. */
TEST(data_and_fin_of_a_syn_ack_are_taken_when_they_come_again)
{
	struct sim_tcp t;
	uint8_t byte = talk_byte(0);

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	t = talk_segment(SIM_SYN | SIM_FIN | SIM_ACK);
	t.data = &byte;
	t.len = 1;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.connected, 1);
	EXPECT_EQ(talk.closed, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 0);
	talk_say(0, 1, SIM_FIN | SIM_ACK);
	EXPECT(talk_heard(1));
	EXPECT_EQ(talk.closed, 1);
	talk_end();
}

/* RFC 9293 3.7.1; one that is absurd does not have us send byte by byte. */
TEST(the_peers_mss_is_followed_within_reason)
{
	static const struct { const char *options; unsigned len, sent; } rows[] = {
		{ "\x02\x04\x00\x00", 4, 536 }, { "\x02\x04\x00\x01", 4, 64 }, { "\x02\x04\x00\x64", 4, 100 }, { "\x02\x04\x05\xb4", 4, 1460 },
		{ "\x02\x04\x23\x28", 4, 1460 }, { "\x02\x04\xff\xff", 4, 1460 }, { "\x02\x03\x05", 3, 536 },
	};
	static char request[2000];

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_tcp t;

		talk_begin();
		EXPECT(peer_take_syn(&peer));
		t = talk_segment(SIM_SYN | SIM_ACK);
		t.options = rows[i].options;
		t.options_len = rows[i].len;
		sim_send_tcp(&s, &t);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.data_len, rows[i].sent);
		talk_end();
	}
}

/* RFC 7323 2.3, each of them */
TEST(every_shift_scales_the_peers_window)
{
	for (unsigned shift = 0; shift <= 20; shift++) {
		const uint8_t options[] = { 3, 3, (uint8_t)shift };
		struct sim_tcp t;

		talk_begin();
		EXPECT(peer_take_syn(&peer));
		t = talk_segment(SIM_SYN | SIM_ACK);
		t.options = options;
		t.options_len = 3;
		sim_send_tcp(&s, &t);
		peer.seq++;
		t = talk_segment(SIM_ACK);
		t.window = 3;
		sim_send_tcp(&s, &t);
		EXPECT_EQ(tcp.snd_wnd, 3u << (shift < 14 ? shift : 14));
		talk_end();
	}
}

/* ---- both sides call at once (RFC 9293 3.5) ------------------------------------------------------------------------------------------ */

/** The stack's SYN and the peer's have crossed; the stack has said its SYN-ACK. */
static void cross(void)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	peer_send(&peer, SIM_SYN, NULL, 0);
	peer.seq++;
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_SYN | SIM_ACK);
	tcp.wide = true;
}

/* Figure 8 of RFC 9293: each side answers the other's SYN by a SYN-ACK. */
TEST(syn_acks_that_cross_open_the_connection)
{
	cross();
	peer_send_at(&peer, peer.iss, SIM_SYN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.connected, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.ack, peer.seq);
	talk_say(0, 10, SIM_ACK);
	EXPECT(talk_heard(10));
	talk_end();
}

TEST(a_syn_ack_of_ours_has_no_options_but_those_of_the_peers_syn)
{
	struct sim_tcp t;

	cross();
	EXPECT(peer.last.mss == 1460 && !peer.last.sack_permitted && !peer.last.timestamps);
	EXPECT_EQ(peer.last.scale, -1);
	talk_end();

	talk_begin();
	EXPECT(peer_take_syn(&peer));
	t = talk_segment(SIM_SYN);
	t.options = "\x01\x03\x03\x02\x01\x01\x04\x02";
	t.options_len = 8;
	sim_send_tcp(&s, &t);
	EXPECT(peer_expect(&peer));
	EXPECT(peer.last.mss == 1460 && peer.last.sack_permitted && !peer.last.timestamps);
	EXPECT_EQ(peer.last.scale, 9);
	EXPECT_EQ(peer.last.window, 65535);             /* not scaled */
	talk_end();
}

TEST(the_ack_that_ends_a_crossing_may_bring_data_and_a_fin)
{
	cross();
	talk_say(0, 50, SIM_FIN | SIM_ACK);
	EXPECT_EQ(talk.connected, 1);
	EXPECT(talk_heard(50));
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, 0);
	talk_end();
}

TEST(a_crossing_that_nobody_ends_is_given_up)
{
	cross();
	sim_advance(&s, 63000 - 1);
	EXPECT_EQ(talk.closed, 0);
	sim_advance(&s, 1);
	EXPECT(talk_failed("timed out: no reply to 6 SYNs"));
	talk_end();
}

/* RFC 5961 4.2: a SYN that comes again says that our SYN-ACK may be lost, which its timer repeats. */
TEST(a_syn_again_in_syn_received_is_challenged)
{
	cross();
	peer_send_at(&peer, peer.iss, SIM_SYN, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.ack, peer.iss + 1);
	EXPECT_EQ(talk.connected + talk.closed, 0);
	talk_end();
}

TEST(an_inexact_reset_does_not_end_syn_received)
{
	cross();
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	peer_send_at(&peer, peer.seq - 1, SIM_RST, NULL, 0);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.closed, 0);
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.connected, 1);
	talk_end();
}

/* Anybody may have sent the SYN, from off the path: it acknowledged nothing. So may whoever was asked by our answer to it, and resets that. */
TEST(a_forged_syn_and_the_servers_reset_of_our_answer_do_no_harm)
{
	cross();                                        /* with the forged one */
	peer_send(&peer, SIM_RST, NULL, 0);
	EXPECT_EQ(talk.closed, 0);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1000);                          /* our SYN again, with all that it offers */
	EXPECT(peer_take_syn(&peer));
	EXPECT(peer.last.mss == 1460 && peer.last.scale == 9 && peer.last.sack_permitted && peer.last.timestamps);
	peer.iss = 0x12345678;
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(talk.connected, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.iss + 1);
	talk_say(0, 10, SIM_ACK);
	EXPECT(talk_heard(10));
	talk_end();
}

TEST(the_servers_syn_ack_counts_whatever_was_forged_before_it)
{
	for (unsigned times = 1; times <= 20; times++) {
		struct sim_tcp t;

		talk_begin();
		EXPECT(peer_take_syn(&peer));
		for (unsigned i = 0; i < times; i++) {
			t = talk_segment(SIM_SYN);
			t.seq = i * 0x9e3779b9;
			sim_send_tcp(&s, &t);
		}
		sim_discard(&s);
		peer_answer_syn(&peer, PEER_ALL);
		EXPECT_EQ(talk.connected, 1);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.ack, peer.seq);
		EXPECT(peer.last.timestamps);
		EXPECT(peer_window(&peer) > 65535);
		talk_say(0, 10, SIM_ACK);
		EXPECT(talk_heard(10));
		talk_end();
	}
}

/* What the server says to an answer that it did not ask for (RFC 5961 4.2): our number is right, its own is not the forged one. */
TEST(an_ack_at_another_number_does_not_end_a_crossing)
{
	cross();
	peer_send_at(&peer, 0x12345678, SIM_ACK, "evil", 4);
	EXPECT_EQ(talk.connected, 0);
	EXPECT_EQ(talk.received, 0);
	peer.iss = 0x12345677;
	peer_answer_syn(&peer, PEER_ALL);
	EXPECT_EQ(talk.connected, 1);
	talk_say(0, 10, SIM_ACK);
	EXPECT(talk_heard(10));
	talk_end();
}

TEST(an_abort_in_syn_received_resets)
{
	cross();
	tcp_abort(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST | SIM_ACK);
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 1);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

/* ---- where sequence numbers and timestamps begin (RFC 6528, RFC 7323 5.4) ------------------------------------------------------------ */

/** Connect from @port, which is chosen at random: again and again. */
static void connect_from(uint16_t port)
{
	for (unsigned tries = 0; tries < 5000; tries++) {
		tcp_abort(&tcp, s.now_ms);
		s.net.tcp_port = (uint16_t)(port - 1);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
		sim_discard(&s);
		if (tcp.path.local_port == port)
			return;
	}
	test_fail(__FILE__, __LINE__, "port %u never came", port);
}

TEST(the_same_four_tuple_begins_further_on_by_a_clock_of_four_microseconds)
{
	uint32_t iss, origin;
	uint16_t port;

	talk_begin();
	iss = tcp.snd_una;
	origin = tcp.path.ts_offset;
	port = tcp.path.local_port;
	for (unsigned i = 1; i <= 3; i++) {
		sim_advance(&s, 1000);
		connect_from(port);
		EXPECT_EQ(tcp.snd_una - iss, i * 250000);
		EXPECT_EQ(tcp.path.ts_offset, origin);  /* so that our timestamps never go back */
	}
	talk_end();
}

TEST(another_address_or_port_begins_elsewhere)
{
	uint32_t iss, origin;
	uint16_t port;

	talk_begin();
	iss = tcp.snd_una;
	origin = tcp.path.ts_offset;
	port = tcp.path.local_port;
	connect_from((uint16_t)(port ^ 1));
	EXPECT(tcp.snd_una - iss > 1000000 && iss - tcp.snd_una > 1000000);
	EXPECT(tcp.path.ts_offset != origin);
	for (unsigned tries = 0; tries < 5000 && (tcp.path.local_port != port || tcp.path.remote_port != 81); tries++) {
		tcp_abort(&tcp, s.now_ms);
		s.net.tcp_port = (uint16_t)(port - 1);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 81, s.now_ms), 0);
		sim_discard(&s);
	}
	EXPECT_EQ(tcp.path.local_port, port);
	EXPECT(tcp.snd_una - iss > 1000000 && iss - tcp.snd_una > 1000000);
	EXPECT(tcp.path.ts_offset != origin);
	talk_end();
}

/* The clock brings our numbers to just before their wrap, and a request goes over it, is lost, and is acknowledged in parts. */
TEST(our_own_sequence_numbers_wrap)
{
	static char request[4000];
	uint16_t port;

	talk_begin();
	port = tcp.path.local_port;
	sim_advance(&s, (0xffffff00 - tcp.snd_una) / 250);
	peer_init(&peer, &s, PEER_IP, 80);
	sim_discard(&s);
	talk.closed = 0;                                /* its SYNs were lost */
	for (unsigned tries = 0; tries < 5000 && (tcp.path.local_port != port || tcp.state != TCP_SYN_SENT); tries++) {
		tcp_abort(&tcp, s.now_ms);
		sim_discard(&s);
		s.net.tcp_port = (uint16_t)(port - 1);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
	}
	EXPECT(tcp.snd_una > 0xfffffe00 && tcp.snd_una <= 0xffffff00);
	EXPECT(peer_accept(&peer, PEER_ALL));
	tcp.wide = true;
	EXPECT_EQ(tcp_send(&tcp, request, sizeof request, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	EXPECT(peer.last.seq > 0xfffffe00 && peer.ack < 1448);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.seq + 1448, peer.ack);
	sim_discard(&s);                                /* the third is lost */
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 1104);
	sim_advance(&s, tcp.rto_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.data_len, 1104);
	peer.ack += 1u << 31;                           /* never sent */
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 1104);
	peer.ack -= 1u << 31;
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_EQ(tcp.send_len, 0);
	talk_say(0, 10, SIM_ACK);
	EXPECT(talk_heard(10));
	talk_end();
}
