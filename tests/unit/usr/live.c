/* SPDX-License-Identifier: BSD-2-Clause */
/* Live lines on a terminal of 80 columns and 25 rows that scrolls: what a person sees at the end, whatever was drawn before. */
#include "tests/unit/test.h"

#include "core/printf.h"
#include "tests/host/host.h"
#include "usr/live.h"

#define ROWS 25
#define COLUMNS 80

/* The terminal: it knows what core/console.h says. */
static char screen[ROWS][COLUMNS + 1];
static unsigned row, column;

static void clear_screen(void)
{
	memset(screen, ' ', sizeof(screen));
	for (unsigned i = 0; i < ROWS; i++)
		screen[i][COLUMNS] = '\0';
	row = column = 0;
}

static void newline(void)
{
	column = 0;
	if (++row < ROWS)
		return;
	row = ROWS - 1;
	memmove(screen[0], screen[1], sizeof(screen) - sizeof(screen[0]));
	memset(screen[ROWS - 1], ' ', COLUMNS);
}

/** Show @s; a sequence is ESC [ digits A. */
static void terminal(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n') {
			newline();
		} else if (*s == '\r') {
			column = 0;
		} else if (*s == 0x1b) {
			unsigned n = (unsigned)strtoul(s + 2, (char **)&s, 10);

			EXPECT_EQ(*s, 'A');
			EXPECT(n <= row);
			row -= n;
		} else {
			screen[row][column++] = *s;
			if (column == COLUMNS)
				newline();
		}
	}
}

/** Take what was printed to the screen. How many bytes it was. */
static size_t show(void)
{
	size_t len = strlen(host_console_text());

	terminal(host_console_text());
	host_console_clear();
	return len;
}

static void expect_row(unsigned at, const char *text)
{
	char wanted[COLUMNS + 1];

	snprintf(wanted, sizeof(wanted), "%-80s", text);
	EXPECT_STR(screen[at], wanted);
}

static void setup(void)
{
	live_wipe();
	host_reset();
	clear_screen();
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

TEST(rows_are_redrawn_where_they_are)
{
	print("before\n");
	live_draw(0, "one");
	live_draw(1, "two");
	live_draw(2, "three");
	live_draw(0, "ONE MORE");
	live_draw(2, "3");
	live_draw(1, "II");
	live_end();
	print("after");
	show();
	expect_row(0, "before");
	expect_row(1, "ONE MORE");
	expect_row(2, "II");
	expect_row(3, "3");
	expect_row(4, "after");
}

TEST(what_did_not_change_is_not_drawn)
{
	for (unsigned i = 0; i < LIVE_ROWS; i++)
		live_draw(i, "the same");
	live_draw(3, "shorter");
	show();
	for (unsigned i = 0; i < LIVE_ROWS; i++)
		live_draw(i, i == 3 ? "shorter" : "the same");
	EXPECT_EQ(show(), 0);
}

TEST(the_last_row_of_the_screen_scrolls_and_leaves_no_garbage)
{
	for (unsigned start = ROWS - 10; start < ROWS; start++) {
		setup();
		for (unsigned i = 0; i < start; i++)
			print("%u\n", i);
		for (unsigned round = 0; round < 30; round++)
			for (unsigned i = 0; i < LIVE_ROWS; i++) {
				char text[100];

				snprintf(text, sizeof(text), "%u %.*s", i, (int)(round * 7 % 90), "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvw"
				         "xyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst");
				live_draw((i * 5 + round) % LIVE_ROWS <= live_rows() ? (i * 5 + round) % LIVE_ROWS : live_rows(), text);
			}
		for (unsigned i = 0; i < LIVE_ROWS; i++)
			live_draw(i, i & 1 ? "odd" : "even");
		live_end();
		show();
		for (unsigned i = 0; i < LIVE_ROWS; i++)
			expect_row(row - LIVE_ROWS + i, i & 1 ? "odd" : "even");
		expect_row(row, "");
		if (row > LIVE_ROWS) {
			char last[12];

			snprintf(last, sizeof(last), "%u", start - 1);
			expect_row(row - LIVE_ROWS - 1, last);
		}
	}
}

TEST(wiping_takes_all_rows_away_also_after_scrolling)
{
	for (unsigned i = 0; i < ROWS - 2; i++)
		print("%u\n", i);
	for (unsigned i = 0; i < LIVE_ROWS; i++)
		live_draw(i, "a row of some length");
	live_draw(2, "x");
	live_wipe();
	print("instead");
	show();
	expect_row(row, "instead");
	expect_row(row - 1, "22");
	for (unsigned i = row + 1; i < ROWS; i++)
		expect_row(i, "");
}

TEST(a_row_that_is_too_long_is_cut_at_79_columns)
{
	char text[200];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	live_draw(0, text);
	live_draw(1, "below");
	text[0] = 'y';
	live_draw(0, text);
	show();
	text[79] = '\0';
	expect_row(0, text);
	expect_row(1, "below");
}
