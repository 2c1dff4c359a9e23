/* SPDX-License-Identifier: BSD-2-Clause */
/* Line editor and its history (see core/lineedit.h). */
#include "core/lineedit.h"

#include "core/console.h"   // KEY_UP ...
#include "core/string.h"

#define DELETE 0x7f             /* what many terminals send for Backspace */

void lineedit_init(struct lineedit *e)
{
	e->history_used = 0;
	lineedit_start(e);
}

static void set_line(struct lineedit *e, const char *text)
{
	text_copy(e->line, sizeof(e->line), text);
	e->len = e->cursor = strlen(e->line);
}

void lineedit_start(struct lineedit *e)
{
	set_line(e, "");
	e->saved[0] = '\0';
	e->history_at = 0;
}

/** Remove the bytes from @from to @to, and leave the cursor there. */
static enum lineedit_event cut(struct lineedit *e, size_t from, size_t to)
{
	if (from == to)
		return LINEEDIT_NOTHING;
	memmove(e->line + from, e->line + to, e->len - to + 1);
	e->len -= to - from;
	e->cursor = from;
	return LINEEDIT_CHANGED;
}

static enum lineedit_event move(struct lineedit *e, size_t cursor)
{
	if (cursor == e->cursor)
		return LINEEDIT_NOTHING;
	e->cursor = cursor;
	return LINEEDIT_CHANGED;
}

/** Where the word before the cursor begins. */
static size_t word_start(const struct lineedit *e)
{
	size_t at = e->cursor;

	while (at && e->line[at - 1] == ' ')
		at--;
	while (at && e->line[at - 1] != ' ')
		at--;
	return at;
}

/** The @n-th newest line, or NULL. */
static const char *history_line(const struct lineedit *e, int n)
{
	size_t at = e->history_used;

	for (; n && at; n--) {
		at--;                           /* its NUL */
		while (at && e->history[at - 1])
			at--;
	}
	return n ? NULL : e->history + at;
}

static enum lineedit_event show_history(struct lineedit *e, int n)
{
	const char *line = n > 0 ? history_line(e, n) : e->saved;

	if (n < 0 || !line)
		return LINEEDIT_NOTHING;
	if (e->history_at == 0)
		memcpy(e->saved, e->line, e->len + 1);
	e->history_at = n;
	set_line(e, line);
	return LINEEDIT_CHANGED;
}

bool lineedit_insert(struct lineedit *e, const char *text)
{
	size_t n = strlen(text);

	if (n >= sizeof(e->line) - e->len)
		return false;
	memmove(e->line + e->cursor + n, e->line + e->cursor, e->len - e->cursor + 1);
	memcpy(e->line + e->cursor, text, n);
	e->len += n;
	e->cursor += n;
	return true;
}

static enum lineedit_event insert_key(struct lineedit *e, int key)
{
	char text[2] = { (char)key, '\0' };

	if (key < ' ' || key > '~')
		return LINEEDIT_NOTHING;
	return lineedit_insert(e, text) ? LINEEDIT_CHANGED : LINEEDIT_FULL;
}

enum lineedit_event lineedit_key(struct lineedit *e, int key)
{
	static const char same_as[] = "PNBFAED";        /* the control keys that do what KEY_UP ... KEY_DELETE do */
	size_t before = e->cursor ? e->cursor - 1 : 0;
	size_t after = e->cursor < e->len ? e->cursor + 1 : e->len;

	if (key >= KEY_UP && key <= KEY_DELETE)
		key = KEY_CTRL(same_as[key - KEY_UP]);
	switch (key) {
	case '\r':
	case '\n':
		return LINEEDIT_ENTER;
	case '\t':
		return LINEEDIT_COMPLETE;
	case KEY_CTRL('C'):
		return LINEEDIT_CANCEL;
	case KEY_CTRL('B'):
		return move(e, before);
	case KEY_CTRL('F'):
		return move(e, after);
	case KEY_CTRL('A'):
		return move(e, 0);
	case KEY_CTRL('E'):
		return move(e, e->len);
	case KEY_CTRL('P'):
		return show_history(e, e->history_at + 1);
	case KEY_CTRL('N'):
		return show_history(e, e->history_at - 1);
	case KEY_CTRL('H'):
	case DELETE:
		return cut(e, before, e->cursor);
	case KEY_CTRL('D'):
		return cut(e, e->cursor, after);
	case KEY_CTRL('K'):
		return cut(e, e->cursor, e->len);
	case KEY_CTRL('U'):
		return cut(e, 0, e->cursor);
	case KEY_CTRL('W'):
		return cut(e, word_start(e), e->cursor);
	default:
		return insert_key(e, key);
	}
}

void lineedit_remember(struct lineedit *e)
{
	const char *newest = history_line(e, 1);
	size_t drop = 0;

	if (!e->len || (newest && strcmp(newest, e->line) == 0))
		return;
	while (e->history_used - drop + e->len + 1 > sizeof(e->history))
		drop += strlen(e->history + drop) + 1;
	e->history_used -= drop;
	memmove(e->history, e->history + drop, e->history_used);
	memcpy(e->history + e->history_used, e->line, e->len + 1);
	e->history_used += e->len + 1;
}

/* Half a row is scrolled at a time: few keys cost a redraw, and some of what stands before the cursor is always to be seen. */
void lineedit_view(const struct lineedit *e, size_t columns, size_t *start, size_t *count)
{
	size_t step = columns > 1 ? columns / 2 : 1;
	size_t beyond = e->cursor > columns ? e->cursor - columns : 0;

	*start = (beyond + step - 1) / step * step;
	*count = e->len - *start < columns ? e->len - *start : columns;
}
