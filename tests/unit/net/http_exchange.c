/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of files: what is said of them, what is refused, exchanges behind each other, pieces that are made shorter. */
#include "tests/unit/net/ask_talk.h"

#define OK_ "HTTP/1.1 200 OK\r\n"
#define WEAK_ "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:50:00 GMT\r\n"
#define STRONG_ "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Mon, 07 Nov 1994 08:50:00 GMT\r\n"

static bool told(uint64_t start, uint64_t end, bool known, uint64_t total, bool ranges, const char *validator)
{
	const struct transfer_info *i = &asker[0].info;

	if (asker[0].begun == 1 && i->piece.start == start && i->piece.end == end && i->known == known && i->total_bytes == total &&
	    i->ranges == ranges && strcmp(asker[0].validator, validator) == 0)
		return true;
	printf("told %u: [%lld, %lld) of %d %llu, ranges %d, validator %s\n", asker[0].begun, (long long)i->piece.start,
	       (long long)i->piece.end, i->known, (unsigned long long)i->total_bytes, i->ranges, asker[0].validator);
	return false;
}

/* ---- what a response says of the file ------------------------------------------------------------------------------------------------ */

TEST(a_200_tells_the_whole_and_that_there_are_no_parts)
{
	begin();
	EXPECT_EQ(exchange(OK_ "Content-Length: 5\r\nETag: \"v1\"\r\n\r\nhello", false), 0);
	EXPECT(told(0, 5, true, 5, false, "\"v1\""));
	EXPECT_EQ(exchange(OK_ "Transfer-Encoding: chunked\r\nETag: W/\"v1\"\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false), 0);
	EXPECT(told(0, RANGE_UNKNOWN, false, 0, false, ""));
	EXPECT_EQ(exchange(OK_ STRONG_ "\r\nhello", true), 0);
	EXPECT(told(0, RANGE_UNKNOWN, false, 0, false, "Sun, 06 Nov 1994 08:49:37 GMT"));
	EXPECT_EQ(exchange(OK_ WEAK_ "Content-Length: 5\r\n\r\nhello", false), 0);
	EXPECT(told(0, 5, true, 5, false, ""));
	EXPECT_EQ(exchange(OK_ "Accept-Ranges: bytes\r\nContent-Range: bytes 0-1/2\r\nContent-Length: 5\r\n\r\nhello", false), 0);
	EXPECT(told(0, 5, true, 5, false, ""));
	end();
}

TEST(a_200_to_a_part_begins_at_the_beginning)
{
	begin();
	EXPECT_EQ(exchange_part(OK_ "Content-Length: 11\r\nETag: \"v2\"\r\n\r\nhello world", 6, 11, "\"v1\""), 0);
	EXPECT(told(0, 11, true, 11, false, "\"v2\""));
	EXPECT(body_is("hello world"));
	end();
}

TEST(a_206_tells_its_part_and_the_total)
{
	begin();
	EXPECT_EQ(exchange(PART_ "Content-Range: bytes 0-4/5\r\nContent-Length: 5\r\nETag: \"v1\"\r\n\r\nhello", false), 0);
	EXPECT(told(0, 5, true, 5, true, "\"v1\""));
	EXPECT(body_is("hello"));
	EXPECT_EQ(exchange(PART_ "Content-Range: bytes 0-4/9\r\nContent-Length: 5\r\n" WEAK_ "\r\nhello", false), 0);
	EXPECT(told(0, 5, true, 9, true, ""));
	EXPECT_EQ(exchange(PART_ "Content-Range: bytes 0-4/*\r\nContent-Length: 5\r\n" STRONG_ "\r\nhello", false), 0);
	EXPECT(told(0, 5, false, 0, true, "Sun, 06 Nov 1994 08:49:37 GMT"));
	EXPECT_EQ(exchange(PART_ "Content-Range: bytes 0-4/5\r\n\r\nhello world", true), 0);
	EXPECT(body_is("hello"));
	EXPECT_EQ(exchange_part(PART_ "Content-Range: bytes 6-10/11\r\nContent-Length: 5\r\n\r\nworld", 6, 11, "\"v1\""), 0);
	EXPECT(told(6, 11, true, 11, true, "\"v1\""));
	EXPECT(body_is("world"));
	EXPECT_EQ(file[5], 0);
	EXPECT_EQ(server.accepted, 2);
	end();
}

TEST(a_part_may_end_before_what_was_asked_for)
{
	begin();
	EXPECT_EQ(exchange_part(PART_ "Content-Range: bytes 6-8/11\r\nContent-Length: 3\r\n\r\nwor", 6, 11, NULL), 0);
	EXPECT(told(6, 9, true, 11, true, ""));
	EXPECT(body_is("wor"));
	end();
}

TEST(another_part_than_asked_for_is_refused_and_nothing_is_written)
{
	static const struct { uint64_t from, to; const char *header, *words; } cases[] = {
		{ 6, 11, "Content-Range: bytes 5-9/11\r\nContent-Length: 5\r\n", "HTTP 206 with bytes 5-9 instead of 6-" },
		{ 6, 11, "Content-Range: bytes 7-10/11\r\nContent-Length: 4\r\n", "HTTP 206 with bytes 7-10 instead of 6-" },
		{ 6, 11, "Content-Range: bytes 0-10/11\r\nContent-Length: 11\r\n", "HTTP 206 with bytes 0-10 instead of 6-" },
		{ 6, 9, "Content-Range: bytes 6-10/11\r\nContent-Length: 5\r\n", "HTTP 206 with bytes 6-10 instead of 6-" },
		{ 0, RANGE_UNKNOWN, "Content-Range: bytes 1-4/5\r\nContent-Length: 4\r\n", "HTTP 206 with bytes 1-4 instead of 0-" },
		{ 6, 11, "Content-Range: bytes 6-10/11\r\nContent-Length: 4\r\n", "HTTP 206 with bytes 6-10 in a body of 4" },
		{ 6, 11, "Content-Range: bytes 6-10/11\r\nContent-Length: 11\r\n", "HTTP 206 with bytes 6-10 in a body of 11" },
		{ 6, 11, "Content-Length: 5\r\n", "HTTP 206 without a Content-Range" },
		{ 6, 11, "Content-Range: bytes 10-6/11\r\n", "Content-Range \"bytes 10-6/11\"" },
		{ 6, 11, "Content-Range: bytes 6-11/11\r\n", "Content-Range \"bytes 6-11/11\"" },
		{ 6, 11, "Content-Range: words 6-10/11\r\n", "Content-Range \"words 6-10/11\"" },
		{ 6, 11, "Content-Range: bytes */11\r\n", "Content-Range \"bytes */11\"" },
		{ 6, 11, "Content-Type: multipart/byteranges; boundary=XX\r\nContent-Length: 5\r\n", "several parts" },
		{ 6, 11, "Content-Range: bytes 6-10/11\r\nContent-Type: multipart/byteranges\r\nContent-Length: 5\r\n", "several parts" },
		{ 6, 11, "Content-Range: bytes 6-18446744073709551621/11\r\n", "Content-Range \"bytes 6-" },
	};
	char text[400];

	begin();
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(text, sizeof text, PART_ "%s\r\nworld and more", cases[i].header);
		EXPECT_EQ(exchange_part(text, cases[i].from, cases[i].to, NULL), -EPROTO);
		EXPECT(said(cases[i].words));
		EXPECT(!asker[0].end.broken && asker[0].begun == 0);
		for (unsigned j = 0; j < 32; j++)
			EXPECT_EQ(file[j], 0);
	}
	end();
}

TEST(a_206_in_chunks_brings_no_more_than_its_range_says)
{
	begin();
	EXPECT_EQ(exchange(PART_ "Content-Range: bytes 0-4/5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false), 0);
	EXPECT(told(0, 5, true, 5, true, ""));
	EXPECT_EQ(exchange(PART_ "Content-Range: bytes 0-4/5\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world", true), -EPROTO);
	EXPECT(said("more bytes than the Content-Range said"));
	EXPECT_EQ(exchange(PART_ "Content-Range: bytes 0-4/5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\n", true), 0);
	EXPECT_EQ(asker[0].done, 2);                    /* told by what arrived(): the rest is still missing */
	end();
}

/* RFC 9110 15.5.17 */
TEST(a_416_of_nothing_is_an_empty_file_and_any_other_an_error)
{
	begin();
	EXPECT_EQ(exchange("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\nETag: \"v0\"\r\n\r\n",
	                   false), 0);
	EXPECT(told(0, 0, true, 0, true, "\"v0\""));
	EXPECT_EQ(exchange("HTTP/1.1 416 No\r\nContent-Range: bytes */0\r\nContent-Length: 5\r\n\r\nempty", false), 0);
	EXPECT_EQ(server.accepted, 1);                  /* what it says in words is passed over */
	EXPECT_EQ(exchange("HTTP/1.1 416 No\r\nContent-Range: bytes */11\r\nContent-Length: 0\r\n\r\n", false), -ERANGE);
	EXPECT(said("out of range: HTTP 416 No"));
	EXPECT(!asker[0].end.broken);
	EXPECT_EQ(exchange("HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n", false), -ERANGE);
	EXPECT_EQ(exchange_part("HTTP/1.1 416 No\r\nContent-Range: bytes */5\r\nContent-Length: 0\r\n\r\n", 6, 11, "\"v1\""), -ERANGE);
	EXPECT_EQ(exchange_part("HTTP/1.1 416 No\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n", 6, 11, "\"v1\""), -ERANGE);
	end();
}

TEST(a_redirect_of_a_part_is_a_redirect)
{
	begin();
	EXPECT_EQ(exchange_part("HTTP/1.1 307 Moved\r\nLocation: http://other/f\r\nContent-Range: bytes 1-2/3\r\nContent-Length: 0\r\n\r\n", 6, 11,
	                        "\"v1\""), 1);
	EXPECT_STR(asker[0].end.location, "http://other/f");
	EXPECT_EQ(asker[0].begun, 0);
	end();
}

/* Every header above, cut at every byte: an end that says so, and no byte written that was not received. */
TEST(every_truncation_of_an_answer_is_an_end_that_broke)
{
	static const char *const texts[] = {
		PART_ "Content-Range: bytes 6-10/11\r\nContent-Length: 5\r\nETag: \"v1\"\r\n" STRONG_ "\r\nworld",
		OK_ "Content-Length: 11\r\nConnection: keep-alive\r\n\r\nhello world",
		"HTTP/1.1 416 No\r\nContent-Range: bytes */11\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nok",
		PART_ "Content-Range: bytes 6-10/11\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n",
	};

	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t header = (size_t)(strstr(texts[i], "\r\n\r\n") - texts[i]) + 4;
		bool brings = texts[i][9] == '2';

		begin();
		for (size_t n = 0; n < strlen(texts[i]); n++) {
			char *cut = strndup(texts[i], n);
			int rc;

			canned = cut;
			canned_close = true;
			server.answer = answer_canned;
			memset(file, 0, 100);
			EXPECT_EQ(ask(&asker[0], 6, 11), 0);
			rc = await(&asker[0]);
			if (n < header || brings) {
				EXPECT_EQ(rc, -ECONNABORTED);
				EXPECT(asker[0].end.broken);
				EXPECT_EQ(asker[0].begun, n >= header);
			} else {
				EXPECT(rc == 1 || rc == -ERANGE);
			}
			EXPECT(asker[0].done <= n);
			free(cut);
		}
		end();
	}
}

/* ---- how it ended ------------------------------------------------------------------------------------------------------------------------ */

static void answer_and_reset(struct server_connection *c, const char *request)
{
	answer_part(c, request);
	c->reset_at = 5000;
}

TEST(a_broken_connection_is_told_from_a_refusal)
{
	begin();
	server.answer = answer_and_reset;
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT_EQ(await(&asker[0]), -ECONNRESET);
	EXPECT(asker[0].end.broken && !asker[0].end.connecting);
	server.refuse = true;
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT_EQ(await(&asker[0]), -ECONNREFUSED);
	EXPECT(asker[0].end.broken && asker[0].end.connecting);
	server.refuse = false;
	EXPECT_EQ(exchange("HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", false), -EIO);
	EXPECT(asker[0].end.how == TRANSFER_BUSY && !asker[0].end.broken);
	EXPECT_EQ(asker[0].end.retry_after_s, 3);
	asker[0].refuse = -EIO;
	EXPECT_EQ(exchange(OK_ "Content-Length: 5\r\n\r\nhello", false), -EIO);
	EXPECT(!asker[0].end.broken);
	end();
}

TEST(the_round_trip_is_told)
{
	begin();
	far_server(100);
	ask(&asker[0], 0, 1000);
	EXPECT_EQ(asker[0].transfer->rtt_ms, 0);
	sim_advance(&s, 101);
	EXPECT_EQ(asker[0].transfer->rtt_ms, 100);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(asker[0].transfer->rtt_ms, 100);
	end();
}

/* ---- connections --------------------------------------------------------------------------------------------------------------------------- */

TEST(an_idle_connection_serves_its_own_address_alone)
{
	struct sim_server other = { .answer = answer_part };

	begin();
	sim_server_join(&other, &s, SERVER_IP + 1, 80);
	server.answer = answer_part;
	ask_url(&asker[0], "http://farm/f", SERVER_IP, 0, 10, NULL, NULL);
	EXPECT_EQ(await(&asker[0]), 0);
	ask_url(&asker[0], "http://farm/f", SERVER_IP + 1, 0, 10, NULL, NULL);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(server.requests, 1);
	EXPECT_EQ(other.requests, 1);
	ask_url(&asker[0], "http://farm/f", SERVER_IP, 0, 10, NULL, NULL);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 2);
	end();
	sim_server_leave(&other);
}

/* ---- one behind another -------------------------------------------------------------------------------------------------------------------- */

TEST(a_request_goes_out_before_the_answer_in_front_is_over)
{
	begin();
	far_server(100);
	server.host.to_stack.rate_bytes_per_ms = 1000;
	ask(&asker[0], 0, 500000);
	EXPECT_EQ(ask_behind(&asker[1], 500000, 1000000, &asker[0]), -EAGAIN);
	sim_advance(&s, 210);
	EXPECT(asker[0].begun && !asker[0].ended);
	EXPECT_EQ(ask_behind(&asker[1], 500000, 1000000, &asker[0]), 0);
	sim_advance(&s, 60);
	EXPECT_EQ(server.requests, 2);
	EXPECT(asker[0].done < 200000 && asker[1].begun == 0);
	EXPECT_EQ(asker[1].transfer->rtt_ms, 100);
	EXPECT_EQ(await(&asker[1]), 0);
	EXPECT(asker[0].ended_ms <= asker[1].begun_ms && asker[1].begun_ms - asker[0].ended_ms <= 3);
	EXPECT(part_is(0, 1000000));
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(asker[1].info.piece.start, 500000);
	EXPECT_STR(asker[1].validator, "\"v1\"");
	end();
}

/* Two seconds of each, and not a moment's pause between them: the wire is always full. */
TEST(ten_pieces_behind_each_other_leave_no_gap)
{
	uint32_t start_ms = 0, took;

	begin();
	far_server(100);
	server.host.to_stack.rate_bytes_per_ms = 2000;
	server.cwnd_max = 400000;
	ask(&asker[0], 0, 1000000);
	sim_advance(&s, 400);
	for (unsigned i = 1; i < 10; i++) {
		struct asker *front = &asker[(i - 1) % 2], *a = &asker[i % 2];

		EXPECT_EQ(ask_behind(a, i * 1000000, (i + 1) * 1000000, front), 0);
		EXPECT_EQ(await(front), 0);
		start_ms = i == 1 ? s.now_ms : start_ms;
		sim_advance(&s, 200);
	}
	EXPECT_EQ(await(&asker[1]), 0);
	EXPECT(part_is(0, 10000000));
	EXPECT_EQ(server.accepted, 1);
	took = s.now_ms - start_ms;
	EXPECT(took <= 4710);                           /* 9 MB and the headers of 6215 frames at 2 MB/s: 4705 ms */
	end();
}

/** The first part of eleven bytes is asked for and begins; the second is asked for behind it. */
static void begin_two(void)
{
	begin_talk();
	ask(&asker[0], 0, 5);
	EXPECT(peer_is_asked());
	say(PART_ "Content-Range: bytes 0-4/11\r\nContent-Length: 5\r\n\r\nhel");
	EXPECT_EQ(ask_behind(&asker[1], 6, 11, &asker[0]), 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer.last.data_len > 0);
	EXPECT(memcmp(peer.last.data, "GET /f HTTP/1.1\r\n", 17) == 0);
}

#define SECOND PART_ "Content-Range: bytes 6-10/11\r\nContent-Length: 5\r\n\r\nworld"

/* The end of one answer and the next one's header and body, split at every byte. */
TEST(answers_may_share_a_segment)
{
	static const char rest[] = "lo" SECOND;

	for (size_t first = 0; first < sizeof rest; first++) {
		char *head = strndup(rest, first);

		begin_two();
		if (first)
			say(head);
		if (rest[first])
			say(rest + first);
		EXPECT_EQ(asker[0].end.how, TRANSFER_DONE);
		EXPECT_EQ(await(&asker[1]), 0);
		EXPECT(asker[0].done == 5 && asker[1].done == 5);
		EXPECT(memcmp(file, "hello\0world", 11) == 0);
		EXPECT(!list_empty(&s.net.idle_connections));
		free(head);
		end_talk();
	}
}

TEST(what_follows_the_last_answer_ends_the_connection)
{
	begin_two();
	say("lo" SECOND "X");
	EXPECT_EQ(await(&asker[1]), 0);
	EXPECT(list_empty(&s.net.idle_connections));
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer.last.flags & (SIM_RST | SIM_FIN));
	end_talk();
}

