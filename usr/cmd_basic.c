/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: help, autoboot, echo, sleep, time, reboot, poweroff, shell, exit. */
#include "usr/commands.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"
#include "core/system.h"
#include "net/net.h"
#include "usr/autoboot.h"
#include "usr/shell.h"
#include "usr/wait.h"

/** One of the names that `help` shows in columns. */
static void list_name(const char *name)
{
	static unsigned column;

	if (name)
		print("%-12s", name);
	column = name ? (column + 1) % 6 : 0;
	if (column == 0)
		print("\n");
}

static int run_help(const struct arguments *a)
{
	const struct command *const *c;

	if (a->argc == 1) {
		const struct command *one = command_find(a->argv[0]);

		if (!one)
			return fail(-ENOENT, "no such command (help lists them)");
		command_help(one);
		return 0;
	}
	for (c = commands; *c; c++) {
		list_name((*c)->name);
		for (unsigned i = 0; i < COMMAND_ALIASES && (*c)->alias[i]; i++)
			list_name((*c)->alias[i]);
	}
	list_name(NULL);
	print("\"help COMMAND\" says more. Words between commands: && || ;\n");
	return 0;
}
const struct command cmd_help = {
	.name = "help", .arguments = "[command]", .help = "Lists the commands, or explains one.", .max_args = 1, .run = run_help,
};

static int run_autoboot(const struct arguments *a)
{
	return autoboot(a->argc, a->argv);
}
const struct command cmd_autoboot = {
	.name = "autoboot", .arguments = "[interface...]", .help = "Boots what DHCP says.", .max_args = -1, .run = run_autoboot,
};

static int run_echo(const struct arguments *a)
{
	for (int i = 0; i < a->argc; i++)
		print("%s%s", i ? " " : "", a->argv[i]);
	print("%s", a->option[0] ? "" : "\n");
	return 0;
}
static const struct option echo_options[] = { { 'n', "no-newline", NULL, "without a newline" }, { 0 } };
const struct command cmd_echo = {
	.name = "echo", .arguments = "[word...]", .help = "Prints the words.", .options = echo_options, .max_args = -1, .raw = true,
	.run = run_echo,
};

static int run_sleep(const struct arguments *a)
{
	uint32_t seconds;

	if (!text_to_u32(a->argv[0], 1000000, &seconds))
		return fail(-EINVAL, "\"%s\" is not a number of seconds", a->argv[0]);
	return wait_ms(seconds * 1000);
}
const struct command cmd_sleep = {
	.name = "sleep", .arguments = "seconds", .help = "Waits.", .min_args = 1, .max_args = 1, .run = run_sleep,
};

static int run_time(const struct arguments *a)
{
	uint32_t start = clock_ms(), ms;
	int rc = command_run(a->argc, a->argv);

	ms = clock_ms() - start;
	print("time: %u.%03u s\n", (unsigned)(ms / 1000), (unsigned)(ms % 1000));
	return rc;
}
const struct command cmd_time = {
	.name = "time", .arguments = "command...", .help = "Runs a command and says how long it took.", .min_args = 1, .max_args = -1,
	.raw = true, .run = run_time,
};

static int run_reboot(const struct arguments *a)
{
	net_shutdown(&the_net, clock_ms());
	system_reboot(a->option[0] != NULL);
}
static const struct option reboot_options[] = { { 'w', "warm", NULL, "without the memory test" }, { 0 } };
const struct command cmd_reboot = {
	.name = "reboot", .arguments = "", .help = "Restarts the machine.", .options = reboot_options, .run = run_reboot,
};

static int run_poweroff(const struct arguments *a)
{
	(void)a;
	return system_poweroff();
}
const struct command cmd_poweroff = {
	.name = "poweroff", .arguments = "", .help = "Switches the machine off.", .run = run_poweroff,
};

static int run_shell(const struct arguments *a)
{
	(void)a;
	return shell();
}
const struct command cmd_shell = {
	.name = "shell", .arguments = "", .help = "Opens a shell, for scripts; exit comes back.", .run = run_shell,
};

static int run_exit(const struct arguments *a)
{
	uint32_t status = 0;

	if (a->argc == 1 && !text_to_u32(a->argv[0], 255, &status))
		return fail(-EINVAL, "\"%s\" is not a status of 0 to 255", a->argv[0]);
	shell_exit((int)status);
	return (int)status;
}
const struct command cmd_exit = {
	.name = "exit", .arguments = "[status]", .help = "Ends the shell or script.", .max_args = 1, .run = run_exit,
};
