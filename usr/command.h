/* SPDX-License-Identifier: BSD-2-Clause */
/* A command of the shell: a row of usr/commands.c's list. Its options come from a table that is also its help. */
#ifndef USR_COMMAND_H
#define USR_COMMAND_H

#include <stdbool.h>

struct option {
	char letter;                    /* 'n' */
	const char *name;               /* "name" */
	const char *value;              /* "NAME" when it takes a value (shown in help), NULL for a flag */
	const char *help;               /* one line */
};

#define OPTIONS_MAX 8
/** Parsed arguments: values of options by their index in the table (flags: ""), NULL when absent. */
struct arguments {
	const char *option[OPTIONS_MAX];
	int argc;
	char **argv;                    /* the words that are not options */
};

struct command {
	const char *name;
	const char *alias[3];           /* other names, NULL where none */
	const char *arguments;          /* "[ifname...]", shown in help */
	const char *help;               /* one sentence */
	const struct option *options;   /* up to OPTIONS_MAX, NULL-name ended; NULL: none */
	int min_args, max_args;         /* words that are not options; max -1: any number */
	bool raw;                       /* options end at the first word that is none (kernel's own arguments follow) */
	int (*run)(const struct arguments *a);
};

/** All commands, ended by a NULL name. */
extern const struct command commands[];
const struct command *command_find(const char *name);
/** Parse @argv by the command's table and run it; --help prints its help and returns 0. */
int command_run(int argc, char **argv);

#endif
