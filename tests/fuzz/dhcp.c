/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP messages from a server, one after another (each two bytes of length, then itself; xid and MAC made ours), to a client that asks.
 * Then the interface must still be able to get a lease from a good server. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/dhcp_message.h"
#include "net/net.h"
#include "tests/sim/sim.h"

static struct sim s;

static void send_message(const uint8_t *data, size_t len)
{
	uint8_t message[1472];
	struct sim_udp udp = { .src = SIM_GATEWAY, .dst = 0xffffffff, .src_port = 67, .dst_port = 68, .data = message, .len = len };

	memcpy(message, data, len);
	if (len >= 34) {
		sim_put32(message + 4, s.netif.dhcp.listener.xid);
		memcpy(message + 28, sim_stack_mac, 6);
	}
	sim_send_udp(&s, &udp);
}

static void serve_well(uint8_t type)
{
	uint8_t m[300] = { 2, 1, 6 };

	sim_put32(m + 16, SIM_IP);
	memcpy(m + 236, "\x63\x82\x53\x63\x35\x01\x02\x36\x04\x0a\x00\x02\x02\x01\x04\xff\xff\xff\x00\xff", 20);
	m[242] = type;
	send_message(m, sizeof m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sim_start(&s);
	dhcp_start(&s.netif, 60000, s.now_ms);
	for (size_t at = 0; at + 2 <= size;) {
		size_t len = sim_get16(data + at) & 0x7ff;

		at += 2;
		len = len > size - at ? size - at : len;
		len = len > 1472 ? 1472 : len;
		send_message(data + at, len);
		at += len;
		sim_advance(&s, 500);
	}
	dhcp_start(&s.netif, 60000, s.now_ms);
	serve_well(DHCP_OFFER);
	serve_well(DHCP_ACK);
	if (s.netif.dhcp.rc != 0 || s.netif.ip != SIM_IP)
		abort();
	sim_stop(&s);
	return 0;
}
