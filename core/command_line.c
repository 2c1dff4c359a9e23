/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines: words, operators, comments, quotes and ${} (see core/command_line.h).
 *
 * A command is taken off the line word by word; each word is copied to the end of a scratch buffer and expanded there in place. */
#include "core/command_line.h"

#include <stdbool.h>
#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "core/string.h"

#define ROUNDS_MAX 64           /* replacements that a text may need beyond those it shows at first */
#define WORK_MAX 0x200000       /* bytes that may be gone through for the settings of one command: some 20 ms on a slow machine */
#define LOOKUP_WORK 512         /* what finding a setting is like, in such bytes */

static int too_long(void)
{
	return fail(-EFBIG, "a command line expands to at most %d bytes", LINE_EXPANDED_MAX);
}

/** ${} to be replaced next: the first } with the last ${ before it. Others are ordinary characters. */
static bool find_innermost(char *text, char **open, char **close)
{
	*open = NULL;
	for (; *text; text++) {
		if (text[0] == '$' && text[1] == '{')
			*open = text;
		else if (*text == '}' && *open) {
			*close = text;
			return true;
		}
	}
	return false;
}

/** gPXE's: the first ${ with the next }. One that is not closed ends the line. */
static bool find_leftmost(char *text, char **open, char **close)
{
	*open = strstr(text, "${");
	if (!*open)
		return false;
	*close = strchr(*open, '}');
	if (!*close)
		**open = '\0';
	return *close != NULL;
}

/** Put the setting's value in the place of @open to @close. @size bytes are there from @open on. Adds to *@work. */
static int replace(char *open, char *close, size_t size, size_t *work)
{
	char name[SETTING_NAME_MAX], *tail = close + 1, after;
	size_t tail_size = strlen(tail) + 1;
	int len = -ENOENT;

	*work += tail_size;
	*close = '\0';
	if (text_copy(name, sizeof(name), open + 2))
		len = settings_get(name, NULL, 0, NULL);
	if (len < 0)
		len = 0;
	if ((size_t)len + tail_size > size)
		return too_long();
	memmove(open + len, tail, tail_size);
	after = open[len];
	if (len)
		settings_get(name, open, (size_t)len + 1, NULL);
	open[len] = after;
	return 0;
}

static int expand(char *buf, size_t size, bool (*find)(char *text, char **open, char **close), size_t *work)
{
	unsigned rounds = ROUNDS_MAX;
	char *open, *close;

	for (const char *p = buf; (p = strstr(p, "${")) != NULL; p++)
		rounds++;
	while (find(buf, &open, &close)) {
		int rc;

		if (!rounds--)
			return fail(-EFBIG, "settings that contain each other");
		*work += (size_t)(close - buf) + LOOKUP_WORK;
		if (*work > WORK_MAX)
			return fail(-EFBIG, "too many settings in too long a line");
		rc = replace(open, close, size - (size_t)(open - buf), work);
		if (rc)
			return rc;
	}
	return 0;
}

int line_expand(const char *text, char *buf, size_t size)
{
	size_t work = 0;

	if (!text_copy(buf, size, text))
		return fail(-EFBIG, "a line longer than %u bytes", (unsigned)size);
	return expand(buf, size, find_innermost, &work);
}

/* A command being built: the words so far, one behind the other in @buf. Without a buffer words are only passed over. */
struct builder {
	struct line_words *words;
	char *buf;
	size_t used;
	size_t work;                    /* done for settings */
};

static int start_word(struct builder *b)
{
	if (!b->buf)
		return 0;
	if (b->words->argc == LINE_WORDS_MAX)
		return fail(-EFBIG, "more than %d words", LINE_WORDS_MAX);
	b->words->argv[b->words->argc++] = b->buf + b->used;
	return 0;
}

/** Append @len bytes of a word, expanded unless they are @literal. */
static int add_part(struct builder *b, const char *text, size_t len, bool literal)
{
	size_t room = LINE_EXPANDED_MAX - b->used;
	char *part;
	int rc;

	if (!b->buf)
		return 0;
	part = b->buf + b->used;
	if (len + 1 > room)
		return too_long();
	memcpy(part, text, len);
	part[len] = '\0';
	rc = literal ? 0 : expand(part, room, find_innermost, &b->work);
	b->used += strlen(part);
	return rc;
}

