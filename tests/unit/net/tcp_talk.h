/* SPDX-License-Identifier: BSD-2-Clause */
/* What net/tcp.c's and net/tcp_rx.c's tests share: one connection of the stack's to a scripted peer, and a user that writes down what
 * it is told. Bytes from place_from on (up to place_to) are placed in the user's memory, others are delivered and put there too. */
#ifndef TESTS_UNIT_NET_TCP_TALK_H
#define TESTS_UNIT_NET_TCP_TALK_H

#include "core/errors.h"
#include "core/heap.h"
#include "net/tcp_connection.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"
#include "tests/unit/test.h"

#define PEER_IP SIM_ADDR(10, 0, 2, 9)
#define TALK_BYTES (4u << 20)

static struct sim s;
static struct tcp_peer peer;
static struct tcp tcp;
static struct talk {
	struct stream_user user;
	unsigned connected, closed, delivers, placeds;
	int rc;
	uint64_t received;                      /* in order */
	uint64_t place_from, place_to;
	uint8_t *memory;
	void (*on_deliver)(void);
	void (*on_placed)(void);
} talk;

static void talk_connected(struct stream_user *user, uint32_t now_ms) { talk.connected++; }

static void talk_deliver(struct stream_user *user, const uint8_t *data, size_t len, uint32_t now_ms)
{
	EXPECT_EQ(talk.closed, 0);
	if (talk.received + len <= TALK_BYTES)
		memcpy(talk.memory + talk.received, data, len);
	talk.received += len;
	talk.delivers++;
	if (talk.on_deliver)
		talk.on_deliver();
}

static uint8_t *talk_place(struct stream_user *user, uint64_t offset, size_t len)
{
	EXPECT(offset >= talk.received);
	return offset >= talk.place_from && offset + len <= talk.place_to ? talk.memory + offset : NULL;
}

static void talk_placed(struct stream_user *user, uint64_t offset, uint32_t now_ms)
{
	EXPECT(offset > talk.received);
	talk.received = offset;
	talk.placeds++;
	if (talk.on_placed)
		talk.on_placed();
}

static uint64_t talk_placeable(struct stream_user *user, uint64_t offset)
{
	return offset >= talk.place_from && offset < talk.place_to ? talk.place_to - offset : 0;
}

static void talk_closed(struct stream_user *user, int rc, uint32_t now_ms)
{
	talk.closed++;
	talk.rc = rc;
}

/** The stack connects; its SYN waits to be taken. */
static void talk_begin(void)
{
	host_reset();
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, PEER_IP);
	peer_init(&peer, &s, PEER_IP, 80);
	memset(&talk, 0, sizeof talk);
	talk.user = (struct stream_user){ talk_connected, talk_deliver, talk_place, talk_placed, talk_placeable, talk_closed };
	talk.memory = calloc(1, TALK_BYTES);
	error_clear();
	EXPECT_EQ(tcp_connect(&tcp, &s.net, &talk.user, PEER_IP, 80, s.now_ms), 0);
}

static void talk_open(struct peer_options options)
{
	talk_begin();
	EXPECT(peer_accept(&peer, options));
	EXPECT_EQ(talk.connected, 1);
	EXPECT_SILENCE(&s);
	tcp.wide = true;                        /* nothing is asked about the path: that is net/tcp_mtu.c's tests' */
}

static void talk_end(void)
{
	tcp_abort(&tcp, s.now_ms);
	sim_discard(&s);
	sim_stop(&s);
	free(talk.memory);
}

/* Byte @offset of what the peer has to say. */
static uint8_t talk_byte(uint64_t offset) { return server_byte(3, offset); }

/** The peer says [@from, @to) of its stream. */
static void talk_say(uint32_t from, uint32_t to, uint8_t flags)
{
	uint8_t data[1460];

	for (uint32_t i = from; i < to; i++)
		data[i - from] = talk_byte(i);
	peer_send_at(&peer, peer.iss + 1 + from, flags, data, to - from);
	if ((int32_t)(peer.iss + 1 + to - peer.seq) > 0)
		peer.seq = peer.iss + 1 + to;
}

/** Did the first @len bytes arrive as they were said? */
static bool talk_heard(size_t len)
{
	if (talk.received != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (talk.memory[i] != talk_byte(i))
			return false;
	return true;
}

/** The number of the stream's byte that peer.last acknowledges next. */
static uint32_t talk_acked(void) { return peer.last.ack - peer.iss - 1; }

static bool talk_failed(const char *words)
{
	char text[400];

	error_format(text, sizeof text, talk.rc);
	if (talk.closed == 1 && strstr(text, words))
		return true;
	printf("closed %u: %s\n", talk.closed, text);
	return false;
}

/** From the peer, for a test to change what it wants. */
static inline struct sim_tcp talk_segment(uint8_t flags)
{
	return (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq,
	                         .ack = flags & SIM_ACK ? peer.ack : 0, .flags = flags, .window = 65535 };
}

/** A connection whose whole window the peer has filled, with TALK_FULL bytes: no more is taken until tcp_hold() says so. */
#define TALK_FULL 65535u
static inline void talk_open_full(void)
{
	talk_begin();
	tcp_hold(&tcp, TALK_FULL);
	EXPECT(peer_accept(&peer, PEER_ALL));
	tcp.wide = true;
	for (uint32_t at = 0; at < TALK_FULL; at += 1445)
		talk_say(at, at + 1445 < TALK_FULL ? at + 1445 : TALK_FULL, SIM_ACK);
	EXPECT(talk_heard(TALK_FULL));
	sim_advance(&s, TCP_ACK_DELAY_MS);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(talk_acked(), TALK_FULL);
	EXPECT_EQ(peer.last.window, 0);
}

static inline void talk_unused(void)
{
	(void)talk_open, (void)talk_end, (void)talk_say, (void)talk_heard, (void)talk_acked, (void)talk_failed;
}

#endif
