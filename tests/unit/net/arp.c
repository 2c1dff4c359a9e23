/* SPDX-License-Identifier: BSD-2-Clause */
/* Address resolution. */
#include "net/arp.h"

#include "core/errors.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/ipv4.h"
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

/** Send a small UDP-like packet with one byte of payload, @mark, to @ip by @next_hop. */
static int send_to(uint32_t ip, uint32_t next_hop, uint8_t mark)
{
	struct ipv4_route route = { &s.netif, SIM_IP, next_hop, 1500 };
	struct pkt *p = pkt_alloc();

	*pkt_put(p, 1) = mark;
	return ipv4_output(&route, ip, 253, p, s.now_ms);
}

static void reply_from(uint32_t ip, uint8_t last_of_mac)
{
	struct sim_arp arp = { .op = SIM_ARP_REPLY, .sender_ip = ip, .target_ip = SIM_IP };

	sim_mac(ip, arp.sender_mac);
	arp.sender_mac[5] = last_of_mac;
	memcpy(arp.target_mac, sim_stack_mac, 6);
	sim_send_arp(&s, &arp);
}

TEST(arp_asks_holds_and_sends)
{
	struct sim_packet p;

	begin();
	EXPECT_EQ(send_to(PEER, PEER, 1), 0);
	EXPECT_EQ(send_to(PEER, PEER, 2), 0);
	EXPECT(sim_take(&s, &p));
	EXPECT_EQ(p.arp_op, SIM_ARP_REQUEST);
	EXPECT_MEM(p.eth_dst, eth_broadcast, 6);
	EXPECT_MEM(p.arp_sender_mac, sim_stack_mac, 6);
	EXPECT_EQ(p.arp_sender_ip, SIM_IP);
	EXPECT_EQ(p.arp_target_ip, PEER);
	EXPECT_SILENCE(&s);
	reply_from(PEER, 7);
	EXPECT(sim_take(&s, &p) && p.ok && p.payload[0] == 1 && p.eth_dst[5] == 7);
	EXPECT(sim_take(&s, &p) && p.ok && p.payload[0] == 2);
	EXPECT_EQ(send_to(PEER, PEER, 3), 0);
	EXPECT(sim_take(&s, &p) && p.payload[0] == 3);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(arp_repeats_then_gives_up)
{
	static const uint32_t at[] = { 0, 250, 500, 750, 1250, 1750, 2250, 2750, 3250, 3750, 4250 };
	struct sim_packet p;

	begin();
	send_to(PEER, PEER, 1);
	sim_advance(&s, 4749);
	for (unsigned i = 0; i < 11; i++) {
		EXPECT(sim_take(&s, &p) && p.arp_op == SIM_ARP_REQUEST);
		EXPECT_EQ(p.at_ms - s.start_ms, at[i]);
	}
	EXPECT_EQ(host_packets_held(), 1);
	sim_advance(&s, 1);
	EXPECT_EQ(host_packets_held(), 0);
	sim_advance(&s, 10000);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(arp_lives_with_ten_lost_questions_or_answers)
{
	struct sim_packet p;

	begin();
	send_to(PEER, PEER, 1);
	sim_advance(&s, 4749);                  /* each question, or its answer, was lost but for the last */
	sim_discard(&s);
	reply_from(PEER, 7);
	EXPECT(sim_take(&s, &p) && p.ok && p.payload[0] == 1);
	sim_stop(&s);
}

TEST(arp_tells_a_ping_that_nobody_answers)
{
	struct ping ping;
	char text[300];

	begin();
	ping_start(&ping, &s.net, SIM_ADDR(192, 0, 2, 1), 56, 20000, s.now_ms);
	sim_advance(&s, 4750);
	EXPECT_EQ(ping.rc, -EHOSTUNREACH);
	error_format(text, sizeof text, ping.rc);
	EXPECT(strstr(text, "no ARP reply from gateway 10.0.2.2"));
	ping_stop(&ping);
	sim_stop(&s);
}

TEST(arp_holds_the_newest_packets_of_each_address)
{
	struct sim_packet p;

	begin();
	for (uint8_t i = 1; i <= 7; i++)
		send_to(PEER, PEER, i);
	EXPECT_EQ(host_packets_held(), ARP_PENDING_PACKETS);
	sim_discard(&s);
	reply_from(PEER, 7);
	for (uint8_t i = 4; i <= 7; i++)
		EXPECT(sim_take(&s, &p) && p.payload[0] == i);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(arp_answers_for_our_address_alone)
{
	struct sim_arp arp = { .op = SIM_ARP_REQUEST, .sender_mac = { 2, 0, 10, 0, 2, 7 }, .sender_ip = PEER, .target_ip = SIM_IP,
	                       .broadcast = true };
	struct sim_packet p;

	begin();
	sim_send_arp(&s, &arp);
	EXPECT(sim_take(&s, &p));
	EXPECT_EQ(p.arp_op, SIM_ARP_REPLY);
	EXPECT_MEM(p.eth_dst, arp.sender_mac, 6);
	EXPECT_MEM(p.arp_sender_mac, sim_stack_mac, 6);
	EXPECT_EQ(p.arp_sender_ip, SIM_IP);
	EXPECT_EQ(p.arp_target_ip, PEER);
	arp.target_ip = SIM_IP + 1;
	sim_send_arp(&s, &arp);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(arp_without_an_address_says_nothing)
{
	struct sim_arp arp = { .op = SIM_ARP_REQUEST, .sender_mac = { 2, 0, 10, 0, 2, 7 }, .sender_ip = PEER, .target_ip = 0, .broadcast = true };

	sim_start(&s);
	sim_send_arp(&s, &arp);
	arp.target_ip = SIM_IP;
	sim_send_arp(&s, &arp);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

/* Nobody moves an address by a reply, gratuitous or not, that was not asked for. */
TEST(arp_believes_only_what_it_asked)
{
	struct sim_arp forged = { .op = SIM_ARP_REQUEST, .sender_mac = { 2, 6, 6, 6, 6, 6 }, .sender_ip = PEER, .target_ip = PEER,
	                          .broadcast = true };
	struct sim_packet p;

	begin();
	reply_from(PEER, 66);                   /* before any question */
	send_to(PEER, PEER, 1);
	EXPECT(sim_take_arp(&s, &p));
	reply_from(PEER + 1, 66);               /* about somebody else */
	EXPECT_SILENCE(&s);
	reply_from(PEER, 7);
	sim_discard(&s);
	reply_from(PEER, 66);
	sim_send_arp(&s, &forged);
	forged.target_ip = SIM_IP;
	sim_send_arp(&s, &forged);
	sim_discard(&s);
	send_to(PEER, PEER, 2);
	EXPECT(sim_take(&s, &p) && p.eth_dst[5] == 7);
	sim_stop(&s);
}

TEST(arp_confirms_an_old_entry_while_using_it)
{
	struct sim_packet p;

	begin();
	send_to(PEER, PEER, 1);
	reply_from(PEER, 7);
	sim_advance(&s, 29999);
	sim_discard(&s);
	send_to(PEER, PEER, 2);
	EXPECT(sim_take(&s, &p) && p.payload && p.payload[0] == 2);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1);
	send_to(PEER, PEER, 3);
	EXPECT(sim_take(&s, &p) && p.arp_op == SIM_ARP_REQUEST && p.arp_target_ip == PEER);
	EXPECT(sim_take(&s, &p) && p.payload[0] == 3 && p.eth_dst[5] == 7);
	reply_from(PEER, 8);                    /* another card has the address now: we asked, so we believe it */
	send_to(PEER, PEER, 4);
	EXPECT(sim_take(&s, &p) && p.payload[0] == 4 && p.eth_dst[5] == 8);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(arp_asks_from_the_start_when_an_old_entry_is_not_confirmed)
{
	struct sim_packet p;
	bool held = false;

	begin();
	send_to(PEER, PEER, 1);
	reply_from(PEER, 7);
	sim_advance(&s, 30000);
	for (unsigned i = 0; i < 4; i++, sim_advance(&s, 1000)) {
		sim_discard(&s);
		send_to(PEER, PEER, 2);
		EXPECT(sim_take(&s, &p) && p.arp_op == SIM_ARP_REQUEST);
		held = !sim_take(&s, &p);
	}
	EXPECT(held);
	sim_stop(&s);
}

TEST(arp_table_is_bounded_and_drops_the_least_used)
{
	struct sim_packet p;

	begin();
	send_to(PEER, PEER, 1);
	reply_from(PEER, 7);
	for (uint32_t i = 0; i < 1000; i++) {
		sim_advance(&s, 1);
		send_to(SIM_ADDR(10, 0, 3, 0) + i, SIM_ADDR(10, 0, 3, 0) + i, 2);
		send_to(PEER, PEER, 3);
	}
	EXPECT(host_packets_held() < ARP_ENTRIES);
	sim_discard(&s);
	send_to(PEER, PEER, 4);
	EXPECT(sim_take(&s, &p) && p.payload && p.payload[0] == 4);
	sim_stop(&s);
}

TEST(arp_knows_group_addresses_by_heart)
{
	static const struct { uint32_t ip; const char *mac; } cases[] = {
		{ 0xffffffff, "\xff\xff\xff\xff\xff\xff" }, { SIM_ADDR(10, 0, 2, 255), "\xff\xff\xff\xff\xff\xff" },
		{ SIM_ADDR(224, 0, 0, 1), "\x01\x00\x5e\x00\x00\x01" }, { SIM_ADDR(239, 255, 129, 7), "\x01\x00\x5e\x7f\x81\x07" },
	};
	struct sim_packet p;

	begin();
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		send_to(cases[i].ip, cases[i].ip, 1);
		EXPECT(sim_take(&s, &p) && p.ok);
		EXPECT_MEM(p.eth_dst, cases[i].mac, 6);
	}
	sim_stop(&s);
}

TEST(arp_drops_malformed_packets)
{
	static const struct { unsigned at; uint8_t value; } spoilt[] = {
		{ 1, 6 }, { 2, 0x86 }, { 3, 1 }, { 4, 8 }, { 4, 0 }, { 5, 16 }, { 5, 255 }, { 7, 0 }, { 7, 3 }, { 7, 4 }, { 6, 1 },
		{ 8, 0xff },                    /* a group as the sender */
	};
	struct sim_arp arp = { .op = SIM_ARP_REPLY, .sender_mac = { 2, 0, 10, 0, 2, 7 }, .sender_ip = PEER, .target_ip = SIM_IP };
	uint8_t body[28], frame[64];
	struct sim_packet p;

	begin();
	send_to(PEER, PEER, 1);
	EXPECT(sim_take(&s, &p));
	sim_build_arp(body, &arp);
	for (size_t len = 0; len < sizeof body; len++)
		sim_send_frame(&s, frame, sim_build_frame(frame, sim_stack_mac, arp.sender_mac, ETH_TYPE_ARP, body, len));
	for (unsigned i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
		uint8_t saved = body[spoilt[i].at];

		body[spoilt[i].at] = spoilt[i].value;
		sim_send_frame(&s, frame, sim_build_frame(frame, sim_stack_mac, arp.sender_mac, ETH_TYPE_ARP, body, sizeof body));
		body[spoilt[i].at] = saved;
	}
	memset(body + 8, 0, 6);                 /* nobody as the sender */
	sim_send_frame(&s, frame, sim_build_frame(frame, sim_stack_mac, arp.sender_mac, ETH_TYPE_ARP, body, sizeof body));
	EXPECT_SILENCE(&s);
	reply_from(PEER, 7);
	EXPECT(sim_take(&s, &p) && p.payload && p.payload[0] == 1);
	sim_stop(&s);
}

TEST(arp_forgets_an_interface_that_closes)
{
	begin();
	send_to(PEER, PEER, 1);
	EXPECT_EQ(host_packets_held(), 1);
	netif_close(&s.netif);
	EXPECT_EQ(host_packets_held(), 0);
	send_to(PEER, PEER, 1);                         /* somebody keeps a route by it */
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT_EQ(netif_open(&s.netif, s.now_ms), 0);
	sim_discard(&s);
	send_to(PEER, PEER, 1);
	sim_stop(&s);
}

static void claim(uint32_t ip, uint8_t op, uint8_t last_of_mac)
{
	struct sim_arp arp = { .op = op, .sender_mac = { 2, 6, 6, 6, 6, last_of_mac }, .sender_ip = ip, .target_ip = ip, .broadcast = true };

	sim_send_arp(&s, &arp);
}

/* RFC 5227 2.4 */
TEST(arp_tells_once_of_each_address_that_another_has_it_too)
{
	begin();
	claim(PEER, SIM_ARP_REQUEST, 1);
	EXPECT(s.net.disputed == NULL);
	claim(SIM_IP, SIM_ARP_REQUEST, 7);
	EXPECT(s.net.disputed == &s.netif);
	EXPECT_EQ(s.netif.disputed_ip, SIM_IP);
	EXPECT_MEM(s.netif.rival_mac, "\2\6\6\6\6\7", 6);
	s.net.disputed = NULL;                  /* the user was told */
	for (unsigned i = 0; i < 1000; i++)
		claim(SIM_IP, i % 2 ? SIM_ARP_REQUEST : SIM_ARP_REPLY, (uint8_t)i);
	EXPECT(s.net.disputed == NULL);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_configure(&s, SIM_IP + 1, SIM_NETMASK, SIM_GATEWAY);
	claim(SIM_IP + 1, SIM_ARP_REPLY, 8);
	EXPECT(s.net.disputed == &s.netif);
	EXPECT_EQ(s.netif.rival_mac[5], 8);
	sim_stop(&s);
}

TEST(arp_hears_its_own_packets_without_a_dispute)
{
	struct sim_arp own = { .op = SIM_ARP_REQUEST, .sender_ip = SIM_IP, .target_ip = SIM_IP, .broadcast = true };

	begin();
	memcpy(own.sender_mac, sim_stack_mac, 6);
	sim_send_arp(&s, &own);                 /* a switch in a loop sends them back */
	EXPECT(s.net.disputed == NULL);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

/* Who only asks gets no place in the table, however many they are; what is known stays. */
TEST(arp_hundred_thousand_senders_take_no_place)
{
	struct sim_arp arp = { .op = SIM_ARP_REQUEST, .sender_mac = { 2, 0, 11, 0, 0, 7 }, .target_ip = SIM_IP + 1, .broadcast = true };
	unsigned used = 0;
	struct sim_packet p;

	begin();
	send_to(PEER, PEER, 1);
	reply_from(PEER, 7);
	sim_discard(&s);
	for (uint32_t i = 0; i < 100000; i++) {
		arp.op = i % 3 ? SIM_ARP_REQUEST : SIM_ARP_REPLY;
		arp.sender_ip = SIM_ADDR(11, 0, 0, 1) + i;
		if (i % 3 == 0)
			arp.target_ip = SIM_IP;         /* answers that nobody asked for */
		else
			arp.target_ip = SIM_IP + 1;
		sim_send_arp(&s, &arp);
	}
	for (const struct arp_entry *e = s.net.arp.entry; e < s.net.arp.entry + ARP_ENTRIES; e++)
		used += e->state != ARP_FREE;
	EXPECT_EQ(used, 1);
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT_SILENCE(&s);
	send_to(PEER, PEER, 2);
	EXPECT(sim_take(&s, &p) && p.payload && p.payload[0] == 2 && p.eth_dst[5] == 7);
	sim_stop(&s);
}

/* An answer to somebody else's question, broadcast by a switch that does not know where that is. */
TEST(arp_does_not_learn_from_answers_to_others)
{
	struct sim_arp arp = { .op = SIM_ARP_REPLY, .sender_mac = { 2, 6, 6, 6, 6, 6 }, .sender_ip = PEER, .target_ip = SIM_IP + 1,
	                       .broadcast = true };
	struct sim_packet p;

	begin();
	send_to(PEER, PEER, 1);
	EXPECT(sim_take_arp(&s, &p));
	sim_send_arp(&s, &arp);
	EXPECT_SILENCE(&s);
	reply_from(PEER, 7);
	EXPECT(sim_take(&s, &p) && p.payload && p.payload[0] == 1 && p.eth_dst[5] == 7);
	sim_stop(&s);
}

/* While packets flow by the gateway, nobody else becomes it: neither by answers nor by announcements. */
TEST(arp_gateway_stays_where_it_is_during_a_transfer)
{
	struct sim_packet p;

	begin();
	send_to(SIM_ADDR(192, 0, 2, 1), SIM_GATEWAY, 1);
	reply_from(SIM_GATEWAY, 2);
	sim_discard(&s);
	for (unsigned i = 0; i < 250; i++) {
		reply_from(SIM_GATEWAY, 66);
		claim(SIM_GATEWAY, i % 2 ? SIM_ARP_REQUEST : SIM_ARP_REPLY, 66);
		send_to(SIM_ADDR(192, 0, 2, 1), SIM_GATEWAY, 2);
		EXPECT(sim_take(&s, &p) && p.payload && p.payload[0] == 2 && p.eth_dst[5] == 2);
		sim_advance(&s, 100);
	}
	sim_stop(&s);
}

TEST(arp_announces_without_waiting)
{
	struct sim_packet p;

	begin();
	arp_announce(&s.netif);
	EXPECT(sim_take(&s, &p) && p.arp_op == SIM_ARP_REQUEST && p.arp_sender_ip == SIM_IP && p.arp_target_ip == SIM_IP);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}
