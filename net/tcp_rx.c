/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP, what we receive (RFC 9293 3.10.7.4): is a segment acceptable, what of it is new, where does it go? When it is acknowledged is
 * tcp_ack.c's.
 *
 * New bytes go, in this order of preference: in order to where the user wants them placed; in order to the user; out of order to
 * their place; out of order into t->kept, as long as packets last. What is neither placed nor kept was not received. The blocks say
 * what arrived beyond rcv_nxt, both kinds; they are what SACK reports, so nothing reported is ever dropped. */
#include "config/features.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/tcp_connection.h"

enum { DUPLICATES = 3 };                /* RFC 5681 3.2: so many ACKs of one byte show a loss; a batch of segments must not make them one */

static bool may_keep(const struct tcp *t, size_t packets)
{
	return t->kept_count + packets <= tcp_kept_max() && pkt_pool_free() >= pkt_pool_total() / 4 + packets;
}

/* ---- data --------------------------------------------------------------------------------------------------------------------- */

/* A kept packet's headers are behind it; its sequence number is written where the buffer begins. */
static uint32_t kept_seq(const struct pkt *p)
{
	uint32_t seq;

	memcpy(&seq, p->head, sizeof(seq));
	return seq;
}

/** The next @len bytes in order: to their place or to the user, who may end the connection. */
static void take_in_order(struct tcp *t, const uint8_t *data, size_t len, uint32_t now_ms)
{
	uint8_t *place = t->user->place(t->user, t->rcv_offset, len);

	if (t->rcv_nxt == t->acked_to)
		t->pending_ms = now_ms;
	if (place) {
		memcpy(place, data, len);
		t->placed = true;
	} else {
		tcp_tell_placed(t, now_ms);
		if (t->state == TCP_CLOSED)
			return;
	}
	t->rcv_nxt += (uint32_t)len;
	t->rcv_offset += len;
	t->ahead_count = 0;
	t->data_ms = now_ms;
	if (!place)
		t->user->deliver(t->user, data, len, now_ms);
}

/** rcv_nxt has reached the first block: its placed bytes are in order now, its kept packets go to the user. */
static void take_block(struct tcp *t, uint32_t now_ms)
{
	uint32_t end = t->block[0].end;

	t->block_count--;
	memmove(&t->block[0], &t->block[1], t->block_count * sizeof(t->block[0]));
	while (seq_before(t->rcv_nxt, end)) {
		struct pkt *p = t->kept_count ? list_entry(t->kept.next, struct pkt, link) : NULL;
		uint32_t placed_to = p && seq_before(kept_seq(p), end) ? kept_seq(p) : end;

		if (t->rcv_nxt != placed_to) {
			t->rcv_offset += placed_to - t->rcv_nxt;
			t->rcv_nxt = placed_to;
			t->placed = true;
			continue;
		}
		list_remove(&p->link);
		t->kept_count--;
		take_in_order(t, p->data, pkt_len(p), now_ms);
		pkt_free(p);
		if (t->state == TCP_CLOSED)
			return;
	}
}

/** Add [start, end), which no block covers, to the blocks; false if it would be one too many. */
static bool add_block(struct tcp *t, uint32_t start, uint32_t end)
{
	unsigned i = tcp_block_beyond(t, start - 1);            /* or one that ends at @start */

	if (i < t->block_count && t->block[i].end == start) {
		t->block[i].end = end;
		if (i + 1 < t->block_count && t->block[i + 1].start == end) {
			t->block[i].end = t->block[i + 1].end;
			t->block_count--;
			memmove(&t->block[i + 1], &t->block[i + 2], (t->block_count - i - 1) * sizeof(t->block[0]));
		}
		return true;
	}
	if (i < t->block_count && t->block[i].start == end) {
		t->block[i].start = start;
		return true;
	}
	if (t->block_count == TCP_BLOCKS_MAX)
		return false;
	memmove(&t->block[i + 1], &t->block[i], (t->block_count - i) * sizeof(t->block[0]));
	t->block[i] = (struct tcp_block){ start, end };
	t->block_count++;
	return true;
}

