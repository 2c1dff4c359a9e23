/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting TCP by looking at headers (RFC 9293 3.1). */
#include "tests/netem/flows.h"

#include <stdlib.h>
#include <string.h>

#define ETH_HEADER 14u
#define FLOWS_MAX 4096u

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct segment {
	const uint8_t *source, *destination, *options;
	uint16_t source_port, destination_port, window;
	uint32_t seq, ack;
	uint8_t flags;
	size_t options_len, payload;
};

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/** False: not TCP, or not the whole of its header. */
static bool parse(struct segment *s, const uint8_t *frame, size_t len)
{
	const uint8_t *ip = frame + ETH_HEADER, *tcp;
	size_t ip_header, tcp_header, total;

	if (len < ETH_HEADER + 40 || frame[12] != 0x08 || frame[13] != 0 || ip[0] >> 4 != 4 || ip[9] != 6)
		return false;
	ip_header = (ip[0] & 15u) * 4;
	total = be16(ip + 2);
	if (total > len - ETH_HEADER || total < ip_header + 20)
		return false;
	tcp = ip + ip_header;
	tcp_header = (tcp[12] >> 4) * 4u;
	if (tcp_header < 20 || total < ip_header + tcp_header)
		return false;
	*s = (struct segment){
		.source = ip + 12, .destination = ip + 16, .source_port = be16(tcp), .destination_port = be16(tcp + 2), .seq = be32(tcp + 4),
		.ack = be32(tcp + 8), .flags = tcp[13], .window = be16(tcp + 14), .options = tcp + 20, .options_len = tcp_header - 20,
		.payload = total - ip_header - tcp_header,
	};
	return true;
}

/** RFC 7323 2.2: the shift of a SYN. */
static uint8_t window_shift(const struct segment *s)
{
	for (size_t i = 0; i < s->options_len;) {
		uint8_t kind = s->options[i], n;

		if (kind == 0)
			break;
		n = kind == 1 ? 1 : i + 1 < s->options_len ? s->options[i + 1] : 0;
		if (n == 0 || i + n > s->options_len)
			break;
		if (kind == 3 && n == 3)
			return s->options[i + 2];
		i += n;
	}
	return 0;
}

static bool is_flow(const struct flow *f, const struct segment *s, bool from_client)
{
	const uint8_t *client = from_client ? s->source : s->destination, *server = from_client ? s->destination : s->source;

	return f->client_port == (from_client ? s->source_port : s->destination_port) &&
	       f->server_port == (from_client ? s->destination_port : s->source_port) &&
	       memcmp(f->client, client, 4) == 0 && memcmp(f->server, server, 4) == 0;
}

/** The newest flow that the segment belongs to. */
static struct flow *find(struct flows *t, const struct segment *s, bool from_client)
{
	if (t->last < t->count && is_flow(&t->all[t->last], s, from_client))
		return &t->all[t->last];
	for (size_t i = t->count; i-- > 0;)
		if (is_flow(&t->all[i], s, from_client)) {
			t->last = i;
			return &t->all[i];
		}
	return NULL;
}

static void add(struct flows *t, const struct segment *s, uint64_t now_ns)
{
	struct flow *f;

	if (t->count == FLOWS_MAX)
		return;
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 16;
		t->all = realloc(t->all, t->room * sizeof *t->all);
		if (!t->all)
			abort();
	}
	t->last = t->count;
	f = &t->all[t->count++];
	memset(f, 0, sizeof *f);
	memcpy(f->client, s->source, 4);
	memcpy(f->server, s->destination, 4);
	f->client_port = s->source_port;
	f->server_port = s->destination_port;
	f->window_shift = window_shift(s);
	f->opened_ns = now_ns;
}

static void from_client(struct flows *t, const struct segment *s, uint64_t now_ns)
{
	struct flow *f = find(t, s, true);
	uint64_t window;

	if (s->flags & TCP_SYN) {
		if (!f || f->established)
			add(t, s, now_ns);
		return;
	}
	if (!f)
		return;
	f->reset |= (s->flags & TCP_RST) != 0;
	f->finished |= (s->flags & TCP_FIN) != 0;
	if (!(s->flags & TCP_ACK) || (s->flags & TCP_RST))
		return;
	if (f->established && (int32_t)(s->ack - f->last_ack) > 0) {
		f->acked += s->ack - f->last_ack;
		f->last_ack = s->ack;
	}
	f->acks += s->payload == 0;
	window = (uint64_t)s->window << f->window_shift;
	if (window > f->most_window)
		f->most_window = window;
}

static void from_server(struct flows *t, const struct segment *s, enum flow_point point, uint64_t now_ns)
{
	struct flow *f = find(t, s, false);

	if (!f)
		return;
	if (point == FLOW_SENT) {
		if (s->flags & TCP_SYN) {
			f->established = true;
			f->last_ack = s->seq + 1;
		}
		f->reset |= (s->flags & TCP_RST) != 0;
		f->sent += s->payload;
	} else if (s->payload) {
		if (!f->arrived)
			f->first_ns = now_ns;
		else if (now_ns - f->last_ns > f->longest_gap_ns)
			f->longest_gap_ns = now_ns - f->last_ns;
		f->last_ns = now_ns;
		f->arrived += s->payload;
	}
}

void flows_see(struct flows *t, enum flow_point point, const uint8_t *frame, size_t len, uint64_t now_ns)
{
	struct segment s;

	if (!parse(&s, frame, len))
		return;
	if (point == FLOW_CLIENT)
		from_client(t, &s, now_ns);
	else
		from_server(t, &s, point, now_ns);
}

static double ms_since(uint64_t ns, uint64_t start_ns)
{
	return ns ? (double)(ns - start_ns) / 1e6 : -1;
}

void flows_print(const struct flows *t, FILE *f, uint64_t start_ns)
{
	fputc('[', f);
	for (size_t i = 0; i < t->count; i++) {
		const struct flow *w = &t->all[i];

		fprintf(f, "%s{\"client_port\": %u, \"server_port\": %u, \"opened_ms\": %.3f, \"first_ms\": %.3f, \"last_ms\": %.3f, "
		        "\"longest_gap_ms\": %.3f, \"sent\": %llu, \"arrived\": %llu, \"acked\": %llu, \"most_window\": %llu, \"acks\": %llu, "
		        "\"finished\": %s, \"reset\": %s}", i ? ", " : "", w->client_port, w->server_port, ms_since(w->opened_ns, start_ns),
		        ms_since(w->first_ns, start_ns), ms_since(w->last_ns, start_ns), (double)w->longest_gap_ns / 1e6,
		        (unsigned long long)w->sent, (unsigned long long)w->arrived, (unsigned long long)w->acked,
		        (unsigned long long)w->most_window, (unsigned long long)w->acks, w->finished ? "true" : "false",
		        w->reset ? "true" : "false");
	}
	fputc(']', f);
}

void flows_free(struct flows *t)
{
	free(t->all);
	memset(t, 0, sizeof *t);
}
