/* SPDX-License-Identifier: BSD-2-Clause */
/* What TCP receives: acceptability, order, resets that are none, timestamps, places. */
#include "net/eth.h"   // ETH_TYPE_IPV4
#include "tests/unit/net/tcp_talk.h"

/* ---- acceptability (RFC 9293 3.10.7.4) --------------------------------------------------------------------------------------------- */

TEST(in_order_bytes_are_delivered_once)
{
	talk_open(PEER_ALL);
	talk_say(0, 100, SIM_ACK);
	talk_say(100, 101, SIM_ACK);
	talk_say(101, 1500, SIM_ACK | SIM_PSH);
	EXPECT(talk_heard(1500));
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(talk_acked(), 1500);
	talk_end();
}

TEST(a_segment_is_trimmed_to_what_is_new)
{
	talk_open(PEER_ALL);
	talk_say(0, 100, SIM_ACK);
	talk_say(50, 150, SIM_ACK);
	EXPECT(talk_heard(150));
	talk_say(0, 150, SIM_ACK);
	talk_say(149, 150, SIM_ACK);
	EXPECT(talk_heard(150));
	talk_say(0, 151, SIM_ACK);
	EXPECT(talk_heard(151));
	talk_end();
}

/* The four cases, with a window and with none. */
TEST(what_lies_outside_the_window_is_acknowledged_and_dropped)
{
	static const struct { int seq; unsigned len; bool ok; } cases[] = {
		{ 0, 0, true }, { -1, 0, false }, { 1, 0, true }, { 0, 1, true }, { -1, 1, false }, { -1, 2, true },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		talk_open(PEER_ALL);
		talk_say(0, 10, SIM_ACK);
		sim_discard(&s);
		peer_send_at(&peer, peer.seq + (uint32_t)cases[i].seq, SIM_ACK, "abc", cases[i].len);
		if (!cases[i].ok) {
			EXPECT(peer_expect(&peer));
			EXPECT_EQ(talk_acked(), 10);
		}
		EXPECT_EQ(talk.received, cases[i].ok && cases[i].seq <= 0 && (int)cases[i].len + cases[i].seq > 0 ? 11 : 10);
		talk_end();
	}
}

TEST(the_windows_right_edge_is_exact)
{
	uint32_t edge;

	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	talk_say(0, 10, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	edge = peer.last.ack + peer_window(&peer);
	peer_send_at(&peer, edge, SIM_ACK, "x", 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack_count, 0);
	EXPECT_EQ(peer.last.ack + peer_window(&peer), edge);
	peer_send_at(&peer, edge - 1, SIM_ACK, "xy", 2);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack_count, 1);
	EXPECT_EQ(peer.last.sack[0][0], edge - 1);
	EXPECT_EQ(peer.last.sack[0][1], edge);
	talk_end();
}

TEST(a_segment_without_ack_is_dropped)
{
	talk_open(PEER_ALL);
	peer_send_at(&peer, peer.seq, 0, "x", 1);
	peer_send_at(&peer, peer.seq, SIM_PSH, "x", 1);
	EXPECT_EQ(talk.received, 0);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(an_ack_of_what_was_never_sent_is_answered_and_dropped)
{
	talk_open(PEER_ALL);
	peer.ack++;
	peer_send_at(&peer, peer.seq, SIM_ACK, "x", 1);
	peer.ack--;
	EXPECT_EQ(talk.received, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 0);
	talk_end();
}

/* RFC 5961 5.2 */
TEST(an_ack_from_long_ago_is_answered_and_dropped)
{
	static char much[40000];

	talk_open(PEER_NONE);
	for (unsigned i = 0; i < 2; i++) {
		EXPECT_EQ(tcp_send(&tcp, much, sizeof much, s.now_ms), 0);
		while (peer_expect_last(&peer))
			peer_send(&peer, SIM_ACK, NULL, 0);
	}
	peer.ack -= 65537;
	peer_send_at(&peer, peer.seq, SIM_ACK, "x", 1);
	EXPECT_EQ(talk.received, 0);
	EXPECT(peer_expect(&peer));
	peer.ack += 2;
	peer_send_at(&peer, peer.seq, SIM_ACK, "x", 1);
	EXPECT_EQ(talk.received, 1);
	talk_end();
}

TEST(urgent_data_is_ordinary)
{
	struct sim_tcp t;

	talk_open(PEER_NONE);
	t = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq, .ack = peer.ack,
	                      .flags = SIM_ACK | SIM_URG, .data = "abc", .len = 3 };
	for (unsigned i = 0; i < 4; i++) {
		static const uint16_t pointers[] = { 0, 1, 3, 0xffff };

		t.urgent = pointers[i];
		t.seq = peer.seq + 3 * (i ^ 1);         /* out of order, too */
		sim_send_tcp(&s, &t);
	}
	EXPECT_EQ(talk.received, 12);
	talk_end();
}

