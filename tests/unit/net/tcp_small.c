/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments of no byte and of one, and how often they are answered; silence, and who asks whether the other is there. */
#include "tests/unit/net/tcp_talk.h"

/** How many segments the stack has sent since last asked; none of them has data. */
static unsigned acks(void)
{
	unsigned count = 0;

	while (peer_expect(&peer)) {
		EXPECT_EQ(peer.last.data_len, 0);
		count++;
	}
	return count;
}

/* ---- no byte ------------------------------------------------------------------------------------------------------------------------- */

/* An ACK of an ACK would never end. */
TEST(ten_thousand_empty_segments_are_not_answered)
{
	talk_open(PEER_ALL);
	talk_say(0, 10, SIM_ACK);
	sim_discard(&s);
	for (unsigned i = 0; i < 10000; i++)
		peer_send(&peer, i & 1 ? SIM_ACK : SIM_ACK | SIM_PSH, NULL, 0);
	EXPECT_SILENCE(&s);
	sim_advance(&s, TCP_PROBE_FIRST_MS - 1);
	EXPECT_SILENCE(&s);
	talk_say(10, 20, SIM_ACK);
	EXPECT(talk_heard(20));
	talk_end();
}

TEST(empty_segments_beyond_a_hole_leave_no_trace)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 1; at < 1000; at += 7)
		talk_say(at, at, SIM_ACK);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(tcp.block_count, 0);
	EXPECT_EQ(host_packets_held(), 0);
	talk_say(0, 1000, SIM_ACK);
	EXPECT(talk_heard(1000));
	talk_end();
}

TEST(an_empty_segment_tells_of_the_window_and_of_life_alone)
{
	talk_open(PEER_ALL);
	sim_advance(&s, TCP_PROBE_LAST_MS);
	EXPECT_EQ(acks(), 5);
	for (unsigned i = 0; i < 10; i++) {             /* a peer that is alive is not asked */
		sim_advance(&s, 14000);
		peer_send(&peer, SIM_ACK, NULL, 0);
		EXPECT_SILENCE(&s);
	}
	EXPECT_EQ(talk.received + talk.closed + talk.delivers + talk.placeds, 0);
	talk_end();
}

TEST(empty_data_with_a_place_is_not_placed)
{
	talk_open(PEER_ALL);
	talk.place_to = 1000;
	peer_send(&peer, SIM_ACK | SIM_PSH, NULL, 0);
	sim_advance(&s, 10);
	EXPECT_EQ(talk.placeds, 0);
	talk_say(0, 1, SIM_ACK);
	EXPECT_EQ(talk.placeds, 1);
	talk_end();
}

/* ---- one byte ------------------------------------------------------------------------------------------------------------------------ */

TEST(a_file_may_come_byte_by_byte)
{
	unsigned count = 0;

	talk_open(PEER_ALL);
	for (uint32_t at = 0; at < 3000; at++) {
		talk_say(at, at + 1, SIM_ACK | SIM_PSH);
		count += acks();
	}
	EXPECT(talk_heard(3000));
	EXPECT(count <= 3000);
	EXPECT_EQ(talk_acked(), 3000);
	EXPECT_EQ(host_packets_held(), 0);
	talk_end();
}

TEST(a_file_may_come_byte_by_byte_from_its_end)
{
	talk_open(PEER_ALL);
	talk.place_to = 3000;
	for (uint32_t at = 3000; at-- > 0;) {
		talk_say(at, at + 1, SIM_ACK);
		EXPECT(peer_expect_last(&peer));
		EXPECT_EQ(talk_acked(), at ? 0 : 3000);
		EXPECT_EQ(peer.last.sack_count, at ? 1 : 0);
	}
	EXPECT(talk_heard(3000));
	talk_end();
}

/* Each takes a packet: as many are kept as may be, the rest comes again. */
TEST(bytes_without_a_place_may_come_from_the_end_too)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 3000; at-- > 1;)
		talk_say(at, at + 1, SIM_ACK);
	EXPECT_EQ(host_packets_held(), pkt_pool_total() / 8);
	EXPECT_EQ(tcp.block_count, 1);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack[peer.last.sack_count - 1][1] - peer.last.sack[peer.last.sack_count - 1][0], pkt_pool_total() / 8);
	for (uint32_t at = 0; at < 3000 - pkt_pool_total() / 8; at++)
		talk_say(at, at + 1, SIM_ACK);
	EXPECT(talk_heard(3000));
	EXPECT_EQ(host_packets_held(), 0);
	talk_end();
}

TEST(every_second_byte_and_then_the_others)
{
	for (unsigned first = 0; first < 2; first++) {
		talk_open(PEER_ALL);
		talk.place_to = 1000;
		for (uint32_t at = first; at < 1000; at += 2)
			talk_say(at, at + 1, SIM_ACK);
		EXPECT_EQ(tcp.block_count, first ? 500 : 499);
		for (uint32_t at = 1 - first; at < 1000; at += 2)
			talk_say(at, at + 1, SIM_ACK);
		EXPECT(talk_heard(1000));
		EXPECT_EQ(tcp.block_count, 0);
		talk_end();
	}
}

