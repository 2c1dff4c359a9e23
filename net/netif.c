/* SPDX-License-Identifier: BSD-2-Clause */
/* Network interfaces: netif_init(), netif_open(), netif_apply_settings() whenever settings change, netif_close(). */
#include "net/netif.h"

#include "config/features.h"
#include "core/cursor.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/ipv4.h"
#include "net/net.h"

enum { MTU_MIN = 576 };                 /* RFC 791 3.1: what every host takes; smaller option values are a mistake */

static const char *chip_name(const struct nic *nic)
{
	for (unsigned i = 0; i < nic->driver->id_count; i++)
		if (nic->driver->ids[i].vendor == nic->pci.vendor && nic->driver->ids[i].device == nic->pci.device)
			return nic->driver->ids[i].name;
	return nic->driver->name;
}

static void describe(struct netif *netif)
{
	const char *chip = chip_name(netif->nic);
	uint8_t bus_id[5];
	struct writer w = wr_init(bus_id, sizeof bus_id);

	wr_u8(&w, 1);                   /* PCI */
	wr_be16(&w, netif->nic->pci.vendor);
	wr_be16(&w, netif->nic->pci.device);
	settings_store(&netif->settings, 0, "mac", netif->mac, sizeof netif->mac);
	settings_store(&netif->settings, 0, "busid", bus_id, sizeof bus_id);
	settings_store(&netif->settings, 0, "chip", chip, strlen(chip));
	settings_store(&netif->settings, 0, "ifname", netif->name, strlen(netif->name));
}

void netif_init(struct netif *netif, struct net *net, struct nic *nic)
{
	unsigned number = 0;
	struct list *pos;

	list_for_each(pos, &net->netifs)
		number++;
	netif->net = net;
	netif->nic = nic;
	text_format(netif->name, sizeof netif->name, "net%u", number);
	memcpy(netif->mac, nic->mac, sizeof netif->mac);
	netif->mtu = nic->mtu;
	netif->dhcp.netif = netif;
	dhcp_port_init(&netif->dhcp_port, netif);
	list_append(&net->netifs, &netif->link);
	settings_attach(&netif->settings, settings_root(), netif->name);
	settings_attach(&netif->lease, &netif->settings, "dhcp");
	describe(netif);
	/* Until one is opened, net0 is what a name without a scope means. */
	settings_prefer(&list_entry(net->newest ? &net->newest->link : net->netifs.next, struct netif, link)->settings);
}

int netif_open(struct netif *netif, uint32_t now_ms)
{
	int rc;

	if (netif->open)
		return 0;
	if ((rc = netif->nic->driver->open(netif->nic)) != 0)
		return rc;
	netif->open = true;
	netif->net->newest = netif;
	settings_prefer(&netif->settings);
	netif->link_up = netif->nic->driver->link_up(netif->nic);
	netif->link_check_ms = now_ms + NETIF_LINK_CHECK_MS;
	netif_apply_settings(netif);
	return 0;
}

static struct netif *any_open(struct net *net)
{
	struct netif *found = NULL;
	struct list *pos;

	list_for_each(pos, &net->netifs)
		if (list_entry(pos, struct netif, link)->open)
			found = list_entry(pos, struct netif, link);
	return found;
}

/** The NIC has stopped: nothing of what it brought stays. */
static void stopped(struct netif *netif)
{
	struct net *net = netif->net;

	if (CONFIG_PROXYDHCP) {
		boot_server_stop(netif);
		pxe_answers_forget(netif);
	}
	dhcp_stop(netif);
	arp_forget(netif);
	reassembly_forget(netif);
	netif->open = netif->link_up = false;
	settings_wipe(&netif->lease);
	netif_apply_settings(netif);
	if (net->newest != netif)
		return;
	net->newest = any_open(net);
	if (net->newest)
		settings_prefer(&net->newest->settings);
}

void netif_close(struct netif *netif)
{
	if (!netif->open)
		return;
	netif->nic->driver->close(netif->nic);
	stopped(netif);
}

int netif_restart(struct netif *netif)
{
	int rc;

	netif->nic->driver->close(netif->nic);
	rc = netif->nic->driver->open(netif->nic);
	if (rc != 0)
		stopped(netif);
	return rc;
}

int netif_open_plain(struct netif *netif, bool plain, uint32_t now_ms)
{
	struct nic *nic = netif->nic;
	bool again = netif->open && nic->driver->offloads && nic->plain != plain;

	nic->plain = plain;
	return again ? netif_restart(netif) : netif_open(netif, now_ms);
}

struct netif *netif_find(struct net *net, const char *name)
{
	struct list *pos;

	if (text_casecmp(name, "netX") == 0)
		return net->newest;
	list_for_each(pos, &net->netifs)
		if (strcmp(list_entry(pos, struct netif, link)->name, name) == 0)
			return list_entry(pos, struct netif, link);
	return NULL;
}

static uint32_t find_address(const struct netif *netif, uint32_t tag)
{
	uint32_t ip = 0;

	return settings_find_ipv4(&netif->settings, tag, true, &ip) && ipv4_is_host(ip) ? ip : 0;
}

/** RFC 791 3.2's classes, for an address that came without a mask. */
static uint32_t class_netmask(uint32_t ip)
{
	return ip >> 31 == 0 ? 0xff000000 : ip >> 30 == 2 ? 0xffff0000 : 0xffffff00;
}

static uint16_t find_mtu(const struct netif *netif)
{
	size_t len = 0;
	const uint8_t *value = settings_find(&netif->settings, TAG_MTU, NULL, true, &len);
	struct reader r = rd_init(value ? value : (const uint8_t *)"", len);
	uint16_t mtu = rd_be16(&r);

	if (!rd_ok(&r) || mtu > netif->nic->mtu)
		return netif->nic->mtu;
	return mtu < MTU_MIN ? MTU_MIN : mtu;
}

void netif_apply_settings(struct netif *netif)
{
	uint32_t mask;

	netif->settings_seen = settings_generation;
	netif->ip = find_address(netif, TAG_IP);
	netif->gateway = find_address(netif, TAG_GATEWAY);
	if (!settings_find_ipv4(&netif->settings, TAG_NETMASK, true, &mask) || !ipv4_is_netmask(mask))
		mask = class_netmask(netif->ip);
	netif->netmask = mask;
	netif->mtu = find_mtu(netif);
}
