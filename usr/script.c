/* SPDX-License-Identifier: BSD-2-Clause */
/* The script runner. Lines end at \n; a \r before it is stripped; in fPXE's and iPXE's dialects a trailing backslash joins the next
 * line to this one. */
#include "usr/script.h"

#include <stdbool.h>
#include "config/features.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "image/image.h"
#include "image/script.h"
#include "usr/fetch.h"
#include "usr/running.h"
#include "usr/shell.h"
#include "usr/wait.h"

#define NESTED_MAX 16           /* scripts running scripts; each takes stack */
#define COPY_BYTES_MAX 65536
#define LINE_BYTES_MAX 100000   /* of a line, with those joined to it: looked through in one go */

static unsigned in_place;       /* scripts under way whose text lies where images are */

struct script {
	const char *text, *end;
	enum line_dialect dialect;
};

/** The physical line at *@text without its end, *@text moved behind it. Of one that is too long, so much that this shows. */
static size_t physical_line(const char **text, const char *end)
{
	size_t max = (size_t)(end - *text) < LINE_BYTES_MAX ? (size_t)(end - *text) : LINE_BYTES_MAX + 2;
	const char *line = *text, *newline = memchr(line, '\n', max);
	size_t len = newline ? (size_t)(newline - line) : max;

	*text = newline ? newline + 1 : line + max;
	return len && line[len - 1] == '\r' ? len - 1 : len;
}

/** Take the next line and those joined to it off @s into @line (NULL: only measure). Returns its length. */
static size_t join_lines(struct script *s, char *line)
{
	size_t used = 0;
	bool joined;

	do {
		const char *part = s->text;
		size_t len = physical_line(&s->text, s->end);

		joined = s->dialect != LINE_GPXE && len && part[len - 1] == '\\';
		len -= joined;
		if (line)
			memcpy(line + used, part, len);
		used += len;
	} while (joined && used <= LINE_BYTES_MAX && s->text < s->end);
	return used;
}

/** The next line on the heap, in *@line. */
static int next_line(struct script *s, char **line)
{
	struct script ahead = *s;
	size_t len = join_lines(&ahead, NULL);

	if (len > LINE_BYTES_MAX)
		return fail(-EFBIG, "a line of more than %u bytes", LINE_BYTES_MAX);
	*line = heap_alloc(len + 1);
	if (!*line)
		return -ENOMEM;
	join_lines(s, *line);
	(*line)[len] = '\0';
	return 0;
}

static int run_lines(struct script *s)
{
	int rc = 0;

	while (rc == 0 && s->text < s->end && !shell_exiting()) {
		char *line = NULL;

		rc = next_line(s, &line);
		if (rc != 0)
			break;
		rc = wait_interrupted() ? -ECANCELED : shell_run_line(line, s->dialect);
		heap_free(line);
	}
	return shell_exiting() ? shell_exit_done() : rc;
}

int script_run_text(const char *text, size_t len)
{
	static unsigned nested;
	struct script s = { .text = text, .end = text + len };
	int rc = script_dialect(text, len);
	bool watched;

	if (rc < 0)
		return fail(-ENOEXEC, "a script begins with #!fpxe, #!ipxe or #!gpxe");
	if (nested == NESTED_MAX)
		return fail(-ELOOP, "%u scripts run one another", NESTED_MAX);
	s.dialect = (enum line_dialect)rc;
	physical_line(&s.text, s.end);
	nested++;
	watched = wait_watch_shell_key(true);
	rc = run_lines(&s);
	wait_watch_shell_key(watched);
	nested--;
	return wait_shell_wanted() ? -ECANCELED : rc;
}

bool script_lies_among_images(void)
{
	return in_place != 0;
}

/** From the heap, if it is not too long: a PXE program that a line starts has all the memory where images are. */
static int run_text_of(const struct image *image)
{
	size_t len = image->block.length;
	const char *text = (const char *)image_bytes(image, 0, len);
	char *copy = CONFIG_PXE && len <= COPY_BYTES_MAX ? heap_alloc(len) : NULL;
	int rc;

	if (copy)
		memcpy(copy, text, len);
	in_place += !copy;
	rc = script_run_text(copy ? copy : text, len);
	in_place -= !copy;
	heap_free(copy);
	return rc;
}

int script_run_image(struct image *image)
{
	struct uri *before = fetch_set_base(image->uri);
	bool registered = !list_empty(&image->link);
	struct running running;
	int rc;

	list_remove(&image->link);
	if (CONFIG_CIRCLES)
		running_begin(&running, image);
	rc = run_text_of(image);
	if (CONFIG_CIRCLES)
		running_end(&running);
	if (registered && image_find(image->name))
		image_free(image);      /* the script fetched its own successor */
	else if (registered)
		image_register(image);
	fetch_restore_base(before);
	return rc;
}
