/* SPDX-License-Identifier: BSD-2-Clause */
/* What TCP tells the peer about what it received: SACK, windows, when. */
#include "tests/unit/net/tcp_talk.h"

/* Past the time in which each segment is acknowledged at once. */
static void talk_warm_up(uint32_t bytes)
{
	for (uint32_t at = 0; at < bytes; at += 1000)
		talk_say(at, at + 1000, SIM_ACK);
	sim_advance(&s, 10);
	sim_discard(&s);
	peer.last.ack = 0;
}

/* ---- SACK (RFC 2018, RFC 2883) ------------------------------------------------------------------------------------------------------- */

TEST(the_latest_block_comes_first_then_those_before_it)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 100; at <= 900; at += 200)
		talk_say(at, at + 100, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack_count, 3);
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 901);
	EXPECT_EQ(peer.last.sack[1][0], peer.iss + 701);
	EXPECT_EQ(peer.last.sack[2][0], peer.iss + 501);
	talk_say(400, 450, SIM_ACK);                    /* grows the block at 300 */
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 301);
	EXPECT_EQ(peer.last.sack[0][1], peer.iss + 451);
	EXPECT_EQ(peer.last.sack[1][0], peer.iss + 901);
	EXPECT_EQ(peer.last.sack[2][0], peer.iss + 701);
	talk_say(0, 100, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(talk_acked(), 200);
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 301);
	talk_end();
}

TEST(without_timestamps_there_is_room_for_four_blocks)
{
	talk_open((struct peer_options){ true, true, true, false });
	for (uint32_t at = 100; at <= 900; at += 200)
		talk_say(at, at + 100, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack_count, 4);
	talk_end();
}

TEST(what_came_twice_is_reported)
{
	talk_open(PEER_ALL);
	talk_say(0, 100, SIM_ACK);
	sim_discard(&s);
	talk_say(20, 60, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack_count, 1);
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 21);
	EXPECT_EQ(peer.last.sack[0][1], peer.iss + 61);
	talk_say(200, 300, SIM_ACK);
	sim_discard(&s);
	talk_say(220, 240, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack_count, 2);
	EXPECT_EQ(peer.last.sack[0][0], peer.iss + 221);
	EXPECT_EQ(peer.last.sack[1][0], peer.iss + 201);
	talk_say(100, 200, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack_count, 0);             /* once is enough */
	talk_end();
}

TEST(without_sack_each_segment_out_of_order_is_a_duplicate_ack)
{
	unsigned acks = 0;

	talk_open(PEER_NONE);
	talk_say(100, 200, SIM_ACK);
	talk_say(200, 300, SIM_ACK);
	talk_say(300, 400, SIM_ACK);
	while (peer_expect(&peer)) {
		EXPECT_EQ(talk_acked(), 0);
		EXPECT_EQ(peer.last.data_len, 0);
		acks++;
	}
	EXPECT_EQ(acks, 3);
	talk_end();
}

/** Six segments of 100 bytes behind a lost one are looked at together; how many ACKs does that make? */
static unsigned acks_of_a_batch(struct peer_options options)
{
	struct sim_host *host = &s.own[0];
	unsigned acks = 0;

	talk_open(options);
	for (unsigned i = 1; i <= 6; i++) {
		uint8_t packet[200], data[100] = { 0 };
		struct sim_tcp t = { .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq + 100 * i,
		                     .ack = peer.ack, .flags = SIM_ACK, .window = 65535, .data = data, .len = sizeof data };

		sim_host_output(host, packet, sim_build_tcp(packet, &t));
	}
	sim_settle(&s);
	while (peer_expect(&peer)) {
		EXPECT_EQ(talk_acked(), 0);
		acks++;
	}
	if (options.sack)
		EXPECT_EQ(peer.last.sack[0][1] - peer.last.sack[0][0], 600);
	talk_end();
	return acks;
}

/* RFC 5681 3.2: a peer that counts must come to three. */
TEST(a_batch_behind_a_loss_makes_three_duplicate_acks_and_one_for_each_without_sack)
{
	EXPECT_EQ(acks_of_a_batch((struct peer_options){ true, true, true, false }), 3);
	EXPECT_EQ(acks_of_a_batch(PEER_NONE), 6);
}

TEST(challenges_are_ten_a_second)
{
	unsigned answers = 0;

	talk_open(PEER_ALL);
	sim_advance(&s, 1000);
	sim_discard(&s);
	for (unsigned i = 0; i < 100; i++)
		peer_send_at(&peer, peer.seq + 1 + i, SIM_RST, NULL, 0);
	while (peer_expect(&peer))
		answers++;
	EXPECT_EQ(answers, 10);
	sim_advance(&s, 1000);
	sim_discard(&s);
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	EXPECT(peer_expect(&peer));
	talk_end();
}

