/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet framing. */
#include "net/eth.h"

#include "core/errors.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

static struct sim s;

static int parse(const char *bytes, size_t len)
{
	struct pkt *p = pkt_alloc();
	int rc;

	memcpy(pkt_put(p, len), bytes, len);
	rc = eth_parse(&s.netif, p);
	if (rc > 0)
		EXPECT_EQ(pkt_len(p), len - ETH_HEADER_BYTES);
	pkt_free(p);
	return rc;
}

#define OURS "\x52\x54\x00\x12\x34\x56"
#define PEER "\x02\x00\x0a\x00\x02\x02"

TEST(eth_accepts_what_is_for_us)
{
	sim_start(&s);
	EXPECT_EQ(parse(OURS PEER "\x08\x00" "payload", 21), ETH_TYPE_IPV4);
	EXPECT_EQ(parse("\xff\xff\xff\xff\xff\xff" PEER "\x08\x06", 14), ETH_TYPE_ARP);
	EXPECT_EQ(parse("\x01\x00\x5e\x00\x00\x01" PEER "\x08\x00", 14), ETH_TYPE_IPV4);
	EXPECT_EQ(parse(OURS PEER "\x86\xdd", 14), 0x86dd);
	sim_stop(&s);
}

/* Runts, LLC, strangers' frames, group senders. */
TEST(eth_drops_what_is_not)
{
	sim_start(&s);
	for (size_t len = 0; len < 14; len++)
		EXPECT_EQ(parse(OURS PEER "\x08\x00", len), -EPROTO);
	EXPECT_EQ(parse("\x52\x54\x00\x12\x34\x57" PEER "\x08\x00", 14), -EPROTO);
	EXPECT_EQ(parse(OURS "\xff\xff\xff\xff\xff\xff\x08\x00", 14), -EPROTO);
	EXPECT_EQ(parse(OURS "\x01\x00\x5e\x00\x00\x01\x08\x00", 14), -EPROTO);
	EXPECT_EQ(parse("\x01\x80\xc2\x00\x00\x00" PEER "\x00\x26\x42\x42\x03", 17), -EPROTO);
	EXPECT_EQ(parse(OURS PEER "\x05\xff", 14), -EPROTO);
	sim_stop(&s);
}

TEST(eth_counts_what_it_drops)
{
	sim_start(&s);
	sim_send_frame(&s, OURS PEER "\x81\x00\x00\x01\x08\x00", 18);
	sim_send_frame(&s, OURS PEER "\x88\xcc", 14);
	sim_send_frame(&s, OURS, 6);
	EXPECT_EQ(s.netif.counters.rx, 3);
	EXPECT_EQ(s.netif.counters.rx_dropped, 3);
	sim_stop(&s);
}

/* CDPwn (CVE-2020-3110 and its like), and what else switches talk among themselves: nobody here reads it. */
TEST(eth_protocols_that_we_do_not_speak_are_dropped_whole)
{
	static const struct { const char *what, *to, *bytes; size_t len; } frames[] = {
		{ "CDP", "\x01\x00\x0c\xcc\xcc\xcc", "\x00\x30\xaa\xaa\x03\x00\x00\x0c\x20\x00\x02\xb4\x00\x00\x00\x05\xff\xff", 18 },
		{ "SNAP with IPv4", OURS, "\x00\x24\xaa\xaa\x03\x00\x00\x00\x08\x00\x45\x00", 12 },
		{ "spanning tree", "\x01\x80\xc2\x00\x00\x00", "\x00\x26\x42\x42\x03\x00\x00", 7 },
		{ "LLC test", OURS, "\x00\x03\x00\x01\xf3", 5 },
		{ "LLDP", "\x01\x80\xc2\x00\x00\x0e", "\x88\xcc\x02\xff\xff", 5 },
		{ "LACP", "\x01\x80\xc2\x00\x00\x02", "\x88\x09\x01\x01\x01\x14", 6 },
		{ "a VLAN's ARP", OURS, "\x81\x00\x00\x01\x08\x06\x00\x01", 8 },
		{ "a VLAN in a VLAN", OURS, "\x88\xa8\x00\x01\x81\x00\x00\x02\x08\x00\x45", 11 },
		{ "reverse ARP", OURS, "\x80\x35\x00\x01\x08\x00\x06\x04\x00\x04", 10 },
		{ "IPv6", OURS, "\x86\xdd\x60\x00\x00\x00\xff\xff\x00\x40", 10 },
		{ "PPPoE", OURS, "\x88\x63\x11\x09\x00\x00\xff\xff", 8 },
		{ "EAPOL", "\x01\x80\xc2\x00\x00\x03", "\x88\x8e\x01\x01\xff\xff", 6 },
		{ "a pause", "\x01\x80\xc2\x00\x00\x01", "\x88\x08\x00\x01\xff\xff", 6 },
		{ "a jumbo's LLC", OURS, "\x05\xdc\x00\x00", 4 },
	};

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	for (unsigned i = 0; i < sizeof frames / sizeof *frames; i++) {
		uint32_t dropped = s.netif.counters.rx_dropped;
		uint8_t frame[64] = { 0 };

		memcpy(frame, frames[i].to, 6);
		memcpy(frame + 6, PEER, 6);
		memcpy(frame + 12, frames[i].bytes, frames[i].len);
		for (size_t len = 12 + frames[i].len; len <= sizeof frame; len++)
			sim_send_frame(&s, frame, len);
		if (s.netif.counters.rx_dropped - dropped != sizeof frame - 12 - frames[i].len + 1)
			test_fail(__FILE__, __LINE__, "%s was not dropped", frames[i].what);
	}
	EXPECT_SILENCE(&s);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(host_packets_held(), 0);
	sim_stop(&s);
}

