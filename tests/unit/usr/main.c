/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said at the start, which NIC is net0, what runs unattended, the last chance for Ctrl-B, and that nothing is left behind. */
#include "tests/unit/usr/session.h"

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

TEST(without_a_boot_file_it_says_so_waits_three_seconds_and_returns)
{
	uint32_t start = clock_ms();

	fpxe_main();
	EXPECT(host_console_has("net0: not found: DHCP gave 10.0.2.15 but no boot file"));
	EXPECT(host_console_has("Press Ctrl-B for the command line..."));
	EXPECT(clock_ms() - start >= 3000 && clock_ms() - start < 4000);
	EXPECT_EQ(fake_port[0].removed, 1);
}

TEST(after_a_failure_ctrl_b_opens_the_shell)
{
	host_key_after(2000, KEY_CTRL('B'));
	host_type("echo here\nexit\n");
	fpxe_main();
	EXPECT(host_console_has("fPXE> echo here\nhere\n"));
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

TEST(what_the_script_or_the_shell_ended_in_is_returned)
{
	host_system.embedded_script = "#!fpxe\nexit 3\n";
	EXPECT_EQ(fpxe_main(), 3);
	host_system.embedded_script = "#!fpxe\nimgfree absent\n";
	EXPECT_EQ(fpxe_main(), -ENOENT);
	host_system.embedded_script = "#!fpxe\necho all is well\n";
	EXPECT_EQ(fpxe_main(), 0);
	host_system.entry.shell = true;
	host_type("exit 7\n");
	EXPECT_EQ(fpxe_main(), 7);
}

TEST(an_embedded_file_that_is_no_script_is_said)
{
	host_system.embedded_script = "echo hello\n";
	fpxe_main();
	EXPECT(host_console_has("embedded script: not a bootable image: a script begins with #!fpxe"));
	EXPECT(!host_console_has("\nhello\n"));
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

TEST(what_smbios_says_can_be_shown_and_is_gone_at_the_end)
{
	static struct smbios_system system = { .manufacturer = "QEMU", .product = "Standard PC", .has_uuid = true,
	                                       .uuid = { 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } };

	host_system.smbios = &system;
	run_shell("show manufacturer\nshow smbios/product\nshow uuid\nshow asset\n");
	EXPECT(host_console_has("smbios/manufacturer:string = QEMU\n"));
	EXPECT(host_console_has("smbios/product:string = Standard PC\n"));
	EXPECT(host_console_has("smbios/uuid:uuid = 12345678-0102-0304-0506-0708090a0b0c\n"));
	EXPECT(host_console_has("show asset: not found"));
	EXPECT(!settings_find(settings_root(), 0, "uuid", true, NULL));
}
