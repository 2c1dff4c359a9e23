/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4: what is let in, where packets go, what they look like. */
#include "net/ipv4.h"

#include "core/errors.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define PEER SIM_ADDR(10, 0, 2, 7)

static struct sim s;

static void begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
}

static struct ipv4_header last;
static size_t last_len;

static int parse_bytes(const uint8_t *packet, size_t len)
{
	struct pkt *p = pkt_alloc();
	int rc;

	memcpy(pkt_put(p, len), packet, len);
	rc = ipv4_parse(&s.netif, p, &last, s.now_ms);
	if (rc == -EINPROGRESS)
		return rc;
	last_len = pkt_len(p);
	pkt_free(p);
	return rc;
}

static int parse(const struct sim_ip4 *ip, const void *payload, size_t len)
{
	uint8_t packet[1700];

	return parse_bytes(packet, sim_build_ip(packet, ip, payload, len));
}

TEST(ipv4_parses_a_header)
{
	struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17, .ttl = 9 };

	begin();
	EXPECT_EQ(parse(&ip, "hello", 5), 0);
	EXPECT_EQ(last_len, 5);
	EXPECT_EQ(last.src, PEER);
	EXPECT_EQ(last.dst, SIM_IP);
	EXPECT_EQ(last.protocol, 17);
	EXPECT_EQ(last.ttl, 9);
	EXPECT(!last.broadcast);
	EXPECT(last.netif == &s.netif);
	sim_stop(&s);
}

/* A frame may be longer than its packet (padding), never shorter. */
TEST(ipv4_believes_no_length)
{
	struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17 };

	begin();
	ip.total_length_error = -5;
	EXPECT_EQ(parse(&ip, "hello     ", 10), 0);
	EXPECT_EQ(last_len, 5);
	for (int error = 1; error < 40; error += 3) {
		ip.total_length_error = error;
		EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
	}
	for (int total = 0; total < 20; total++) {
		ip.total_length_error = total - 25;
		EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
	}
	sim_stop(&s);
}

TEST(ipv4_drops_every_truncation)
{
	struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17 };
	uint8_t packet[100];
	size_t len = sim_build_ip(packet, &ip, "hello", 5);

	begin();
	for (size_t n = 0; n < len; n++)
		EXPECT_EQ(parse_bytes(packet, n), -EPROTO);
	EXPECT_EQ(parse_bytes(packet, len), 0);
	sim_stop(&s);
}

TEST(ipv4_drops_bad_versions_header_lengths_and_checksums)
{
	struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17 };
	uint8_t packet[100];
	size_t len;

	begin();
	len = sim_build_ip(packet, &ip, "hello", 5);
	for (unsigned first = 0; first < 256; first++) {
		if (first == 0x45)
			continue;
		packet[0] = (uint8_t)first;
		sim_put16(packet + 10, 0);
		sim_put16(packet + 10, sim_checksum(0, packet, 20));
		EXPECT_EQ(parse_bytes(packet, len), -EPROTO);
	}
	ip.bad_checksum = true;
	EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
	sim_stop(&s);
}

/* RFC 1122 3.2.1.8: a source route condemns the packet. */
TEST(ipv4_skips_options_but_drops_source_routes)
{
	struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17 };
	static const struct { const char *bytes; size_t len; int rc; } cases[] = {
		{ "\x01\x01\x01\x00", 4, 0 },                           /* no operation, end */
		{ "\x94\x04\x00\x00", 4, 0 },                           /* router alert */
		{ "\x07\x07\x04\x00\x00\x00\x00\x00", 8, 0 },           /* record route */
		{ "\x00\x83\x00\x00", 4, 0 },                           /* nothing counts behind the end */
		{ "\x83\x07\x04\x0a\x00\x02\x02\x00", 8, -EPROTO },     /* loose source route */
		{ "\x89\x07\x04\x0a\x00\x02\x02\x00", 8, -EPROTO },     /* strict source route */
		{ "\x01\x83\x03\x04", 4, -EPROTO },
		{ "\x94\x00\x00\x00", 4, -EPROTO },                     /* lengths that cannot be */
		{ "\x94\x01\x00\x00", 4, -EPROTO },
		{ "\x94\x05\x00\x00", 4, -EPROTO },
		{ "\x01\x01\x01\x94", 4, -EPROTO },
	};
	char most[40];

	begin();
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		ip.options = cases[i].bytes;
		ip.options_len = cases[i].len;
		EXPECT_EQ(parse(&ip, "hello", 5), cases[i].rc);
		if (cases[i].rc == 0)
			EXPECT_EQ(last_len, 5);
	}
	memset(most, 1, sizeof most);
	ip.options = most;
	ip.options_len = sizeof most;
	EXPECT_EQ(parse(&ip, "hello", 5), 0);
	sim_stop(&s);
}

