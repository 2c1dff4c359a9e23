/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP client (RFC 2131, 2132, 3396, 4578; PXE 2.1's options), one per interface.
 *
 * dhcp_start() sends DISCOVER; the first complete offer (an address, a mask, a server id) is requested at once; when it is
 * acknowledged the lease's options are stored in the interface's scope "netN.dhcp", the address takes effect, rc becomes 0 and the
 * client stays bound (it renews at T1/T2). Unsolicited packets are ignored in every state. What others offer, ProxyDHCP servers among them,
 * is kept as it comes, while the client is bound too; the best of it is the scope "proxydhcp" (net/dhcp_offers.h). An
 * address that answers to ARP before it is acknowledged is declined; nobody waits to see whether it will. */
#ifndef NET_DHCP_H
#define NET_DHCP_H

#include <stdbool.h>
#include <stdint.h>
#include "net/dhcp_offers.h"
#include "net/dhcp_port.h"

struct netif;

enum dhcp_state { DHCP_IDLE, DHCP_SELECTING, DHCP_REQUESTING, DHCP_BOUND, DHCP_RENEWING, DHCP_REBINDING };

struct dhcp {
	struct dhcp_listener listener;
	struct netif *netif;
	enum dhcp_state state;
	int rc;                         /* -EINPROGRESS until bound (0) or failed */
	uint32_t started_ms, retry_ms, interval_ms, give_up_ms;
	uint32_t discovered_ms;         /* when the last DISCOVER was sent */
	bool cached;                    /* bound by dhcp_use_cached() */
	unsigned tries, discovers, naks, declines; /* tries: in this state */
	uint32_t offered_ip, server_ip; /* chosen, or second best for now while selecting */
	uint32_t refusing_ip;           /* the server that said NAK: its next offer is second best */
	uint32_t t1_ms, t2_ms, expires_ms;
	struct dhcp_offers offers;      /* beside the one that is taken */
	unsigned published;             /* which of them is in the scope "proxydhcp", counted from 1; 0: none */
};

/** Ask for a lease; gives up @give_up_ms from now. The interface must be open. rc is -EINPROGRESS on return, or the error. */
int dhcp_start(struct netif *netif, uint32_t give_up_ms, uint32_t now_ms);
/** Has the interface an answer to its question to come, perhaps to an address that it does not have yet? */
bool dhcp_is_asking(const struct netif *netif);
/** Stop asking or renewing; the lease's settings stay. */
void dhcp_stop(struct netif *netif);
/** From net.c: the link came up; a question asked in vain meanwhile is repeated now. */
void dhcp_link_up(struct netif *netif, uint32_t now_ms);
void dhcp_poll(struct netif *netif, uint32_t now_ms);
uint32_t dhcp_deadline(const struct netif *netif, uint32_t now_ms);

#endif
