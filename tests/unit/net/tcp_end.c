/* SPDX-License-Identifier: BSD-2-Clause */
/* The states of a connection's end (RFC 9293 3.6), one by one: what is answered in each of them, what is repeated, when it is over. */
#include "tests/unit/net/tcp_talk.h"

/** The stack closes; its FIN is taken. */
static void fin_wait_1(void)
{
	talk_open(PEER_ALL);
	tcp_close(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	EXPECT_SILENCE(&s);
}

static void fin_wait_2(void)
{
	fin_wait_1();
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
}

static void closing(void)
{
	fin_wait_1();
	peer.ack--;                                     /* it had not seen our FIN */
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	peer.ack++;
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
}

static void time_wait(void)
{
	fin_wait_2();
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.ack, peer.seq);
}

/** The peer closed; our FIN is taken. */
static void last_ack(void)
{
	talk_open(PEER_ALL);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
}

/** Is the connection forgotten, so that an ACK for it is one for nobody? */
static bool forgotten(void)
{
	sim_discard(&s);
	peer_send_at(&peer, peer.seq, SIM_ACK, NULL, 0);
	return peer_expect(&peer) && peer.last.flags == SIM_RST;
}

/* ---- FIN-WAIT-1 ---------------------------------------------------------------------------------------------------------------------- */

TEST(in_fin_wait_1_our_fin_is_repeated_five_times_in_all)
{
	fin_wait_1();
	for (unsigned i = 0; i < 4; i++) {
		sim_advance(&s, (500u << i) - 1);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 1);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
		EXPECT_EQ(peer.last.seq, peer.stack_iss + 1);
	}
	sim_advance(&s, 8000);
	EXPECT_SILENCE(&s);
	EXPECT(forgotten());
	talk_end();
}

TEST(a_fin_lost_once_to_four_times_is_heard)
{
	for (unsigned lost = 1; lost <= 4; lost++) {
		fin_wait_1();
		for (unsigned i = 0; i < lost; i++) {
			sim_advance(&s, 500u << i);
			EXPECT(peer_expect(&peer));
		}
		peer_send(&peer, SIM_ACK, NULL, 0);
		sim_advance(&s, 9000);
		EXPECT_SILENCE(&s);                     /* FIN-WAIT-2 */
		peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.ack, peer.seq);
		talk_end();
	}
}

/* Most servers' way: ACK and FIN are one segment. */
TEST(in_fin_wait_1_a_fin_that_acknowledges_ours_leads_to_time_wait)
{
	fin_wait_1();
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK);
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 2);
	sim_advance(&s, 4999);
	EXPECT_SILENCE(&s);
	EXPECT(!forgotten());
	sim_advance(&s, 1);
	EXPECT(forgotten());
	talk_end();
}

TEST(in_fin_wait_1_an_acknowledgement_of_something_else_is_none)
{
	fin_wait_1();
	peer.ack--;
	peer_send(&peer, SIM_ACK, NULL, 0);
	peer.ack += 2;
	peer_send(&peer, SIM_ACK, NULL, 0);
	peer.ack--;
	sim_advance(&s, 500);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	talk_end();
}

TEST(in_fin_wait_1_a_fin_at_another_number_is_not_the_end)
{
	fin_wait_1();
	peer_send_at(&peer, peer.seq + 1, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
	peer_send_at(&peer, peer.seq - 100, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.seq);
	talk_end();
}

/* ---- FIN-WAIT-2 ---------------------------------------------------------------------------------------------------------------------- */

TEST(in_fin_wait_2_nobody_waits_for_long)
{
	fin_wait_2();
	sim_advance(&s, 9999);
	EXPECT_SILENCE(&s);
	EXPECT(!forgotten());
	sim_advance(&s, 1);
	EXPECT(forgotten());
	talk_end();
}

/* RFC 1122 4.2.2.13 */
TEST(in_fin_wait_2_data_is_reset_and_old_data_is_not)
{
	fin_wait_2();
	peer_send_at(&peer, peer.seq - 3, SIM_ACK, "old", 3);
	EXPECT_SILENCE(&s);
	peer_send_at(&peer, peer.seq, SIM_ACK, "new", 3);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST | SIM_ACK);
	EXPECT_EQ(peer.last.seq, peer.stack_iss + 2);
	EXPECT(forgotten());
	talk_end();
}

