/* SPDX-License-Identifier: BSD-2-Clause */
/* A server with a TCP of its own. Loss is found by what was sent later and arrived (RFC 8985 in spirit, counted in transmissions),
 * else by the timer; the window is halved once a round (RFC 5681, RFC 6675). See tests/sim/tcp_peer.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/host/host.h"
#include "tests/sim/tcp_peer.h"

enum { RTO_MIN_MS = 200, RTO_MAX_MS = 8000, SHIFT = 7, REORDERING = 3 };

static bool before(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }

/* ---- sending ---------------------------------------------------------------------------------------------------------------------- */

static void emit(struct server_connection *c, uint8_t flags, uint32_t seq, const void *data, size_t len)
{
	struct sim_server *server = c->server;
	uint8_t options[40], packet[SIM_FRAME_MAX];
	size_t n = 0;
	struct sim_tcp tcp = {
		.src = server->host.ip, .dst = c->stack_ip, .src_port = server->port, .dst_port = c->stack_port, .seq = seq,
		.ack = c->rcv_nxt, .flags = flags, .window = 65535, .data = data, .len = len, .options = options,
	};

	if (flags & SIM_SYN) {
		memcpy(options, "\x02\x04\x05\xb4", 4);
		n = 4;
		if (!server->no_scale) {
			memcpy(options + n, "\x01\x03\x03\x07", 4);
			n += 4;
		}
		if (c->sack) {
			memcpy(options + n, "\x01\x01\x04\x02", 4);
			n += 4;
		}
	}
	if (c->timestamps) {
		memcpy(options + n, "\x01\x01\x08\x0a", 4);
		sim_put32(options + n + 4, server->host.sim->now_ms);
		sim_put32(options + n + 8, c->ts_recent);
		n += 12;
	}
	tcp.options_len = n;
	sim_host_output(&server->host, packet, sim_build_tcp(packet, &tcp));
}

static void timer_start(struct server_connection *c, uint32_t now_ms)
{
	c->timer = true;
	c->timer_ms = now_ms + c->rto_ms;
}

static void transmit(struct server_connection *c, struct server_segment *s)
{
	s->order = ++c->order;
	s->lost = false;
	emit(c, SIM_ACK | SIM_PSH, s->seq, c->data + (s->seq - c->data_seq), s->len);
}

static uint32_t in_flight(const struct server_connection *c)
{
	uint32_t bytes = 0;

	for (size_t i = 0; i < c->segment_count; i++)
		if (!c->segment[i].sacked && !c->segment[i].lost)
			bytes += c->segment[i].len;
	return bytes;
}

static void die(struct server_connection *c)
{
	free(c->data);
	free(c->segment);
	c->data = NULL;
	c->data_room = 0;
	c->segment = NULL;
	c->segment_count = c->segment_room = 0;
	c->state = SERVER_FREE;
}

void server_reset(struct server_connection *c)
{
	emit(c, SIM_RST | SIM_ACK, c->nxt, NULL, 0);
	die(c);
}

/** New data up to @limit bytes of the stream from data_seq. */
static void send_new(struct server_connection *c, uint64_t limit, uint32_t *flight)
{
	while (*flight < c->cwnd && c->nxt - c->data_seq < limit && c->nxt - c->una < c->window) {
		uint32_t at = c->nxt - c->data_seq, room = c->window - (c->nxt - c->una);
		uint32_t len = limit - at < c->mss ? (uint32_t)(limit - at) : c->mss;

		len = len < room ? len : room;
		if (c->segment_count == c->segment_room) {
			c->segment_room = 2 * c->segment_room + 64;
			c->segment = realloc(c->segment, c->segment_room * sizeof *c->segment);
		}
		c->segment[c->segment_count] = (struct server_segment){ .seq = c->nxt, .len = len };
		transmit(c, &c->segment[c->segment_count++]);
		c->server->sent += len;
		c->nxt += len;
		*flight += len;
	}
}

