/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP/1.x responses, a byte at a time; their fields are http_fields.c's. See net/http_parse.h. */
#include "net/http_parse.h"

#include "core/errors.h"
#include "core/string.h"

void http_header_init(struct http_header *h)
{
	memset(h, 0, offsetof(struct http_header, line));
	h->response.range_total = RANGE_UNKNOWN;
}

static int too_long(const char *what, unsigned max)
{
	return fail(-EPROTO, "%s longer than %u bytes", what, max);
}

/* ---- lines ---------------------------------------------------------------------------------------------------------------------- */

static int not_http(const char *line)
{
	return fail(-EPROTO, "not an HTTP server: \"%.40s\"", line);
}

/** "HTTP/1.1 200 OK"; the reason may be missing (RFC 9112 4). */
static int take_status(struct http_header *h, char *line)
{
	struct http_response *r = &h->response;
	uint64_t status;

	if (strncmp(line, "HTTP/1.", 7) != 0 || !text_is_digit(line[7]) || line[8] != ' ' || !text_to_u64(line + 9, 3, &status) ||
	    status < 100 || (line[12] != ' ' && line[12] != '\0'))
		return not_http(line);
	r->minor_version = (uint8_t)(line[7] - '0');
	r->status = (uint16_t)status;
	if (line[12])
		text_copy(r->reason, sizeof(r->reason), line + 13);
	for (char *c = r->reason; *c; c++)
		if (!text_is_print(*c))
			*c = '?';
	h->status_seen = true;
	return 0;
}

static int take_field(struct http_header *h, char *line)
{
	char *colon = strchr(line, ':'), *value;
	size_t len;

	if (!colon || colon == line || text_is_space(colon[-1]))        /* RFC 9112 5.1 */
		return fail(-EPROTO, "header line \"%.40s\"", line);
	*colon = '\0';
	value = (char *)text_skip_spaces(colon + 1);
	for (len = strlen(value); len && text_is_space(value[len - 1]); len--)
		value[len - 1] = '\0';
	return http_take_field(&h->response, line, value);
}

static int take_line(struct http_header *h)
{
	h->line[h->line_len] = '\0';
	h->line_len = 0;
	h->line_ended = false;
	if (++h->lines > HTTP_LINES_MAX)
		return fail(-EPROTO, "more than %u header lines", HTTP_LINES_MAX);
	return h->status_seen ? take_field(h, h->line) : take_status(h, h->line);
}

/** The line so far cannot begin a status line: show what stands there instead of waiting for its end, which may never come. */
static int check_beginning(struct http_header *h, const uint8_t *rest, size_t len)
{
	static const char wanted[] = "HTTP/1.";
	size_t n = h->line_len < sizeof(wanted) - 1 ? h->line_len : sizeof(wanted) - 1;

	if (memcmp(h->line, wanted, n) == 0)
		return 0;
	while (len && h->line_len < 40 && *rest != '\r' && *rest != '\n') {
		h->line[h->line_len++] = (char)*rest++;
		len--;
	}
	h->line[h->line_len] = '\0';
	for (unsigned i = 0; i < h->line_len; i++)
		if (!text_is_print(h->line[i]))
			h->line[i] = '?';
	return not_http(h->line);
}

/** A byte that ends no line. */
static int take_byte(struct http_header *h, uint8_t byte)
{
	if (byte == '\0' || h->cr)
		return fail(-EPROTO, "%s in an HTTP header", h->cr ? "bare CR" : "NUL");
	if (h->line_len == HTTP_LINE_MAX)
		return too_long("HTTP header line", HTTP_LINE_MAX);
	h->line[h->line_len++] = (char)byte;
	return 0;
}

int http_header_feed(struct http_header *h, const uint8_t *data, size_t len, size_t *used)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = data[i];
		int rc = 0;

		if (++h->bytes > HTTP_HEADER_MAX)
			return too_long("HTTP header", HTTP_HEADER_MAX);
		if (h->line_ended && byte != ' ' && byte != '\t' && (rc = take_line(h)) != 0)
			return rc;
		if (h->line_ended && !h->status_seen)
			return fail(-EPROTO, "status line goes on in the next");
		h->line_ended = false;          /* else obs-fold (RFC 9112 5.2): the blank goes on with the line */
		if (byte == '\n' && h->line_len == 0 && h->status_seen) {
			*used = i + 1;
			return 0;
		}
		if (byte == '\n') {
			h->line_ended = true;
			h->cr = false;
		} else if (byte == '\r' && !h->cr) {
			h->cr = true;
		} else {
			rc = take_byte(h, byte);
		}
		if (rc == 0 && !h->status_seen)
			rc = check_beginning(h, data + i + 1, len - i - 1);
		if (rc != 0)
			return rc;
	}
	return -EINPROGRESS;
}

