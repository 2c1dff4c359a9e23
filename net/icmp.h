/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP (RFC 792, RFC 1122 3.2.2): answers echo (20 a second at most, never to broadcast), sends echo for `ping`, hands
 * unreachables to the connection they quote. Redirects are ignored; a port nobody has opened is answered with port unreachable
 * at the same rate. */
#ifndef NET_ICMP_H
#define NET_ICMP_H

#include <stdint.h>
#include "core/list.h"
#include "net/ipv4.h"

#define PING_DATA_MAX 1400

/** One running `ping`. rc is -EINPROGRESS until the answer to the latest echo came (0), it timed out or failed. */
struct ping {
	struct list link;               /* net->pings */
	struct net *net;
	uint32_t dst, next_hop;
	uint16_t id, sequence, size;
	uint32_t sent_ms, timeout_ms;
	uint32_t round_trip_ms;         /* when rc is 0 */
	uint32_t from;                  /* who answered */
	uint8_t ttl;
	int rc;
};

/** Send one echo request with @size data bytes (0..1400) and wait up to @timeout_ms for its answer. */
int ping_start(struct ping *ping, struct net *net, uint32_t dst, uint16_t size, uint32_t timeout_ms, uint32_t now_ms);
void ping_stop(struct ping *ping);
void icmp_poll(struct net *net, uint32_t now_ms);
uint32_t icmp_deadline(const struct net *net, uint32_t now_ms);
/** From net.c: nobody answers for @next_hop. */
void icmp_no_neighbour(struct net *net, uint32_t next_hop);
/** From net.c. Takes @p (payload only). */
void icmp_input(const struct ipv4_header *ip, struct pkt *p, uint32_t now_ms);
/** Tell the sender of @original (its UDP header first) that nobody listens on its port. @original stays the caller's. */
void icmp_port_unreachable(const struct ipv4_header *ip, const struct pkt *original, uint32_t now_ms);

#endif
