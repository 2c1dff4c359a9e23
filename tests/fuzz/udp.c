/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP datagrams, one record each: port and source (1 byte), what is wrong with it (1), its length (2), two bytes that change it. Who listens is
 * given exactly the bytes of the good ones for his port; of the others, nothing. */
#include <stdlib.h>
#include <string.h>
#include "net/net.h"
#include "net/udp.h"
#include "tests/sim/sim.h"

enum { RECORD = 6, SOCKETS = 3, DATA_MAX = 1472 };

static struct sim s;
static struct udp_socket socket[SOCKETS];
static const uint16_t ports[4] = { 68, 4011, 50000, 50001 };
static struct { unsigned which, count; uint32_t src; uint16_t src_port; size_t len; const uint8_t *data; } got;

static void check(bool good)
{
	if (!good)
		abort();
}

static void input(struct udp_socket *u, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	check(!got.count && pkt_len(p) == got.len && memcmp(p->data, got.data, got.len) == 0);
	check(ip->src == got.src && src_port == got.src_port);
	got.which = (unsigned)(u - socket);
	got.count++;
}

/** RFC 768 by other means than the stack's: is the datagram at @udp, of which @len bytes came, a good one? */
static bool is_good(const uint8_t *udp, size_t len, uint32_t src, uint32_t dst)
{
	size_t said = len >= 8 ? sim_get16(udp + 4) : 0;
	uint32_t pseudo = (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) + 17 + (uint32_t)said;

	if (len < 8 || said < 8 || said > len)
		return false;
	return sim_get16(udp + 6) == 0 || sim_checksum(pseudo, udp, said) == 0;
}

static void record(const uint8_t *r)
{
	uint8_t packet[1600], data[DATA_MAX];
	struct sim_udp udp = { .src = SIM_ADDR(10, 0, 2, 16 + (r[0] >> 4)), .dst = r[1] & 1 ? SIM_ADDR(10, 0, 2, 255) : SIM_IP,
	                       .src_port = 1024 + r[5], .dst_port = ports[r[0] & 3], .data = data, .len = sim_get16(r + 2) % (DATA_MAX + 1),
	                       .no_checksum = r[1] & 2, .bad_checksum = r[1] & 4, .length_error = r[1] & 8 ? (int8_t)r[4] : 0 };
	size_t len, udp_len;
	bool good;

	for (size_t i = 0; i < udp.len; i++)
		data[i] = (uint8_t)(i * r[5] + r[4]);
	len = sim_build_udp(packet, &udp);
	udp_len = len - 20;
	if (r[1] & 16 && udp_len > 8)
		packet[28 + r[5] % (udp_len - 8)] ^= r[4];
	if (r[1] & 32)
		packet[20 + r[5] % 8] = r[4];
	good = is_good(packet + 20, udp_len, udp.src, udp.dst);
	got.count = 0;
	got.src = udp.src;
	got.src_port = sim_get16(packet + 20);
	got.data = packet + 28;
	got.len = good ? sim_get16(packet + 24) - 8u : 0;
	sim_send_ip(&s, packet, len);
	if (!good) {
		check(!got.count);
		return;
	}
	for (unsigned i = 0; i < SOCKETS; i++)
		if (sim_get16(packet + 22) == ports[i])
			check(got.count && got.which == i);
	check(got.count <= 1);
	if (r[1] & 64)
		sim_advance(&s, 300);
	sim_discard(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(socket, 0, sizeof(socket));
	for (unsigned i = 0; i < SOCKETS; i++) {
		socket[i].input = input;
		check(udp_open(&socket[i], &s.net, ports[i]) == 0);
	}
	for (size_t at = 0; at + RECORD <= size; at += RECORD)
		record(data + at);
	for (unsigned i = 0; i < SOCKETS; i++)
		udp_close(&socket[i]);
	sim_discard(&s);
	sim_stop(&s);
	return 0;
}
