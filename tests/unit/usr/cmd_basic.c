/* SPDX-License-Identifier: BSD-2-Clause */
/* help, echo, time, sleep, reboot, poweroff. */
#include "tests/unit/usr/session.h"

TEST(help_lists_every_command_and_explains_one)
{
	run_shell("help\nhelp initrd\nhelp nonsense\nimgfetch --help\n");
	EXPECT(host_console_has("autoboot"));
	EXPECT(host_console_has("nslookup"));
	EXPECT_EQ(count("usage: initrd "), 2);
	EXPECT(host_console_has("help nonsense: not found"));
}

TEST(echo_time_and_sleep)
{
	run_shell("echo -n a ; echo b  'c  d'\ntime sleep 2\ntime nonsense\nsleep x\n");
	EXPECT(host_console_has("\nab c  d\n"));
	EXPECT(host_console_has("time: 2.0"));
	EXPECT(host_console_has("time nonsense: not found"));
	EXPECT(host_console_has("sleep x: invalid argument: \"x\" is not a number of seconds"));
}

TEST(reboot_closes_the_network_first)
{
	struct netif *netif;

	host_system.entry.shell = true;
	host_type("dhcp\nreboot -w\n");
	switch (host_catch()) {
	case HOST_STAYED:
		fpxe_main();
		EXPECT(false);
		break;
	case HOST_REBOOTED:
		EXPECT(host_system.rebooted_warm);
		EXPECT_EQ(fake_port[0].closed, 1);
		break;
	}
	/* The machine is gone, and what it held. */
	netif = list_entry(the_net.netifs.next, struct netif, link);
	settings_detach(&netif->lease);
	settings_detach(&netif->settings);
	settings_wipe(settings_root());
	host_leaks_from_here();
}

TEST(poweroff_that_is_not_possible_is_an_error)
{
	run_shell("poweroff\n");
	EXPECT_EQ(host_system.poweroffs, 1);
	EXPECT(host_console_has("poweroff: not supported"));
}
