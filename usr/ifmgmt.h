/* SPDX-License-Identifier: BSD-2-Clause */
/* Actions on interfaces: open one and wait for its link, configure it by DHCP, make the network ready for a fetch. They wait
 * (usr/wait.h) and say in one line what they wait for. */
#ifndef USR_IFMGMT_H
#define USR_IFMGMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netif;

/** The interfaces in order: ifmgmt_next(NULL) is the first. */
struct netif *ifmgmt_next(const struct netif *after);
/** By name; -ENODEV with fail(). */
int ifmgmt_find(const char *name, struct netif **netif);
/** fail(-ENODEV): there is none. */
int ifmgmt_none(void);
/** Open @netif if it is closed, and wait for its link: at most @timeout_ms (0: CONFIG_LINK_WAIT_MS). -ENETDOWN with fail(). */
int ifmgmt_open(struct netif *netif, uint32_t timeout_ms);
/** Open, get a lease by DHCP, and say what it holds: all within @timeout_ms (0: CONFIG_LINK_WAIT_MS for the link, then
 *  CONFIG_DHCP_GIVE_UP_MS). */
int ifmgmt_dhcp(struct netif *netif, uint32_t timeout_ms);
/** How long to wait for an interface that is not the only one to be looked at. */
struct ifmgmt_turn {
	bool first;                     /* its first turn: what was asked before does not count */
	uint32_t link_ms, dhcp_ms;      /* come back after this time without a link (-ENETDOWN), or without an answer (-ETIMEDOUT) */
	uint32_t give_up_ms;            /* the question itself lives so long, from when it was asked: the next turn goes on with it */
};
/** ifmgmt_dhcp() in turns, with a line that counts down. */
int ifmgmt_dhcp_turn(struct netif *netif, const struct ifmgmt_turn *turn);
/** Take over the lease that whoever started us got for one of our cards, if there is one. */
void ifmgmt_take_over(void);
/** Before a fetch: some interface has an address, is open and has its link. -ENETUNREACH with fail() when none has an address. */
int ifmgmt_ready(void);
/** Print @netif's address, who gave it, gateway, DNS server and boot file in one line. */
void ifmgmt_show_lease(const struct netif *netif);
/** Print @text, or @len bytes of it, with what is not printable ASCII as '?': it came from the network. */
void ifmgmt_print_safe(const char *text);
void ifmgmt_print_bytes(const char *text, size_t len);

#endif
