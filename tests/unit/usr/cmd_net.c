/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands for interfaces, names and pings. */
#include "tests/unit/usr/session.h"

TEST(dhcp_tries_all_interfaces_until_one_works)
{
	fake_plug(1);
	fake_plug(2);
	fake_port[0].dhcp_after_ms = FAKE_FOREVER;
	run_shell("dhcp\n");
	EXPECT(host_console_has("net0: timed out: no DHCP server answered"));
	EXPECT(host_console_has("net1: 10.0.2.16/24"));
	EXPECT_EQ(fake_port[2].discovers, 0);
}

TEST(dhcp_of_one_interface_fails_in_one_line)
{
	fake_port[0].dhcp_after_ms = FAKE_FOREVER;
	run_shell("ifconf --timeout 3000 net0\n");
	EXPECT(host_console_has("\rifconf --timeout 3000 net0: timed out: no DHCP server answered ["));
	EXPECT_EQ(count("timed out"), 1);
}

TEST(dhcp_takes_a_list_of_names_and_any)
{
	fake_plug(1);
	run_shell("dhcp net1\ndhcp any\ndhcp net7\nifconf -c ipv6 net0\n");
	EXPECT_EQ(fake_port[1].discovers, 1);
	EXPECT_EQ(fake_port[0].discovers, 1);
	EXPECT(host_console_has("no such device: no interface \"net7\""));
	EXPECT(host_console_has("no configurator \"ipv6\""));
}

TEST(a_name_that_is_an_address_needs_no_server_and_a_setting_can_hold_it)
{
	run_shell("nslookup 10.0.2.9\ndhcp\nnslookup 10.0.2.9\nnslookup addr 10.0.2.8\necho got ${addr}\n");
	EXPECT(host_console_has("nslookup 10.0.2.9: network unreachable"));
	EXPECT(host_console_has("10.0.2.9: 10.0.2.9\n"));
	EXPECT(host_console_has("\ngot 10.0.2.8\n"));
}

TEST(ping_of_a_silent_host_says_so_and_ends)
{
	uint32_t start = clock_ms();

	run_shell("dhcp\nping -c 2 -t 500 10.0.2.9\nping -s 5000 10.0.2.9\n");
	EXPECT_EQ(count("no answer: seq "), 2);
	EXPECT(host_console_has("ping -c 2 -t 500 10.0.2.9: timed out: no answer from 10.0.2.9"));
	EXPECT(host_console_has("at most 1400 bytes"));
	EXPECT(clock_ms() - start < 3000);
}

TEST(a_quiet_ping_prints_its_result_alone)
{
	run_shell("dhcp\nping -q -c 2 -t 500 10.0.2.9 || echo away\n");
	EXPECT_EQ(count("no answer: seq "), 0);
	EXPECT(host_console_has("timed out: no answer from 10.0.2.9"));
	EXPECT(host_console_has("\naway\n"));
}

TEST(interfaces_are_listed_with_card_link_and_counters)
{
	fake_plug(1);
	run_shell("ifopen net1\nifstat\nifstat net1\nifstat net5\n");
	EXPECT(host_console_has("net0: 52:00:00:00:00:00 fake F1 1234:0001 on PCI 00:00.0 (closed)\n  link unknown, RX 0"));
	EXPECT_EQ(count("net1: 52:00:00:00:00:01 fake F1 1234:0001 on PCI 00:01.0 (open)\n  link up, RX 0"), 2);
	EXPECT(host_console_has("ifstat net5: no such device: no interface \"net5\""));
}

TEST(one_wrong_name_among_several_leaves_all_as_they_are)
{
	run_shell("ifopen net0 net9\nifstat\n");
	EXPECT(host_console_has("(closed)"));
	EXPECT_EQ(fake_port[0].opened, 0);
}
