/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP, the connections: tcp_connect(), whose segment is it, SYN-SENT, timers, ends. What arrives later is tcp_rx.c's, what we send
 * tcp_tx.c's, what is left after an orderly end tcp_close.c's. */
#include "net/tcp.h"

#include "config/net.h"
#include "core/clock.h"   // time_reached
#include "core/errors.h"
#include "core/heap.h"
#include "core/random.h"
#include "core/string.h"
#include "net/tcp_connection.h"

enum {
	TCP_RTO_FIRST_MS = 1000, TCP_RTO_AFTER_LOST_SYN_MS = 3000,      /* RFC 6298 2.1, 5.7 */
	DYNAMIC_PORTS = 0xc000,
	TCP_SHIFT = 9,                          /* 65535 << 9: 32 MiB */
};
_Static_assert(CONFIG_TCP_WINDOW_BYTES <= 31u << 20, "a scaled window with what packets hold must be below 32 MiB");

bool tcp_path_is(const struct tcp_path *path, const struct ipv4_header *ip, const struct tcp_segment *s)
{
	return path->local_port == s->dst_port && path->remote_port == s->src_port && path->remote_ip == ip->src &&
	       path->route.src == ip->dst;
}

static struct tcp *find(const struct ipv4_header *ip, const struct tcp_segment *s)
{
	struct list *pos;

	list_for_each(pos, &ip->netif->net->tcp_connections)
		if (tcp_path_is(&list_entry(pos, struct tcp, link)->path, ip, s))
			return list_entry(pos, struct tcp, link);
	return NULL;
}

static bool port_used(struct net *net, uint16_t port)
{
	struct list *pos;

	list_for_each(pos, &net->tcp_connections)
		if (list_entry(pos, struct tcp, link)->path.local_port == port)
			return true;
	return tcp_closing_uses(net, port);
}

/** RFC 6056 3.3.5: random steps from a random start, so that a port is not used again soon; unknown to those who cannot look. */
static uint16_t choose_port(struct net *net)
{
	do
		net->tcp_port = (uint16_t)(DYNAMIC_PORTS | (net->tcp_port + 1 + random_below(32)));
	while (port_used(net, net->tcp_port));
	return net->tcp_port;
}

/** RFC 6528 3: a keyed hash of the four-tuple and a clock of 4 us. The timestamps' origin likewise (RFC 7323 5.4). */
static uint32_t tuple_hash(const struct tcp *t, uint32_t purpose)
{
	uint32_t tuple[4] = { t->path.route.src, t->path.remote_ip, (uint32_t)t->path.local_port << 16 | t->path.remote_port, purpose };

	return random_keyed_hash(tuple, sizeof(tuple));
}

/** What our SYN offers. */
static void syn_sent(struct tcp *t)
{
	t->state = TCP_SYN_SENT;
	t->rcv_shift = TCP_SHIFT;
	t->sack_ok = t->path.timestamps_ok = true;
}

int tcp_connect(struct tcp *t, struct net *net, struct stream_user *user, uint32_t ip, uint16_t port, uint32_t now_ms)
{
	int rc;

	memset(t, 0, sizeof(*t));
	list_init(&t->link);
	list_init(&t->kept);
	if ((rc = ipv4_route(net, ip, &t->path.route)) != 0)
		return rc;
	t->user = user;
	t->path.remote_ip = ip;
	t->path.remote_port = port;
	t->path.local_port = choose_port(net);
	t->snd_una = t->recover = tuple_hash(t, 0) + now_ms * 250;
	t->snd_nxt = t->snd_una + 1;
	t->path.ts_offset = tuple_hash(t, 1);
	t->snd_mss = TCP_MSS_DEFAULT;
	t->rcv_mss = tcp_mtu_mss(net, ip, (uint16_t)(t->path.route.mtu - IPV4_HEADER_BYTES - TCP_HEADER_BYTES));
	t->rcv_stop = t->rcv_hold = UINT64_MAX;
	t->rto_ms = TCP_RTO_FIRST_MS;
	t->heard_ms = t->data_ms = t->probed_ms = t->rtt_started_ms = now_ms;
	t->rtt_running = true;
	t->rtt_seq = t->snd_una;
	syn_sent(t);
	list_append(&net->tcp_connections, &t->link);
	tcp_say(t, TCP_SYN, now_ms);
	tcp_timer_start(t, now_ms);
	return 0;
}