static void output(struct server_connection *c, uint32_t now_ms)
{
	uint64_t limit = c->data_len;
	uint32_t flight = in_flight(c);

	if (c->state != SERVER_OPEN)
		return;
	for (size_t i = 0; i < c->segment_count && flight < c->cwnd; i++) {
		if (!c->segment[i].lost)
			continue;
		c->server->resent++;
		transmit(c, &c->segment[i]);
		flight += c->segment[i].len;
	}
	if (c->stall_at >= 0 && limit > (uint64_t)c->stall_at)
		limit = (uint64_t)c->stall_at;
	if (c->reset_at >= 0 && limit > (uint64_t)c->reset_at)
		limit = (uint64_t)c->reset_at;
	send_new(c, limit, &flight);
	if (c->reset_at >= 0 && c->nxt - c->data_seq >= (uint64_t)c->reset_at && c->una == c->nxt) {
		server_reset(c);
		return;
	}
	if (c->close_after && c->nxt - c->data_seq == c->data_len && !c->fin_sent) {
		emit(c, SIM_FIN | SIM_ACK, c->nxt, NULL, 0);
		c->fin_sent = true;
	}
	if ((c->segment_count || c->fin_sent || c->nxt - c->data_seq < limit) && !c->timer)
		timer_start(c, now_ms);
}

void server_go_on(struct server_connection *c, uint32_t bytes)
{
	c->stall_at += bytes;
	output(c, c->server->host.sim->now_ms);
}

/* ---- acknowledgements -------------------------------------------------------------------------------------------------------------- */

static void arrived(struct server_connection *c, struct server_segment *s)
{
	if (!s->sacked && (int32_t)(s->order - c->order_acked) > 0)
		c->order_acked = s->order;
	s->sacked = true;
}

static void take_sack(struct server_connection *c, const struct sim_packet *p)
{
	for (unsigned i = 0; i < p->sack_count; i++) {
		if (before(p->sack[i][0], p->ack)) {    /* D-SACK */
			c->server->spurious++;
			continue;
		}
		for (size_t j = 0; j < c->segment_count; j++) {
			struct server_segment *s = &c->segment[j];

			if (!before(s->seq, p->sack[i][0]) && !before(p->sack[i][1], s->seq + s->len))
				arrived(c, s);
		}
	}
}

static void take_cumulative(struct server_connection *c, uint32_t ack)
{
	size_t gone = 0;

	while (gone < c->segment_count && !before(ack, c->segment[gone].seq + c->segment[gone].len))
		arrived(c, &c->segment[gone++]);
	if (gone)
		memmove(c->segment, c->segment + gone, (c->segment_count - gone) * sizeof *c->segment);
	c->segment_count -= gone;
	if (c->segment_count && before(c->segment[0].seq, ack)) {
		c->segment[0].len -= ack - c->segment[0].seq;
		c->segment[0].seq = ack;
	}
}

static void find_losses(struct server_connection *c)
{
	bool any = false;

	for (size_t i = 0; i < c->segment_count; i++) {
		struct server_segment *s = &c->segment[i];

		if (!s->sacked && !s->lost && (int32_t)(c->order_acked - s->order) >= REORDERING)
			any = s->lost = true;
	}
	if (any && !c->recovering) {
		c->recovering = true;
		c->recover = c->nxt;
		c->ssthresh = c->cwnd / 2 > 2u * c->mss ? c->cwnd / 2 : 2u * c->mss;
		c->cwnd = c->ssthresh;
	}
}

static void grow(struct server_connection *c, uint32_t acked)
{
	uint32_t max = c->server->cwnd_max ? c->server->cwnd_max : 4u << 20;

	if (c->recovering)
		return;
	c->cwnd += c->cwnd < c->ssthresh ? acked : (uint32_t)((uint64_t)acked * c->mss / c->cwnd + 1);
	if (c->cwnd > max)
		c->cwnd = max;
}

/* Without SACK: three duplicates mark the first segment lost, a partial ACK the next (RFC 6582). */
static void take_plain_ack(struct server_connection *c, bool advanced)
{
	if (c->sack || !c->segment_count)
		return;
	if (!advanced)
		c->order_acked++;
	else if (c->recovering)
		c->segment[0].lost = true;
}

static void take_ack(struct server_connection *c, const struct sim_packet *p, uint32_t now_ms)
{
	uint32_t acked = p->ack - c->una;
	bool advanced = !before(p->ack, c->una + 1) && !before(c->nxt + c->fin_sent, p->ack);

	c->window = (uint32_t)p->window << c->shift;
	if (advanced) {
		take_cumulative(c, p->ack);
		c->una = before(c->nxt, p->ack) ? c->nxt : p->ack;
		if (p->timestamps && p->ts_echo) {
			uint32_t rtt = now_ms - p->ts_echo;

			c->srtt_ms = c->srtt_ms ? (7 * c->srtt_ms + rtt) / 8 : rtt;
			c->rto_ms = 2 * c->srtt_ms + 100 > RTO_MIN_MS ? 2 * c->srtt_ms + 100 : RTO_MIN_MS;
		}
		c->timer = false;
		if (c->recovering && !before(c->una, c->recover))
			c->recovering = false;
		grow(c, acked);
	}
	take_plain_ack(c, advanced);
	take_sack(c, p);
	find_losses(c);
	if (c->fin_sent && p->ack == c->nxt + 1)
		c->fin_sent = false, c->state = SERVER_FIN, c->timer = false;
}

