/* SPDX-License-Identifier: BSD-2-Clause */
/* The shell: reads lines, runs commands with && || ;, prints errors. Scripts and autoboot run commands through it, too. */
#ifndef USR_SHELL_H
#define USR_SHELL_H

#include "core/command_line.h"

/** Read and run lines until `exit`. Returns exit's status. */
int shell(void);
/** Run one line in @dialect; returns the last command's rc. */
int shell_run_line(const char *line, enum line_dialect dialect);
/* Errors are printed once, by whoever began the job that failed; a job inside a job has said it already.
 * shell_job_begin() - the work - shell_job_end(). */

/** Forget earlier errors. */
void shell_job_begin(void);
/** If the job ended in an error that nothing inside it has printed: print "@what: error text: detail [file:line]". */
void shell_job_end(const char *what, int rc);

/** `exit`: end the innermost script or shell with @status. */
void shell_exit(int status);
/** Has `exit` been said? (scripts and nested shells end on it.) */
int shell_exiting(void);
/** The script or shell that `exit` meant has ended: go on in the one around it. Returns the status, 0 when it was not said. */
int shell_exit_done(void);

#endif
