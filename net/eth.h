/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet II framing (RFC 894). 802.1Q tagged and LLC frames are dropped and counted. */
#ifndef NET_ETH_H
#define NET_ETH_H

#include <stdint.h>
#include "net/netif.h"

enum { ETH_HEADER_BYTES = 14, ETH_TYPE_IPV4 = 0x0800, ETH_TYPE_ARP = 0x0806 };
extern const uint8_t eth_broadcast[6];

/** Pull and check the header: for us, broadcast or multicast, not from a multicast address. Returns the type, or -EPROTO. */
int eth_parse(const struct netif *netif, struct pkt *p);
/** Push the header and hand the frame to the NIC. Takes @p. -ENETDOWN, -ENOBUFS. */
int eth_output(struct netif *netif, struct pkt *p, const uint8_t dst[6], uint16_t type);

#endif
