/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments for a live connection. The peer's bytes are always the true ones, all else is the input's: flags, where they stand, how many,
 * acknowledgements, options, time. Whatever comes: bytes arrive in order and unchanged, what is reported by SACK is there, the blocks keep
 * their invariants, and if the connection still stands, a good peer can go on with it.
 *
 * Input: two bytes of how (options of the SYN-ACK, large packets; what is placed), then records: flags, base of the sequence number,
 * offset (2, signed), length, acknowledgement's offset (signed), time, length of options; options. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/tcp_connection.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"

enum { ROOM = 1 << 20 };

static struct sim s;
static struct tcp_peer peer;
static struct tcp tcp;
static uint8_t memory[ROOM];
static uint64_t received, place_from, place_to;
static bool connected, closed;

static uint8_t byte_at(uint64_t offset) { return (uint8_t)(offset * 7 + (offset >> 8)); }

static void check(bool condition)
{
	if (!condition)
		abort();
}

static void on_connected(struct stream_user *user, uint32_t now_ms)
{
	connected = true;
	peer.iss = tcp.rcv_nxt - 1;             /* the input may have sent a SYN of its own */
}

static void check_bytes(const uint8_t *data, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		check(data[i - from] == byte_at(i));
}

static void on_deliver(struct stream_user *user, const uint8_t *data, size_t len, uint32_t now_ms)
{
	check(!closed);
	check_bytes(data, received, received + len);
	received += len;
}

static uint8_t *on_place(struct stream_user *user, uint64_t offset, size_t len)
{
	check(offset >= received);
	return offset >= place_from && offset + len <= place_to ? memory + offset : NULL;
}

static void on_placed(struct stream_user *user, uint64_t offset, uint32_t now_ms)
{
	check(!closed && offset > received && offset <= place_to);
	check_bytes(memory + received, received, offset);
	received = offset;
}

static uint64_t on_placeable(struct stream_user *user, uint64_t offset)
{
	return offset >= place_from && offset < place_to ? place_to - offset : 0;
}

static void on_closed(struct stream_user *user, int rc, uint32_t now_ms)
{
	check(!closed);
	closed = true;
}

static struct stream_user user = { on_connected, on_deliver, on_place, on_placed, on_placeable, on_closed };

static void check_blocks(void)
{
	uint32_t last = tcp.rcv_nxt;

	if (tcp.state != TCP_ESTABLISHED)
		return;
	for (unsigned i = 0; i < tcp.block_count; i++) {
		check(seq_before(last, tcp.block[i].start) && seq_before(tcp.block[i].start, tcp.block[i].end));
		last = tcp.block[i].end;
	}
	check(!seq_after(last, tcp.rcv_edge));
	check(tcp.block_count <= TCP_BLOCKS_MAX && tcp.kept_count <= pkt_pool_total() / 8);
	check(!seq_before(tcp.rcv_nxt, tcp.acked_to));
}

static void send(uint8_t flags, uint32_t seq, uint32_t ack, size_t len, const uint8_t *options, size_t options_len)
{
	uint8_t data[1400];
	struct sim_tcp t = { .src = peer.ip, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = seq, .ack = ack, .flags = flags,
	                     .window = 1000, .options = options, .options_len = options_len, .data = data, .len = len };

	for (size_t i = 0; i < len; i++)
		data[i] = byte_at(seq + (uint32_t)i - peer.iss - 1);
	sim_send_tcp(&s, &t);
}

static size_t record(const uint8_t *r, size_t size)
{
	const uint32_t bases[4] = { tcp.rcv_nxt, tcp.rcv_edge, peer.iss, tcp.block_count ? tcp.block[r[1] >> 2 & 7].start : tcp.rcv_nxt };
	size_t options_len = r[7] % 41u, len = r[4] * 5u;
	uint32_t seq = bases[r[1] & 3] + (uint32_t)(int16_t)(r[2] << 8 | r[3]);

	if (options_len > size - 8)
		options_len = size - 8;
	if (tcp.state == TCP_SYN_RECEIVED)
		peer.iss = tcp.rcv_nxt - 1;
	if (tcp.state == TCP_CLOSED)
		seq = peer.iss + 1;
	send(r[0], seq, tcp.snd_nxt + (uint32_t)(int8_t)r[5], len, r + 8, options_len);
	check_blocks();
	if (r[6] & 1)
		sim_advance(&s, (uint32_t)r[6] << (r[6] >> 6));
	if (r[6] & 2 && tcp.state == TCP_ESTABLISHED)
		tcp_send(&tcp, r, 8, s.now_ms);
	check_blocks();
	return 8 + options_len;
}

/* A good peer says what is missing, in order, and what it says arrives. */
static void go_on(void)
{
	uint64_t to = received + 5000;

	if (tcp.state != TCP_ESTABLISHED || tcp.fin_known)
		return;
	for (uint64_t at = received; at < to; at = at + 1000)
		send(SIM_ACK, peer.iss + 1 + (uint32_t)at, tcp.snd_nxt, 1000, NULL, 0);
	sim_advance(&s, 10);
	check(closed || received >= to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct peer_options options;

	if (size < 2)
		return 0;
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, SIM_GATEWAY);
	peer_init(&peer, &s, SIM_GATEWAY, 80);
	options = (struct peer_options){ data[0] & 1, data[0] & 2, data[0] & 4, data[0] & 8 };
	if (data[0] & 32)
		sim_merge(&s);
	received = 0;
	connected = closed = false;
	place_from = data[1] >> 4 << 8;
	place_to = data[1] & 15 ? place_from + ((data[1] & 15u) << 12) : 0;
	tcp_connect(&tcp, &s.net, &user, SIM_GATEWAY, 80, s.now_ms);
	peer_take_syn(&peer);
	if (data[0] & 16)
		peer_answer_syn(&peer, options);
	for (size_t at = 2; at + 8 <= size;)
		at += record(data + at, size - at);
	go_on();
	tcp_abort(&tcp, s.now_ms);
	sim_discard(&s);
	sim_stop(&s);
	return 0;
}
