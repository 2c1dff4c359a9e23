/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP/1.1 client (RFC 9110, RFC 9112): GET, one exchange at a time on a connection. Bodies of known length are placed by TCP, others
 * (chunked, or ended by the connection's end) are copied as they come. A connection that may be used again waits for the next
 * exchange with its origin in net->idle_connections: four at most, 15 s each.
 * Not supported: HTTPS, proxies, Digest authentication, content codings (gzip is kept as it came), pipelining. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "net/schemes.h"

enum { HTTP_PORT = 80, HTTP_IDLE_MAX = 4, HTTP_IDLE_MS = 15000, HTTP_INTERIM_MAX = 10 };

extern const struct scheme http_scheme;

#endif
