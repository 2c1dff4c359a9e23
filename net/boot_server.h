/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking PXE servers (PXE 2.1, section 2.2 and 2.4): a ProxyDHCP server on port 4011 for what its offer left out, and boot servers of a
 * type, which are looked for as option 43 says: those listed by unicast, then by multicast, then by broadcast.
 *
 * boot_server_ask() or boot_server_discover(); rc leaves -EINPROGRESS when an answer came (0: it is in the scope "proxydhcp" or "pxebs") or
 * when nobody answered. The interface must have an address. Boot servers are asked in turn, a second apart, three times, a
 * ProxyDHCP server every half second, four times: the first who answers wins, whenever he was asked. */
#ifndef NET_BOOT_SERVER_H
#define NET_BOOT_SERVER_H

#include <stdint.h>
#include "net/dhcp_port.h"

struct netif;
struct pxe_options;

#define BOOT_SERVERS_MAX 16             /* listed ones that are asked; more are not */

struct boot_server {
	struct dhcp_listener listener;
	int rc;
	uint32_t item;                  /* dhcp_request's boot_item */
	uint32_t target[BOOT_SERVERS_MAX + 2];  /* whom to ask, in order: a broadcast address means port 67, any other 4011 */
	unsigned target_count, asked;
	unsigned listed_count;          /* the first so many targets are the list */
	bool listed_only;               /* nobody else's answer counts */
	uint32_t started_ms, retry_ms;
};

/** Ask the ProxyDHCP server at @address. rc is -EINPROGRESS on return, or the error. */
int boot_server_ask(struct netif *netif, uint32_t address, uint32_t now_ms);
/** Look for a boot server of @type, as @options say. -ENETUNREACH with fail(): they leave nobody to ask. */
int boot_server_discover(struct netif *netif, const struct pxe_options *options, uint16_t type, uint32_t now_ms);
void boot_server_stop(struct netif *netif);
void boot_server_poll(struct netif *netif, uint32_t now_ms);
uint32_t boot_server_deadline(const struct netif *netif, uint32_t now_ms);

#endif
