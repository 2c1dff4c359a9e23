/* SPDX-License-Identifier: BSD-2-Clause */
/* A scripted TCP peer for conversations. See tests/sim/tcp_peer.h. */
#include "tests/sim/tcp_peer.h"

#include <string.h>

void peer_init(struct tcp_peer *peer, struct sim *s, uint32_t ip, uint16_t port)
{
	memset(peer, 0, sizeof *peer);
	peer->sim = s;
	peer->ip = ip;
	peer->port = port;
	peer->iss = peer->seq = 0xffffff00;     /* every conversation passes the wrap */
	peer->window = 65535;
	peer->ts_value = 0xfffffff0;
}

static bool next_segment(struct tcp_peer *peer)
{
	while (sim_take_protocol(peer->sim, 6, &peer->last))
		if (peer->last.dst == peer->ip && peer->last.dst_port == peer->port)
			return true;
	return false;
}

bool peer_take_syn(struct tcp_peer *peer)
{
	while (next_segment(peer)) {
		if ((peer->last.flags & (SIM_SYN | SIM_ACK | SIM_RST)) != SIM_SYN)
			continue;
		peer->stack_port = peer->last.src_port;
		peer->stack_iss = peer->last.seq;
		peer->ack = peer->last.seq + 1;
		peer->ts_echo = peer->last.ts_value;
		return true;
	}
	return false;
}

static size_t put_timestamps(const struct tcp_peer *peer, uint8_t *options)
{
	options[0] = options[1] = 1;
	options[2] = 8;
	options[3] = 10;
	sim_put32(options + 4, peer->ts_value);
	sim_put32(options + 8, peer->ts_echo);
	return 12;
}

static void send(struct tcp_peer *peer, uint32_t seq, uint8_t flags, const void *options, size_t options_len, const void *data,
                 size_t len)
{
	struct sim_tcp tcp = {
		.src = peer->ip, .dst = SIM_IP, .src_port = peer->port, .dst_port = peer->stack_port, .seq = seq,
		.ack = flags & SIM_ACK ? peer->ack : 0, .flags = flags, .window = peer->window, .options = options,
		.options_len = options_len, .data = data, .len = len,
	};

	sim_send_tcp(peer->sim, &tcp);
}

void peer_answer_syn(struct tcp_peer *peer, struct peer_options options)
{
	uint8_t bytes[40];
	size_t n = 0;

	if (options.mss) {
		memcpy(bytes + n, "\x02\x04\x05\xb4", 4);
		n += 4;
	}
	if (options.scale) {
		memcpy(bytes + n, "\x01\x03\x03\x07", 4);
		n += 4;
	}
	if (options.sack) {
		memcpy(bytes + n, "\x01\x01\x04\x02", 4);
		n += 4;
	}
	if (options.timestamps)
		n += put_timestamps(peer, bytes + n);
	peer->scale = options.scale && peer->last.scale > 0 ? peer->last.scale : 0;
	peer->timestamps = options.timestamps;
	send(peer, peer->iss, SIM_SYN | SIM_ACK, bytes, n, NULL, 0);
	peer->seq = peer->iss + 1;
}

bool peer_accept(struct tcp_peer *peer, struct peer_options options)
{
	if (!peer_take_syn(peer))
		return false;
	peer_answer_syn(peer, options);
	return peer_expect(peer) && peer->last.flags == SIM_ACK && peer->last.ack == peer->seq;
}

void peer_send_at(struct tcp_peer *peer, uint32_t seq, uint8_t flags, const void *data, size_t len)
{
	uint8_t options[12];

	send(peer, seq, flags, options, peer->timestamps ? put_timestamps(peer, options) : 0, data, len);
}

void peer_send(struct tcp_peer *peer, uint8_t flags, const void *data, size_t len)
{
	uint32_t seq = peer->seq;

	peer->seq += (uint32_t)len + !!(flags & SIM_FIN);
	peer_send_at(peer, seq, flags, data, len);
}

bool peer_expect(struct tcp_peer *peer)
{
	if (!next_segment(peer))
		return false;
	if (peer->last.seq == peer->ack)
		peer->ack += (uint32_t)peer->last.data_len + !!(peer->last.flags & SIM_FIN);
	if (peer->last.timestamps)
		peer->ts_echo = peer->last.ts_value;
	return true;
}

bool peer_expect_last(struct tcp_peer *peer)
{
	bool any = false;

	while (!list_empty(&peer->sim->sent) || !any) {
		if (!peer_expect(peer))
			break;
		any = true;
	}
	return any;
}

uint32_t peer_window(const struct tcp_peer *peer)
{
	return (uint32_t)peer->last.window << (peer->last.flags & SIM_SYN ? 0 : peer->scale);
}
