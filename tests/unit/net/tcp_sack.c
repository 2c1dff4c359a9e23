/* SPDX-License-Identifier: BSD-2-Clause */
/* What TCP reports of what came out of order (RFC 2018, RFC 2883): which blocks, in which order, and that none of it is ever dropped. */
#include "tests/unit/net/tcp_talk.h"

/** Is block @i of the last ACK [@from, @to) of the stream? */
static bool block_is(unsigned i, uint32_t from, uint32_t to)
{
	return i < peer.last.sack_count && peer.last.sack[i][0] == peer.iss + 1 + from && peer.last.sack[i][1] == peer.iss + 1 + to;
}

TEST(what_comes_in_order_is_not_reported)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 0; at < 5000; at += 500) {
		talk_say(at, at + 500, SIM_ACK);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.sack_count, 0);
	}
	talk_end();
}

/* RFC 5681 4.2: a peer counts them. */
TEST(each_segment_out_of_order_is_one_acknowledgement)
{
	for (unsigned sack = 0; sack < 2; sack++) {
		talk_open(sack ? PEER_ALL : PEER_NONE);
		for (uint32_t at = 100; at <= 3000; at += at % 700 ? 100 : 200) {
			talk_say(at, at + 50, SIM_ACK);
			EXPECT(peer_expect(&peer));
			EXPECT_EQ(talk_acked(), 0);
			EXPECT_SILENCE(&s);
		}
		talk_end();
	}
}

TEST(a_segment_across_several_blocks_joins_them)
{
	talk_open(PEER_ALL);
	talk.place_to = 1000;
	for (uint32_t at = 100; at <= 500; at += 100)
		talk_say(at, at + 50, SIM_ACK);
	talk_say(700, 750, SIM_ACK);
	talk_say(120, 530, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack_count, 2);
	EXPECT(block_is(0, 100, 550));
	EXPECT(block_is(1, 700, 750));
	talk_say(0, 100, SIM_ACK);
	EXPECT(talk_heard(550));
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack_count, 1);             /* what is acknowledged is not reported any more */
	EXPECT(block_is(0, 700, 750));
	talk_end();
}

