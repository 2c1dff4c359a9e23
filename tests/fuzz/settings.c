/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings as a script would use them: each line "name=text" sets, "-name" clears, any other shows. */
#include <stdlib.h>
#include <string.h>
#include "core/settings.h"
#include "tests/host/host.h"

static void show(const char *name)
{
	char canonical[SETTING_NAME_MAX];
	int len = settings_get(name, NULL, 0, canonical);
	char *text;

	if (len < 0)
		return;
	if (strlen(canonical) >= sizeof(canonical))
		abort();
	text = malloc((size_t)len + 1);
	if (!text || settings_get(name, text, (size_t)len + 1, NULL) != len || strlen(text) != (size_t)len)
		abort();
	free(text);
}

static void run(char *line)
{
	char *value = strchr(line, '=');

	if (value) {
		*value++ = '\0';
		if (settings_set(line, value) == 0)
			show(line);
	} else if (*line == '-') {
		settings_clear(line + 1);
	} else {
		show(line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings_scope net0, lease;
	char *text = malloc(size + 1), *line, *next;

	memcpy(text, data, size);
	text[size] = '\0';
	settings_attach(&net0, settings_root(), "net0");
	settings_attach(&lease, &net0, "dhcp");
	if (size)
		settings_store(&lease, data[0] | 1, NULL, data, size < SETTING_VALUE_MAX ? size : SETTING_VALUE_MAX);
	for (line = text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		run(line);
	}
	settings_detach(&net0);
	settings_wipe(settings_root());
	free(text);
	if (host_heap_held())
		abort();
	return 0;
}