TEST(a_connection_that_ends_fails_the_one_behind_as_broken)
{
	for (unsigned how = 0; how < 6; how++) {
		begin_two();
		if (how & 1)
			say("lo");
		if (how / 2 == 0)
			peer_send(&peer, SIM_RST | SIM_ACK, NULL, 0);
		else if (how / 2 == 1)
			peer_send(&peer, SIM_FIN | SIM_ACK, NULL, 0);
		else
			say(how & 1 ? "HTTP/2 what" : "loHTTP/2 what");
		sim_settle(&s);
		EXPECT_EQ(asker[0].ended, 1);
		EXPECT_EQ(asker[0].end.how == TRANSFER_DONE, (how & 1) || how == 4);
		EXPECT_EQ(asker[0].end.broken, !(how & 1) && how != 4);
		EXPECT_EQ(asker[1].ended, 1);
		EXPECT_EQ(asker[1].end.how, TRANSFER_FAILED);
		EXPECT_EQ(asker[1].end.broken, how / 2 != 2);   /* no HTTP is what the server says, not a broken connection */
		EXPECT(asker[1].end.rc < 0);
		EXPECT_EQ(asker[1].begun, 0);
		end_talk();
	}
}

static bool refuse_first(const char *text, bool second_goes_on)
{
	begin_talk();
	ask(&asker[0], 0, 5);
	EXPECT(peer_is_asked());
	say(PART_ "Content-Range: bytes 0-4/11\r\nContent-Length: 5\r\n\r\nhel");
	EXPECT_EQ(ask_behind(&asker[1], 6, 11, &asker[0]), 0);
	say("lo");
	EXPECT_EQ(ask_behind(&asker[2], 6, 11, &asker[1]), -EAGAIN);
	say(text);
	sim_settle(&s);
	EXPECT_EQ(asker[1].ended, 1);
	(void)second_goes_on;
	return asker[1].end.how == TRANSFER_FAILED && !asker[1].end.broken;
}

