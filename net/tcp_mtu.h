/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP, paths that drop full-size packets without a word (RFC 2923 2.1). What we send is small; what we are sent obeys the MSS that our
 * SYN offers, so a smaller one is the cure: 1220, then 536, remembered for the destination.
 *
 * The sign is that the peer has sent what does not come: its segments beyond a hole, its FIN, or its own word, for each of its ACKs
 * carries the number it would send next (RFC 9293 3.10.1, SND.NXT), and a probe asks for one. A server that merely thinks shows none of
 * them, however long it takes. Where one full-size segment came, others can.
 *
 * tcp_mtu_mss() - tcp_mtu_agreed() - tcp_mtu_input(), tcp_mtu_poll() until a full-size segment has come. */
#ifndef NET_TCP_MTU_H
#define NET_TCP_MTU_H

#include <stdbool.h>
#include <stdint.h>

enum { TCP_MTU_NARROW_MAX = 8 };

struct net;
struct tcp;
struct tcp_segment;

/** Destinations that smaller segments alone come from. */
struct tcp_mtu {
	struct { uint32_t ip; uint16_t mss; } narrow[TCP_MTU_NARROW_MAX];
	unsigned next;                          /* to be forgotten when there is no room */
};

/** The MSS to offer to @ip by a link that carries @link_mss. */
uint16_t tcp_mtu_mss(const struct net *net, uint32_t ip, uint16_t link_mss);
/** The peer's SYN is here: from now on it may be watched. */
void tcp_mtu_agreed(struct tcp *t, const struct tcp_segment *s);
/** An acceptable segment came. */
void tcp_mtu_input(struct tcp *t, const struct tcp_segment *s);
/** True when the path is found out: the connection has ended then, with -EMSGSIZE. */
bool tcp_mtu_poll(struct tcp *t, uint32_t now_ms);
/** ICMP says that what we sent, quoted by its ports and @sequence, was larger than @mtu (0: nobody knows). Believed only of what is in
 *  flight, and never below 576 (RFC 5927 7): it is sent again in smaller pieces. What we are sent is no concern of it. */
void tcp_mtu_told(struct net *net, uint32_t dst, uint16_t src_port, uint16_t dst_port, uint32_t sequence, uint16_t mtu);
/** When tcp_mtu_poll() has something to do, at most @deadline_ms. */
uint32_t tcp_mtu_deadline(const struct tcp *t, uint32_t deadline_ms);

#endif