/* ---- chunks --------------------------------------------------------------------------------------------------------------------- */

void http_chunks_init(struct http_chunks *c)
{
	memset(c, 0, sizeof(*c));
}

static int bad_chunk(void)
{
	return fail(-EPROTO, "malformed chunk in an HTTP body");
}

/** The chunk's size line is over. */
static int size_ended(struct http_chunks *c)
{
	if (c->line_len == 0)
		return bad_chunk();
	c->state = c->left ? CHUNK_DATA : CHUNK_TRAILER;
	c->line_len = 0;
	return 0;
}

/** RFC 9112 7.1: hex digits, then perhaps an extension, which is skipped. */
static int size_byte(struct http_chunks *c, uint8_t byte)
{
	int digit = text_hex_digit((char)byte);

	if (c->line_len > HTTP_CHUNK_LINE_MAX)
		return bad_chunk();
	if (c->state == CHUNK_SIZE && digit >= 0) {
		if (c->left >> 59)                      /* 2^63 and more */
			return bad_chunk();
		c->left = c->left << 4 | (unsigned)digit;
	} else if (byte == '\n') {
		return size_ended(c);
	} else if (byte == '\r') {
		c->state = CHUNK_SIZE_LF;
	} else if (c->line_len && (byte == ';' || byte == ' ' || byte == '\t' || c->state == CHUNK_EXTENSION)) {
		c->state = CHUNK_EXTENSION;
	} else {
		return bad_chunk();
	}
	c->line_len += c->state != CHUNK_SIZE_LF;
	return 0;
}

/** Trailer fields are skipped (RFC 9112 7.1.2); an empty line ends them. */
static int trailer_byte(struct http_chunks *c, uint8_t byte)
{
	if (++c->trailer_len > HTTP_TRAILER_MAX)
		return too_long("HTTP trailer", HTTP_TRAILER_MAX);
	if (byte == '\n') {
		c->state = c->line_len ? CHUNK_TRAILER : CHUNK_END;
		c->line_len = 0;
	} else if (c->state == CHUNK_TRAILER_LF || byte == '\0') {
		return bad_chunk();
	} else if (byte == '\r') {
		c->state = CHUNK_TRAILER_LF;
	} else {
		c->line_len = 1;
	}
	return 0;
}

/** A byte between chunks. */
static int framing_byte(struct http_chunks *c, uint8_t byte)
{
	switch (c->state) {
	case CHUNK_SIZE:
	case CHUNK_EXTENSION:
		return size_byte(c, byte);
	case CHUNK_SIZE_LF:
		return byte == '\n' ? size_ended(c) : bad_chunk();
	case CHUNK_DATA_CR:
		if (byte != '\r' && byte != '\n')
			return bad_chunk();
		c->state = byte == '\r' ? CHUNK_DATA_LF : CHUNK_SIZE;
		return 0;
	case CHUNK_DATA_LF:
		c->state = CHUNK_SIZE;
		return byte == '\n' ? 0 : bad_chunk();
	default:
		return trailer_byte(c, byte);
	}
}

int http_chunks_feed(struct http_chunks *c, const uint8_t **data, size_t *len, const uint8_t **body, size_t *body_len)
{
	*body_len = 0;
	while (c->state != CHUNK_END && *len) {
		int rc;

		if (c->state == CHUNK_DATA) {
			*body = *data;
			*body_len = *len < c->left ? *len : (size_t)c->left;
			*data += *body_len;
			*len -= *body_len;
			c->left -= *body_len;
			if (c->left == 0)
				c->state = CHUNK_DATA_CR;
			return -EINPROGRESS;
		}
		if ((rc = framing_byte(c, **data)) != 0)
			return rc;
		++*data;
		--*len;
	}
	return c->state == CHUNK_END ? 0 : -EINPROGRESS;
}
