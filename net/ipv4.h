/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 (RFC 791, RFC 1122 3.2): options skipped, source routes dropped, fragments reassembled (RFC 815's job, bounded). */
#ifndef NET_IPV4_H
#define NET_IPV4_H

#include <stdbool.h>
#include <stdint.h>
#include "net/netif.h"

enum { IP_ICMP = 1, IP_TCP = 6, IP_UDP = 17, IPV4_HEADER_BYTES = 20 };

/** What the layers above need of a received packet's header; host order. */
struct ipv4_header {
	struct netif *netif;
	uint32_t src, dst;
	uint8_t protocol, ttl;
	bool broadcast;                 /* dst was a broadcast or multicast address */
};

/** Answers to what anyone may send: so many a second. */
struct rate { uint32_t second_ms; unsigned count; };
bool rate_allows(struct rate *rate, unsigned per_second, uint32_t now_ms);

/** Where a packet to a destination goes. */
struct ipv4_route {
	struct netif *netif;
	uint32_t src, next_hop;
	uint16_t mtu;
};

/** Parse and check the header; on 0 @p holds the payload only (trimmed to total_length) and @h is filled. -EPROTO: drop it.
 *  -EINPROGRESS: a fragment, kept or dropped (@p taken). Otherwise @p stays the caller's. */
int ipv4_parse(struct netif *netif, struct pkt *p, struct ipv4_header *h, uint32_t now_ms);

/** Find the way to @dst: an interface whose net holds it (the most recently opened first), else one with a gateway.
 *  -ENETUNREACH with fail() saying what is missing (no interface open, no address, no gateway). */
int ipv4_route(struct net *net, uint32_t dst, struct ipv4_route *route);

/** The way back to the sender of a received packet, by the interface it came in; for answers that no job asked for. False when
 *  it was not sent to our own address or there is no way. Never calls fail(). */
bool ipv4_route_back(const struct ipv4_header *ip, struct ipv4_route *route);

/** 255.255.255.255 or the broadcast address of @netif's network. */
bool ipv4_is_broadcast(const struct netif *netif, uint32_t ip);
static inline bool ipv4_is_multicast(uint32_t ip) { return ip >> 28 == 0xe; }
/** Could @ip be one host's own address? Not 0/8, 127/8, multicast, class E, broadcast. */
bool ipv4_is_host(uint32_t ip);
/** Is @mask ones followed by zeros, and not 0? */
bool ipv4_is_netmask(uint32_t mask);

/** fail() for a packet to @dst that nobody at @next_hop took. */
int ipv4_no_neighbour(uint32_t next_hop, uint32_t dst);

struct reader;
/** The next option of an IPv4 or TCP header (RFC 791 3.1, RFC 9293 3.2): its kind, and @body what is in it. 0 at the end; @r is bad
 *  then if the list broke off. */
uint8_t ipv4_next_option(struct reader *r, struct reader *body);

/** Push the header (id, ttl 64, DF for TCP) and send by @route. Takes @p. */
int ipv4_output(const struct ipv4_route *route, uint32_t dst, uint8_t protocol, struct pkt *p, uint32_t now_ms);

/** The Internet checksum (RFC 1071) of @len bytes, added to @sum (32-bit partial sum, folded by checksum_finish()). */
uint32_t checksum_add(uint32_t sum, const void *data, size_t len);
uint16_t checksum_finish(uint32_t sum);
/** The pseudo-header's part for TCP and UDP. */
uint32_t checksum_pseudo(uint32_t src, uint32_t dst, uint8_t protocol, size_t len);
/** Sum up @len bytes, in which the checksum's own @field is zero so far, and fill that in. */
void checksum_store(uint8_t *field, uint32_t sum, const void *data, size_t len);
/** Is the checksum in @p (payload of @ip, a TCP segment or UDP datagram) good? */
bool checksum_good(const struct ipv4_header *ip, const struct pkt *p);

#endif
