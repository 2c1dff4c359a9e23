/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP's wire: each header and each chunked body is fed whole, and split at every byte, and byte by byte. */
#include "tests/unit/net/header.h"

TEST(a_plain_header_is_understood)
{
	EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 1234\r\nConnection: keep-alive\r\n\r\n"), 0);
	EXPECT_EQ(h.response.status, 200);
	EXPECT_EQ(h.response.minor_version, 1);
	EXPECT_STR(h.response.reason, "OK");
	EXPECT(h.response.has_length);
	EXPECT_EQ(h.response.length, 1234);
	EXPECT(h.response.keep_alive && !h.response.close && !h.response.chunked);
}

TEST(what_follows_the_header_is_left)
{
	size_t left;
	const char *text = OK "\r\nbody";

	EXPECT_EQ(feed(text, strlen(text), 100, 0, &left), 0);
	EXPECT_EQ(left, 4);
	EXPECT_EQ(parse(text), 0);
}

TEST(every_truncation_wants_more)
{
	const char *text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n z\r\n\r\n";
	size_t left;

	for (size_t n = 0; n < strlen(text); n++)
		EXPECT_EQ(feed(text, n, n, 0, &left), -EINPROGRESS);
	EXPECT_EQ(parse(text), 0);
}

TEST(status_lines_of_every_kind)
{
	EXPECT_EQ(parse("HTTP/1.0 404 Not Found\r\n\r\n"), 0);
	EXPECT_EQ(h.response.status, 404);
	EXPECT_EQ(h.response.minor_version, 0);
	EXPECT_STR(h.response.reason, "Not Found");
	EXPECT_EQ(parse("HTTP/1.1 500\r\n\r\n"), 0);
	EXPECT_STR(h.response.reason, "");
	EXPECT_EQ(parse("HTTP/1.1 500 \r\n\r\n"), 0);
	EXPECT_STR(h.response.reason, "");
	EXPECT_EQ(parse("HTTP/1.9 200 OK\r\n\r\n"), 0);
	EXPECT_EQ(parse("HTTP/1.1 404 \x1b[2J\xff\r\n\r\n"), 0);
	EXPECT_STR(h.response.reason, "?[2J?");
	EXPECT_EQ(parse("HTTP/1.1 404 0123456789012345678901234567890123456789012345678901234567890123456789\r\n\r\n"), 0);
	EXPECT_EQ(strlen(h.response.reason), HTTP_REASON_MAX - 1);
}

TEST(what_is_not_http_is_shown)
{
	static const char *const others[] = {
		"SSH-2.0-OpenSSH_9.2p1\r\n", "ICY 200 OK\r\n", "RTSP/1.0 200 OK\r\n", "HTTP/2.0 200 OK\r\n", "HTTP/0.9 200\r\n", "220 ftp\r\n",
		"\x16\x03\x01\x02", "\r\n", "\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n",
		"HTTP/1.1 099 x\r\n\r\n", "HTTP/1.x 200 x\r\n\r\n", "HTTP/1.1\t200 x\r\n\r\n", "HTTP/1.1  200 x\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
		" HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "<html>", "HTTPS/1.1 200 OK\r\n",
	};

	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
		size_t left;
		int rc = feed(others[i], strlen(others[i]), 1000, 0, &left);

		if (rc == -EINPROGRESS)                 /* it is over only when the next line begins */
			rc = -EPROTO;
		else
			EXPECT(said("not an HTTP server: \""));
		EXPECT_EQ(rc, -EPROTO);
		feed(others[i], strlen(others[i]), 0, 1, &left);
	}
	EXPECT_EQ(parse("SSH-2.0-OpenSSH_9.2p1\r\n"), -EPROTO);
	EXPECT(said("not an HTTP server: \"SSH-2.0-OpenSSH_9.2p1\""));
	EXPECT_EQ(parse_bytes("\x16\x03\x01\x00", 4), -EPROTO);
}

TEST(lines_end_with_crlf_or_lf)
{
	EXPECT_EQ(parse("HTTP/1.1 200 OK\nContent-Length: 3\n\n"), 0);
	EXPECT_EQ(h.response.length, 3);
	EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\n\r\n"), 0);
	EXPECT_EQ(parse("HTTP/1.1 200 OK\nContent-Length: 3\r\n\n"), 0);
}

