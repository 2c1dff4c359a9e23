/* SPDX-License-Identifier: BSD-2-Clause */
/* Building and taking apart packets for tests. */
#include "tests/sim/packet.h"

#include <stdio.h>
#include <string.h>

enum { TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17 };

void sim_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void sim_put32(uint8_t *p, uint32_t v)
{
	sim_put16(p, (uint16_t)(v >> 16));
	sim_put16(p + 2, (uint16_t)v);
}

uint16_t sim_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t sim_get32(const uint8_t *p)
{
	return (uint32_t)sim_get16(p) << 16 | sim_get16(p + 2);
}

uint16_t sim_checksum(uint32_t sum, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~((sum & 0xffff) + (sum >> 16));
}

static uint32_t pseudo(uint32_t src, uint32_t dst, uint8_t protocol, size_t len)
{
	return (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) + protocol + (uint32_t)len;
}

/* ---- taking apart ------------------------------------------------------------------------------------------------------------ */

static void parse_arp(struct sim_packet *p, const uint8_t *b, size_t len)
{
	p->ok = len >= 28 && sim_get16(b) == 1 && sim_get16(b + 2) == TYPE_IPV4 && b[4] == 6 && b[5] == 4;
	if (!p->ok)
		return;
	p->arp_op = sim_get16(b + 6);
	memcpy(p->arp_sender_mac, b + 8, 6);
	p->arp_sender_ip = sim_get32(b + 14);
	memcpy(p->arp_target_mac, b + 18, 6);
	p->arp_target_ip = sim_get32(b + 24);
}

static void parse_option(struct sim_packet *p, uint8_t kind, const uint8_t *value, size_t len)
{
	if (kind == 2 && len == 2)
		p->mss = sim_get16(value);
	else if (kind == 3 && len == 1)
		p->scale = value[0];
	else if (kind == 4 && len == 0)
		p->sack_permitted = true;
	else if (kind == 5)
		for (; len >= 8 && p->sack_count < 4; len -= 8, value += 8) {
			p->sack[p->sack_count][0] = sim_get32(value);
			p->sack[p->sack_count++][1] = sim_get32(value + 4);
		}
	else if (kind == 8 && len == 8) {
		p->timestamps = true;
		p->ts_value = sim_get32(value);
		p->ts_echo = sim_get32(value + 4);
	}
}

static void parse_tcp(struct sim_packet *p)
{
	const uint8_t *b = p->payload;
	size_t header = p->payload_len >= 20 ? (size_t)(b[12] >> 4) * 4 : 0;

	p->ok = header >= 20 && header <= p->payload_len &&
	        sim_checksum(pseudo(p->src, p->dst, PROTO_TCP, p->payload_len), b, p->payload_len) == 0;
	if (header < 20 || header > p->payload_len)
		return;
	p->src_port = sim_get16(b);
	p->dst_port = sim_get16(b + 2);
	p->seq = sim_get32(b + 4);
	p->ack = sim_get32(b + 8);
	p->flags = b[13] & 0x3f;
	p->window = sim_get16(b + 14);
	p->data = b + header;
	p->data_len = p->payload_len - header;
	for (size_t i = 20; i < header && b[i] != 0;) {
		if (b[i] == 1) {
			i++;
			continue;
		}
		if (i + 1 >= header || b[i + 1] < 2 || i + b[i + 1] > header) {
			p->ok = false;
			return;
		}
		parse_option(p, b[i], b + i + 2, b[i + 1] - 2u);
		i += b[i + 1];
	}
}

static void parse_udp(struct sim_packet *p)
{
	const uint8_t *b = p->payload;

	p->ok = p->payload_len >= 8 && sim_get16(b + 4) == p->payload_len &&
	        (sim_get16(b + 6) == 0 || sim_checksum(pseudo(p->src, p->dst, PROTO_UDP, p->payload_len), b, p->payload_len) == 0);
	if (p->payload_len < 8)
		return;
	p->src_port = sim_get16(b);
	p->dst_port = sim_get16(b + 2);
	p->data = b + 8;
	p->data_len = p->payload_len - 8;
}

static void parse_icmp(struct sim_packet *p)
{
	const uint8_t *b = p->payload;

	p->ok = p->payload_len >= 8 && sim_checksum(0, b, p->payload_len) == 0;
	if (p->payload_len < 8)
		return;
	p->icmp_type = b[0];
	p->icmp_code = b[1];
	p->data = b + 8;
	p->data_len = p->payload_len - 8;
}

