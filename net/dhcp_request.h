/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client sends to a DHCP, ProxyDHCP or boot server, as bytes: DISCOVER and REQUEST with all that servers choose a boot file by
 * (RFC 2131 table 5, RFC 4578, PXE 2.1's options, Etherboot's option 175). */
#ifndef NET_DHCP_REQUEST_H
#define NET_DHCP_REQUEST_H

#include <stdint.h>

struct netif;
struct pkt;

struct dhcp_request {
	const struct netif *netif;
	uint8_t type;                           /* DHCP_DISCOVER, DHCP_REQUEST, DHCP_DECLINE */
	uint32_t xid;
	uint32_t waited_ms;                     /* since the first of its kind */
	uint32_t ciaddr;                        /* our address if we have one; without, the answer is to be broadcast */
	uint32_t requested_ip, server_id;       /* 0: left out */
	uint32_t boot_item;                     /* PXE 2.1's 43.71: boot server type << 16 | layer; PXE_NO_ITEM: left out */
};
#define PXE_NO_ITEM 0xffffffffu

/** The message in a packet; NULL when there is none to be had. */
struct pkt *dhcp_request_build(const struct dhcp_request *request);

#endif
