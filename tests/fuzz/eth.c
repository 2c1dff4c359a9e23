/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames as they come from the wire, one after another (each two bytes of length, then itself), into a stack that is asking for a
 * lease, pinging and resolving: eth, ARP, IPv4 with reassembly, ICMP, UDP and what is behind them. Checksums are made good where the
 * first byte says so, or nothing would get beyond them. */
#include <string.h>
#include "net/icmp.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"

static void put_sum(uint8_t *where, uint16_t sum)
{
	where[0] = (uint8_t)(sum >> 8);
	where[1] = (uint8_t)sum;
}

/** Make a frame's IPv4 header checksum good, UDP's absent, and ICMP's and TCP's good. */
static void mend(uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + 14, *payload = ip + 20;
	size_t header, total;

	if (len < 34 || sim_get16(frame + 12) != 0x0800)
		return;
	header = (ip[0] & 15) * 4u;
	total = sim_get16(ip + 2);
	if (header < 20 || header > len - 14 || total > len - 14 || total < header)
		return;
	put_sum(ip + 10, 0);
	put_sum(ip + 10, sim_checksum(0, ip, header));
	payload = ip + header;
	total -= header;
	if (ip[9] == 17 && total >= 8)
		put_sum(payload + 6, 0);
	if (ip[9] == 1 && total >= 8) {
		put_sum(payload + 2, 0);
		put_sum(payload + 2, sim_checksum(0, payload, total));
	}
	if (ip[9] == 6 && total >= 20) {
		put_sum(payload + 16, 0);
		put_sum(payload + 16, sim_checksum(sim_get16(ip + 12) + sim_get16(ip + 14) + sim_get16(ip + 16) + sim_get16(ip + 18) + 6 +
		                                   (uint32_t)total, payload, total));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sim s;
	static struct dns_query query;
	struct ping ping;
	uint8_t how = size ? data[0] : 0, frame[SIM_FRAME_MAX];

	sim_start(&s);
	if (how & 2)
		sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	settings_set("dns", "10.0.2.3");
	if (how & 4)
		dhcp_start(&s.netif, 60000, s.now_ms);
	ping_start(&ping, &s.net, SIM_GATEWAY, 8, 1000, s.now_ms);
	dns_start(&query, &s.net, "a.example", s.now_ms);
	for (size_t at = 1; at + 2 <= size;) {
		size_t len = sim_get16(data + at);

		at += 2;
		len = len > size - at ? size - at : len;
		len = len > sizeof frame ? sizeof frame : len;
		memcpy(frame, data + at, len);
		at += len;
		if (how & 1)
			mend(frame, len);
		sim_send_frame(&s, frame, len);
		sim_advance(&s, how & 8 ? 300 : 1);
	}
	ping_stop(&ping);
	dns_stop(&query);
	sim_stop(&s);
	return 0;
}
