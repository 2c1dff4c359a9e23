/* SPDX-License-Identifier: BSD-2-Clause */
/* The line being typed, as a terminal of 80 columns shows it. */
#include "tests/unit/test.h"

#include "core/console.h"
#include "core/heap.h"
#include "core/lineedit.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "usr/prompt.h"
#include "usr/wait.h"

static void setup(void)
{
	host_reset();
	host_clock_step(100);
	net_init(&the_net);
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

/* A terminal: what the row shows after the output so far, and where its cursor is. */
static char row[81];
static unsigned column, rows;
static bool overflow;

static void put(char c)
{
	if (c == '\r') {
		column = 0;
	} else if (c == '\n') {
		column = 0;
		rows++;
		memset(row, ' ', 80);
	} else if (column >= 79) {
		overflow = true;        /* the cursor would go to the next row */
	} else {
		row[column++] = c;
	}
}

static void show(void)
{
	const char *s = host_console_text();

	memset(row, ' ', 80);
	column = rows = 0;
	overflow = false;
	while (*s) {
		unsigned n = 0;

		if (*s != 0x1b) {
			put(*s++);
			continue;
		}
		for (s += 2; *s >= '0' && *s <= '9'; s++)
			n = n * 10 + (unsigned)(*s - '0');
		if (*s == 'K')
			memset(row + column, ' ', 80 - column);
		else if (*s == 'D')
			column -= n;
		s++;
	}
	row[80] = '\0';
	for (unsigned i = 80; i > 0 && row[i - 1] == ' '; i--)
		row[i - 1] = '\0';
}

/** Read a line whose keys were scripted, looking at the row just before Enter: Ctrl-C ends it instead. */
static void type_and_look(void)
{
	host_key(KEY_CTRL('C'));
	EXPECT(prompt_read() == NULL);
	/* The last thing printed is the newline of Ctrl-C: take it away. */
	static char copy[65536];
	strcpy(copy, host_console_text());
	copy[strlen(copy) - 1] = '\0';
	host_console_clear();
	for (const char *c = copy; *c; c++)
		console_putc(*c);
	show();
	EXPECT(!overflow);
}

TEST(a_typed_line_is_returned)
{
	char *line;

	host_type("dhcp net0\n");
	line = prompt_read();
	EXPECT_STR(line, "dhcp net0");
	heap_free(line);
	EXPECT_EQ(host_heap_held(), 0);
}

TEST(each_key_typed_at_the_end_is_drawn_once)
{
	char *line;

	host_type("echo\n");
	line = prompt_read();
	EXPECT_STR(host_console_plain(), "fPXE> echo\n");
	heap_free(line);
}

TEST(ctrl_c_gives_up_the_line)
{
	host_type("echo");
	host_key(KEY_CTRL('C'));
	EXPECT(prompt_read() == NULL);
	EXPECT_STR(host_console_plain(), "fPXE> echo\n");
}

TEST(inserting_deleting_and_moving_show_the_line_as_it_is)
{
	host_type("ehco");
	host_key(KEY_LEFT);
	host_key(KEY_LEFT);
	host_key(0x08);
	host_key(KEY_LEFT);
	host_key(KEY_END);
	type_and_look();
	EXPECT_STR(row, "fPXE> eco");
	EXPECT_EQ(column, 9);
}

TEST(the_cursor_stands_where_the_next_key_goes)
{
	host_type("abcdef");
	host_key(KEY_CTRL('A'));
	host_key(KEY_RIGHT);
	type_and_look();
	EXPECT_STR(row, "fPXE> abcdef");
	EXPECT_EQ(column, 7);
}

TEST(killing_the_rest_of_the_line_clears_it_from_the_screen)
{
	host_type("abcdef");
	host_key(KEY_HOME);
	host_key(KEY_RIGHT);
	host_key(KEY_CTRL('K'));
	type_and_look();
	EXPECT_STR(row, "fPXE> a");
}

TEST(a_line_longer_than_the_row_scrolls_and_never_wraps)
{
	char *line, typed[301];

	for (unsigned i = 0; i < 300; i++)
		typed[i] = 'a' + i % 26;
	typed[300] = '\0';
	host_type(typed);
	type_and_look();
	EXPECT(strncmp(row, "fPXE> ", 6) == 0);
	EXPECT(row[column - 1] == typed[299]);
	EXPECT_EQ(rows, 0);

	host_console_clear();
	host_type(typed);
	host_key(KEY_HOME);
	type_and_look();
	EXPECT_EQ(column, 6);
	EXPECT(strncmp(row + 6, typed, 70) == 0);

	host_console_clear();
	host_type(typed);
	host_type("\n");
	line = prompt_read();
	EXPECT_STR(line, typed);
	heap_free(line);
}

TEST(the_history_is_shared_by_all_lines)
{
	char *line;

	host_type("first\n");
	heap_free(prompt_read());
	host_type("second\n");
	heap_free(prompt_read());
	host_key(KEY_UP);
	host_key(KEY_UP);
	host_type("!\n");
	line = prompt_read();
	EXPECT_STR(line, "first!");
	heap_free(line);
}

TEST(a_completed_word_is_drawn)
{
	host_type("autob\t");
	type_and_look();
	EXPECT_STR(row, "fPXE> autoboot");
	EXPECT_EQ(column, 15);
}

TEST(lines_of_four_kibibytes_can_be_typed)
{
	char *line, typed[LINE_MAX];

	memset(typed, 'x', LINE_MAX - 1);
	typed[LINE_MAX - 1] = '\0';
	host_type(typed);
	host_type("yy\n");
	line = prompt_read();
	EXPECT_STR(line, typed);
	heap_free(line);
}
