/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening interfaces, waiting for links, DHCP, and being ready for a fetch. */
#include "tests/unit/usr/session.h"

TEST(a_late_link_is_waited_for_and_one_line_says_so)
{
	fake_port[0].link_after_ms = 9000;
	run_shell("dhcp net0\n");
	EXPECT_EQ(count("net0: waiting for link..."), 1);
	EXPECT(host_console_has("net0: waiting for link... ok\n"));
	EXPECT(host_console_has("DHCP (net0 52:00:00:00:00:00)... ok\n"));
}

TEST(a_link_that_is_there_is_not_mentioned)
{
	run_shell("dhcp net0\n");
	EXPECT(!host_console_has("link"));
}

TEST(no_link_is_an_error_after_fifteen_seconds)
{
	uint32_t start = clock_ms();

	fake_port[0].link_after_ms = FAKE_FOREVER;
	run_shell("ifopen net0\n");
	EXPECT(host_console_has("ifopen net0: network is down: net0: no link after 15 s"));
	EXPECT(clock_ms() - start >= 15000 && clock_ms() - start < 15500);
}

TEST(a_timeout_of_dhcp_bounds_the_wait_for_the_link_and_the_lease)
{
	uint32_t start = clock_ms();

	fake_port[0].link_after_ms = 1500;
	fake_port[0].dhcp_after_ms = FAKE_FOREVER;
	run_shell("dhcp -t 2500 net0\n");
	EXPECT(host_console_has("dhcp -t 2500 net0: timed out: no DHCP server answered"));
	EXPECT(clock_ms() - start >= 2500 && clock_ms() - start < 2700);
}

TEST(a_timeout_of_dhcp_ends_the_wait_for_the_link)
{
	uint32_t start = clock_ms();

	fake_port[0].link_after_ms = FAKE_FOREVER;
	run_shell("dhcp -t 1250 net0\n");
	EXPECT(host_console_has("network is down: net0: no link after 1250 ms: is the cable"));
	EXPECT_EQ(fake_port[0].discovers, 0);
	EXPECT(clock_ms() - start >= 1250 && clock_ms() - start < 1450);
}

TEST(a_timeout_of_dhcp_leaves_time_for_both)
{
	fake_port[0].link_after_ms = 16000;
	fake_port[0].dhcp_after_ms = 3000;
	run_shell("dhcp -t 20000 net0\n");
	EXPECT(host_console_has("net0: 10.0.2.15/24"));
}

TEST(ctrl_c_ends_each_phase_and_leaves_the_shell_alive)
{
	fake_port[0] = (struct fake_port){ .link_after_ms = 5000, .dhcp_after_ms = 5000, .ip = 0x0a00020f };
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/f", .contents = "x", .after_ms = FAKE_FOREVER };
	host_system.entry.shell = true;
	host_type("dhcp net0\n");
	host_key_after(1000, KEY_CTRL('C'));
	host_type("dhcp net0\n");
	host_key_after(6000, KEY_CTRL('C'));
	host_type("dhcp net0\ninitrd http://10.0.2.2/f\n");
	host_key_after(12000, KEY_CTRL('C'));
	host_type("sleep 100\n");
	host_key_after(1000, KEY_CTRL('C'));
	host_type("imgstat\necho alive\nexit\n");
	fpxe_main();
	EXPECT_EQ(count("dhcp net0: cancelled by user\n"), 2);
	EXPECT_EQ(count("initrd http://10.0.2.2/f: cancelled by user\n"), 1);
	EXPECT_EQ(count("sleep 100: cancelled by user\n"), 1);
	EXPECT(host_console_has("imgstat\nfPXE> echo alive\nalive\n"));
}

TEST(addresses_set_by_hand_work_as_well_and_open_the_interface)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/f", .contents = "#!fpxe\necho fetched\n" };
	run_shell("set net0/ip 10.0.2.77\nset net0/netmask 255.255.255.0\nset net0/gateway 10.0.2.2\nroute\nchain http://10.0.2.2/f\nroute\n");
	EXPECT(host_console_has("net0: 10.0.2.77/255.255.255.0 gw 10.0.2.2 (closed)\n"));
	EXPECT(host_console_has("net0: 10.0.2.77/255.255.255.0 gw 10.0.2.2\n"));
	EXPECT(host_console_has("\nfetched\n"));
	EXPECT_EQ(fake_port[0].discovers, 0);
}

TEST(without_an_address_a_fetch_says_what_to_do)
{
	run_shell("kernel http://10.0.2.2/vmlinuz\n");
	EXPECT(host_console_has("kernel http://10.0.2.2/vmlinuz: network unreachable: no interface has an address: use dhcp ["));
}

TEST(a_gateway_outside_the_network_is_said)
{
	fake_port[0].gateway = 0x0a000302;
	run_shell("dhcp\n");
	EXPECT(host_console_has("net0: 10.0.2.15/24 from 10.0.2.2, gateway 10.0.3.2 (not on this network), DNS 10.0.2.3\n"));
}

TEST(a_netmask_that_is_missing_is_said)
{
	fake_port[0].no_netmask = true;
	run_shell("dhcp\n");
	EXPECT(host_console_has("net0: 10.0.2.15/8 (guessed: no netmask given) from 10.0.2.2, gateway 10.0.2.2, DNS"));
}

static void somebody_claims_our_address(uint32_t now_ms)
{
	struct netif *netif = netif_find(&the_net, "net0");

	if (!netif || netif->ip == 0 || netif->disputed_ip == netif->ip)
		return;
	netif->disputed_ip = netif->ip;
	memcpy(netif->rival_mac, "\x52\x54\x00\xaa\xbb\xcc", 6);
	the_net.disputed = netif;
}

TEST(an_address_that_another_claims_is_said_once_and_the_job_goes_on)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/f", .contents = "#!fpxe\necho fetched\n", .over_ms = 2000 };
	fake_meanwhile = somebody_claims_our_address;
	run_shell("dhcp\nchain http://10.0.2.2/f\nsleep 1\n");
	EXPECT_EQ(count("net0: warning: 10.0.2.15 also claimed by 52:54:00:aa:bb:cc\n"), 1);
	EXPECT(host_console_has("\nfetched\n"));
}

TEST(closing_an_interface_ends_its_lease)
{
	run_shell("dhcp\nroute\nifclose net0\nroute\nifstat net0\nkernel http://10.0.2.2/x\n");
	EXPECT_EQ(count("net0: 10.0.2.15/255.255.255.0 gw 10.0.2.2"), 1);
	EXPECT(host_console_has("(closed)"));
	EXPECT(host_console_has("use dhcp"));
}

TEST(an_interface_that_cannot_be_opened_is_an_error)
{
	fake_port[0].open_rc = -EIO;
	run_shell("dhcp net0\n");
	EXPECT(host_console_has("dhcp net0: input/output error"));
}

TEST(what_came_from_the_network_cannot_draw_on_the_screen)
{
	fake_port[0].filename = "a\033[2Jb";
	run_shell("dhcp\nshow filename\n");
	EXPECT(strstr(host_console_text(), "\033[2J") == NULL);
	EXPECT(host_console_has("boot file a?[2Jb\n"));
}
