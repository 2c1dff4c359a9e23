/* SPDX-License-Identifier: BSD-2-Clause */
/* Booting what DHCP says. */
#include "tests/unit/usr/session.h"

TEST(untouched_it_boots_the_url_that_dhcp_names)
{
	fake_port[0].filename = "http://10.0.2.2/boot.fpxe";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/boot.fpxe", .contents = "#!fpxe\necho hello from the script\n" };
	fpxe_main();
	EXPECT(host_console_has("DHCP (net0 52:00:00:00:00:00)... ok\n"));
	EXPECT(host_console_has("net0: 10.0.2.15/24 from 10.0.2.2, gateway 10.0.2.2, DNS 10.0.2.3, boot file http://10.0.2.2/boot.fpxe\n"));
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

/* CVE-2025-0624: names of the most bytes, of a file and of a disk, end in an error that is one line, and the shell goes on. */
TEST(the_longest_names_that_dhcp_can_give_are_refused_in_a_line)
{
	static char name[1400];

	for (unsigned disk = 0; disk < 2; disk++) {
		memset(name, 'n', sizeof name - 1);
		memcpy(name, "http://", 7);
		if (disk)
			teardown();
		setup();
		fake_port[0].filename = disk ? NULL : name;
		fake_port[0].root_path = disk ? name : NULL;
		run_shell("autoboot\necho ali''ve\n");
		EXPECT_EQ(count("net0: "), 3);          /* the lease, what is booted, the error */
		EXPECT_EQ(count("net0: not "), 1);
		EXPECT(host_console_has("\nalive\n"));
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
	EXPECT(host_console_has("net1: timed out: no DHCP answer on net1 after 15 s"));
	EXPECT(host_console_has("done\n"));
}

/* Spanning tree: half a minute and more in which nothing comes through. */
TEST(a_lone_card_waits_for_the_network_to_settle_and_counts_down)
{
	fake_port[0].dhcp_after_ms = 45000;
	fake_port[0].filename = "http://10.0.2.2/s";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho settled\n" };
	fpxe_main();
	EXPECT(host_console_has("DHCP (net0 52:00:00:00:00:00)... 8 s, is the network settling?, 112 s left"));
	EXPECT(host_console_has("... 40 s, is the network settling?, 80 s left"));
	EXPECT(host_console_has("\nsettled\n"));
	EXPECT(!host_console_has("timed out"));
	EXPECT_EQ(fake_port[0].discovers, 1);
}

TEST(a_link_that_comes_late_is_waited_for)
{
	fake_port[0].link_after_ms = 20000;
	fake_port[0].filename = "http://10.0.2.2/s";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho plugged in\n" };
	fpxe_main();
	EXPECT(host_console_has("net0: no link (cable unplugged?), 28 s left, Ctrl-C skips"));
	EXPECT(host_console_has("\nplugged in\n"));
}

TEST(it_gives_way_in_the_time_configured)
{
	uint32_t start = clock_ms();

	fake_port[0].dhcp_after_ms = FAKE_FOREVER;
	fpxe_main();
	EXPECT(host_console_has("net0: timed out: no DHCP "));
	EXPECT_EQ(count("net0: timed out"), 1);
	EXPECT(clock_ms() - start >= 120000 + 3000 && clock_ms() - start < 120000 + 4000);
	teardown();
	setup();
	start = clock_ms();
	fake_port[0].link_after_ms = FAKE_FOREVER;
	fpxe_main();
	EXPECT(host_console_has("net0: network is down: net0: no link after 30 s"));
	EXPECT(clock_ms() - start >= 30000 + 3000 && clock_ms() - start < 30000 + 4000);
}

/* The first card's switch port learns for 40 s; the second one's has no server. The first one's question goes on meanwhile. */
TEST(cards_take_turns_while_the_network_settles)
{
	fake_plug(1);
	fake_plug(2);
	fake_port[0].dhcp_after_ms = 40000;
	fake_port[0].filename = "http://10.0.2.2/s";
	fake_port[1].dhcp_after_ms = FAKE_FOREVER;
	fake_port[2].link_after_ms = FAKE_FOREVER;
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho settled\n" };
	fpxe_main();
	EXPECT(host_console_has("net0: timed out: no DHCP answer on net0 after 15 s"));
	EXPECT_EQ(count("net0: timed out"), 1);
	EXPECT_EQ(count("net1: timed out"), 1);
	EXPECT_EQ(count("net2: network is down"), 1);
	EXPECT(host_console_has("\nsettled\n"));
	EXPECT(fake_port[0].discovers == 1 && fake_port[0].opened == 1);
}

TEST(all_silent_cards_give_way_together)
{
	uint32_t start = clock_ms();

	fake_plug(1);
	fake_port[0].dhcp_after_ms = fake_port[1].dhcp_after_ms = FAKE_FOREVER;
	fpxe_main();
	EXPECT_EQ(count(": timed out"), 2);
	EXPECT(clock_ms() - start < 120000 + 3000 + 16000);
	EXPECT(host_console_has("Press Ctrl-B"));
}

/* ---- chain-loaded ----------------------------------------------------------------------------------------------------------------- */

static uint8_t ack[300];

/** The ACK of 10.0.2.33 for the card in @slot, with boot file @file and option 175's @use_cached. */
static void started_by_another(uint8_t slot, const char *file, bool use_cached)
{
	memset(ack, 0, sizeof ack);
	memcpy(ack, "\x02\x01\x06", 3);
	memcpy(ack + 16, "\x0a\0\x02\x21\x0a\0\x02\x02", 8);
	ack[28] = 0x52;
	ack[33] = slot;
	strcpy((char *)ack + 108, file);
	memcpy(ack + 236, "\x63\x82\x53\x63\x35\x01\x05\x01\x04\xff\xff\xff\0\x36\x04\x0a\0\x02\x02\xaf\x03\xb2\x01", 23);
	ack[259] = use_cached;
	ack[260] = 255;
	host_system.cached[2] = ack;
	host_system.cached_len[2] = sizeof ack;
}

TEST(a_lease_from_before_is_there_at_the_start)
{
	fake_plug(1);
	started_by_another(1, "undionly.kpxe", false);
	run_shell("echo has ${net1/ip} ${filename}\n");
	EXPECT(host_console_has("Taken over: net1: 10.0.2.33/24"));
	EXPECT(host_console_has("\nhas 10.0.2.33 undionly.kpxe\n"));
	EXPECT_EQ(fake_port[1].discovers, 0);
	EXPECT_EQ(fake_port[0].opened, 0);
}

TEST(autoboot_asks_anew_unless_the_lease_says_it_may_be_used)
{
	fake_file[0] = (struct fake_file){ .url = "tftp://10.0.2.2/next", .contents = "#!fpxe\necho next\n" };
	started_by_another(0, "next", true);
	fpxe_main();
	EXPECT(host_console_has("DHCP (net0 52:00:00:00:00:00)... using cached\n"));
	EXPECT_EQ(fake_port[0].discovers, 0);
	EXPECT(host_console_has("\nnext\n"));
	teardown();
	setup();
	started_by_another(0, "before", false);
	fake_port[0].filename = "next";
	fake_file[0] = (struct fake_file){ .url = "tftp://10.0.2.2/next", .contents = "#!fpxe\necho next\n" };
	fpxe_main();
	EXPECT_EQ(fake_port[0].discovers, 1);
	EXPECT(host_console_has("\nnext\n"));
}

TEST(a_lease_for_no_card_of_ours_is_left_alone)
{
	started_by_another(2, "x", true);
	fpxe_main();
	EXPECT(!host_console_has("Taken over"));
	EXPECT_EQ(fake_port[0].discovers, 1);
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
