/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that do not fit a packet: the same question by TCP (RFC 1035 4.2.2, RFC 7766), and servers that do badly at it. */
#include "core/heap.h"
#include "tests/sim/tcp_peer.h"
#include "tests/unit/net/dns_talk.h"

enum { QUESTION = 12 + 14 + 4, TRUNCATED = 0x8380, GOOD = 0x8180, STREAM_MS = 3000 };

static struct tcp_peer peer;
static uint8_t question[QUESTION], answer[2 + 65535];

/** "boot.example" is asked about, and the first of @servers has said that its answer does not fit. */
static void begin_truncated(unsigned servers)
{
	struct sim_packet p;

	begin(servers);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	EXPECT_EQ(p.data_len, QUESTION);
	memcpy(question, p.data, QUESTION);
	reply_with(&p, TRUNCATED, 0, "", 0);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	peer_init(&peer, &s, SERVER(0), 53);
}

static void end_tcp(void)
{
	dns_stop(&q);
	sim_discard(&s);
	sim_stop(&s);
}

/** It connected, and asked: the same question, behind its length, in one segment. */
static bool is_asked(void)
{
	return peer_accept(&peer, PEER_ALL) && peer_expect(&peer) && peer.last.data_len == 2 + QUESTION &&
	       sim_get16(peer.last.data) == QUESTION && memcmp(peer.last.data + 2, question, QUESTION) == 0;
}

static void say(const void *bytes, size_t len)
{
	for (size_t at = 0; at < len; at += 1400)
		peer_send(&peer, SIM_ACK | SIM_PSH, (const uint8_t *)bytes + at, len - at < 1400 ? len - at : 1400);
}

/** Into answer[]: a reply with its length in front; returns the length of both. */
static size_t make(uint16_t flags, unsigned count, const void *records, size_t len)
{
	size_t n = make_reply(answer + 2, question, QUESTION, flags, count, records, len);

	sim_put16(answer, (uint16_t)n);
	return 2 + n;
}

static size_t make_good(void)
{
	return make(GOOD, 1, ADDRESS, 16);
}

/** The resolver has the address and has taken leave in good order, of this moment. */
static bool is_done(void)
{
	return q.rc == 0 && q.address_count == 1 && q.address[0] == SIM_ADDR(10, 1, 2, 3) && s.now_ms == s.start_ms && peer_expect_last(&peer) &&
	       (peer.last.flags & SIM_FIN) && !(peer.last.flags & SIM_RST);
}

/** It goes on with the next server, now. */
static bool asks_next(int server)
{
	struct sim_packet p;

	return q.rc == -EINPROGRESS && take(&p) == server;
}

/* ---- when -------------------------------------------------------------------------------------------------------------------------- */

/* RFC 2181 9: what there is of a truncated answer may be used where it is enough. */
TEST(dns_truncated_answer_is_used_if_it_says_enough)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	reply_with(&p, TRUNCATED, 9, ADDRESS, 16);
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address_count, 1);
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_truncated_answer_without_an_address_is_asked_for_by_tcp)
{
	begin_truncated(2);
	EXPECT(is_asked());
	say(answer, make_good());
	EXPECT(is_done());
	end_tcp();
}

/* The last record is half there. */
TEST(dns_truncated_answer_cut_in_a_record_is_asked_for_by_tcp)
{
	struct sim_packet p;

	for (size_t len = 1; len < 16; len++) {
		begin(1);
		start("boot.example");
		EXPECT_EQ(take(&p), 0);
		memcpy(question, p.data, QUESTION);
		reply_with(&p, TRUNCATED, 1, ADDRESS, len);
		peer_init(&peer, &s, SERVER(0), 53);
		EXPECT(is_asked());
		say(answer, make_good());
		EXPECT(is_done());
		end_tcp();
	}
}

TEST(dns_truncated_answer_with_an_alias_alone_is_asked_for_by_tcp)
{
	struct sim_packet p;

	begin(1);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	memcpy(question, p.data, QUESTION);
	reply_with(&p, TRUNCATED, 1, "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x02" "w3" "\xc0\x11", 17);
	peer_init(&peer, &s, SERVER(0), 53);
	EXPECT(is_asked());
	say(answer, make_good());
	EXPECT(is_done());
	end_tcp();
}