TEST(the_one_behind_may_be_refused_like_any_other)
{
	EXPECT(refuse_first("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!", false));
	EXPECT_EQ(asker[1].end.rc, -ENOENT);
	EXPECT(!list_empty(&s.net.idle_connections));
	end_talk();
	EXPECT(refuse_first(PART_ "Content-Range: bytes 5-9/11\r\nContent-Length: 5\r\n\r\n worl", false));
	EXPECT_EQ(asker[1].end.rc, -EPROTO);
	EXPECT_EQ(file[6], 0);
	end_talk();
}

/* The words of who failed first are the ones that are told. */
TEST(the_one_in_front_that_is_refused_takes_the_one_behind_along)
{
	begin_talk();
	asker[0].refuse = 0;
	ask(&asker[0], 0, 5);
	EXPECT(peer_is_asked());
	say(PART_ "Content-Range: bytes 0-4/11\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n");
	EXPECT_EQ(ask_behind(&asker[1], 6, 11, &asker[0]), -EAGAIN);
	put_away(&asker[0]);
	put_away(&asker[1]);
	end_talk();
	begin_two();
	http_scheme.close(asker[0].transfer, s.now_ms);
	asker[0].transfer = NULL;
	EXPECT_EQ(asker[1].ended, 1);
	EXPECT(asker[1].end.broken && asker[1].end.rc < 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer.last.flags & SIM_RST);
	end_talk();
}