static void keep(struct tcp *t, struct pkt *p, uint32_t seq, const uint8_t *data, size_t len)
{
	struct list *pos = t->kept.next;

	p->data = (uint8_t *)data;
	p->tail = p->data + len;
	memcpy(p->head, &seq, sizeof(seq));
	while (pos != &t->kept && seq_before(kept_seq(list_entry(pos, struct pkt, link)), seq))
		pos = pos->next;
	list_insert(&p->link, pos);
	t->kept_count++;
}

/** What a large packet brought: kept in small ones, as many as may_keep() allowed. */
static void keep_copies(struct tcp *t, uint32_t seq, const uint8_t *data, size_t len)
{
	while (len) {
		struct pkt *p = pkt_alloc();
		size_t n = len < PKT_DATA_MAX ? len : PKT_DATA_MAX;

		keep(t, p, seq, memcpy(p->data, data, n), n);
		seq += (uint32_t)n;
		data += n;
		len -= n;
	}
}

/** Bytes [start, end), none of which came before, ahead of rcv_nxt: to their place, or kept in their packet *@p (then NULL). */
static void take_ahead(struct tcp *t, uint32_t start, uint32_t end, const uint8_t *data, struct pkt **p, uint32_t now_ms)
{
	uint32_t len = end - start;
	uint8_t *place = t->user->place(t->user, t->rcv_offset + (start - t->rcv_nxt), len);

	if (!place && (!*p || !may_keep(t, (len + PKT_DATA_MAX - 1) / PKT_DATA_MAX)))
		return;
	if (!add_block(t, start, end))
		return;
	if (place) {
		memcpy(place, data, len);
	} else if (pkt_is_large(*p)) {
		keep_copies(t, start, data, len);
	} else {
		keep(t, *p, start, data, len);
		*p = NULL;
	}
	t->data_ms = now_ms;
	tcp_note_recent(t, start, now_ms);
}

/** Narrow [*start, *end) to its first stretch that no block covers; false when there is none. */
static bool first_hole(const struct tcp *t, uint32_t *start, uint32_t *end)
{
	unsigned i = tcp_block_beyond(t, *start);

	if (i < t->block_count && !seq_after(t->block[i].start, *start))
		*start = t->block[i++].end;
	if (i < t->block_count && seq_before(t->block[i].start, *end))
		*end = t->block[i].start;
	return seq_before(*start, *end);
}

/** A segment's bytes [seq, end), inside the window: each byte is taken the first time it comes. Takes @p. */
static void take_data(struct tcp *t, uint32_t seq, uint32_t end, const uint8_t *data, struct pkt *p, uint32_t now_ms)
{
	bool missing = t->block_count || seq != t->rcv_nxt;     /* out of order, or filling a gap: RFC 5681 4.2 */
	uint32_t start = seq, stop = end;

	if (missing) {
		if (t->ack_now && seq != t->rcv_nxt && (!t->sack_ok || t->ahead_count < DUPLICATES))
			tcp_ack(t, now_ms);
		t->ahead_count += t->ahead_count < DUPLICATES;
	}
	while (first_hole(t, &start, &stop)) {
		if (start == t->rcv_nxt) {
			take_in_order(t, data + (start - seq), stop - start, now_ms);
			if (t->state != TCP_CLOSED && t->block_count && t->block[0].start == t->rcv_nxt)
				take_block(t, now_ms);
			if (t->state == TCP_CLOSED)
				break;
			stop = t->rcv_nxt;
		} else {
			take_ahead(t, start, stop, data + (start - seq), &p, now_ms);
		}
		start = stop;
		stop = end;
	}
	t->ack_now |= missing;                                  /* not before: until now it says that an earlier segment's is due */
	pkt_free(p);
}

const uint8_t *tcp_peek(const struct tcp *t, uint64_t offset, size_t *len)
{
	uint32_t seq = t->rcv_nxt + (uint32_t)(offset - t->rcv_offset);
	const struct list *pos;

	list_for_each(pos, &t->kept) {
		const struct pkt *p = list_entry(pos, const struct pkt, link);
		uint32_t at = seq - kept_seq(p);

		if (at < pkt_len(p)) {
			*len = pkt_len(p) - at;
			return p->data + at;
		}
	}
	return NULL;
}

