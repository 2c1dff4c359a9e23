/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP: echo both ways, unreachables in and out. */
#include "net/icmp.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/random.h"
#include "core/string.h"
#include "net/net.h"
#include "net/tcp.h"
#include "net/tcp_mtu.h"
#include "net/udp.h"

enum {
	ICMP_HEADER_BYTES = 8,
	ICMP_ECHO_REPLY = 0, ICMP_UNREACHABLE = 3, ICMP_ECHO_REQUEST = 8,
	UNREACHABLE_NET = 0, UNREACHABLE_HOST = 1, UNREACHABLE_PROTOCOL = 2, UNREACHABLE_PORT = 3, UNREACHABLE_FRAGMENTATION = 4,
	ICMP_ANSWERS_PER_SECOND = 20, QUOTE_BYTES = 8,
};

/* The checksum over the whole message, its field being zero so far. */
static void set_checksum(struct pkt *p)
{
	checksum_store(p->data + 2, 0, p->data, pkt_len(p));
}

/** RFC 1812 4.3.2.8: no more than 20 answers in each second, whoever asks, and the way they go. */
static bool may_answer(const struct ipv4_header *ip, struct ipv4_route *route, uint32_t now_ms)
{
	return !ip->broadcast && ipv4_route_back(ip, route) &&
	       rate_allows(&ip->netif->net->icmp_answers, ICMP_ANSWERS_PER_SECOND, now_ms);
}

/* The request goes back as it came, in the same packet. */
static void answer_echo(const struct ipv4_header *ip, struct pkt *p, uint32_t now_ms)
{
	struct ipv4_route route;

	if (!may_answer(ip, &route, now_ms)) {
		pkt_free(p);
		return;
	}
	memset(p->data, 0, 4);          /* type echo reply, code 0, no checksum yet */
	set_checksum(p);
	ipv4_output(&route, ip->src, IP_ICMP, p, now_ms);
}

static struct ping *find_ping(struct net *net, uint32_t dst, uint16_t id, uint16_t sequence)
{
	struct list *pos;

	list_for_each(pos, &net->pings) {
		struct ping *ping = list_entry(pos, struct ping, link);

		if (ping->rc == -EINPROGRESS && ping->dst == dst && ping->id == id && ping->sequence == sequence)
			return ping;
	}
	return NULL;
}

static void echo_reply(const struct ipv4_header *ip, struct reader *r, uint32_t now_ms)
{
	uint16_t id = rd_be16(r), sequence = rd_be16(r);
	struct ping *ping = find_ping(ip->netif->net, ip->src, id, sequence);

	if (!ping || rd_left(r) != ping->size)
		return;
	ping->rc = 0;
	ping->round_trip_ms = now_ms - ping->sent_ms;
	ping->from = ip->src;
	ping->ttl = ip->ttl;
}

static void ping_unreachable(struct ping *ping, const struct ipv4_header *ip, int rc)
{
	if (!ping)
		return;
	ping->from = ip->src;
	ping->rc = fail(rc, "%pI4 says so", &ping->from);
}

static int unreachable_rc(uint8_t code)
{
	switch (code) {
	case UNREACHABLE_NET:
		return -ENETUNREACH;
	case UNREACHABLE_PROTOCOL:
	case UNREACHABLE_PORT:
		return -ECONNREFUSED;
	default:
		return -EHOSTUNREACH;
	}
}

/** RFC 1122 3.2.2.1: hand it to whom the quoted header belongs, if we sent such a packet at all. */
static void unreachable(const struct ipv4_header *ip, uint8_t code, struct reader *r, uint32_t now_ms)
{
	struct net *net = ip->netif->net;
	int rc = unreachable_rc(code);
	uint8_t version_ihl, protocol;
	uint32_t src, dst, third;
	uint16_t mtu, first, second;

	rd_skip(r, 2);
	mtu = rd_be16(r);               /* RFC 1191 4: of the link that was too narrow */
	version_ihl = rd_u8(r);
	rd_skip(r, 8);
	protocol = rd_u8(r);
	rd_skip(r, 2);
	src = rd_be32(r);
	dst = rd_be32(r);
	rd_skip(r, (version_ihl & 15) * 4u - IPV4_HEADER_BYTES);       /* less than 5 words wraps, and is past the end */
	first = rd_be16(r);             /* ports, or an echo's type, code and checksum */
	second = rd_be16(r);
	third = rd_be32(r);             /* TCP's sequence number, an echo's id and sequence */
	if (!rd_ok(r) || version_ihl >> 4 != 4 || src != ip->netif->ip)
		return;
	if (code == UNREACHABLE_FRAGMENTATION) {
		if (CONFIG_PATH_MTU && protocol == IP_TCP)      /* nothing else says that it may not be cut */
			tcp_mtu_told(net, dst, first, second, third, mtu);
	} else if (protocol == IP_TCP)
		tcp_unreachable(net, dst, first, second, third, rc, now_ms);
	else if (protocol == IP_UDP)
		udp_unreachable(net, first, dst, second, rc, now_ms);
	else if (protocol == IP_ICMP && first == ICMP_ECHO_REQUEST << 8)
		ping_unreachable(find_ping(net, dst, (uint16_t)(third >> 16), (uint16_t)third), ip, rc);
}