TEST(one_behind_that_is_given_up_leaves_the_one_in_front_alone)
{
	begin_two();
	put_away(&asker[1]);
	say("lo");
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT(memcmp(file, "hello", 6) == 0);
	EXPECT(list_empty(&s.net.idle_connections));     /* the other answer is on its way */
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer.last.flags & (SIM_RST | SIM_FIN));
	end_talk();
}

TEST(a_connection_that_cannot_take_another_says_so)
{
	static const char *const headers[] = {
		"", "HTTP/1.1 206 Partial", PART_ "Connection: close\r\nContent-Range: bytes 0-4/11\r\nContent-Length: 5\r\n\r\nhel",
		"HTTP/1.0 206 OK\r\nConnection: keep-alive\r\nContent-Range: bytes 0-4/11\r\nContent-Length: 5\r\n\r\nhel",
		OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", OK_ "\r\nhello",
		PART_ "Content-Range: bytes 0-4/11\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n",
	};

	for (unsigned i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		begin_talk();
		error_clear();
		ask(&asker[0], 0, 5);
		EXPECT(peer_is_asked());
		if (headers[i][0])
			say(headers[i]);
		error_clear();
		EXPECT_EQ(ask_behind(&asker[1], 6, 11, &asker[0]), -EAGAIN);
		EXPECT(!asker[1].transfer);
		end_talk();
	}
	begin_two();
	EXPECT_EQ(ask_behind(&asker[2], 6, 11, &asker[0]), -EAGAIN);
	EXPECT_EQ(ask_behind(&asker[2], 6, 11, &asker[1]), -EAGAIN);
	put_away(&asker[1]);
	EXPECT_EQ(ask_behind(&asker[2], 6, 11, &asker[0]), -EAGAIN);
	end_talk();
	begin_talk();
	ask(&asker[0], 0, 5);
	EXPECT(peer_is_asked());
	say(PART_ "Content-Range: bytes 0-4/11\r\nContent-Length: 5\r\n\r\nhel");
	EXPECT_EQ(ask_url(&asker[1], "http://10.0.2.9:81/f", SERVER_IP, 6, 11, NULL, &asker[0]), -EAGAIN);
	EXPECT_EQ(ask_url(&asker[1], "http://10.0.2.9/f", SERVER_IP + 1, 6, 11, NULL, &asker[0]), -EAGAIN);
	EXPECT_EQ(ask_url(&asker[1], "http://elsewhere/f", SERVER_IP, 6, 11, NULL, &asker[0]), -EAGAIN);
	http_scheme.limit(asker[0].transfer, 4);
	EXPECT_EQ(ask_behind(&asker[1], 6, 11, &asker[0]), -EAGAIN);
	end_talk();
}