/* RFC 791 3.1: each length that the header may have, and its payload where it begins. */
TEST(ipv4_headers_of_every_length)
{
	char most[40];

	begin();
	memset(most, 1, sizeof most);
	for (size_t words = 0; words <= 10; words++) {
		struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17, .options = most, .options_len = words * 4 };
		uint8_t packet[100];
		size_t len = sim_build_ip(packet, &ip, "hello", 5);

		EXPECT_EQ(packet[0], 0x45 + words);
		EXPECT_EQ(parse_bytes(packet, len), 0);
		EXPECT_EQ(last_len, 5);
	}
	sim_stop(&s);
}

/* The header may not reach beyond what the total length, or the frame, says there is. */
TEST(ipv4_headers_longer_than_their_packet_are_dropped)
{
	char most[40];

	begin();
	memset(most, 1, sizeof most);
	for (size_t words = 1; words <= 10; words++)
		for (int total = 0; total < (int)(20 + words * 4); total++) {
			struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17, .options = most, .options_len = words * 4 };

			ip.total_length_error = total - (int)(20 + words * 4);
			EXPECT_EQ(parse(&ip, "", 0), -EPROTO);
		}
	sim_stop(&s);
}

/* RFC 1122 3.2.1.7: what has arrived has arrived. */
TEST(ipv4_takes_a_time_to_live_of_0)
{
	struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17, .ttl = 1 };
	uint8_t packet[100];
	size_t len;

	begin();
	len = sim_build_ip(packet, &ip, "hello", 5);
	packet[8] = 0;
	sim_put16(packet + 10, 0);
	sim_put16(packet + 10, sim_checksum(0, packet, 20));
	EXPECT_EQ(parse_bytes(packet, len), 0);
	EXPECT_EQ(last.ttl, 0);
	sim_stop(&s);
}

TEST(ipv4_flags_that_do_not_fragment_mean_nothing)
{
	static const uint16_t flags[] = { 0x4000, 0x8000, 0xc000 };

	begin();
	for (unsigned i = 0; i < 3; i++) {
		struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17, .fragment = flags[i] };

		EXPECT_EQ(parse(&ip, "hello", 5), 0);
		EXPECT_EQ(last_len, 5);
	}
	sim_stop(&s);
}

/* URGENT/11 (CVE-2019-12256): a source route wherever it stands, of whatever length. */
TEST(ipv4_source_routes_of_every_place_and_length_are_dropped)
{
	static const uint8_t kinds[] = { 131, 137 };

	begin();
	for (unsigned k = 0; k < 2; k++)
		for (size_t at = 0; at < 38; at++)
			for (unsigned len = 0; len <= 255; len++) {
				struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17, .options_len = 40 };
				uint8_t options[40];

				memset(options, 1, sizeof options);
				options[at] = kinds[k];
				options[at + 1] = (uint8_t)len;
				ip.options = options;
				EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
			}
	sim_stop(&s);
}