TEST(dns_truncated_failure_is_the_next_servers_turn)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	reply_with(&p, TRUNCATED | 2, 0, "", 0);
	EXPECT(asks_next(1));
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_truncated_no_such_name_ends_it)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	reply_with(&p, TRUNCATED | 3, 0, "", 0);
	expect_failure(-ENOENT, "no such name");
	EXPECT_SILENCE(&s);
	end();
}

/* RFC 5452: who forges "truncated" opens no connection. */
TEST(dns_forged_truncation_opens_no_connection)
{
	struct sim_packet p, forged;
	uint8_t data[QUESTION];

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	memcpy(data, p.data, QUESTION);
	forged = p;
	forged.data = data;
	forged.dst = SERVER(1);
	reply_with(&forged, TRUNCATED, 0, "", 0);
	forged.dst = SERVER(0);
	data[0] ^= 1;
	reply_with(&forged, TRUNCATED, 0, "", 0);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_second_truncated_answer_opens_no_second_connection)
{
	uint8_t message[QUESTION];
	struct sim_udp udp = { .src = SERVER(0), .dst = SIM_IP, .src_port = 53, .data = message, .len = QUESTION };

	begin_truncated(1);
	EXPECT(is_asked());
	make_reply(message, question, QUESTION, TRUNCATED, 0, "", 0);
	udp.dst_port = q.socket.local_port;
	sim_send_udp(&s, &udp);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	EXPECT_SILENCE(&s);
	say(answer, make_good());
	EXPECT(is_done());
	end_tcp();
}

/* ---- in pieces --------------------------------------------------------------------------------------------------------------------- */

/* RFC 7766 8: length and message may come in any segments. */
TEST(dns_tcp_answer_in_two_segments_cut_anywhere)
{
	for (size_t cut = 1; cut < 2 + QUESTION + 16; cut++) {
		size_t len;

		begin_truncated(1);
		EXPECT(is_asked());
		len = make_good();
		say(answer, cut);
		EXPECT_EQ(q.rc, -EINPROGRESS);
		say(answer + cut, len - cut);
		EXPECT(is_done());
		end_tcp();
	}
}

TEST(dns_tcp_answer_byte_by_byte)
{
	size_t len;

	begin_truncated(1);
	EXPECT(is_asked());
	len = make_good();
	for (size_t i = 0; i < len; i++) {
		EXPECT_EQ(q.rc, -EINPROGRESS);
		say(answer + i, 1);
	}
	EXPECT(is_done());
	end_tcp();
}

TEST(dns_tcp_answer_whose_length_comes_alone)
{
	begin_truncated(1);
	EXPECT(is_asked());
	make_good();
	say(answer, 2);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	say(answer + 2, QUESTION + 16);
	EXPECT(is_done());
	end_tcp();
}

/* The longest there is, in 47 segments, of which the first comes last; and behind it something that has no room any more. */
TEST(dns_tcp_answer_of_65535_bytes_in_any_order)
{
	static const uint8_t more[2800];
	uint32_t seq;
	size_t len;

	begin_truncated(1);
	EXPECT(is_asked());
	len = make_good();
	memset(answer + len, 't', sizeof answer - len);         /* behind the records there may be others */
	sim_put16(answer, 65535);
	seq = peer.seq;
	peer.seq += 1400;
	say(answer + 1400, sizeof answer - 1400);
	say(more, sizeof more);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	peer_send_at(&peer, seq, SIM_ACK, answer, 1400);
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address[0], SIM_ADDR(10, 1, 2, 3));
	end_tcp();
}

