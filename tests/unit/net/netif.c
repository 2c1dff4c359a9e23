/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces: opening, closing, names, what they take from settings. */
#include "net/netif.h"

#include "core/errors.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

static struct sim s, other;
static struct netif second;

static void add_second(void)
{
	sim_start_wire(&other, s.now_ms);
	memset(&second, 0, sizeof second);
	netif_init(&second, &s.net, &other.nic);
}

static void end_with_second(void)
{
	netif_close(&second);
	settings_detach(&second.settings);
	list_remove(&second.link);
	sim_stop(&other);
	sim_stop(&s);
}

static void expect_setting(const char *name, const char *wanted)
{
	char text[100];

	EXPECT(settings_get(name, text, sizeof text, NULL) >= 0);
	EXPECT_STR(text, wanted);
}

TEST(netif_describes_itself_in_its_settings)
{
	sim_start(&s);
	EXPECT_STR(s.netif.name, "net0");
	expect_setting("net0/mac", "52:54:00:12:34:56");
	expect_setting("net0/busid", "01:80:86:10:0e");
	expect_setting("net0/chip", "sim");
	expect_setting("netX/ifname", "net0");
	sim_stop(&s);
}

TEST(netif_open_twice_and_close_twice)
{
	sim_start(&s);
	EXPECT_EQ(netif_open(&s.netif, s.now_ms), 0);
	netif_close(&s.netif);
	EXPECT(!s.nic_open);
	netif_close(&s.netif);
	EXPECT_EQ(netif_open(&s.netif, s.now_ms), 0);
	EXPECT(s.nic_open);
	sim_stop(&s);
}

static int refuse(struct nic *nic)
{
	return -EIO;
}

TEST(netif_that_does_not_open_stays_closed)
{
	struct nic_driver broken = sim_nic_driver;

	sim_start(&s);
	netif_close(&s.netif);
	broken.open = refuse;
	s.nic.driver = &broken;
	EXPECT_EQ(netif_open(&s.netif, s.now_ms), -EIO);
	EXPECT(!s.netif.open);
	EXPECT(s.net.newest == NULL);
	s.nic.driver = &sim_nic_driver;
	sim_stop(&s);
}

static unsigned closed;

static void count_close(struct nic *nic)
{
	closed++;
	sim_nic_driver.close(nic);
}

TEST(netif_restart_keeps_the_addresses)
{
	struct nic_driver counting = sim_nic_driver;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	settings_store(&s.netif.lease, TAG_HOSTNAME, NULL, "h", 1);
	counting.close = count_close;
	s.nic.driver = &counting;
	closed = 0;
	EXPECT_EQ(netif_restart(&s.netif), 0);
	EXPECT_EQ(closed, 1);
	EXPECT(s.nic_open && s.netif.open);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	expect_setting("net0.dhcp/hostname", "h");
	s.nic.driver = &sim_nic_driver;
	sim_stop(&s);
}

TEST(netif_that_does_not_start_again_is_closed_once)
{
	struct nic_driver broken = sim_nic_driver;
	size_t len;

	sim_start(&s);
	settings_store(&s.netif.lease, TAG_HOSTNAME, NULL, "h", 1);
	broken.open = refuse;
	broken.close = count_close;
	s.nic.driver = &broken;
	closed = 0;
	EXPECT_EQ(netif_restart(&s.netif), -EIO);
	netif_close(&s.netif);
	EXPECT_EQ(closed, 1);
	EXPECT(!s.netif.open && !s.netif.link_up);
	EXPECT(s.net.newest == NULL);
	EXPECT(!settings_find(&s.netif.lease, TAG_HOSTNAME, NULL, false, &len));
	s.nic.driver = &sim_nic_driver;
	EXPECT_EQ(netif_open(&s.netif, s.now_ms), 0);
	EXPECT(s.nic_open);
	sim_stop(&s);
}

TEST(netif_opened_plain_restarts_a_nic_that_offloads)
{
	struct nic_driver counting = sim_nic_driver;

	sim_start(&s);
	counting.close = count_close;
	s.nic.driver = &counting;
	closed = 0;
	EXPECT_EQ(netif_open_plain(&s.netif, true, s.now_ms), 0);
	EXPECT_EQ(closed, 0);
	counting.offloads = true;
	EXPECT_EQ(netif_open_plain(&s.netif, true, s.now_ms), 0);
	EXPECT_EQ(closed, 0);
	EXPECT_EQ(netif_open_plain(&s.netif, false, s.now_ms), 0);
	EXPECT_EQ(closed, 1);
	EXPECT(s.nic_open && !s.nic.plain);
	s.nic.driver = &sim_nic_driver;
	sim_stop(&s);
}

