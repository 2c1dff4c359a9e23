/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4: ipv4_parse() on the way in; ipv4_route() and ipv4_output() on the way out. */
#include "net/ipv4.h"

#include "config/features.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "net/arp.h"
#include "net/net.h"
#include "net/reassembly.h"

enum {
	IP_DONT_FRAGMENT = 0x4000, IP_MORE_FRAGMENTS = 0x2000, IP_OFFSET_MASK = 0x1fff,
	IP_TTL = 64,
	OPTION_END = 0, OPTION_NOP = 1, OPTION_LOOSE_ROUTE = 131, OPTION_STRICT_ROUTE = 137,
};

bool rate_allows(struct rate *rate, unsigned per_second, uint32_t now_ms)
{
	if (now_ms - rate->second_ms >= 1000) {
		rate->second_ms = now_ms;
		rate->count = 0;
	}
	return rate->count++ < per_second;
}

bool ipv4_is_broadcast(const struct netif *netif, uint32_t ip)
{
	/* RFC 3021: a /31 has no broadcast address, and neither has a /32 */
	return ip == 0xffffffff || (netif->ip && ~netif->netmask > 1 && ip == (netif->ip | ~netif->netmask));
}

bool ipv4_is_host(uint32_t ip)
{
	uint8_t first = (uint8_t)(ip >> 24);

	return first != 0 && first != 127 && first < 224;
}

bool ipv4_is_netmask(uint32_t mask)
{
	return mask != 0 && (~mask & (~mask + 1)) == 0;
}

uint8_t ipv4_next_option(struct reader *r, struct reader *body)
{
	uint8_t kind = OPTION_NOP;
	const uint8_t *bytes;
	size_t len;

	while (kind == OPTION_NOP && rd_left(r) > 0)
		kind = rd_u8(r);
	if (kind == OPTION_NOP || kind == OPTION_END)
		return OPTION_END;
	len = (size_t)rd_u8(r) - 2;             /* less than 2 wraps, and is past the end */
	bytes = rd_bytes(r, len);
	if (!bytes)
		return OPTION_END;
	*body = rd_init(bytes, len);
	return kind;
}

/** RFC 1122 3.2.1.8: options are skipped; a source route, or a malformed list, condemns the packet. */
static bool options_ok(const uint8_t *bytes, size_t len)
{
	struct reader r = rd_init(bytes, len), body;
	uint8_t kind;

	while ((kind = ipv4_next_option(&r, &body)) != OPTION_END)
		if (kind == OPTION_LOOSE_ROUTE || kind == OPTION_STRICT_ROUTE)
			return false;
	return rd_ok(&r);
}

/** RFC 1122 3.2.1.3: is it for us? An interface that has no address yet, or asks for one, takes UDP to any (DHCP answers). */
static bool destination_ok(const struct netif *netif, const struct ipv4_header *h)
{
	if ((netif->ip && h->dst == netif->ip) || h->dst == 0xffffffff || (h->broadcast && !ipv4_is_multicast(h->dst)))
		return true;
	return h->protocol == IP_UDP && ipv4_is_host(h->dst) && dhcp_is_asking(netif);
}

int ipv4_parse(struct netif *netif, struct pkt *p, struct ipv4_header *h, uint32_t now_ms)
{
	const uint8_t *header = p->data;
	size_t header_bytes, total;
	uint16_t fragment;

	if (pkt_len(p) < IPV4_HEADER_BYTES || header[0] >> 4 != 4)
		return -EPROTO;
	header_bytes = (header[0] & 15) * 4u;
	total = be16_at(header + 2);
	fragment = be16_at(header + 6);
	h->netif = netif;
	h->ttl = header[8];
	h->protocol = header[9];
	h->src = be32_at(header + 12);
	h->dst = be32_at(header + 16);
	if (header_bytes < IPV4_HEADER_BYTES || total < header_bytes || total > pkt_len(p))
		return -EPROTO;
	h->broadcast = h->dst != netif->ip && (ipv4_is_broadcast(netif, h->dst) || ipv4_is_multicast(h->dst));
	if (!destination_ok(netif, h) || !ipv4_is_host(h->src) || h->src == netif->ip || ipv4_is_broadcast(netif, h->src))
		return -EPROTO;
	if (checksum_finish(checksum_add(0, header, header_bytes)) != 0)
		return -EPROTO;
	if (header_bytes > IPV4_HEADER_BYTES && !options_ok(header + IPV4_HEADER_BYTES, header_bytes - IPV4_HEADER_BYTES))
		return -EPROTO;
	pkt_trim(p, total);
	pkt_pull(p, header_bytes);
	if (!(fragment & (IP_MORE_FRAGMENTS | IP_OFFSET_MASK)))
		return 0;
	if (!CONFIG_FRAGMENTS)
		return -EPROTO;
	return reassembly_input(h, be16_at(header + 4), (fragment & IP_OFFSET_MASK) * 8u, fragment & IP_MORE_FRAGMENTS, p, now_ms);
}