TEST(dns_tcp_many_addresses_arrive)
{
	static uint8_t records[100 * 16];

	begin_truncated(1);
	EXPECT(is_asked());
	for (unsigned i = 0; i < 100; i++) {
		memcpy(records + 16 * i, ADDRESS, 16);
		records[16 * i + 15] = (uint8_t)i;
	}
	say(answer, make(GOOD, 100, records, sizeof records));
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address_count, DNS_ADDRESSES_MAX);
	for (unsigned i = 0; i < DNS_ADDRESSES_MAX; i++)
		EXPECT_EQ(q.address[i], SIM_ADDR(10, 1, 2, i));
	end_tcp();
}

TEST(dns_tcp_answer_and_the_servers_close_in_one_segment)
{
	begin_truncated(1);
	EXPECT(is_asked());
	peer_send(&peer, SIM_ACK | SIM_PSH | SIM_FIN, answer, make_good());
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address[0], SIM_ADDR(10, 1, 2, 3));
	EXPECT_EQ(s.now_ms, s.start_ms);
	end_tcp();
}

TEST(dns_tcp_what_follows_the_answer_is_not_read)
{
	size_t len;

	begin_truncated(1);
	EXPECT(is_asked());
	len = make_good();
	memset(answer + len, 0xff, 1000);
	peer_send(&peer, SIM_ACK | SIM_PSH, answer, len + 1000);
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address_count, 1);
	end_tcp();
}

/* ---- what it may say -------------------------------------------------------------------------------------------------------------- */

TEST(dns_tcp_no_such_name_ends_it)
{
	begin_truncated(2);
	EXPECT(is_asked());
	say(answer, make(GOOD | 3, 0, "", 0));
	expect_failure(-ENOENT, "no such name as boot.example (DNS server 10.0.2.100)");
	end_tcp();
}

TEST(dns_tcp_no_address_ends_it)
{
	begin_truncated(2);
	EXPECT(is_asked());
	say(answer, make(GOOD, 0, "", 0));
	expect_failure(-ENOENT, "boot.example has no IPv4 address");
	end_tcp();
}

TEST(dns_tcp_refusal_is_the_next_servers_turn)
{
	begin_truncated(2);
	EXPECT(is_asked());
	say(answer, make(GOOD | 5, 0, "", 0));
	EXPECT(asks_next(1));
	end_tcp();
}

TEST(dns_tcp_alias_is_asked_about_by_udp_again)
{
	struct sim_packet p;

	begin_truncated(1);
	EXPECT(is_asked());
	say(answer, make(GOOD, 1, "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x02" "w3" "\xc0\x11", 17));
	EXPECT_EQ(q.rc, -EINPROGRESS);
	EXPECT_EQ(take(&p), 0);
	EXPECT_MEM(p.data + 12, "\x02" "w3" "\x07" "example" "\x00", 12);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	end_tcp();
}

/* By TCP nothing need be truncated: what is, is not asked for a third time. */
TEST(dns_tcp_answer_that_is_truncated_itself_is_the_next_servers_turn)
{
	begin_truncated(2);
	EXPECT(is_asked());
	say(answer, make(TRUNCATED, 0, "", 0));
	EXPECT(asks_next(1));
	end_tcp();
}

/* CVE-2018-12178 and what a length in front adds: it says less than there is, more, or nothing at all. */
TEST(dns_tcp_answer_cut_at_every_byte_is_the_next_servers_turn)
{
	for (unsigned len = 0; len < QUESTION + 16; len++) {
		begin_truncated(2);
		EXPECT(is_asked());
		make_good();
		sim_put16(answer, (uint16_t)len);
		say(answer, 2 + len);
		EXPECT_EQ(q.address_count, 0);
		EXPECT(asks_next(1));
		end_tcp();
	}
}

TEST(dns_tcp_answer_to_another_question_is_the_next_servers_turn)
{
	static const struct { const char *what; unsigned at; uint8_t flip; } cases[] = {
		{ "another id", 2 + 1, 1 }, { "a question", 2 + 2, 0x80 }, { "another opcode", 2 + 2, 0x08 }, { "two questions", 2 + 5, 3 },
		{ "another name", 2 + 14, 1 }, { "another type", 2 + 12 + 14 + 1, 4 }, { "another class", 2 + 12 + 14 + 3, 2 },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len;

		begin_truncated(2);
		EXPECT(is_asked());
		len = make_good();
		answer[cases[i].at] ^= cases[i].flip;
		say(answer, len);
		if (!asks_next(1))
			test_fail(__FILE__, __LINE__, "%s was heard", cases[i].what);
		end_tcp();
	}
}

