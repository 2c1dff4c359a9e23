/* SPDX-License-Identifier: BSD-2-Clause */
/* Address resolution: arp_output() asks and holds packets, arp_input() brings answers, arp_poll() repeats and gives up.
 *
 * A known entry is asked about again now and then while it is used. Until that question is answered it stays as it is: nobody
 * can redirect a connection by a reply that we did not ask for. */
#include "net/arp.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/eth.h"
#include "net/ipv4.h"
#include "net/net.h"

enum {
	ARP_BYTES = 28, ARP_ETHERNET = 1, ARP_REQUEST = 1, ARP_REPLY = 2,
	ARP_TRIES = 11,                         /* at 20 % loss each way one question in three is for nothing, eleven are one time in 70,000 */
	ARP_FAST_TRIES = 4, ARP_FAST_MS = 250, ARP_SLOW_MS = 500,
	ARP_CONFIRM_MS = 30000,                 /* a known entry in use is asked about again after this */
	ARP_CONFIRM_TRIES = 3, ARP_CONFIRM_AGAIN_MS = 1000,
	ROUTERS_MAX = 3,                        /* of option 3's, so that a dead network is said within 15 s */
};

static const uint8_t nobody[6];

static int send_arp_from(struct netif *netif, uint32_t ip, uint16_t op, const uint8_t to[6], const uint8_t target_mac[6], uint32_t target_ip)
{
	struct pkt *p = pkt_alloc();
	struct writer w;

	if (!p)
		return -ENOBUFS;
	w = wr_init(pkt_put(p, ARP_BYTES), ARP_BYTES);
	wr_fields(&w, "22112", ARP_ETHERNET, ETH_TYPE_IPV4, 6, 4, op);
	wr_bytes(&w, netif->mac, 6);
	wr_be32(&w, ip);
	wr_bytes(&w, target_mac, 6);
	wr_be32(&w, target_ip);
	return eth_output(netif, p, to, ETH_TYPE_ARP);
}

static int send_arp(struct netif *netif, uint16_t op, const uint8_t to[6], const uint8_t target_mac[6], uint32_t target_ip)
{
	return send_arp_from(netif, netif->ip, op, to, target_mac, target_ip);
}

static void ask(struct arp_entry *e, uint32_t now_ms)
{
	e->retry_ms = now_ms + (e->tries < ARP_FAST_TRIES - 1 ? ARP_FAST_MS : ARP_SLOW_MS);
	e->tries++;
	send_arp(e->netif, ARP_REQUEST, eth_broadcast, nobody, e->asked_ip);
}

void arp_announce(struct netif *netif)
{
	send_arp(netif, ARP_REQUEST, eth_broadcast, nobody, netif->ip);        /* RFC 5227 3 */
}

void arp_probe(struct netif *netif, uint32_t ip)
{
	netif->probed_ip = ip;
	netif->probe_answered = false;
	send_arp_from(netif, 0, ARP_REQUEST, eth_broadcast, nobody, ip);        /* RFC 5227 2.1.1 */
}

static struct pkt *take_pending(struct arp_entry *e)
{
	struct list *first = e->pending.next;

	list_remove(first);
	e->pending_count--;
	return list_entry(first, struct pkt, link);
}

static void release(struct arp_entry *e)
{
	while (e->state != ARP_FREE && e->pending_count > 0)
		pkt_free(take_pending(e));
	e->state = ARP_FREE;
}

static struct arp_entry *find(struct netif *netif, uint32_t ip)
{
	struct arp_table *table = &netif->net->arp;

	for (struct arp_entry *e = table->entry; e < table->entry + ARP_ENTRIES; e++)
		if (e->state != ARP_FREE && e->ip == ip && e->netif == netif)
			return e;
	return NULL;
}

/** A free entry, or the one that was not used for longest. */
static struct arp_entry *take_entry(struct arp_table *table, uint32_t now_ms)
{
	struct arp_entry *oldest = table->entry;

	for (struct arp_entry *e = table->entry; e < table->entry + ARP_ENTRIES; e++) {
		if (e->state == ARP_FREE)
			return e;
		if (now_ms - e->used_ms > now_ms - oldest->used_ms)
			oldest = e;
	}
	release(oldest);
	return oldest;
}

static struct arp_entry *start_asking(struct netif *netif, uint32_t ip, uint32_t now_ms)
{
	struct arp_entry *e = take_entry(&netif->net->arp, now_ms);

	e->state = ARP_ASKING;
	e->netif = netif;
	e->ip = e->asked_ip = ip;
	e->tries = e->router = 0;
	e->pending_count = 0;
	list_init(&e->pending);
	ask(e, now_ms);
	return e;
}

/** RFC 1122 2.3.2.1: an old entry is confirmed while it is used; one that nobody confirms is asked for from the start. */
static void confirm(struct arp_entry *e, uint32_t now_ms)
{
	if (e->tries == ARP_CONFIRM_TRIES) {
		e->state = ARP_ASKING;
		e->tries = 0;
	}
	ask(e, now_ms);
	if (e->state == ARP_KNOWN)
		e->retry_ms = now_ms + ARP_CONFIRM_AGAIN_MS;
}

static bool is_group(const struct netif *netif, uint32_t ip, uint8_t mac[6])
{
	if (ipv4_is_broadcast(netif, ip)) {
		memcpy(mac, eth_broadcast, 6);
		return true;
	}
	if (!ipv4_is_multicast(ip))
		return false;
	memcpy(mac, "\x01\x00\x5e", 3);         /* RFC 1112 6.4 */
	mac[3] = ip >> 16 & 0x7f;
	mac[4] = (uint8_t)(ip >> 8);
	mac[5] = (uint8_t)ip;
	return true;
}

