/* SPDX-License-Identifier: BSD-2-Clause */
/* core/lineedit.c: every key, the history, the limits, the view. */
#include "tests/unit/test.h"

#include <stdint.h>
#include "core/console.h"
#include "core/lineedit.h"

static struct lineedit e;

static void fresh(void)
{
	memset(&e, 0xa5, sizeof(e));
	lineedit_init(&e);
}

static void sound(void)
{
	EXPECT(e.cursor <= e.len && e.len < LINE_MAX);
	EXPECT_EQ(e.line[e.len], 0);
	EXPECT_EQ(strlen(e.line), e.len);
	EXPECT(e.history_used <= HISTORY_BYTES);
}
__attribute__((constructor)) static void use(void) { test_setup = fresh; test_teardown = sound; }

static void type(const char *text)
{
	for (; *text; text++)
		EXPECT_EQ(lineedit_key(&e, *text), LINEEDIT_CHANGED);
}

static void is(const char *line, size_t cursor)
{
	EXPECT_STR(e.line, line);
	EXPECT_EQ(e.cursor, cursor);
	sound();
}

static void enter(const char *text)
{
	lineedit_start(&e);
	type(text);
	EXPECT_EQ(lineedit_key(&e, '\r'), LINEEDIT_ENTER);
	lineedit_remember(&e);
	lineedit_start(&e);
}

TEST(typing_inserts_at_the_cursor)
{
	type("ac");
	EXPECT_EQ(lineedit_key(&e, KEY_LEFT), LINEEDIT_CHANGED);
	type("b");
	is("abc", 2);
}

TEST(the_cursor_stays_in_the_line)
{
	EXPECT_EQ(lineedit_key(&e, KEY_LEFT), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, KEY_RIGHT), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, KEY_HOME), LINEEDIT_NOTHING);
	type("abc");
	EXPECT_EQ(lineedit_key(&e, KEY_RIGHT), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, KEY_CTRL('A')), LINEEDIT_CHANGED);
	is("abc", 0);
	EXPECT_EQ(lineedit_key(&e, KEY_CTRL('F')), LINEEDIT_CHANGED);
	is("abc", 1);
	EXPECT_EQ(lineedit_key(&e, KEY_END), LINEEDIT_CHANGED);
	is("abc", 3);
	lineedit_key(&e, KEY_CTRL('B'));
	is("abc", 2);
	lineedit_key(&e, KEY_HOME);
	lineedit_key(&e, KEY_CTRL('E'));
	is("abc", 3);
}

TEST(deleting_to_either_side)
{
	EXPECT_EQ(lineedit_key(&e, 0x08), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, KEY_DELETE), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, KEY_CTRL('D')), LINEEDIT_NOTHING);
	type("abcdef");
	lineedit_key(&e, 0x08);
	lineedit_key(&e, 0x7f);
	is("abcd", 4);
	lineedit_key(&e, KEY_LEFT);
	lineedit_key(&e, KEY_LEFT);
	lineedit_key(&e, KEY_DELETE);
	is("abd", 2);
	lineedit_key(&e, KEY_CTRL('D'));
	is("ab", 2);
}

TEST(killing_words_and_ends)
{
	type("kernel http://h/k  ");
	lineedit_key(&e, KEY_CTRL('W'));
	is("kernel ", 7);
	lineedit_key(&e, KEY_CTRL('W'));
	is("", 0);
	EXPECT_EQ(lineedit_key(&e, KEY_CTRL('W')), LINEEDIT_NOTHING);
	type("one two three");
	for (int i = 0; i < 6; i++)
		lineedit_key(&e, KEY_LEFT);
	lineedit_key(&e, KEY_CTRL('W'));
	is("one  three", 4);
	lineedit_key(&e, KEY_CTRL('K'));
	is("one ", 4);
	EXPECT_EQ(lineedit_key(&e, KEY_CTRL('K')), LINEEDIT_NOTHING);
	lineedit_key(&e, KEY_LEFT);
	lineedit_key(&e, KEY_CTRL('U'));
	is(" ", 0);
}

TEST(other_keys_are_told_or_ignored)
{
	EXPECT_EQ(lineedit_key(&e, '\t'), LINEEDIT_COMPLETE);
	EXPECT_EQ(lineedit_key(&e, KEY_CTRL('C')), LINEEDIT_CANCEL);
	EXPECT_EQ(lineedit_key(&e, '\n'), LINEEDIT_ENTER);
	EXPECT_EQ(lineedit_key(&e, KEY_F8), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, 0x1b), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, 0xe9), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, 0), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, -1), LINEEDIT_NOTHING);
	is("", 0);
}