/* ---- servers that do badly at it --------------------------------------------------------------------------------------------------- */

TEST(dns_tcp_port_that_is_closed_is_the_next_servers_turn_at_once)
{
	begin_truncated(2);
	EXPECT(peer_take_syn(&peer));
	peer_send_at(&peer, 0, SIM_RST | SIM_ACK, NULL, 0);
	EXPECT(asks_next(1));
	EXPECT_EQ(s.now_ms, s.start_ms);
	end_tcp();
}

TEST(dns_tcp_connection_that_is_reset_is_the_next_servers_turn_at_once)
{
	begin_truncated(2);
	EXPECT(is_asked());
	say(answer, make_good() - 1);
	peer_send(&peer, SIM_RST | SIM_ACK, NULL, 0);
	EXPECT(asks_next(1));
	EXPECT_EQ(s.now_ms, s.start_ms);
	end_tcp();
}

TEST(dns_tcp_connection_that_ends_before_the_answer_does_is_the_next_servers_turn_at_once)
{
	for (size_t len = 0; len < 2 + QUESTION + 16; len++) {
		begin_truncated(2);
		EXPECT(is_asked());
		make_good();
		peer_send(&peer, SIM_ACK | SIM_FIN, answer, len);
		EXPECT(asks_next(1));
		EXPECT_EQ(s.now_ms, s.start_ms);
		end_tcp();
	}
}

TEST(dns_tcp_port_that_is_filtered_costs_three_seconds)
{
	begin_truncated(2);
	EXPECT(peer_take_syn(&peer));
	sim_advance(&s, 1000);
	EXPECT(peer_take_syn(&peer));                   /* sent again: RFC 6298 2.1 */
	sim_advance(&s, STREAM_MS - 1001);
	EXPECT_EQ(q.server_ip, SERVER(0));
	sim_advance(&s, 1);
	EXPECT(asks_next(1));
	sim_advance(&s, 900);
	EXPECT_SILENCE(&s);                             /* nobody calls the first one any more */
	end_tcp();
}

TEST(dns_tcp_lost_syn_is_made_good)
{
	begin_truncated(1);
	EXPECT(peer_take_syn(&peer));
	sim_advance(&s, 1000);
	EXPECT(is_asked());
	say(answer, make_good());
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(s.now_ms - s.start_ms, 1000);
	end_tcp();
}

TEST(dns_tcp_server_that_says_nothing_costs_three_seconds_and_is_taken_leave_of)
{
	begin_truncated(2);
	EXPECT(is_asked());
	peer_send(&peer, SIM_ACK, NULL, 0);
	sim_advance(&s, STREAM_MS - 1);
	EXPECT_EQ(q.server_ip, SERVER(0));
	while (peer_expect(&peer))
		EXPECT_EQ(peer.last.flags, SIM_ACK);    /* whether something is missing (net/tcp_mtu.h) */
	sim_advance(&s, 1);
	EXPECT(peer_expect(&peer));
	EXPECT_EQ(peer.last.flags, SIM_ACK | SIM_FIN);
	EXPECT(asks_next(1));
	end_tcp();
}

/* Bytes that drop in win no time. */
TEST(dns_tcp_trickle_costs_three_seconds)
{
	begin_truncated(2);
	EXPECT(is_asked());
	make_good();
	for (unsigned i = 0; i < 5; i++) {
		say(answer + i, 1);
		sim_advance(&s, 500);
	}
	EXPECT_EQ(q.server_ip, SERVER(0));
	sim_advance(&s, STREAM_MS - 5 * 500 - 1);
	EXPECT_EQ(q.server_ip, SERVER(0));
	sim_advance(&s, 1);
	EXPECT_EQ(q.server_ip, SERVER(1));
	end_tcp();
}