/* Without the second part's bytes the peer could not go on for a round trip. */
TEST(the_window_reaches_over_the_answer_behind)
{
	uint32_t edge;

	begin_talk();
	ask(&asker[0], 0, 1000000);
	EXPECT(peer_is_asked());
	say_header(0, 1000000, 4000000, "");
	say_part(0, 900000);
	sim_advance(&s, 10);
	EXPECT(peer_expect_last(&peer));
	edge = peer.last.ack + peer_window(&peer);
	EXPECT_EQ(ask_behind(&asker[1], 1000000, 3000000, &asker[0]), 0);
	EXPECT(peer_expect_last(&peer));
	edge = peer.last.ack + peer_window(&peer) - edge;
	EXPECT(edge > 1950000 && edge < 2000000 + 512);
	say_part(900000, 1000000);
	EXPECT_EQ(asker[0].ended, 1);
	say_header(1000000, 3000000, 4000000, "");
	say_part(1000000, 3000000);
	EXPECT_EQ(await(&asker[1]), 0);
	EXPECT(part_is(0, 3000000));
	end_talk();
}

/* What is reported as received while the next header is lost stays; what packets cannot hold was not received. */
TEST(a_lost_header_costs_nothing_that_was_reported)
{
	static bool reported[3000];
	uint32_t from, header_seq;
	char header[200];
	unsigned again = 0;

	begin_talk();
	ask(&asker[0], 0, 1000000);
	EXPECT(peer_is_asked());
	say_header(0, 1000000, 4000000, "");
	say_part(0, 1000000 - 1400);
	EXPECT_EQ(ask_behind(&asker[1], 1000000, 2400000, &asker[0]), 0);
	EXPECT(peer_expect_last(&peer));
	say_part(1000000 - 1400, 1000000);
	sim_discard(&s);
	snprintf(header, sizeof header, PART_ "Content-Range: bytes 1000000-2399999/4000000\r\nContent-Length: 1400000\r\n\r\n");
	header_seq = peer.seq;
	from = peer.seq += (uint32_t)strlen(header);     /* lost */
	memset(reported, 0, sizeof reported);
	for (unsigned i = 0; i < 1000; i++) {
		say_part(1000000 + 1400 * i, 1000000 + 1400 * (i + 1));
		while (peer_expect(&peer))
			for (unsigned j = 0; j < peer.last.sack_count; j++)
				for (uint32_t at = peer.last.sack[j][0]; at != peer.last.sack[j][1]; at += 1400)
					reported[(at - from) / 1400] = true;
	}
	EXPECT_EQ(asker[1].begun, 0);
	EXPECT_EQ(host_packets_held(), pkt_pool_total() / 8);
	peer_send_at(&peer, header_seq, SIM_ACK, header, strlen(header));
	for (unsigned i = 0; i < 1000; i++) {
		if (reported[i])
			continue;
		peer.seq = from + 1400 * i;
		say_part(1000000 + 1400 * i, 1000000 + 1400 * (i + 1));
		again++;
	}
	EXPECT_EQ(again, 1000 - pkt_pool_total() / 8);
	EXPECT_EQ(await(&asker[1]), 0);
	EXPECT(part_is(0, 2400000));
	end_talk();
}

