/* SPDX-License-Identifier: BSD-2-Clause */
/* The scopes "proxydhcp" and "pxebs". */
#include "net/pxe_answers.h"

#include "net/dhcp_cache.h"
#include "tests/unit/net/dhcp_talk.h"

static void answer(enum pxe_answer which, struct reply *r, uint32_t from)
{
	uint8_t bytes[1500];
	struct dhcp_message m;
	size_t len;

	r->type = DHCP_ACK;
	len = build(bytes, r);
	EXPECT_EQ(dhcp_message_parse(&m, bytes, len), 0);
	m.from = from;
	pxe_answer_store(&s.netif, which, &m);
}

static bool shows(const char *name, const char *wanted)
{
	char text[64];
	int len = settings_get(name, text, sizeof text, NULL);

	return wanted ? len >= 0 && strcmp(text, wanted) == 0 : len < 0;
}

TEST(each_answer_is_a_scope_of_its_own)
{
	struct reply proxy = proxy_reply(), server = proxy_reply();

	sim_start(&s);
	EXPECT(!pxe_answer(&s.netif, PXE_PROXYDHCP));
	proxy.file = "from-proxy";
	server.file = "from-server";
	server.server = 0;
	answer(PXE_PROXYDHCP, &proxy, PROXY);
	EXPECT(pxe_answer(&s.netif, PXE_PROXYDHCP) && !pxe_answer(&s.netif, PXE_PXEBS));
	answer(PXE_PXEBS, &server, SIM_ADDR(10, 0, 2, 44));
	EXPECT(shows("proxydhcp/filename", "from-proxy"));
	EXPECT(shows("pxebs/filename", "from-server"));
	EXPECT(shows("proxydhcp/dhcp-server", "10.0.2.9"));
	EXPECT(shows("pxebs/dhcp-server", "10.0.2.44"));        /* who did not say who he is */
	EXPECT(shows("pxebs/60:string", "PXEClient"));
	pxe_answers_forget(&s.netif);
	EXPECT(!pxe_answer(&s.netif, PXE_PROXYDHCP) && !pxe_answer(&s.netif, PXE_PXEBS));
	EXPECT(shows("proxydhcp/filename", NULL));
	sim_stop(&s);
}

TEST(a_new_answer_leaves_nothing_of_the_old)
{
	struct reply first = proxy_reply(), second = proxy_reply();

	sim_start(&s);
	first.file = "first";
	answer(PXE_PROXYDHCP, &first, PROXY);
	answer(PXE_PROXYDHCP, &second, PROXY);
	EXPECT(shows("proxydhcp/filename", NULL));
	sim_stop(&s);
}

/* A liar's address and gateway are his own affair. */
TEST(an_answer_never_configures_the_interface)
{
	struct reply r = proxy_reply();

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	r.yiaddr = SIM_ADDR(10, 0, 2, 66);
	r.gateway = SIM_ADDR(10, 0, 2, 67);
	answer(PXE_PROXYDHCP, &r, PROXY);
	netif_apply_settings(&s.netif);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	EXPECT(shows("ip", "10.0.2.15"));
	sim_stop(&s);
}

TEST(the_reply_is_kept_as_bytes)
{
	struct reply r = proxy_reply();
	const struct dhcp_packet *p;

	sim_start(&s);
	r.file = "kept";
	answer(PXE_PXEBS, &r, PROXY);
	p = dhcp_cached(&s.netif, DHCP_CACHED_REPLY);
	EXPECT(p && p->len > 240 && strcmp((const char *)p->data + 108, "kept") == 0);
	sim_stop(&s);
}