void tcp_receive_until(struct tcp *t, uint64_t offset)
{
	t->rcv_stop = offset > t->rcv_offset ? offset : t->rcv_offset;
}

void tcp_hold(struct tcp *t, uint64_t offset)
{
	uint32_t ahead = t->rcv_edge - t->rcv_nxt;      /* offered, and not come yet */

	if (offset == t->rcv_hold)
		return;
	t->rcv_hold = offset > t->rcv_offset ? offset : t->rcv_offset;
	if (t->state == TCP_ESTABLISHED && t->rcv_hold - t->rcv_offset >= (uint64_t)ahead + 2u * t->path.route.mtu)
		t->ack_now = true;                          /* RFC 9293 3.8.6.2.2 */
}

/* ---- segments ----------------------------------------------------------------------------------------------------------------- */

/** RFC 9293 3.10.7.4, first: the four cases. */
static bool acceptable(const struct tcp *t, const struct tcp_segment *s)
{
	uint32_t len = tcp_segment_length(s), last = s->seq + len - 1;

	if (t->rcv_edge == t->rcv_nxt)
		return len == 0 && s->seq == t->rcv_nxt;
	if (!seq_before(s->seq, t->rcv_nxt) && seq_before(s->seq, t->rcv_edge))
		return true;
	return len > 0 && !seq_before(last, t->rcv_nxt) && seq_before(last, t->rcv_edge);
}

/** RFC 7323 5.3: older than what we saw: a segment of long ago, which RST alone may be. */
static bool too_old(const struct tcp *t, const struct tcp_segment *s)
{
	return t->path.timestamps_ok && s->has_timestamp && !(s->flags & TCP_RST) && seq_before(s->timestamp, t->path.ts_recent);
}

/** Not acceptable: say where we are. Data that came twice is reported as such; what bears none could be an answer to ours: counted. */
static void answer_unacceptable(struct tcp *t, const struct tcp_segment *s, uint32_t now_ms)
{
	if (s->flags & TCP_RST)
		return;
	if (s->data_len == 0) {
		tcp_challenge(t, now_ms);
		return;
	}
	if (seq_before(s->seq, t->rcv_nxt))
		t->duplicate = (struct tcp_block){ s->seq, s->seq + (uint32_t)s->data_len };
	t->ack_now = true;
}

/** RFC 9293 3.10.7.4, fifth: the window of a segment that is no older than the one that set it last. */
static void take_window(struct tcp *t, const struct tcp_segment *s, uint32_t now_ms)
{
	uint32_t before = t->snd_wnd;

	if (seq_before(s->seq, t->snd_wl1) || (s->seq == t->snd_wl1 && seq_before(s->ack, t->snd_wl2)))
		return;
	t->snd_wnd = (uint32_t)s->window << t->snd_shift;
	t->snd_wl1 = s->seq;
	t->snd_wl2 = s->ack;
	if (t->snd_wnd > t->snd_wnd_max)
		t->snd_wnd_max = t->snd_wnd;
	if (t->snd_wnd == 0)                                    /* alive, and saying so: probes go on (RFC 9293 3.8.6.1) */
		t->tries = 0;
	else if (before == 0 && t->send_len)
		tcp_window_opened(t, now_ms);
}

/** RFC 9293 3.10.7.4, fifth. False: the segment is not worth reading on. */
static bool take_ack(struct tcp *t, const struct tcp_segment *s, uint32_t now_ms)
{
	uint32_t said = t->snd_una - t->snd_first;

	if (seq_after(s->ack, t->snd_nxt) || seq_before(s->ack, t->snd_una - (said < t->snd_wnd_max ? said : t->snd_wnd_max))) {
		tcp_challenge(t, now_ms);               /* RFC 5961 5.2; and before what we said first there was nothing to be heard */
		return false;
	}
	if (seq_after(s->ack, t->snd_una))
		tcp_acknowledged(t, s->ack, now_ms);
	if (!seq_before(s->ack, t->snd_una))
		take_window(t, s, now_ms);
	if (t->send_len)
		tcp_output(t, now_ms);
	return true;
}

