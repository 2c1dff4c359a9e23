/* SPDX-License-Identifier: BSD-2-Clause */
/* One HTTP exchange after another with a server that says anything. */
#include "tests/unit/net/ask.h"

#define OK_ "HTTP/1.1 200 OK\r\n"

static const char *asked;

TEST(statuses_become_errors_in_words)
{
	static const struct { const char *line; int rc; const char *words; } cases[] = {
		{ "404 Not Found", -ENOENT, "not found: HTTP 404 Not Found" }, { "410 Gone", -ENOENT, "HTTP 410 Gone" },
		{ "401 Unauthorized", -EACCES, "access denied: HTTP 401 Unauthorized" }, { "403 Forbidden", -EACCES, "HTTP 403 Forbidden" },
		{ "407 Proxy Authentication Required", -EACCES, "HTTP 407" }, { "400 Bad Request", -EIO, "HTTP 400 Bad Request" },
		{ "416 Range Not Satisfiable", -ERANGE, "HTTP 416" }, { "500 Internal Server Error", -EIO, "HTTP 500 Internal Server Error" },
		{ "507 Insufficient Storage", -EIO, "HTTP 507 Insufficient Storage" }, { "429 Too Many Requests", -EIO, "HTTP 429" },
		{ "304 Not Modified", -EIO, "HTTP 304 Not Modified" }, { "302 Found", -EIO, "HTTP 302 Found" },
		{ "300 Multiple Choices", -EIO, "HTTP 300" }, { "999", -EIO, "HTTP 999" }, { "101 Switching Protocols", -EIO, "HTTP 101" },
	};
	char text[200];

	begin();
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: 4\r\n\r\nbody", cases[i].line);
		EXPECT_EQ(exchange(text, false), cases[i].rc);
		EXPECT(said(cases[i].words));
		EXPECT_EQ(asker[0].begun, 0);
		EXPECT(!asker[0].end.broken && !asker[0].end.connecting);
		EXPECT_EQ(file[0], 0);
	}
	end();
}

TEST(a_304_with_a_location_is_no_redirect)
{
	begin();
	EXPECT_EQ(exchange("HTTP/1.1 304 Not Modified\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", false), -EIO);
	EXPECT_EQ(exchange("HTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 2\r\n\r\nok", false), 0);
	end();
}

TEST(other_2xx_bring_a_body_too_and_204_brings_none)
{
	begin();
	EXPECT_EQ(exchange("HTTP/1.1 203 Non-Authoritative\r\nContent-Length: 2\r\n\r\nok", false), 0);
	EXPECT(body_is("ok"));
	EXPECT_EQ(exchange("HTTP/1.1 204 No Content\r\n\r\n", false), 0);
	EXPECT(body_is(""));
	EXPECT(asker[0].info.known && asker[0].info.total_bytes == 0);
	EXPECT_EQ(exchange("HTTP/1.1 204 No Content\r\nContent-Length: 100\r\n\r\n", false), 0);
	end();
}

TEST(an_empty_file_is_a_file)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Content-Length: 0\r\n\r\n", false), 0);
	EXPECT(asker[0].info.known);
	EXPECT_EQ(asker[0].info.total_bytes, 0);
	EXPECT_EQ(exchange(OK_ "\r\n", true), 0);
	EXPECT(!asker[0].info.known);
	EXPECT_EQ(exchange(OK_ "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false), 0);
	EXPECT(body_is(""));
	end();
}

TEST(a_chunked_body_arrives)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: z\r\n\r\n", false), 0);
	EXPECT(body_is("hello world"));
	EXPECT(!asker[0].info.known);
	EXPECT_EQ(asker[0].done, 11);
	EXPECT_EQ(asker[0].info.piece.end, (long long)RANGE_UNKNOWN);
	EXPECT_EQ(exchange(OK_ "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false), 0);
	EXPECT_EQ(server.accepted, 1);                  /* and the connection is kept */
	end();
}

TEST(a_chunked_body_without_its_last_chunk_is_truncated)
{
	static const char text[] = OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
	char cut[sizeof text];

	begin();
	for (size_t n = sizeof(OK_ "Transfer-Encoding: chunked\r\n\r\n") - 1; n < sizeof text - 1; n++) {
		memcpy(cut, text, n);
		cut[n] = '\0';
		EXPECT_EQ(exchange(cut, true), -ECONNABORTED);
		EXPECT(said("without the last chunk"));
	}
	EXPECT_EQ(exchange(text, true), 0);
	end();
}

TEST(a_malformed_chunk_ends_the_download)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX", false), -EPROTO);
	EXPECT(said("malformed chunk"));
	EXPECT_EQ(exchange(OK_ "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello", false), -EPROTO);
	end();
}

TEST(transfer_encoding_wins_over_a_length_and_ends_the_connection)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false), 0);
	EXPECT(body_is("hello"));
	EXPECT(!asker[0].info.known);
	EXPECT(list_empty(&s.net.idle_connections));
	end();
}

