/* SPDX-License-Identifier: BSD-2-Clause */
/* Drawing live lines: see usr/live.h. Rows are found relative to the cursor: the screen may have scrolled since. */
#include "usr/live.h"

#include "core/assert.h"
#include "core/printf.h"
#include "core/string.h"

static char rows[LIVE_ROWS][LIVE_COLUMNS + 1];  /* as they stand */
static unsigned count;
static unsigned at_row, at_column;              /* the cursor */

static void move_to(unsigned row)
{
	if (LIVE_ROWS == 1 || row == at_row)
		return;
	if (row < at_row)
		print("\033[%uA", at_row - row);
	for (; at_row < row; at_row++)
		print("\n");
	at_row = row;
	at_column = LIVE_COLUMNS;               /* not known, and not needed: a \r follows */
}

static void add_row(void)
{
	if (LIVE_ROWS > 1 && count) {
		move_to(count - 1);
		print("\n");
	}
	at_row = count++;
	at_column = 0;
	rows[at_row][0] = '\0';
}

/** What only adds to a row is added; what is shorter gets blanks over the old one's rest. */
void live_draw(unsigned row, const char *text)
{
	char line[LIVE_COLUMNS + 1];
	size_t old, len;

	assert(row <= count && row < LIVE_ROWS);
	if (row == count)
		add_row();
	text_copy(line, sizeof(line), text);
	len = strlen(line);
	old = strlen(rows[row]);
	if (strcmp(line, rows[row]) == 0)
		return;
	if (row == at_row && at_column == old && strncmp(line, rows[row], old) == 0) {
		print("%s", line + old);
	} else {
		move_to(row);
		print("\r%-*s", (int)old, line);
	}
	at_column = (unsigned)(len > old ? len : old);
	text_copy(rows[row], sizeof(rows[row]), line);
}

unsigned live_rows(void)
{
	return count;
}

void live_end(void)
{
	if (!count)
		return;
	move_to(count - 1);
	print("\n");
	count = 0;
}

void live_wipe(void)
{
	while (count) {
		move_to(--count);
		print("\r%*s\r", (int)strlen(rows[count]), "");
	}
}
