/* SPDX-License-Identifier: BSD-2-Clause */
/* Reassembly: each 6 bytes are a fragment (id, offset, length, last or not) of a datagram known byte by byte. What comes out whole must be
 * that datagram's beginning. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/ipv4.h"
#include "net/net.h"
#include "tests/sim/sim.h"

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i * 7 + i / 256);
}

static void feed(struct sim *s, const uint8_t *d)
{
	size_t offset = (size_t)(sim_get16(d + 1) & 0x1fff) * 8, len = sim_get16(d + 3) % 1481;
	struct ipv4_header h = { .netif = &s->netif, .src = SIM_GATEWAY, .dst = SIM_IP, .protocol = 17 };
	struct pkt *p = pkt_alloc();
	uint8_t *at = pkt_put(p, len);

	for (size_t i = 0; i < len; i++)
		at[i] = byte_at(offset + i);
	if (reassembly_input(&h, d[0] % 6, offset, d[5] & 1, p, s->now_ms) != 0)
		return;
	for (size_t i = 0; i < pkt_len(p); i++)
		if (p->data[i] != byte_at(i))
			abort();
	pkt_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sim s;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	for (size_t at = 0; at + 6 <= size; at += 6) {
		feed(&s, data + at);
		if (data[at + 5] & 0x80)
			sim_advance(&s, 4000);
	}
	sim_stop(&s);
	return 0;
}
