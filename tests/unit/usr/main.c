/* SPDX-License-Identifier: BSD-2-Clause */
/* From start to end: which NICs, what is said, autoboot, Ctrl-B, embedded scripts, the shell's commands for interfaces and images,
 * and that nothing is left behind. */
#include "tests/unit/usr/fake_net.h"

#include "core/console.h"
#include "usr/main.h"
#include "usr/wait.h"

static void setup(void)
{
	fake_reset();
	fake_plug(0);
	wait_watch_shell_key(false);
	wait_forget_shell_key();
	host_leaks_from_here();
}
static void teardown(void)
{
	settings_wipe(settings_root());
	EXPECT_EQ(fake_downloads, 0);
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT_EQ(host_heap_held(), 0);
	for (unsigned i = 0; i < FAKE_PORTS; i++)
		EXPECT(fake_port[i].opened == fake_port[i].closed || fake_port[i].open_rc);
	while (wait_key(1) >= 0)
		;
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; test_teardown = teardown; }

/** Run the shell with these lines typed. */
static void run_shell(const char *lines)
{
	host_system.entry.shell = true;
	host_type(lines);
	host_type("exit\n");
	fpxe_main();
}

static unsigned count(const char *text)
{
	unsigned n = 0;

	for (const char *s = host_console_plain(); (s = strstr(s, text)) != NULL; s++)
		n++;
	return n;
}

/* ---- the start ---- */

TEST(the_banner_names_product_version_and_features)
{
	run_shell("");
	EXPECT(strstr(host_console_text(), "\033[1mfPXE 0.1\033[0m -- ") != NULL);
	EXPECT(host_console_has("Features: HTTP DNS"));
	EXPECT(host_console_has("bzImage"));
	EXPECT(host_console_has("fPXE> exit\n"));
}

TEST(a_shell_asked_for_at_post_opens_without_autoboot)
{
	run_shell("");
	EXPECT_EQ(fake_port[0].discovers, 0);
	EXPECT_EQ(fake_port[0].removed, 1);
}

TEST(the_roms_own_card_is_net0)
{
	fake_plug(1);
	fake_plug(2);
	host_system.entry.has_pci = true;
	host_system.entry.slot = 2;
	run_shell("ifstat\n");
	EXPECT(host_console_has("net0: 52:00:00:00:00:02"));
	EXPECT(host_console_has("net1: 52:00:00:00:00:00"));
	EXPECT(host_console_has("net2: 52:00:00:00:00:01"));
}

TEST(without_a_card_we_know_the_ids_that_are_there_are_said)
{
	static struct host_device other = { .pci = { .slot = 5, .vendor = 0x8086, .device = 0x10d3, .class_code = 0x020000 } };

	host_reset();
	host_clock_step(100);
	host_device_add(&other);
	fpxe_main();
	EXPECT(host_console_has("no supported network device"));
	EXPECT(host_console_has(" 8086:10d3"));
	EXPECT(host_console_has("Press Ctrl-B"));
}

/* ---- autoboot ---- */

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

TEST(a_script_fetched_by_autoboot_resolves_relative_references)
{
	fake_port[0].filename = "http://10.0.2.2/dir/boot.fpxe";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/dir/boot.fpxe", .contents = "#!fpxe\nchain sub/next\nchain /top\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/dir/sub/next", .contents = "#!fpxe\necho next\nchain again\n" };
	fake_file[2] = (struct fake_file){ .url = "http://10.0.2.2/dir/sub/again", .contents = "#!fpxe\necho again\n" };
	fake_file[3] = (struct fake_file){ .url = "http://10.0.2.2/top", .contents = "#!fpxe\necho top\n" };
	fpxe_main();
	EXPECT(host_console_has("next\n"));
	EXPECT(host_console_has("again\n"));
	EXPECT(host_console_has("top\n"));
}

