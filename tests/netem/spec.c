/* SPDX-License-Identifier: BSD-2-Clause */
/* A direction's impairments in words: "delay=50,loss=1,rate=12.5M,queue=256Ki". */
#include "tests/netem/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum unit { MILLISECONDS, PERCENT, BYTES, BYTES_32 };

static const struct key {
	const char *name;
	enum unit unit;
	size_t offset;          /* in struct link_spec */
} keys[] = {
	{ "delay", MILLISECONDS, offsetof(struct link_spec, delay_ns) },
	{ "jitter", MILLISECONDS, offsetof(struct link_spec, jitter_ns) },
	{ "wander", MILLISECONDS, offsetof(struct link_spec, wander_ns) },
	{ "reorder-delay", MILLISECONDS, offsetof(struct link_spec, reorder_ns) },
	{ "loss", PERCENT, offsetof(struct link_spec, loss) },
	{ "duplicate", PERCENT, offsetof(struct link_spec, duplicate) },
	{ "reorder", PERCENT, offsetof(struct link_spec, reorder) },
	{ "corrupt", PERCENT, offsetof(struct link_spec, corrupt) },
	{ "rate", BYTES, offsetof(struct link_spec, rate) },
	{ "queue", BYTES, offsetof(struct link_spec, queue) },
	{ "size", BYTES_32, offsetof(struct link_spec, size) },
};

/** What a suffix multiplies by; 0: it is none. */
static double multiple(const char *suffix)
{
	static const struct { const char *name; double by; } all[] = {
		{ "", 1 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "Ki", 1024 }, { "Mi", 1048576 }, { "Gi", 1073741824 },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(suffix, all[i].name) == 0)
			return all[i].by;
	return 0;
}

static bool set(struct link_spec *spec, const struct key *k, const char *value)
{
	void *field = (char *)spec + k->offset;
	bool bytes = k->unit == BYTES || k->unit == BYTES_32;
	char *end;
	double v = strtod(value, &end), by = bytes ? multiple(end) : *end == '\0';

	if (end == value || by == 0 || v < 0 || v > 1e12 || (k->unit == PERCENT && v > 100))
		return false;
	switch (k->unit) {
	case MILLISECONDS: *(uint64_t *)field = (uint64_t)(v * 1e6); break;
	case PERCENT: *(double *)field = v / 100; break;
	case BYTES: *(uint64_t *)field = (uint64_t)(v * by); break;
	case BYTES_32: *(uint32_t *)field = (uint32_t)(v * by); break;
	}
	return true;
}

static bool parse_one(struct link_spec *spec, char *item)
{
	char *value = strchr(item, '=');

	if (value)
		*value++ = '\0';
	for (size_t i = 0; value && i < sizeof keys / sizeof *keys; i++)
		if (strcmp(item, keys[i].name) == 0)
			return set(spec, &keys[i], value);
	return false;
}

bool link_parse(struct link_spec *spec, const char *text)
{
	char *copy = strdup(text), *rest = copy, *item;
	bool ok = copy != NULL;

	while (ok && (item = strsep(&rest, ",")) != NULL)
		if (*item && !parse_one(spec, item)) {
			fprintf(stderr, "netem: \"%s\": no such impairment, or not its value\n", text);
			ok = false;
		}
	free(copy);
	return ok;
}