/* ---- windows ----------------------------------------------------------------------------------------------------------------------------- */

TEST(the_window_grows_to_what_can_be_placed)
{
	uint32_t packets = (uint32_t)pkt_pool_total() / 8 * 1460;

	talk_open(PEER_ALL);
	EXPECT_EQ(peer_window(&peer), packets);
	talk.place_to = TALK_BYTES;
	talk_say(0, 100, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer_window(&peer) <= TALK_BYTES - 100 + packets);
	EXPECT(peer_window(&peer) > TALK_BYTES - 100 + packets - 512);
	talk.place_to = 1ull << 40;
	talk_say(100, 200, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer_window(&peer) <= (16u << 20) + packets);
	EXPECT(peer_window(&peer) > (16u << 20) + packets - 512);
	talk_end();
}

/* RFC 9293 3.8.6, SHLD-14 */
TEST(the_windows_right_edge_never_moves_left)
{
	uint32_t edge = 0;

	talk_open(PEER_ALL);
	talk.place_to = 100000;
	for (uint32_t at = 0; at < 150000;) {
		uint32_t n = 1 + at % 1459, now;

		if (at == 40000 + at % 7)
			talk.place_to = 0;              /* the user changes its mind */
		talk_say(at, at + n, SIM_ACK);
		at += n;
		while (peer_expect(&peer)) {
			now = talk_acked() + peer_window(&peer);
			EXPECT(now >= edge);
			edge = now;
		}
	}
	talk_end();
}

TEST(a_window_without_scaling_stays_below_64_kib)
{
	talk_open((struct peer_options){ true, false, true, true });
	talk.place_to = TALK_BYTES;
	for (uint32_t at = 0; at < 20000; at += 1000) {
		talk_say(at, at + 1000, SIM_ACK);
		while (peer_expect(&peer))
			EXPECT_EQ(peer.last.window, 65535);
	}
	EXPECT(talk_heard(20000));
	talk_end();
}

/* ---- when it acknowledges ------------------------------------------------------------------------------------------------------------------ */

TEST(at_the_start_each_segment_is_acknowledged_at_once)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 0; at < 14480; at += 1448) {
		talk_say(at, at + 1448, SIM_ACK);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(talk_acked(), at + 1448);
		EXPECT_SILENCE(&s);
	}
	talk_end();
}

TEST(a_single_segment_later_is_acknowledged_within_two_milliseconds)
{
	talk_open(PEER_ALL);
	talk_warm_up(40000);
	talk_say(40000, 40100, SIM_ACK);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 2);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 40100);
	sim_advance(&s, TCP_PROBE_FIRST_MS - 3);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(two_full_segments_are_acknowledged_at_once_while_the_peers_window_may_be_small)
{
	talk_open(PEER_ALL);
	talk_warm_up(30000);
	talk_say(30000, 31448, SIM_ACK);
	EXPECT_SILENCE(&s);
	talk_say(31448, 32896, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 32896);
	EXPECT_SILENCE(&s);
	talk_end();
}

/* An ACK costs an exit to the hypervisor: few of them when much has come. */
TEST(a_long_stream_is_acknowledged_sparsely_but_never_late)
{
	unsigned acks = 0;
	uint32_t largest = 0, last = 0, total = 3 << 20;

	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	for (uint32_t at = 0; at < total; at += 1448) {
		talk_say(at, at + 1448, SIM_ACK);
		while (peer_expect(&peer)) {
			if (talk_acked() - last > largest)
				largest = talk_acked() - last;
			last = talk_acked();
			acks++;
		}
	}
	EXPECT(acks < 150);
	EXPECT(largest <= total / 16 + 1448);
	sim_advance(&s, 2);
	EXPECT(peer_expect(&peer));
	EXPECT(talk_acked() >= total);
	talk_end();
}

/* A peer whose whole window is 20 segments would otherwise wait for us each time. */
TEST(a_peer_that_waits_is_acknowledged_sooner_the_next_time)
{
	uint32_t waited = 0, at = 2 << 20;

	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	talk_warm_up(at);
	for (unsigned round = 0; round < 40; round++) {
		uint32_t start = s.now_ms;

		for (unsigned i = 0; i < 20; i++, at += 1448)
			talk_say(at, at + 1448, SIM_ACK);
		while (!peer_expect_last(&peer) && s.now_ms - start < 10)
			sim_advance(&s, 1);
		waited += s.now_ms - start;
	}
	EXPECT(waited <= 6);
	talk_end();
}