static bool on_link(const struct netif *netif, uint32_t dst)
{
	return netif->open && netif->ip && ((dst ^ netif->ip) & netif->netmask) == 0;
}

static void set_route(struct ipv4_route *route, struct netif *netif, uint32_t next_hop)
{
	*route = (struct ipv4_route){ netif, netif->ip, next_hop, netif->mtu };
}

static bool usable(struct netif *netif, uint32_t dst, bool by_gateway, struct ipv4_route *route)
{
	if (!by_gateway && !on_link(netif, dst) && dst != 0xffffffff)
		return false;
	if (!netif->open || !netif->ip || (by_gateway && !netif->gateway))
		return false;
	set_route(route, netif, by_gateway ? netif->gateway : dst);
	return true;
}

static bool find_route(struct net *net, uint32_t dst, bool by_gateway, struct ipv4_route *route)
{
	struct list *pos;

	if (net->newest && usable(net->newest, dst, by_gateway, route))
		return true;
	list_for_each(pos, &net->netifs)
		if (usable(list_entry(pos, struct netif, link), dst, by_gateway, route))
			return true;
	return false;
}

/** What is missing, in the order in which a person would set it up. */
static int no_route(struct net *net, uint32_t dst)
{
	bool any_open = false, any_configured = false;
	struct list *pos;

	list_for_each(pos, &net->netifs) {
		const struct netif *netif = list_entry(pos, struct netif, link);

		any_open |= netif->open;
		any_configured |= netif->open && netif->ip;
	}
	if (!any_open)
		return fail(-ENETUNREACH, "no interface is open: use dhcp or ifopen");
	if (!any_configured)
		return fail(-ENETUNREACH, "no interface has an address: use dhcp or set net0/ip");
	return fail(-ENETUNREACH, "%pI4 is not on our network and there is no gateway: use dhcp or set net0/gateway", &dst);
}

int ipv4_no_neighbour(uint32_t next_hop, uint32_t dst)
{
	return fail(-EHOSTUNREACH, "no ARP reply from %s%pI4", next_hop == dst ? "" : "gateway ", &next_hop);
}

int ipv4_route(struct net *net, uint32_t dst, struct ipv4_route *route)
{
	if (!ipv4_is_host(dst) && !ipv4_is_multicast(dst) && dst != 0xffffffff)
		return fail(-ENETUNREACH, "%pI4 is not a host's address", &dst);
	if (!find_route(net, dst, false, route) && !find_route(net, dst, true, route))
		return no_route(net, dst);
	if (dst == route->src)
		return fail(-ENETUNREACH, "%pI4 is our own address", &dst);
	return 0;
}

bool ipv4_route_back(const struct ipv4_header *ip, struct ipv4_route *route)
{
	struct netif *netif = ip->netif;
	uint32_t next_hop = on_link(netif, ip->src) ? ip->src : netif->gateway;

	set_route(route, netif, next_hop);
	return ip->dst == netif->ip && next_hop != 0;
}

int ipv4_output(const struct ipv4_route *route, uint32_t dst, uint8_t protocol, struct pkt *p, uint32_t now_ms)
{
	size_t total = pkt_len(p) + IPV4_HEADER_BYTES;
	uint8_t *header = pkt_push(p, IPV4_HEADER_BYTES);
	struct writer w;

	if (!header || total > route->mtu) {
		pkt_free(p);
		return header ? -EMSGSIZE : -ENOBUFS;
	}
	w = wr_init(header, IPV4_HEADER_BYTES);
	wr_fields(&w, "2222112", 0x4500, (uint32_t)total, route->netif->net->ip_id++, protocol == IP_TCP ? IP_DONT_FRAGMENT : 0, IP_TTL, protocol, 0);
	wr_fields(&w, "44", route->src, dst);
	checksum_store(header + 10, 0, header, IPV4_HEADER_BYTES);
	return arp_output(route->netif, p, route->next_hop, now_ms);
}
