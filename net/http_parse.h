/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP/1.x on the wire (RFC 9110, RFC 9112): a response's header, a chunked body, a request. Pure and incremental: bytes may come in
 * any pieces. What is refused: NUL and bare CR in a header, lines over 4 KiB, headers over 32 KiB or 100 lines, lengths that are not
 * plain numbers or contradict each other, other transfer codings than chunked. */
#ifndef NET_HTTP_PARSE_H
#define NET_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/uri.h"
#include "net/ranges.h"

enum {
	HTTP_LINE_MAX = 4096, HTTP_HEADER_MAX = 32768, HTTP_LINES_MAX = 100,
	HTTP_CHUNK_LINE_MAX = 1024, HTTP_TRAILER_MAX = 8192,
	HTTP_LOCATION_MAX = 2048, HTTP_REASON_MAX = 48, HTTP_VALIDATOR_MAX = 128,
	HTTP_DATE_MAX = 30,                     /* of an IMF-fixdate, with its NUL */
};

/** What a header said. */
struct http_response {
	uint16_t status;
	uint8_t minor_version;                  /* of HTTP/1.x */
	bool close;                             /* "Connection: close" */
	bool keep_alive;                        /* "Connection: keep-alive" */
	bool chunked;
	bool coded;                             /* "Content-Encoding: gzip" */
	bool multipart;                         /* "Content-Type: multipart/byteranges" */
	bool has_length, has_range, has_etag;
	uint64_t length;                        /* Content-Length */
	struct range range;                     /* Content-Range of a 206 */
	uint64_t range_total;                   /* of a 206 or 416; RANGE_UNKNOWN: "*", or not said */
	uint32_t retry_after_s;                 /* 0: not said */
	char reason[HTTP_REASON_MAX];           /* printable */
	char location[HTTP_LOCATION_MAX + 1];   /* "" when absent */
	char etag[HTTP_VALIDATOR_MAX];          /* a strong one, with its quotes; "" when absent, weak or longer */
	char last_modified[HTTP_DATE_MAX], date[HTTP_DATE_MAX]; /* as they came; "" when absent or too long for a good one */
};

struct http_header {
	unsigned bytes, lines;                  /* so far */
	unsigned line_len;
	bool line_ended;                        /* the line is whole unless the next one goes on with it */
	bool status_seen, cr;
	struct http_response response;
	char line[HTTP_LINE_MAX + 1];
};

void http_header_init(struct http_header *h);
/** Feed @len bytes. -EINPROGRESS: all were taken, more are needed. 0: the header is whole, *@used were taken. -EPROTO, -ENOTSUP: with fail(). */
int http_header_feed(struct http_header *h, const uint8_t *data, size_t len, size_t *used);

/** A field of a response whose status is known; @value without spaces around it. Unknown ones are skipped. -EPROTO, -ENOTSUP: with fail(). */
int http_take_field(struct http_response *r, const char *name, const char *value);

struct http_chunks {
	enum { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_SIZE_LF, CHUNK_DATA, CHUNK_DATA_CR, CHUNK_DATA_LF, CHUNK_TRAILER, CHUNK_TRAILER_LF,
	       CHUNK_END } state;
	uint64_t left;                          /* of this chunk */
	unsigned line_len, trailer_len;
};

void http_chunks_init(struct http_chunks *c);
/** Take from *@data (*@len bytes, both moved on) up to and including the next stretch of body, which is *@body with *@body_len bytes (0: none).
 *  -EINPROGRESS: go on; 0: the body is over, *@data is what follows; -EPROTO: with fail(). */
int http_chunks_feed(struct http_chunks *c, const uint8_t **data, size_t *len, const uint8_t **body, size_t *body_len);

/** Write a GET request for @range of @uri into @buf; @validator (NULL or "": none) goes into If-Range. Returns its whole length without the
 *  NUL, as text_format() does. */
size_t http_request_emit(char *buf, size_t size, const struct uri *uri, uint16_t default_port, const struct range *range,
                         const char *validator);

#endif
