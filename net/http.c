/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP, the scheme: whose connection an exchange gets, and what that connection's stream tells. Exchanges themselves are
 * net/http_exchange.c's, idle connections net/http_connection.c's. */
#include "net/http.h"

#include "config/features.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "net/http_ahead.h"
#include "net/http_exchange.h"

/* ---- what the stream tells -------------------------------------------------------------------------------------------------------- */

static struct http_connection *connection_of(struct stream_user *user)
{
	return container_of(user, struct http_connection, stream);
}

static void stream_connected(struct stream_user *user, uint32_t now_ms)
{
	struct http_exchange *e = connection_of(user)->exchange;
	int rc = http_exchange_send(e, now_ms);

	if (rc != 0)
		http_exchange_fail(e, rc, now_ms);
}

static void stream_deliver(struct stream_user *user, const uint8_t *data, size_t len, uint32_t now_ms)
{
	struct http_connection *c = connection_of(user);

	c->received += len;
	while (len && c->exchange) {                    /* an answer's end and the next one's beginning may come together */
		size_t left = http_exchange_input(c->exchange, data, len, now_ms);

		data += len - left;
		len = left;
	}
	if (len)
		tcp_abort(&c->tcp, now_ms);             /* nobody asked */
	else if (CONFIG_PXE && c->exchange)
		http_exchange_hold(c->exchange);
}

static uint8_t *stream_place(struct stream_user *user, uint64_t offset, size_t len)
{
	struct http_connection *c = connection_of(user);
	uint8_t *place = c->exchange ? http_exchange_place(c->exchange, offset, len) : NULL;

	return CONFIG_RESUME && !place && c->next ? http_ahead_place(c, offset, len) : place;
}

static void stream_placed(struct stream_user *user, uint64_t offset, uint32_t now_ms)
{
	struct http_connection *c = connection_of(user);
	uint64_t len = offset - c->received;

	c->received = offset;
	if (c->exchange)
		http_exchange_placed(c->exchange, len, now_ms);
}

/** The window may reach over the next answer, too, lest the peer wait for a round trip between the two. While that one's header is
 *  missing nothing of its body is taken but what packets hold; what does not fit there was not received, and comes again. */
static uint64_t stream_placeable(struct stream_user *user, uint64_t offset)
{
	const struct http_connection *c = connection_of(user);
	uint64_t bytes = c->exchange ? http_exchange_awaits(c->exchange, offset) : 0;

	return CONFIG_RESUME && c->next ? bytes + http_exchange_awaits(c->next, offset) : bytes;
}

static void stream_closed(struct stream_user *user, int rc, uint32_t now_ms)
{
	struct http_exchange *e = connection_of(user)->exchange;

	if (e)
		http_exchange_closed(e, rc, now_ms);
}

/* ---- the scheme ------------------------------------------------------------------------------------------------------------------- */

static const struct stream_user callbacks = { stream_connected, stream_deliver, stream_place, stream_placed, stream_placeable,
                                              stream_closed };

static struct http_exchange *exchange_of(const struct transfer *t)
{
	return container_of(t, struct http_exchange, transfer);
}

static int connect(struct http_exchange *e, uint32_t now_ms)
{
	struct http_connection *c = http_connection_alloc(e, e->uri->host, &callbacks);
	int rc;

	if (!c)
		return fail(-ENOMEM, "no room for a connection");
	if ((rc = tcp_connect(&c->tcp, e->net, &c->stream, e->transfer.address, e->transfer.port, now_ms)) != 0) {
		http_connection_free(c, now_ms);
		return rc;
	}
	e->connection = c;
	return 0;
}

static int reuse(struct http_exchange *e, struct http_connection *c, uint32_t now_ms)
{
	int rc;

	e->connection = c;
	http_connection_take(c, e, now_ms);
	if ((rc = http_exchange_send(e, now_ms)) != 0)
		http_connection_free(c, now_ms);
	return rc;
}

