/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP (RFC 768). A socket is embedded in its protocol (dhcp, dns, tftp), which is called with each datagram. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include <stdint.h>
#include "net/ipv4.h"
#include "net/udp_socket.h"

/** Start receiving on @local_port; 0 picks an unused random one of 49152..65535. -EADDRINUSE. */
int udp_open(struct udp_socket *s, struct net *net, uint16_t local_port);
void udp_close(struct udp_socket *s);
/** Send @p (payload only) to @dst:@dst_port by the route to it. Takes @p. */
int udp_output(struct udp_socket *s, struct pkt *p, uint32_t dst, uint16_t dst_port, uint32_t now_ms);
/** The same by @route, for DHCP which has no address yet (route->src may be 0, dst 255.255.255.255). */
int udp_output_route(struct udp_socket *s, struct pkt *p, const struct ipv4_route *route, uint32_t dst, uint16_t dst_port,
                     uint32_t now_ms);
/** From net.c: a received packet's payload. Takes @p. */
void udp_input(const struct ipv4_header *ip, struct pkt *p, uint32_t now_ms);
/** From icmp.c: an error quoting our datagram. */
void udp_unreachable(struct net *net, uint16_t src_port, uint32_t dst, uint16_t dst_port, int rc, uint32_t now_ms);
/** From net.c: nobody answers for @next_hop. */
void udp_no_neighbour(struct net *net, uint32_t next_hop, uint32_t now_ms);

#endif
