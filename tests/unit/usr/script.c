/* SPDX-License-Identifier: BSD-2-Clause */
/* Running scripts. */
#include "tests/unit/usr/session.h"

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

/** Run @contents as a script by URL. */
static void run_script(const char *contents)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = contents };
	run_shell("dhcp\nchain http://10.0.2.2/s\n");
}

TEST(line_ends_may_be_of_either_kind_and_the_last_may_lack_its_own)
{
	run_script("#!fpxe\r\necho one\r\n\r\necho two\necho three");
	EXPECT(host_console_has("\none\ntwo\nthree\n"));
}

TEST(a_trailing_backslash_joins_lines_without_a_space)
{
	run_script("#!ipxe\necho on\\\ne \\\n  two\\\n\necho three \\");
	EXPECT(host_console_has("\none two\nthree\n"));
}

TEST(gpxe_scripts_do_not_join_lines)
{
	run_script("#!gpxe\necho one \\\necho two\n");
	EXPECT(host_console_has("\none \\\ntwo\n"));
}

TEST(an_empty_script_does_nothing_well)
{
	run_script("#!fpxe");
	EXPECT(!host_console_has("chain http://10.0.2.2/s:"));
	host_console_clear();
	run_script("#!fpxe\n");
	EXPECT(!host_console_has("chain http://10.0.2.2/s:"));
}

TEST(a_line_with_a_nul_ends_there)
{
	static const char text[] = "#!fpxe\necho one\0 two\necho three\n";

	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = text, .len = sizeof(text) - 1 };
	run_shell("dhcp\nchain http://10.0.2.2/s\n");
	EXPECT(host_console_has("\none\nthree\n"));
}

TEST(long_scripts_take_no_memory_beyond_their_longest_line)
{
	static char text[200001] = "#!fpxe\n";

	while (strlen(text) < 199000)
		strcat(text + strlen(text), "# a comment of some length, as scripts have them, and again and again and again\n");
	strcat(text, "echo end\n");
	host_heap_size(256 << 10);
	run_script(text);
	EXPECT(host_console_has("\nend\n"));
}

TEST(ctrl_c_between_lines_ends_a_script)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\nsleep 100 ||\nsleep 100 || echo second\necho end\n" };
	host_system.entry.shell = true;
	host_type("dhcp\nchain http://10.0.2.2/s\n");
	host_key_after(5000, KEY_CTRL('C'));
	host_key_after(5000, KEY_CTRL('C'));
	host_type("exit\n");
	fpxe_main();
	EXPECT(host_console_has("\nsecond\nend\n"));
}

TEST(a_script_may_open_a_shell_and_go_on)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho before\nshell\necho after\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s\necho inside\nexit\n");
	EXPECT(host_console_has("\ninside\nfPXE> exit\nafter\n"));
}

TEST(a_script_that_fetches_its_successor_is_replaced_by_it)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a/s", .contents = "#!fpxe\nkernel ../b/s\necho first\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b/s", .contents = "#!fpxe\necho second\n" };
	run_shell("dhcp\nkernel http://10.0.2.2/a/s\nboot\nboot\nimgstat\n");
	EXPECT(host_console_has("\nfirst\n"));
	EXPECT(host_console_has("\nsecond\n"));
	EXPECT_EQ(count("bytes script"), 1);
}
