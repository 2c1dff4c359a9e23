/* SPDX-License-Identifier: BSD-2-Clause */
/* The switchboard: net_poll() hands received frames to the protocol they belong to and runs everyone's timers. */
#include "net/net.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/log.h"
#include "core/random.h"
#include "core/string.h"
#include "net/download.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/tcp.h"
#include "net/udp.h"

#define for_each_netif(pos, tmp, net, netif) \
	list_for_each_safe(pos, tmp, &(net)->netifs) \
		if (((netif) = list_entry(pos, struct netif, link))->open)

void net_init(struct net *net)
{
	memset(net, 0, sizeof *net);
	list_init(&net->netifs);
	list_init(&net->udp_sockets);
	list_init(&net->tcp_connections);
	list_init(&net->pings);
	list_init(&net->downloads);
	list_init(&net->idle_connections);
	list_init(&net->tftp_transfers);
	list_init(&net->dns.queries);
	arp_init(net);
	net->ip_id = (uint16_t)random_u32();
	net->tcp_port = (uint16_t)random_u32();
}

static void ipv4_input(struct netif *netif, struct pkt *p, uint32_t now_ms)
{
	struct ipv4_header ip;
	int rc = ipv4_parse(netif, p, &ip, now_ms);

	if (rc == -EINPROGRESS)
		return;
	if (rc == 0 && ip.protocol == IP_TCP && !ip.broadcast) {       /* RFC 1122 4.2.3.10 */
		tcp_input(&ip, p, now_ms);
	} else if (rc == 0 && ip.protocol == IP_UDP) {
		udp_input(&ip, p, now_ms);
	} else if (rc == 0 && ip.protocol == IP_ICMP) {
		icmp_input(&ip, p, now_ms);
	} else {
		netif->counters.rx_dropped++;
		pkt_free(p);
	}
}

static void count_received(struct netif_counters *counters, size_t len)
{
	counters->rx++;
	counters->rx_bytes += (uint32_t)len;
	counters->rx_bytes_kib += counters->rx_bytes >> 10;
	counters->rx_bytes &= 1023;
}

void net_input(struct netif *netif, struct pkt *p, uint32_t now_ms)
{
	count_received(&netif->counters, pkt_len(p));
	switch (eth_parse(netif, p)) {
	case ETH_TYPE_IPV4:
		ipv4_input(netif, p, now_ms);
		break;
	case ETH_TYPE_ARP:
		arp_input(netif, p, now_ms);
		break;
	default:
		netif->counters.rx_dropped++;
		pkt_free(p);
	}
}

static bool receive(struct netif *netif, uint32_t now_ms)
{
	struct nic *nic = netif->nic;
	struct pkt *p;

	netif->work = 0;
	while (netif->open && netif->work < NET_RX_BATCH && (p = nic->driver->receive(nic)) != NULL) {
		netif->work++;
		net_input(netif, p, now_ms);
	}
	return netif->work > 0;
}

static void check_link(struct netif *netif, uint32_t now_ms)
{
	bool was_up = netif->link_up;

	if (!time_reached(now_ms, netif->link_check_ms))
		return;
	netif->link_check_ms = now_ms + NETIF_LINK_CHECK_MS;
	netif->link_up = netif->nic->driver->link_up(netif->nic);
	if (netif->link_up && !was_up)
		dhcp_link_up(netif, now_ms);
	if (netif->link_up != was_up)
		log_info(NET, "%s: link %s\n", netif->name, netif->link_up ? "up" : "down");
}

static void run_timers(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;
	struct netif *netif;

	for_each_netif(pos, tmp, net, netif) {
		if (netif->settings_seen != settings_generation)
			netif_apply_settings(netif);
		check_link(netif, now_ms);
		dhcp_poll(netif, now_ms);
		if (CONFIG_PROXYDHCP)
			boot_server_poll(netif, now_ms);
	}
	arp_poll(net, now_ms);
	reassembly_poll(net, now_ms);
	icmp_poll(net, now_ms);
	dns_poll(net, now_ms);
	tcp_poll(net, now_ms);
	download_poll(net, now_ms);
}

bool net_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;
	struct netif *netif;
	bool any = false;

	for_each_netif(pos, tmp, net, netif)
		any |= receive(netif, now_ms);
	run_timers(net, now_ms);
	for_each_netif(pos, tmp, net, netif)
		netif->nic->driver->kick(netif->nic);
	return any;
}

uint32_t net_deadline(struct net *net, uint32_t now_ms)
{
	uint32_t deadline = arp_deadline(net, now_ms);
	struct list *pos, *tmp;
	struct netif *netif;

	for_each_netif(pos, tmp, net, netif) {
		deadline = time_earlier(deadline, netif->link_check_ms);
		deadline = time_earlier(deadline, dhcp_deadline(netif, now_ms));
		if (CONFIG_PROXYDHCP)
			deadline = time_earlier(deadline, boot_server_deadline(netif, now_ms));
	}
	deadline = time_earlier(deadline, icmp_deadline(net, now_ms));
	deadline = time_earlier(deadline, dns_deadline(net, now_ms));
	deadline = time_earlier(deadline, tcp_deadline(net, now_ms));
	return time_earlier(deadline, download_deadline(net, now_ms));
}

void net_abandon(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;
	struct netif *netif;

	download_shutdown(net, now_ms);
	tcp_shutdown(net, now_ms);
	for_each_netif(pos, tmp, net, netif)
		netif->nic->driver->kick(netif->nic);
}

void net_shutdown(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;
	struct netif *netif;

	net_abandon(net, now_ms);
	for_each_netif(pos, tmp, net, netif)
		netif_close(netif);
}

void net_unreachable(struct netif *netif, uint32_t next_hop, uint32_t now_ms)
{
	tcp_no_neighbour(netif->net, next_hop, now_ms);
	udp_no_neighbour(netif->net, next_hop, now_ms);
	icmp_no_neighbour(netif->net, next_hop);
}