static void timeout(struct server_connection *c, uint32_t now_ms)
{
	c->timer = false;
	c->rto_ms = 2 * c->rto_ms > RTO_MAX_MS ? RTO_MAX_MS : 2 * c->rto_ms;
	if (c->state == SERVER_SYN) {
		emit(c, SIM_SYN | SIM_ACK, c->iss, NULL, 0);
		timer_start(c, now_ms);
		return;
	}
	for (size_t i = 0; i < c->segment_count; i++)
		c->segment[i].lost = !c->segment[i].sacked;
	c->ssthresh = c->cwnd / 2 > 2u * c->mss ? c->cwnd / 2 : 2u * c->mss;
	c->cwnd = c->mss;
	c->recovering = false;
	if (c->segment_count == 0 && c->fin_sent)
		emit(c, SIM_FIN | SIM_ACK, c->nxt, NULL, 0);
	output(c, now_ms);
}

/* ---- requests ---------------------------------------------------------------------------------------------------------------------- */

void server_say(struct server_connection *c, const void *data, size_t len)
{
	if (c->una == c->nxt && c->nxt - c->data_seq == c->data_len) {          /* all before was heard */
		c->data_seq = c->nxt;
		c->data_len = 0;
	}
	if (c->data_len + len >= c->data_room) {
		c->data_room = 2 * (c->data_len + len) + 1;
		c->data = realloc(c->data, c->data_room);
	}
	memcpy(c->data + c->data_len, data, len);
	c->data_len += len;
}

void server_sayf(struct server_connection *c, const char *fmt, ...)
{
	char text[4096];
	va_list args;

	va_start(args, fmt);
	server_say(c, text, (size_t)vsnprintf(text, sizeof text, fmt, args));
	va_end(args);
}

uint8_t server_byte(uint32_t seed, uint64_t offset)
{
	uint32_t x = seed ^ (uint32_t)offset * 2654435761u ^ (uint32_t)(offset >> 32);

	x ^= x >> 15;
	x *= 0x85ebca6bu;
	return (uint8_t)(x >> 24);
}

void server_say_file(struct server_connection *c, uint32_t seed, uint64_t offset, size_t len)
{
	uint8_t *bytes = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		bytes[i] = server_byte(seed, offset + i);
	server_say(c, bytes, len);
	free(bytes);
}

static void take_data(struct server_connection *c, const struct sim_packet *p)
{
	char *end;

	if (p->seq != c->rcv_nxt || c->request_len + p->data_len >= sizeof c->request) {
		emit(c, SIM_ACK, c->nxt, NULL, 0);
		return;
	}
	memcpy(c->request + c->request_len, p->data, p->data_len);
	c->request_len += p->data_len;
	c->request[c->request_len] = '\0';
	c->rcv_nxt += (uint32_t)p->data_len;
	emit(c, SIM_ACK, c->nxt, NULL, 0);
	while ((end = strstr(c->request, "\r\n\r\n")) != NULL && !c->close_after) {
		char request[sizeof c->request];

		end[2] = '\0';
		strcpy(request, c->request);
		c->request_len -= (size_t)(end + 4 - c->request);
		memmove(c->request, end + 4, c->request_len + 1);
		c->requests++;
		c->server->requests++;
		c->server->answer(c, request);
	}
}

static struct server_connection *find(struct sim_server *server, const struct sim_packet *p, bool fresh)
{
	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++) {
		struct server_connection *c = &server->connection[i];

		if (fresh ? c->state == SERVER_FREE : c->state != SERVER_FREE && c->stack_port == p->src_port && c->stack_ip == p->src)
			return c;
	}
	return NULL;
}

static unsigned standing(const struct sim_server *server)
{
	unsigned count = 0;

	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
		count += server->connection[i].state != SERVER_FREE;
	return count;
}

