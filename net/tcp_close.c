/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP, the end of connections whose users are gone: FIN-WAIT-1, FIN-WAIT-2, CLOSING, LAST-ACK, TIME-WAIT (RFC 9293 3.6).
 * All data is over on both sides, so little has to be remembered. A small table; when it is full the oldest entry goes, the ones in
 * TIME-WAIT first. */
#include "core/clock.h"   // time_reached
#include "core/list.h"
#include "core/string.h"
#include "net/tcp_connection.h"

enum {
	CLOSING_MAX = 8,
	FIN_TRIES = 5, FIN_FIRST_MS = 500,      /* doubled each time */
	FIN_WAIT_2_MS = 10000,                  /* the peer's own end, which nobody here waits for */
	TIME_WAIT_MS = 5000,                    /* shorter than 2 MSL: ports are not used again soon (choose_port()) */
};

struct closing {
	enum { CLOSING_FREE, TIME_WAIT, FIN_WAIT_2, LAST_ACK, CLOSING, FIN_WAIT_1 } state;
	struct tcp_path path;
	uint32_t fin_seq, rcv_nxt;
	uint8_t tries;
	uint32_t started_ms, timer_ms;
};
static struct closing table[CLOSING_MAX];

static void send(const struct closing *c, uint8_t flags, uint32_t seq, uint32_t now_ms)
{
	struct tcp_segment s;

	tcp_segment_start(&s, &c->path, flags | TCP_ACK, seq, now_ms);
	s.ack = c->rcv_nxt;
	tcp_transmit_bare(&c->path.route, c->path.remote_ip, &s, now_ms);
}

/* A free entry, else the oldest of those in the state that matters least. */
static struct closing *entry(void)
{
	struct closing *best = table;

	for (struct closing *c = table; c < table + CLOSING_MAX; c++)
		if (c->state < best->state || (c->state == best->state && seq_before(c->started_ms, best->started_ms)))
			best = c;
	return best;
}

void tcp_closing_start(struct tcp *t, bool peer_closed, uint32_t now_ms)
{
	struct closing *c;

	if (t->send_len) {                              /* a request that nobody read: no orderly end to be had */
		tcp_say(t, TCP_RST | TCP_ACK, now_ms);
		return;
	}
	c = entry();
	c->state = peer_closed ? LAST_ACK : FIN_WAIT_1;
	c->path = t->path;
	c->fin_seq = t->snd_nxt;
	c->rcv_nxt = t->rcv_nxt;
	c->tries = 0;
	c->started_ms = now_ms;
	c->timer_ms = now_ms + FIN_FIRST_MS;
	send(c, TCP_FIN, c->fin_seq, now_ms);
}

static bool in_use(const struct closing *c, const struct net *net)
{
	return c->state != CLOSING_FREE && c->path.route.netif->net == net;
}

static struct closing *find(const struct ipv4_header *ip, const struct tcp_segment *s)
{
	for (struct closing *c = table; c < table + CLOSING_MAX; c++)
		if (in_use(c, ip->netif->net) && tcp_path_is(&c->path, ip, s))
			return c;
	return NULL;
}

static void time_wait(struct closing *c, uint32_t now_ms)
{
	c->state = TIME_WAIT;
	c->timer_ms = now_ms + TIME_WAIT_MS;
}

static void fin_acknowledged(struct closing *c, uint32_t now_ms)
{
	if (c->state == LAST_ACK) {
		c->state = CLOSING_FREE;
	} else if (c->state == CLOSING) {
		time_wait(c, now_ms);
	} else if (c->state == FIN_WAIT_1) {
		c->state = FIN_WAIT_2;
		c->timer_ms = now_ms + FIN_WAIT_2_MS;
	}
}

/** The peer's FIN, which all its data precedes. */
static void peer_fin(struct closing *c, uint32_t now_ms)
{
	c->rcv_nxt++;
	if (c->state == FIN_WAIT_1)
		c->state = CLOSING;
	else
		time_wait(c, now_ms);
	send(c, 0, c->fin_seq + 1, now_ms);
}

bool tcp_closing_input(const struct ipv4_header *ip, const struct tcp_segment *s, uint32_t now_ms)
{
	struct closing *c = find(ip, s);
	bool waiting;

	if (!c)
		return false;
	waiting = c->state == FIN_WAIT_1 || c->state == FIN_WAIT_2;
	if (s->flags & TCP_RST) {
		if (s->seq == c->rcv_nxt)
			c->state = CLOSING_FREE;
		return true;
	}
	if ((s->flags & (TCP_SYN | TCP_ACK)) != TCP_ACK)
		return true;
	if (waiting && s->data_len && seq_after(s->seq + (uint32_t)s->data_len, c->rcv_nxt)) {
		send(c, TCP_RST, c->fin_seq + 1, now_ms);       /* RFC 1122 4.2.2.13: data that nobody will read */
		c->state = CLOSING_FREE;
		return true;
	}
	if (s->ack == c->fin_seq + 1)
		fin_acknowledged(c, now_ms);
	if (c->state != CLOSING_FREE && (s->flags & TCP_FIN)) {
		if (waiting && s->seq + s->data_len == c->rcv_nxt)
			peer_fin(c, now_ms);
		else if (s->seq + s->data_len + 1 == c->rcv_nxt) {      /* it missed our ACK */
			if (c->state == TIME_WAIT)
				time_wait(c, now_ms);                   /* anew */
			send(c, 0, c->state == TIME_WAIT ? c->fin_seq + 1 : c->fin_seq, now_ms);
		}
	}
	return true;
}

void tcp_closing_poll(struct net *net, uint32_t now_ms)
{
	for (struct closing *c = table; c < table + CLOSING_MAX; c++) {
		if (!in_use(c, net) || !time_reached(now_ms, c->timer_ms))
			continue;
		if (c->state == TIME_WAIT || c->state == FIN_WAIT_2 || ++c->tries >= FIN_TRIES) {
			c->state = CLOSING_FREE;
		} else {
			c->timer_ms = now_ms + ((uint32_t)FIN_FIRST_MS << c->tries);
			send(c, TCP_FIN, c->fin_seq, now_ms);
		}
	}
}

uint32_t tcp_closing_deadline(const struct net *net, uint32_t deadline_ms)
{
	for (const struct closing *c = table; c < table + CLOSING_MAX; c++)
		if (in_use(c, net))
			deadline_ms = time_earlier(deadline_ms, c->timer_ms);
	return deadline_ms;
}

/** The machine is handed over: a peer still waiting for us is told at once that nobody is here. */
void tcp_closing_shutdown(struct net *net, uint32_t now_ms)
{
	for (struct closing *c = table; c < table + CLOSING_MAX; c++) {
		if (!in_use(c, net))
			continue;
		if (c->state == FIN_WAIT_1 || c->state == FIN_WAIT_2)
			send(c, TCP_RST, c->fin_seq + 1, now_ms);
		c->state = CLOSING_FREE;
	}
}

bool tcp_closing_uses(const struct net *net, uint16_t local_port)
{
	for (const struct closing *c = table; c < table + CLOSING_MAX; c++)
		if (in_use(c, net) && c->path.local_port == local_port)
			return true;
	return false;
}