/* Ripple20's runts: frames shorter than Ethernet has them, of all that we speak. */
TEST(eth_runts_are_dropped_and_answered_by_nothing)
{
	static const uint16_t types[] = { ETH_TYPE_IPV4, ETH_TYPE_ARP };
	uint8_t body[46];

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned first = 0; first < 256; first++)
			for (size_t len = 0; len < 20; len++) {
				uint8_t frame[64];

				memset(body, (int)first, sizeof body);
				sim_send_frame(&s, frame, sim_build_frame(frame, sim_stack_mac, (const uint8_t *)PEER, types[i], body, len));
			}
	EXPECT_EQ(s.netif.counters.rx_dropped, 2 * 256 * 20);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(host_packets_held(), 0);
	sim_stop(&s);
}

/* URGENT/11 (CVE-2019-12262): reverse ARP's answers assign no address. */
TEST(eth_reverse_arp_gives_no_address)
{
	struct sim_arp arp = { .op = 4, .sender_mac = { 2, 0, 10, 0, 2, 2 }, .sender_ip = SIM_GATEWAY, .target_ip = SIM_ADDR(10, 6, 6, 6) };
	uint8_t body[28], frame[64];

	sim_start(&s);
	for (unsigned configured = 0; configured < 2; configured++) {
		memcpy(arp.target_mac, sim_stack_mac, 6);
		for (arp.op = 1; arp.op < 10; arp.op++) {
			sim_build_arp(body, &arp);
			sim_send_frame(&s, frame, sim_build_frame(frame, sim_stack_mac, arp.sender_mac, 0x8035, body, sizeof body));
			sim_send_frame(&s, frame, sim_build_frame(frame, sim_stack_mac, arp.sender_mac, ETH_TYPE_ARP, body, sizeof body));
		}
		EXPECT_EQ(s.netif.ip, configured ? SIM_IP : 0);
		EXPECT_SILENCE(&s);
		sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	}
	sim_stop(&s);
}

TEST(eth_output_frames_a_packet)
{
	struct pkt *p;
	struct sim_packet out;

	sim_start(&s);
	p = pkt_alloc();
	memcpy(pkt_put(p, 5), "hello", 5);
	EXPECT_EQ(eth_output(&s.netif, p, (const uint8_t *)PEER, 0x88b5), 0);
	EXPECT(sim_take(&s, &out));
	EXPECT_EQ(out.len, 19);
	EXPECT_MEM(out.frame, PEER OURS "\x88\xb5" "hello", 19);
	EXPECT_EQ(s.netif.counters.tx, 1);
	sim_stop(&s);
}

TEST(eth_output_takes_the_packet_also_when_it_fails)
{
	struct pkt *p;

	sim_start(&s);
	p = pkt_alloc();
	pkt_put(p, 5);
	s.transmit_fails = 1;
	EXPECT_EQ(eth_output(&s.netif, p, eth_broadcast, 0x88b5), -ENOBUFS);
	p = pkt_alloc();
	EXPECT(pkt_push(p, PKT_HEADROOM - 4) != NULL);
	EXPECT_EQ(eth_output(&s.netif, p, eth_broadcast, 0x88b5), -ENOBUFS);
	netif_close(&s.netif);
	EXPECT_EQ(eth_output(&s.netif, pkt_alloc(), eth_broadcast, 0x88b5), -ENETDOWN);
	EXPECT_EQ(s.netif.counters.tx_dropped, 3);
	EXPECT_EQ(host_packets_held(), 0);
	sim_stop(&s);
}