static bool is_quote(char c, enum line_dialect dialect)
{
	return dialect == LINE_FPXE && (c == '"' || c == '\'');
}

/** Take the word at *@p, of parts in and out of quotes. */
static int take_word(const char **p, enum line_dialect dialect, struct builder *b)
{
	int rc = start_word(b);

	while (rc == 0 && **p && !text_is_space(**p)) {
		const char *start = *p, *end = start;

		if (is_quote(*start, dialect)) {
			end = strchr(++start, **p);
			if (!end)
				return fail(-EINVAL, "a quote that is not closed");
			rc = add_part(b, start, (size_t)(end - start), **p == '\'');
			*p = end + 1;
			continue;
		}
		while (*end && !text_is_space(*end) && !is_quote(*end, dialect))
			end++;
		rc = add_part(b, start, (size_t)(end - start), false);
		*p = end;
	}
	b->used++;      /* the NUL that add_part() left, or that follows an empty word */
	return rc;
}

/** Take the operator at @*p, if the word there is one. */
static bool take_operator(const char **p, enum line_operator *op)
{
	const char *s = *p;
	size_t len = (size_t)(text_word_end(s) - s);

	if (len == 2 && s[0] == '&' && s[1] == '&')
		*op = LINE_AND;
	else if (len == 2 && s[0] == '|' && s[1] == '|')
		*op = LINE_OR;
	else if (len == 1 && s[0] == ';')
		*op = LINE_THEN;
	else
		return false;
	*p += len;
	return true;
}

/** Words up to an operator, a comment or the end. */
static int take_command(const char **p, enum line_dialect dialect, struct builder *b, enum line_operator *op)
{
	*op = LINE_END;
	for (;;) {
		int rc;

		*p = text_skip_spaces(*p);
		if (!**p || **p == '#') {
			*p += strlen(*p);
			return 0;
		}
		if (take_operator(p, op))
			return 0;
		rc = take_word(p, dialect, b);
		if (rc)
			return rc;
	}
}

/** gPXE's order: all of the line is expanded, then split where it lies. */
static int take_gpxe_line(const char **p, struct builder *b)
{
	int rc = 0;
	char *s = b->buf;

	if (!text_copy(b->buf, LINE_EXPANDED_MAX, **p == '#' ? "" : *p))
		return too_long();
	*p += strlen(*p);
	rc = expand(b->buf, LINE_EXPANDED_MAX, find_leftmost, &b->work);
	while (rc == 0) {
		s = (char *)text_skip_spaces(s);
		if (!*s)
			break;
		b->used = (size_t)(s - b->buf);
		rc = start_word(b);
		s = (char *)text_word_end(s);
		if (*s)
			*s++ = '\0';
	}
	b->used = (size_t)(s - b->buf) + 1;
	return rc;
}

/** Move the words from the scratch buffer into memory of their own. */
static int keep_words(struct builder *b)
{
	struct line_words *w = b->words;

	w->storage = heap_alloc(b->used ? b->used : 1);
	if (!w->storage)
		return -ENOMEM;
	memcpy(w->storage, b->buf, b->used);
	for (int i = 0; i < w->argc; i++)
		w->argv[i] = w->storage + (w->argv[i] - b->buf);
	w->argv[w->argc] = NULL;
	return 0;
}

int line_next(const char **line, enum line_dialect dialect, struct line_words *words, enum line_operator *op)
{
	struct builder b = { words, heap_alloc(LINE_EXPANDED_MAX + 1), 0, 0 };
	int rc;

	words->argc = 0;
	words->storage = NULL;
	*op = LINE_END;
	if (!b.buf)
		return -ENOMEM;
	rc = dialect == LINE_GPXE ? take_gpxe_line(line, &b) : take_command(line, dialect, &b, op);
	if (rc == 0)
		rc = keep_words(&b);
	heap_free(b.buf);
	return rc;
}

int line_skip(const char **line, enum line_dialect dialect, enum line_operator *op)
{
	struct builder none = { NULL, NULL, 0, 0 };

	return take_command(line, dialect, &none, op);
}

void line_free(struct line_words *words)
{
	heap_free(words->storage);
	words->storage = NULL;
}