int arp_output(struct netif *netif, struct pkt *p, uint32_t next_hop, uint32_t now_ms)
{
	struct arp_entry *e;
	uint8_t group[6] = { 0 };

	/* Where the interface is closed eth_output() says so; nobody would let go of what waits here. */
	if (!netif->open || is_group(netif, next_hop, group))
		return eth_output(netif, p, group, ETH_TYPE_IPV4);
	e = find(netif, next_hop);
	if (!e)
		e = start_asking(netif, next_hop, now_ms);
	else if (e->state == ARP_KNOWN && time_reached(now_ms, e->retry_ms))
		confirm(e, now_ms);
	e->used_ms = now_ms;
	if (e->state == ARP_KNOWN)
		return eth_output(netif, p, e->mac, ETH_TYPE_IPV4);
	if (e->pending_count == ARP_PENDING_PACKETS)
		pkt_free(take_pending(e));
	list_append(&e->pending, &p->link);
	e->pending_count++;
	return 0;
}

/** Somebody answered for whom @e asked. */
static void learn(struct arp_entry *e, const uint8_t mac[6], uint32_t now_ms)
{
	memcpy(e->mac, mac, 6);
	e->state = ARP_KNOWN;
	e->tries = 0;
	e->retry_ms = now_ms + ARP_CONFIRM_MS;
	while (e->pending_count > 0)
		eth_output(e->netif, take_pending(e), mac, ETH_TYPE_IPV4);
}

static void answer(struct netif *netif, uint32_t ip, const uint8_t mac[6], uint32_t now_ms)
{
	struct arp_table *table = &netif->net->arp;

	for (struct arp_entry *e = table->entry; e < table->entry + ARP_ENTRIES; e++)
		if (e->state != ARP_FREE && e->tries > 0 && e->asked_ip == ip && e->netif == netif)
			learn(e, mac, now_ms);
}

/** RFC 1122 3.3.1.6: another router may stand in for a gateway that is dead. Is there one left to ask? Its MAC then takes the place of the
 *  gateway's, so that whoever has a route need not change it. */
static bool next_router(struct arp_entry *e)
{
	size_t len = 0, at = ++e->router * 4u;
	const uint8_t *routers = settings_find(&e->netif->settings, TAG_GATEWAY, NULL, true, &len);

	if (e->ip != e->netif->gateway || e->router == ROUTERS_MAX || at + 4 > len)
		return false;
	e->asked_ip = be32_at(routers + at);
	e->tries = 0;
	return true;
}

/** RFC 5227 2.4: another has our address, too. The user is told, once of each address; a machine that boots does not give it up. */
static void dispute(struct netif *netif, const uint8_t mac[6])
{
	netif->disputed_ip = netif->ip;
	memcpy(netif->rival_mac, mac, 6);
	netif->net->disputed = netif;
}

void arp_input(struct netif *netif, struct pkt *p, uint32_t now_ms)
{
	struct reader r = rd_init(p->data, pkt_len(p));
	bool ours = rd_be16(&r) == ARP_ETHERNET;
	uint8_t sender_mac[6];
	uint32_t sender_ip, target_ip;
	uint16_t op;

	ours &= rd_be16(&r) == ETH_TYPE_IPV4;
	ours &= rd_be16(&r) == (6 << 8 | 4);
	op = rd_be16(&r);
	rd_copy(&r, sender_mac, 6);
	sender_ip = rd_be32(&r);
	rd_skip(&r, 6);
	target_ip = rd_be32(&r);
	pkt_free(p);
	ours &= rd_ok(&r) && !(sender_mac[0] & 1) && memcmp(sender_mac, nobody, 6) != 0;
	if (!ours) {
		netif->counters.rx_dropped++;
		return;
	}
	if (CONFIG_DECLINE && sender_ip == netif->probed_ip && memcmp(sender_mac, netif->mac, 6) != 0)
		netif->probe_answered = true;
	if (netif->ip == 0)
		return;
	if (sender_ip == netif->ip) {
		if (netif->disputed_ip != netif->ip && memcmp(sender_mac, netif->mac, 6) != 0)
			dispute(netif, sender_mac);
	} else if (op == ARP_REPLY && target_ip == netif->ip) {
		answer(netif, sender_ip, sender_mac, now_ms);
	} else if (op == ARP_REQUEST && target_ip == netif->ip) {
		send_arp(netif, ARP_REPLY, sender_mac, sender_mac, sender_ip);
	}
}

void arp_poll(struct net *net, uint32_t now_ms)
{
	for (struct arp_entry *e = net->arp.entry; e < net->arp.entry + ARP_ENTRIES; e++) {
		if (e->state != ARP_ASKING || !time_reached(now_ms, e->retry_ms))
			continue;
		if (e->tries < ARP_TRIES || next_router(e)) {
			ask(e, now_ms);
			continue;
		}
		release(e);
		net_unreachable(e->netif, e->ip, now_ms);
	}
}

uint32_t arp_deadline(const struct net *net, uint32_t now_ms)
{
	uint32_t deadline = now_ms + 1000;

	for (const struct arp_entry *e = net->arp.entry; e < net->arp.entry + ARP_ENTRIES; e++)
		if (e->state == ARP_ASKING)
			deadline = time_earlier(deadline, e->retry_ms);
	return deadline;
}

void arp_init(struct net *net)
{
	memset(&net->arp, 0, sizeof net->arp);
}

void arp_forget(struct netif *netif)
{
	struct arp_table *table = &netif->net->arp;

	for (struct arp_entry *e = table->entry; e < table->entry + ARP_ENTRIES; e++)
		if (e->state != ARP_FREE && e->netif == netif)
			release(e);
}
