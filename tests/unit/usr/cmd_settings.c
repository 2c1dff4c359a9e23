/* SPDX-License-Identifier: BSD-2-Clause */
/* set, clear, show. */
#include "tests/unit/usr/session.h"

TEST(settings_are_set_shown_and_cleared)
{
	run_shell("set x one  two\nshow x\nset 210:string http://h/\nshow 210:string\nclear x\nshow x\nset y\nshow y\n");
	EXPECT(host_console_has("= one two\n"));
	EXPECT(host_console_has("= http://h/\n"));
	EXPECT(host_console_has("show x: not found"));
	EXPECT(host_console_has("= \n"));
}

TEST(a_quiet_show_only_tells_whether_it_is_set)
{
	run_shell("set x secret-${y}word\nshow -q x && echo set\nshow --quiet y || echo unset\n");
	EXPECT(host_console_has("show -q x && echo set\nset\n"));
	EXPECT(!host_console_has("= "));
	EXPECT(host_console_has("\nunset\n"));
}

TEST(the_serial_console_is_switched_by_a_setting)
{
	run_shell("set serial off\n");
	EXPECT(!host_system.serial);
	host_console_clear();
	host_system.entry.shell = true;
	run_shell("set serial on\nset series off\n");
	EXPECT(host_system.serial);
}

TEST(words_after_a_settings_name_are_its_value_even_with_dashes)
{
	run_shell("set x -a --b\nshow x\nset\nset --foo x\nclear\n");
	EXPECT(host_console_has("= -a --b\n"));
	EXPECT_EQ(count("usage: "), 2);
	EXPECT(host_console_has("unknown option --foo"));
}

TEST(a_value_keeps_the_type_it_was_set_with)
{
	run_shell("set a:hex 1b:5b:4a\nshow a\necho ${a:string}end\nset n:int8 300\n");
	EXPECT(host_console_has("a:hex = 1b:5b:4a\n"));
	EXPECT(strstr(host_console_text(), "\033[Jend\n") != NULL);
	EXPECT(host_console_has("is not of type int8"));
}