void tcp_drop(struct tcp *t)
{
	struct list *pos, *tmp;

	if (t->state == TCP_CLOSED)
		return;
	t->state = TCP_CLOSED;
	list_remove(&t->link);
	list_for_each_safe(pos, tmp, &t->kept) {
		list_remove(pos);
		pkt_free(list_entry(pos, struct pkt, link));
	}
	heap_free(t->send_data);
	t->send_data = NULL;
}

void tcp_end(struct tcp *t, int rc, uint32_t now_ms)
{
	tcp_drop(t);
	t->user->closed(t->user, rc, now_ms);
}

void tcp_abort(struct tcp *t, uint32_t now_ms)
{
	if (t->state == TCP_ESTABLISHED || t->state == TCP_SYN_RECEIVED)
		tcp_say(t, TCP_RST | TCP_ACK, now_ms);
	tcp_drop(t);
}

void tcp_close(struct tcp *t, uint32_t now_ms)
{
	/* RFC 1122 4.2.2.13: with bytes unread, or our own unsaid, this is no orderly end. */
	if (t->state != TCP_ESTABLISHED || t->snd_una != t->snd_nxt || t->send_len || t->block_count) {
		tcp_abort(t, now_ms);
		return;
	}
	tcp_closing_start(t, false, now_ms);
	tcp_drop(t);
}

void tcp_expect(struct tcp *t, bool expected, uint32_t now_ms)
{
	t->idle = !expected;
	t->heard_ms = t->data_ms = t->probed_ms = now_ms;
}

void tcp_refuse(const struct ipv4_header *ip, const struct tcp_segment *s, uint32_t now_ms)
{
	struct ipv4_route route;
	struct tcp_segment rst;

	if ((s->flags & TCP_RST) || !ipv4_route_back(ip, &route) || !rate_allows(&ip->netif->net->refusals, TCP_ANSWERS_PER_SECOND, now_ms))
		return;
	memset(&rst, 0, sizeof(rst));
	rst.src_port = s->dst_port;
	rst.dst_port = s->src_port;
	rst.flags = TCP_RST;
	if (s->flags & TCP_ACK) {
		rst.seq = s->ack;
	} else {
		rst.flags |= TCP_ACK;
		rst.ack = s->seq + tcp_segment_length(s);
	}
	tcp_transmit_bare(&route, ip->src, &rst, now_ms);
}

/** The peer's SYN is here: what its options allow. */
static void take_syn(struct tcp *t, const struct tcp_segment *s, uint32_t now_ms)
{
	uint32_t window = tcp_window(t);

	t->rcv_nxt = t->acked_to = s->seq + 1;
	t->rcv_edge = t->rcv_nxt + (window < 65535 ? window : 65535);   /* what our SYN said */
	t->snd_mss = s->mss ? s->mss : TCP_MSS_DEFAULT;
	if (t->snd_mss > t->rcv_mss)
		t->snd_mss = t->rcv_mss;
	if (t->snd_mss < 64)                            /* a peer that wants our request byte by byte */
		t->snd_mss = 64;
	t->path.timestamps_ok = s->has_timestamp;
	t->path.ts_recent = s->timestamp;
	if (t->path.timestamps_ok)
		t->snd_mss = (uint16_t)(t->snd_mss - 12);       /* RFC 6691 */
	t->sack_ok = s->sack_permitted;
	t->snd_shift = s->shift;
	t->rcv_shift = s->has_shift ? TCP_SHIFT : 0;
	t->snd_wnd = t->snd_wnd_max = s->window;        /* RFC 7323 2.2: never scaled in a SYN */
	t->snd_wl1 = s->seq;
	t->snd_wl2 = s->ack;
	t->ack_limit = TCP_ACK_EVERY_MAX;
	tcp_mtu_agreed(t, s);
	t->heard_ms = t->data_ms = now_ms;
}