TEST(in_fin_wait_2_only_an_exact_reset_ends_it)
{
	fin_wait_2();
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	peer_send_at(&peer, peer.seq - 1, SIM_RST, NULL, 0);
	EXPECT(!forgotten());
	peer_send_at(&peer, peer.seq, SIM_RST, NULL, 0);
	EXPECT(forgotten());
	talk_end();
}

TEST(in_fin_wait_2_a_syn_changes_nothing)
{
	fin_wait_2();
	peer_send_at(&peer, peer.seq, SIM_SYN, NULL, 0);
	peer_send_at(&peer, peer.seq, SIM_SYN | SIM_ACK, NULL, 0);
	EXPECT_SILENCE(&s);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.seq);
	talk_end();
}

/* ---- CLOSING ------------------------------------------------------------------------------------------------------------------------- */

TEST(in_closing_the_acknowledgement_leads_to_time_wait)
{
	closing();
	peer_send(&peer, SIM_ACK, NULL, 0);
	sim_advance(&s, 4999);
	EXPECT_SILENCE(&s);                             /* our FIN is heard */
	EXPECT(!forgotten());
	sim_advance(&s, 1);
	EXPECT(forgotten());
	talk_end();
}

TEST(in_closing_the_fin_again_is_acknowledged_again)
{
	closing();
	peer.ack--;
	peer_send_at(&peer, peer.seq - 1, SIM_FIN | SIM_ACK, NULL, 0);
	peer.ack++;
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.ack, peer.seq);
	sim_advance(&s, 500);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);  /* which is still to be heard */
	talk_end();
}

/* ---- TIME-WAIT ----------------------------------------------------------------------------------------------------------------------- */

TEST(in_time_wait_the_fin_again_is_acknowledged_and_begins_it_anew)
{
	time_wait();
	for (unsigned i = 0; i < 3; i++) {
		sim_advance(&s, 4000);
		peer_send_at(&peer, peer.seq - 1, SIM_FIN | SIM_ACK, NULL, 0);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.flags, SIM_ACK);
		EXPECT_EQ(peer.last.ack, peer.seq);
		EXPECT_EQ(peer.last.seq, peer.stack_iss + 2);
	}
	talk_end();
}

TEST(in_time_wait_old_segments_are_nobodys_business)
{
	time_wait();
	peer_send_at(&peer, peer.seq - 4, SIM_ACK, "old", 3);
	peer_send_at(&peer, peer.seq, SIM_ACK, NULL, 0);
	peer_send_at(&peer, peer.seq, SIM_SYN, NULL, 0);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 5000);
	EXPECT(forgotten());
	talk_end();
}

/* ---- LAST-ACK ------------------------------------------------------------------------------------------------------------------------ */

TEST(in_last_ack_the_acknowledgement_is_the_end)
{
	last_ack();
	peer_send(&peer, SIM_ACK, NULL, 0);
	EXPECT(forgotten());
	sim_advance(&s, 60000);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(in_last_ack_a_wrong_acknowledgement_is_not)
{
	last_ack();
	peer.ack++;
	peer_send(&peer, SIM_ACK, NULL, 0);
	peer.ack -= 2;
	peer_send(&peer, SIM_ACK, NULL, 0);
	peer.ack++;
	sim_advance(&s, 500);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	talk_end();
}

TEST(in_last_ack_a_fin_lost_once_to_four_times_is_heard)
{
	for (unsigned lost = 1; lost <= 4; lost++) {
		last_ack();
		for (unsigned i = 0; i < lost; i++) {
			sim_advance(&s, 500u << i);
			EXPECT(peer_expect(&peer));
			EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
		}
		peer_send(&peer, SIM_ACK, NULL, 0);
		EXPECT(forgotten());
		talk_end();
	}
}

TEST(in_last_ack_an_exact_reset_is_the_end)
{
	last_ack();
	peer_send_at(&peer, peer.seq + 1, SIM_RST, NULL, 0);
	EXPECT(!forgotten());
	peer_send_at(&peer, peer.seq, SIM_RST, NULL, 0);
	EXPECT(forgotten());
	talk_end();
}

/* ---- the user's side ----------------------------------------------------------------------------------------------------------------- */

TEST(a_close_with_a_hole_in_what_came_resets)
{
	talk_open(PEER_ALL);
	talk_say(10, 20, SIM_ACK);
	sim_discard(&s);
	tcp_close(&tcp, s.now_ms);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST | SIM_ACK);
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT(forgotten());
	talk_end();
}