TEST(relative_references_resolve_against_where_a_redirect_led_and_keep_its_password)
{
	fake_port[0].filename = "http://10.0.2.2/boot";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/boot", .contents = "#!fpxe\nchain next\n",
	                                   .final_url = "http://me:secret@10.0.2.9/elsewhere/boot" };
	fake_file[1] = (struct fake_file){ .url = "http://me:secret@10.0.2.9/elsewhere/next", .contents = "#!fpxe\necho next\n" };
	fpxe_main();
	EXPECT(host_console_has("next\n"));
	EXPECT(host_console_has("http://me:***@10.0.2.9/elsewhere/next  "));
	EXPECT(!host_console_has("secret"));
}

TEST(without_a_boot_file_it_says_so_waits_three_seconds_and_returns)
{
	uint32_t start = clock_ms();

	fpxe_main();
	EXPECT(host_console_has("net0: not found: DHCP gave 10.0.2.15 but no boot file"));
	EXPECT(host_console_has("Press Ctrl-B for the command line..."));
	EXPECT(clock_ms() - start >= 3000 && clock_ms() - start < 4000);
	EXPECT_EQ(fake_port[0].removed, 1);
}

TEST(a_boot_file_that_is_no_url_is_refused_in_words)
{
	fake_port[0].filename = "pxelinux.0";
	fpxe_main();
	EXPECT(host_console_has("boot file \"pxelinux.0\" is not a URL"));
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

TEST(after_a_failure_ctrl_b_opens_the_shell)
{
	host_key_after(2000, KEY_CTRL('B'));
	host_type("echo here\nexit\n");
	fpxe_main();
	EXPECT(host_console_has("fPXE> echo here\nhere\n"));
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

TEST(ctrl_b_ends_a_script_whatever_it_does)
{
	fake_port[0].filename = "http://10.0.2.2/s";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\nsleep 1000 || echo no\necho no\n" };
	host_key_after(2000, KEY_CTRL('B'));
	host_type("echo here\nexit\n");
	fpxe_main();
	EXPECT(host_console_has("fPXE> echo here\nhere\n"));
	EXPECT(!host_console_has("\nno\n"));
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

TEST(an_embedded_script_runs_instead_of_autoboot)
{
	host_system.embedded_script = "#!fpxe\r\necho one \\\r\n two\r\n\r\n# echo three\r\ndhcp\r\n";
	fpxe_main();
	EXPECT(host_console_has("\none two\n"));
	EXPECT(!host_console_has("three"));
	EXPECT_EQ(fake_port[0].discovers, 1);
	EXPECT(!host_console_has("Press Ctrl-B"));
}

TEST(an_embedded_script_that_fails_leaves_ctrl_b_open)
{
	host_system.embedded_script = "#!ipxe\nnonsense\necho no\n";
	fpxe_main();
	EXPECT(host_console_has("nonsense: not found"));
	EXPECT(!host_console_has("\nno\n"));
	EXPECT(host_console_has("Press Ctrl-B"));
}

TEST(an_embedded_file_that_is_no_script_is_said)
{
	host_system.embedded_script = "echo hello\n";
	fpxe_main();
	EXPECT(host_console_has("embedded script: not a bootable image: a script begins with #!fpxe"));
	EXPECT(!host_console_has("\nhello\n"));
}

/* ---- interfaces ---- */

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

/* ---- images ---- */

TEST(initrds_are_fetched_listed_and_freed)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/d/initrd.gz", .contents = "0123456789" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/preseed", .contents = "abc" };
	run_shell("dhcp\ninitrd http://10.0.2.2/d/initrd.gz\nmodule -n two http://10.0.2.2/preseed /preseed.cfg mode=0600\n"
	          "imgstat\nimgfree two\nimgstat\nimgfree\nimgfree two\n");
	EXPECT_EQ(count("initrd.gz: 10 bytes\n"), 2);
	EXPECT_EQ(count("two: 3 bytes \"/preseed.cfg mode=0600\"\n"), 1);
	EXPECT(host_console_has("imgfree two: not found: no image \"two\""));
}

TEST(a_later_image_of_the_same_name_replaces_the_first)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a/x", .contents = "0123456789" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b/x", .contents = "abc" };
	run_shell("dhcp\ninitrd http://10.0.2.2/a/x\ninitrd http://10.0.2.2/b/x\nimgstat\n");
	EXPECT(!host_console_has("x: 10 bytes\n"));
	EXPECT_EQ(count("x: 3 bytes\n"), 1);
}

