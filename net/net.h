/* SPDX-License-Identifier: BSD-2-Clause */
/* The network stack: one struct net holds its interfaces, tables and connections. No clock, no waiting: bytes and the time go in.
 *
 * net_poll() takes what the NICs received (eth and ipv4 parse, net.c decides whose it is), runs every protocol's due timers and
 * kicks the NICs. All times are core/clock.h milliseconds, all addresses host order unless they are bytes of a packet. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"
#include "net/arp.h"
#include "net/dns.h"
#include "net/ipv4.h"
#include "net/netif.h"
#include "net/pxe_answers.h"
#include "net/reassembly.h"
#include "net/tcp_mtu.h"

#define NET_RX_BATCH 64                 /* frames taken from one NIC in one poll; those that are more work count more */

struct net {
	struct list netifs;             /* struct netif */
	struct netif *newest;           /* the most recently opened one, "netX"; NULL at first */
	struct netif *disputed;         /* somebody else claims its address, and the user was not told: usr/wait.c does, and clears it */
	struct dns_resolver dns;
	struct pxe_answers pxe_answers; /* the scopes "proxydhcp" and "pxebs" */
	struct list udp_sockets;        /* struct udp_socket */
	struct list tcp_connections;    /* struct tcp */
	struct list pings;              /* struct ping */
	struct list downloads;          /* struct download */
	struct list idle_connections;   /* http's kept-alive ones, struct http_connection; few, by origin */
	struct list tftp_transfers;     /* tftp's, struct tftp */
	uint16_t ip_id;
	struct rate icmp_answers;
	struct rate refusals;           /* RSTs to segments of no connection */
	uint16_t tcp_port;              /* the local port given last */
	struct tcp_mtu mtu;             /* paths that full-size packets do not come by */
	struct arp_table arp;
	struct reassembly reassembly[REASSEMBLY_DATAGRAMS];
};

void net_init(struct net *net);
/** Take received frames and run due timers. Returns true when anything was received. Call often. */
bool net_poll(struct net *net, uint32_t now_ms);
/** When net_poll() next has a timer to run, at most @now + 1000. */
uint32_t net_deadline(struct net *net, uint32_t now_ms);
/** End every download and connection (FIN or RST sent); interfaces stay open, with their addresses. */
void net_abandon(struct net *net, uint32_t now_ms);
/** Close every connection (FIN or RST sent) and every interface: nothing DMAs afterwards. */
void net_shutdown(struct net *net, uint32_t now_ms);

/** From arp.c: nobody answers for @next_hop on @netif. Tells tcp and udp. */
void net_unreachable(struct netif *netif, uint32_t next_hop, uint32_t now_ms);

/** One received frame of @netif (tests call it too). Takes @p. */
void net_input(struct netif *netif, struct pkt *p, uint32_t now_ms);

#endif