/* ---- resets and SYNs (RFC 5961) ------------------------------------------------------------------------------------------------------ */

TEST(only_the_exact_reset_resets)
{
	talk_open(PEER_ALL);
	talk_say(0, 10, SIM_ACK);
	sim_discard(&s);
	peer_send_at(&peer, peer.seq - 1, SIM_RST, NULL, 0);
	EXPECT_SILENCE(&s);                             /* outside the window: nothing */
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	EXPECT(peer_expect(&peer));                     /* inside: challenged */
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(talk_acked(), 10);
	peer_send_at(&peer, peer.seq + 10000000, SIM_RST, NULL, 0);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.closed, 0);
	peer_send_at(&peer, peer.seq, SIM_RST, NULL, 0);
	EXPECT(talk_failed("connection reset: by 10.0.2.9"));
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(a_syn_in_the_window_is_challenged)
{
	talk_open(PEER_ALL);
	peer_send_at(&peer, peer.seq + 5, SIM_SYN, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	peer_send_at(&peer, peer.seq, SIM_SYN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

/* ---- order and SACK (RFC 2018, RFC 2883) ----------------------------------------------------------------------------------------------- */

TEST(bytes_out_of_order_are_kept_and_reported_and_delivered_in_order)
{
	talk_open(PEER_ALL);
	talk_say(100, 200, SIM_ACK);
	EXPECT(peer_expect(&peer));                     /* at once */
	EXPECT_EQ(talk_acked(), 0);
	EXPECT_EQ(peer.last.sack_count, 1);
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 101);
	EXPECT_EQ(peer.last.sack[0][1], peer.iss + 201);
	EXPECT_EQ(talk.received, 0);
	talk_say(0, 100, SIM_ACK);
	EXPECT(talk_heard(200));
	EXPECT(peer_expect(&peer));                     /* at once: the gap is filled */
	EXPECT_EQ(talk_acked(), 200);
	EXPECT_EQ(peer.last.sack_count, 0);
	talk_end();
}

TEST(blocks_that_meet_become_one)
{
	talk_open(PEER_ALL);
	talk_say(100, 200, SIM_ACK);
	talk_say(300, 400, SIM_ACK);
	talk_say(200, 300, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack_count, 1);
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 101);
	EXPECT_EQ(peer.last.sack[0][1], peer.iss + 401);
	EXPECT_EQ(tcp.block_count, 1);
	talk_say(50, 450, SIM_ACK);                     /* around all of it */
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 51);
	talk_say(0, 50, SIM_ACK);
	talk_say(400, 450, SIM_ACK);
	EXPECT(talk_heard(450));
	talk_end();
}

/* The bytes that came first stay, whatever comes later in their place. */
TEST(a_byte_is_taken_once)
{
	talk_open(PEER_ALL);
	talk.place_from = 1000;
	talk.place_to = 2000;
	talk_say(100, 200, SIM_ACK);
	peer_send_at(&peer, peer.iss + 1 + 50, SIM_ACK, "evilevilevilevilevilevilevilevilevilevilevilevilevilevilevilevilevil", 68);
	talk_say(0, 50, SIM_ACK);
	EXPECT_EQ(talk.received, 200);
	for (unsigned i = 100; i < 200; i++)
		EXPECT_EQ(talk.memory[i], talk_byte(i));
	talk_end();
}

