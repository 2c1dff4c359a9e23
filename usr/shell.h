/* SPDX-License-Identifier: BSD-2-Clause */
/* The shell: reads lines, runs commands with && || ;, prints errors. Scripts and autoboot run commands through it, too. */
#ifndef USR_SHELL_H
#define USR_SHELL_H

#include "core/command_line.h"

/** Read and run lines until `exit`. Returns exit's status. */
int shell(void);
/** Run one line in @dialect; returns the last command's rc. */
int shell_run_line(const char *line, enum line_dialect dialect);
/** Print "@what: error text: detail [file:line]". A command that then returns @rc has said enough: it is not printed again. */
void shell_print_error(const char *what, int rc);

/** `exit`: end the innermost script or shell with @status. */
void shell_exit(int status);
/** Has `exit` been said? (scripts and nested shells end on it.) */
int shell_exiting(void);
/** The script or shell that `exit` meant has ended: go on in the one around it. Returns the status, 0 when it was not said. */
int shell_exit_done(void);

#endif