/* ---- far away ------------------------------------------------------------------------------------------------------------------------------ */

static uint32_t sent_to, acked_to, most_on_the_way;
static bool watch_data(struct sim_link *link, const struct sim_packet *p)
{
	if (p->data_len && (int32_t)(p->seq + p->data_len - sent_to) > 0)
		sent_to = p->seq + (uint32_t)p->data_len;
	if (acked_to && sent_to - acked_to > most_on_the_way)
		most_on_the_way = sent_to - acked_to;
	return false;
}

static bool watch_acks(struct sim_link *link, const struct sim_packet *p)
{
	if (!(p->flags & SIM_SYN))
		acked_to = p->ack;
	if ((int32_t)(sent_to - acked_to) < 0)
		sent_to = acked_to;
	return false;
}

/* A server whose window does not shrink with what is lost: what it has on the way is @context bytes. */
static uint32_t steady_bytes;
static void answer_steadily(struct server_connection *c, const char *request)
{
	server_sayf(c, OK_ "Content-Length: %u\r\n\r\n", steady_bytes);
	server_say_file(c, SEED, 0, steady_bytes);
	c->cwnd = (uint32_t)(size_t)c->server->context;
	c->recovering = true;
	c->recover = c->nxt + 0x3fffffff;
}

/* 56 MB/s at 300 ms: not the pool's 2 MiB, nor anything else, is in the way. */
TEST(a_window_of_16_mib_is_filled)
{
	uint32_t start_ms;

	begin();
	far_server(300);
	server.answer = answer_steadily;
	server.context = (void *)(30u << 20);
	steady_bytes = 30u << 20;
	server.host.to_stack.rate_bytes_per_ms = 100000;
	server.host.to_stack.drop = watch_data;
	server.host.to_host.drop = watch_acks;
	sent_to = acked_to = most_on_the_way = 0;
	start_ms = s.now_ms;
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT(most_on_the_way > (16u << 20) && most_on_the_way < 17u << 20);
	EXPECT_EQ(server.resent, 0);
	EXPECT(s.now_ms - start_ms < 1500);             /* connect, ask, one window, another */
	end();
}

