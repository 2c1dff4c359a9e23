/* SPDX-License-Identifier: BSD-2-Clause */
/* Completion of commands, interfaces and images. */
#include "usr/complete.h"

#include "core/lineedit.h"
#include "core/printf.h"
#include "core/string.h"
#include "image/image.h"
#include "net/net.h"
#include "usr/command.h"
#include "usr/wait.h"

/** What matches the word so far. */
struct matches {
	const char *word;
	size_t word_len;
	const char *first;      /* the first candidate, NULL: none */
	size_t common;          /* bytes of it that all candidates share */
	unsigned count;
	bool list;              /* print them */
};

static void consider(struct matches *m, const char *candidate)
{
	size_t same = 0;

	if (strncmp(candidate, m->word, m->word_len) != 0)
		return;
	if (m->list)
		print("  %s", candidate);
	if (!m->first) {
		m->first = candidate;
		m->common = strlen(candidate);
	}
	while (same < m->common && candidate[same] == m->first[same])
		same++;
	m->common = same;
	m->count++;
}

static void consider_commands(struct matches *m)
{
	for (const struct command *const *c = commands; *c; c++) {
		consider(m, (*c)->name);
		for (unsigned i = 0; i < COMMAND_ALIASES && (*c)->alias[i]; i++)
			consider(m, (*c)->alias[i]);
	}
}

static void consider_objects(struct matches *m)
{
	struct list *pos;

	list_for_each(pos, &the_net.netifs)
		consider(m, list_entry(pos, struct netif, link)->name);
	for (struct image *image = image_next(NULL); image; image = image_next(image))
		consider(m, image->name);
}

/** Is a command expected where the word at @at begins: first, after an operator, or after a command that takes one? */
static bool command_expected(const char *line, size_t at)
{
	static const char *const before[] = { "&&", "||", ";", "help", "time" };
	size_t end = at, start;

	while (end > 0 && line[end - 1] == ' ')
		end--;
	for (start = end; start > 0 && line[start - 1] != ' '; start--)
		;
	if (start == end)
		return true;
	for (unsigned i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if (strlen(before[i]) == end - start && memcmp(before[i], line + start, end - start) == 0)
			return true;
	return false;
}

static void collect(struct matches *m, const struct lineedit *e, bool list)
{
	size_t at = e->cursor;

	while (at > 0 && e->line[at - 1] != ' ')
		at--;
	*m = (struct matches){ .word = e->line + at, .word_len = e->cursor - at, .list = list };
	if (command_expected(e->line, at))
		consider_commands(m);
	else
		consider_objects(m);
}

void complete(struct lineedit *e)
{
	char rest[LINE_MAX / 16];
	struct matches m;

	collect(&m, e, false);
	if (m.count == 0)
		return;
	if (m.count > 1 && m.common == m.word_len) {
		print("\n");
		collect(&m, e, true);
		print("\n");
		return;
	}
	text_format(rest, sizeof(rest), "%.*s%s", (int)(m.common - m.word_len), m.first + m.word_len, m.count == 1 ? " " : "");
	lineedit_insert(e, rest);
}
