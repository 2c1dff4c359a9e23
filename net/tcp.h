/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP client (RFC 9293) for a receiver: window scaling and timestamps (RFC 7323), SACK (RFC 2018), RFC 6298 timers for the little
 * we send, RFC 6528 sequence numbers, RFC 5961 protections. Segments of a body of known length are placed where they belong,
 * whatever their order (net/stream.h); others wait in packets. What was acknowledged, by SACK too, is never dropped. A path that drops
 * full-size packets ends the connection with -EMSGSIZE; the next one asks for smaller ones (net/tcp_mtu.h).
 * Not supported: listening, urgent data (read as ordinary bytes).
 *
 * tcp_connect() - callbacks of the user - tcp_send() - tcp_close() or tcp_abort(). The struct is embedded in its user and may be
 * reused after tcp_abort() or after closed() was called; a close that must outlive its user moves to a small table (tcp_close.c). */
#ifndef NET_TCP_H
#define NET_TCP_H

#include <stdbool.h>
#include <stdint.h>
#include "net/ipv4.h"
#include "net/stream.h"

struct tcp;                             /* laid out in net/tcp_connection.h, for those who embed it */

/** From net.c: a segment (TCP header first). Takes @p. */
void tcp_input(const struct ipv4_header *ip, struct pkt *p, uint32_t now_ms);
/** From icmp.c and arp.c: the quoted connection's packets do not arrive (@rc: -EHOSTUNREACH, -ENETUNREACH, -ECONNREFUSED).
 *  @sequence as quoted; a soft error unless still connecting. */
void tcp_unreachable(struct net *net, uint32_t dst, uint16_t src_port, uint16_t dst_port, uint32_t sequence, int rc, uint32_t now_ms);
/** From arp.c: nobody answers for @next_hop: connections still connecting through it fail, others keep trying. */
void tcp_no_neighbour(struct net *net, uint32_t next_hop, uint32_t now_ms);
void tcp_poll(struct net *net, uint32_t now_ms);
uint32_t tcp_deadline(const struct net *net, uint32_t now_ms);
/** From net_shutdown(): end every connection at once (RST). */
void tcp_shutdown(struct net *net, uint32_t now_ms);

#endif