TEST(a_failed_fetch_leaves_the_images_as_they_were)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a/x", .contents = "0123456789" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b/x", .contents = "<html>", .after_ms = FAKE_FOREVER };
	fake_file[2] = (struct fake_file){ .url = "http://10.0.2.2/c/x", .contents = "<html>no kernel</html>" };
	run_shell("dhcp\ninitrd http://10.0.2.2/a/x one\ninitrd http://10.0.2.2/404\ninitrd -t 500 http://10.0.2.2/b/x\n"
	          "kernel http://10.0.2.2/c/x\nchain http://10.0.2.2/c/x\nimgstat\n");
	EXPECT(host_console_has("initrd http://10.0.2.2/404: not found: 404 Not Found ["));
	EXPECT(host_console_has("timed out: not complete after 500 ms ["));
	EXPECT(host_console_has("kernel http://10.0.2.2/c/x: not a bootable image"));
	EXPECT(host_console_has("chain http://10.0.2.2/c/x: not a bootable image"));
	EXPECT_EQ(count(" bytes"), 1);
	EXPECT(host_console_has("x: 10 bytes \"one\"\n"));
}

TEST(an_image_that_does_not_fit_is_refused_before_it_comes)
{
	static char huge[1];

	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/huge", .contents = huge, .len = 300u << 20 };
	run_shell("dhcp\ninitrd http://10.0.2.2/huge\nimgstat\n");
	EXPECT(host_console_has("initrd http://10.0.2.2/huge: out of memory: need 300"));
	EXPECT(!host_console_has(" bytes"));
}

TEST(a_body_of_unknown_length_is_settled)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a", .contents = "0123456789", .unknown_length = true };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b", .contents = "abc", .unknown_length = true };
	run_shell("dhcp\ninitrd http://10.0.2.2/a\ninitrd http://10.0.2.2/b\nimgstat\n");
	EXPECT(host_console_has("a: 10 bytes\nb: 3 bytes\n"));
}

TEST(urls_that_cannot_be_fetched_are_one_line_each)
{
	run_shell("dhcp\nkernel ftp://10.0.2.2/x\nkernel http://10.0.2.2:70000/x\nkernel nothing\n");
	EXPECT(host_console_has("kernel ftp://10.0.2.2/x: protocol not supported: no \"ftp\" here (have: http) ["));
	EXPECT(host_console_has("kernel http://10.0.2.2:70000/x: invalid argument: "));
	EXPECT(host_console_has("kernel nothing: not found: no image of that name, and not a URL ["));
}

TEST(quiet_shows_no_progress)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a", .contents = "0123456789", .after_ms = 2000 };
	run_shell("dhcp\ninitrd -q http://10.0.2.2/a\n");
	EXPECT_EQ(count("http://10.0.2.2/a"), 1);
}

TEST(a_script_among_the_images_is_run_by_its_name_and_stays_one)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho ran\nboot || echo no recursion\n" };
	run_shell("dhcp\nkernel http://10.0.2.2/s\nboot\nboot s\nimgstat\nboot -a s\nimgstat\n");
	EXPECT_EQ(count("\nran\n"), 3);
	EXPECT_EQ(count("\nno recursion\n"), 3);
	EXPECT_EQ(count("s: 42 bytes script, selected\n"), 1);
	EXPECT_EQ(fake_file[0].fetched, 1);
}

