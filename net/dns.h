/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS resolver (RFC 1035, 2181, 5452, 7766): A records, CNAME chains, a list of servers tried in turn. A query has a random id and a random
 * source port; an answer counts only from the server asked, on that port, echoing the question. One that did not fit a packet is used if it
 * says enough, else asked for by TCP. Dotted-quad names are not asked. */
#ifndef NET_DNS_H
#define NET_DNS_H

#include <stdint.h>
#include "core/list.h"
#include "net/udp_socket.h"

#define DNS_NAME_MAX 256                /* text, NUL included */
#define DNS_ADDRESSES_MAX 8
#define DNS_SERVERS_MAX 4

struct dns_stream;

/** One name being looked up; embedded in who asks. */
struct dns_query {
	struct list link;               /* net->dns.queries */
	struct net *net;
	int rc;                         /* -EINPROGRESS, 0, -ENOENT no such name, -ETIMEDOUT, -EPROTO, -ENETUNREACH no server */
	unsigned address_count;
	struct udp_socket socket;
	struct dns_stream *stream;      /* the server is asked by TCP; NULL: not now */
	uint16_t id;
	uint32_t server_ip;             /* the server asked */
	unsigned tries, cnames;
	unsigned refusals;              /* servers that said they cannot: the last of them, and its code */
	uint32_t refusing_ip;
	uint8_t refusal;
	uint32_t retry_ms;
	uint32_t address[DNS_ADDRESSES_MAX]; /* host order, in the order of the answer */
	char name[DNS_NAME_MAX];        /* as asked, made absolute */
	char target[DNS_NAME_MAX];      /* the name being asked about: the above, or an alias of it */
};
struct dns_resolver { struct list queries; };

/** Begin to look up @name (its result may be there at once: then rc is not -EINPROGRESS). Servers and search domain come from the
 *  settings "dns" and "domain". Returns q->rc. Must be ended by dns_stop(). */
int dns_start(struct dns_query *q, struct net *net, const char *name, uint32_t now_ms);
void dns_stop(struct dns_query *q);
void dns_poll(struct net *net, uint32_t now_ms);
uint32_t dns_deadline(const struct net *net, uint32_t now_ms);

#endif
