/* SPDX-License-Identifier: BSD-2-Clause */
/* Line editor: pure. Keys go in, the line changes, and what to draw comes out; usr/ owns the screen.
 * Keys: cursor left/right, Home/End, Ctrl-A/E/B/F, Delete and Ctrl-D, Backspace, Ctrl-K/U/W, Up/Down through the history, TAB.
 * Printable ASCII is inserted at the cursor. */
#ifndef CORE_LINEEDIT_H
#define CORE_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>

#define LINE_MAX 4096                /* bytes with the NUL */
#define HISTORY_BYTES 8192           /* the newest lines that fit are kept */

/** Always cursor <= len < LINE_MAX, line[len] == NUL. */
struct lineedit {
	char line[LINE_MAX];
	size_t len, cursor;
	char saved[LINE_MAX];            /* the line being typed while the history is shown */
	char history[HISTORY_BYTES];     /* NUL-terminated lines, oldest first */
	size_t history_used;
	int history_at;                  /* 0: the line being typed; n: the n-th newest */
};

enum lineedit_event { LINEEDIT_NOTHING, LINEEDIT_CHANGED, LINEEDIT_ENTER, LINEEDIT_CANCEL /* Ctrl-C */, LINEEDIT_COMPLETE /* TAB */,
                      LINEEDIT_FULL /* refused: the line is full; ring or ignore */ };

void lineedit_init(struct lineedit *e);
/** Begin an empty line; the history stays. */
void lineedit_start(struct lineedit *e);
/** Apply one key (core/console.h's codes). */
enum lineedit_event lineedit_key(struct lineedit *e, int key);
/** Insert @text at the cursor; false (nothing inserted) when it does not fit. For completion. */
bool lineedit_insert(struct lineedit *e, const char *text);
/** Append @e->line to the history unless empty or equal to the newest. */
void lineedit_remember(struct lineedit *e);
/** The stretch of the line to show in @columns so that the cursor is in view: *@start and *@count bytes of line, the cursor at
 *  column @cursor - *@start. */
void lineedit_view(const struct lineedit *e, size_t columns, size_t *start, size_t *count);

#endif
