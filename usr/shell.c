/* SPDX-License-Identifier: BSD-2-Clause */
/* Running lines of commands and printing what went wrong. */
#include "usr/shell.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "usr/command.h"
#include "usr/ifmgmt.h"
#include "usr/prompt.h"
#include "usr/wait.h"

#define SHOWN_WORDS_MAX 100     /* bytes of a failed command that its error repeats */

static int printed_rc;          /* what the innermost job that ended with an error printed; 0: none since one began */
static bool exiting;
static int exit_status;

void shell_exit(int status)
{
	exiting = true;
	exit_status = status;
}

int shell_exiting(void)
{
	return exiting;
}

int shell_exit_done(void)
{
	int status = exiting ? exit_status : 0;

	exiting = false;
	return status;
}

void shell_job_begin(void)
{
	error_clear();
	printed_rc = 0;
}

void shell_job_end(const char *what, int rc)
{
	char text[ERROR_DETAIL_MAX + 100];

	if (rc == printed_rc)
		return;
	printed_rc = rc;
	if (rc == 0)
		return;
	ifmgmt_print_safe(what);        /* words that a setting from the network may have become */
	if (rc > 0)
		text_format(text, sizeof(text), "exit status %d", rc);
	else
		error_format(text, sizeof(text), rc);
	print(": %s\n", text);
}

/** Overwrite the password of a URL in @text, which is a copy of the user's words. */
static void hide_password(char *text)
{
	char *user = strstr(text, "://"), *at, *colon;

	if (!user)
		return;
	user += 3;
	user[-1] = '\0';                /* so that strchr() stays behind it */
	at = strchr(user, '@');
	colon = strchr(user, ':');
	user[-1] = '/';
	if (!at || !colon || colon > at || memchr(user, '/', (size_t)(at - user)))
		return;
	for (char *c = colon + 1; c < at; c++)
		*c = '*';
}

/** The words of a command as its error repeats them, cut short where they are many. */
static void describe(char *buf, size_t size, int argc, char **argv)
{
	size_t used = 0;

	for (int i = 0; i < argc && used < size - 4; i++) {
		used += (size_t)text_format(buf + used, size - used, "%s%s", i ? " " : "", argv[i]);
		hide_password(buf);
	}
	if (used > size - 4)
		memcpy(buf + size - 4, "...", 4);
}

/** The setting "errno" holds the last command's error as a positive number. */
static void remember_errno(int rc)
{
	static int stored;
	char text[12];

	if (rc == stored)
		return;
	stored = rc;
	text_format(text, sizeof(text), "%d", rc < 0 ? -rc : rc);
	settings_store(settings_root(), 0, "errno", text, strlen(text));
}

static int run_words(struct line_words *words)
{
	char what[SHOWN_WORDS_MAX];
	int rc;

	if (words->argc == 0 || (words->argc == 1 && !*words->argv[0]))
		return 0;
	describe(what, sizeof(what), words->argc, words->argv);
	shell_job_begin();
	rc = command_run(words->argc, words->argv);
	if (!exiting)
		shell_job_end(what, rc);
	remember_errno(rc);
	return rc;
}

/** Take the next command off *@line and run it. @words is on the heap, for shells nest. */
static int run_next(const char **line, enum line_dialect dialect, enum line_operator *op)
{
	struct line_words *words = heap_alloc(sizeof(*words));
	int rc;

	*op = LINE_END;
	shell_job_begin();
	rc = words ? line_next(line, dialect, words, op) : -ENOMEM;
	if (rc != 0) {
		shell_job_end("command line", rc);
		*op = LINE_END;
	} else {
		rc = run_words(words);
		line_free(words);
	}
	heap_free(words);
	return rc;
}

int shell_run_line(const char *line, enum line_dialect dialect)
{
	enum line_operator op = LINE_THEN, next;
	int rc = 0;

	do {
		if ((op == LINE_AND && rc != 0) || (op == LINE_OR && rc == 0)) {
			if (line_skip(&line, dialect, &next) != 0)
				next = LINE_END;
		} else {
			rc = run_next(&line, dialect, &next);
		}
		op = next;
	} while (op != LINE_END && !exiting && !wait_shell_wanted() && !wait_interrupted());
	return op == LINE_END || exiting ? rc : -ECANCELED;
}

int shell(void)
{
	bool watched = wait_watch_shell_key(false);
	int status;

	wait_forget_shell_key();
	while (!exiting) {
		char *line = prompt_read();

		if (line) {
			shell_run_line(line, LINE_FPXE);
			heap_free(line);
		}
		wait_forget_shell_key();
	}
	status = shell_exit_done();
	wait_watch_shell_key(watched);
	return status;
}