static void accept_syn(struct sim_server *server, const struct sim_packet *p, uint32_t now_ms)
{
	struct server_connection *c = find(server, p, false);

	if (c) {
		if (c->state == SERVER_SYN)
			emit(c, SIM_SYN | SIM_ACK, c->iss, NULL, 0);
		return;
	}
	if (server->deaf || !(c = find(server, p, true)))
		return;
	memset(c, 0, sizeof *c);
	c->server = server;
	c->stack_ip = p->src;
	c->stack_port = p->src_port;
	c->rcv_nxt = p->seq + 1;
	if (server->refuse || (server->connections_max && standing(server) >= server->connections_max)) {
		server->refused++;
		emit(c, SIM_RST | SIM_ACK, 0, NULL, 0);
		return;
	}
	c->state = SERVER_SYN;
	c->sack = p->sack_permitted && !server->no_sack;
	c->timestamps = p->timestamps && !server->no_timestamps;
	c->ts_recent = p->ts_value;
	c->shift = p->scale > 0 && !server->no_scale ? (unsigned)p->scale : 0;
	c->mss = (uint16_t)((p->mss && p->mss < 1460 ? p->mss : 1460) - (c->timestamps ? 12 : 0));
	c->iss = 0xfff00000u + ++server->accepted * 1000;       /* a megabyte takes it past the wrap */
	c->una = c->nxt = c->data_seq = c->iss + 1;
	c->window = p->window;
	c->cwnd = 10u * c->mss;
	c->ssthresh = UINT32_MAX;
	c->rto_ms = 1000;
	c->reset_at = c->stall_at = -1;
	emit(c, SIM_SYN | SIM_ACK, c->iss, NULL, 0);
	timer_start(c, now_ms);
}

static void reset_stranger(struct sim_server *server, const struct sim_packet *p)
{
	struct sim_tcp tcp = { .src = server->host.ip, .dst = p->src, .src_port = p->dst_port, .dst_port = p->src_port, .seq = p->ack,
	                       .flags = SIM_RST };
	uint8_t packet[64];

	sim_host_output(&server->host, packet, sim_build_tcp(packet, &tcp));
}

static void input(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	struct sim_server *server = (struct sim_server *)host;
	struct server_connection *c;
	struct sim_packet p;

	sim_parse_ip(&p, packet, len);
	if (!p.ok || p.protocol != 6 || p.dst_port != server->port)
		return;
	if ((p.flags & (SIM_SYN | SIM_ACK)) == SIM_SYN) {
		accept_syn(server, &p, now_ms);
		return;
	}
	c = find(server, &p, false);
	if (p.flags & SIM_RST) {
		server->resets_seen += c != NULL;
		if (c)
			die(c);
		return;
	}
	if (!c) {
		if (!server->deaf)
			reset_stranger(server, &p);
		return;
	}
	if (c->state == SERVER_SYN) {
		if (p.ack != c->nxt)
			return;
		c->state = SERVER_OPEN;
		c->timer = false;
	}
	if (p.timestamps && !before(c->rcv_nxt, p.seq))
		c->ts_recent = p.ts_value;
	take_ack(c, &p, now_ms);
	if (p.data_len)
		take_data(c, &p);
	else if (before(p.seq, c->rcv_nxt))
		emit(c, SIM_ACK, c->nxt, NULL, 0);      /* a keep-alive probe */
	if ((p.flags & SIM_FIN) && p.seq + p.data_len == c->rcv_nxt) {
		c->rcv_nxt++;
		if (c->state == SERVER_OPEN && !c->fin_sent)
			emit(c, SIM_FIN | SIM_ACK, c->nxt, NULL, 0);
		else
			emit(c, SIM_ACK, c->nxt + 1, NULL, 0);
		die(c);
		return;
	}
	output(c, now_ms);
}

static void poll(struct sim_host *host, uint32_t now_ms)
{
	struct sim_server *server = (struct sim_server *)host;

	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++) {
		struct server_connection *c = &server->connection[i];

		if (c->state != SERVER_FREE && c->timer && !before(now_ms, c->timer_ms))
			timeout(c, now_ms);
	}
}

static uint32_t deadline(struct sim_host *host, uint32_t now_ms)
{
	struct sim_server *server = (struct sim_server *)host;
	uint32_t next = now_ms + 1000;

	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++) {
		struct server_connection *c = &server->connection[i];

		if (c->state != SERVER_FREE && c->timer && before(c->timer_ms, next))
			next = c->timer_ms;
	}
	return next;
}

void sim_server_join(struct sim_server *server, struct sim *s, uint32_t ip, uint16_t port)
{
	server->host.ip = ip;
	server->port = port;
	server->host.input = input;
	server->host.poll = poll;
	server->host.deadline = deadline;
	sim_host_join(s, &server->host);
}

void sim_server_leave(struct sim_server *server)
{
	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
		if (server->connection[i].state != SERVER_FREE)
			die(&server->connection[i]);
}