TEST(a_body_that_ends_with_the_connection_arrives)
{
	begin();
	EXPECT_EQ(exchange("HTTP/1.0 200 OK\r\n\r\nhello", true), 0);
	EXPECT(body_is("hello"));
	EXPECT_EQ(exchange(OK_ "\r\nhello", true), 0);
	EXPECT(body_is("hello"));
	end();
}

TEST(a_connection_is_kept_only_when_both_want_it)
{
	static const struct { const char *text; bool kept; } cases[] = {
		{ OK_ "Content-Length: 2\r\n\r\nok", true }, { OK_ "Content-Length: 2\r\nConnection: close\r\n\r\nok", false },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false },
		{ "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", true },
		{ OK_ "Content-Length: 2\r\n\r\nokmore", false },
		{ "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno", true }, { "HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nno", false },
		{ "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin();
		exchange(cases[i].text, false);
		EXPECT_EQ(!list_empty(&s.net.idle_connections), cases[i].kept);
		end();
	}
}

/* Lengths that lie: a boot loader sized its buffer by Content-Length and wrote what came (CVE-2023-40547). */
TEST(a_body_longer_than_promised_is_cut_where_it_was_promised_to_end)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Content-Length: 5\r\n\r\nhello world", false), 0);
	EXPECT(body_is("hello"));
	EXPECT_EQ(file[5], 0);
	EXPECT_EQ(exchange(OK_ "Content-Length: 0\r\n\r\nhello world", false), 0);
	EXPECT(body_is(""));
	end();
}

TEST(a_length_beyond_all_memory_is_refused_at_once)
{
	static const char *const lengths[] = { "33554433", "4294967296", "4294967295", "9223372036854775807" };
	char text[200];

	begin();
	for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		snprintf(text, sizeof text, OK_ "Content-Length: %s\r\n\r\nbody", lengths[i]);
		EXPECT_EQ(exchange(text, false), -ENOMEM);
		EXPECT(said("too large"));
		EXPECT_EQ(file[0], 0);
	}
	end();
}

TEST(interim_responses_are_skipped_ten_times)
{
	char text[1000] = "";

	begin();
	for (unsigned i = 0; i < 10; i++)
		strcat(text, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
	strcat(text, OK_ "Content-Length: 2\r\n\r\nok");
	EXPECT_EQ(exchange(text, false), 0);
	EXPECT(body_is("ok"));
	text[0] = '\0';
	for (unsigned i = 0; i < 11; i++)
		strcat(text, "HTTP/1.1 100 Continue\r\n\r\n");
	EXPECT_EQ(exchange(text, false), -EPROTO);
	EXPECT(said("more than 10 interim responses"));
	end();
}

TEST(what_is_not_http_is_said)
{
	begin();
	EXPECT_EQ(exchange("SSH-2.0-OpenSSH_9.2p1 Debian\r\n", false), -EPROTO);
	EXPECT(said("protocol error: not an HTTP server: \"SSH-2.0-OpenSSH_9.2p1 Debian\""));
	EXPECT_EQ(exchange("\x15\x03\x01\x02\x02\x16", false), -EPROTO);
	EXPECT(said("not an HTTP server: \"??????\""));
	EXPECT_EQ(exchange("RTSP/1.0 200 OK\r\n\r\n", false), -EPROTO);
	EXPECT_EQ(exchange("ICY 200 OK\r\n\r\n", false), -EPROTO);
	end();
}

TEST(a_connection_that_ends_before_the_answer_is_said)
{
	begin();
	EXPECT_EQ(exchange("", true), -ECONNABORTED);
	EXPECT(said("connection closed early: no answer to the HTTP request"));
	EXPECT_EQ(exchange("HTTP/1.1 200 OK\r\nContent-Le", true), -ECONNABORTED);
	EXPECT(said("in the middle of an HTTP header"));
	end();
}

TEST(codings_but_gzip_are_refused_and_gzip_is_kept)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Content-Encoding: x-gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08", false), 0);
	EXPECT(body_is("\x1f\x8b\x08"));
	EXPECT_EQ(exchange(OK_ "Content-Encoding: zstd\r\nContent-Length: 3\r\n\r\nabc", false), -ENOTSUP);
	EXPECT(said("not supported: Content-Encoding \"zstd\""));
	end();
}

