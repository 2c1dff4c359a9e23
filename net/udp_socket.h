/* SPDX-License-Identifier: BSD-2-Clause */
/* A UDP socket's shape alone, for the structs that embed one. What can be done with it: net/udp.h. */
#ifndef NET_UDP_SOCKET_H
#define NET_UDP_SOCKET_H

#include <stdint.h>
#include "core/list.h"

struct ipv4_header;
struct net;
struct netif;
struct pkt;

struct udp_socket {
	struct list link;               /* net->udp_sockets */
	struct net *net;
	struct netif *netif;            /* set before udp_open(): receive from this interface alone; NULL: from all */
	uint16_t local_port;
	/** A datagram whose checksum is good; @p holds its payload and stays udp's. */
	void (*input)(struct udp_socket *s, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms);
	uint32_t peer;                  /* 0, or whose absence is told to unreachable(), too */
	/** An ICMP error for a datagram of ours to @dst:@dst_port; may be NULL. @dst_port 0: nobody on the way to @peer answers ARP,
	 *  after fail(). */
	void (*unreachable)(struct udp_socket *s, uint32_t dst, uint16_t dst_port, int rc, uint32_t now_ms);
};

#endif
