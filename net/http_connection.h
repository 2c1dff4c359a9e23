/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to an HTTP server: lent to one exchange and perhaps another that waits behind it, kept in net->idle_connections when there
 * is none, by origin and address.
 *
 * http_connection_alloc() - tcp_connect() - http_connection_pass(), http_connection_find_idle() - http_connection_free(). */
#ifndef NET_HTTP_CONNECTION_H
#define NET_HTTP_CONNECTION_H

#include "net/tcp_connection.h"

struct http_exchange;

/** Belongs to the exchange whose answer comes, or the last one's when there was no use for it any more, or is in net->idle_connections. */
struct http_connection {
	struct stream_user stream;
	struct list link;                       /* net->idle_connections */
	struct http_exchange *exchange;         /* whose answer comes; NULL when idle, or over */
	struct http_exchange *next;             /* the one asked for already whose answer comes behind it; NULL */
	bool abandoned;                         /* an answer will come behind it that nobody waits for */
	char *host;                             /* the origin, with tcp.remote_port; on the heap */
	uint64_t received;                      /* offset in the stream up to which bytes came, in order */
	uint32_t idle_since_ms;
	bool reused;
	struct tcp tcp;
};

/** For @e, to @host (copied); not connected yet. NULL when out of memory. */
struct http_connection *http_connection_alloc(struct http_exchange *e, const char *host, const struct stream_user *callbacks);
/** End it if it stands (RST) and free it; NULL is allowed. */
void http_connection_free(struct http_connection *c, uint32_t now_ms);
/** The answer is over: @c goes on to the exchange that waits behind, or is kept for a while for another with its origin. Takes @c. */
void http_connection_pass(struct http_connection *c, uint32_t now_ms);
/** Is @host, by that address, at the other end? */
bool http_connection_leads_to(const struct http_connection *c, const char *host, uint32_t address, uint16_t port);
/** An idle connection to that origin at that address; NULL. It stays in the list until http_connection_take(). */
struct http_connection *http_connection_find_idle(struct net *net, const char *host, uint32_t address, uint16_t port);
/** Lend the idle @c to @e. */
void http_connection_take(struct http_connection *c, struct http_exchange *e, uint32_t now_ms);

/** End those that waited too long, and the oldest when there are too many; free those that ended. */
void http_connections_poll(struct net *net, uint32_t now_ms);
void http_connections_shutdown(struct net *net, uint32_t now_ms);

#endif
