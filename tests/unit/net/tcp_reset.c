/* SPDX-License-Identifier: BSD-2-Clause */
/* Resets and SYNs to a connection that stands (RFC 5961): which of them end it, what the others are answered, how often. */
#include "tests/unit/net/tcp_talk.h"

/** A reset at @seq, which has not to end anything. Is it challenged? */
static bool challenged(uint32_t seq)
{
	sim_discard(&s);
	peer_send_at(&peer, seq, SIM_RST, NULL, 0);
	EXPECT_EQ(talk.closed, 0);
	if (!peer_expect(&peer))
		return false;
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.data_len, 0);
	EXPECT_SILENCE(&s);
	return true;
}

TEST(a_reset_one_byte_off_gets_a_challenge_ack_or_nothing)
{
	talk_open(PEER_ALL);
	EXPECT(challenged(peer.seq + 1));
	EXPECT(!challenged(peer.seq - 1));
	talk_end();
}

TEST(a_reset_at_the_windows_last_byte_gets_a_challenge_ack)
{
	uint32_t edge;

	talk_open(PEER_ALL);
	edge = peer.last.ack + peer_window(&peer);
	EXPECT(challenged(edge - 1));
	EXPECT(!challenged(edge));
	EXPECT(!challenged(edge + 1));
	talk_end();
}

TEST(a_challenge_says_where_we_are)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	EXPECT(peer_expect(&peer));
	talk_say(0, 10, SIM_ACK);
	EXPECT(challenged(peer.seq + 1000));
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 8);
	EXPECT_EQ(talk_acked(), 10);
	EXPECT(peer.last.timestamps);
	talk_end();
}

/* The way of a peer that has really reset: the challenge is of no connection to it, and is refused at the number that it acknowledges. */
TEST(a_peer_that_is_challenged_resets_exactly)
{
	talk_open(PEER_ALL);
	talk_say(0, 10, SIM_ACK);
	EXPECT(challenged(peer.seq + 1));
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);
	EXPECT(talk_failed("connection reset: by 10.0.2.9"));
	talk_end();
}

TEST(a_restarted_peers_syn_is_challenged_and_its_reset_ends_it)
{
	struct sim_tcp t;

	talk_open(PEER_ALL);
	talk_say(0, 10, SIM_ACK);
	sim_discard(&s);
	t = talk_segment(SIM_SYN);
	t.seq = 0x31415926;                             /* far outside the window: RFC 5961 4.2 makes no difference */
	t.options = "\x02\x04\x05\xb4";
	t.options_len = 4;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.closed, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(talk_acked(), 10);
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);
	EXPECT(talk_failed("connection reset"));
	talk_end();
}

TEST(a_syn_never_brings_data_or_a_fin)
{
	static const uint8_t flags[] = { SIM_SYN, SIM_SYN | SIM_ACK, SIM_SYN | SIM_FIN, SIM_SYN | SIM_FIN | SIM_ACK };

	for (unsigned i = 0; i < sizeof flags; i++) {
		struct sim_tcp t;

		talk_open(PEER_NONE);
		t = talk_segment(flags[i]);
		t.data = "evil";
		t.len = 4;
		sim_send_tcp(&s, &t);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.flags, SIM_ACK);
		EXPECT_EQ(talk_acked(), 0);
		EXPECT_EQ(talk.received + talk.closed, 0);
		talk_end();
	}
}

/* A reset is judged by its sequence number alone: the other side may have lost what it would acknowledge. */
TEST(an_exact_reset_counts_whatever_it_acknowledges)
{
	static const uint32_t off[] = { 0, 1, 0x80000000, 0xffffffff };

	for (unsigned i = 0; i < 8; i++) {
		struct sim_tcp t;

		talk_open(PEER_ALL);
		t = talk_segment(i & 1 ? SIM_RST | SIM_ACK : SIM_RST);
		t.ack = peer.ack + off[i / 2];
		if (i & 4) {                            /* words about why: RFC 9293 3.5.3 */
			t.data = "no such port";
			t.len = 12;
		}
		sim_send_tcp(&s, &t);
		EXPECT(talk_failed("connection reset"));
		EXPECT_EQ(talk.received, 0);
		EXPECT_SILENCE(&s);
		talk_end();
	}
}

