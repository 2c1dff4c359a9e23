/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP for a stack that pings, has asked a UDP server, and is connected by TCP. A record: kind (1 byte), code (1), what is quoted (1), what is
 * changed in it (2), how much time goes by (1); kind 7 is followed by a length (1) and that many bytes, a message of its own. No more than 20 are
 * answered in a second, a connection that stands stays, and one who quotes what we have not sent is not believed. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/icmp.h"
#include "net/tcp_connection.h"
#include "net/udp.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"

enum { RECORD = 6, ANSWERS_MAX = 20 };
enum { ECHO, REPLY, UNREACHABLE_UDP, UNREACHABLE_TCP, UNREACHABLE_PING, TOO_LARGE, OTHER, RAW };
#define ROUTER SIM_ADDR(10, 0, 2, 3)

static struct sim s;
static struct tcp_peer peer;
static struct tcp tcp;
static struct ping ping;
static struct udp_socket socket;
static bool udp_told;
static unsigned answers;                /* in this second of ours, in which one of the stack's may end and another begin */
static uint32_t second;

static void check(bool good)
{
	if (!good)
		abort();
}

static void on_connected(struct stream_user *user, uint32_t now_ms) { }
static void on_deliver(struct stream_user *user, const uint8_t *data, size_t len, uint32_t now_ms) { }
static uint8_t *on_place(struct stream_user *user, uint64_t offset, size_t len) { return NULL; }
static void on_placed(struct stream_user *user, uint64_t offset, uint32_t now_ms) { }
static uint64_t on_placeable(struct stream_user *user, uint64_t offset) { return 0; }
static void on_closed(struct stream_user *user, int rc, uint32_t now_ms) { check(rc == -EMSGSIZE || rc == -ETIMEDOUT); }

static struct stream_user user = { on_connected, on_deliver, on_place, on_placed, on_placeable, on_closed };

static void on_udp(struct udp_socket *u, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms) { }

static void on_unreachable(struct udp_socket *u, uint32_t dst, uint16_t dst_port, int rc, uint32_t now_ms)
{
	check(rc < 0);
	udp_told = true;
}

/** Whoever quotes our packet: its IP header and 8 bytes, or more. */
static size_t quote(uint8_t *q, uint8_t protocol, uint32_t dst, uint16_t src_port, uint16_t dst_port, uint32_t rest)
{
	memset(q, 0, 28);
	q[0] = 0x45;
	sim_put16(q + 2, 60);
	q[8] = 64;
	q[9] = protocol;
	sim_put32(q + 12, SIM_IP);
	sim_put32(q + 16, dst);
	sim_put16(q + 20, src_port);
	sim_put16(q + 22, dst_port);
	sim_put32(q + 24, rest);
	return 28;
}

static void send(uint32_t src, uint8_t type, uint8_t code, uint32_t rest, const uint8_t *data, size_t len)
{
	uint8_t packet[600];
	size_t n = sim_build_icmp(packet, src, SIM_IP, type, code, rest, data, len);

	sim_send_ip(&s, packet, n);
}

static void send_raw(const uint8_t *data, size_t len)
{
	uint8_t packet[400];
	struct sim_ip4 ip = { .src = ROUTER, .dst = SIM_IP, .protocol = 1 };

	sim_send_ip(&s, packet, sim_build_ip(packet, &ip, data, len));
}

/** What went out: answers are counted by the second. */
static void look(void)
{
	struct sim_packet p;

	while (sim_take_protocol(&s, 1, &p)) {
		check(p.ok);
		if (p.icmp_type == 8)
			continue;
		if (s.now_ms - second >= 1000) {
			second = s.now_ms;
			answers = 0;
		}
		check(++answers <= 2 * ANSWERS_MAX);
	}
}

static void record(const uint8_t *r)
{
	uint8_t q[64] = { 0 };
	size_t len = 8;
	uint32_t rest = r[3] << 8 | r[4];

	udp_told = false;
	switch (r[0] & 7) {
	case ECHO:
		send(ROUTER, 8, r[1] & 1, rest, q, r[2] % 60);
		break;
	case REPLY:
		send(r[1] & 1 ? ROUTER : SIM_GATEWAY, 0, r[1] >> 1 & 1, (uint32_t)ping.id << 16 | (r[1] & 4 ? 2 : 1), q,
		     r[2] & 1 ? ping.size : r[2] % 60);
		break;
	case UNREACHABLE_UDP:
		len = quote(q, 17, r[2] & 1 ? ROUTER : SIM_GATEWAY, socket.local_port ^ (r[2] & 2), 53, 0);
		break;
	case UNREACHABLE_TCP:
	case TOO_LARGE:
		len = quote(q, 6, peer.ip, peer.stack_port ^ (r[2] & 1), r[2] & 2 ? 81 : 80, tcp.snd_nxt + (uint32_t)(int8_t)r[4]);
		break;
	case UNREACHABLE_PING:
		len = quote(q, 1, SIM_GATEWAY, r[2] & 1 ? 0x0800 : 0, 0, (uint32_t)(ping.id ^ (r[2] & 2)) << 16 | 1);
		break;
	default:
		send(ROUTER, r[1], r[2], rest, q, r[5] % 60);
	}
	if ((r[0] & 7) >= UNREACHABLE_UDP && (r[0] & 7) <= TOO_LARGE) {
		if (r[2] & 0x80)
			q[r[3] % 28] = r[4];
		if (r[2] & 0x40)
			len = r[3] % 29;
		send(ROUTER, 3, (r[0] & 7) == TOO_LARGE ? 4 : r[1] % 16, (r[0] & 7) == TOO_LARGE ? rest : 0, q, len);
		check(!udp_told || (r[0] & 7) == UNREACHABLE_UDP || r[2] & 0x80);
	}
	check(tcp.state == TCP_ESTABLISHED || (r[0] & 7) == TOO_LARGE || r[2] & 0x80);
	look();
	if (r[5] & 1)
		sim_advance(&s, r[5]);
	look();
}

static void begin(void)
{
	struct pkt *p;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, SIM_GATEWAY);
	sim_add_host(&s, ROUTER);
	answers = 0;
	second = s.now_ms;
	peer_init(&peer, &s, SIM_GATEWAY, 80);
	tcp_connect(&tcp, &s.net, &user, SIM_GATEWAY, 80, s.now_ms);
	peer_take_syn(&peer);
	peer_answer_syn(&peer, (struct peer_options){ 0 });
	socket = (struct udp_socket){ .input = on_udp, .unreachable = on_unreachable };
	check(tcp.state == TCP_ESTABLISHED && udp_open(&socket, &s.net, 0) == 0);
	p = pkt_alloc();
	memset(pkt_put(p, 20), 0, 20);
	udp_output(&socket, p, SIM_GATEWAY, 53, s.now_ms);
	ping_start(&ping, &s.net, SIM_GATEWAY, 8, 60000, s.now_ms);
	look();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	begin();
	for (size_t at = 0; at + RECORD <= size;) {
		const uint8_t *r = data + at;

		at += RECORD;
		if ((r[0] & 7) == RAW && at < size) {
			size_t len = data[at] < size - at - 1 ? data[at] : size - at - 1;

			send_raw(data + at + 1, len);
			at += 1 + len;
			look();
		} else {
			record(r);
		}
		if (tcp.state != TCP_ESTABLISHED)
			break;
	}
	ping_stop(&ping);
	udp_close(&socket);
	tcp_abort(&tcp, s.now_ms);
	sim_discard(&s);
	sim_stop(&s);
	return 0;
}