/* 300 ms away one segment of twenty is lost, 200 holes at a time: none is sent again but those. */
TEST(only_what_was_lost_comes_again)
{
	static const uint32_t losses_ppm[] = { 10000, 50000 };

	for (unsigned i = 0; i < 2; i++) {
		uint32_t lost, start_ms;

		begin();
		far_server(300);
		server.answer = answer_steadily;
		server.context = (void *)(6u << 20);
		steady_bytes = 12u << 20;
		server.host.to_stack.rate_bytes_per_ms = 20000;
		server.host.to_stack.loss_ppm = losses_ppm[i];
		server.host.to_stack.random = 42;
		lost = server.host.to_stack.lost;
		start_ms = s.now_ms;
		ask(&asker[0], 0, RANGE_UNKNOWN);
		EXPECT_EQ(await(&asker[0]), 0);
		EXPECT(server.resent <= server.host.to_stack.lost - lost);
		EXPECT_EQ(server.spurious, 0);
		EXPECT(s.now_ms - start_ms < 2500);     /* 12 MiB at 20 MB/s, five round trips, and what was lost twice */
		EXPECT(part_is(0, steady_bytes));
		end();
	}
}

/* Packets larger than @context bytes vanish, and nobody is told. */
static bool drop_large(struct sim_link *link, const struct sim_packet *p)
{
	return p->ip_len > (size_t)link->context;
}

/* RFC 2923 2.1. In seconds from the first SYN: 4 until it is known, and the next try brings the file. */
TEST(a_path_that_drops_full_size_packets_costs_four_seconds_a_step)
{
	static const struct { size_t most; unsigned tries; } paths[] = { { 1280, 1 }, { 1000, 2 }, { 576, 2 }, { 1500, 0 } };

	for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		uint32_t start_ms;
		unsigned tries = 0;

		begin();
		far_server(40);
		server.host.to_stack.drop = drop_large;
		server.host.to_stack.context = (void *)paths[i].most;
		start_ms = s.now_ms;
		ask(&asker[0], 0, 1000000);
		while (await(&asker[0]) == -EMSGSIZE) {
			EXPECT(asker[0].end.broken && !asker[0].end.connecting);
			EXPECT(said("drops full-size packets: using"));
			tries++;
			ask(&asker[0], 0, 1000000);
		}
		EXPECT_EQ(tries, paths[i].tries);
		EXPECT(asker[0].begun_ms - start_ms <= 4200 * tries + 80);
		EXPECT(part_is(0, 1000000));
		put_away(&asker[0]);
		http_scheme.shutdown(&s.net, s.now_ms);
		start_ms = s.now_ms;
		ask(&asker[0], 0, 100000);              /* it is remembered */
		EXPECT_EQ(await(&asker[0]), 0);
		EXPECT(s.now_ms - start_ms < 400);
		end();
	}
}

/* ---- made shorter --------------------------------------------------------------------------------------------------------------------------- */

