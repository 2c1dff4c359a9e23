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
