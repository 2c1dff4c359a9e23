/* SPDX-License-Identifier: BSD-2-Clause */
/* Actions on interfaces: open one and wait for its link, configure it by DHCP, make the network ready for a fetch. They wait
 * (usr/wait.h) and say in one line what they wait for. */
#ifndef USR_IFMGMT_H
#define USR_IFMGMT_H

#include <stdbool.h>
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
/** Before a fetch: some interface has an address, is open and has its link. -ENETUNREACH with fail() when none has an address. */
int ifmgmt_ready(void);
/** Print @netif's address, gateway, DNS server and boot file in one line. */
void ifmgmt_show_lease(const struct netif *netif);
/** Print @text with what is not printable ASCII as '?': it came from the network. */
void ifmgmt_print_safe(const char *text);

#endif