/** RFC 9112 9.3.2: ask before the answer to @front is over; this one comes behind it. */
static int follow(struct http_exchange *e, struct http_exchange *front, uint32_t now_ms)
{
	int rc;

	e->connection = front->connection;
	front->connection->next = e;                    /* the request's segment opens the window for it */
	if ((rc = http_exchange_send(e, now_ms)) != 0)
		front->connection->next = NULL;
	return rc;
}

/** May @e be asked for behind @front, by the same origin at the same address? */
static bool may_follow(const struct http_exchange *e, const struct http_exchange *front)
{
	return http_exchange_may_be_followed(front) &&
	       http_connection_leads_to(front->connection, e->uri->host, e->transfer.address, e->transfer.port);
}

static int find_connection(struct http_exchange *e, const struct transfer *behind, uint32_t now_ms)
{
	struct http_connection *idle;

	if (CONFIG_RESUME && behind)
		return may_follow(e, exchange_of(behind)) ? follow(e, exchange_of(behind), now_ms) : -EAGAIN;
	idle = http_connection_find_idle(e->net, e->uri->host, e->transfer.address, e->transfer.port);
	return idle ? reuse(e, idle, now_ms) : connect(e, now_ms);
}

static int http_open(struct transfer **t, struct transfer_user *user, struct net *net, const struct transfer_request *request,
                     uint32_t now_ms)
{
	struct http_exchange *e = heap_zalloc(sizeof(*e));
	int rc;

	if (!e)
		return fail(-ENOMEM, "no room for an HTTP exchange");
	e->transfer.user = user;
	e->transfer.address = request->address;
	e->transfer.port = request->uri->port ? request->uri->port : HTTP_PORT;
	e->net = net;
	e->uri = request->uri;
	e->piece = request->piece;
	e->limit = RANGE_UNKNOWN;
	e->hold = request->hold ? request->hold : RANGE_UNKNOWN;
	text_copy(e->validator, sizeof(e->validator), request->validator ? request->validator : "");
	http_header_init(&e->header);
	if ((rc = find_connection(e, request->behind, now_ms)) != 0) {
		heap_free(e);
		return rc;
	}
	*t = &e->transfer;
	return 0;
}

/** Its connection is not needed any more, unless others are. */
static void leave(struct http_exchange *e, uint32_t now_ms)
{
	struct http_connection *c = e->connection;
	struct http_exchange *next;

	if (CONFIG_RESUME && c && c->next == e) {                        /* its answer will come all the same, and nobody takes it */
		c->next = NULL;
		c->abandoned = true;
		return;
	}
	next = CONFIG_RESUME && c ? c->next : NULL;
	if (next) {
		c->exchange = c->next = NULL;
		http_exchange_break(next, -ECONNABORTED, now_ms);
	}
	http_connection_free(c, now_ms);
}

static void http_close(struct transfer *t, uint32_t now_ms)
{
	if (!t)
		return;
	leave(exchange_of(t), now_ms);
	heap_free(exchange_of(t));
}

static __attribute__((unused)) void http_limit(struct transfer *t, uint64_t end)
{
	http_exchange_limit(exchange_of(t), end);
}

static __attribute__((unused)) void http_hold(struct transfer *t, uint64_t end, uint32_t now_ms)
{
	struct http_exchange *e = exchange_of(t);

	(void)now_ms;                           /* TCP says so in its turn */
	e->hold = end;
	if (e->state != HTTP_OVER && e->connection->exchange == e)
		http_exchange_hold(e);
}

static uint32_t http_heard_ms(const struct transfer *t)
{
	const struct http_exchange *e = exchange_of(t);

	return e->connection ? e->connection->tcp.data_ms : e->heard_ms;
}

const struct scheme http_scheme = { "http", HTTP_PORT, http_open, http_close, CONFIG_RESUME ? http_limit : NULL,
                                    CONFIG_PXE ? http_hold : NULL, http_heard_ms,
                                    http_connections_poll, http_connections_shutdown, NULL };