/** Cut [seq, end) to the window, remember where a FIN stands, take what is left. */
static void take_segment(struct tcp *t, const struct tcp_segment *s, struct pkt *p, uint32_t now_ms)
{
	uint32_t seq = s->seq, end = seq + (uint32_t)s->data_len;
	const uint8_t *data = s->data;

	if ((s->flags & TCP_FIN) && !t->fin_known && !seq_after(end, t->rcv_edge) &&
	    (!t->block_count || !seq_after(t->block[t->block_count - 1].end, end))) {
		t->fin_known = true;
		t->fin_seq = end;
	}
	if (seq_before(seq, t->rcv_nxt)) {                      /* its beginning came before */
		uint32_t known = seq_before(end, t->rcv_nxt) ? end : t->rcv_nxt;

		t->duplicate = (struct tcp_block){ seq, known };
		t->ack_now = true;
		data += known - seq;
		seq = known;
	}
	if (seq_after(end, t->rcv_edge))
		end = t->rcv_edge;
	if (t->fin_known && seq_after(end, t->fin_seq))         /* nothing follows a FIN */
		end = t->fin_seq;
	if (CONFIG_PXE && seq_after(end, t->rcv_nxt) && t->rcv_hold - t->rcv_offset < end - t->rcv_nxt) {
		end = t->rcv_nxt + (uint32_t)(t->rcv_hold - t->rcv_offset);
		t->ack_now = true;                              /* it has not heard how far it may go */
	}
	if (seq_after(end, t->rcv_nxt) && t->rcv_stop - t->rcv_offset < end - t->rcv_nxt)     /* nor is wanted */
		end = t->rcv_nxt + (uint32_t)(t->rcv_stop - t->rcv_offset);
	if (!seq_before(seq, end)) {
		pkt_free(p);
	} else if (seq == t->rcv_nxt && !t->block_count) {      /* nothing is missing: so it is nearly always */
		take_in_order(t, data, end - seq, now_ms);
		pkt_free(p);
	} else {
		const struct tcp_block *b = tcp_block_with(t, seq);

		if (b && !seq_after(end, b->end))
			t->duplicate = (struct tcp_block){ seq, end };
		take_data(t, seq, end, data, p, now_ms);
	}
}

void tcp_receive(struct tcp *t, const struct tcp_segment *s, struct pkt *p, uint32_t now_ms)
{
	if (too_old(t, s) || !acceptable(t, s)) {
		answer_unacceptable(t, s, now_ms);
		goto drop;
	}
	if (s->flags & TCP_RST) {
		if (s->seq != t->rcv_nxt) {                     /* RFC 5961 3.2 */
			tcp_challenge(t, now_ms);
			goto drop;
		}
		pkt_free(p);
		tcp_tell_placed(t, now_ms);
		if (t->state != TCP_CLOSED)
			tcp_end(t, t->idle ? -ECONNRESET : fail(-ECONNRESET, "by %pI4", &t->path.remote_ip), now_ms);
		return;
	}
	if (s->flags & TCP_SYN) {                               /* RFC 5961 4.2 */
		tcp_challenge(t, now_ms);
		goto drop;
	}
	if (!(s->flags & TCP_ACK) || !take_ack(t, s, now_ms))
		goto drop;
	t->heard_ms = now_ms;
	if (CONFIG_PATH_MTU && !t->wide)
		tcp_mtu_input(t, s);
	if (s->has_timestamp && !seq_before(s->timestamp, t->path.ts_recent) && !seq_after(s->seq, t->acked_to))
		t->path.ts_recent = s->timestamp;                    /* RFC 7323 4.3 */
	take_segment(t, s, p, now_ms);
	if (t->state != TCP_CLOSED && t->fin_known && t->rcv_nxt == t->fin_seq) {
		tcp_tell_placed(t, now_ms);
		if (t->state == TCP_CLOSED)
			return;
		t->rcv_nxt++;
		tcp_closing_start(t, true, now_ms);
		tcp_end(t, 0, now_ms);
	} else if (t->state != TCP_CLOSED && tcp_quick(t) && t->rcv_nxt - t->acked_to >= tcp_ack_every(t)) {
		tcp_flush(t, now_ms);
	}
	return;
drop:
	pkt_free(p);
}
