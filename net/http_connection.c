/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections to HTTP servers, and the few that are kept between exchanges. */
#include "net/http_connection.h"

#include "core/heap.h"
#include "core/string.h"
#include "net/http.h"

struct http_connection *http_connection_alloc(struct http_exchange *e, const char *host, const struct stream_user *callbacks)
{
	struct http_connection *c = heap_zalloc(sizeof(*c));

	if (!c || !(c->host = heap_strdup(host))) {
		heap_free(c);
		return NULL;
	}
	list_init(&c->link);
	c->stream = *callbacks;
	c->exchange = e;
	return c;
}

void http_connection_free(struct http_connection *c, uint32_t now_ms)
{
	if (!c)
		return;
	tcp_abort(&c->tcp, now_ms);
	list_remove(&c->link);
	heap_free(c->host);
	heap_free(c);
}

void http_connection_pass(struct http_connection *c, uint32_t now_ms)
{
	c->exchange = c->next;
	c->next = NULL;
	c->reused = false;
	if (c->exchange)
		return;
	c->idle_since_ms = now_ms;
	tcp_expect(&c->tcp, false, now_ms);
	list_append(&c->tcp.path.route.netif->net->idle_connections, &c->link);
}

bool http_connection_leads_to(const struct http_connection *c, const char *host, uint32_t address, uint16_t port)
{
	return c->tcp.path.remote_ip == address && c->tcp.path.remote_port == port && text_casecmp(c->host, host) == 0;
}

struct http_connection *http_connection_find_idle(struct net *net, const char *host, uint32_t address, uint16_t port)
{
	struct list *pos;

	list_for_each(pos, &net->idle_connections) {
		struct http_connection *c = list_entry(pos, struct http_connection, link);

		if (c->tcp.state == TCP_ESTABLISHED && http_connection_leads_to(c, host, address, port))
			return c;
	}
	return NULL;
}

void http_connection_take(struct http_connection *c, struct http_exchange *e, uint32_t now_ms)
{
	list_remove(&c->link);
	c->exchange = e;
	c->reused = true;
	tcp_expect(&c->tcp, true, now_ms);
}

void http_connections_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;
	unsigned count = 0;

	list_for_each(pos, &net->idle_connections)
		count++;
	list_for_each_safe(pos, tmp, &net->idle_connections) {
		struct http_connection *c = list_entry(pos, struct http_connection, link);

		if (c->tcp.state != TCP_CLOSED && (count > HTTP_IDLE_MAX || now_ms - c->idle_since_ms >= HTTP_IDLE_MS))
			tcp_close(&c->tcp, now_ms);
		if (c->tcp.state == TCP_CLOSED) {
			http_connection_free(c, now_ms);
			count--;
		}
	}
}

void http_connections_shutdown(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->idle_connections)
		http_connection_free(list_entry(pos, struct http_connection, link), now_ms);
}
