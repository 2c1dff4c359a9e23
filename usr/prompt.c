/* SPDX-License-Identifier: BSD-2-Clause */
/* Drawing the line editor on one row of the console: what is longer than the row scrolls sideways. */
#include "usr/prompt.h"

#include <stdbool.h>
#include "config/features.h"
#include "config/general.h"
#include "core/console.h"
#include "core/heap.h"
#include "core/lineedit.h"
#include "core/printf.h"
#include "core/string.h"
#include "usr/complete.h"
#include "usr/wait.h"

#define PROMPT CONFIG_PRODUCT_NAME "> "
#define COLUMNS (CONSOLE_COLUMNS - sizeof(PROMPT))     /* for the line; the last column stays free */

static struct lineedit editor;          /* shared by nested shells: one history */
static size_t drawn_start, drawn_len;   /* the view and the line's length when the row was drawn last */

static void redraw(void)
{
	size_t start, count, cursor;

	lineedit_view(&editor, COLUMNS, &start, &count);
	cursor = editor.cursor - start;
	print("\r" PROMPT "%.*s\033[K", (int)count, editor.line + start);
	if (cursor < count)
		print("\033[%uD", (unsigned)(count - cursor));
	drawn_start = start;
	drawn_len = editor.len;
}

/** A character typed at the line's end needs that character drawn and nothing else; so does each of a fast typist on a serial line. */
static void draw_change(void)
{
	size_t start, count;

	lineedit_view(&editor, COLUMNS, &start, &count);
	if (editor.cursor == editor.len && editor.len == drawn_len + 1 && start == drawn_start && start + count == editor.len) {
		console_putc(editor.line[editor.len - 1]);
		drawn_len++;
	} else {
		redraw();
	}
}

char *prompt_read(void)
{
	char *line;

	lineedit_start(&editor);
	drawn_start = drawn_len = 0;
	print(PROMPT);
	for (;;) {
		switch (lineedit_key(&editor, wait_key(0))) {
		case LINEEDIT_CHANGED:
			draw_change();
			break;
		case LINEEDIT_COMPLETE:
			if (CONFIG_TOOLS)
				complete(&editor);
			redraw();
			break;
		case LINEEDIT_ENTER:
			print("\n");
			lineedit_remember(&editor);
			line = heap_strdup(editor.line);
			if (!line)
				print("out of memory\n");
			return line;
		case LINEEDIT_CANCEL:
			print("\n");
			return NULL;
		case LINEEDIT_NOTHING:
		case LINEEDIT_FULL:
			break;
		}
	}
}
