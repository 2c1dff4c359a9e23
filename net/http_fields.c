/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of an HTTP response that matter here, each by a function of its own. The status is known when they come: what a field means,
 * and whether a bad one matters, may depend on it. See net/http_parse.h. */
#include "config/features.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/http_parse.h"

static int bad_field(int rc, const char *name, const char *value)
{
	return fail(rc, "%s \"%.40s\"", name, value);
}

/** @len digits at @s. Of 2^63 and more no file is, and sums with it could wrap. */
static bool read_length(const char *s, size_t len, uint64_t *value)
{
	return text_to_u64(s, len, value) && *value <= INT64_MAX;
}

/** Does it bring the file, or a part of it? Of the others only words, lengths and where to go next are read. */
static bool brings_file(const struct http_response *r)
{
	return r->status / 100 == 2;
}

/** Does the comma-separated list @value have @word in it? */
static bool list_has(const char *value, const char *word)
{
	size_t len = strlen(word);

	for (;;) {
		value = text_skip_spaces(value);
		if (text_ncasecmp(value, word, len) == 0) {
			const char *end = text_skip_spaces(value + len);

			if (*end == ',' || *end == '\0')
				return true;
		}
		value = strchr(value, ',');
		if (!value)
			return false;
		value++;
	}
}

/** RFC 9112 6.3: digits only; said twice it must be the same. "5, 5" is what a proxy makes of two lines. */
static int take_length(struct http_response *r, const char *value)
{
	const char *rest = value;

	for (;;) {
		uint64_t length;
		size_t n = 0;

		while (text_is_digit(rest[n]))
			n++;
		if (!read_length(rest, n, &length) || (r->has_length && length != r->length))
			break;
		r->has_length = true;
		r->length = length;
		rest = text_skip_spaces(rest + n);
		if (*rest == '\0')
			return 0;
		if (*rest != ',')
			break;
		rest = text_skip_spaces(rest + 1);
	}
	return bad_field(-EPROTO, "Content-Length", value);
}

static int take_transfer_coding(struct http_response *r, const char *value)
{
	if (text_casecmp(value, "chunked") == 0)
		r->chunked = true;
	else if (text_casecmp(value, "identity") != 0 && brings_file(r))
		return bad_field(-ENOTSUP, "Transfer-Encoding", value);
	else
		r->close |= text_casecmp(value, "identity") != 0;       /* where that body ends is not known */
	return 0;
}

/** gzip is kept as the bytes that came: servers label files so, and an image is unpacked by its contents. What comes is then what ranges
 *  and lengths count. Anything else, two codings one upon the other too, nobody could use. */
static int take_content_coding(struct http_response *r, const char *value)
{
	bool gzip = text_casecmp(value, "gzip") == 0 || text_casecmp(value, "x-gzip") == 0;

	if (*value == '\0' || text_casecmp(value, "identity") == 0 || !brings_file(r))
		return 0;
	if (!gzip || r->coded)
		return bad_field(-ENOTSUP, "Content-Encoding", value);
	r->coded = true;
	return 0;
}

static int take_connection(struct http_response *r, const char *value)
{
	r->close |= list_has(value, "close");
	r->keep_alive |= list_has(value, "keep-alive");
	return 0;
}

static int take_location(struct http_response *r, const char *value)
{
	if (text_copy(r->location, sizeof(r->location), value))
		return 0;
	return fail(-EPROTO, "Location longer than %u bytes", HTTP_LOCATION_MAX);
}

/** RFC 9110 10.2.3: seconds. A date, for want of a clock, counts as absent. */
static int take_retry_after(struct http_response *r, const char *value)
{
	if (!text_to_u32(value, UINT32_MAX, &r->retry_after_s))
		r->retry_after_s = 0;
	return 0;
}

/** A weak one (RFC 9110 8.8.1), one too long and two that differ are none. */
static int take_etag(struct http_response *r, const char *value)
{
	bool usable = *value == '"' && !(r->has_etag && strcmp(r->etag, value) != 0);

	if (!usable || !text_copy(r->etag, sizeof(r->etag), value))
		r->etag[0] = '\0';
	r->has_etag = true;
	return 0;
}

/** Dates are compared and given back, letter by letter: what does not fit is no IMF-fixdate. */
static void take_date(char *date, const char *value)
{
	if (!text_copy(date, HTTP_DATE_MAX, value))
		date[0] = '\0';
}

static int take_last_modified(struct http_response *r, const char *value)
{
	take_date(r->last_modified, value);
	return 0;
}

static int take_current_date(struct http_response *r, const char *value)
{
	take_date(r->date, value);
	return 0;
}

static int take_content_type(struct http_response *r, const char *value)
{
	static const char multipart[] = "multipart/byteranges";

	r->multipart = text_ncasecmp(value, multipart, sizeof(multipart) - 1) == 0;
	return 0;
}

/** "0-499/1234"; a star for the total when the server does not know it (RFC 9110 14.4). */
static bool read_range(const char *value, struct range *range, uint64_t *total)
{
	const char *dash = strchr(value, '-'), *slash = strchr(value, '/');
	uint64_t last;

	if (!dash || !slash || slash < dash || !read_length(value, (size_t)(dash - value), &range->start) ||
	    !read_length(dash + 1, (size_t)(slash - dash) - 1, &last) || last < range->start)
		return false;
	range->end = last + 1;
	*total = RANGE_UNKNOWN;
	slash++;
	return strcmp(slash, "*") == 0 || (read_length(slash, strlen(slash), total) && *total >= range->end);
}

/** It means something with 206 and 416 alone (RFC 9110 14.4). A 416 says the total alone, if anything. */
static int take_range(struct http_response *r, const char *value)
{
	static const char unit[] = "bytes ";
	const char *rest = value + sizeof(unit) - 1;
	bool ours = text_ncasecmp(value, unit, sizeof(unit) - 1) == 0;
	uint64_t total = RANGE_UNKNOWN;
	struct range range;

	if (r->status == 416) {
		if (ours && strncmp(rest, "*/", 2) == 0 && read_length(rest + 2, strlen(rest + 2), &total))
			r->range_total = total;
		return 0;
	}
	if (r->status != 206)
		return 0;
	if (!ours || !read_range(rest, &range, &total) ||
	    (r->has_range && (range.start != r->range.start || range.end != r->range.end || total != r->range_total)))
		return bad_field(-EPROTO, "Content-Range", value);
	r->has_range = true;
	r->range = range;
	r->range_total = total;
	return 0;
}

static const struct { const char *name; int (*take)(struct http_response *r, const char *value); } fields[] = {
	{ "content-length", take_length },
	{ "transfer-encoding", take_transfer_coding },
	{ "content-encoding", take_content_coding },
	{ "content-type", CONFIG_RESUME ? take_content_type : NULL },
	{ "connection", take_connection },
	{ "location", take_location },
	{ "retry-after", take_retry_after },
	{ "etag", CONFIG_RESUME ? take_etag : NULL },
	{ "last-modified", CONFIG_RESUME ? take_last_modified : NULL },
	{ "date", CONFIG_RESUME ? take_current_date : NULL },
	{ "content-range", CONFIG_RESUME ? take_range : NULL },
};

int http_take_field(struct http_response *r, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].take && text_casecmp(name, fields[i].name) == 0)
			return fields[i].take(r, value);
	return 0;
}
