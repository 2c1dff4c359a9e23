/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP: echo both ways, unreachables. */
#include "net/icmp.h"

#include "core/errors.h"
#include "net/net.h"
#include "net/udp.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define PEER SIM_ADDR(10, 0, 2, 7)

static struct sim s;

static void begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, PEER);
	sim_add_host(&s, SIM_GATEWAY);
}

static void send_icmp(uint32_t src, uint32_t dst, uint8_t type, uint8_t code, uint32_t rest, const void *data, size_t len)
{
	uint8_t packet[1600];

	sim_send_ip(&s, packet, sim_build_icmp(packet, src, dst, type, code, rest, data, len));
}

TEST(icmp_answers_an_echo)
{
	struct sim_packet p;
	uint8_t data[1400];

	begin();
	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof data; len += 175) {
		send_icmp(PEER, SIM_IP, 8, 0, 0x12345678, data, len);
		EXPECT(sim_take(&s, &p) && p.ok);
		EXPECT_EQ(p.icmp_type, 0);
		EXPECT_EQ(p.dst, PEER);
		EXPECT_EQ(sim_get32(p.payload + 4), 0x12345678);
		EXPECT_EQ(p.data_len, len);
		EXPECT_MEM(p.data, data, len);
	}
	sim_stop(&s);
}

TEST(icmp_does_not_answer_broadcast_or_malformed_echoes)
{
	uint8_t packet[100];
	size_t len;

	begin();
	send_icmp(PEER, 0xffffffff, 8, 0, 1, "x", 1);
	send_icmp(PEER, SIM_ADDR(10, 0, 2, 255), 8, 0, 1, "x", 1);
	send_icmp(PEER, SIM_IP, 8, 1, 1, "x", 1);
	len = sim_build_icmp(packet, PEER, SIM_IP, 8, 0, 1, "x", 1);
	packet[len - 1] ^= 1;
	sim_send_ip(&s, packet, len);
	for (size_t n = 0; n < 8; n++) {        /* Shorter than its header */
		struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 1 };

		sim_send_ip(&s, packet, sim_build_ip(packet, &ip, "\x08\x00\xf7\xff\x00\x00\x00\x00", n));
	}
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(icmp_answers_twenty_a_second)
{
	struct sim_packet p;
	unsigned answers = 0;

	begin();
	for (unsigned i = 0; i < 1000; i++) {
		send_icmp(PEER, SIM_IP, 8, 0, i, "x", 1);
		sim_advance(&s, 3);
	}
	while (sim_take(&s, &p))
		answers++;
	EXPECT(answers >= 60 && answers <= 80);
	sim_stop(&s);
}

TEST(icmp_answers_of_one_moment_are_twenty)
{
	struct sim_packet p;
	unsigned answers = 0;

	begin();
	for (unsigned i = 0; i < 100; i++)
		send_icmp(PEER, SIM_IP, 8, 0, i, "x", 1);
	while (sim_take(&s, &p))
		EXPECT_EQ(sim_get32(p.payload + 4), answers++);
	EXPECT_EQ(answers, 20);
	sim_advance(&s, 999);
	send_icmp(PEER, SIM_IP, 8, 0, 100, "x", 1);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	send_icmp(PEER, SIM_IP, 8, 0, 101, "x", 1);
	EXPECT(sim_take(&s, &p) && sim_get32(p.payload + 4) == 101);
	sim_stop(&s);
}

/* Echoes and closed ports together. */
TEST(icmp_answers_of_all_kinds_share_their_twenty)
{
	struct sim_udp udp = { .src = PEER, .dst = SIM_IP, .src_port = 4000, .dst_port = 9, .data = "hello", .len = 5 };
	struct sim_packet p;
	unsigned answers = 0;

	begin();
	for (unsigned i = 0; i < 50; i++) {
		send_icmp(PEER, SIM_IP, 8, 0, i, "x", 1);
		sim_send_udp(&s, &udp);
	}
	while (sim_take(&s, &p))
		answers++;
	EXPECT_EQ(answers, 20);
	sim_stop(&s);
}

