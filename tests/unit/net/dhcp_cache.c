/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages that an interface keeps, and leases taken over. */
#include "net/dhcp_cache.h"

#include "core/errors.h"
#include "net/pxe_answers.h"
#include "tests/unit/net/dhcp_talk.h"

TEST(what_was_sent_and_what_was_taken_are_kept_to_the_byte)
{
	struct reply r = usual;
	const struct dhcp_packet *p;
	struct sim_packet sent;
	uint8_t bytes[1500];
	size_t len;

	begin();
	EXPECT(!dhcp_cached(&s.netif, DHCP_CACHED_ACK));
	EXPECT(!dhcp_cached(&s.netif, DHCP_CACHED_REPLY));
	EXPECT_EQ(take(&sent), DHCP_DISCOVER);
	p = dhcp_cached(&s.netif, DHCP_CACHED_DISCOVER);
	EXPECT(p && p->len == sent.data_len && memcmp(p->data, sent.data, sent.data_len) == 0);
	r.file = "pxelinux.0";
	reply(&r, DHCP_OFFER);
	reply(&r, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	r.type = DHCP_ACK;
	r.xid = dhcp->listener.xid;
	len = build(bytes, &r);
	p = dhcp_cached(&s.netif, DHCP_CACHED_ACK);
	EXPECT(p && p->len == len && memcmp(p->data, bytes, len) == 0);
	p = dhcp_cached(&s.netif, DHCP_CACHED_REPLY);           /* none: the ACK stands for it */
	EXPECT(p && p->len == len && memcmp(p->data, bytes, len) == 0);
	netif_close(&s.netif);
	EXPECT(dhcp_cached(&s.netif, DHCP_CACHED_ACK) == p - 1 || dhcp_cached(&s.netif, DHCP_CACHED_ACK) == p);
	netif_open(&s.netif, s.now_ms);
	dhcp_start(&s.netif, 60000, s.now_ms);
	EXPECT(!dhcp_cached(&s.netif, DHCP_CACHED_ACK));
	sim_stop(&s);
}

TEST(a_proxys_answer_is_the_reply)
{
	struct reply proxy = proxy_reply();
	const struct dhcp_packet *p;

	begin();
	bind_with(&usual);
	proxy.file = "proxys";
	reply(&proxy, DHCP_OFFER);
	p = dhcp_cached(&s.netif, DHCP_CACHED_REPLY);
	EXPECT(p && strcmp((const char *)p->data + 108, "proxys") == 0);
	p = dhcp_cached(&s.netif, DHCP_CACHED_ACK);
	EXPECT(p && p->data[108] == 0);
	sim_stop(&s);
}

static size_t somebodys(uint8_t *bytes, uint8_t type, const struct reply *from)
{
	struct reply r = *from;

	r.type = type;
	r.xid = 0x99;
	return build(bytes, &r);
}

TEST(a_lease_that_somebody_else_got_is_taken_over)
{
	struct reply r = usual, proxy = proxy_reply();
	uint8_t bytes[1500];
	size_t len;

	sim_start(&s);
	r.file = "undionly.kpxe";
	len = somebodys(bytes, DHCP_ACK, &r);
	EXPECT_EQ(dhcp_use_cached(&s.netif, bytes, len, s.now_ms), 0);
	EXPECT_EQ(dhcp->state, DHCP_BOUND);
	EXPECT(dhcp->cached && dhcp->rc == 0);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	EXPECT(dhcp_cached(&s.netif, DHCP_CACHED_ACK) && dhcp_cached(&s.netif, DHCP_CACHED_ACK)->len == len);
	EXPECT_EQ(dhcp_use_cached_reply(&s.netif, bytes, len), 0);      /* the ACK once more: nobody else answered */
	EXPECT(!pxe_answer(&s.netif, PXE_PROXYDHCP));
	len = somebodys(bytes, DHCP_ACK, &proxy);
	EXPECT_EQ(dhcp_use_cached_reply(&s.netif, bytes, len), 0);
	EXPECT(pxe_answer(&s.netif, PXE_PROXYDHCP));
	sim_discard(&s);
	sim_add_host(&s, SERVER);
	sim_advance(&s, 1800000);               /* it is renewed like any other */
	{
		struct sim_packet p;

		EXPECT_EQ(take(&p), DHCP_REQUEST);
		EXPECT_EQ(sim_get32(p.data + 12), SIM_IP);
	}
	dhcp_start(&s.netif, 60000, s.now_ms);
	EXPECT(!dhcp->cached);
	sim_stop(&s);
}

TEST(what_is_no_lease_of_ours_is_refused)
{
	static const uint8_t types[] = { DHCP_OFFER, DHCP_NAK, DHCP_REQUEST };
	struct reply r = usual;
	uint8_t bytes[1500];
	size_t len;

	sim_start(&s);
	for (unsigned i = 0; i < 3; i++) {
		len = somebodys(bytes, types[i], &usual);
		EXPECT_EQ(dhcp_use_cached(&s.netif, bytes, len, s.now_ms), -EPROTO);
	}
	r.wrong_mac = true;
	len = somebodys(bytes, DHCP_ACK, &r);
	EXPECT_EQ(dhcp_use_cached(&s.netif, bytes, len, s.now_ms), -EPROTO);
	EXPECT_EQ(dhcp_use_cached_reply(&s.netif, bytes, len), -EPROTO);
	r = usual;
	r.yiaddr = 0;
	len = somebodys(bytes, DHCP_ACK, &r);
	EXPECT_EQ(dhcp_use_cached(&s.netif, bytes, len, s.now_ms), -EPROTO);
	len = somebodys(bytes, DHCP_ACK, &usual);
	for (size_t n = 0; n < 243; n++)
		EXPECT_EQ(dhcp_use_cached(&s.netif, bytes, n, s.now_ms), -EPROTO);
	EXPECT_EQ(s.netif.ip, 0);
	netif_close(&s.netif);
	EXPECT_EQ(dhcp_use_cached(&s.netif, bytes, len, s.now_ms), -ENETDOWN);
	sim_stop(&s);
}