static void answer_recording(struct server_connection *c, const char *request)
{
	static char text[8192];

	snprintf(text, sizeof text, "%s", request);
	asked = text;
	server_sayf(c, OK_ "Content-Length: 2\r\n\r\nok");
}

TEST(the_request_says_what_it_should)
{
	begin();
	server.answer = answer_recording;
	EXPECT_EQ((ask_url(&asker[0], "http://user:pass@10.0.2.9/a/b%20c?d=e", SERVER_IP, 0, RANGE_UNKNOWN, NULL, NULL), await(&asker[0])), 0);
	EXPECT_STR(asked, "GET /a/b%20c?d=e HTTP/1.1\r\nHost: 10.0.2.9\r\nUser-Agent: fPXE/0.1\r\nAccept-Encoding: identity\r\n"
	                  "Connection: keep-alive\r\nAuthorization: Basic dXNlcjpwYXNz\r\nRange: bytes=0-\r\n");
	end();
}

/* Whatever the segments are, the result is the same: each answer with segments of every size from one byte on. */
static void answer_small(struct server_connection *c, const char *request)
{
	c->mss = (uint16_t)(size_t)c->server->context;
	c->cwnd = 1u << 20;
	answer_canned(c, request);
}

TEST(every_size_of_segments_gives_the_same_result)
{
	static const struct { const char *text; bool close; int rc; const char *body; } cases[] = {
		{ OK_ "Content-Length: 11\r\nX: y\r\n z\r\n\r\nhello world", false, 0, "hello world" },
		{ OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;ext\r\n \r\n5\r\nworld\r\n0\r\nT: x\r\n\r\n", false, 0, "hello world" },
		{ "HTTP/1.0 200 OK\r\n\r\nhello world", true, 0, "hello world" },
		{ "HTTP/1.1 100 Continue\r\n\r\n" OK_ "Content-Length: 11\r\n\r\nhello world", false, 0, "hello world" },
		{ "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false, -ENOENT, "" },
		{ OK_ "Content-Length: 5\r\n\r\nhello world", false, 0, "hello" },
		{ OK_ "Content-Length: 12\r\n\r\nhello world", true, -ECONNABORTED, "hello world" },
	};

	begin();
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (size_t mss = 1; mss < 40; mss++) {
			canned = cases[i].text;
			canned_close = cases[i].close;
			server.context = (void *)mss;
			server.answer = answer_small;
			EXPECT_EQ((ask(&asker[0], 0, RANGE_UNKNOWN), await(&asker[0])), cases[i].rc);
			EXPECT(body_is(cases[i].body));
		}
	end();
}

/* The same with half of the segments in another order and some lost. */
TEST(small_segments_in_any_order_give_the_same_result)
{
	static const char text[] = OK_ "Content-Length: 62\r\n\r\n0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (unsigned seed = 1; seed < 30; seed++) {
		begin();
		server.host.to_stack = (struct sim_link){ .delay_us = 500, .reorder_ppm = 300000, .reorder_us = 400, .loss_ppm = 50000,
		                                          .duplicate_ppm = 50000, .random = seed };
		canned = text;
		canned_close = seed & 1;
		server.context = (void *)(size_t)(1 + seed % 7);
		server.answer = answer_small;
		EXPECT_EQ((ask(&asker[0], 0, RANGE_UNKNOWN), await(&asker[0])), 0);
		EXPECT(body_is("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"));
		end();
	}
}
