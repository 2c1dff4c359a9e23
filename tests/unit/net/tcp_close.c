/* SPDX-License-Identifier: BSD-2-Clause */
/* Orderly ends: whoever closes first, whatever is lost. */
#include "tests/unit/net/tcp_talk.h"

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
