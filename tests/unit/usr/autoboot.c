/* SPDX-License-Identifier: BSD-2-Clause */
/* Booting what DHCP says. */
#include "tests/unit/usr/session.h"

TEST(untouched_it_boots_the_url_that_dhcp_names)
{
	fake_port[0].filename = "http://10.0.2.2/boot.fpxe";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/boot.fpxe", .contents = "#!fpxe\necho hello from the script\n" };
	fpxe_main();
	EXPECT(host_console_has("DHCP (net0 52:00:00:00:00:00)... ok\n"));
	EXPECT(host_console_has("net0: 10.0.2.15/24, gateway 10.0.2.2, DNS 10.0.2.3, boot file http://10.0.2.2/boot.fpxe\n"));
	EXPECT(host_console_has("http://10.0.2.2/boot.fpxe  34 B in 0.0 s"));
	EXPECT(host_console_has("hello from the script\n"));
	EXPECT(!host_console_has("Press Ctrl-B"));
}

TEST(a_boot_file_that_is_no_url_is_one_of_the_next_server)
{
	fake_port[0].filename = "pxelinux.0";
	fake_port[0].next_server = 0x0a000207;
	fake_file[0] = (struct fake_file){ .url = "tftp://10.0.2.7/pxelinux.0", .contents = "#!fpxe\necho from the next server\n" };
	fpxe_main();
	EXPECT(host_console_has("tftp://10.0.2.7/pxelinux.0  33 B in"));
	EXPECT(host_console_has("\nfrom the next server\n"));
}

TEST(the_tftp_server_and_the_name_become_a_url)
{
	static const struct { const char *set, *filename, *url; } cases[] = {
		{ "set next-server 10.0.2.8", "pxelinux.0", "tftp://10.0.2.8/pxelinux.0" },
		{ "set 66:string boot.example", "pxelinux.0", "tftp://boot.example/pxelinux.0" },
		{ "set dhcp-server 10.0.2.9", "pxelinux.0", "tftp://10.0.2.9/pxelinux.0" },
		{ "set 66:string boot.example\nset next-server 10.0.2.8", "f", "tftp://10.0.2.8/f" },
		{ "set next-server 10.0.2.8", "/tftpboot/f", "tftp://10.0.2.8//tftpboot/f" },
		{ "set next-server 10.0.2.8", "boot\\x86\\a b.com", "tftp://10.0.2.8/boot%5Cx86%5Ca%20b.com" },
		{ "set next-server 10.0.2.8", "100%?#", "tftp://10.0.2.8/100%25%3F%23" },
		{ "set next-server 10.0.2.8\nset filename by-hand", "ignored", "tftp://10.0.2.8/by-hand" },
		{ "set next-server 10.0.2.8", "tftp://10.0.2.10/f", "tftp://10.0.2.10/f" },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		char lines[200];

		if (i)
			teardown();
		setup();
		fake_port[0].filename = cases[i].filename;
		fake_file[0] = (struct fake_file){ .url = cases[i].url, .contents = "#!fpxe\necho arrived\n" };
		snprintf(lines, sizeof lines, "%s\nautoboot\n", cases[i].set);
		run_shell(lines);
		if (fake_file[0].fetched != 1)
			test_fail(__FILE__, __LINE__, "%s was not asked for", cases[i].url);
	}
}

TEST(names_relative_to_a_boot_file_are_in_its_folder)
{
	fake_port[0].filename = "boot/menu.fpxe";
	fake_port[0].next_server = 0x0a000207;
	fake_file[0] = (struct fake_file){ .url = "tftp://10.0.2.7/boot/menu.fpxe", .contents = "#!fpxe\nchain more\n" };
	fake_file[1] = (struct fake_file){ .url = "tftp://10.0.2.7/boot/more", .contents = "#!fpxe\necho more of it\n" };
	fpxe_main();
	EXPECT(host_console_has("\nmore of it\n"));
}

TEST(each_card_is_tried_in_turn_and_each_failure_is_said)
{
	fake_plug(1);
	fake_plug(2);
	fake_port[0].link_after_ms = FAKE_FOREVER;
	fake_port[1].dhcp_after_ms = FAKE_FOREVER;
	fake_port[2].filename = "http://10.0.2.2/s";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho done\n" };
	fpxe_main();
	EXPECT(host_console_has("net0: network is down: net0: no link after 15 s: is the cable plugged in?"));
	EXPECT(host_console_has("net1: timed out: no DHCP server answered"));
	EXPECT(host_console_has("done\n"));
}

TEST(ctrl_b_ends_autoboot_wherever_it_is)
{
	static const uint32_t at_ms[] = { 100, 1500, 3500 };    /* link, DHCP, download */

	for (unsigned i = 0; i < 3; i++) {
		setup();
		fake_port[0] = (struct fake_port){ .link_after_ms = 1000, .dhcp_after_ms = 1000, .ip = 0x0a00020f,
		                                   .filename = "http://10.0.2.2/never" };
		fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/never", .contents = "x", .after_ms = FAKE_FOREVER };
		host_key_after(at_ms[i], KEY_CTRL('B'));
		host_type("echo here\nexit\n");
		fpxe_main();
		EXPECT(host_console_has("fPXE> echo here\nhere\n"));
		EXPECT(!host_console_has("Press Ctrl-B"));
		EXPECT_EQ(count("fPXE> "), 2);
		if (i < 2)
			teardown();
	}
}

TEST(ctrl_c_skips_a_card)
{
	fake_plug(1);
	fake_port[0].link_after_ms = FAKE_FOREVER;
	fake_port[1].filename = "http://10.0.2.2/s";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho done\n" };
	host_key_after(1000, KEY_CTRL('C'));
	fpxe_main();
	EXPECT(host_console_has("net0: cancelled by user\n"));
	EXPECT(host_console_has("done\n"));
}

TEST(a_script_that_fails_has_said_why_and_the_next_card_is_tried)
{
	fake_plug(1);
	fake_port[0].filename = "http://10.0.2.2/bad";
	fake_port[1].filename = "http://10.0.2.2/good";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/bad", .contents = "#!fpxe\nnonsense\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/good", .contents = "#!fpxe\necho fine\n" };
	fpxe_main();
	EXPECT_EQ(count("not found: no such command"), 1);
	EXPECT(host_console_has("\nfine\n"));
}

TEST(the_interface_that_was_tried_last_stays_open_for_the_shell)
{
	fake_plug(1);
	host_key_after(1000, KEY_CTRL('B'));
	host_type("route\nexit\n");
	fpxe_main();
	EXPECT(!host_console_has("net0: 10.0.2.15/255.255.255.0"));
	EXPECT(host_console_has("net1: 10.0.2.16/255.255.255.0 gw 10.0.2.2\n"));
}

TEST(the_command_takes_names)
{
	fake_plug(1);
	fake_port[1].filename = "http://10.0.2.2/good";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/good", .contents = "#!fpxe\necho fine\n" };
	run_shell("autoboot net1\nautoboot net7\n");
	EXPECT_EQ(fake_port[0].discovers, 0);
	EXPECT(host_console_has("\nfine\n"));
	EXPECT(host_console_has("autoboot net7: no such device: no interface \"net7\""));
}
