/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines in all three dialects. Lines "name=text" set, others run. */
#include <stdlib.h>
#include <string.h>
#include "core/command_line.h"
#include "core/settings.h"
#include "tests/host/host.h"

static void check_words(const struct line_words *w)
{
	if (w->argc < 0 || w->argc > LINE_WORDS_MAX || w->argv[w->argc])
		abort();
	for (int i = 0; i < w->argc; i++)
		if (strlen(w->argv[i]) >= LINE_EXPANDED_MAX)
			abort();
}

static void run(const char *line, enum line_dialect dialect)
{
	const char *taken = line, *skipped = line;
	enum line_operator op = LINE_THEN, skipped_op;
	struct line_words w;
	int skip_rc;

	while (op != LINE_END) {
		skip_rc = line_skip(&skipped, dialect, &skipped_op);
		if (line_next(&taken, dialect, &w, &op) != 0)
			return;
		check_words(&w);
		line_free(&w);
		if (dialect != LINE_GPXE && (skip_rc || skipped != taken || skipped_op != op))
			abort();                /* taking and skipping must agree */
	}
	if (*taken)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *line, *next, buf[300];

	memcpy(text, data, size);
	text[size] = '\0';
	for (line = text; line; line = next) {
		char *value = strchr(line, '=');

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (value && (!next || value < next)) {
			*value++ = '\0';
			settings_set(line, value);
			continue;
		}
		for (int dialect = LINE_FPXE; dialect <= LINE_GPXE; dialect++)
			run(line, (enum line_dialect)dialect);
		line_expand(line, buf, sizeof(buf));
	}
	settings_wipe(settings_root());
	free(text);
	if (host_heap_held())
		abort();
	return 0;
}
