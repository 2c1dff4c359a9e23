/* SPDX-License-Identifier: BSD-2-Clause */
/* A chunked body. First as it comes, in pieces of any size: all agree, and what comes out is not more than went in. Then the input's bytes are
 * chunked as the second byte says (sizes, extensions, leading zeros, a trailer), and must come out unchanged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/http_parse.h"
#include "tests/host/host.h"

enum { MAX = 8192 };

static uint8_t body[MAX], body_again[MAX];
static uint8_t chunked[20 * MAX];         /* a size of six digits, an extension and two ends of lines around each byte */

static void check(bool good)
{
	if (!good)
		abort();
}

static int feed(const uint8_t *data, size_t len, size_t step, uint8_t *out, size_t *out_len, size_t *taken)
{
	struct http_chunks c;
	int rc = -EINPROGRESS;

	http_chunks_init(&c);
	*out_len = *taken = 0;
	for (size_t at = 0; at < len && rc == -EINPROGRESS; at += step) {
		const uint8_t *p = data + at;
		size_t n = len - at < step ? len - at : step;

		while (n && rc == -EINPROGRESS) {
			const uint8_t *piece;
			size_t piece_len, before = n;

			rc = http_chunks_feed(&c, &p, &n, &piece, &piece_len);
			check(n < before || rc != -EINPROGRESS);
			check(!piece_len || (piece >= data && piece + piece_len <= data + len && *out_len + piece_len <= len));
			if (piece_len)
				memcpy(out + *out_len, piece, piece_len);
			*out_len += piece_len;
		}
		*taken = (size_t)(p - data);
	}
	return rc;
}

static size_t put(size_t n, const char *text)
{
	memcpy(chunked + n, text, strlen(text));
	return n + strlen(text);
}

static size_t make(const uint8_t *data, size_t len, uint8_t how)
{
	size_t n = 0, most = 1 + (how & 15) * 37u;
	char line[32];

	for (size_t at = 0; at < len;) {
		size_t piece = len - at < most ? len - at : most;

		snprintf(line, sizeof(line), how & 16 ? "%06zX" : "%zx", piece);
		n = put(n, line);
		n = put(n, how & 32 ? ";a=\"b\"\r\n" : "\r\n");
		memcpy(chunked + n, data + at, piece);
		n = put(n + piece, "\r\n");
		at += piece;
	}
	return put(n, how & 64 ? "0\r\nExpires: never\r\nA:\r\n\r\n" : "0\r\n\r\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len, len_again, taken, taken_again, n, step;
	int rc;

	if (size < 2 || size > MAX)
		return 0;
	step = 1 + data[0] % 64;
	rc = feed(data + 2, size - 2, size, body, &len, &taken);
	check(feed(data + 2, size - 2, step, body_again, &len_again, &taken_again) == rc);
	check(len == len_again && memcmp(body, body_again, len) == 0 && (rc != 0 || taken == taken_again));
	n = make(data + 2, size - 2, data[1]);
	check(feed(chunked, n, step, body, &len, &taken) == 0 && taken == n);
	check(len == size - 2 && memcmp(body, data + 2, len) == 0);
	return 0;
}