static void established(struct tcp *t, uint32_t now_ms)
{
	bool syn_was_lost = t->tries != 0;

	t->state = TCP_ESTABLISHED;
	t->snd_first = ++t->snd_una;                    /* the SYN is no byte of the queue */
	tcp_acknowledged(t, t->snd_una, now_ms);
	if (syn_was_lost)
		t->rto_ms = TCP_RTO_AFTER_LOST_SYN_MS;
	tcp_expect(t, !t->idle, now_ms);
}

/** RFC 9293 3.10.7.3. */
static void syn_sent_input(struct tcp *t, const struct ipv4_header *ip, const struct tcp_segment *s, uint32_t now_ms)
{
	bool acked = (s->flags & TCP_ACK) && s->ack == t->snd_nxt;

	if ((s->flags & TCP_ACK) && !acked) {
		tcp_refuse(ip, s, now_ms);
	} else if (s->flags & TCP_RST) {
		if (acked)
			tcp_end(t, fail(-ECONNREFUSED, "%pI4 port %u", &t->path.remote_ip, t->path.remote_port), now_ms);
	} else if (s->flags & TCP_SYN) {
		take_syn(t, s, now_ms);
		if (acked) {
			established(t, now_ms);
			tcp_ack(t, now_ms);
			t->user->connected(t->user, now_ms);
		} else {                                /* both sides called at once */
			t->state = TCP_SYN_RECEIVED;
			tcp_say(t, TCP_SYN | TCP_ACK, now_ms);
		}
	}
}

/** RFC 9293 3.10.7.4, fifth: the ACK that ends a simultaneous opening. But the SYN that began it acknowledged nothing, so anybody may have
 *  sent it: what the server answers to our own SYN counts as if there had been no other, and so does a reset that answers ours to that. */
static bool syn_received_input(struct tcp *t, const struct ipv4_header *ip, const struct tcp_segment *s, uint32_t now_ms)
{
	bool acked = (s->flags & TCP_ACK) && s->ack == t->snd_nxt, expected = s->seq == t->rcv_nxt;

	if ((acked && (s->flags & (TCP_SYN | TCP_RST))) || (expected && (s->flags & TCP_RST))) {
		syn_sent(t);
		syn_sent_input(t, ip, s, now_ms);
		return false;
	}
	if ((s->flags & (TCP_RST | TCP_ACK)) != TCP_ACK)
		return true;                            /* tcp_receive() judges it */
	if (!acked)
		tcp_refuse(ip, s, now_ms);
	if (!acked || !expected)
		return false;
	established(t, now_ms);
	t->snd_wnd = t->snd_wnd_max = (uint32_t)s->window << t->snd_shift;
	t->snd_wl1 = s->seq;
	t->snd_wl2 = s->ack;
	t->user->connected(t->user, now_ms);
	return t->state != TCP_CLOSED;
}

void tcp_input(const struct ipv4_header *ip, struct pkt *p, uint32_t now_ms)
{
	struct tcp_segment s;
	struct tcp *t;

	if (ip->broadcast || !checksum_good(ip, p) || tcp_segment_parse(&s, p->data, pkt_len(p)) != 0) {
		ip->netif->counters.rx_dropped++;
		pkt_free(p);
		return;
	}
	t = find(ip, &s);
	if (t && t->state != TCP_SYN_SENT) {
		if (t->state == TCP_ESTABLISHED || syn_received_input(t, ip, &s, now_ms)) {
			tcp_receive(t, &s, p, now_ms);
			return;
		}
	} else if (t) {
		syn_sent_input(t, ip, &s, now_ms);
	} else if (!tcp_closing_input(ip, &s, now_ms)) {
		tcp_refuse(ip, &s, now_ms);
	}
	pkt_free(p);
}

