/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS resolver: dns_start() asks the first server, dns_poll() the next one when it is silent, dns_stop(). Messages as bytes:
 * net/dns_message.c. A server has one second in the first round, two in the second, four in the third. If its answer did not fit a
 * packet, and no address is in what did, it is asked the same by TCP and has three seconds for that. */
#include "net/dns.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/random.h"
#include "core/settings.h"
#include "core/string.h"
#include "net/dns_message.h"
#include "net/net.h"
#include "net/tcp_connection.h"
#include "net/udp.h"

enum { CNAMES_MAX = 8, ROUNDS = 3, ROUND_MS = 1000,
       STREAM_MS = 3000 };                      /* a lost SYN is sent again after one */

/** The question, then the answer, by TCP: each behind its length (RFC 1035 4.2.2). */
struct dns_stream {
	struct stream_user user;
	struct dns_query *query;
	struct tcp tcp;
	size_t got;                             /* of the answer and its length */
	uint8_t bytes[2 + UINT16_MAX];
};

struct servers { unsigned count; uint32_t ip[DNS_SERVERS_MAX]; };

static void find_servers(struct servers *servers)
{
	size_t len = 0;
	const uint8_t *value = settings_find(settings_root(), TAG_DNS, NULL, true, &len);
	struct reader r = rd_init(value ? value : (const uint8_t *)"", len);

	servers->count = 0;
	while (rd_left(&r) >= 4 && servers->count < DNS_SERVERS_MAX) {
		uint32_t ip = rd_be32(&r);

		if (ipv4_is_host(ip))
			servers->ip[servers->count++] = ip;
	}
}

/** Its time is over, or was to be. */
static void drop_stream(struct dns_query *q)
{
	if (!CONFIG_DNS_TCP || !q->stream)
		return;
	tcp_close(&q->stream->tcp, q->retry_ms);
	heap_free(q->stream);
	q->stream = NULL;
}

static int finish(struct dns_query *q, int rc)
{
	drop_stream(q);
	list_remove(&q->link);
	udp_close(&q->socket);
	return q->rc = rc;
}

/** Every server had its tries: the last that said something is quoted. */
static int exhausted(struct dns_query *q)
{
	if (q->refusals == 0)
		return finish(q, fail(-ETIMEDOUT, "no answer about %s from DNS server %pI4", q->name, &q->server_ip));
	return finish(q, fail(-EPROTO, "DNS server %pI4 cannot resolve %s (code %u)", &q->refusing_ip, q->name, q->refusal));
}

/** Ask the next server in turn. One to which there is no way is passed over at once; if the last is such a one, that ends it. */
static void ask(struct dns_query *q, uint32_t now_ms)
{
	struct servers servers;
	struct pkt *p;
	int rc;

	drop_stream(q);
	find_servers(&servers);
	if (servers.count == 0) {
		finish(q, fail(-ENETUNREACH, "no DNS server: use dhcp or set dns"));
		return;
	}
	if (q->tries >= ROUNDS * servers.count || q->refusals >= servers.count) {
		exhausted(q);
		return;
	}
	q->server_ip = servers.ip[q->tries % servers.count];
	q->retry_ms = now_ms + (ROUND_MS << q->tries / servers.count);
	q->tries++;
	p = pkt_alloc();
	if (!p)
		return;
	p->tail = p->data + dns_message_emit(pkt_put(p, DNS_QUERY_MAX), q->id, q->target);
	rc = udp_output(&q->socket, p, q->server_ip, DNS_PORT, now_ms);
	if (rc == -ENETUNREACH && q->tries % servers.count == 0)
		finish(q, rc);
	else if (rc == -ENETUNREACH)
		q->retry_ms = now_ms;
}

/** The answer is an alias whose address is not in it: ask about that name. */
static void ask_about(struct dns_query *q, const char *name, uint32_t now_ms)
{
	text_copy(q->target, sizeof q->target, name);
	q->id = (uint16_t)random_u32();
	q->tries = q->refusals = 0;
	ask(q, now_ms);
}

