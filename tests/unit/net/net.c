/* SPDX-License-Identifier: BSD-2-Clause */
/* The switchboard: batches, timers, links, storms, shutting down. */
#include "net/net.h"

#include "core/clock.h"
#include "core/errors.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/udp.h"
#include "tests/host/host.h"
#include "tests/sim/frame.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

static struct sim s;

static void begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
}

TEST(net_poll_takes_a_batch_and_kicks_once)
{
	unsigned kicks;

	begin();
	for (unsigned i = 0; i < 100; i++)
		sim_nic_arrive(&s, sim_frame_new("123456123456\x08\x00", 14));
	kicks = s.kicks;
	EXPECT(net_poll(&s.net, s.now_ms));
	EXPECT_EQ(s.ring_count, 100 - NET_RX_BATCH);
	EXPECT(net_poll(&s.net, s.now_ms));
	EXPECT_EQ(s.ring_count, 0);
	EXPECT(!net_poll(&s.net, s.now_ms));
	EXPECT_EQ(s.kicks - kicks, 3);
	EXPECT_EQ(s.netif.counters.rx, 100);
	sim_stop(&s);
}

static unsigned received;

static struct pkt *receive_always(struct nic *nic)
{
	struct pkt *p = pkt_alloc();

	received++;
	memset(pkt_put(p, 60), 0, 60);
	return p;
}

/* More frames wait than can ever be taken: the rest of the loop has its turn, nevertheless. */
TEST(net_poll_ends_though_every_card_always_has_another_frame)
{
	struct nic_driver endless = sim_nic_driver;
	struct netif second = { .net = NULL };
	struct nic other;

	begin();
	other = s.nic;
	endless.receive = receive_always;
	s.nic.driver = other.driver = &endless;
	netif_init(&second, &s.net, &other);
	EXPECT_EQ(netif_open(&second, s.now_ms), 0);
	received = 0;
	EXPECT(net_poll(&s.net, s.now_ms));
	EXPECT_EQ(received, 2 * NET_RX_BATCH);
	EXPECT_EQ(host_packets_held(), 0);
	netif_close(&second);
	settings_detach(&second.settings);
	list_remove(&second.link);
	s.nic.driver = &sim_nic_driver;
	sim_stop(&s);
}

TEST(net_poll_takes_fewer_frames_that_are_more_work)
{
	uint8_t message[300] = { 2, 1, 6 };
	struct sim_udp udp = { .src = SIM_GATEWAY, .dst = 0xffffffff, .src_port = 67, .dst_port = 68, .data = message, .len = sizeof message };
	uint8_t packet[400], frame[500];
	size_t len = sim_build_udp(packet, &udp);

	begin();
	dhcp_start(&s.netif, 60000, s.now_ms);
	len = sim_build_frame(frame, eth_broadcast, s.netif.mac, ETH_TYPE_IPV4, packet, len);
	for (unsigned i = 0; i < 60; i++)
		sim_nic_arrive(&s, sim_frame_new(frame, len));
	net_poll(&s.net, s.now_ms);
	EXPECT(s.ring_count >= 60 - NET_RX_BATCH / 8 && s.ring_count < 60);
	sim_advance(&s, 1);
	EXPECT_EQ(s.ring_count, 0);             /* none is lost */
	EXPECT_EQ(s.netif.counters.rx, 60);
	sim_stop(&s);
}

TEST(net_deadline_is_near_and_after_a_poll_ahead)
{
	begin();
	for (unsigned i = 0; i < 20; i++) {
		uint32_t deadline;

		net_poll(&s.net, s.now_ms);
		deadline = net_deadline(&s.net, s.now_ms);
		EXPECT((int32_t)(deadline - s.now_ms) > 0 && deadline - s.now_ms <= 1000);
		sim_advance(&s, 997);           /* across the clock's wrap, too */
	}
	sim_stop(&s);
}

TEST(net_notices_the_link_within_a_quarter_second)
{
	begin();
	EXPECT(s.netif.link_up);
	s.link_up = false;
	sim_advance(&s, 250);
	EXPECT(!s.netif.link_up);
	s.link_up = true;
	sim_advance(&s, 250);
	EXPECT(s.netif.link_up);
	sim_stop(&s);
}

/* A storm of broadcasts changes nothing and keeps nothing. */
TEST(net_survives_a_storm)
{
	struct sim_udp udp = { .src = SIM_ADDR(10, 0, 2, 50), .dst = 0xffffffff, .src_port = 137, .dst_port = 137, .data = "noise", .len = 5 };
	struct sim_arp arp = { .op = SIM_ARP_REQUEST, .sender_mac = { 2, 0, 10, 0, 2, 50 }, .sender_ip = SIM_ADDR(10, 0, 2, 50), .broadcast = true };
	struct ping ping;
	struct sim_packet p;

	begin();
	for (unsigned i = 0; i < 20000; i++) {
		udp.dst_port = (uint16_t)i;
		arp.target_ip = SIM_ADDR(10, 0, 2, 16) + i % 200;
		sim_send_udp(&s, &udp);
		sim_send_arp(&s, &arp);
	}
	EXPECT_SILENCE(&s);
	EXPECT_EQ(host_packets_held(), 0);
	sim_add_host(&s, SIM_GATEWAY);
	ping_start(&ping, &s.net, SIM_GATEWAY, 1, 1000, s.now_ms);
	EXPECT(sim_take(&s, &p) && p.icmp_type == 8);
	ping_stop(&ping);
	sim_stop(&s);
}

TEST(net_counts_bytes)
{
	uint8_t frame[1000] = "123456123456\x08\x00";

	begin();
	for (unsigned i = 0; i < 1024; i++)
		sim_send_frame(&s, frame, sizeof frame);
	EXPECT_EQ(s.netif.counters.rx, 1024);
	EXPECT_EQ(s.netif.counters.rx_bytes_kib, 1000);
	sim_stop(&s);
}

TEST(net_shutdown_closes_everything)
{
	begin();
	dhcp_start(&s.netif, 60000, s.now_ms);
	net_shutdown(&s.net, s.now_ms);
	EXPECT(!s.nic_open);
	EXPECT(!s.netif.open);
	EXPECT(list_empty(&s.net.udp_sockets));
	net_poll(&s.net, s.now_ms);
	net_shutdown(&s.net, s.now_ms);
	EXPECT_EQ(netif_open(&s.netif, s.now_ms), 0);
	sim_stop(&s);
}

TEST(net_frames_of_a_closed_interface_are_not_asked_for)
{
	begin();
	netif_close(&s.netif);
	EXPECT(!net_poll(&s.net, s.now_ms));    /* the fake NIC dies if it is asked */
	sim_advance(&s, 5000);
	sim_stop(&s);
}
