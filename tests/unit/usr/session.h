/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole session in a test: a machine with one card of the fake network, lines typed at its shell, and nothing left behind at the end.
 * Included by one file of a test program. */
#ifndef TESTS_UNIT_USR_SESSION_H
#define TESTS_UNIT_USR_SESSION_H

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
__attribute__((unused)) static void run_shell(const char *lines)
{
	host_system.entry.shell = true;
	host_type(lines);
	host_type("exit\n");
	fpxe_main();
}

/** How often is @text part of the output? */
__attribute__((unused)) static unsigned count(const char *text)
{
	unsigned n = 0;

	for (const char *s = host_console_plain(); (s = strstr(s, text)) != NULL; s++)
		n++;
	return n;
}

#endif
