/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a server behind a router, when the gateway that DHCP named first is dead. */
#include "tests/unit/net/fetch_web.h"

#define FAR_SERVER SIM_ADDR(192, 0, 2, 9)
#define SECOND     SIM_ADDR(10, 0, 2, 3)

/** The file is on a server elsewhere; of two routers only the second, if any, is there, and leads to it. */
static void begin_routed(bool second)
{
	static const uint8_t routers[] = { 10, 0, 2, 2, 10, 0, 2, 3 };

	begin_web(100000, "\"v1\"");
	sim_host_leave(&server.host);
	memset(&server, 0, sizeof server);
	server.answer = answer_web;
	sim_server_join(&server, &s, FAR_SERVER, 80);
	settings_store(&s.netif.settings, TAG_GATEWAY, NULL, routers, sizeof routers);
	netif_apply_settings(&s.netif);
	if (second)
		memcpy(sim_add_host(&s, SECOND)->mac, server.host.mac, 6);
}

TEST(a_file_comes_by_the_second_router)
{
	begin_routed(true);
	EXPECT_EQ(start("http://192.0.2.9/x"), 0);
	sim_advance(&s, 4749);
	EXPECT_EQ(download_progress(d)->done_bytes, 0);
	EXPECT_EQ(to_the_end(), 1);
	end();
}

TEST(without_any_router_the_gateway_is_named_within_fifteen_seconds)
{
	uint32_t start_ms;

	begin_routed(false);
	start_ms = s.now_ms;
	EXPECT_EQ(run("http://192.0.2.9/x", 60000), -EHOSTUNREACH);
	EXPECT(said("no ARP reply from gateway 10.0.2.2"));
	EXPECT_EQ(s.now_ms - start_ms, 9500);
	end();
}
