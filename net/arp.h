/* SPDX-License-Identifier: BSD-2-Clause */
/* Address resolution (RFC 826, RFC 5227 in part): a bounded table per stack, least recently used entry goes first.
 * A reply is accepted only for an outstanding request; an existing entry is updated only by a reply we asked for. */
#ifndef NET_ARP_H
#define NET_ARP_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"

struct net;
struct netif;
struct pkt;

#define ARP_ENTRIES 16
#define ARP_PENDING_PACKETS 4           /* packets waiting for one answer; more are dropped, oldest first */

struct arp_entry {
	enum { ARP_FREE, ARP_ASKING, ARP_KNOWN } state;
	struct netif *netif;
	uint32_t ip;
	uint32_t asked_ip;              /* who is asked for its MAC: @ip, or a router that stands in for a silent one */
	uint8_t mac[6];
	uint8_t tries, router;          /* router: which of option 3's that is, from 0 */
	uint32_t used_ms, retry_ms;
	struct list pending;            /* struct pkt, IP packets to be framed */
	unsigned pending_count;
};
struct arp_table { struct arp_entry entry[ARP_ENTRIES]; };

void arp_init(struct net *net);
/** Send an IPv4 packet (IP header in place) to @next_hop on @netif, asking for its address first if need be. Takes @p. */
int arp_output(struct netif *netif, struct pkt *p, uint32_t next_hop, uint32_t now_ms);
/** A received ARP packet. Takes @p. */
void arp_input(struct netif *netif, struct pkt *p, uint32_t now_ms);
/** Tell everyone our address, so that old entries for it go (RFC 5227 3). Expects no answer. */
void arp_announce(struct netif *netif);
/** Ask who has @ip, as one who does not have it: probe_answered of the interface becomes true if somebody says so (RFC 5227 2.1). */
void arp_probe(struct netif *netif, uint32_t ip);
/** Repeat requests (every 250 ms at first, then each second, 6 tries). In the place of a gateway that is silent the next router of option 3
 *  is asked, two of them at most. Give up on silent ones: their packets are dropped and ipv4's users are told by net_unreachable(). */
void arp_poll(struct net *net, uint32_t now_ms);
uint32_t arp_deadline(const struct net *net, uint32_t now_ms);
/** Forget all about @netif. */
void arp_forget(struct netif *netif);

#endif
