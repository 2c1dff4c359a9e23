/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts run by the shell, options and all: nothing is left on the heap, exit is always dealt with, whatever the lines say. */
#include <stdlib.h>
#include "core/errors.h"
#include "core/settings.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "usr/command.h"
#include "usr/commands.h"
#include "usr/script.h"
#include "usr/shell.h"
#include "usr/wait.h"

static int run_good(const struct arguments *a)
{
	uint32_t number = 0;

	for (int i = 0; i < a->argc; i++)
		if (!a->argv[i])
			abort();
	return a->argv[a->argc] ? abort(), 0 : command_number(a, 0, &number);
}
static int run_bad(const struct arguments *a)
{
	return fail(-EIO, "bad");
}
static int run_line(const struct arguments *a)
{
	static unsigned depth;
	int rc;

	if (depth == 4)
		return fail(-ELOOP, "deep");
	depth++;
	rc = shell_run_line(a->argv[0], LINE_FPXE);
	depth--;
	return rc;
}
static const struct option options[] = { { 'n', "number", "N", "" }, { 'f', "flag", NULL, "" }, { 0 } };
static const struct command
	good = { .name = "g", .arguments = "", .help = "", .options = options, .max_args = -1, .run = run_good },
	raw = { .name = "r", .arguments = "", .help = "", .options = options, .max_args = -1, .raw = true, .run = run_good },
	bad = { .name = "b", .arguments = "", .help = "", .max_args = 2, .run = run_bad },
	line = { .name = "l", .arguments = "", .help = "", .min_args = 1, .max_args = 1, .run = run_line };
const struct command *const commands[] = { &good, &raw, &bad, &line, &cmd_set, &cmd_show, &cmd_clear, &cmd_echo, &cmd_exit, NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	net_init(&the_net);
	script_run_text((const char *)data, size);
	if (shell_exiting())
		abort();
	shell_run_line("g", LINE_FPXE);         /* errno is 0 again */
	settings_wipe(settings_root());
	host_console_clear();
	if (host_heap_held())
		abort();
	return 0;
}