/* An echo in fragments may be longer than what we can send in one piece. */
TEST(icmp_answers_no_echo_that_is_longer_than_the_mtu)
{
	for (size_t len = 1471; len <= 1473; len++) {
		uint8_t data[1500] = { 0 }, packet[1600], fragment[1600];
		struct sim_ip4 first = { .src = PEER, .dst = SIM_IP, .protocol = 1, .id = 5, .fragment = 0x2000 };
		struct sim_ip4 rest = { .src = PEER, .dst = SIM_IP, .protocol = 1, .id = 5, .fragment = 800 / 8 };
		struct sim_packet p;

		begin();
		sim_build_icmp(packet, PEER, SIM_IP, 8, 0, 1, data, len);
		sim_send_ip(&s, fragment, sim_build_ip(fragment, &first, packet + 20, 800));
		sim_send_ip(&s, fragment, sim_build_ip(fragment, &rest, packet + 820, len + 8 - 800));
		EXPECT_EQ(sim_take(&s, &p), len <= 1472);
		if (len <= 1472)
			EXPECT(p.ok && p.icmp_type == 0 && p.data_len == len);
		EXPECT_EQ(host_packets_held(), 0);
		sim_stop(&s);
	}
}

/** What is sent to @dst next goes to the MAC of @hop. */
static void expect_hop(uint32_t dst, uint32_t hop)
{
	struct sim_packet p;
	struct ping ping;
	uint8_t mac[6];

	sim_discard(&s);
	sim_mac(hop, mac);
	ping_start(&ping, &s.net, dst, 56, 1000, s.now_ms);
	EXPECT(sim_take(&s, &p) && p.icmp_type == 8);
	EXPECT_MEM(p.eth_dst, mac, 6);
	ping_stop(&ping);
}

/* RFC 1122 3.2.2.2 lets a host follow them; one that boots once has nothing to gain. */
TEST(icmp_redirects_are_not_followed)
{
	uint32_t far = SIM_ADDR(192, 0, 2, 1);
	struct sim_packet p;
	struct ping ping;

	begin();
	sim_add_host(&s, SIM_ADDR(10, 0, 2, 66));
	ping_start(&ping, &s.net, far, 56, 1000, s.now_ms);
	EXPECT(sim_take(&s, &p));
	for (uint8_t code = 0; code < 4; code++)
		send_icmp(SIM_GATEWAY, SIM_IP, 5, code, SIM_ADDR(10, 0, 2, 66), p.ip, 28);
	EXPECT_EQ(ping.rc, -EINPROGRESS);
	ping_stop(&ping);
	expect_hop(far, SIM_GATEWAY);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	sim_stop(&s);
}

/* Ripple20 (CVE-2020-11909 and its like): errors and questions of all other kinds, quoting a ping that is under way. */
TEST(icmp_of_other_kinds_ends_nothing_and_is_not_answered)
{
	struct sim_packet p;
	struct ping ping;
	uint8_t quote[28];

	begin();
	ping_start(&ping, &s.net, PEER, 56, 1000, s.now_ms);
	EXPECT(sim_take(&s, &p));
	memcpy(quote, p.ip, sizeof quote);
	for (unsigned type = 0; type < 256; type++)
		for (unsigned code = 0; code < 20; code++)
			if (type != 3 && type != 8)
				send_icmp(SIM_GATEWAY, SIM_IP, (uint8_t)type, (uint8_t)code, 0, quote, sizeof quote);
	EXPECT_EQ(ping.rc, -EINPROGRESS);
	EXPECT_SILENCE(&s);
	ping_stop(&ping);
	sim_stop(&s);
}