static void next_server(struct dns_query *q, unsigned code, uint32_t now_ms)
{
	q->refusal = (uint8_t)code;
	q->refusing_ip = q->server_ip;
	q->refusals++;
	ask(q, now_ms);
}

static void answered(struct dns_query *q, const struct dns_answer *a)
{
	q->address_count = a->address_count;
	memcpy(q->address, a->address, sizeof q->address);
	finish(q, 0);
}

/* ---- by TCP --------------------------------------------------------------------------------------------------------------------- */

static struct dns_stream *stream_of(struct stream_user *user)
{
	return container_of(user, struct dns_stream, user);
}

/** Of what there is, its own length included. Of an answer's first byte alone it makes more than two, as it should. */
static size_t stream_length(const struct dns_stream *t)
{
	return 2u + be16_at(t->bytes);
}

static void stream_connected(struct stream_user *user, uint32_t now_ms)
{
	struct dns_stream *t = stream_of(user);

	tcp_send(&t->tcp, t->bytes, stream_length(t), now_ms);  /* in one segment (RFC 7766 8), or the time runs out */
}

static void stream_deliver(struct stream_user *user, const uint8_t *data, size_t len, uint32_t now_ms)
{
	struct dns_stream *t = stream_of(user);
	size_t room = sizeof(t->bytes) - t->got;

	len = len < room ? len : room;
	memcpy(t->bytes + t->got, data, len);
	t->got += len;
	if (t->got >= stream_length(t))
		t->query->retry_ms = now_ms;    /* dns_poll() reads it: a connection's memory outlives its callbacks */
}

static uint8_t *stream_place(struct stream_user *user, uint64_t offset, size_t len)
{
	return NULL;
}

static uint64_t stream_placeable(struct stream_user *user, uint64_t offset)
{
	return 0;
}

static void stream_closed(struct stream_user *user, int rc, uint32_t now_ms)
{
	struct dns_stream *t = stream_of(user);

	if (t->got < stream_length(t))
		next_server(t->query, DNS_SERVER_FAILED, now_ms);
}

/** Without memory for it the time runs out, too. */
static void ask_by_tcp(struct dns_query *q, uint32_t now_ms)
{
	static const struct stream_user callbacks = { stream_connected, stream_deliver, stream_place, NULL, stream_placeable, stream_closed };
	struct dns_stream *t = q->stream = heap_zalloc(sizeof(*t));
	size_t len;

	if (!t)
		return;
	t->user = callbacks;
	t->query = q;
	len = dns_message_emit(t->bytes + 2, q->id, q->target);
	t->bytes[0] = (uint8_t)(len >> 8);
	t->bytes[1] = (uint8_t)len;
	q->retry_ms = now_ms + STREAM_MS;
	tcp_connect(&t->tcp, q->net, &t->user, q->server_ip, DNS_PORT, now_ms);
}

/* ---- answers -------------------------------------------------------------------------------------------------------------------- */

/** A reply to the question. */
static void judge(struct dns_query *q, const void *data, size_t len, uint32_t now_ms)
{
	struct dns_answer a;
	int rc = dns_message_parse(&a, data, len, q->target, CNAMES_MAX - q->cnames);

	q->cnames += a.cnames;
	if (rc == -ELOOP)
		finish(q, fail(-ELOOP, "%s: more than %u aliases", q->name, CNAMES_MAX));
	else if (a.rcode == DNS_NO_SUCH_NAME)
		finish(q, fail(-ENOENT, "no such name as %s (DNS server %pI4)", q->name, &q->server_ip));
	else if (a.rcode == DNS_NO_ERROR && a.address_count > 0)
		answered(q, &a);
	else if (CONFIG_DNS_TCP && a.rcode == DNS_NO_ERROR && a.truncated && !q->stream)
		ask_by_tcp(q, now_ms);
	else if (a.rcode != DNS_NO_ERROR || rc != 0 || a.truncated)
		next_server(q, a.rcode ? a.rcode : DNS_SERVER_FAILED, now_ms);
	else if (a.cnames > 0)
		ask_about(q, a.name, now_ms);
	else
		finish(q, fail(-ENOENT, "%s has no IPv4 address (DNS server %pI4)", q->name, &q->server_ip));
}

