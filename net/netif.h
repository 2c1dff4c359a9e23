/* SPDX-License-Identifier: BSD-2-Clause */
/* A network interface, net0, net1, ...: a NIC with its link, its addresses and its settings scope.
 *
 * netif_open() starts the NIC, netif_close() stops it; configuration comes from the settings scope "netN" (its own values first, then
 * those of its child scope "dhcp"), re-read whenever settings change. */
#ifndef NET_NETIF_H
#define NET_NETIF_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"
#include "core/settings.h"
#include "net/boot_server.h"
#include "net/dhcp.h"
#include "net/dhcp_cache.h"
#include "net/nic.h"

#define NETIF_LINK_CHECK_MS 250        /* the link is looked at this often */

struct netif_counters {
	uint32_t rx, rx_bytes_kib, tx, rx_dropped, tx_dropped;
	uint32_t rx_bytes;              /* beyond rx_bytes_kib, below 1024 */
};

struct netif {
	struct list link;               /* net->netifs, in order of their numbers */
	struct net *net;
	struct nic *nic;
	char name[8];                   /* "net0" */
	uint8_t mac[NIC_MAC_BYTES];
	bool open;
	bool link_up;                   /* as last seen */
	uint32_t link_check_ms;         /* when to look at the link again */

	/* IPv4, host order; 0 when unset. Derived from settings by netif_apply_settings(). */
	uint32_t ip, netmask, gateway;
	uint16_t mtu;
	uint32_t probed_ip;             /* by arp_probe(), and whether another claimed it since */
	bool probe_answered;
	uint32_t disputed_ip;           /* the address of ours that somebody else claimed, too, and who */
	uint8_t rival_mac[NIC_MAC_BYTES];
	uint32_t settings_seen;         /* settings_generation they were derived from */

	struct netif_counters counters;
	unsigned work;                  /* that this turn's frames were, in usual frames */
	struct settings_scope settings; /* "netN": mac, busid, chip ... and what the user sets */
	struct settings_scope lease;    /* "netN.dhcp" */
	struct dhcp_port dhcp_port;
	struct dhcp dhcp;               /* the DHCP client of this interface */
	struct dhcp_cache dhcp_cache;
	struct boot_server boot_server; /* its question to a PXE server */
};

/** Make @netif (memory of the caller's, zeroed) an interface of @net on @nic; named by its number. Cannot fail. */
void netif_init(struct netif *netif, struct net *net, struct nic *nic);
/** Start the NIC; a no-op when open. Errors of the driver's open(). */
int netif_open(struct netif *netif, uint32_t now_ms);
/** Open, or already so: have frames come as on the wire, for somebody else's stack (@plain), or as they suit ours. Addresses stay.
 *  Errors of the driver's open(), after which the interface is closed. */
int netif_open_plain(struct netif *netif, bool plain, uint32_t now_ms);
/** Stop and start the NIC of an open interface; addresses stay. Errors of the driver's open(), after which the interface is closed. */
int netif_restart(struct netif *netif);
/** Stop the NIC, its DHCP client and its ARP entries; addresses set by hand stay, the lease goes. */
void netif_close(struct netif *netif);
/** Derive addresses and MTU from the settings. net_poll() does so when settings_generation has changed. */
void netif_apply_settings(struct netif *netif);
/** By name, "netX" being the most recently opened; NULL when there is none. */
struct netif *netif_find(struct net *net, const char *name);
/** Has it an IPv4 address? */
static inline bool netif_configured(const struct netif *netif) { return netif->ip != 0; }

#endif