TEST(a_limited_piece_is_done_where_its_limit_is_and_resets)
{
	begin_talk();
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT(peer_is_asked());
	say_header(0, 1000000, 1000000, "");
	say_part(0, 100000);
	http_scheme.limit(asker[0].transfer, 150000);
	say_part(100000, 140000);
	http_scheme.limit(asker[0].transfer, 300000);    /* before it was reached */
	http_scheme.limit(asker[0].transfer, 250001);
	say_part(140000, 250000);
	EXPECT_EQ(asker[0].ended, 0);
	sim_discard(&s);
	say_part(250000, 251400);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(asker[0].end.how, TRANSFER_DONE);
	EXPECT_EQ(asker[0].done, 250001);
	EXPECT(part_is(0, 250001));
	EXPECT_EQ(file[250001], 0);
	EXPECT(peer_expect_last(&peer));
	EXPECT(peer.last.flags & SIM_RST);
	EXPECT(list_empty(&s.net.idle_connections));
	end_talk();
}

TEST(a_limit_at_the_bodys_end_or_beyond_keeps_the_connection)
{
	for (unsigned beyond = 0; beyond < 2; beyond++) {
		begin_talk();
		ask(&asker[0], 0, 100000);
		EXPECT(peer_is_asked());
		say_header(0, 100000, 1000000, "");
		http_scheme.limit(asker[0].transfer, 100000 + beyond);
		say_part(0, 100000);
		EXPECT_EQ(await(&asker[0]), 0);
		EXPECT_EQ(asker[0].done, 100000);
		EXPECT(!list_empty(&s.net.idle_connections));
		end_talk();
	}
}

TEST(the_window_does_not_grow_past_a_limit)
{
	uint32_t edge = 0, at = 0;

	begin_talk();
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT(peer_is_asked());
	say_header(0, 30000000, 30000000, "");
	http_scheme.limit(asker[0].transfer, 20000000);
	while (at < 20000000 - 1400) {
		say_part(at, at + 1400);
		at += 1400;
		while (peer_expect(&peer))
			edge = peer.last.ack + peer_window(&peer);
	}
	EXPECT(edge - peer.seq >= 20000000 - at);
	EXPECT(edge - peer.seq < 20000000 - at + 16384); /* a window counts in units of 512, and never shrinks */
	say_part(at, 20000000);
	EXPECT_EQ(await(&asker[0]), 0);
	end_talk();
}

/* Bytes beyond the limit that the window had been opened for are not received, out of order neither. */
TEST(what_comes_beyond_a_limit_is_not_kept)
{
	begin_talk();
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT(peer_is_asked());
	say_header(0, 1000000, 1000000, "");
	say_part(0, 14000);
	http_scheme.limit(asker[0].transfer, 30000);
	sim_discard(&s);
	peer.seq += 1400;                                /* one is lost */
	say_part(15400, 60200);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack[0][1] - peer.last.ack, 16000);
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT_EQ(file[30000], 0);
	peer.seq = peer.last.ack;
	say_part(14000, 15400);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(asker[0].done, 30000);
	EXPECT(part_is(0, 30000));
	end_talk();
}

/* Bytes that lay there before the limit did are not reported beyond it. */
TEST(a_limit_behind_bytes_out_of_order_is_exact)
{
	begin_talk();
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT(peer_is_asked());
	say_header(0, 1000000, 1000000, "");
	say_part(0, 14000);
	peer.seq += 1400;
	say_part(15400, 60200);
	http_scheme.limit(asker[0].transfer, 30000);
	EXPECT(peer_expect_last(&peer));
	peer.seq = peer.last.ack;
	say_part(14000, 15400);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(asker[0].done, 30000);
	end_talk();
}

TEST(a_limit_may_come_before_the_answer_or_while_chunks_do)
{
	begin_talk();
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT(peer_is_asked());
	http_scheme.limit(asker[0].transfer, 7);
	say(OK_ "Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n");
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT(body_is("hello w"));
	EXPECT(list_empty(&s.net.idle_connections));
	end_talk();
	begin_talk();
	ask(&asker[0], 6, 11);
	EXPECT(peer_is_asked());
	http_scheme.limit(asker[0].transfer, 6);
	say(PART_ "Content-Range: bytes 6-10/11\r\nContent-Length: 5\r\n\r\nworld");
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(asker[0].done, 0);
	end_talk();
}

TEST(limiting_the_one_in_front_breaks_the_one_behind)
{
	begin_two();
	http_scheme.limit(asker[0].transfer, 4);
	say("lo" SECOND);
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT_EQ(asker[0].done, 4);
	EXPECT_EQ(asker[1].ended, 1);
	EXPECT(asker[1].end.broken && asker[1].begun == 0);
	EXPECT_EQ(file[4], 0);
	end_talk();
}
