/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP messages from servers, one after another (each two bytes of length, then itself; xid and MAC made ours), to a client that asks. The highest
 * bits of the length say whether it is another server, that it comes from port 4011, to our own address, that somebody has the address that is
 * asked about, and that more time goes by. Then the interface must still be able to get a lease from a good server. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/dhcp_message.h"
#include "net/net.h"
#include "tests/sim/sim.h"

enum { OTHER = 0x8000, PROXY_PORT = 0x4000, UNICAST = 0x2000, CLAIMED = 0x1000, LATER = 0x0800, LENGTH = 0x07ff, RECORDS_MAX = 40 };

static struct sim s;

static void send_message(const uint8_t *data, size_t len, unsigned how)
{
	uint8_t message[1472];
	struct sim_udp udp = { .src = how & OTHER ? SIM_ADDR(10, 0, 2, 9) : SIM_GATEWAY, .dst = how & UNICAST ? SIM_IP : 0xffffffff,
	                       .src_port = how & PROXY_PORT ? PXE_SERVER_PORT : DHCP_SERVER_PORT, .dst_port = DHCP_CLIENT_PORT,
	                       .data = message, .len = len };

	memcpy(message, data, len);
	if (len >= 34) {
		sim_put32(message + 4, s.netif.dhcp.listener.xid);
		memcpy(message + 28, sim_stack_mac, 6);
	}
	sim_send_udp(&s, &udp);
}

/** Somebody else has the address that is being probed (RFC 5227). */
static void claim(void)
{
	struct sim_arp arp = { .op = SIM_ARP_REPLY, .sender_mac = { 2, 0, 0, 0, 0, 1 }, .sender_ip = s.netif.probed_ip };

	memcpy(arp.target_mac, sim_stack_mac, 6);
	sim_send_arp(&s, &arp);
}

static void serve_well(uint8_t type)
{
	uint8_t m[300] = { 2, 1, 6 };

	sim_put32(m + 16, SIM_IP);
	memcpy(m + 236, "\x63\x82\x53\x63\x35\x01\x02\x36\x04\x0a\x00\x02\x02\x01\x04\xff\xff\xff\x00\xff", 20);
	m[242] = type;
	send_message(m, sizeof m, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned records = 0;

	sim_start(&s);
	dhcp_start(&s.netif, 60000, s.now_ms);
	for (size_t at = 0; at + 2 <= size && records < RECORDS_MAX; records++) {
		unsigned how = sim_get16(data + at);
		size_t len = how & LENGTH;

		at += 2;
		len = len > size - at ? size - at : len;
		len = len > 1472 ? 1472 : len;
		send_message(data + at, len, how);
		at += len;
		if (how & CLAIMED)
			claim();
		sim_advance(&s, how & LATER ? 40000 : 500);
	}
	dhcp_start(&s.netif, 60000, s.now_ms);
	serve_well(DHCP_OFFER);
	serve_well(DHCP_ACK);
	if (s.netif.dhcp.rc != 0 || s.netif.ip != SIM_IP)
		abort();
	sim_stop(&s);
	return 0;
}
