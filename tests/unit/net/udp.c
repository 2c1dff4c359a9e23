/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP. */
#include "net/udp.h"

#include "core/errors.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define PEER SIM_ADDR(10, 0, 2, 7)

static struct sim s;
static unsigned inputs, unreachables;
static char data[2000];
static size_t data_len;
static uint16_t from_port;
static int last_rc;

static void input(struct udp_socket *u, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	inputs++;
	from_port = src_port;
	data_len = pkt_len(p);
	memcpy(data, p->data, data_len);
}

static void unreachable(struct udp_socket *u, uint32_t dst, uint16_t dst_port, int rc, uint32_t now_ms)
{
	unreachables++;
	last_rc = rc;
}

static struct udp_socket u;
static struct sim_udp to_us = { .src = PEER, .dst = SIM_IP, .src_port = 4000, .dst_port = 69, .data = "hello", .len = 5 };

static void begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, PEER);
	memset(&u, 0, sizeof u);
	u.input = input;
	u.unreachable = unreachable;
	udp_open(&u, &s.net, 69);
	inputs = unreachables = 0;
}

static void end(void)
{
	udp_close(&u);
	sim_stop(&s);
}

TEST(udp_brings_a_datagram_to_its_socket)
{
	begin();
	sim_send_udp(&s, &to_us);
	EXPECT_EQ(inputs, 1);
	EXPECT_EQ(from_port, 4000);
	EXPECT(data_len == 5 && memcmp(data, "hello", 5) == 0);
	udp_close(&u);
	sim_send_udp(&s, &to_us);
	EXPECT_EQ(inputs, 1);
	end();
}

TEST(udp_checks_the_checksum_unless_there_is_none)
{
	struct sim_udp udp = to_us;

	begin();
	udp.bad_checksum = true;
	sim_send_udp(&s, &udp);
	EXPECT_EQ(inputs, 0);
	EXPECT_EQ(s.netif.counters.rx_dropped, 1);
	s.verifies_checksums = true;            /* the NIC says it is right: it knows */
	sim_send_udp(&s, &udp);
	EXPECT_EQ(inputs, 1);
	s.verifies_checksums = false;
	udp.bad_checksum = false;
	udp.no_checksum = true;
	sim_send_udp(&s, &udp);
	EXPECT_EQ(inputs, 2);
	end();
}

/* CVE-2019-14192: the length field against the packet's. */
TEST(udp_believes_no_length)
{
	struct sim_udp udp = to_us;

	begin();
	udp.no_checksum = true;
	for (int length = 0; length < 8; length++) {
		udp.length_error = length - 13;
		sim_send_udp(&s, &udp);
	}
	udp.length_error = 1;
	sim_send_udp(&s, &udp);
	udp.length_error = 65535 - 13;
	sim_send_udp(&s, &udp);
	EXPECT_EQ(inputs, 0);
	udp.length_error = -5;
	sim_send_udp(&s, &udp);
	EXPECT_EQ(inputs, 1);
	EXPECT_EQ(data_len, 0);
	udp.length_error = -2;
	sim_send_udp(&s, &udp);
	EXPECT_EQ(data_len, 3);
	end();
}

/** Send @frame_len bytes of a packet of 5 bytes of data, its IP and UDP lengths off by @ip_error and @udp_error. */
static void send_lengths(size_t frame_len, int ip_error, int udp_error)
{
	struct sim_udp udp = to_us;
	uint8_t packet[100] = { 0 };

	udp.no_checksum = true;
	udp.length_error = udp_error;
	sim_build_udp(packet, &udp);
	sim_put16(packet + 2, (uint16_t)(33 + ip_error));
	sim_put16(packet + 10, 0);
	sim_put16(packet + 10, sim_checksum(0, packet, 20));
	inputs = 0;
	sim_send_ip(&s, packet, frame_len);
}

/* CVE-2026-88833: the length in the UDP header, the IP header and the frame, each less than, equal to and more than the next. */
TEST(udp_of_three_lengths_in_all_orders_is_what_all_of_them_hold)
{
	begin();
	for (int frame = -4; frame <= 4; frame += 4)
		for (int ip = -4; ip <= 4; ip += 4)
			for (int length = -4; length <= 4; length += 4) {
				bool holds = ip <= frame && length <= ip;

				send_lengths((size_t)(33 + frame), ip, length);
				if (inputs != holds)
					test_fail(__FILE__, __LINE__, "frame %+d, IP %+d, UDP %+d: %u came", frame, ip, length, inputs);
				if (holds)
					EXPECT_EQ(data_len, 5 + length);
			}
	end();
}

/* CVE-2019-14192: an IP total length that leaves no UDP header. */
TEST(udp_in_a_packet_without_room_for_its_header_is_dropped)
{
	begin();
	for (int total = 0; total < 28; total++)
		for (int length = 0; length < 16; length++) {
			send_lengths(33, total - 33, length - 13);
			EXPECT_EQ(inputs, 0);
		}
	EXPECT_EQ(s.netif.counters.rx_dropped, 28 * 16);
	send_lengths(33, 28 - 33, 8 - 13);
	EXPECT_EQ(inputs, 1);
	EXPECT_EQ(data_len, 0);
	end();
}

