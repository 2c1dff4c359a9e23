/* SPDX-License-Identifier: BSD-2-Clause */
/* Offers beside the one that is taken: of ProxyDHCP servers, and of other DHCP servers that name a boot file. They are kept as they come, a
 * few of them, one of each kind a server, and ranked when somebody wants to know. */
#ifndef NET_DHCP_OFFERS_H
#define NET_DHCP_OFFERS_H

#include <stdbool.h>
#include <stdint.h>
#include "config/features.h"
#include "net/dhcp_cache.h"

struct dhcp_message;

enum { DHCP_OFFERS_MAX = CONFIG_PROXYDHCP ? 4 : 1 };

/** What an offer is worth, rising; option 175.1 (priority) goes before it. */
enum dhcp_offer_kind {
	DHCP_OFFER_NOTHING,             /* neither a file nor a PXE server's */
	DHCP_OFFER_LEASE_FILE,          /* another DHCP server's, with a boot file */
	DHCP_OFFER_PROXY_ASK,           /* a ProxyDHCP server's, who wants to be asked on port 4011 */
	DHCP_OFFER_PROXY,               /* a ProxyDHCP server's, with a boot file or menu */
};
enum dhcp_offer_kind dhcp_offer_kind(const struct dhcp_message *m);

struct dhcp_offers {
	unsigned count;
	struct { uint32_t from; bool lease; struct dhcp_packet packet; } offer[DHCP_OFFERS_MAX];   /* lease: it offers an address */
};

/** Keep @m if it is worth something and there is room. A server's new one takes the place of its old one. */
void dhcp_offers_add(struct dhcp_offers *offers, const struct dhcp_message *m);
/** Read the offer at @index; false: that was the last. */
bool dhcp_offers_get(const struct dhcp_offers *offers, unsigned index, struct dhcp_message *m);
/** The best, the first of equals, leaving out those of server @taken; its index, or -1 when there is none. */
int dhcp_offers_best(const struct dhcp_offers *offers, uint32_t taken);

#endif