TEST(netif_newest_is_netX)
{
	sim_start(&s);
	add_second();
	EXPECT(netif_find(&s.net, "netX") == &s.netif);
	EXPECT(netif_find(&s.net, "net1") == &second);
	EXPECT(netif_find(&s.net, "net2") == NULL);
	expect_setting("ifname", "net0");
	netif_open(&second, s.now_ms);
	EXPECT(netif_find(&s.net, "netX") == &second);
	expect_setting("ifname", "net1");
	netif_close(&second);
	EXPECT(netif_find(&s.net, "netX") == &s.netif);
	expect_setting("ifname", "net0");
	end_with_second();
}

TEST(netif_takes_addresses_set_by_hand_at_the_next_poll)
{
	sim_start(&s);
	EXPECT_EQ(settings_set("net0/ip", "192.168.7.9"), 0);
	sim_settle(&s);
	EXPECT_EQ(s.netif.ip, SIM_ADDR(192, 168, 7, 9));
	EXPECT_EQ(s.netif.netmask, 0xffffff00); /* the class's */
	EXPECT_EQ(settings_set("net0/netmask", "255.255.0.0"), 0);
	EXPECT_EQ(settings_set("net0/gateway", "192.168.1.1"), 0);
	sim_settle(&s);
	EXPECT_EQ(s.netif.netmask, 0xffff0000);
	EXPECT_EQ(s.netif.gateway, SIM_ADDR(192, 168, 1, 1));
	EXPECT_EQ(settings_clear("net0/ip"), 0);
	sim_settle(&s);
	EXPECT_EQ(s.netif.ip, 0);
	sim_stop(&s);
}

TEST(netif_own_settings_win_over_the_lease)
{
	static const uint8_t leased[4] = { 10, 0, 2, 15 }, mask[4] = { 255, 255, 255, 0 };

	sim_start(&s);
	settings_store(&s.netif.lease, TAG_IP, NULL, leased, 4);
	settings_store(&s.netif.lease, TAG_NETMASK, NULL, mask, 4);
	sim_settle(&s);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	settings_set("net0/ip", "10.0.2.99");
	sim_settle(&s);
	EXPECT_EQ(s.netif.ip, SIM_ADDR(10, 0, 2, 99));
	EXPECT_EQ(s.netif.netmask, SIM_NETMASK);
	netif_close(&s.netif);
	EXPECT_EQ(s.netif.ip, SIM_ADDR(10, 0, 2, 99));
	sim_stop(&s);
}

/* Values of other lengths than their type's, and such as no host can have. */
TEST(netif_ignores_impossible_settings)
{
	static const uint8_t bytes[6] = { 10, 0, 2, 15, 1, 2 };

	sim_start(&s);
	for (size_t len = 0; len < 4; len++) {
		settings_store(&s.netif.lease, TAG_IP, NULL, bytes, len);
		settings_store(&s.netif.lease, TAG_NETMASK, NULL, bytes, len);
		settings_store(&s.netif.lease, TAG_GATEWAY, NULL, bytes, len);
		settings_store(&s.netif.lease, TAG_MTU, NULL, bytes, len < 2 ? len : 0);
		sim_settle(&s);
		EXPECT_EQ(s.netif.ip, 0);
		EXPECT_EQ(s.netif.gateway, 0);
		EXPECT_EQ(s.netif.mtu, 1500);
	}
	settings_store(&s.netif.lease, TAG_GATEWAY, NULL, bytes, 6);    /* the first counts */
	settings_set("net0/ip", "127.0.0.1");
	settings_set("net0/netmask", "255.0.255.0");
	sim_settle(&s);
	EXPECT_EQ(s.netif.ip, 0);
	EXPECT_EQ(s.netif.gateway, SIM_IP);
	settings_set("net0/ip", "172.16.0.1");
	sim_settle(&s);
	EXPECT_EQ(s.netif.netmask, 0xffff0000);
	sim_stop(&s);
}