TEST(boot_without_an_image_says_so)
{
	run_shell("boot\n");
	EXPECT(host_console_has("boot: not found: no image is selected"));
}

TEST(a_failing_line_ends_a_script_and_its_error_is_said_once)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho a\nnonsense\necho b\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s && echo c\n");
	EXPECT(host_console_has("\na\n"));
	EXPECT_EQ(count("nonsense: not found"), 1);
	EXPECT_EQ(count("chain http://10.0.2.2/s:"), 0);
	EXPECT(!host_console_has("\nb\n") && !host_console_has("\nc\n"));
}

TEST(exit_ends_a_script_and_its_status_reaches_the_caller)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\nexit 3\necho b\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/t", .contents = "#!fpxe\nexit\necho b\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s || echo c\nchain http://10.0.2.2/t && echo d\n");
	EXPECT(host_console_has("chain http://10.0.2.2/s: exit status 3\nc\n"));
	EXPECT(host_console_has("\nd\n"));
	EXPECT(!host_console_has("\nb\n"));
}

TEST(a_replaced_script_does_not_go_on)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\nchain --replace t\necho b\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/t", .contents = "#!fpxe\necho t\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s\necho after\n");
	EXPECT(host_console_has("\nt\n"));
	EXPECT(!host_console_has("\nb\n"));
	EXPECT(host_console_has("\nafter\n"));
}

TEST(scripts_that_chain_themselves_for_ever_end)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\nchain s\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s\necho alive\n");
	EXPECT_EQ(count("loop detected"), 1);
	EXPECT(host_console_has("\nalive\n"));
}

TEST(gpxe_scripts_expand_first_and_have_no_operators)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s",
	                                   .contents = "#!gpxe\nset words two\necho one ${words} && echo 'x'\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s\n");
	EXPECT(host_console_has("\none two && echo 'x'\n"));
}

/* ---- settings and the rest ---- */

TEST(settings_are_set_shown_and_cleared)
{
	run_shell("set x one  two\nshow x\nset 210:string http://h/\nshow 210:string\nclear x\nshow x\nset y\nshow y\n");
	EXPECT(host_console_has("= one two\n"));
	EXPECT(host_console_has("= http://h/\n"));
	EXPECT(host_console_has("show x: not found"));
	EXPECT(host_console_has("= \n"));
}

TEST(what_came_from_the_network_cannot_draw_on_the_screen)
{
	fake_port[0].filename = "a\033[2Jb";
	run_shell("dhcp\nshow filename\n");
	EXPECT(strstr(host_console_text(), "\033[2J") == NULL);
	EXPECT(host_console_has("boot file a?[2Jb\n"));
}

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

TEST(memory_that_runs_out_anywhere_ends_in_an_error_and_leaks_nothing)
{
	static const char session[] = "dhcp\ninitrd http://10.0.2.2/f a\nchain http://10.0.2.2/s\nset x 1\nshow x\nimgargs f b c\nimgstat\n"
	                              "boot f\nnslookup a 10.0.2.2\nset net0/dns\n";

	for (unsigned n = 1; n < 250; n++) {
		setup();
		fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/f", .contents = "0123456789", .unknown_length = true };
		fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho \\\nran\nset y z\nchain t || \n" };
		fake_file[2] = (struct fake_file){ .url = "http://10.0.2.2/t", .contents = "#!gpxe\necho ${y}\n" };
		heap_fail_after(n);
		host_system.entry.shell = true;
		host_type(session);
		host_type("exit\nexit\n");      /* one may be lost to the failure */
		fpxe_main();
		heap_fail_after(0);
		teardown();
		setup();
	}
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

TEST(poweroff_that_is_not_possible_is_an_error)
{
	run_shell("poweroff\n");
	EXPECT_EQ(host_system.poweroffs, 1);
	EXPECT(host_console_has("poweroff: not supported"));
}
