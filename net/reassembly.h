/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 reassembly, bounded (RFC 791 3.2, RFC 815's job; RFC 5722's rule on overlaps): a few datagrams at a time, each put together
 * in one packet buffer. A datagram that would not fit into one, or whose fragments overlap or contradict, is dropped whole. */
#ifndef NET_REASSEMBLY_H
#define NET_REASSEMBLY_H

#include <stdbool.h>
#include <stdint.h>
#include "net/pkt.h"

struct ipv4_header;
struct net;
struct netif;

#define REASSEMBLY_DATAGRAMS 4
#define REASSEMBLY_TIMEOUT_MS 15000
#define REASSEMBLY_UNITS (PKT_DATA_MAX / 8)     /* fragments are cut at multiples of 8 bytes */

struct reassembly {
	struct pkt *p;                  /* NULL: this place is free */
	struct netif *netif;
	uint32_t src, dst;
	uint16_t id;
	uint8_t protocol;
	bool spoilt;                    /* fragments overlapped: drop what still comes until the time is over */
	uint32_t expires_ms;
	size_t total, arrived;          /* bytes; total is 0 until the last fragment came */
	uint8_t unit[REASSEMBLY_UNITS]; /* which stretches of 8 bytes have arrived */
};

/** One fragment: @p's data belong at @offset. 0 when that completes the datagram (then @p holds all of it), else -EINPROGRESS and
 *  @p was taken. */
int reassembly_input(const struct ipv4_header *h, uint16_t id, size_t offset, bool more, struct pkt *p, uint32_t now_ms);
void reassembly_poll(struct net *net, uint32_t now_ms);
/** Drop what @netif's fragments have become so far. */
void reassembly_forget(struct netif *netif);

#endif