/* CVE-2020-24341: a message of every length of every kind. */
TEST(icmp_of_every_kind_and_length_is_read_to_its_end_only)
{
	begin();
	for (unsigned type = 0; type < 256; type++)
		for (size_t len = 0; len < 40; len++) {
			struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 1 };
			uint8_t packet[100], message[40] = { 0 };

			message[0] = (uint8_t)type;
			if (len >= 8)
				message[8] = 0x4f;      /* a quoted header longer than the quote */
			if (len >= 4)
				sim_put16(message + 2, sim_checksum(0, message, len));
			sim_send_ip(&s, packet, sim_build_ip(packet, &ip, message, len));
			sim_advance(&s, 50);
			sim_discard(&s);
		}
	EXPECT_EQ(host_packets_held(), 0);
	expect_hop(PEER, PEER);
	sim_stop(&s);
}

TEST(icmp_types_nobody_asked_for_are_ignored)
{
	begin();
	for (unsigned type = 0; type < 256; type++)
		if (type != 8)
			send_icmp(PEER, SIM_IP, (uint8_t)type, 0, 0x0a000203, "E\0\0\x1c", 4);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	sim_stop(&s);
}

TEST(icmp_ping_and_its_answer)
{
	struct sim_packet p;
	struct ping ping;

	begin();
	EXPECT_EQ(ping_start(&ping, &s.net, PEER, 56, 1000, s.now_ms), -EINPROGRESS);
	EXPECT(sim_take(&s, &p) && p.ok);
	EXPECT_EQ(p.icmp_type, 8);
	EXPECT_EQ(p.data_len, 56);
	EXPECT_EQ(p.dst, PEER);
	sim_advance(&s, 7);
	send_icmp(PEER, SIM_IP, 0, 0, sim_get32(p.payload + 4), p.data, p.data_len);
	EXPECT_EQ(ping.rc, 0);
	EXPECT_EQ(ping.round_trip_ms, 7);
	EXPECT_EQ(ping.from, PEER);
	EXPECT_EQ(ping.ttl, 64);
	ping_stop(&ping);
	sim_stop(&s);
}

TEST(icmp_ping_hears_only_its_own_answer)
{
	struct sim_packet p;
	struct ping ping;
	uint32_t rest;
	uint8_t data[56];

	begin();
	ping_start(&ping, &s.net, PEER, 56, 1000, s.now_ms);
	EXPECT(sim_take(&s, &p));
	rest = sim_get32(p.payload + 4);
	memcpy(data, p.data, sizeof data);
	send_icmp(PEER + 1, SIM_IP, 0, 0, rest, data, 56);
	send_icmp(PEER, SIM_IP, 0, 0, rest + 1, data, 56);
	send_icmp(PEER, SIM_IP, 0, 0, rest ^ 0x10000, data, 56);
	send_icmp(PEER, SIM_IP, 0, 0, rest, data, 55);
	EXPECT_EQ(ping.rc, -EINPROGRESS);
	send_icmp(PEER, SIM_IP, 0, 0, rest, data, 56);
	EXPECT_EQ(ping.rc, 0);
	send_icmp(PEER, SIM_IP, 0, 0, rest, data, 56);
	ping_stop(&ping);
	send_icmp(PEER, SIM_IP, 0, 0, rest, data, 56);
	sim_stop(&s);
}

TEST(icmp_ping_times_out_to_the_millisecond)
{
	struct ping ping;
	char text[300];

	begin();
	ping_start(&ping, &s.net, PEER, 0, 777, s.now_ms);
	sim_advance(&s, 776);
	EXPECT_EQ(ping.rc, -EINPROGRESS);
	sim_advance(&s, 1);
	EXPECT_EQ(ping.rc, -ETIMEDOUT);
	error_format(text, sizeof text, ping.rc);
	EXPECT(strstr(text, "no answer from 10.0.2.7 within 777 ms"));
	ping_stop(&ping);
	sim_stop(&s);
}

TEST(icmp_ping_that_cannot_be_sent)
{
	struct ping ping;

	sim_start(&s);
	EXPECT_EQ(ping_start(&ping, &s.net, PEER, 56, 1000, s.now_ms), -ENETUNREACH);
	EXPECT_EQ(ping.rc, -ENETUNREACH);
	ping_stop(&ping);
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	EXPECT_EQ(ping_start(&ping, &s.net, PEER, PING_DATA_MAX + 1, 1000, s.now_ms), -EINVAL);
	ping_stop(&ping);
	sim_stop(&s);
}