static void parse_ip(struct sim_packet *p, const uint8_t *b, size_t len)
{
	size_t header = len >= 20 ? (size_t)(b[0] & 15) * 4 : 0, total = len >= 20 ? sim_get16(b + 2) : 0;

	p->ok = false;
	if (header < 20 || b[0] >> 4 != 4 || total < header || total > len)
		return;
	p->ip = b;
	p->ip_len = total;
	p->src = sim_get32(b + 12);
	p->dst = sim_get32(b + 16);
	p->protocol = b[9];
	p->ttl = b[8];
	p->ip_id = sim_get16(b + 4);
	p->fragment = sim_get16(b + 6);
	p->payload = b + header;
	p->payload_len = total - header;
	if (sim_checksum(0, b, header) != 0)
		return;
	p->ok = true;
	if (p->fragment & 0x3fff)
		return;
	if (p->protocol == PROTO_TCP)
		parse_tcp(p);
	else if (p->protocol == PROTO_UDP)
		parse_udp(p);
	else if (p->protocol == PROTO_ICMP)
		parse_icmp(p);
}

void sim_parse_ip(struct sim_packet *p, const void *packet, size_t len)
{
	memset(p, 0, sizeof *p);
	p->scale = -1;
	p->type = TYPE_IPV4;
	p->len = len;
	parse_ip(p, packet, len);
}

void sim_parse_frame(struct sim_packet *p, const void *frame, size_t len)
{
	const uint8_t *b = frame;

	memset(p, 0, sizeof *p);
	p->scale = -1;
	p->frame = b;
	p->len = len;
	if (len < 14)
		return;
	memcpy(p->eth_dst, b, 6);
	memcpy(p->eth_src, b + 6, 6);
	p->type = sim_get16(b + 12);
	if (p->type == TYPE_ARP)
		parse_arp(p, b + 14, len - 14);
	else if (p->type == TYPE_IPV4)
		parse_ip(p, b + 14, len - 14);
}

void sim_describe(const struct sim_packet *p, char *text, size_t size)
{
	uint32_t from = p->type == TYPE_ARP ? p->arp_sender_ip : p->src, to = p->type == TYPE_ARP ? p->arp_target_ip : p->dst;
	int n = snprintf(text, size, "%u.%u.%u.%u > %u.%u.%u.%u%s ", from >> 24, from >> 16 & 255, from >> 8 & 255, from & 255,
	                 to >> 24, to >> 16 & 255, to >> 8 & 255, to & 255, p->ok ? "" : " (bad)");

	if (n < 0 || (size_t)n >= size)
		return;
	text += n;
	size -= (size_t)n;
	if (p->type == TYPE_ARP)
		snprintf(text, size, "arp %s", p->arp_op == SIM_ARP_REQUEST ? "request" : "reply");
	else if (p->protocol == PROTO_UDP)
		snprintf(text, size, "udp %u > %u, %zu bytes", p->src_port, p->dst_port, p->data_len);
	else if (p->protocol == PROTO_ICMP)
		snprintf(text, size, "icmp type %u code %u, %zu bytes", p->icmp_type, p->icmp_code, p->data_len);
	else if (p->protocol == PROTO_TCP)
		snprintf(text, size, "tcp %u > %u %s%s%s%s seq %u ack %u win %u, %zu bytes, %u sack", p->src_port, p->dst_port,
		         p->flags & SIM_SYN ? "S" : "", p->flags & SIM_FIN ? "F" : "", p->flags & SIM_RST ? "R" : "",
		         p->flags & SIM_ACK ? "." : "", p->seq, p->ack, p->window, p->data_len, p->sack_count);
	else
		snprintf(text, size, "type %04x protocol %u, %zu bytes", p->type, p->protocol, p->len);
}

/* ---- building ---------------------------------------------------------------------------------------------------------------- */

