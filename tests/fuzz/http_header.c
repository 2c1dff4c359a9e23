/* SPDX-License-Identifier: BSD-2-Clause */
/* A response's header alone, fed at once, byte by byte, and split at every byte when it is short: all agree; what is kept of it ends, and what
 * is shown as it is is printable. The first byte 1: a status line stands before the input, so that its fields are met at once (2: of a part). */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/http_parse.h"
#include "net/http_validator.h"
#include "tests/host/host.h"

enum { SPLIT_ALL = 600 };

static struct http_header whole, split;

static void check(bool good)
{
	if (!good)
		abort();
}

/** Feed @len bytes, the first @first of them apart and the rest by @step. */
static int feed(struct http_header *h, const uint8_t *data, size_t len, size_t first, size_t step, size_t *taken)
{
	int rc = -EINPROGRESS;

	http_header_init(h);
	*taken = 0;
	for (size_t at = 0, n = first; at < len && rc == -EINPROGRESS; at += n, n = step) {
		size_t used = 0;

		if (n > len - at)
			n = len - at;
		rc = http_header_feed(h, data + at, n, &used);
		check(used <= n);
		*taken = at + used;
	}
	return rc;
}

static void check_text(const char *text, size_t size)
{
	check(memchr(text, '\0', size) != NULL);
	for (; *text; text++)
		check(*text >= ' ' && *text <= '~');
}

/** A field's value is kept as it came: a Location's characters are core/uri.c's business, an entity tag goes back to who sent it. */
static void check_field(const char *text, size_t size)
{
	check(memchr(text, '\0', size) != NULL && !strpbrk(text, "\r\n"));
}

static void check_response(const struct http_response *r)
{
	const char *validator = http_validator(r);
	uint64_t seconds;

	check(r->status >= 100 && r->status <= 999 && r->minor_version <= 9);
	check_text(r->reason, sizeof(r->reason));
	check_field(r->location, sizeof(r->location));
	check_field(r->etag, sizeof(r->etag));
	check(strlen(validator) < HTTP_VALIDATOR_MAX && strlen(http_validator_of_answer(r, "\"v1\"")) < HTTP_VALIDATOR_MAX);
	if (*validator && *validator != '"')
		check(http_date_parse(validator, &seconds));
	if (r->has_range && r->status == 206)
		check(r->range.start < r->range.end && (r->range_total == RANGE_UNKNOWN || r->range.end <= r->range_total));
}

static void one(const uint8_t *data, size_t len)
{
	size_t taken, taken_split;
	int rc = feed(&whole, data, len, len, len, &taken);

	if (rc == 0)
		check_response(&whole.response);
	for (size_t first = 1; first < len && first < SPLIT_ALL; first += len < SPLIT_ALL ? 1 : 97) {
		check(feed(&split, data, len, first, len, &taken_split) == rc);
		check(rc != 0 || (taken == taken_split && memcmp(&whole.response, &split.response, sizeof(whole.response)) == 0));
	}
	check(feed(&split, data, len, 1, 1, &taken_split) == rc);
	check(rc != 0 || (taken == taken_split && memcmp(&whole.response, &split.response, sizeof(whole.response)) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lines[] = { "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 206 Partial Content\r\n" };
	size_t len;
	uint8_t *all;

	if (!size || size > 40000)
		return 0;
	len = strlen(lines[data[0] % 3]);
	all = malloc(len + size);
	memcpy(all, lines[data[0] % 3], len);
	memcpy(all + len, data + 1, size - 1);
	one(all, len + size - 1);
	free(all);
	return 0;
}