/** An unreachable of @code from the gateway, quoting @p's first @len bytes. */
static void unreachable(uint8_t code, const struct sim_packet *p, size_t len)
{
	send_icmp(SIM_GATEWAY, SIM_IP, 3, code, 0, p->ip, len);
}

TEST(icmp_unreachable_ends_a_ping_at_once)
{
	static const struct { uint8_t code; int rc; } cases[] = {
		{ 0, -ENETUNREACH }, { 1, -EHOSTUNREACH }, { 2, -ECONNREFUSED }, { 3, -ECONNREFUSED }, { 4, -EINPROGRESS },
		{ 9, -EHOSTUNREACH }, { 13, -EHOSTUNREACH }, { 200, -EHOSTUNREACH },
	};
	struct sim_packet p;
	struct ping ping;

	begin();
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		ping_start(&ping, &s.net, SIM_ADDR(192, 0, 2, 1), 56, 1000, s.now_ms);
		EXPECT(sim_take(&s, &p));
		unreachable(cases[i].code, &p, 28);
		EXPECT_EQ(ping.rc, cases[i].rc);
		if (ping.rc != -EINPROGRESS)
			EXPECT_EQ(ping.from, SIM_GATEWAY);
		ping_stop(&ping);
	}
	sim_stop(&s);
}

TEST(icmp_unreachable_must_quote_what_we_sent)
{
	struct sim_packet p, forged;
	struct ping ping;
	uint8_t quote[84];

	begin();
	ping_start(&ping, &s.net, SIM_ADDR(192, 0, 2, 1), 56, 1000, s.now_ms);
	EXPECT(sim_take(&s, &p));
	memcpy(quote, p.ip, sizeof quote);
	for (size_t len = 0; len < 28; len++)   /* Quotes cut short */
		unreachable(1, &p, len);
	forged.ip = quote;
	quote[15] ^= 1;                         /* another sender */
	unreachable(1, &forged, 28);
	quote[15] ^= 1;
	quote[19] ^= 1;                         /* another destination */
	unreachable(1, &forged, 28);
	quote[19] ^= 1;
	quote[25] ^= 1;                         /* another id */
	unreachable(1, &forged, 28);
	quote[25] ^= 1;
	for (unsigned first = 0; first < 256; first++) {
		quote[0] = (uint8_t)first;
		if (first != 0x45)
			unreachable(1, &forged, 28);
	}
	EXPECT_EQ(ping.rc, -EINPROGRESS);
	quote[0] = 0x45;
	unreachable(1, &forged, 28);
	EXPECT_EQ(ping.rc, -EHOSTUNREACH);
	ping_stop(&ping);
	sim_stop(&s);
}

TEST(icmp_says_that_a_port_is_closed)
{
	struct sim_udp udp = { .src = PEER, .dst = SIM_IP, .src_port = 4000, .dst_port = 9, .data = "hello", .len = 5 };
	struct sim_packet p;

	begin();
	sim_send_udp(&s, &udp);
	EXPECT(sim_take(&s, &p) && p.ok);
	EXPECT_EQ(p.icmp_type, 3);
	EXPECT_EQ(p.icmp_code, 3);
	EXPECT_EQ(p.dst, PEER);
	EXPECT_EQ(p.data_len, 28);
	EXPECT_EQ(sim_get32(p.data + 12), PEER);
	EXPECT_EQ(sim_get32(p.data + 16), SIM_IP);
	EXPECT_EQ(p.data[9], 17);
	EXPECT_EQ(sim_get16(p.data + 20), 4000);
	EXPECT_EQ(sim_get16(p.data + 22), 9);
	udp.dst = 0xffffffff;
	sim_send_udp(&s, &udp);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}
