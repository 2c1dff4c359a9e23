/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of net/http_parse.c and net/http_fields.c share: a header fed whole, split at every byte, and byte by byte. */
#ifndef TESTS_UNIT_NET_HEADER_H
#define TESTS_UNIT_NET_HEADER_H

#include "core/errors.h"
#include "net/http_parse.h"
#include "tests/unit/test.h"

static struct http_header h;

/** Feed @text in pieces that end at @split and every @step after it; @left: what follows the header. */
static int feed(const char *text, size_t len, size_t split, size_t step, size_t *left)
{
	size_t at = 0;

	*left = 0;
	error_clear();
	http_header_init(&h);
	memset(&h.line, 0xa5, sizeof h.line);
	while (at < len) {
		size_t n = at < split ? split - at : step ? step : len - at, used = 0;
		uint8_t *piece;
		int rc;

		if (n > len - at)
			n = len - at;
		piece = malloc(n + !n);                 /* so that the sanitizer sees a byte too far */
		memcpy(piece, text + at, n);
		rc = http_header_feed(&h, piece, n, &used);
		free(piece);
		if (rc == 0) {
			*left = len - at - used;
			return 0;
		}
		if (rc != -EINPROGRESS)
			return rc;
		at += n;
	}
	return -EINPROGRESS;
}

static int parse_bytes(const char *text, size_t len)
{
	size_t left, left2;
	int rc = feed(text, len, len, 0, &left);
	struct http_response whole = h.response;

	for (size_t split = 0; split <= len; split += len > 600 ? 97 : 1) {
		EXPECT_EQ(feed(text, len, split, 0, &left2), rc);
		EXPECT_EQ(left2, left);
		if (rc == 0)
			EXPECT_MEM(&h.response, &whole, sizeof whole);
	}
	EXPECT_EQ(feed(text, len, 0, 1, &left2), rc);
	EXPECT_EQ(feed(text, len, len, 0, &left), rc);
	return rc;
}

static int parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static bool said(const char *words)
{
	char text[400];

	error_format(text, sizeof text, -EPROTO);
	if (strstr(text, words))
		return true;
	error_format(text, sizeof text, -ENOTSUP);
	return strstr(text, words) != NULL;
}

#define OK "HTTP/1.1 200 OK\r\n"

#endif
