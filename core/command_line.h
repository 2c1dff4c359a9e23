/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines: splitting into words and ${setting} expansion; pure but for settings_get().
 *
 * Two orders. Ours and iPXE's: a line is split into words first, then each word is expanded, innermost ${} first and again until
 * none is left, so that a value never adds words and ${net${i}/mac} works. gPXE's: the whole line is expanded (leftmost ${ with
 * the next }) and then split; an unclosed ${ ends the line there. Unset names expand to nothing.
 * Quotes (" and ') group words in LINE_FPXE only; in double quotes ${} still expands; in single quotes it does not. */
#ifndef CORE_COMMAND_LINE_H
#define CORE_COMMAND_LINE_H

#include <stddef.h>

enum line_dialect { LINE_FPXE, LINE_IPXE, LINE_GPXE };

#define LINE_WORDS_MAX 2048          /* words of one letter that 4095 bytes can hold */
#define LINE_EXPANDED_MAX 16384      /* bytes that one line may expand to; more is -EFBIG */

/** One command of a line: argv[0..argc-1] are NUL-terminated and live until line_free(). Large: not for the stack. */
struct line_words {
	int argc;
	char *argv[LINE_WORDS_MAX + 1];  /* argv[argc] is NULL */
	char *storage;
};

/** How the next command of a line depends on the one before. */
enum line_operator { LINE_END, LINE_AND /* && */, LINE_OR /* || */, LINE_THEN /* ; */ };

/** Take the next command off *@line (advanced past its operator): split, expand, fill @words. The operator that ended it is
 *  returned in *@op. Operators are words of their own, unquoted; a word that starts with # begins a comment. Expansion happens
 *  here, when the command is about to run, so `set x 1 && echo ${x}` sees x. 0, -ENOMEM, -EFBIG (with fail()), -EINVAL (a quote
 *  that is not closed). @words must be freed in the case of 0. In LINE_GPXE the caller passes a whole line once: it is expanded
 *  first, has no operators and # begins a comment at its start only. */
int line_next(const char **line, enum line_dialect dialect, struct line_words *words, enum line_operator *op);
/** Skip the next command of *@line without expanding it. */
int line_skip(const char **line, enum line_dialect dialect, enum line_operator *op);
void line_free(struct line_words *words);

/** Expand ${} in @text (see above) into @buf; -EFBIG when it does not fit or does not end after 64 rounds. */
int line_expand(const char *text, char *buf, size_t size);

#endif