/* RFC 1122 4.2.3.10: TCP is between two. */
TEST(ipv4_tcp_to_all_or_a_group_is_dropped_unanswered)
{
	static const struct { uint32_t dst; bool answered; } cases[] = {
		{ SIM_IP, true }, { 0xffffffff, false }, { SIM_ADDR(10, 0, 2, 255), false }, { SIM_ADDR(224, 0, 0, 1), false },
	};

	begin();
	sim_add_host(&s, PEER);
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_tcp syn = { .src = PEER, .dst = cases[i].dst, .src_port = 4000, .dst_port = 80, .flags = SIM_SYN, .window = 1000 };
		uint32_t dropped = s.netif.counters.rx_dropped;
		struct sim_packet p;

		sim_send_tcp(&s, &syn);
		EXPECT_EQ(sim_take(&s, &p), cases[i].answered);
		EXPECT_EQ(s.netif.counters.rx_dropped - dropped, !cases[i].answered);
	}
	sim_stop(&s);
}

/* Ripple20, CVE-2020-11896: packets in packets are nobody's here, whole or in fragments. */
TEST(ipv4_packets_in_packets_are_dropped)
{
	static const uint8_t tunnels[] = { 4, 41, 47, 94 };
	uint8_t packet[200], inner[64];
	size_t len;

	begin();
	for (unsigned i = 0; i < sizeof tunnels; i++) {
		struct sim_udp udp = { .src = PEER, .dst = SIM_IP, .src_port = 5, .dst_port = 9, .data = "hello", .len = 5 };
		struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = tunnels[i], .id = i };

		len = sim_build_udp(inner, &udp);
		sim_send_ip(&s, packet, sim_build_ip(packet, &ip, inner, len));
		ip.fragment = 0x2000;
		sim_send_ip(&s, packet, sim_build_ip(packet, &ip, inner, 24));
		ip.fragment = 3;
		sim_send_ip(&s, packet, sim_build_ip(packet, &ip, inner + 24, len - 24));
	}
	EXPECT_EQ(s.netif.counters.rx_dropped, 2 * sizeof tunnels);
	EXPECT_SILENCE(&s);             /* no "port unreachable" for what was inside */
	EXPECT_EQ(host_packets_held(), 0);
	sim_stop(&s);
}

TEST(ipv4_hears_only_what_is_for_us)
{
	static const struct { uint32_t dst; int rc; bool broadcast; } cases[] = {
		{ SIM_IP, 0, false }, { 0xffffffff, 0, true }, { SIM_ADDR(10, 0, 2, 255), 0, true },
		{ SIM_IP + 1, -EPROTO, false }, { SIM_ADDR(10, 0, 3, 255), -EPROTO, false }, { SIM_ADDR(224, 0, 0, 1), -EPROTO, false },
		{ SIM_ADDR(127, 0, 0, 1), -EPROTO, false }, { 0, -EPROTO, false }, { SIM_ADDR(239, 255, 255, 250), -EPROTO, false },
	};

	begin();
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_ip4 ip = { .src = PEER, .dst = cases[i].dst, .protocol = 17 };

		EXPECT_EQ(parse(&ip, "hello", 5), cases[i].rc);
		if (cases[i].rc == 0)
			EXPECT_EQ(last.broadcast, cases[i].broadcast);
	}
	sim_stop(&s);
}

TEST(ipv4_drops_impossible_senders)
{
	static const uint32_t senders[] = {
		0, 0xffffffff, SIM_ADDR(10, 0, 2, 255), SIM_IP, SIM_ADDR(127, 0, 0, 1), SIM_ADDR(224, 0, 0, 1), SIM_ADDR(0, 1, 2, 3),
		SIM_ADDR(250, 0, 0, 1),
	};

	begin();
	for (unsigned i = 0; i < sizeof senders / sizeof *senders; i++) {
		struct sim_ip4 ip = { .src = senders[i], .dst = SIM_IP, .protocol = 17 };

		EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
	}
	sim_stop(&s);
}

