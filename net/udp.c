/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP: udp_open(), udp_output(), udp_input() finds the socket, udp_close(). */
#include "net/udp.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/random.h"
#include "net/icmp.h"
#include "net/net.h"

enum { UDP_HEADER_BYTES = 8, DYNAMIC_PORTS = 0xc000 };

/* A socket bound to an interface hears that one alone; two may share a port on different interfaces. */
static struct udp_socket *find(struct net *net, const struct netif *netif, uint16_t port)
{
	struct list *pos;

	list_for_each(pos, &net->udp_sockets) {
		struct udp_socket *s = list_entry(pos, struct udp_socket, link);

		if (s->local_port == port && (!netif || !s->netif || s->netif == netif))
			return s;
	}
	return NULL;
}

int udp_open(struct udp_socket *s, struct net *net, uint16_t local_port)
{
	uint16_t port = local_port;

	while (port == 0 || find(net, s->netif, port)) {
		if (local_port)
			return fail(-EADDRINUSE, "UDP port %u", port);
		port = (uint16_t)(DYNAMIC_PORTS | random_u32());        /* RFC 6056 */
	}
	s->net = net;
	s->local_port = port;
	list_append(&net->udp_sockets, &s->link);
	return 0;
}

void udp_close(struct udp_socket *s)
{
	if (s->net)
		list_remove(&s->link);
	s->net = NULL;
}

int udp_output(struct udp_socket *s, struct pkt *p, uint32_t dst, uint16_t dst_port, uint32_t now_ms)
{
	struct ipv4_route route;
	int rc = ipv4_route(s->net, dst, &route);

	if (rc != 0) {
		pkt_free(p);
		return rc;
	}
	return udp_output_route(s, p, &route, dst, dst_port, now_ms);
}

int udp_output_route(struct udp_socket *s, struct pkt *p, const struct ipv4_route *route, uint32_t dst, uint16_t dst_port,
                     uint32_t now_ms)
{
	size_t len = pkt_len(p) + UDP_HEADER_BYTES;
	uint8_t *header = pkt_push(p, UDP_HEADER_BYTES);
	struct writer w;

	if (!header) {
		pkt_free(p);
		return -ENOBUFS;
	}
	w = wr_init(header, UDP_HEADER_BYTES);
	wr_fields(&w, "2222", s->local_port, dst_port, (uint32_t)len, 0);
	checksum_store(header + 6, checksum_pseudo(route->src, dst, IP_UDP, len), header, len);
	if (header[6] == 0 && header[7] == 0)           /* which would mean none */
		header[6] = header[7] = 0xff;
	return ipv4_output(route, dst, IP_UDP, p, now_ms);
}

void udp_input(const struct ipv4_header *ip, struct pkt *p, uint32_t now_ms)
{
	struct reader r = rd_init(p->data, pkt_len(p));
	uint16_t src_port = rd_be16(&r), dst_port = rd_be16(&r), len = rd_be16(&r), checksum = rd_be16(&r);
	struct udp_socket *s;

	if (!rd_ok(&r) || len < UDP_HEADER_BYTES || len > pkt_len(p)) {
		ip->netif->counters.rx_dropped++;
		goto done;
	}
	pkt_trim(p, len);
	s = find(ip->netif->net, ip->netif, dst_port);
	if (!s && ip->broadcast)
		goto done;              /* most of a LAN's broadcasts end here, unsummed */
	if (checksum != 0 && !checksum_good(ip, p)) {
		ip->netif->counters.rx_dropped++;
	} else if (!s) {
		icmp_port_unreachable(ip, p, now_ms);
	} else {
		pkt_pull(p, UDP_HEADER_BYTES);
		s->input(s, ip, src_port, p, now_ms);
	}
done:
	pkt_free(p);
}

void udp_unreachable(struct net *net, uint16_t src_port, uint32_t dst, uint16_t dst_port, int rc, uint32_t now_ms)
{
	struct udp_socket *s = find(net, NULL, src_port);

	if (s && s->unreachable)
		s->unreachable(s, dst, dst_port, rc, now_ms);
}

void udp_no_neighbour(struct net *net, uint32_t next_hop, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->udp_sockets) {
		struct udp_socket *s = list_entry(pos, struct udp_socket, link);
		struct ipv4_route route;

		if (s->peer && ipv4_route(net, s->peer, &route) == 0 && route.next_hop == next_hop)
			s->unreachable(s, s->peer, 0, ipv4_no_neighbour(next_hop, s->peer), now_ms);
	}
}
