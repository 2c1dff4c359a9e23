/* SPDX-License-Identifier: BSD-2-Clause */
/* URIs: whatever is taken can be written, copied and resolved, and what was written is taken again and is the same. */
#include <stdlib.h>
#include <string.h>
#include "core/uri.h"
#include "tests/host/host.h"

static char *format(const struct uri *u)
{
	int len = uri_format(u, NULL, 0, 0);
	char *text = malloc((size_t)len + 1);

	if (!text || uri_format(u, text, (size_t)len + 1, 0) != len || strlen(text) != (size_t)len)
		abort();
	return text;
}

static void check(const struct uri *u)
{
	struct uri *again = uri_copy(u);
	char *first = format(u), *second;

	if (!again)
		abort();
	second = format(again);
	if (strcmp(first, second) != 0 || again->port != u->port || strcmp(again->host, u->host) != 0 || strcmp(again->path, u->path) != 0)
		abort();
	for (const char *p = first; *p; p++)
		if (*p <= ' ' || *p > '~')
			abort();                /* it could end a request line */
	(void)uri_filename(u);
	uri_free(again);
	free(first);
	free(second);
}

/* The input: a base, a newline, a reference. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *base_text = malloc(size + 1), *reference;
	struct uri *base, *u;

	memcpy(base_text, data, size);
	base_text[size] = '\0';
	reference = strchr(base_text, '\n');
	if (reference)
		*reference++ = '\0';
	if (uri_parse(base_text, &base) == 0) {
		check(base);
		if (reference && uri_resolve(base, reference, &u) == 0) {
			check(u);
			uri_free(u);
		}
		uri_free(base);
	}
	free(base_text);
	if (host_heap_held())
		abort();
	return 0;
}
