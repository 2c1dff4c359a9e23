/* SPDX-License-Identifier: BSD-2-Clause */
/* What a ProxyDHCP server and a boot server answered, as the settings scopes "proxydhcp" and "pxebs" at the top of the tree. They belong
 * to the interface that asked last, and go with its lease. */
#ifndef NET_PXE_ANSWERS_H
#define NET_PXE_ANSWERS_H

#include "core/settings.h"

struct dhcp_message;
struct net;
struct netif;

enum pxe_answer { PXE_PROXYDHCP, PXE_PXEBS };
struct pxe_answers {
	struct netif *netif;            /* whose they are; NULL: there are none */
	struct settings_scope scope[2];
};

/** Make @m the answer to @netif, and the reply that the cache has. A server id it lacks is the address it came from. */
void pxe_answer_store(struct netif *netif, enum pxe_answer which, const struct dhcp_message *m);
/** The scope of @netif's answer; NULL: there is none. */
const struct settings_scope *pxe_answer(const struct netif *netif, enum pxe_answer which);
/** Forget what @netif was answered. */
void pxe_answers_forget(struct netif *netif);

#endif
