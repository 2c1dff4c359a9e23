/* SPDX-License-Identifier: BSD-2-Clause */
/* A DNS message, read in memory that ends where it ends; then as the answer to a question that was asked, by UDP and by TCP. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/dns_message.h"
#include "net/net.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"

static struct sim s;
static struct dns_query q;

static void answer_a_question(const uint8_t *data, size_t len)
{
	uint8_t message[1472];
	struct sim_udp udp = { .src = SIM_GATEWAY, .dst = SIM_IP, .src_port = 53, .data = message, .len = len };

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	settings_set("dns", "10.0.2.2");
	dns_start(&q, &s.net, "a.example", s.now_ms);
	memcpy(message, data, len);
	for (unsigned i = 0; i < 3 && q.rc == -EINPROGRESS && len >= 2; i++) {
		sim_put16(message, q.id);
		udp.dst_port = q.socket.local_port;
		sim_send_udp(&s, &udp);
		sim_advance(&s, 2500);
	}
	if (q.address_count > DNS_ADDRESSES_MAX || (q.rc == 0) != (q.address_count > 0))
		abort();
	dns_stop(&q);
	sim_stop(&s);
}

/** Behind its length, of which the input's first two bytes change some bits, in segments as long as these say. */
static void answer_by_tcp(const uint8_t *data, size_t len)
{
	uint8_t message[2 + 1472];
	struct tcp_peer peer;
	struct sim_packet p;
	size_t step = 1 + data[0] % 100 * (data[1] % 16);

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	sim_add_host(&s, SIM_GATEWAY);
	settings_set("dns", "10.0.2.2");
	dns_start(&q, &s.net, "a.example", s.now_ms);
	if (!sim_take_protocol(&s, 17, &p))
		abort();
	memcpy(message, p.data, p.data_len);
	sim_put16(message + 2, 0x8380);
	sim_send_udp(&s, &(struct sim_udp){ .src = SIM_GATEWAY, .dst = SIM_IP, .src_port = 53, .dst_port = p.src_port, .data = message,
	                                    .len = p.data_len });
	peer_init(&peer, &s, SIM_GATEWAY, 53);
	if (!peer_accept(&peer, PEER_ALL) || !peer_expect(&peer))
		abort();
	memcpy(message + 2, data, len);
	sim_put16(message, (uint16_t)(len ^ (data[0] & data[1])));
	sim_put16(message + 2, q.id);
	for (size_t at = 0; at < 2 + len; at += step)
		peer_send(&peer, SIM_ACK, message + at, 2 + len - at < step ? 2 + len - at : step);
	sim_advance(&s, 3500);
	if (q.address_count > DNS_ADDRESSES_MAX || (q.rc == 0) != (q.address_count > 0))
		abort();
	dns_stop(&q);
	sim_discard(&s);
	sim_stop(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_answer a;

	if (size > 1472)
		return 0;
	dns_message_matches(data, size, size >= 2 ? sim_get16(data) : 0, "a.example");
	dns_message_parse(&a, data, size, "a.example", 8);
	if (memchr(a.name, 0, sizeof a.name) == NULL || a.address_count > DNS_ADDRESSES_MAX)
		abort();
	answer_a_question(data, size);
	if (size >= 2)
		answer_by_tcp(data, size);
	return 0;
}