TEST(a_close_while_connecting_says_nothing)
{
	talk_begin();
	EXPECT(peer_take_syn(&peer));
	tcp_close(&tcp, s.now_ms);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 60000);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(talk.closed, 0);
	talk_end();
}

/* RFC 9293 3.10.7.4, eighth: a peer that closes with our request unheard gets no orderly end. */
TEST(the_peers_fin_before_it_heard_our_request_is_reset)
{
	talk_open(PEER_ALL);
	EXPECT_EQ(tcp_send(&tcp, "request", 7, s.now_ms), 0);
	sim_discard(&s);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.flags, SIM_RST | SIM_ACK);
	sim_advance(&s, 60000);
	EXPECT_SILENCE(&s);
	talk_end();
}

TEST(an_end_before_any_data_is_an_end)
{
	talk_open(PEER_ALL);
	peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
	EXPECT_EQ(talk.closed, 1);
	EXPECT_EQ(talk.rc, 0);
	EXPECT_EQ(talk.received, 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.ack, peer.iss + 2);
	talk_end();
}

TEST(each_fin_that_comes_again_is_acknowledged)
{
	last_ack();
	for (unsigned i = 0; i < 10; i++) {
		peer.ack = peer.stack_iss + 1;          /* it has not seen ours */
		peer_send_at(&peer, peer.seq - 1, SIM_FIN | SIM_ACK, NULL, 0);
		EXPECT(peer_expect(&peer));
		EXPECT_EQ(peer.last.ack, peer.seq);
	}
	EXPECT_EQ(talk.closed, 1);
	talk_end();
}

/* A server that was restarted while we received and had nothing to say: our probe finds it out. */
TEST(a_connection_that_the_peer_forgot_is_found_out_by_our_probe)
{
	talk_open(PEER_ALL);
	talk_say(0, 100, SIM_ACK);
	sim_discard(&s);
	sim_advance(&s, 1000);
	EXPECT(peer_expect(&peer));
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);
	EXPECT(talk_failed("connection reset: by 10.0.2.9"));
	EXPECT(talk_heard(100));
	talk_end();
}

/* A hundred in a row, more than the table of ends holds: none has the port of one before it, which a server may still have in TIME-WAIT. */
TEST(a_hundred_connections_have_a_hundred_ports)
{
	static bool used[65536];

	memset(used, 0, sizeof used);
	talk_begin();
	for (unsigned i = 0; i < 100; i++) {
		peer_init(&peer, &s, PEER_IP, 80);
		EXPECT(peer_accept(&peer, PEER_ALL));
		EXPECT(!used[peer.stack_port]);
		used[peer.stack_port] = true;
		tcp_close(&tcp, s.now_ms);
		EXPECT(peer_expect(&peer));
		peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
		sim_discard(&s);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
	}
	talk_end();
}

/* In TIME-WAIT a port is not used, even where chance would have it. */
TEST(a_port_in_time_wait_is_not_used_again)
{
	uint16_t port;

	time_wait();
	port = peer.stack_port;
	for (unsigned i = 0; i < 300; i++) {
		s.net.tcp_port = (uint16_t)(port - 1);
		EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
		EXPECT(tcp.path.local_port != port);
		tcp_abort(&tcp, s.now_ms);
	}
	sim_discard(&s);
	talk_end();
}

/* No memory for a packet is like one that was lost: the end is said again. */
TEST(a_fin_that_found_no_packet_is_sent_again)
{
	static struct pkt *held[16384];
	size_t count = 0;

	talk_open(PEER_ALL);
	while ((held[count] = pkt_alloc()) != NULL)
		count++;
	tcp_close(&tcp, s.now_ms);
	while (count)
		pkt_free(held[--count]);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 500);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_FIN | SIM_ACK);
	talk_end();
}
