/* SPDX-License-Identifier: BSD-2-Clause */
/* Offers beside the lease: which are kept, which is best, and what the client makes of them while it has or asks for a lease. */
#include "net/dhcp_offers.h"

#include "core/errors.h"
#include "net/pxe_answers.h"
#include "tests/unit/net/dhcp_talk.h"

static struct dhcp_offers offers;

/** An offer as its bytes: kept until the next. */
static const struct dhcp_message *offer(const struct reply *r, uint32_t from)
{
	static uint8_t bytes[1500];
	static struct dhcp_message m;
	struct reply copy = *r;
	size_t len;

	copy.type = DHCP_OFFER;
	len = build(bytes, &copy);
	EXPECT_EQ(dhcp_message_parse(&m, bytes, len), 0);
	m.from = from;
	return &m;
}

static struct reply lease_with_file(uint32_t server)
{
	struct reply r = usual;

	r.server = server;
	r.file = "f";
	return r;
}

TEST(kinds_of_offers)
{
	struct reply r = usual, file = lease_with_file(SERVER), proxy = proxy_reply(), menu = proxy_reply(), named = proxy_reply();

	EXPECT_EQ(dhcp_offer_kind(offer(&r, SERVER)), DHCP_OFFER_NOTHING);
	EXPECT_EQ(dhcp_offer_kind(offer(&file, SERVER)), DHCP_OFFER_LEASE_FILE);
	EXPECT_EQ(dhcp_offer_kind(offer(&proxy, PROXY)), DHCP_OFFER_PROXY_ASK);
	add_vendor(&menu, PXE_MENU, "\0\1\1x", 4);
	EXPECT_EQ(dhcp_offer_kind(offer(&menu, PROXY)), DHCP_OFFER_PROXY);
	add_option(&named, 67, "g", 1);
	EXPECT_EQ(dhcp_offer_kind(offer(&named, PROXY)), DHCP_OFFER_PROXY);
}

TEST(ranks_by_priority_then_kind_then_arrival)
{
	struct reply file = lease_with_file(SIM_ADDR(10, 0, 2, 30)), ask = proxy_reply(), first = proxy_reply(), second = proxy_reply();
	struct reply urgent = lease_with_file(SIM_ADDR(10, 0, 2, 31));

	memset(&offers, 0, sizeof offers);
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), -1);
	dhcp_offers_add(&offers, offer(&file, SIM_ADDR(10, 0, 2, 30)));
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), 0);
	EXPECT_EQ(dhcp_offers_best(&offers, SIM_ADDR(10, 0, 2, 30)), -1);       /* that is the one taken */
	dhcp_offers_add(&offers, offer(&ask, SIM_ADDR(10, 0, 2, 40)));
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), 1);
	first.file = "a";
	dhcp_offers_add(&offers, offer(&first, SIM_ADDR(10, 0, 2, 41)));
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), 2);
	second.file = "b";
	dhcp_offers_add(&offers, offer(&second, SIM_ADDR(10, 0, 2, 42)));
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), 2);
	add_option(&urgent, 175, "\1\1\5", 3);
	dhcp_offers_add(&offers, offer(&urgent, SIM_ADDR(10, 0, 2, 43)));       /* no room for a fifth */
	EXPECT_EQ(offers.count, 4);
	dhcp_offers_add(&offers, offer(&urgent, SIM_ADDR(10, 0, 2, 30)));       /* but for a server's newer one */
	EXPECT_EQ(offers.count, 4);
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), 0);
	add_option(&first, 175, "\1\1\xf0", 3);                                 /* -16 */
	dhcp_offers_add(&offers, offer(&first, SIM_ADDR(10, 0, 2, 41)));
	dhcp_offers_add(&offers, offer(&file, SIM_ADDR(10, 0, 2, 30)));
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), 3);
}

/* A DHCP server and a ProxyDHCP server on the same host. */
TEST(a_host_may_be_both)
{
	struct reply file = lease_with_file(SERVER), proxy = proxy_reply();
	struct dhcp_message m;

	memset(&offers, 0, sizeof offers);
	proxy.server = SERVER;
	dhcp_offers_add(&offers, offer(&file, SERVER));
	dhcp_offers_add(&offers, offer(&proxy, SERVER));
	EXPECT_EQ(offers.count, 2);
	EXPECT_EQ(dhcp_offers_best(&offers, SERVER), 1);
	EXPECT(dhcp_offers_get(&offers, 1, &m) && m.from == SERVER && m.pxe);
	EXPECT(!dhcp_offers_get(&offers, 2, &m));
}

