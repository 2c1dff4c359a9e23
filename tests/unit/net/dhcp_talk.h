/* SPDX-License-Identifier: BSD-2-Clause */
/* Talking with the DHCP client: what a server says, and what the client sent. Included by one file of a test program. */
#ifndef TESTS_UNIT_NET_DHCP_TALK_H
#define TESTS_UNIT_NET_DHCP_TALK_H

#include "net/dhcp.h"
#include "net/dhcp_message.h"
#include "net/eth.h"
#include "net/pxe_options.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define SERVER SIM_GATEWAY

static struct sim s;
static struct dhcp *const dhcp = &s.netif.dhcp;

/* What the server says; a test changes what it wants to be different. */
__attribute__((unused)) static struct reply {
	uint8_t type;
	uint32_t xid, ciaddr, yiaddr, siaddr, server, mask, gateway, lease_s;
	const char *file, *sname;
	uint8_t options[600];                   /* more, raw */
	size_t options_len;
	bool no_end, bad_cookie, wrong_mac, unicast;
	uint16_t src_port;
	uint32_t from;                          /* IP source, if it is not the server */
	uint32_t dst;                           /* IP destination, if it is neither all nor yiaddr */
} usual = { .yiaddr = SIM_IP, .server = SERVER, .mask = SIM_NETMASK, .gateway = SIM_GATEWAY, .lease_s = 3600, .src_port = 67 };

static size_t put4(uint8_t *b, uint8_t tag, uint32_t value)
{
	b[0] = tag;
	b[1] = 4;
	sim_put32(b + 2, value);
	return 6;
}

static size_t build(uint8_t *b, const struct reply *r)
{
	size_t n = 240;

	memset(b, 0, n);
	b[0] = 2;
	b[1] = 1;
	b[2] = 6;
	sim_put32(b + 4, r->xid);
	sim_put32(b + 12, r->ciaddr);
	sim_put32(b + 16, r->yiaddr);
	sim_put32(b + 20, r->siaddr);
	memcpy(b + 28, sim_stack_mac, 6);
	if (r->wrong_mac)
		b[33] ^= 1;
	if (r->sname)
		strncpy((char *)b + 44, r->sname, 64);
	if (r->file)
		strncpy((char *)b + 108, r->file, 128);
	sim_put32(b + 236, r->bad_cookie ? 0x63825364 : 0x63825363);
	b[n++] = 53;
	b[n++] = 1;
	b[n++] = r->type;
	if (r->server)
		n += put4(b + n, 54, r->server);
	if (r->mask)
		n += put4(b + n, 1, r->mask);
	if (r->gateway)
		n += put4(b + n, 3, r->gateway);
	if (r->lease_s)
		n += put4(b + n, 51, r->lease_s);
	memcpy(b + n, r->options, r->options_len);
	n += r->options_len;
	if (!r->no_end)
		b[n++] = 255;
	return n;
}

__attribute__((unused)) static void reply(const struct reply *r, uint8_t type)
{
	struct reply copy = *r;
	uint8_t message[1500];
	struct sim_udp udp = { .src = r->from ? r->from : r->server ? r->server : SERVER,
	                       .dst = r->dst ? r->dst : r->unicast ? r->yiaddr : 0xffffffff,
	                       .src_port = r->src_port, .dst_port = 68, .data = message };

	copy.type = type;
	copy.xid = r->xid ? r->xid : dhcp->listener.xid;
	udp.len = build(message, &copy);
	sim_send_udp(&s, &udp);
}

/** Option @tag of a message the client sent; its length or -1. */
__attribute__((unused)) static int option(const struct sim_packet *p, uint8_t tag, const uint8_t **value)
{
	for (size_t i = 240; i + 1 < p->data_len && p->data[i] != 255;) {
		if (p->data[i] == 0) {
			i++;
			continue;
		}
		*value = p->data + i + 2;
		if (p->data[i] == tag)
			return p->data[i + 1];
		i += 2u + p->data[i + 1];
	}
	return -1;
}

/** The next message of the client's; its type, or 0 if there is none. */
__attribute__((unused)) static int take(struct sim_packet *p)
{
	const uint8_t *type;

	do
		if (!sim_take(&s, p))
			return 0;
	while (p->type == ETH_TYPE_ARP && p->arp_sender_ip == 0);       /* RFC 5227's probe */
	if (p->protocol != 17 || p->dst_port != 67 || !p->ok)
		return 0;
	return option(p, 53, &type) == 1 ? type[0] : -1;
}

__attribute__((unused)) static void begin(void)
{
	sim_start(&s);
	dhcp_start(&s.netif, 60000, s.now_ms);
}

__attribute__((unused)) static void bind_with(const struct reply *r)
{
	struct sim_packet p;

	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	reply(r, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(r, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	sim_discard(&s);
}

__attribute__((unused)) static size_t setting(uint32_t tag, const uint8_t **value)
{
	size_t len = 0;

	*value = settings_find(&s.netif.lease, tag, NULL, false, &len);
	return *value ? len : (size_t)-1;
}

#define EXPECT_SETTING(tag, wanted)                                                     \
	do {                                                                            \
		const uint8_t *value_;                                                  \
		EXPECT_EQ(setting(tag, &value_), sizeof(wanted) - 1);                   \
		if (value_)                                                             \
			EXPECT_MEM(value_, wanted, sizeof(wanted) - 1);                 \
	} while (0)

__attribute__((unused)) static void add_option(struct reply *r, uint8_t tag, const void *value, size_t len)
{
	r->options[r->options_len] = tag;
	r->options[r->options_len + 1] = (uint8_t)len;
	memcpy(r->options + r->options_len + 2, value, len);
	r->options_len += 2 + len;
}

/** Option 43's sub-option @sub of @value. */
__attribute__((unused)) static void add_vendor(struct reply *r, uint8_t sub, const void *value, size_t len)
{
	uint8_t inner[255] = { sub, (uint8_t)len };

	memcpy(inner + 2, value, len);
	add_option(r, 43, inner, len + 2);      /* a repeated option continues the one before (RFC 3396) */
}

#define PROXY SIM_ADDR(10, 0, 2, 9)
/** What a ProxyDHCP server begins with: it has no address to give. */
__attribute__((unused)) static struct reply proxy_reply(void)
{
	struct reply r = { .server = PROXY, .src_port = 67 };

	add_option(&r, 60, "PXEClient", 9);
	return r;
}

#endif