/* RFC 5681 4.2: while something is missing nothing waits, and what fills a hole is said at once, its part too. */
TEST(a_byte_that_fills_a_part_of_a_hole_is_acknowledged_at_once)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 0; at < 40000; at += 1000)
		talk_say(at, at + 1000, SIM_ACK);
	sim_advance(&s, 10);
	sim_discard(&s);
	talk_say(40003, 40004, SIM_ACK);
	EXPECT_EQ(acks(), 1);
	for (uint32_t at = 40000; at < 40003; at++) {
		talk_say(at, at + 1, SIM_ACK);
		EXPECT_EQ(acks(), 1);
		EXPECT_EQ(talk_acked(), at < 40002 ? at + 1 : 40004);
	}
	talk_say(40004, 40005, SIM_ACK);                /* nothing is missing any more: this one may wait */
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(a_byte_that_came_twice_is_acknowledged_at_once)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 0; at < 40000; at += 1000)
		talk_say(at, at + 1000, SIM_ACK);
	sim_advance(&s, 10);
	sim_discard(&s);
	talk_say(39999, 40000, SIM_ACK);
	EXPECT_EQ(acks(), 1);
	EXPECT_EQ(talk_acked(), 40000);
	talk_say(39999, 40001, SIM_ACK);
	EXPECT_EQ(acks(), 1);
	EXPECT_EQ(talk_acked(), 40001);
	talk_end();
}

/* RFC 5681 4.2: looked at together they are still acknowledged by twos, lest the peer's window grow slowly. */
TEST(a_batch_at_the_start_is_acknowledged_by_twos_at_least)
{
	struct sim_host *host = &s.own[0];
	uint32_t last = 0;
	unsigned count = 0;

	talk_open(PEER_NONE);
	for (unsigned i = 0; i < 10; i++) {
		static uint8_t packet[1600], data[1460];
		struct sim_tcp t = talk_segment(SIM_ACK);

		t.seq += i * (uint32_t)sizeof data;
		t.data = data;
		t.len = sizeof data;
		sim_host_output(host, packet, sim_build_tcp(packet, &t));
	}
	sim_settle(&s);
	while (peer_expect(&peer)) {
		EXPECT(talk_acked() - last <= 2 * 1460);
		last = talk_acked();
		count++;
	}
	EXPECT_EQ(last, 14600);
	EXPECT(count >= 5);
	talk_end();
}

/* ---- silence (RFC 9293 3.8.4) -------------------------------------------------------------------------------------------------------- */

TEST(data_puts_off_the_question_whether_the_peer_is_there)
{
	talk_open(PEER_ALL);
	for (uint32_t i = 0; i < 5; i++) {
		sim_advance(&s, 999);
		EXPECT_SILENCE(&s);
		talk_say(i, i + 1, SIM_ACK);
		EXPECT(peer_expect(&peer));
	}
	sim_advance(&s, 999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.seq, peer.stack_iss);
	EXPECT_EQ(peer.last.data_len, 0);
	talk_end();
}

/* Whether it has taken too long is for the user to say. */
TEST(a_silent_peer_is_asked_for_half_an_hour_and_not_given_up)
{
	talk_open(PEER_ALL);
	sim_advance(&s, 60000);
	EXPECT_EQ(acks(), 5 + 2);
	for (unsigned minute = 0; minute < 30; minute++) {
		sim_advance(&s, 60000);
		EXPECT_EQ(acks(), 4);
	}
	EXPECT_EQ(talk.closed, 0);
	talk_say(0, 10, SIM_ACK);
	EXPECT(talk_heard(10));
	talk_end();
}

/* Whoever may not send is alive for all that: what is not acceptable puts nothing off. */
TEST(forged_segments_do_not_pass_for_life)
{
	talk_open(PEER_ALL);
	sim_advance(&s, TCP_PROBE_LAST_MS + 4000);
	peer_send_at(&peer, peer.seq - 1000, SIM_ACK, "x", 1);
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	peer.ack += 1000;
	peer_send(&peer, SIM_ACK, NULL, 0);
	peer.ack -= 1000;
	sim_discard(&s);
	sim_advance(&s, TCP_KEEPALIVE_MS - 4000);
	EXPECT_EQ(acks(), 1);
	talk_end();
}

TEST(a_connection_that_expects_again_is_asked_again)
{
	talk_open(PEER_ALL);
	tcp_expect(&tcp, false, s.now_ms);
	sim_advance(&s, 100000);
	EXPECT_SILENCE(&s);
	tcp_expect(&tcp, true, s.now_ms);
	sim_advance(&s, 999);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	EXPECT_EQ(acks(), 1);
	talk_end();
}
