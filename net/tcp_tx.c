/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP, what we send: segments and their options, the little data a client has to say, its timer (RFC 6298). */
#include "config/features.h"
#include "core/clock.h"   // time_reached
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "net/tcp_connection.h"

enum {
	TCP_RTO_SPREAD_MS = 200, TCP_RTO_MAX_MS = 60000,
	TCP_FLIGHT_SEGMENTS = 10,               /* RFC 6928: what may be sent unasked; requests are shorter */
	TCP_SEND_MAX = 65536,
};

/** What is held ends where there is no place, even if that was once beyond: the peer has been told before it sent anything there, and less
 *  than a unit of the scale may look as if it had been taken back. */
static uint16_t offer_held(struct tcp *t)
{
	uint64_t room = t->rcv_hold - t->rcv_offset;
	uint32_t window = tcp_window(t), units = (window < room ? window : (uint32_t)room) >> t->rcv_shift;

	if (units > 65535)
		units = 65535;
	if (seq_before(t->rcv_edge, t->rcv_nxt + (units << t->rcv_shift)))
		t->rcv_edge = t->rcv_nxt + (units << t->rcv_shift);
	return (uint16_t)units;
}

/** The window field: what tcp_window() gives, but the right edge never moves to the left (RFC 9293 3.8.6, SHLD-14). */
static uint16_t offer_window(struct tcp *t)
{
	uint32_t units = tcp_window(t) >> t->rcv_shift, mask = (1u << t->rcv_shift) - 1;

	if (CONFIG_PXE && t->rcv_hold != UINT64_MAX)
		return offer_held(t);
	if (units > 65535)
		units = 65535;
	if (seq_before(t->rcv_nxt + (units << t->rcv_shift), t->rcv_edge))
		units = (t->rcv_edge - t->rcv_nxt + mask) >> t->rcv_shift;
	if (units > 65535)
		units = 65535;
	if (seq_before(t->rcv_edge, t->rcv_nxt + (units << t->rcv_shift)))
		t->rcv_edge = t->rcv_nxt + (units << t->rcv_shift);
	return (uint16_t)units;
}

/** Options and window of a SYN or SYN-ACK: the window is never scaled there (RFC 7323 2.2). An answer offers what was offered. */
static void fill_syn(struct tcp *t, struct tcp_segment *s)
{
	uint32_t window = tcp_window(t);

	s->mss = t->rcv_mss;
	s->has_shift = t->rcv_shift != 0;
	s->shift = t->rcv_shift;
	s->sack_permitted = t->sack_ok;
	s->window = (uint16_t)(window < 65535 ? window : 65535);
	if (s->flags & TCP_ACK)
		t->rcv_edge = t->rcv_nxt + s->window;
}

void tcp_transmit_bare(const struct ipv4_route *route, uint32_t dst, const struct tcp_segment *s, uint32_t now_ms)
{
	struct pkt *p = pkt_alloc();

	if (!p)
		return;
	if (!tcp_segment_emit(s, p, route->src, dst)) {
		pkt_free(p);
		return;
	}
	ipv4_output(route, dst, IP_TCP, p, now_ms);     /* what is lost here is sent again as if lost on the wire */
}

void tcp_segment_start(struct tcp_segment *s, const struct tcp_path *path, uint8_t flags, uint32_t seq, uint32_t now_ms)
{
	memset(s, 0, sizeof(*s));
	s->src_port = path->local_port;
	s->dst_port = path->remote_port;
	s->seq = seq;
	s->flags = flags;
	s->has_timestamp = path->timestamps_ok;
	s->timestamp = now_ms + path->ts_offset;
	if (flags & TCP_ACK)
		s->echo = path->ts_recent;
}

void tcp_transmit(struct tcp *t, uint8_t flags, uint32_t seq, const uint8_t *data, size_t len, uint32_t now_ms)
{
	struct tcp_segment s;

	tcp_segment_start(&s, &t->path, flags, seq, now_ms);
	s.data = data;
	s.data_len = len;
	if (flags & TCP_ACK)
		s.ack = t->rcv_nxt;
	if (flags & TCP_SYN) {
		fill_syn(t, &s);
	} else if (flags & TCP_ACK) {
		s.window = offer_window(t);
		if (t->sack_ok)
			tcp_sack_blocks(t, &s);
	}
	if (flags & TCP_ACK) {
		t->acked_to = t->rcv_nxt;
		t->ack_now = false;
	}
	tcp_transmit_bare(&t->path.route, t->path.remote_ip, &s, now_ms);
}

void tcp_say(struct tcp *t, uint8_t flags, uint32_t now_ms)
{
	tcp_transmit(t, flags, flags & TCP_SYN ? t->snd_una : t->snd_nxt, NULL, 0, now_ms);
}

void tcp_probe(struct tcp *t, uint32_t now_ms)
{
	tcp_transmit(t, TCP_ACK, t->snd_una - 1, NULL, 0, now_ms);
}

void tcp_timer_start(struct tcp *t, uint32_t now_ms)
{
	t->timer_running = true;
	t->timer_ms = now_ms + t->rto_ms;
}

int tcp_send(struct tcp *t, const void *data, size_t len, uint32_t now_ms)
{
	uint8_t *queue;

	if (t->state == TCP_CLOSED)
		return fail(-ENOTCONN, "sending on a closed connection");
	if (len > TCP_SEND_MAX - t->send_len || !(queue = heap_alloc(t->send_len + len)))
		return fail(-ENOMEM, "%u bytes to send", (unsigned)len);
	if (t->send_len)
		memcpy(queue, t->send_data, t->send_len);
	memcpy(queue + t->send_len, data, len);
	heap_free(t->send_data);
	t->send_data = queue;
	t->send_len += len;
	tcp_output(t, now_ms);
	return 0;
}

