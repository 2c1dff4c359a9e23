/* SPDX-License-Identifier: BSD-2-Clause */
/* A gateway that is silent: the next router of DHCP's option 3 stands in for it (RFC 1122 3.3.1.6). */
#include "net/arp.h"

#include "core/errors.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/ipv4.h"
#include "tests/unit/net/dhcp_talk.h"

#define FIRST   SIM_GATEWAY
#define SECOND  SIM_ADDR(10, 0, 2, 3)
#define THIRD   SIM_ADDR(10, 0, 2, 4)
#define FOURTH  SIM_ADDR(10, 0, 2, 5)
#define FAR     SIM_ADDR(192, 0, 2, 1)
#define TURN_MS 4750                    /* what one router is asked for */

static const uint8_t four_routers[] = { 10, 0, 2, 2, 10, 0, 2, 3, 10, 0, 2, 4, 10, 0, 2, 5 };
static struct ping ping;

/** Option 3 as DHCP left it, of @len bytes. */
static void begin_with(size_t len)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	settings_store(&s.netif.lease, TAG_GATEWAY, NULL, four_routers, len);
	netif_apply_settings(&s.netif);
}

static void ping_far(void)
{
	ping_start(&ping, &s.net, FAR, 56, 60000, s.now_ms);
}

static void end(void)
{
	ping_stop(&ping);
	sim_stop(&s);
}

static void answer_for(uint32_t ip, uint8_t last_of_mac)
{
	struct sim_arp arp = { .op = SIM_ARP_REPLY, .sender_ip = ip, .target_ip = SIM_IP };

	sim_mac(ip, arp.sender_mac);
	arp.sender_mac[5] = last_of_mac;
	memcpy(arp.target_mac, sim_stack_mac, 6);
	sim_send_arp(&s, &arp);
}

/** Requests sent for @ip, up to one for another. */
static unsigned requests_for(uint32_t ip)
{
	struct sim_packet p;
	unsigned count = 0;

	while (sim_take(&s, &p) && p.type == ETH_TYPE_ARP && p.arp_target_ip == ip)
		count++;
	return count;
}

/** Let @ms pass; of the requests the last must be for @ip. */
static void expect_asked(uint32_t ms, uint32_t ip)
{
	struct sim_packet p;
	uint32_t last = 0;

	sim_advance(&s, ms);
	while (sim_take(&s, &p))
		last = p.arp_target_ip;
	EXPECT_EQ(last, ip);
}

TEST(the_second_router_stands_in_for_a_silent_gateway)
{
	struct sim_packet p;

	begin_with(8);
	EXPECT_EQ(s.netif.gateway, FIRST);
	ping_far();
	sim_advance(&s, TURN_MS - 1);
	EXPECT_EQ(requests_for(FIRST), 11);
	sim_advance(&s, 1);
	EXPECT(sim_take(&s, &p) && p.type == ETH_TYPE_ARP && p.arp_target_ip == SECOND);
	EXPECT_EQ(ping.rc, -EINPROGRESS);
	answer_for(SECOND, 3);
	EXPECT(sim_take(&s, &p) && p.icmp_type == 8 && p.dst == FAR && p.eth_dst[5] == 3);
	EXPECT_SILENCE(&s);
	end();
}

/* A connection keeps the route that it was opened with. */
TEST(a_route_from_before_leads_to_the_router_that_stands_in)
{
	struct ipv4_route route;
	struct sim_packet p;
	struct pkt *packet;

	begin_with(8);
	EXPECT_EQ(ipv4_route(&s.net, FAR, &route), 0);
	ping_far();
	sim_advance(&s, TURN_MS);
	answer_for(SECOND, 3);
	sim_discard(&s);
	packet = pkt_alloc();
	*pkt_put(packet, 1) = 9;
	EXPECT_EQ(ipv4_output(&route, FAR, 253, packet, s.now_ms), 0);
	EXPECT(sim_take(&s, &p) && p.payload && p.payload[0] == 9 && p.eth_dst[5] == 3);
	end();
}

TEST(three_routers_are_asked_and_then_the_error_names_the_gateway)
{
	char text[300];

	begin_with(16);
	ping_far();
	expect_asked(TURN_MS - 1, FIRST);
	expect_asked(TURN_MS, SECOND);
	expect_asked(TURN_MS, THIRD);
	EXPECT_EQ(ping.rc, -EINPROGRESS);
	sim_advance(&s, 1);
	EXPECT_EQ(s.now_ms - s.start_ms, 14250);
	EXPECT_EQ(ping.rc, -EHOSTUNREACH);
	error_format(text, sizeof text, ping.rc);
	EXPECT(strstr(text, "no ARP reply from gateway 10.0.2.2"));
	EXPECT_EQ(host_packets_held(), 0);
	sim_advance(&s, 20000);
	EXPECT_SILENCE(&s);
	end();
}