TEST(up_and_down_walk_the_history_and_come_back)
{
	EXPECT_EQ(lineedit_key(&e, KEY_UP), LINEEDIT_NOTHING);
	EXPECT_EQ(lineedit_key(&e, KEY_DOWN), LINEEDIT_NOTHING);
	enter("first");
	enter("second");
	type("typing");
	EXPECT_EQ(lineedit_key(&e, KEY_UP), LINEEDIT_CHANGED);
	is("second", 6);
	EXPECT_EQ(lineedit_key(&e, KEY_UP), LINEEDIT_CHANGED);
	is("first", 5);
	EXPECT_EQ(lineedit_key(&e, KEY_UP), LINEEDIT_NOTHING);
	is("first", 5);
	type("!");
	EXPECT_EQ(lineedit_key(&e, KEY_DOWN), LINEEDIT_CHANGED);
	is("second", 6);
	EXPECT_EQ(lineedit_key(&e, KEY_DOWN), LINEEDIT_CHANGED);
	is("typing", 6);
	EXPECT_EQ(lineedit_key(&e, KEY_DOWN), LINEEDIT_NOTHING);
	lineedit_key(&e, KEY_UP);
	lineedit_key(&e, KEY_UP);
	is("first", 5);
}

TEST(empty_and_repeated_lines_are_not_remembered)
{
	enter("a");
	enter("a");
	enter("");
	enter("b");
	enter("a");
	lineedit_key(&e, KEY_UP);
	is("a", 1);
	lineedit_key(&e, KEY_UP);
	is("b", 1);
	lineedit_key(&e, KEY_UP);
	is("a", 1);
	EXPECT_EQ(lineedit_key(&e, KEY_UP), LINEEDIT_NOTHING);
}

TEST(the_oldest_lines_make_room)
{
	char line[LINE_MAX], first;

	for (int i = 0; i < 26; i++) {
		memset(line, 'a' + i, 1000);
		line[1000] = '\0';
		lineedit_start(&e);
		EXPECT(lineedit_insert(&e, line));
		lineedit_remember(&e);
	}
	lineedit_start(&e);
	for (int i = 0; i < 8; i++) {
		EXPECT_EQ(lineedit_key(&e, KEY_UP), LINEEDIT_CHANGED);
		first = (char)('z' - i);
		EXPECT_EQ(e.line[0], first);
		EXPECT_EQ(e.len, 1000);
	}
	EXPECT_EQ(lineedit_key(&e, KEY_UP), LINEEDIT_NOTHING);
	memset(line, 'x', LINE_MAX - 1);
	line[LINE_MAX - 1] = '\0';
	for (int i = 0; i < 5; i++) {
		line[0] = (char)('0' + i);
		lineedit_start(&e);
		EXPECT(lineedit_insert(&e, line));
		lineedit_remember(&e);
		sound();
	}
	EXPECT_EQ(e.history_used, HISTORY_BYTES);
}

TEST(a_full_line_refuses_more)
{
	for (int i = 0; i < LINE_MAX - 1; i++)
		EXPECT_EQ(lineedit_key(&e, 'x'), LINEEDIT_CHANGED);
	EXPECT_EQ(lineedit_key(&e, 'y'), LINEEDIT_FULL);
	EXPECT(!lineedit_insert(&e, "y"));
	EXPECT(lineedit_insert(&e, ""));
	EXPECT_EQ(e.len, LINE_MAX - 1);
	lineedit_key(&e, 0x08);
	EXPECT(!lineedit_insert(&e, "yz"));
	EXPECT(lineedit_insert(&e, "y"));
}

TEST(insert_puts_text_at_the_cursor)
{
	type("kernel  x");
	lineedit_key(&e, KEY_LEFT);
	lineedit_key(&e, KEY_LEFT);
	EXPECT(lineedit_insert(&e, "vmlinuz"));
	is("kernel vmlinuz x", 14);
}

TEST(the_view_always_holds_the_cursor)
{
	char text[301];
	size_t start, count;

	memset(text, 'x', 300);
	text[300] = '\0';
	lineedit_insert(&e, text);
	for (size_t columns = 0; columns <= 310; columns++)
		for (size_t cursor = 0; cursor <= 300; cursor++) {
			e.cursor = cursor;
			lineedit_view(&e, columns, &start, &count);
			EXPECT(start <= cursor && cursor - start <= columns);
			EXPECT(start + count <= e.len && count <= columns);
			EXPECT(count == columns || start + count == e.len);
			if (cursor <= columns)
				EXPECT_EQ(start, 0);
			if (start && columns > 1)
				EXPECT(cursor - start > 0);
		}
}

TEST(any_keys_in_any_order_keep_the_invariants)
{
	static const int keys[] = { 'a', ' ', 'b', KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_UP, KEY_DOWN, KEY_DELETE, 0x08,
		KEY_CTRL('K'), KEY_CTRL('U'), KEY_CTRL('W'), KEY_CTRL('D'), '\r', 'c', 'd' };
	uint32_t seed = 7;

	for (int i = 0; i < 20000; i++) {
		seed = seed * 1664525 + 1013904223;
		if (lineedit_key(&e, keys[(seed >> 16) % (sizeof(keys) / sizeof(*keys))]) == LINEEDIT_ENTER) {
			lineedit_remember(&e);
			lineedit_start(&e);
		}
		sound();
	}
}