TEST(ipv4_without_an_address_hears_broadcasts_alone)
{
	struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17 };

	sim_start(&s);
	EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
	ip.dst = 0xffffffff;
	EXPECT_EQ(parse(&ip, "hello", 5), 0);
	ip.dst = 0;
	EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
	dhcp_start(&s.netif, 1000, s.now_ms);
	ip.dst = SIM_IP;
	EXPECT_EQ(parse(&ip, "hello", 5), 0);
	ip.protocol = 6;
	EXPECT_EQ(parse(&ip, "hello", 5), -EPROTO);
	sim_stop(&s);
}

TEST(ipv4_knows_netmasks_and_hosts)
{
	EXPECT(ipv4_is_netmask(0xffffff00) && ipv4_is_netmask(0xffffffff) && ipv4_is_netmask(0x80000000) && ipv4_is_netmask(0xfffffffe));
	EXPECT(!ipv4_is_netmask(0) && !ipv4_is_netmask(0xff00ff00) && !ipv4_is_netmask(0x00ffffff) && !ipv4_is_netmask(1));
	EXPECT(ipv4_is_host(SIM_IP) && !ipv4_is_host(0) && !ipv4_is_host(0x7f000001) && !ipv4_is_host(0xe0000001) && !ipv4_is_host(0xffffffff));
}

/* RFC 3021: on a /31 both addresses are hosts. */
TEST(ipv4_point_to_point_nets_have_no_broadcast)
{
	struct ipv4_route route;

	sim_start(&s);
	sim_configure(&s, SIM_ADDR(10, 0, 2, 2), 0xfffffffe, 0);
	EXPECT(!ipv4_is_broadcast(&s.netif, SIM_ADDR(10, 0, 2, 3)));
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(10, 0, 2, 3), &route), 0);
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(10, 0, 2, 4), &route), -ENETUNREACH);
	sim_stop(&s);
}

static void expect_no_route(uint32_t dst, const char *words)
{
	struct ipv4_route route;
	char text[300];

	error_clear();
	EXPECT_EQ(ipv4_route(&s.net, dst, &route), -ENETUNREACH);
	error_format(text, sizeof text, -ENETUNREACH);
	if (!strstr(text, words))
		test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", text, words);
}

TEST(ipv4_route_says_what_is_missing)
{
	sim_start(&s);
	expect_no_route(PEER, "no interface has an address");
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	expect_no_route(SIM_ADDR(192, 0, 2, 1), "192.0.2.1 is not on our network and there is no gateway");
	expect_no_route(SIM_ADDR(127, 0, 0, 1), "127.0.0.1 is not a host's address");
	expect_no_route(SIM_IP, "10.0.2.15 is our own address");
	netif_close(&s.netif);
	expect_no_route(PEER, "no interface is open");
	sim_stop(&s);
}

TEST(ipv4_route_prefers_the_net_over_the_gateway)
{
	struct ipv4_route route;

	begin();
	EXPECT_EQ(ipv4_route(&s.net, PEER, &route), 0);
	EXPECT_EQ(route.next_hop, PEER);
	EXPECT_EQ(route.src, SIM_IP);
	EXPECT_EQ(route.mtu, 1500);
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(192, 0, 2, 1), &route), 0);
	EXPECT_EQ(route.next_hop, SIM_GATEWAY);
	EXPECT_EQ(ipv4_route(&s.net, 0xffffffff, &route), 0);
	EXPECT_EQ(route.next_hop, 0xffffffff);
	sim_stop(&s);
}