TEST(after_all_were_silent_the_next_packet_begins_with_the_first)
{
	struct sim_packet p;

	begin_with(8);
	ping_far();
	sim_advance(&s, 2 * TURN_MS);
	EXPECT_EQ(ping.rc, -EHOSTUNREACH);
	ping_stop(&ping);
	sim_discard(&s);
	ping_far();
	EXPECT(sim_take(&s, &p) && p.arp_target_ip == FIRST);
	answer_for(FIRST, 2);
	EXPECT(sim_take(&s, &p) && p.icmp_type == 8 && p.eth_dst[5] == 2);
	end();
}

TEST(nobody_stands_in_for_a_host_of_our_own_network)
{
	begin_with(8);
	ping_start(&ping, &s.net, FOURTH, 56, 60000, s.now_ms);
	sim_advance(&s, TURN_MS);
	EXPECT_EQ(ping.rc, -EHOSTUNREACH);
	EXPECT_EQ(requests_for(FOURTH), 11);
	EXPECT_SILENCE(&s);
	end();
}

TEST(a_router_cut_off_at_the_end_of_option_3_is_none)
{
	for (size_t len = 5; len < 8; len++) {
		begin_with(len);
		EXPECT_EQ(s.netif.gateway, FIRST);
		ping_far();
		sim_advance(&s, TURN_MS);
		EXPECT_EQ(ping.rc, -EHOSTUNREACH);
		EXPECT_EQ(requests_for(FIRST), 11);
		EXPECT_SILENCE(&s);
		end();
	}
}

TEST(a_router_is_not_believed_before_it_is_asked)
{
	struct sim_packet p;

	begin_with(8);
	ping_far();
	EXPECT(sim_take(&s, &p) && p.arp_target_ip == FIRST);
	answer_for(SECOND, 66);
	EXPECT_SILENCE(&s);
	sim_advance(&s, TURN_MS);
	sim_discard(&s);
	answer_for(FIRST, 66);                  /* too late: the second is asked now */
	EXPECT_SILENCE(&s);
	answer_for(SECOND, 3);
	EXPECT(sim_take(&s, &p) && p.icmp_type == 8 && p.eth_dst[5] == 3);
	end();
}

/* The router is also somebody whom we talk with: its one answer is for both. */
TEST(one_answer_serves_the_router_as_itself_and_as_the_gateway)
{
	struct ipv4_route route = { &s.netif, SIM_IP, SECOND, 1500 };
	struct sim_packet p;
	struct pkt *packet;
	unsigned sent = 0;

	begin_with(8);
	ping_far();
	sim_advance(&s, TURN_MS);
	packet = pkt_alloc();
	*pkt_put(packet, 1) = 9;
	EXPECT_EQ(ipv4_output(&route, SECOND, 253, packet, s.now_ms), 0);
	sim_discard(&s);
	answer_for(SECOND, 3);
	while (sim_take(&s, &p))
		sent += p.type == ETH_TYPE_IPV4 && p.eth_dst[5] == 3;
	EXPECT_EQ(sent, 2);
	end();
}

TEST(a_gateway_that_dies_in_the_middle_is_replaced_too)
{
	struct sim_packet p;
	bool taken = false;

	begin_with(8);
	ping_far();
	answer_for(FIRST, 2);
	sim_advance(&s, 30000);
	for (unsigned i = 0; i < 10 && !taken; i++, sim_advance(&s, 1000)) {
		ping_stop(&ping);
		ping_far();
		while (sim_take(&s, &p))
			if (p.type == ETH_TYPE_ARP && p.arp_target_ip == SECOND)
				taken = true;
	}
	EXPECT(taken);
	sim_discard(&s);
	answer_for(SECOND, 3);
	EXPECT(sim_take(&s, &p) && p.icmp_type == 8 && p.eth_dst[5] == 3);
	end();
}

TEST(dhcp_with_two_routers_uses_the_first_until_it_is_silent)
{
	struct reply two = usual;
	struct sim_packet p;

	two.gateway = 0;
	add_option(&two, 3, four_routers, 8);
	begin();
	bind_with(&two);
	EXPECT_EQ(s.netif.gateway, FIRST);
	ping_far();
	EXPECT(sim_take(&s, &p) && p.type == ETH_TYPE_ARP && p.arp_target_ip == FIRST);
	expect_asked(TURN_MS, SECOND);
	end();
}