TEST(bare_cr_and_nul_are_refused)
{
	EXPECT_EQ(parse(OK "A: b\rc\r\n\r\n"), -EPROTO);
	EXPECT(said("bare CR"));
	EXPECT_EQ(parse(OK "A: b\r\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse(OK "\rA: b\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse("HTTP/1.1 200\rOK\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse_bytes(OK "A: b\0c\r\n\r\n", sizeof(OK "A: b\0c\r\n\r\n") - 1), -EPROTO);
	EXPECT(said("NUL"));
}

TEST(a_folded_line_is_one)
{
	EXPECT_EQ(parse(OK "Content-Length:\r\n 12\r\nX: y\r\n\r\n"), 0);
	EXPECT_EQ(h.response.length, 12);
	EXPECT_EQ(parse(OK "Location: http://a/\r\n\t\r\n\r\n"), 0);
	EXPECT_STR(h.response.location, "http://a/");
	EXPECT_EQ(parse(OK "Content-Length: 1\r\n 2\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse("HTTP/1.1 200 OK\r\n X: y\r\n\r\n"), -EPROTO);
}

TEST(malformed_fields_are_refused)
{
	EXPECT_EQ(parse(OK "no colon\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse(OK ": empty\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse(OK "Content-Length : 5\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse(OK "X:\r\n\r\n"), 0);
	EXPECT_EQ(parse(OK "X:y\r\n\r\n"), 0);
	EXPECT_EQ(parse(OK "X: \xff\xfe\r\n\r\n"), 0);
}

/* At the limit, one below, one above */
TEST(lines_and_headers_are_bounded)
{
	static char text[3 * HTTP_HEADER_MAX];
	size_t left;
	int n;

	for (int extra = -1; extra <= 1; extra++) {
		n = snprintf(text, sizeof text, OK "X: %0*d\r\n\r\n", HTTP_LINE_MAX - 3 + extra, 7);
		EXPECT_EQ(feed(text, (size_t)n, 1000, 0, &left), extra > 0 ? -EPROTO : 0);
	}
	EXPECT(said("line longer than 4096 bytes"));
	for (unsigned lines = HTTP_LINES_MAX - 2; lines <= HTTP_LINES_MAX; lines++) {
		n = snprintf(text, sizeof text, OK);
		for (unsigned i = 0; i < lines; i++)
			n += snprintf(text + n, sizeof text - (size_t)n, "X: y\r\n");
		n += snprintf(text + n, sizeof text - (size_t)n, "\r\n");
		EXPECT_EQ(feed(text, (size_t)n, 1000, 0, &left), lines == HTTP_LINES_MAX ? -EPROTO : 0);
	}
	EXPECT(said("more than 100 header lines"));
	n = snprintf(text, sizeof text, OK);
	while (n < HTTP_HEADER_MAX)
		n += snprintf(text + n, sizeof text - (size_t)n, "X: %04000d\r\n", 7);
	EXPECT_EQ(feed(text, (size_t)n, 1000, 0, &left), -EPROTO);
	EXPECT(said("header longer than 32768 bytes"));
	n = snprintf(text, sizeof text, OK "X: y");
	while (n < HTTP_LINE_MAX * 3)           /* folds do not get around the limit */
		n += snprintf(text + n, sizeof text - (size_t)n, "\r\n z");
	EXPECT_EQ(feed(text, (size_t)n, 1000, 0, &left), -EPROTO);
}

/* ---- chunks ---------------------------------------------------------------------------------------------------------------------- */

static char body[5000];

static int unchunk(const char *text, size_t len, size_t split, size_t step, size_t *left)
{
	struct http_chunks c;
	size_t at = 0, n = 0;
	int rc = -EINPROGRESS;

	error_clear();
	http_chunks_init(&c);
	body[0] = '\0';
	while (at < len && rc == -EINPROGRESS) {
		size_t piece_len = at < split ? split - at : step ? step : len - at, rest;
		const uint8_t *data, *out;
		uint8_t *piece;

		if (piece_len > len - at)
			piece_len = len - at;
		piece = malloc(piece_len + !piece_len);
		memcpy(piece, text + at, piece_len);
		data = piece;
		rest = piece_len;
		while (rest && rc == -EINPROGRESS) {
			size_t out_len;

			rc = http_chunks_feed(&c, &data, &rest, &out, &out_len);
			if (out_len) {
				memcpy(body + n, out, out_len);
				n += out_len;
			}
		}
		free(piece);
		at += piece_len - rest;
	}
	body[n] = '\0';
	*left = len - at;
	return rc;
}

static int chunks(const char *text)
{
	size_t len = strlen(text), left, left2;
	int rc = unchunk(text, len, len, 0, &left);
	char *whole = strdup(body);

	for (size_t split = 0; split <= len; split++) {
		EXPECT_EQ(unchunk(text, len, split, 0, &left2), rc);
		EXPECT_STR(body, whole);
		if (rc == 0)
			EXPECT_EQ(left2, left);
	}
	EXPECT_EQ(unchunk(text, len, 0, 1, &left2), rc);
	EXPECT_STR(body, whole);
	free(whole);
	return rc;
}

TEST(chunks_are_put_together)
{
	EXPECT_EQ(chunks("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), 0);
	EXPECT_STR(body, "hello world");
	EXPECT_EQ(chunks("0\r\n\r\n"), 0);
	EXPECT_STR(body, "");
	EXPECT_EQ(chunks("00000000000000000000a;x=\"y;z\"\r\n0123456789\r\n000\r\n\r\n"), 0);
	EXPECT_STR(body, "0123456789");
	EXPECT_EQ(chunks("A \r\n0123456789\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n"), 0);
	EXPECT_EQ(chunks("1\na\n0\n\n"), 0);
	EXPECT_STR(body, "a");
	EXPECT_EQ(chunks("3\r\na\r\n\r\n0\r\n\r\n"), 0);
	EXPECT_STR(body, "a\r\n");
}

TEST(what_follows_the_last_chunk_is_left)
{
	size_t left;

	EXPECT_EQ(unchunk("1\r\na\r\n0\r\n\r\nHTTP", 15, 100, 0, &left), 0);
	EXPECT_EQ(left, 4);
}

TEST(every_truncation_of_chunks_wants_more)
{
	const char *text = "5;x\r\nhello\r\n0\r\nT: x\r\n\r\n";
	size_t left;

	for (size_t n = 0; n < strlen(text); n++)
		EXPECT_EQ(unchunk(text, n, n, 0, &left), -EINPROGRESS);
}

TEST(malformed_chunks_are_refused)
{
	static const char *const bad[] = {
		"\r\n", "\n", "g\r\n", "-1\r\n", "0x5\r\n", " 5\r\n", ";x\r\n", "5\rx", "5\r\nhelloX\r\n", "5\r\nhello\rX", "5\r\nhello5\r\n",
		"8000000000000000\r\n", "ffffffffffffffff\r\n", "10000000000000000\r\n", "0\r\nT: x\rX\r\n\r\n", "5x\r\n", "0\r\n\rX",
	};

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		EXPECT_EQ(chunks(bad[i]), -EPROTO);
	EXPECT_EQ(chunks("7fffffffffffffff\r\na"), -EINPROGRESS);
}

TEST(chunk_lines_and_trailers_are_bounded)
{
	static char text[HTTP_TRAILER_MAX * 2];
	size_t left;
	int n = snprintf(text, sizeof text, "1;%0*d\r\n", HTTP_CHUNK_LINE_MAX, 7);

	EXPECT_EQ(unchunk(text, (size_t)n, 5000, 0, &left), -EPROTO);
	n = snprintf(text, sizeof text, "0\r\n");
	while (n < HTTP_TRAILER_MAX + 10)
		n += snprintf(text + n, sizeof text - (size_t)n, "T: 0123456789\r\n");
	EXPECT_EQ(unchunk(text, (size_t)n, 5000, 0, &left), -EPROTO);
	EXPECT(said("trailer longer than 8192"));
}
