/* SPDX-License-Identifier: BSD-2-Clause */
/* A command of the shell: one struct beside its function in usr/cmd_*.c, named in the list of usr/commands.c. Its options come from
 * a table that is also its help. */
#ifndef USR_COMMAND_H
#define USR_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option {
	char letter;                    /* 'n'; 0: it has none */
	const char *name;               /* "name" */
	const char *value;              /* "NAME" when it takes a value (shown in help), NULL for a flag */
	const char *help;               /* one line */
};

#define OPTIONS_MAX 12
/** Parsed arguments: values of options by their index in the table (flags: ""), NULL when absent. */
struct arguments {
	const char *option[OPTIONS_MAX];
	int argc;
	char **argv;                    /* the words that are not options */
};

#define COMMAND_ALIASES 3
struct command {
	const char *name;
	const char *alias[COMMAND_ALIASES]; /* other names, NULL where none */
	const char *arguments;          /* "[interface...]", shown in help; "" when none */
	const char *help;               /* one sentence */
	const struct option *options;   /* up to OPTIONS_MAX, NULL-name ended; NULL: none */
	int min_args, max_args;         /* words that are not options; max -1: any number */
	bool raw;                       /* options end at the first word that is none (kernel's own arguments follow) */
	/** 0, a negative error (with fail() where there is more to say), or a positive status: `exit 1`. */
	int (*run)(const struct arguments *a);
};

/** All commands, NULL-terminated, in the order `help` shows them. usr/commands.c */
extern const struct command *const commands[];

/** By name or alias; NULL. */
const struct command *command_find(const char *name);
/** Parse @argv by the command's table (words are reordered, options first) and run it; --help prints its help and returns 0. */
int command_run(int argc, char **argv);
/** Print what the table knows. */
void command_help(const struct command *c);
/** The value of option @index as a number, *@value untouched when it is absent. -EINVAL with fail(). */
int command_number(const struct arguments *a, unsigned index, uint32_t *value);
/** The words argv[0..argc-1] with single spaces between, on the heap; NULL when out of memory. */
char *command_join(int argc, char **argv);

#endif
