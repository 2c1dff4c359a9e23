/* SPDX-License-Identifier: BSD-2-Clause */
/* The DHCP messages of an interface as they were on the wire, for boot programs that ask for them (PXE 2.1's GET_CACHED_INFO), and a
 * lease taken over from whoever started us. They stay until the next lease is asked for, also while the interface is closed. */
#ifndef NET_DHCP_CACHE_H
#define NET_DHCP_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct netif;

enum { DHCP_MESSAGE_MAX = 1472 };       /* what we take and announce: an Ethernet packet full */

enum dhcp_cached { DHCP_CACHED_DISCOVER = 1, DHCP_CACHED_ACK = 2, DHCP_CACHED_REPLY = 3 };      /* PXE 2.1's packet types */

struct dhcp_packet { uint16_t len; uint8_t data[DHCP_MESSAGE_MAX]; };
struct dhcp_cache { struct dhcp_packet packet[3]; };

/** DISCOVER is what we sent, ACK what we took, REPLY the proxy's or boot server's answer (the ACK where there was none, as PXE has it).
 *  NULL: none. */
const struct dhcp_packet *dhcp_cached(const struct netif *netif, enum dhcp_cached which);
/** Keep a copy; a message that is too long is cut. */
void dhcp_cache_store(struct netif *netif, enum dhcp_cached which, const void *data, size_t len);
/** Forget @which and the packets that answer it. */
void dhcp_cache_forget(struct netif *netif, enum dhcp_cached which);

/** Become BOUND by an ACK that somebody else got. -EPROTO: it is none, or not this interface's; else -ENETDOWN with fail(): the interface is
 *  closed. */
int dhcp_use_cached(struct netif *netif, const void *ack, size_t len, uint32_t now_ms);
/** The same for a ProxyDHCP or boot server reply: it becomes the scope "proxydhcp". */
int dhcp_use_cached_reply(struct netif *netif, const void *reply, size_t len);

#endif