TEST(dns_tcp_endless_answer_is_taken_no_more_of_than_was_announced)
{
	begin_truncated(2);
	EXPECT(is_asked());
	memset(answer, 0xff, sizeof answer);
	say(answer, sizeof answer);
	EXPECT_EQ(q.server_ip, SERVER(1));
	EXPECT_EQ(s.now_ms, s.start_ms);
	say(answer, 2000);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	end_tcp();
}

TEST(dns_tcp_that_no_server_speaks_ends_it)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(take(&p), i);
		reply_with(&p, TRUNCATED, 0, "", 0);
		peer_init(&peer, &s, SERVER((unsigned)i), 53);
		EXPECT(peer_take_syn(&peer));
		peer_send_at(&peer, 0, SIM_RST | SIM_ACK, NULL, 0);
	}
	expect_failure(-EPROTO, "DNS server 10.0.2.101 cannot resolve boot.example (code 2)");
	EXPECT_EQ(s.now_ms, s.start_ms);
	EXPECT_SILENCE(&s);
	end_tcp();
}

/* A server behind a filter for TCP: each of the three rounds has its three seconds, and no more. */
TEST(dns_tcp_that_is_filtered_everywhere_ends_after_three_rounds)
{
	struct sim_packet p;

	begin(1);
	start("boot.example");
	for (unsigned i = 0; i < 3; i++) {
		EXPECT_EQ(take(&p), 0);
		EXPECT_EQ(s.now_ms - s.start_ms, i * STREAM_MS);
		reply_with(&p, TRUNCATED, 0, "", 0);
		sim_discard(&s);
		sim_advance(&s, STREAM_MS - 1);
		sim_discard(&s);
		EXPECT_EQ(q.rc, -EINPROGRESS);
		sim_advance(&s, 1);
	}
	expect_failure(-ETIMEDOUT, "no answer about boot.example from DNS server 10.0.2.100");
	end_tcp();
}

TEST(dns_tcp_without_memory_is_the_next_servers_turn_when_the_time_is_over)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	heap_fail_after(1);
	reply_with(&p, TRUNCATED, 0, "", 0);
	heap_fail_after(0);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1000);
	EXPECT(asks_next(1));
	end_tcp();
}

TEST(dns_tcp_question_that_finds_no_memory_is_the_next_servers_turn_when_the_time_is_over)
{
	begin_truncated(2);
	EXPECT(peer_take_syn(&peer));
	heap_fail_after(1);
	peer_answer_syn(&peer, PEER_ALL);
	heap_fail_after(0);
	sim_advance(&s, STREAM_MS - 1);
	EXPECT_EQ(q.server_ip, SERVER(0));
	sim_advance(&s, 1);
	EXPECT_EQ(q.server_ip, SERVER(1));
	end_tcp();
}

/* ---- cancelled ---------------------------------------------------------------------------------------------------------------------- */

/* Nothing is left of it, which sim_stop() looks for. */
TEST(dns_tcp_stop_at_every_stage)
{
	for (unsigned stage = 0; stage < 4; stage++) {
		begin_truncated(1);
		if (stage == 0)
			EXPECT(peer_take_syn(&peer));
		else
			EXPECT(is_asked());
		if (stage > 1)
			say(answer, stage == 2 ? 1 : make_good() - 1);
		sim_discard(&s);
		dns_stop(&q);
		EXPECT_EQ(q.rc, -ECANCELED);
		if (stage > 0) {
			EXPECT(peer_expect(&peer));
			EXPECT(peer.last.flags & (SIM_FIN | SIM_RST));
			peer_send(&peer, SIM_ACK, answer, 20);
		}
		sim_advance(&s, 100);
		EXPECT_EQ(q.rc, -ECANCELED);
		EXPECT_EQ(q.address_count, 0);
		end_tcp();
	}
}

TEST(dns_tcp_stack_that_is_shut_down_leaves_nothing)
{
	begin_truncated(1);
	EXPECT(is_asked());
	say(answer, 10);
	net_abandon(&s.net, s.now_ms);
	sim_discard(&s);
	end_tcp();
}
