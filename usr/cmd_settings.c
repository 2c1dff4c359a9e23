/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: set, clear, show. */
#include "usr/commands.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "core/system.h"
#include "usr/ifmgmt.h"

/** `set serial off` is more than a value: where a BIOS or a board's controller repeats our screen on the port, each line comes once. */
static void act_on(const char *name, const char *text)
{
	if (strcmp(name, "serial") == 0)
		system_serial(strcmp(text, "off") != 0);
}

static int run_set(const struct arguments *a)
{
	char *text = command_join(a->argc - 1, a->argv + 1);
	int rc = text ? settings_set(a->argv[0], text) : -ENOMEM;

	if (rc == 0)
		act_on(a->argv[0], text);
	heap_free(text);
	return rc;
}
const struct command cmd_set = {
	.name = "set", .arguments = "setting [value...]", .help = "Sets a setting: net0/ip, filename, 210:string, or any name.",
	.min_args = 1, .max_args = -1, .raw = true, .run = run_set,
};

static int run_clear(const struct arguments *a)
{
	return settings_clear(a->argv[0]);
}
const struct command cmd_clear = {
	.name = "clear", .arguments = "setting", .help = "Removes a setting.", .min_args = 1, .max_args = 1, .run = run_clear,
};

enum { OPTION_QUIET };
static const struct option show_options[] = {
	{ 'q', "quiet", NULL, "print no value: is it set?" },
	{ 0 }
};

static int run_show(const struct arguments *a)
{
	char name[SETTING_NAME_MAX + 16], *value;
	int len = settings_get(a->argv[0], NULL, 0, name);

	if (len < 0)
		return len;
	if (a->option[OPTION_QUIET])
		return 0;
	value = heap_alloc((size_t)len + 1);
	if (!value)
		return -ENOMEM;
	settings_get(a->argv[0], value, (size_t)len + 1, NULL);
	print("%s = ", name);
	ifmgmt_print_safe(value);
	print("\n");
	heap_free(value);
	return 0;
}
const struct command cmd_show = {
	.name = "show", .arguments = "setting", .help = "Shows a setting and where it comes from.",
	.options = show_options, .min_args = 1, .max_args = 1, .run = run_show,
};