TEST(a_thousand_holes_take_bounded_memory_and_nothing_reported_is_lost)
{
	static bool reported[8000];

	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	memset(reported, 0, sizeof reported);
	for (uint32_t at = 1; at < 4000; at += 2) {
		talk_say(at, at + 1, SIM_ACK);
		while (peer_expect(&peer))
			for (unsigned i = 0; i < peer.last.sack_count; i++)
				for (uint32_t j = peer.last.sack[i][0]; j != peer.last.sack[i][1]; j++)
					reported[j - peer.iss - 1] = true;
	}
	EXPECT_EQ(tcp.block_count, TCP_BLOCKS_MAX);
	EXPECT_EQ(host_packets_held(), 0);
	for (uint32_t at = 0; at < 4000; at++)          /* only what was not reported comes again */
		if (!reported[at] && (int32_t)(at - talk.received) >= 0)
			talk_say(at, at + 1, SIM_ACK);
	EXPECT(talk_heard(4000));
	talk_end();
}

TEST(packets_that_must_be_kept_are_bounded_too)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 1; at < 3000; at += 2)
		talk_say(at, at + 1, SIM_ACK);
	EXPECT(host_packets_held() <= TCP_BLOCKS_MAX);
	sim_discard(&s);
	for (uint32_t at = 10000; at < 12000; at++)     /* one block of many small packets */
		talk_say(at, at + 1, SIM_ACK);
	EXPECT(host_packets_held() <= pkt_pool_total() / 8);
	for (uint32_t at = 0; at < 12000; at++)
		talk_say(at, at + 1, SIM_ACK);
	EXPECT(talk_heard(12000));
	EXPECT_EQ(host_packets_held(), 0);
	talk_end();
}

/* A file of eight pieces in every order of a seeded shuffle, with and without placing. */
TEST(any_order_gives_the_same_bytes)
{
	uint32_t x = 12345;

	for (unsigned round = 0; round < 60; round++) {
		uint8_t order[24];

		talk_open(round & 1 ? PEER_ALL : PEER_NONE);
		talk.place_from = round % 3 * 700;
		talk.place_to = round & 2 ? talk.place_from + 900 : 0;
		for (unsigned i = 0; i < 24; i++)
			order[i] = (uint8_t)i;
		for (unsigned i = 23; i > 0; i--) {
			unsigned j;
			uint8_t swap = order[i];

			x = x * 1664525 + 1013904223;
			j = (x >> 16) % (i + 1);
			order[i] = order[j];
			order[j] = swap;
		}
		for (unsigned i = 0; i < 24; i++) {
			uint32_t at = order[i] * 100u, end = at + 100 + x % 90;

			talk_say(at, end < 2400 ? end : 2400, SIM_ACK);
		}
		EXPECT(talk_heard(2400));
		EXPECT(peer_expect_last(&peer));
		EXPECT_EQ(talk_acked(), 2400);
		talk_end();
	}
}

/* ---- placing --------------------------------------------------------------------------------------------------------------------------- */

TEST(bytes_with_a_place_go_there_in_any_order_without_keeping_packets)
{
	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	talk_say(500, 1000, SIM_ACK);
	talk_say(2000, 3000, SIM_ACK);
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT_EQ(talk.received, 0);
	EXPECT_EQ(talk.memory[2500], talk_byte(2500));
	talk_say(0, 500, SIM_ACK);
	EXPECT_EQ(talk.received, 1000);
	talk_say(1000, 2000, SIM_ACK);
	EXPECT(talk_heard(3000));
	EXPECT_EQ(talk.delivers, 0);
	talk_end();
}

static void learn_place(void)
{
	if (talk.received >= 300)
		talk.place_to = 2000;
}

/* A header that ends in the middle of a segment: what follows it is placed from then on, also behind kept packets. */
TEST(a_place_may_become_known_while_packets_are_kept)
{
	talk_open(PEER_ALL);
	talk.place_from = 300;
	talk.on_deliver = learn_place;
	talk_say(400, 500, SIM_ACK);
	EXPECT_EQ(host_packets_held(), 1);
	talk_say(0, 350, SIM_ACK);
	EXPECT_EQ(talk.delivers, 1);
	talk_say(600, 700, SIM_ACK);
	EXPECT_EQ(host_packets_held(), 1);
	talk_say(350, 400, SIM_ACK);
	talk_say(500, 600, SIM_ACK);
	EXPECT(talk_heard(700));
	EXPECT_EQ(talk.delivers, 1);
	EXPECT_EQ(host_packets_held(), 0);
	talk_end();
}