void tcp_unreachable(struct net *net, uint32_t dst, uint16_t src_port, uint16_t dst_port, uint32_t sequence, int rc, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->tcp_connections) {
		struct tcp *t = list_entry(pos, struct tcp, link);

		/* RFC 5927 4.1: it must quote what is in flight. RFC 5461: a soft error once the connection stands. */
		if (t->path.remote_ip == dst && t->path.remote_port == dst_port && t->path.local_port == src_port && t->state == TCP_SYN_SENT &&
		    sequence == t->snd_una) {
			tcp_end(t, fail(rc, "%pI4 port %u, says ICMP", &t->path.remote_ip, t->path.remote_port), now_ms);
			return;
		}
	}
}

void tcp_no_neighbour(struct net *net, uint32_t next_hop, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->tcp_connections) {
		struct tcp *t = list_entry(pos, struct tcp, link);

		if (t->path.route.next_hop == next_hop && t->state == TCP_SYN_SENT)
			tcp_end(t, ipv4_no_neighbour(next_hop, t->path.remote_ip), now_ms);
	}
}

bool tcp_awaits_data(const struct tcp *t)
{
	return t->state == TCP_ESTABLISHED && !t->idle && !t->send_len;
}

/** When a silent peer is asked whether it is still there (RFC 9293 3.8.4): soon at first, for where our ACKs were lost the peer's timer
 *  doubles and doubles, and each probe is an ACK, too. */
static uint32_t probe_due(const struct tcp *t)
{
	for (uint32_t silent_ms = TCP_PROBE_FIRST_MS; silent_ms <= TCP_PROBE_LAST_MS; silent_ms *= 2)
		if (!time_reached(t->probed_ms, t->data_ms + silent_ms))
			return t->data_ms + silent_ms;
	return (time_reached(t->heard_ms, t->probed_ms) ? t->heard_ms : t->probed_ms) + TCP_KEEPALIVE_MS;
}

static void probe(struct tcp *t, uint32_t now_ms)
{
	if (tcp_awaits_data(t) && time_reached(now_ms, probe_due(t))) {
		t->probed_ms = now_ms;
		tcp_probe(t, now_ms);
	}
}

void tcp_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->tcp_connections) {
		struct tcp *t = list_entry(pos, struct tcp, link);

		if (tcp_mtu_poll(t, now_ms))
			continue;
		probe(t, now_ms);
		if (t->timer_running && time_reached(now_ms, t->timer_ms))
			tcp_timeout(t, now_ms);
		else
			tcp_flush(t, now_ms);
	}
	tcp_closing_poll(net, now_ms);
}

uint32_t tcp_deadline(const struct net *net, uint32_t now_ms)
{
	uint32_t deadline = now_ms + 1000;
	const struct list *pos;

	list_for_each(pos, &net->tcp_connections) {
		const struct tcp *t = list_entry(pos, const struct tcp, link);

		if (t->timer_running)
			deadline = time_earlier(deadline, t->timer_ms);
		if (t->rcv_nxt != t->acked_to)
			deadline = time_earlier(deadline, t->pending_ms + TCP_ACK_DELAY_MS);
		deadline = tcp_mtu_deadline(t, deadline);
		if (t->ack_now || t->placed)
			deadline = time_earlier(deadline, now_ms);
		if (tcp_awaits_data(t))
			deadline = time_earlier(deadline, probe_due(t));
	}
	return tcp_closing_deadline(net, deadline);
}

void tcp_shutdown(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->tcp_connections)
		tcp_abort(list_entry(pos, struct tcp, link), now_ms);
	tcp_closing_shutdown(net, now_ms);
}