/* ---- with a client ------------------------------------------------------------------------------------------------------------- */

static const char *proxy_file(void)
{
	static char name[64];
	size_t len = 0;
	const struct settings_scope *scope = pxe_answer(&s.netif, PXE_PROXYDHCP);
	const uint8_t *v = scope ? settings_find(scope, 67, NULL, false, &len) : NULL;

	snprintf(name, sizeof name, "%.*s", (int)len, v ? (const char *)v : "");
	return name;
}

TEST(a_proxys_answer_before_the_lease_is_kept_for_after_it)
{
	struct reply proxy = proxy_reply();
	char text[64];

	begin();
	proxy.file = "menu.fpxe";
	reply(&proxy, DHCP_OFFER);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_EQ(dhcp->offered_ip, 0);
	EXPECT(!pxe_answer(&s.netif, PXE_PROXYDHCP));
	bind_with(&usual);
	EXPECT_STR(proxy_file(), "menu.fpxe");
	EXPECT(settings_get("proxydhcp/filename", text, sizeof text, NULL) > 0 && strcmp(text, "menu.fpxe") == 0);
	EXPECT(settings_get("filename", text, sizeof text, NULL) > 0 && strcmp(text, "menu.fpxe") == 0);
	EXPECT(settings_get("ip", text, sizeof text, NULL) > 0 && strcmp(text, "10.0.2.15") == 0);
	sim_stop(&s);
}

TEST(a_proxys_answer_after_the_lease_is_taken_in_the_background)
{
	struct reply proxy = proxy_reply(), better = proxy_reply(), lease = usual;

	begin();
	lease.file = "of-the-lease";
	bind_with(&lease);
	proxy.src_port = 67;
	reply(&proxy, DHCP_OFFER);              /* one who wants to be asked */
	EXPECT(pxe_answer(&s.netif, PXE_PROXYDHCP));
	EXPECT_STR(proxy_file(), "");
	better.server = SIM_ADDR(10, 0, 2, 10);
	better.file = "better";
	reply(&better, DHCP_OFFER);
	EXPECT_STR(proxy_file(), "better");
	{
		char text[64];

		EXPECT(settings_get("filename", text, sizeof text, NULL) > 0 && strcmp(text, "of-the-lease") == 0);
	}
	EXPECT_SILENCE(&s);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

TEST(another_servers_file_is_kept_and_its_address_is_not)
{
	struct reply other = lease_with_file(SIM_ADDR(10, 0, 2, 3));

	begin();
	bind_with(&usual);
	other.yiaddr = SIM_ADDR(10, 0, 2, 99);
	reply(&other, DHCP_OFFER);
	EXPECT_STR(proxy_file(), "f");
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

TEST(offers_go_with_the_lease_and_the_next_question)
{
	struct reply proxy = proxy_reply();

	begin();
	proxy.file = "x";
	bind_with(&usual);
	reply(&proxy, DHCP_OFFER);
	EXPECT(pxe_answer(&s.netif, PXE_PROXYDHCP));
	dhcp_start(&s.netif, 60000, s.now_ms);
	EXPECT(!pxe_answer(&s.netif, PXE_PROXYDHCP));
	EXPECT_EQ(dhcp->offers.count, 0);
	sim_discard(&s);
	reply(&usual, DHCP_OFFER);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	reply(&proxy, DHCP_OFFER);
	EXPECT(pxe_answer(&s.netif, PXE_PROXYDHCP));
	netif_close(&s.netif);
	EXPECT(!pxe_answer(&s.netif, PXE_PROXYDHCP));
	sim_stop(&s);
}

TEST(nonsense_offers_are_not_kept)
{
	struct reply proxy = proxy_reply();

	begin();
	proxy.file = "x";
	proxy.xid = dhcp->listener.xid + 1;
	reply(&proxy, DHCP_OFFER);
	proxy.xid = 0;
	proxy.src_port = 4011;                  /* nobody asked there */
	reply(&proxy, DHCP_OFFER);
	proxy.src_port = 67;
	reply(&proxy, DHCP_ACK);
	EXPECT_EQ(dhcp->offers.count, 0);
	bind_with(&usual);
	EXPECT(!pxe_answer(&s.netif, PXE_PROXYDHCP));
	sim_stop(&s);
}