TEST(a_segment_across_the_places_end_is_delivered)
{
	talk_open(PEER_ALL);
	talk.place_to = 150;
	talk_say(100, 200, SIM_ACK);
	talk_say(0, 100, SIM_ACK);
	EXPECT(talk_heard(200));
	EXPECT_EQ(talk.delivers, 1);
	EXPECT_EQ(talk.placeds, 1);
	talk_end();
}

/* ---- merged segments ------------------------------------------------------------------------------------------------------------------ */

/** As many bytes as one IP packet holds, in one large packet. */
static void say_merged(uint32_t from, uint32_t to, uint8_t flags)
{
	static uint8_t data[65535], packet[65535], frame[PKT_LARGE_DATA_MAX];
	struct sim_tcp t = { .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.iss + 1 + from,
	                     .ack = peer.ack, .flags = flags, .window = 1000, .data = data, .len = to - from };
	uint8_t mac[6];

	for (uint32_t i = from; i < to; i++)
		data[i - from] = talk_byte(i);
	sim_mac(PEER_IP, mac);
	sim_send_frame(&s, frame, sim_build_frame(frame, sim_stack_mac, mac, ETH_TYPE_IPV4, packet, sim_build_tcp(packet, &t)));
}

static void merged_open(struct peer_options options)
{
	talk_open(options);
	sim_merge(&s);
	EXPECT_EQ(s.merges, 8);
}

#define MERGED (65535 - 40)

TEST(a_merged_segment_is_one_segment)
{
	merged_open(PEER_NONE);
	talk.place_to = TALK_BYTES;
	say_merged(0, 1000, SIM_ACK);
	sim_discard(&s);
	say_merged(1000, 1000 + MERGED - 1000, SIM_ACK);
	EXPECT(talk_heard(MERGED));
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(talk_acked(), MERGED);
	say_merged(MERGED - 40000, MERGED + 20000, SIM_ACK | SIM_PSH);         /* cut to what is new */
	EXPECT(talk_heard(MERGED + 20000));
	talk_end();
}

TEST(a_merged_segment_without_a_place_is_delivered)
{
	merged_open(PEER_NONE);
	say_merged(0, MERGED, SIM_ACK);
	EXPECT(talk_heard(MERGED));
	EXPECT_EQ(talk.delivers, 1);
	talk_end();
}

/* Large packets belong in the ring: there is no getting further without them. */
TEST(what_must_be_kept_of_merged_segments_is_copied_into_small_packets)
{
	struct pkt *ring[8];

	merged_open(PEER_ALL);
	for (unsigned i = 0; i < 12; i++)
		say_merged(1000 + i * 10000, 11000 + i * 10000, SIM_ACK);
	EXPECT_EQ(talk.received, 0);
	EXPECT_EQ(tcp.block_count, 1);
	EXPECT_EQ(host_packets_held(), tcp.kept_count);
	EXPECT(tcp.kept_count >= 12 * 6);
	for (unsigned i = 0; i < 8; i++)
		EXPECT((ring[i] = pkt_alloc_large()) != NULL);
	for (unsigned i = 0; i < 8; i++)
		pkt_free(ring[i]);
	talk_end();
}

TEST(kept_copies_are_delivered_in_order)
{
	merged_open(PEER_ALL);
	say_merged(50000, 90000, SIM_ACK);
	say_merged(1, 40000, SIM_ACK);
	say_merged(30000, 60000, SIM_ACK);
	EXPECT_EQ(tcp.block_count, 1);
	talk_say(0, 1, SIM_ACK);
	EXPECT(talk_heard(90000));
	EXPECT_EQ(host_packets_held(), 0);
	talk_end();
}

/* What does not fit into the pool is not received, and so not reported either. */
TEST(merged_segments_are_kept_whole_or_not_at_all)
{
	static struct pkt *held[4096];
	unsigned count = 0;

	merged_open(PEER_ALL);
	while (pkt_pool_free() > pkt_pool_total() / 4 + 10)
		held[count++] = pkt_alloc();
	say_merged(1000, 31000, SIM_ACK);
	EXPECT_EQ(tcp.block_count, 0);
	EXPECT_EQ(tcp.kept_count, 0);
	say_merged(1000, 1000 + 10 * PKT_DATA_MAX, SIM_ACK);
	EXPECT_EQ(tcp.block_count, 1);
	EXPECT_EQ(tcp.kept_count, 10);
	say_merged(1000 + 10 * PKT_DATA_MAX, 60000, SIM_ACK);
	EXPECT_EQ(tcp.kept_count, 10);
	talk_say(0, 1000, SIM_ACK);
	EXPECT(talk_heard(1000 + 10 * PKT_DATA_MAX));
	while (count)
		pkt_free(held[--count]);
	talk_end();
}