TEST(ipv4_routes_by_two_interfaces)
{
	static struct sim other;
	static struct netif second;
	struct ipv4_route route;
	uint8_t ip[4] = { 192, 168, 1, 5 };

	begin();
	sim_start_wire(&other, s.now_ms);
	memset(&second, 0, sizeof second);
	netif_init(&second, &s.net, &other.nic);
	settings_store(&second.settings, TAG_IP, NULL, ip, 4);
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(192, 168, 1, 9), &route), 0);
	EXPECT(route.netif == &s.netif);        /* by the gateway: the other one is closed */
	netif_open(&second, s.now_ms);
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(192, 168, 1, 9), &route), 0);
	EXPECT(route.netif == &second);
	EXPECT_EQ(ipv4_route(&s.net, PEER, &route), 0);
	EXPECT(route.netif == &s.netif);
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(192, 0, 2, 1), &route), 0);
	EXPECT(route.netif == &s.netif);        /* the one that has a gateway */
	EXPECT_EQ(ipv4_route(&s.net, 0xffffffff, &route), 0);
	EXPECT(route.netif == &second);         /* the newest */
	netif_close(&second);
	settings_detach(&second.settings);
	list_remove(&second.link);
	sim_stop(&other);
	sim_stop(&s);
}

TEST(ipv4_output_writes_the_header)
{
	struct sim_packet p;
	struct ipv4_route route;
	uint16_t id;
	struct pkt *packet;

	begin();
	sim_add_host(&s, PEER);
	ipv4_route(&s.net, PEER, &route);
	for (unsigned i = 0; i < 2; i++) {
		packet = pkt_alloc();
		memcpy(pkt_put(packet, 5), "hello", 5);
		EXPECT_EQ(ipv4_output(&route, PEER, i ? 254 : 253, packet, s.now_ms), 0);
		EXPECT(sim_take(&s, &p) && p.ok);
		EXPECT_EQ(p.src, SIM_IP);
		EXPECT_EQ(p.dst, PEER);
		EXPECT_EQ(p.ttl, 64);
		EXPECT_EQ(p.fragment, 0);
		EXPECT_EQ(p.protocol, i ? 254 : 253);
		EXPECT(p.payload_len == 5 && memcmp(p.payload, "hello", 5) == 0);
		if (i)
			EXPECT_EQ(p.ip_id, (uint16_t)(id + 1));
		id = p.ip_id;
	}
	packet = pkt_alloc();
	ipv4_output(&route, PEER, IP_TCP, packet, s.now_ms);
	EXPECT(sim_take(&s, &p) && p.fragment == 0x4000);
	sim_stop(&s);
}

TEST(ipv4_output_refuses_what_is_larger_than_the_mtu)
{
	struct ipv4_route route;
	struct pkt *p;

	begin();
	ipv4_route(&s.net, PEER, &route);
	route.mtu = 576;
	p = pkt_alloc();
	pkt_put(p, 557);
	EXPECT_EQ(ipv4_output(&route, PEER, 253, p, s.now_ms), -EMSGSIZE);
	p = pkt_alloc();
	memset(pkt_put(p, 556), 0, 556);
	EXPECT_EQ(ipv4_output(&route, PEER, 253, p, s.now_ms), 0);
	sim_stop(&s);
}

TEST(ipv4_route_back_only_to_who_spoke_to_us)
{
	struct ipv4_header ip = { .netif = NULL, .src = PEER, .dst = SIM_IP };
	struct ipv4_route route;

	begin();
	ip.netif = &s.netif;
	EXPECT(ipv4_route_back(&ip, &route) && route.next_hop == PEER && route.src == SIM_IP);
	ip.src = SIM_ADDR(192, 0, 2, 1);
	EXPECT(ipv4_route_back(&ip, &route) && route.next_hop == SIM_GATEWAY);
	ip.dst = 0xffffffff;
	EXPECT(!ipv4_route_back(&ip, &route));
	sim_stop(&s);
}

/* Protocols nobody here speaks. */
TEST(ipv4_unknown_protocols_are_dropped_and_counted)
{
	uint8_t packet[100];

	begin();
	for (unsigned protocol = 0; protocol < 256; protocol++) {
		struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = (uint8_t)protocol };

		if (protocol != IP_TCP && protocol != IP_UDP && protocol != IP_ICMP)
			sim_send_ip(&s, packet, sim_build_ip(packet, &ip, "E\0\0\x1c", 4));
	}
	EXPECT_EQ(s.netif.counters.rx_dropped, 253);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}
