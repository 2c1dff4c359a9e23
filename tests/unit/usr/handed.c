/* SPDX-License-Identifier: BSD-2-Clause */
/* A boot loader's command line and initrd are run instead of autoboot. */
#include "tests/unit/usr/session.h"

#include "usr/handed.h"

static void hand_initrd(const char *text)
{
	host_system.initrd = text;
	host_system.initrd_len = strlen(text);
}

TEST(without_either_nothing_happens)
{
	int rc;

	EXPECT(!handed_run(&rc));
	host_system.command_line = "";
	EXPECT(!handed_run(&rc));
	host_system.command_line = "  ";
	EXPECT(!handed_run(&rc));
	fpxe_main();
	EXPECT_EQ(fake_port[0].discovers, 1);
}

TEST(a_script_as_the_initrd_runs)
{
	hand_initrd("#!fpxe\necho from the initrd\n");
	host_system.embedded_script = "#!fpxe\necho embedded\n";
	EXPECT_EQ(fpxe_main(), 0);
	EXPECT(host_console_has("\nfrom the initrd\n"));
	EXPECT(!host_console_has("\nembedded\n"));
	EXPECT_EQ(fake_port[0].discovers, 0);
}

TEST(an_initrd_that_cannot_be_booted_is_said)
{
	hand_initrd("hello\n");
	EXPECT_EQ(fpxe_main(), -ENOEXEC);
	EXPECT(host_console_has("initrd: not a bootable image"));
	EXPECT(host_console_has("Press Ctrl-B for the command line..."));
}

TEST(the_command_line_is_run_as_the_shell_would)
{
	host_system.command_line = "echo one && echo two ; nonsense || echo three";
	EXPECT_EQ(fpxe_main(), 0);
	EXPECT(host_console_has("\none\ntwo\n"));
	EXPECT(host_console_has("\nthree\n"));
}

TEST(words_that_boot_loaders_add_are_left_out)
{
	static const char *const lines[] = {
		"BOOT_IMAGE=/fpxe.lkrn echo here", "echo here initrd=s.fpxe BOOT_IMAGE=fpxe.lkrn", " BOOT_IMAGE=x initrd=y  echo here  ",
	};

	for (unsigned i = 0; i < 3; i++) {
		setup();
		host_system.command_line = lines[i];
		EXPECT_EQ(fpxe_main(), 0);
		EXPECT(host_console_has("\nhere\n"));
		teardown();
	}
	host_system.command_line = "BOOT_IMAGE=/fpxe.lkrn initrd=s";
	fpxe_main();
	EXPECT_EQ(fake_port[0].discovers, 1);
}

TEST(the_initrd_is_an_image_for_the_command_line)
{
	host_system.command_line = "imgstat && chain initrd";
	hand_initrd("#!fpxe\necho as an image\n");
	EXPECT_EQ(fpxe_main(), 0);
	EXPECT(host_console_has("initrd"));
	EXPECT(host_console_has("\nas an image\n"));
}

TEST(a_failure_is_said_once_with_where_it_came_from)
{
	host_system.command_line = "imgfree absent";
	EXPECT_EQ(fpxe_main(), -ENOENT);
	EXPECT_EQ(count("absent\""), 1);
}

TEST(exit_ends_the_line_with_its_status)
{
	host_system.command_line = "exit 4 && echo no";
	EXPECT_EQ(fpxe_main(), 4);
	EXPECT(!host_console_has("\nno\n"));
}

TEST(ctrl_b_at_a_command_of_the_line_opens_the_shell)
{
	host_system.command_line = "sleep 5 && echo no";
	host_key_after(1000, KEY_CTRL('B'));
	host_type("echo in the shell\nexit\n");
	fpxe_main();
	EXPECT(!host_console_has("\nno\n"));
	EXPECT(host_console_has("\nin the shell\n"));
}

TEST(memory_that_runs_out_is_an_error_and_leaks_nothing)
{
	for (unsigned n = 1; n < 60; n++) {
		setup();
		heap_fail_after(n);
		host_system.command_line = "echo a && chain initrd";
		hand_initrd("#!fpxe\necho b\n");
		fpxe_main();
		heap_fail_after(0);
		teardown();
	}
}
