/* SPDX-License-Identifier: BSD-2-Clause */
/* The shell: reads lines, runs commands with && || ;, prints errors. Scripts and autoboot run commands through it, too. */
#ifndef USR_SHELL_H
#define USR_SHELL_H

#include "core/command_line.h"

/** Read and run lines until `exit`. Returns exit's status. */
int shell(void);
/** Run one line in @dialect; returns the last command's rc. */
int shell_run_line(const char *line, enum line_dialect dialect);
/** Print "command arguments: error text: detail [file:line]" once. */
void shell_print_error(const char *what, int rc);
/** Has `exit` been said? (scripts and nested shells end on it.) */
int shell_exiting(void);

#endif