/* A packet is kept in one piece: of what it brings for several holes the first is taken, and the rest is not reported. */
TEST(a_segment_across_several_blocks_without_a_place_fills_the_first_hole)
{
	talk_open(PEER_ALL);
	for (uint32_t at = 100; at <= 300; at += 100)
		talk_say(at, at + 50, SIM_ACK);
	talk_say(120, 330, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT(block_is(0, 100, 250) && block_is(1, 300, 350));
	talk_say(0, 100, SIM_ACK);
	EXPECT(talk_heard(250));
	talk_say(250, 300, SIM_ACK);
	EXPECT(talk_heard(350));
	talk_end();
}

TEST(a_block_that_the_acknowledgement_reaches_goes_with_it)
{
	talk_open(PEER_ALL);
	talk_say(100, 200, SIM_ACK);
	talk_say(300, 400, SIM_ACK);
	talk_say(0, 50, SIM_ACK);                       /* half of the hole */
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(talk_acked(), 50);
	EXPECT(block_is(0, 300, 400) && block_is(1, 100, 200));
	talk_say(50, 350, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(talk_acked(), 400);
	EXPECT_EQ(peer.last.sack_count, 0);
	talk_end();
}

/* RFC 2018 4: a block is said by as many ACKs as there is room for, so that some may be lost. */
TEST(each_block_is_in_three_acknowledgements_at_least)
{
	unsigned said[40] = { 0 };

	talk_open(PEER_ALL);
	for (uint32_t i = 0; i < 40; i++) {
		talk_say(100 + i * 100, 150 + i * 100, SIM_ACK);
		while (peer_expect(&peer))
			for (unsigned j = 0; j < peer.last.sack_count; j++)
				said[(peer.last.sack[j][0] - peer.iss - 1 - 100) / 100]++;
	}
	for (unsigned i = 0; i < 38; i++)
		EXPECT(said[i] >= 3);
	talk_end();
}

/* RFC 2883 4, (3): so it is told from a block, by Linux for one */
TEST(what_came_twice_beyond_a_hole_is_followed_by_the_block_around_it)
{
	talk_open(PEER_ALL);
	talk_say(100, 200, SIM_ACK);
	talk_say(300, 400, SIM_ACK);
	talk_say(500, 600, SIM_ACK);
	sim_discard(&s);
	talk_say(120, 140, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack_count, 3);
	EXPECT(block_is(0, 120, 140));
	EXPECT(block_is(1, 100, 200));
	EXPECT(block_is(2, 500, 600));
	talk_say(0, 10, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT(block_is(0, 500, 600) && block_is(1, 300, 400) && block_is(2, 100, 200));       /* the latest are still those */
	talk_end();
}

TEST(what_came_before_the_acknowledged_is_reported_once)
{
	talk_open(PEER_ALL);
	talk_say(0, 300, SIM_ACK);
	talk_say(400, 500, SIM_ACK);
	sim_discard(&s);
	talk_say(0, 300, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 300);
	EXPECT(block_is(0, 0, 300) && block_is(1, 400, 500));
	talk_say(200, 350, SIM_ACK);                    /* new beyond what came twice */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 350);
	EXPECT(block_is(0, 200, 300) && block_is(1, 400, 500));
	talk_say(600, 700, SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT(block_is(0, 600, 700) && block_is(1, 400, 500));
	EXPECT_EQ(peer.last.sack_count, 2);
	talk_end();
}

TEST(a_fin_beyond_a_hole_is_in_no_block)
{
	talk_open(PEER_ALL);
	talk_say(100, 200, SIM_FIN | SIM_ACK);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.sack_count, 1);
	EXPECT(block_is(0, 100, 200));
	talk_say(0, 0, SIM_ACK);
	talk_say(200, 200, SIM_FIN | SIM_ACK);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

TEST(a_block_may_lie_across_the_wrap)
{
	talk_open(PEER_ALL);
	talk_say(250, 255, SIM_ACK);                    /* ends with 0xffffffff */
	talk_say(255, 260, SIM_ACK);
	talk_say(270, 280, SIM_ACK);
	talk_say(240, 245, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT(block_is(0, 240, 245) && block_is(1, 270, 280) && block_is(2, 250, 260));
	talk_say(0, 240, SIM_ACK);
	talk_say(245, 250, SIM_ACK);
	talk_say(260, 270, SIM_ACK);
	EXPECT(talk_heard(280));
	talk_end();
}

/* We send too little to use them; a liar's do no harm. */
TEST(blocks_that_the_peer_reports_are_skipped)
{
	static const uint8_t options[] = { 1, 1, 5, 34, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 1, 2, 3, 4, 1, 2, 3, 4,
	                                   128, 0, 0, 0, 0, 0, 0, 1 };
	struct sim_tcp t;

	talk_open((struct peer_options){ true, true, true, false });
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	t = talk_segment(SIM_ACK);
	t.ack -= 7;
	t.options = options;
	t.options_len = sizeof options;
	t.data = "abc";
	t.len = 3;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.received, 3);
	EXPECT_EQ(tcp.send_len, 7);
	talk_end();
}

/* ---- bounds -------------------------------------------------------------------------------------------------------------------------- */

TEST(a_hole_too_many_is_not_reported_and_comes_again)
{
	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	for (uint32_t i = 0; i <= TCP_BLOCKS_MAX; i++) {
		talk_say(10 + i * 20, 20 + i * 20, SIM_ACK);
		EXPECT(peer_expect_last(&peer));
		EXPECT_EQ(block_is(0, 10 + i * 20, 20 + i * 20), i < TCP_BLOCKS_MAX);
	}
	talk_say(0, 10, SIM_ACK);                       /* one less: now there is room */
	talk_say(10 + TCP_BLOCKS_MAX * 20, 20 + TCP_BLOCKS_MAX * 20, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT(block_is(0, 10 + TCP_BLOCKS_MAX * 20, 20 + TCP_BLOCKS_MAX * 20));
	for (uint32_t i = 1; i <= TCP_BLOCKS_MAX; i++)
		talk_say(i * 20, 10 + i * 20, SIM_ACK);
	EXPECT(talk_heard(20 + TCP_BLOCKS_MAX * 20));
	talk_end();
}

/* Bytes beyond those that were there can be taken into a block that exists, however many there are. */
TEST(with_every_hole_in_use_blocks_still_grow)
{
	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	for (uint32_t i = 0; i < TCP_BLOCKS_MAX; i++)
		talk_say(10 + i * 20, 20 + i * 20, SIM_ACK);
	EXPECT_EQ(tcp.block_count, TCP_BLOCKS_MAX);
	talk_say(20, 25, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT(block_is(0, 10, 25));
	talk_say(25, 30, SIM_ACK);
	EXPECT(peer_expect_last(&peer));
	EXPECT(block_is(0, 10, 40));
	EXPECT_EQ(tcp.block_count, TCP_BLOCKS_MAX - 1);
	talk_end();
}

TEST(ten_thousand_holes_of_a_byte_take_no_memory_of_ours)
{
	size_t blocks = 0;

	talk_open(PEER_ALL);
	talk.place_to = TALK_BYTES;
	blocks = host_heap_held();
	for (uint32_t at = 1; at < 20000; at += 2) {
		talk_say(at, at + 1, SIM_ACK);
		if (at % 1000 == 1)
			sim_discard(&s);
	}
	EXPECT_EQ(host_heap_held(), blocks);
	EXPECT_EQ(host_packets_held(), 0);
	sim_discard(&s);
	for (uint32_t at = 0; at < 20000; at += 1000)
		talk_say(at, at + 1000, SIM_ACK);
	EXPECT(talk_heard(20000));
	talk_end();
}

/* ---- never a reneged one: a model beside the conversation ---------------------------------------------------------------------------- */

enum { MODEL_BYTES = 60000 };
static struct model { bool said[MODEL_BYTES], reported[MODEL_BYTES]; uint32_t acked; bool placed; } model;

/** [@from, @to) has just come, and has a place: the first block says so, behind what came twice, if the acknowledgement does not. */
static void check_first_block(uint32_t from, uint32_t to)
{
	unsigned first = peer.last.sack_count && peer.last.sack[0][1] - peer.iss - 1 <= model.acked;

	if (to <= model.acked)
		return;
	if (from < model.acked)
		from = model.acked;
	EXPECT(first < peer.last.sack_count);
	EXPECT(peer.last.sack[first][0] - peer.iss - 1 <= from && peer.last.sack[first][1] - peer.iss - 1 >= to);
}

/** What the ACKs say must be true, and must stay so: only what was sent, and everything that was ever reported, until it is acknowledged. */
static void check_acks(uint32_t from, uint32_t to)
{
	while (peer_expect(&peer)) {
		uint32_t acked = talk_acked();

		EXPECT(acked >= model.acked && acked <= MODEL_BYTES);
		for (uint32_t i = model.acked; i < acked && i < MODEL_BYTES; i++)
			EXPECT(model.said[i]);
		model.acked = acked;
		for (unsigned i = 0; i < peer.last.sack_count; i++) {
			uint32_t start = peer.last.sack[i][0] - peer.iss - 1, end = peer.last.sack[i][1] - peer.iss - 1;

			EXPECT(start < end && end <= MODEL_BYTES);
			for (uint32_t j = start; j < end && j < MODEL_BYTES; j++) {
				EXPECT(model.said[j]);
				model.reported[j] = true;
			}
		}
		if (model.placed)
			check_first_block(from, to);
	}
}

/** All that was reported or acknowledged is said no more: the rest alone makes the whole. */
static void finish_model(void)
{
	uint32_t from = 0, to;

	while (from < MODEL_BYTES) {
		if (model.reported[from] || from < model.acked) {
			from++;
			continue;
		}
		for (to = from; to < MODEL_BYTES && to - from < 1000 && !model.reported[to]; to++)
			model.said[to] = true;
		talk_say(from, to, SIM_ACK);
		from = to;
	}
	EXPECT(talk_heard(MODEL_BYTES));
}

/** Segments of all sizes in no order, for a while; @held of the pool's packets are somebody else's. */
static void babble(struct peer_options o, unsigned seed, uint64_t place_from, uint64_t place_to, size_t held)
{
	static struct pkt *other[8192];
	size_t count = 0;
	uint32_t x = seed * 2654435761u + 1;

	talk_open(o);
	memset(&model, 0, sizeof model);
	talk.place_from = place_from;
	talk.place_to = place_to;
	model.placed = place_to == TALK_BYTES;
	while (count < held && (other[count] = pkt_alloc()) != NULL)
		count++;
	for (unsigned i = 0; i < 400; i++) {
		uint32_t from, len;

		x = x * 1664525 + 1013904223;
		from = (x >> 8) % MODEL_BYTES;
		x = x * 1664525 + 1013904223;
		len = 1 + (x >> 8) % (i % 3 ? 1400 : 20);
		if (len > MODEL_BYTES - from)
			len = MODEL_BYTES - from;
		for (uint32_t j = from; j < from + len; j++)
			model.said[j] = true;
		talk_say(from, from + len, SIM_ACK);
		check_acks(from, from + len);
	}
	sim_discard(&s);
	while (count)
		pkt_free(other[--count]);
	finish_model();
	talk_end();
}

TEST(what_was_reported_is_never_dropped_when_it_has_a_place)
{
	for (unsigned seed = 0; seed < 6; seed++)
		babble(PEER_ALL, seed, 0, TALK_BYTES, 0);
}

TEST(what_was_reported_is_never_dropped_when_it_is_kept)
{
	for (unsigned seed = 10; seed < 16; seed++)
		babble(PEER_ALL, seed, 0, 0, 0);
}

TEST(what_was_reported_is_never_dropped_when_some_of_it_has_a_place)
{
	for (unsigned seed = 20; seed < 26; seed++)
		babble((struct peer_options){ true, true, true, false }, seed, 5000 + 1000 * seed, 40000, 0);
}

TEST(what_was_reported_is_never_dropped_when_packets_are_short)
{
	for (unsigned seed = 30; seed < 36; seed++)
		babble(PEER_ALL, seed, 0, 0, pkt_pool_total() * 3 / 4 - 10 * (seed - 29));
}