size_t sim_build_ip(uint8_t *b, const struct sim_ip4 *ip, const void *payload, size_t len)
{
	size_t header = 20 + ip->options_len;

	memset(b, 0, header);
	b[0] = (uint8_t)(0x40 | header / 4);
	sim_put16(b + 2, (uint16_t)((int)(header + len) + ip->total_length_error));
	sim_put16(b + 4, ip->id);
	sim_put16(b + 6, ip->fragment);
	b[8] = ip->ttl ? ip->ttl : 64;
	b[9] = ip->protocol;
	sim_put32(b + 12, ip->src);
	sim_put32(b + 16, ip->dst);
	if (ip->options_len)
		memcpy(b + 20, ip->options, ip->options_len);
	sim_put16(b + 10, sim_checksum(0, b, header) ^ (ip->bad_checksum ? 0x0100 : 0));
	if (len)
		memmove(b + header, payload, len);
	return header + len;
}

size_t sim_build_udp(uint8_t *b, const struct sim_udp *udp)
{
	struct sim_ip4 ip = { .src = udp->src, .dst = udp->dst, .protocol = PROTO_UDP };
	uint8_t *u = b + 20;
	size_t len = 8 + udp->len;
	uint16_t checksum;

	sim_put16(u, udp->src_port);
	sim_put16(u + 2, udp->dst_port);
	sim_put16(u + 4, (uint16_t)((int)len + udp->length_error));
	sim_put16(u + 6, 0);
	if (udp->len)
		memcpy(u + 8, udp->data, udp->len);
	checksum = sim_checksum(pseudo(udp->src, udp->dst, PROTO_UDP, len), u, len);
	checksum = checksum ? checksum : 0xffff;
	if (!udp->no_checksum)
		sim_put16(u + 6, checksum ^ (udp->bad_checksum ? 0x0100 : 0));
	return sim_build_ip(b, &ip, u, len);
}

size_t sim_build_tcp(uint8_t *b, const struct sim_tcp *tcp)
{
	struct sim_ip4 ip = { .src = tcp->src, .dst = tcp->dst, .protocol = PROTO_TCP };
	uint8_t *t = b + 20;
	size_t header = 20 + (tcp->options_len + 3) / 4 * 4, len = header + tcp->len;

	memset(t, 0, header);
	sim_put16(t, tcp->src_port);
	sim_put16(t + 2, tcp->dst_port);
	sim_put32(t + 4, tcp->seq);
	sim_put32(t + 8, tcp->ack);
	t[12] = (uint8_t)(((int)header / 4 + tcp->data_offset_error) << 4);
	t[13] = tcp->flags;
	sim_put16(t + 14, tcp->window);
	sim_put16(t + 18, tcp->urgent);
	if (tcp->options_len)
		memcpy(t + 20, tcp->options, tcp->options_len);
	if (tcp->len)
		memcpy(t + header, tcp->data, tcp->len);
	sim_put16(t + 16, sim_checksum(pseudo(tcp->src, tcp->dst, PROTO_TCP, len), t, len) ^ (tcp->bad_checksum ? 0x0100 : 0));
	return sim_build_ip(b, &ip, t, len);
}

size_t sim_build_icmp(uint8_t *b, uint32_t src, uint32_t dst, uint8_t type, uint8_t code, uint32_t rest, const void *data, size_t len)
{
	struct sim_ip4 ip = { .src = src, .dst = dst, .protocol = PROTO_ICMP };
	uint8_t *i = b + 20;

	i[0] = type;
	i[1] = code;
	sim_put16(i + 2, 0);
	sim_put32(i + 4, rest);
	if (len)
		memcpy(i + 8, data, len);
	sim_put16(i + 2, sim_checksum(0, i, 8 + len));
	return sim_build_ip(b, &ip, i, 8 + len);
}

size_t sim_build_frame(uint8_t *b, const uint8_t dst[6], const uint8_t src[6], uint16_t type, const void *payload, size_t len)
{
	memmove(b + 14, payload, len);
	memcpy(b, dst, 6);
	memcpy(b + 6, src, 6);
	sim_put16(b + 12, type);
	return 14 + len;
}

size_t sim_build_arp(uint8_t *b, const struct sim_arp *arp)
{
	sim_put16(b, 1);
	sim_put16(b + 2, TYPE_IPV4);
	b[4] = 6;
	b[5] = 4;
	sim_put16(b + 6, arp->op);
	memcpy(b + 8, arp->sender_mac, 6);
	sim_put32(b + 14, arp->sender_ip);
	memcpy(b + 18, arp->target_mac, 6);
	sim_put32(b + 24, arp->target_ip);
	return 28;
}