void icmp_input(const struct ipv4_header *ip, struct pkt *p, uint32_t now_ms)
{
	struct reader r = rd_init(p->data, pkt_len(p));
	uint8_t type = rd_u8(&r), code = rd_u8(&r);

	rd_skip(&r, 2);
	if (rd_left(&r) < ICMP_HEADER_BYTES - 4 || checksum_finish(checksum_add(0, p->data, pkt_len(p))) != 0) {
		ip->netif->counters.rx_dropped++;
	} else if (type == ICMP_ECHO_REQUEST && code == 0) {
		answer_echo(ip, p, now_ms);
		return;
	} else if (type == ICMP_ECHO_REPLY && code == 0) {
		echo_reply(ip, &r, now_ms);
	} else if (type == ICMP_UNREACHABLE) {
		unreachable(ip, code, &r, now_ms);
	}
	pkt_free(p);
}

/* RFC 1122 3.2.2: the quote is a header and 8 bytes. The header is written anew from what is known of it: its addresses and
 * protocol are what the sender looks for. */
void icmp_port_unreachable(const struct ipv4_header *ip, const struct pkt *original, uint32_t now_ms)
{
	struct ipv4_route route;
	struct pkt *p;
	struct writer w;

	if (pkt_len(original) < QUOTE_BYTES || !may_answer(ip, &route, now_ms))
		return;
	p = pkt_alloc();
	if (!p)
		return;
	w = wr_init(pkt_put(p, ICMP_HEADER_BYTES + IPV4_HEADER_BYTES + QUOTE_BYTES), ICMP_HEADER_BYTES + IPV4_HEADER_BYTES + QUOTE_BYTES);
	wr_fields(&w, "1124", ICMP_UNREACHABLE, UNREACHABLE_PORT, 0, 0);
	wr_fields(&w, "224112", 0x4500, (uint32_t)(IPV4_HEADER_BYTES + pkt_len(original)), 0, ip->ttl, ip->protocol, 0);
	wr_fields(&w, "44", ip->src, ip->dst);
	wr_bytes(&w, original->data, QUOTE_BYTES);
	set_checksum(p);
	ipv4_output(&route, ip->src, IP_ICMP, p, now_ms);
}

/* The data say which byte they are, like everyone's ping. */
static struct pkt *build_echo(const struct ping *ping)
{
	struct pkt *p = pkt_alloc();
	struct writer w;

	if (!p)
		return NULL;
	w = wr_init(pkt_put(p, ICMP_HEADER_BYTES + ping->size), ICMP_HEADER_BYTES + ping->size);
	wr_fields(&w, "1322", ICMP_ECHO_REQUEST, 0, ping->id, ping->sequence);
	for (unsigned i = 0; i < ping->size; i++)
		wr_u8(&w, (uint8_t)i);
	set_checksum(p);
	return p;
}

int ping_start(struct ping *ping, struct net *net, uint32_t dst, uint16_t size, uint32_t timeout_ms, uint32_t now_ms)
{
	struct ipv4_route route;
	struct pkt *p;
	int rc = 0;

	*ping = (struct ping){ .net = net, .dst = dst, .size = size, .sent_ms = now_ms, .timeout_ms = timeout_ms, .rc = -EINPROGRESS };
	list_init(&ping->link);
	ping->id = (uint16_t)random_u32();
	ping->sequence = 1;
	if (size > PING_DATA_MAX)
		return ping->rc = fail(-EINVAL, "ping: at most %u bytes of data", PING_DATA_MAX);
	if ((rc = ipv4_route(net, dst, &route)) != 0)
		return ping->rc = rc;
	ping->next_hop = route.next_hop;
	p = build_echo(ping);
	rc = p ? ipv4_output(&route, dst, IP_ICMP, p, now_ms) : -ENOBUFS;
	if (rc != 0)
		return ping->rc = fail(rc, "ping: cannot send to %pI4", &dst);
	list_append(&net->pings, &ping->link);
	return ping->rc;
}

void ping_stop(struct ping *ping)
{
	list_remove(&ping->link);
}

void icmp_no_neighbour(struct net *net, uint32_t next_hop)
{
	struct list *pos;

	list_for_each(pos, &net->pings) {
		struct ping *ping = list_entry(pos, struct ping, link);

		if (ping->rc == -EINPROGRESS && ping->next_hop == next_hop)
			ping->rc = ipv4_no_neighbour(next_hop, ping->dst);
	}
}

void icmp_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos;

	list_for_each(pos, &net->pings) {
		struct ping *ping = list_entry(pos, struct ping, link);

		if (ping->rc == -EINPROGRESS && time_reached(now_ms, ping->sent_ms + ping->timeout_ms))
			ping->rc = fail(-ETIMEDOUT, "no answer from %pI4 within %u ms", &ping->dst, ping->timeout_ms);
	}
}

uint32_t icmp_deadline(const struct net *net, uint32_t now_ms)
{
	uint32_t deadline = now_ms + 1000;
	struct list *pos;

	list_for_each(pos, &net->pings) {
		const struct ping *ping = list_entry(pos, struct ping, link);

		if (ping->rc == -EINPROGRESS)
			deadline = time_earlier(deadline, ping->sent_ms + ping->timeout_ms);
	}
	return deadline;
}