TEST(merged_segments_out_of_order_are_placed)
{
	merged_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	say_merged(70000, 130000, SIM_ACK);
	say_merged(1460, 60000, SIM_ACK);
	say_merged(50000, 80000, SIM_ACK);
	EXPECT_EQ(host_packets_held(), 0);
	talk_say(0, 1460, SIM_ACK);
	EXPECT(talk_heard(130000));
	talk_end();
}

/* ---- timestamps (RFC 7323) ----------------------------------------------------------------------------------------------------------------- */

TEST(a_timestamp_from_the_past_is_answered_and_dropped_but_for_a_reset)
{
	talk_open(PEER_ALL);
	peer.ts_value = 0x00000010;                     /* past the wrap: newer */
	talk_say(0, 10, SIM_ACK);
	sim_discard(&s);
	peer.ts_value = 0xfffffff8;
	talk_say(10, 20, SIM_ACK);
	EXPECT_EQ(talk.received, 10);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ts_echo, 0x10);
	peer_send_at(&peer, peer.iss + 11, SIM_RST, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	talk_end();
}

TEST(the_echo_is_of_the_segment_that_moved_the_window)
{
	talk_open(PEER_ALL);
	peer.ts_value = 100;
	talk_say(0, 10, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.ts_echo, 100);
	peer.ts_value = 200;
	talk_say(20, 30, SIM_ACK);                      /* out of order: not echoed */
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.ts_echo, 100);
	peer.ts_value = 250;
	talk_say(10, 20, SIM_ACK);                      /* the hole's */
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.ts_echo, 250);
	talk_end();
}

TEST(a_segment_whose_timestamps_a_middlebox_took_is_read)
{
	talk_open(PEER_ALL);
	peer.timestamps = false;
	talk_say(0, 10, SIM_ACK);
	EXPECT(talk_heard(10));
	talk_end();
}

TEST(our_timestamps_tick_in_milliseconds_from_an_origin_of_their_own)
{
	uint32_t first;

	talk_open(PEER_ALL);
	first = peer.last.ts_value;
	sim_advance(&s, 12345);
	talk_say(0, 10, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.ts_value - first, 12345);
	EXPECT(first != s.start_ms);
	talk_end();
}

TEST(a_wrap_of_the_sequence_numbers_is_nothing_special)
{
	talk_open(PEER_ALL);
	talk_say(200, 300, SIM_ACK);                    /* the wrap is at byte 255 */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack[0][1] - peer.last.sack[0][0], 100);
	talk_say(0, 254, SIM_ACK);
	talk_say(254, 256, SIM_ACK);
	talk_say(250, 400, SIM_ACK);
	EXPECT(talk_heard(400));
	talk_end();
}

/* ---- a stranger off the path -------------------------------------------------------------------------------------------------------------- */

TEST(a_hundred_thousand_guesses_change_nothing)
{
	uint32_t x = 99;

	talk_open(PEER_NONE);
	talk_say(0, 10, SIM_ACK);
	for (unsigned i = 0; i < 100000; i++) {
		struct sim_tcp t = { .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .data = "evil", .len = 4 };
		static const uint8_t flags[] = { SIM_RST, SIM_ACK, SIM_SYN, SIM_FIN | SIM_ACK };

		x = x * 1664525 + 1013904223;
		t.seq = x;
		x = x * 1664525 + 1013904223;
		t.ack = x;
		t.flags = flags[i & 3];
		if (t.seq == peer.seq)
			continue;
		sim_send_tcp(&s, &t);
		if (i % 1000 == 0)
			sim_discard(&s);
	}
	sim_discard(&s);
	EXPECT_EQ(talk.closed, 0);
	EXPECT_EQ(talk.received, 10);
	talk_say(10, 100, SIM_ACK);
	EXPECT(talk_heard(100));
	talk_end();
}