/** Send (again) up to @max of the queued bytes from @seq on, one segment; returns how many. */
static uint32_t send_data(struct tcp *t, uint32_t seq, uint32_t max, uint32_t now_ms)
{
	uint32_t at = seq - t->snd_una, len = (uint32_t)t->send_len - at;
	uint8_t flags = TCP_ACK;

	if (len > t->snd_mss)
		len = t->snd_mss;
	if (len > max)
		len = max;
	if (at + len == t->send_len)
		flags |= TCP_PSH;
	tcp_transmit(t, flags, seq, t->send_data + at, len, now_ms);
	return len;
}

void tcp_output(struct tcp *t, uint32_t now_ms)
{
	uint32_t limit = TCP_FLIGHT_SEGMENTS * (uint32_t)t->snd_mss;

	if (t->state != TCP_ESTABLISHED || seq_before(t->snd_una, t->recover))
		return;
	if (limit > t->snd_wnd)
		limit = t->snd_wnd;
	while (t->snd_nxt - t->snd_una < t->send_len && t->snd_nxt - t->snd_una < limit) {
		uint32_t len = send_data(t, t->snd_nxt, limit - (t->snd_nxt - t->snd_una), now_ms);

		if (!t->rtt_running) {
			t->rtt_running = true;
			t->rtt_seq = t->snd_nxt;
			t->rtt_started_ms = now_ms;
		}
		t->snd_nxt += len;
	}
	if (t->send_len && !t->timer_running)           /* with the window closed: the persist timer (RFC 9293 3.8.6.1) */
		tcp_timer_start(t, now_ms);
}

/** RFC 6298 2.2 to 2.5, but a variance near nothing still leaves room for a delayed ACK. */
static void set_rto(struct tcp *t)
{
	uint32_t spread = 4 * t->rttvar_ms > TCP_RTO_SPREAD_MS ? 4 * t->rttvar_ms : TCP_RTO_SPREAD_MS;

	t->rto_ms = t->srtt_ms + spread < TCP_RTO_MAX_MS ? t->srtt_ms + spread : TCP_RTO_MAX_MS;
}

/** RFC 6298 2: smooth a measured round trip into the timeout. */
static void measured(struct tcp *t, uint32_t rtt_ms)
{
	uint32_t error = rtt_ms > t->srtt_ms ? rtt_ms - t->srtt_ms : t->srtt_ms - rtt_ms;

	if (t->srtt_ms == 0) {
		t->srtt_ms = rtt_ms ? rtt_ms : 1;
		t->rttvar_ms = rtt_ms / 2;
	} else {
		t->rttvar_ms = (3 * t->rttvar_ms + error) / 4;
		t->srtt_ms = (7 * t->srtt_ms + rtt_ms) / 8;
	}
	set_rto(t);
}

void tcp_acknowledged(struct tcp *t, uint32_t ack, uint32_t now_ms)
{
	uint32_t len = ack - t->snd_una;

	if (t->rtt_running && seq_after(ack, t->rtt_seq)) {
		t->rtt_running = false;
		measured(t, now_ms - t->rtt_started_ms);
	}
	if (len > t->send_len)                          /* the SYN is no byte of the queue */
		len = (uint32_t)t->send_len;
	t->send_len -= len;
	if (t->send_len) {
		memmove(t->send_data, t->send_data + len, t->send_len);
	} else {
		heap_free(t->send_data);
		t->send_data = NULL;
	}
	t->snd_una = ack;
	t->tries = 0;
	t->timer_running = false;
	if (t->snd_una == t->snd_nxt)
		return;
	tcp_timer_start(t, now_ms);
	if (seq_before(t->snd_una, t->recover))         /* RFC 6582: a partial ACK shows the next hole */
		send_data(t, t->snd_una, t->snd_nxt - t->snd_una, now_ms);
}

void tcp_window_opened(struct tcp *t, uint32_t now_ms)
{
	t->snd_nxt = t->recover = t->snd_una;           /* the probe was most likely not taken */
	t->timer_running = t->rtt_running = false;
	t->tries = 0;
	set_rto(t);
	tcp_output(t, now_ms);
}

/** RFC 6298 5.4 to 5.7: say it again, and wait twice as long. */
void tcp_timeout(struct tcp *t, uint32_t now_ms)
{
	bool connecting = t->state != TCP_ESTABLISHED, probing = t->snd_una == t->snd_nxt;

	if (++t->tries >= (connecting ? TCP_SYN_TRIES : TCP_RETRIES + 1)) {
		tcp_end(t, fail(-ETIMEDOUT, "no reply to %u %ss from %pI4", t->tries, connecting ? "SYN" : "segment", &t->path.remote_ip),
		        now_ms);
		return;
	}
	t->rtt_running = false;
	t->rto_ms = t->rto_ms > TCP_RTO_MAX_MS / 2 ? TCP_RTO_MAX_MS : 2 * t->rto_ms;
	if (connecting) {
		tcp_say(t, t->state == TCP_SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK, now_ms);
	} else if (probing) {                           /* one byte into the closed window */
		t->snd_nxt += send_data(t, t->snd_una, 1, now_ms);
	} else {
		if (t->snd_wnd)
			t->recover = t->snd_nxt;
		send_data(t, t->snd_una, t->snd_nxt - t->snd_una, now_ms);
	}
	tcp_timer_start(t, now_ms);
}
