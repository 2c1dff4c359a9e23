/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of a response, each in a header that is split everywhere. */
#include "tests/unit/net/header.h"

/* CVE-2023-40547 and its kin: lengths that are none */
TEST(a_content_length_is_digits_alone)
{
	static const char *const bad[] = { "-1", "+5", "0x10", "1e3", "5 5", "5,6", "", " ", "18446744073709551616",
	                                   "9223372036854775808", "99999999999999999999999", "5;", "5,", ",5", "five", "5.0", "\xd9\xa5" };
	char text[200];

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(text, sizeof text, OK "Content-Length: %s\r\n\r\n", bad[i]);
		EXPECT_EQ(parse(text), -EPROTO);
		EXPECT(said("Content-Length"));
	}
	EXPECT_EQ(parse(OK "content-LENGTH:   9223372036854775807  \r\n\r\n"), 0);
	EXPECT_EQ(h.response.length, INT64_MAX);
	EXPECT_EQ(parse(OK "Content-Length: 4294967297\r\n\r\n"), 0);
	EXPECT_EQ(h.response.length, 4294967297);
	EXPECT_EQ(parse(OK "Content-Length: 007\r\n\r\n"), 0);
	EXPECT_EQ(h.response.length, 7);
}

TEST(lengths_said_twice_must_agree)
{
	EXPECT_EQ(parse(OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"), 0);
	EXPECT_EQ(parse(OK "Content-Length: 5, 5\r\n\r\n"), 0);
	EXPECT_EQ(parse(OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse(OK "Content-Length: 5 , 6\r\n\r\n"), -EPROTO);
}

TEST(transfer_coding_is_chunked_or_none)
{
	EXPECT_EQ(parse(OK "Transfer-Encoding: Chunked\r\nContent-Length: 5\r\n\r\n"), 0);
	EXPECT(h.response.chunked && h.response.has_length);
	EXPECT_EQ(parse(OK "Transfer-Encoding: identity\r\n\r\n"), 0);
	EXPECT(!h.response.chunked);
	EXPECT_EQ(parse(OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), -ENOTSUP);
	EXPECT(said("Transfer-Encoding \"gzip, chunked\""));
	EXPECT_EQ(parse(OK "Transfer-Encoding: xchunked\r\n\r\n"), -ENOTSUP);
}

TEST(gzip_is_kept_and_other_codings_are_named)
{
	static const char *const others[] = { "br", "zstd", "deflate", "compress", "gzip, br", "gzip, gzip", "identity, gzip", "gzipx", "aes128gcm" };
	char text[200];

	EXPECT_EQ(parse(OK "Content-Encoding: gzip\r\n\r\n"), 0);
	EXPECT_EQ(parse(OK "Content-Encoding: X-GZIP\r\n\r\n"), 0);
	EXPECT_EQ(parse(OK "Content-Encoding: identity\r\n\r\n"), 0);
	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
		snprintf(text, sizeof text, OK "Content-Encoding: %s\r\n\r\n", others[i]);
		EXPECT_EQ(parse(text), -ENOTSUP);
		snprintf(text, sizeof text, "Content-Encoding \"%s\"", others[i]);
		EXPECT(said(text));
	}
	EXPECT_EQ(parse(OK "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n"), -ENOTSUP);
	EXPECT_EQ(parse(OK "Content-Encoding: br\r\n\r\n"), -ENOTSUP);
	EXPECT(said("Content-Encoding \"br\""));
}

TEST(connection_is_a_list)
{
	EXPECT_EQ(parse(OK "Connection: Upgrade,  Close\r\n\r\n"), 0);
	EXPECT(h.response.close && !h.response.keep_alive);
	EXPECT_EQ(parse(OK "Connection: closely\r\n\r\n"), 0);
	EXPECT(!h.response.close);
	EXPECT_EQ(parse(OK "Connection: ,,Keep-Alive ,\r\n\r\n"), 0);
	EXPECT(h.response.keep_alive);
	EXPECT_EQ(parse(OK "Connection: keep-alive\r\nConnection: close\r\n\r\n"), 0);
	EXPECT(h.response.close && h.response.keep_alive);
}

TEST(a_location_is_at_most_two_kib)
{
	static char text[HTTP_LOCATION_MAX + 100];

	for (int extra = -1; extra <= 1; extra++) {
		snprintf(text, sizeof text, "HTTP/1.1 302 Found\r\nLocation: %0*d\r\n\r\n", HTTP_LOCATION_MAX + extra, 7);
		EXPECT_EQ(parse(text), extra > 0 ? -EPROTO : 0);
	}
	EXPECT(said("Location longer than 2048 bytes"));
}

TEST(retry_after_is_seconds)
{
	EXPECT_EQ(parse("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n"), 0);
	EXPECT_EQ(h.response.retry_after_s, 7);
	EXPECT_EQ(parse("HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n"), 0);
	EXPECT_EQ(h.response.retry_after_s, 0);
	EXPECT_EQ(parse("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999999\r\n\r\n"), 0);
	EXPECT_EQ(h.response.retry_after_s, 0);
}

TEST(only_a_strong_etag_is_remembered)
{
	EXPECT_EQ(parse(OK "ETag: \"abc-1\"\r\n\r\n"), 0);
	EXPECT_STR(h.response.etag, "\"abc-1\"");
	EXPECT_EQ(parse(OK "ETag: W/\"abc-1\"\r\n\r\n"), 0);
	EXPECT_STR(h.response.etag, "");
	EXPECT_EQ(parse(OK "ETag: \"0123456789012345678901234567890123456789012345678901234567890123456789"
	                   "0123456789012345678901234567890123456789012345678901234567890123456789\"\r\n\r\n"), 0);
	EXPECT_STR(h.response.etag, "");
}

TEST(content_range_is_checked)
{
	static const char *const bad[] = { "bytes", "bytes 0-", "bytes 5-4/10", "bytes 0-9/9", "bytes a-b/c", "bytes 0-9", "bytes 0-9/",
	                                   "bytes 0-9/-1", "lines 0-9/10", "bytes -9/10", "bytes 0/10-9", "bytes 0-18446744073709551615/*",
	                                   "bytes 9223372036854775808-9223372036854775809/*", "bytes 0-9/9223372036854775808", "bytes 0-9/1 0",
	                                   "bytes */10", "bytes=0-9/10", "bytes  0-9/10", "bytes 0 - 9/10", "bytes 0-9/10, 20-29/30" };
	char text[200];

	EXPECT_EQ(parse("HTTP/1.1 206 Partial\r\nContent-Range: bytes 100-199/1000\r\n\r\n"), 0);
	EXPECT(h.response.has_range);
	EXPECT_EQ(h.response.range.start, 100);
	EXPECT_EQ(h.response.range.end, 200);
	EXPECT_EQ(h.response.range_total, 1000);
	EXPECT_EQ(parse("HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-0/*\r\n\r\n"), 0);
	EXPECT_EQ(h.response.range_total, (long long)RANGE_UNKNOWN);
	EXPECT_EQ(parse("HTTP/1.1 206 Partial\r\nContent-Range: BYTES 0-9/10\r\nContent-Range: bytes 0-9/10\r\n\r\n"), 0);
	EXPECT_EQ(parse("HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-9/10\r\nContent-Range: bytes 0-8/10\r\n\r\n"), -EPROTO);
	EXPECT_EQ(parse("HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-9/10\r\nContent-Range: bytes 0-9/11\r\n\r\n"), -EPROTO);
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(text, sizeof text, "HTTP/1.1 206 Partial\r\nContent-Range: %s\r\n\r\n", bad[i]);
		EXPECT_EQ(parse(text), -EPROTO);
	}
}

/* RFC 9110 14.4: it means nothing elsewhere, and a 416 need not have it. */
TEST(content_range_matters_with_206_and_416_alone)
{
	EXPECT_EQ(parse(OK "Content-Range: lines 5-4/x\r\n\r\n"), 0);
	EXPECT(!h.response.has_range);
	EXPECT_EQ(parse(OK "Content-Range: bytes 0-9/10\r\n\r\n"), 0);
	EXPECT(!h.response.has_range);
	EXPECT_EQ(parse("HTTP/1.1 416 No\r\nContent-Range: bytes */1000\r\n\r\n"), 0);
	EXPECT(!h.response.has_range);
	EXPECT_EQ(h.response.range_total, 1000);
	EXPECT_EQ(parse("HTTP/1.1 416 No\r\n\r\n"), 0);
	EXPECT_EQ(h.response.range_total, (long long)RANGE_UNKNOWN);
	EXPECT_EQ(parse("HTTP/1.1 416 No\r\nContent-Range: bytes 0-9/10\r\n\r\n"), 0);
	EXPECT_EQ(h.response.range_total, (long long)RANGE_UNKNOWN);
	EXPECT_EQ(parse("HTTP/1.1 416 No\r\nContent-Range: bytes */-0\r\n\r\n"), 0);
	EXPECT_EQ(h.response.range_total, (long long)RANGE_UNKNOWN);
}

TEST(codings_and_lengths_of_what_brings_no_file_are_nobodys_concern)
{
	EXPECT_EQ(parse("HTTP/1.1 404 Not Found\r\nContent-Encoding: br\r\n\r\n"), 0);
	EXPECT_EQ(parse("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n"), 0);
	EXPECT(h.response.close);
}

TEST(a_body_in_several_parts_is_noticed)
{
	EXPECT_EQ(parse("HTTP/1.1 206 Partial\r\nContent-Type: Multipart/ByteRanges; boundary=x\r\n\r\n"), 0);
	EXPECT(h.response.multipart);
	EXPECT_EQ(parse("HTTP/1.1 206 Partial\r\nContent-Type: application/octet-stream\r\n\r\n"), 0);
	EXPECT(!h.response.multipart);
}

TEST(dates_are_kept_as_they_came)
{
	EXPECT_EQ(parse(OK "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate:  Mon, 07 Nov 1994 08:49:37 GMT \r\n\r\n"), 0);
	EXPECT_STR(h.response.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
	EXPECT_STR(h.response.date, "Mon, 07 Nov 1994 08:49:37 GMT");
	EXPECT_EQ(parse(OK "Last-Modified: Sunday, 06-Nov-94 08:49:37 GMT; and more\r\n\r\n"), 0);
	EXPECT_STR(h.response.last_modified, "");
}