TEST(udp_to_a_closed_port_of_a_group_or_of_all_is_not_answered)
{
	static const uint32_t groups[] = { 0xffffffff, SIM_ADDR(10, 0, 2, 255), SIM_ADDR(224, 0, 0, 1), SIM_ADDR(239, 255, 255, 250) };
	struct sim_udp udp = to_us;

	begin();
	udp.dst_port = 9;
	for (unsigned i = 0; i < 4; i++) {
		udp.dst = groups[i];
		sim_send_udp(&s, &udp);
	}
	EXPECT_SILENCE(&s);
	end();
}

TEST(udp_drops_every_truncation)
{
	uint8_t packet[100];

	begin();
	for (size_t n = 0; n < 13; n++) {
		struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17 };
		size_t len = sim_build_udp(packet, &to_us);
		uint8_t payload[13];

		EXPECT_EQ(len, 33);
		memcpy(payload, packet + 20, sizeof payload);
		sim_send_ip(&s, packet, sim_build_ip(packet, &ip, payload, n));
	}
	EXPECT_EQ(inputs, 0);
	end();
}

TEST(udp_sends)
{
	struct sim_packet p;
	struct pkt *packet;

	begin();
	packet = pkt_alloc();
	memcpy(pkt_put(packet, 3), "abc", 3);
	EXPECT_EQ(udp_output(&u, packet, PEER, 53, s.now_ms), 0);
	EXPECT(sim_take(&s, &p) && p.ok);
	EXPECT_EQ(p.src_port, 69);
	EXPECT_EQ(p.dst_port, 53);
	EXPECT(p.data_len == 3 && memcmp(p.data, "abc", 3) == 0);
	EXPECT(sim_get16(p.payload + 6) != 0);
	end();
}

/* RFC 768: a sum of 0 is sent as ffff, for 0 means none. */
TEST(udp_never_sends_a_zero_checksum)
{
	struct sim_packet p;

	begin();
	for (unsigned i = 0; i < 65536; i += i == 0 ? 0xe000 : 1) {
		struct pkt *packet = pkt_alloc();

		sim_put16(pkt_put(packet, 2), (uint16_t)i);
		udp_output(&u, packet, PEER, 53, s.now_ms);
		EXPECT(sim_take(&s, &p) && p.ok);
		if (sim_get16(p.payload + 6) == 0)
			test_fail(__FILE__, __LINE__, "zero for %u", i);
	}
	end();
}

TEST(udp_output_without_a_route_takes_the_packet)
{
	begin();
	EXPECT_EQ(udp_output(&u, pkt_alloc(), SIM_ADDR(127, 0, 0, 1), 53, s.now_ms), -ENETUNREACH);
	EXPECT_EQ(host_packets_held(), 0);
	end();
}

TEST(udp_ports_are_unique)
{
	struct udp_socket second = { .input = input }, any[50] = { { .input = NULL } };

	begin();
	EXPECT_EQ(udp_open(&second, &s.net, 69), -EADDRINUSE);
	udp_close(&second);
	for (unsigned i = 0; i < 50; i++) {
		EXPECT_EQ(udp_open(&any[i], &s.net, 0), 0);
		EXPECT(any[i].local_port >= 49152);
		for (unsigned k = 0; k < i; k++)
			EXPECT(any[k].local_port != any[i].local_port);
	}
	EXPECT_EQ(udp_open(&second, &s.net, any[7].local_port), -EADDRINUSE);
	for (unsigned i = 0; i < 50; i++)
		udp_close(&any[i]);
	udp_close(&any[0]);
	end();
}

TEST(udp_hears_that_a_port_is_unreachable)
{
	uint8_t packet[100];
	struct sim_packet p;
	struct pkt *out;

	begin();
	out = pkt_alloc();
	memset(pkt_put(out, 10), 0, 10);
	udp_output(&u, out, PEER, 53, s.now_ms);
	EXPECT(sim_take(&s, &p));
	sim_send_ip(&s, packet, sim_build_icmp(packet, PEER, SIM_IP, 3, 3, 0, p.ip, 28));
	EXPECT_EQ(unreachables, 1);
	EXPECT_EQ(last_rc, -ECONNREFUSED);
	u.unreachable = NULL;
	sim_send_ip(&s, packet, sim_build_icmp(packet, PEER, SIM_IP, 3, 3, 0, packet + 28, 28));
	end();
}

TEST(udp_tells_a_socket_that_nobody_answers_for_its_peer)
{
	begin();
	net_unreachable(&s.netif, SIM_ADDR(10, 0, 2, 8), s.now_ms);
	EXPECT_EQ(unreachables, 0);             /* it has no peer */
	u.peer = SIM_ADDR(10, 0, 2, 8);
	net_unreachable(&s.netif, PEER, s.now_ms);
	EXPECT_EQ(unreachables, 0);
	net_unreachable(&s.netif, u.peer, s.now_ms);
	EXPECT_EQ(unreachables, 1);
	EXPECT_EQ(last_rc, -EHOSTUNREACH);
	u.peer = SIM_ADDR(192, 0, 2, 1);
	net_unreachable(&s.netif, SIM_GATEWAY, s.now_ms);
	EXPECT_EQ(unreachables, 2);
	end();
}