/* RFC 5961 3.2: not behind what came out of order, however much of it there is. */
TEST(a_reset_behind_a_hole_gets_a_challenge_ack)
{
	talk_open(PEER_ALL);
	talk_say(10, 20, SIM_ACK);
	EXPECT(challenged(peer.iss + 1 + 20));
	EXPECT(challenged(peer.iss + 1 + 10));
	peer_send_at(&peer, peer.iss + 1, SIM_RST, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(host_packets_held(), 0);
	talk_end();
}

TEST(a_reset_comes_behind_the_news_of_all_that_was_placed)
{
	struct sim_host *host;
	struct sim_tcp t;
	uint8_t packet[200];

	talk_open(PEER_ALL);
	host = &s.own[0];
	talk.place_to = 1000;
	t = talk_segment(SIM_ACK);
	t.data = "abc";
	t.len = 3;
	sim_host_output(host, packet, sim_build_tcp(packet, &t));       /* both are looked at together */
	t = talk_segment(SIM_RST);
	t.seq += 3;
	sim_host_output(host, packet, sim_build_tcp(packet, &t));
	sim_settle(&s);
	EXPECT_EQ(talk.received, 3);
	EXPECT_EQ(talk.placeds, 1);
	EXPECT(talk_failed("connection reset"));
	talk_end();
}

TEST(with_the_window_shut_the_exact_reset_resets)
{
	talk_open_full();
	EXPECT(!challenged(peer.seq + 1));
	EXPECT(!challenged(peer.seq - 1));
	peer_send_at(&peer, peer.seq, SIM_RST, NULL, 0);
	EXPECT(talk_failed("connection reset"));
	talk_end();
}

TEST(a_reset_may_stand_at_the_wrap)
{
	for (uint32_t at = 254; at <= 256; at++) {
		talk_open(PEER_ALL);
		talk_say(0, at, SIM_ACK);
		EXPECT(challenged(peer.seq + 1));
		EXPECT(!challenged(peer.seq - 1));
		peer_send_at(&peer, peer.seq, SIM_RST, NULL, 0);
		EXPECT(talk_failed("connection reset"));
		talk_end();
	}
}

/* A window of 64 KiB and more: a step as wide finds it in 65536 guesses, and that is all it finds. */
TEST(resets_across_the_whole_space_a_window_apart_do_not_reset)
{
	talk_open(PEER_ALL);
	EXPECT(peer_window(&peer) > 65536);
	for (uint32_t i = 0; i < 65536; i++) {
		struct sim_tcp t = talk_segment(SIM_RST);

		t.seq += 1 + (i << 16);
		sim_send_tcp(&s, &t);
	}
	sim_discard(&s);
	EXPECT_EQ(talk.closed, 0);
	talk_say(0, 100, SIM_ACK);
	EXPECT(talk_heard(100));
	talk_end();
}

/* ---- how often ----------------------------------------------------------------------------------------------------------------------- */

/* CVE-2016-5696: a budget for all would tell an attacker, by his own connection, what became of his guesses at another's. */
TEST(challenges_of_one_connection_do_not_use_up_anothers)
{
	struct tcp_peer first;
	static struct tcp second;
	struct stream_user other;
	unsigned answers = 0;

	talk_open(PEER_ALL);
	other = talk.user;
	first = peer;
	EXPECT_EQ(tcp_connect(&second, &s.net, &other, PEER_IP, 80, s.now_ms), 0);
	peer_init(&peer, &s, PEER_IP, 80);
	EXPECT(peer_accept(&peer, PEER_ALL));
	for (unsigned i = 0; i < 50; i++)
		peer_send_at(&first, first.seq + 1, SIM_RST, NULL, 0);
	sim_discard(&s);
	for (unsigned i = 0; i < 50; i++) {
		peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
		while (peer_expect(&peer))
			answers++;
	}
	EXPECT_EQ(answers, TCP_ANSWERS_PER_SECOND);
	tcp_abort(&second, s.now_ms);
	talk_end();
}

TEST(segments_of_no_connection_do_not_use_up_challenges)
{
	struct sim_tcp t;

	talk_open(PEER_ALL);
	t = talk_segment(SIM_ACK);
	t.dst_port ^= 1;
	for (unsigned i = 0; i < 50; i++)
		sim_send_tcp(&s, &t);
	EXPECT(challenged(peer.seq + 1));
	talk_end();
}

/* Two ends that disagree about where they are would otherwise answer each other for ever. */
TEST(acknowledgements_that_answer_each_other_are_ten_a_second)
{
	unsigned answers = 0;

	talk_open(PEER_ALL);
	talk_say(0, 10, SIM_ACK);
	sim_discard(&s);
	for (unsigned i = 0; i < 1000; i++) {
		peer_send_at(&peer, peer.seq - 5, SIM_ACK, NULL, 0);
		while (peer_expect(&peer))
			answers++;
	}
	EXPECT_EQ(answers, TCP_ANSWERS_PER_SECOND);
	talk_say(10, 20, SIM_ACK);                      /* what is good is acknowledged all the same */
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(talk_acked(), 20);
	talk_end();
}
