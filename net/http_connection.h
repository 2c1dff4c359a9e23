/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to an HTTP server: lent to one exchange at a time, kept in net->idle_connections between two, by origin.
 *
 * http_connection_alloc() - tcp_connect() - http_connection_keep(), http_connection_find_idle() - http_connection_free(). */
#ifndef NET_HTTP_CONNECTION_H
#define NET_HTTP_CONNECTION_H

#include "net/tcp_connection.h"

struct http_exchange;

/** Belongs to an exchange, or is in net->idle_connections. */
struct http_connection {
	struct stream_user stream;
	struct list link;                       /* net->idle_connections */
	struct http_exchange *exchange;         /* NULL when idle */
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
/** Keep @c for the next exchange with its origin, for a while; the one that waited longest makes room. Takes @c. */
void http_connection_keep(struct http_connection *c, uint32_t now_ms);
/** An idle connection to that origin; NULL. It stays in the list until http_connection_take(). */
struct http_connection *http_connection_find_idle(struct net *net, const char *host, uint16_t port);
/** Lend the idle @c to @e. */
void http_connection_take(struct http_connection *c, struct http_exchange *e, uint32_t now_ms);

/** End those that waited too long; free those that ended. */
void http_connections_poll(struct net *net, uint32_t now_ms);
void http_connections_shutdown(struct net *net, uint32_t now_ms);

#endif