static void input(struct udp_socket *s, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	struct dns_query *q = container_of(s, struct dns_query, socket);

	/* RFC 5452 4: from the server asked, to the port and about the question that it was asked */
	if (ip->src != q->server_ip || src_port != DNS_PORT || !dns_message_matches(p->data, pkt_len(p), q->id, q->target) ||
	    (CONFIG_DNS_TCP && q->stream))
		ip->netif->counters.rx_dropped++;
	else
		judge(q, p->data, pkt_len(p), now_ms);
}

static void unreachable(struct udp_socket *s, uint32_t dst, uint16_t dst_port, int rc, uint32_t now_ms)
{
	struct dns_query *q = container_of(s, struct dns_query, socket);

	if (dst == q->server_ip && dst_port == DNS_PORT)
		q->retry_ms = now_ms;           /* its time is over */
}

/** A name without a dot is one of the local domain, if that is known. */
static bool make_absolute(struct dns_query *q, const char *name)
{
	size_t len = 0;
	const uint8_t *domain = settings_find(settings_root(), TAG_DOMAIN, NULL, true, &len);
	int all;

	if (!domain || len == 0 || strchr(name, '.'))
		all = text_format(q->name, sizeof q->name, "%s", name);
	else
		all = text_format(q->name, sizeof q->name, "%s.%.*s", name, (int)len, (const char *)domain);
	return all < (int)sizeof q->name && dns_name_ok(q->name);
}

int dns_start(struct dns_query *q, struct net *net, const char *name, uint32_t now_ms)
{
	memset(q, 0, sizeof *q);
	list_init(&q->link);
	q->net = net;
	if (text_to_ipv4(name, &q->address[0])) {
		q->address_count = 1;
		return 0;
	}
	if (!make_absolute(q, name))
		return q->rc = fail(-EINVAL, "\"%.80s\" is not a host name", name);
	text_copy(q->target, sizeof q->target, q->name);
	q->socket.input = input;
	q->socket.unreachable = unreachable;
	if ((q->rc = udp_open(&q->socket, net, 0)) != 0)
		return q->rc;
	q->id = (uint16_t)random_u32();
	q->rc = -EINPROGRESS;
	list_append(&net->dns.queries, &q->link);
	ask(q, now_ms);
	return q->rc;
}

void dns_stop(struct dns_query *q)
{
	finish(q, q->rc == -EINPROGRESS ? -ECANCELED : q->rc);
}

/** The time is over, or the whole answer has come by TCP. */
static void due(struct dns_query *q, uint32_t now_ms)
{
	const struct dns_stream *t = q->stream;

	if (CONFIG_DNS_TCP && t && t->got >= stream_length(t) && dns_message_matches(t->bytes + 2, stream_length(t) - 2, q->id, q->target))
		judge(q, t->bytes + 2, stream_length(t) - 2, now_ms);
	else
		ask(q, now_ms);
}

void dns_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->dns.queries) {
		struct dns_query *q = list_entry(pos, struct dns_query, link);

		if (time_reached(now_ms, q->retry_ms))
			due(q, now_ms);
	}
}

uint32_t dns_deadline(const struct net *net, uint32_t now_ms)
{
	uint32_t deadline = now_ms + 1000;
	struct list *pos;

	list_for_each(pos, &net->dns.queries)
		deadline = time_earlier(deadline, list_entry(pos, struct dns_query, link)->retry_ms);
	return deadline;
}
