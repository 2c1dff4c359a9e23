/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP/1.1 client (RFC 9110, RFC 9112): GET, for ranges; one exchange on a connection and another behind it. Bodies of known length are
 * placed by TCP, others (chunked, or ended by the connection's end) are copied as they come. A connection that may be used again waits for
 * the next exchange with its origin in net->idle_connections: four at most, 15 s each.
 *
 * A transfer ends with TRANSFER_FAILED, and not broken, when the server said something that asking again will not change: an error status
 * (-ERANGE: 416), a part that was not asked for, a body in a coding. -EAGAIN from open(): the answer before has no header yet or no known
 * length, is HTTP/1.0's or the connection's last, was limited, or has another behind it already. Closing a transfer ends the connection
 * that it has, and with it the transfer behind; closing one that is still behind another ends the connection when that one is over.
 * Not supported: HTTPS, proxies, Digest authentication, content codings (gzip is kept as it came). */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "net/schemes.h"

enum { HTTP_PORT = 80, HTTP_IDLE_MAX = 4, HTTP_IDLE_MS = 15000, HTTP_INTERIM_MAX = 10 };

extern const struct scheme http_scheme;

#endif
