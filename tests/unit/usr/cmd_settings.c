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
