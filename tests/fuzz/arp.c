/* SPDX-License-Identifier: BSD-2-Clause */
/* ARP from a LAN on which anybody says anything, to a stack that wants to reach some hosts. A record: what comes (1 byte), who is meant to be its
 * sender (1), and 4 bytes that change it. An entry is never changed by what was not asked for, holds no more packets than it may, and in the
 * end a host that answers is reached. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/icmp.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"

enum { RECORD = 6 };

static struct sim s;
static struct arp_table before;

static void check(bool good)
{
	if (!good)
		abort();
}

static uint32_t host(uint8_t n) { return SIM_ADDR(10, 0, 2, 16 + n % 24); }

/** A packet for @ip, which is what makes the stack ask. */
static void want(uint32_t ip)
{
	struct ping ping;

	if (ping_start(&ping, &s.net, ip, 8, 1000, s.now_ms) == -EINPROGRESS)
		ping_stop(&ping);
}

/** The table as it may be, and nothing in it that changed without a question being open. */
static void check_table(bool time_went_on)
{
	for (unsigned i = 0; i < ARP_ENTRIES; i++) {
		const struct arp_entry *e = &s.net.arp.entry[i], *old = &before.entry[i];

		if (e->state == ARP_FREE)
			continue;
		check(e->ip != SIM_IP && ipv4_is_host(e->ip) && e->pending_count <= ARP_PENDING_PACKETS);
		check(e->state == ARP_ASKING || (!(e->mac[0] & 1) && memcmp(e->mac, "\0\0\0\0\0", 6) != 0));
		check(e->state == ARP_ASKING || e->pending_count == 0);
		if (!time_went_on && e->state == ARP_KNOWN && old->tries == 0)
			check(old->state == ARP_KNOWN && old->ip == e->ip && memcmp(old->mac, e->mac, 6) == 0);
		for (unsigned j = 0; j < i; j++)
			check(s.net.arp.entry[j].state == ARP_FREE || s.net.arp.entry[j].ip != e->ip);
	}
}

/** An ARP packet whose fields are right but for what the input changes. */
static void say(const uint8_t *r)
{
	uint8_t frame[60] = { 0 }, mac[6];
	struct sim_arp arp = { .op = r[0] & 8 ? SIM_ARP_REQUEST : SIM_ARP_REPLY, .sender_ip = host(r[1]), .target_ip = SIM_IP };
	size_t len = sizeof(frame);

	sim_mac(arp.sender_ip, arp.sender_mac);
	memcpy(arp.target_mac, sim_stack_mac, 6);
	sim_mac(arp.sender_ip, mac);
	sim_build_arp(frame + 14, &arp);
	memcpy(frame, r[0] & 16 ? (const uint8_t *)"\xff\xff\xff\xff\xff\xff" : sim_stack_mac, 6);
	memcpy(frame + 6, mac, 6);
	sim_put16(frame + 12, 0x0806);
	if (r[2] & 0x80)
		frame[14 + r[2] % 28] = r[3];
	if (r[4] & 0x80)
		frame[14 + r[4] % 28] = r[5];
	if (r[0] & 32)
		len = 14 + r[5] % 46;
	sim_send_frame(&s, frame, len);
}

static void record(const uint8_t *r)
{
	before = s.net.arp;
	switch (r[0] & 7) {
	case 0:
		want(host(r[1]));
		break;
	case 1:
		sim_advance(&s, sim_get16(r + 2) % 40000u);
		break;
	case 2:
		arp_probe(&s.netif, host(r[1]));
		break;
	case 3:
		arp_announce(&s.netif);
		break;
	default:
		say(r);
		check_table(false);
	}
	check_table(true);
	sim_discard(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ping ping;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	for (size_t at = 0; at + RECORD <= size; at += RECORD)
		record(data + at);
	sim_advance(&s, 60000);
	sim_add_host(&s, SIM_GATEWAY);
	before = s.net.arp;
	ping_start(&ping, &s.net, SIM_GATEWAY, 8, 1000, s.now_ms);
	sim_settle(&s);
	check_table(true);
	for (unsigned i = 0; i < ARP_ENTRIES; i++)
		if (s.net.arp.entry[i].state == ARP_KNOWN && s.net.arp.entry[i].ip == SIM_GATEWAY)
			ping.size = 0;          /* found */
	check(ping.size == 0);
	ping_stop(&ping);
	sim_discard(&s);
	sim_stop(&s);
	return 0;
}
