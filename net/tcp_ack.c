/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP, what we tell the peer about what we received: the window, SACK, and when. */
#include "config/net.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/tcp_connection.h"

enum {
	QUICK_SEGMENTS = 16,                    /* from the start so many are acknowledged at once */
	ACK_OF_ALL = 16,                        /* but for no more than this part of all there was: the peer's window is that wide */
	HEADERS_BYTES = 60,                     /* of a full segment, with timestamps: 52, and some to spare */
};

/** Packets that one connection may keep out of order. The pool serves the receive rings first. */
unsigned tcp_kept_max(void)
{
	return (unsigned)(pkt_pool_total() / 8);
}

uint32_t tcp_window(const struct tcp *t)
{
	uint32_t window = tcp_kept_max() * (t->path.route.mtu - 40u);
	uint64_t placeable = t->state == TCP_ESTABLISHED ? t->user->placeable(t->user, t->rcv_offset) : 0;

	window += placeable < CONFIG_TCP_WINDOW_BYTES ? (uint32_t)placeable : CONFIG_TCP_WINDOW_BYTES;
	if (window > t->rcv_stop - t->rcv_offset)
		window = (uint32_t)(t->rcv_stop - t->rcv_offset) + (1u << t->rcv_shift) - 1;    /* its last bytes, too */
	return window;
}

void tcp_challenge(struct tcp *t, uint32_t now_ms)
{
	if (rate_allows(&t->challenges, TCP_ANSWERS_PER_SECOND, now_ms))
		tcp_ack(t, now_ms);
}

/* Most of what comes out of order comes behind all there is; what fills a hole is looked for by halving. */
unsigned tcp_block_beyond(const struct tcp *t, uint32_t seq)
{
	unsigned low = 0, high = t->block_count;

	if (high && !seq_after(t->block[high - 1].end, seq))
		return high;
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (seq_after(t->block[middle].end, seq))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct tcp_block *tcp_block_with(const struct tcp *t, uint32_t seq)
{
	unsigned i = tcp_block_beyond(t, seq);

	return i < t->block_count && !seq_before(seq, t->block[i].start) ? &t->block[i] : NULL;
}

/** RFC 2018 4: the block that changed last comes first, then those before it. RFC 2883 4: in front of all what came twice, and then the
 *  block that this is a part of. */
void tcp_sack_blocks(struct tcp *t, struct tcp_segment *s)
{
	unsigned max = t->path.timestamps_ok ? 3 : 4, first = 0;

	if (t->duplicate.start != t->duplicate.end) {
		const struct tcp_block *around = tcp_block_with(t, t->duplicate.start);

		s->sack[s->sack_count++] = t->duplicate;
		first = 1;
		if (around)
			s->sack[s->sack_count++] = *around;
		t->duplicate.end = t->duplicate.start;
	}
	for (unsigned i = 0; i < TCP_SACK_MAX && s->sack_count < max; i++) {
		const struct tcp_block *b = tcp_block_with(t, t->recent[i]);
		bool said = false;

		for (unsigned j = first; b && j < s->sack_count; j++)
			said |= s->sack[j].start == b->start;
		if (b && !said)
			s->sack[s->sack_count++] = *b;
	}
}

/** The block around @seq changed. If it was another one before, say how that one stands while it is still the latest. */
void tcp_note_recent(struct tcp *t, uint32_t seq, uint32_t now_ms)
{
	const struct tcp_block *before = tcp_block_with(t, t->recent[0]), *after = tcp_block_with(t, seq);
	unsigned i;

	if (before && before == after) {
		t->recent[0] = seq;
		return;
	}
	if (t->ack_now && before) {
		tcp_ack(t, now_ms);
		t->ack_now = true;
	}
	for (i = 1; i < TCP_SACK_MAX - 1 && tcp_block_with(t, t->recent[i]) != after; i++)
		;
	memmove(&t->recent[1], &t->recent[0], i * sizeof(t->recent[0]));
	t->recent[0] = seq;
}

void tcp_tell_placed(struct tcp *t, uint32_t now_ms)
{
	if (t->placed) {
		t->placed = false;
		t->user->placed(t->user, t->rcv_offset, now_ms);
	}
}

/** How many bytes one ACK may stand for now. RFC 5681 4.2 wants two full segments, lest the peer's window grow slowly: so it is at the
 *  start. Later an ACK is what costs most, here and on the wire, and peers count bytes, not ACKs. */
uint32_t tcp_ack_every(const struct tcp *t)
{
	uint64_t part = t->rcv_offset / ACK_OF_ALL;
	uint32_t pair = 2 * (t->path.route.mtu - HEADERS_BYTES);

	if (part > t->ack_limit)
		part = t->ack_limit;
	return part > pair ? (uint32_t)part : pair;
}

bool tcp_quick(const struct tcp *t)
{
	return t->rcv_offset < QUICK_SEGMENTS * t->path.route.mtu;
}

void tcp_flush(struct tcp *t, uint32_t now_ms)
{
	uint32_t pending, every;

	tcp_tell_placed(t, now_ms);
	pending = t->rcv_nxt - t->acked_to;
	if (t->state != TCP_ESTABLISHED || (!t->ack_now && pending == 0))
		return;
	every = tcp_ack_every(t);
	if (!t->ack_now && !tcp_quick(t)) {
		if (pending >= every) {
			if (t->ack_limit < TCP_ACK_EVERY_MAX)
				t->ack_limit += t->path.route.mtu / 4u;
		} else if (now_ms - t->pending_ms < TCP_ACK_DELAY_MS) {
			return;
		} else if (now_ms - t->data_ms >= TCP_ACK_DELAY_MS && pending >= every / 4) {
			t->ack_limit = pending / 2;             /* silence: the peer waits for us with that much sent */
		}
	}
	tcp_ack(t, now_ms);
}

