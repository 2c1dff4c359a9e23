/* SPDX-License-Identifier: BSD-2-Clause */
/* One port, several conversations. */
#include "net/dhcp_port.h"

#include "tests/unit/net/dhcp_talk.h"

static unsigned heard[2];
static struct dhcp_listener first, second;
static uint16_t heard_port;
static uint32_t heard_from;

static void hear_first(struct dhcp_listener *l, const struct dhcp_message *m, uint32_t now_ms)
{
	heard[0]++;
	heard_port = m->from_port;
	heard_from = m->from;
}

static void hear_second_and_close(struct dhcp_listener *l, const struct dhcp_message *m, uint32_t now_ms)
{
	heard[1]++;
	dhcp_port_close(l);
}

static void listen(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	heard[0] = heard[1] = 0;
	first = (struct dhcp_listener){ .xid = 7, .input = hear_first };
	second = (struct dhcp_listener){ .xid = 8, .input = hear_second_and_close };
	EXPECT_EQ(dhcp_port_open(&first, &s.netif), 0);
	EXPECT_EQ(dhcp_port_open(&second, &s.netif), 0);
}

static void say(uint32_t xid, uint16_t src_port)
{
	struct reply r = usual;

	r.xid = xid;
	r.src_port = src_port;
	reply(&r, DHCP_ACK);
}

TEST(an_answer_goes_to_who_asked)
{
	listen();
	say(7, 67);
	EXPECT(heard[0] == 1 && heard[1] == 0 && heard_port == 67 && heard_from == SERVER);
	say(7, 4011);
	EXPECT(heard[0] == 2 && heard_port == 4011);
	say(8, 67);
	EXPECT(heard[0] == 2 && heard[1] == 1);
	say(8, 67);                             /* it has closed */
	EXPECT(heard[0] == 2 && heard[1] == 1);
	say(7, 67);
	EXPECT_EQ(heard[0], 3);
	dhcp_port_close(&first);
	dhcp_port_close(&first);
	say(7, 67);
	EXPECT_EQ(heard[0], 3);
	sim_stop(&s);
}

TEST(what_is_nobodys_is_dropped_and_counted)
{
	struct reply other = usual;
	uint32_t dropped;

	listen();
	dropped = s.netif.counters.rx_dropped;
	say(9, 67);
	say(7, 6767);
	other.xid = 7;
	other.wrong_mac = true;
	reply(&other, DHCP_ACK);
	other = usual;
	other.xid = 7;
	other.bad_cookie = true;
	reply(&other, DHCP_ACK);
	EXPECT(heard[0] == 0 && heard[1] == 0);
	EXPECT_EQ(s.netif.counters.rx_dropped - dropped, 4);
	dhcp_port_close(&first);
	dhcp_port_close(&second);
	sim_stop(&s);
}
