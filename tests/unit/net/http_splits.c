/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers whose segments are cut anywhere: each of a set of them at every byte into two segments, into segments of one byte, and by the
 * simulated server's TCP in segments of every small size. What comes of it is always the same (CVE-2022-28734 was one that was not). */
#include "tests/unit/net/ask_talk.h"

#define OK_ "HTTP/1.1 200 OK\r\n"

/** What is asked for is bytes 6 to 10 of eleven, "world", where it is a part, else all of it. */
struct sample {
	const char *name, *text;
	bool part, close;
	int rc;                                 /* as of await() */
	uint64_t done;
	const char *body;                       /* from where it begins */
	const char *words;                      /* said, or where it leads to; NULL: nothing is looked at */
};

static const struct sample samples[] = {
	{ "a length", OK_ "Server: x\r\nContent-Length: 11\r\n\r\nhello world", false, false, 0, 11, "hello world", NULL },
	{ "lines that end with LF alone", "HTTP/1.1 200 OK\nContent-Length: 11\n\nhello world", false, false, 0, 11, "hello world", NULL },
	{ "a folded line", OK_ "Content-Length:\r\n \t11\r\nX: y\r\n z\r\n\r\nhello world", false, false, 0, 11, "hello world", NULL },
	{ "an end by closing", "HTTP/1.0 200 OK\r\nContent-Type: x/y\r\n\r\nhello world", false, true, 0, 11, "hello world", NULL },
	{ "no body", "HTTP/1.1 204 No Content\r\nETag: \"v1\"\r\n\r\n", false, false, 0, 0, "", NULL },
	{ "an empty file", OK_ "Content-Length: 0\r\n\r\n", false, false, 0, 0, "", NULL },
	{ "a name for gzip", OK_ "Content-Encoding: x-gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x01", false, false, 0, 4,
	  "\x1f\x8b\x08\x01", NULL },
	{ "interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" OK_ "Content-Length: 5\r\n\r\nhello",
	  false, false, 0, 5, "hello", NULL },
	{ "chunks", OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", false, false, 0, 11, "hello world", NULL },
	{ "chunks with all that there may be", OK_ "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n01;a=\"b\"\r\nh\r\nA \r\nello world\r\n"
	  "000;z\r\nTrailer: x\r\nOther: y\r\n\r\n", false, false, 0, 11, "hello world", NULL },
	{ "chunks that end with LF alone", OK_ "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n", false, false, 0, 5, "hello", NULL },
	{ "chunks of CR and LF", OK_ "Transfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n2\r\n0\r\r\n0\r\n\r\n", false, false, 0, 6,
	  "\r\n\r\n0\r", NULL },
	{ "a part", PART_ "Content-Range: bytes 6-10/11\r\nContent-Length: 5\r\nETag: \"v1\"\r\n\r\nworld", true, false, 0, 5, "world", NULL },
	{ "a part in chunks", PART_ "Content-Range: bytes 6-10/11\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nworl\r\n1\r\nd\r\n0\r\n\r\n", true, false,
	  0, 5, "world", NULL },
	{ "all instead of a part", OK_ "Content-Length: 11\r\n\r\nhello world", true, false, 0, 11, "hello world", NULL },
	{ "no such part", "HTTP/1.1 416 No\r\nContent-Range: bytes */3\r\nContent-Length: 2\r\n\r\nno", true, false, -ERANGE, 0, "", "HTTP 416 No" },
	{ "another part", PART_ "Content-Range: bytes 5-9/11\r\nContent-Length: 5\r\n\r\n worl", true, false, -EPROTO, 0, "",
	  "bytes 5-9 instead of 6-" },
	{ "a redirect", "HTTP/1.1 302 Found\r\nLocation: http://other/f?a=b\r\nContent-Length: 5\r\n\r\nmoved", false, false, 1, 0, "",
	  "http://other/f?a=b" },
	{ "not found", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nsorry", false, false, -ENOENT, 0, "", "HTTP 404 Not Found" },
	{ "busy", "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", false, false, -EIO, 0, "", "HTTP 503 Busy" },
	{ "not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 11\r\n\r\n", false, false, -EIO, 0, "", "HTTP 304" },
	{ "two lengths", OK_ "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello ", false, false, -EPROTO, 0, "", "Content-Length \"6\"" },
	{ "a coding", OK_ "Content-Encoding: br\r\nContent-Length: 5\r\n\r\nhello", false, false, -ENOTSUP, 0, "", "Content-Encoding \"br\"" },
	{ "a bare CR", OK_ "X: y\rz\r\nContent-Length: 5\r\n\r\nhello", false, false, -EPROTO, 0, "", "bare CR" },
	{ "a chunk that does not end", OK_ "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX", false, false, -EPROTO, 5, "hello", "malformed chunk" },
	{ "more than was said", OK_ "Content-Length: 5\r\n\r\nhello world", false, false, 0, 5, "hello", NULL },
	{ "less than was said", OK_ "Content-Length: 12\r\n\r\nhello world", false, true, -ECONNABORTED, 11, "hello world", "got 11 of 12 bytes" },
	{ "an end in the header", OK_ "Content-Length: 1", false, true, -ECONNABORTED, 0, "", "in the middle of an HTTP header" },
};
enum { SAMPLES = sizeof samples / sizeof *samples };

/** On a connection of its own. */
static void ask_for(const struct sample *a)
{
	put_away(&asker[0]);
	http_scheme.shutdown(&s.net, s.now_ms);
	sim_discard(&s);
	peer_init(&peer, &s, SERVER_IP, 80);
	memset(file, 0, 64);
	if (a->part)
		ask(&asker[0], 6, 11);
	else
		ask(&asker[0], 0, RANGE_UNKNOWN);
}

/** Is it what @a says, and nothing written beside it? */
static bool as_ever(const struct sample *a, const char *how, size_t where)
{
	int rc = await(&asker[0]);
	uint64_t start = asker[0].begun ? asker[0].info.piece.start : 0;
	const char *words = "";
	char text[400];
	bool ok = rc == a->rc && asker[0].done == a->done && memcmp(file + start, a->body, (size_t)a->done) == 0;

	for (unsigned i = 0; i < 64; i++)
		ok &= (i >= start && i < start + a->done) || file[i] == 0;
	if (a->words) {
		error_format(text, sizeof text, rc);
		words = rc == 1 ? asker[0].end.location : text;
		ok &= strstr(words, a->words) != NULL;
	}
	if (!ok)
		test_fail(__FILE__, __LINE__, "%s, %s %zu: result %d \"%s\", %llu bytes", a->name, how, where, rc, words,
		          (unsigned long long)asker[0].done);
	return ok;
}

/** The peer says @a in segments that end at @cut and every @step bytes after it. */
static bool said_in_pieces(const struct sample *a, size_t cut, size_t step)
{
	size_t len = strlen(a->text);

	ask_for(a);
	EXPECT(peer_is_asked());
	for (size_t at = 0, n; at < len; at += n) {
		n = at < cut ? cut - at : step;
		n = n < len - at ? n : len - at;
		peer_send(&peer, SIM_ACK | SIM_PSH, a->text + at, n);
	}
	if (a->close)
		peer_send(&peer, SIM_ACK | SIM_FIN, NULL, 0);
	return as_ever(a, step == 1 ? "in single bytes, cut at" : "cut at", cut);
}

TEST(every_answer_is_understood_cut_in_two_at_every_byte)
{
	begin_talk();
	for (unsigned i = 0; i < SAMPLES; i++)
		for (size_t cut = 1; cut <= strlen(samples[i].text); cut++)
			if (!said_in_pieces(&samples[i], cut, 4096))
				break;
	end_talk();
}

TEST(every_answer_is_understood_in_segments_of_one_byte)
{
	begin_talk();
	for (unsigned i = 0; i < SAMPLES; i++)
		said_in_pieces(&samples[i], 0, 1);
	end_talk();
}

/* The same two segments, the second first: what could be placed was not known then. */
TEST(every_answer_is_understood_cut_in_two_and_swapped)
{
	begin_talk();
	for (unsigned i = 0; i < SAMPLES; i++) {
		const struct sample *a = &samples[i];
		size_t len = strlen(a->text);
		bool ok = true;

		for (size_t cut = 1; ok && cut < len; cut++) {
			ask_for(a);
			EXPECT(peer_is_asked());
			peer_send_at(&peer, peer.seq + (uint32_t)cut, SIM_ACK | SIM_PSH, a->text + cut, len - cut);
			EXPECT_EQ(asker[0].begun, 0);
			peer_send(&peer, SIM_ACK | SIM_PSH, a->text, cut);
			peer.seq += (uint32_t)(len - cut);
			if (a->close)
				peer_send(&peer, SIM_ACK | SIM_FIN, NULL, 0);
			ok = as_ever(a, "swapped at", cut);
		}
	}
	end_talk();
}

static const struct sample *spoken;
static size_t spoken_mss;

static void answer_sample(struct server_connection *c, const char *request)
{
	c->mss = (uint16_t)spoken_mss;
	c->cwnd = 1u << 20;
	server_say(c, spoken->text, strlen(spoken->text));
	c->close_after = spoken->close;
}

TEST(every_answer_is_understood_from_a_server_with_segments_of_every_size)
{
	begin();
	server.answer = answer_sample;
	for (unsigned i = 0; i < SAMPLES; i++)
		for (spoken_mss = 1; spoken_mss <= strlen(samples[i].text); spoken_mss++) {
			spoken = &samples[i];
			ask_for(spoken);
			if (!as_ever(spoken, "in segments of", spoken_mss))
				break;
		}
	end();
}

/* ---- chunks --------------------------------------------------------------------------------------------------------------------------- */

/* A check of the two bytes behind a chunk that looked for them in front of a segment of none or one of them. */
TEST(chunks_of_one_byte_arrive_with_a_segment_for_each_part)
{
	static const char *const parts[] = {
		OK_ "Transfer-Encoding: chunked\r\n\r\n", "1", "\r\n", "a", "\r\n", "1", "\r", "\n", "b", "\r", "\n", "1\r\n",
		"c\r", "\n1\r\nd", "\r\n", "0", "\r", "\n", "\r", "\n",
	};

	begin_talk();
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT(peer_is_asked());
	for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
		EXPECT_EQ(asker[0].ended, 0);
		say(parts[i]);
		EXPECT_EQ(asker[0].done, i < 3 ? 0 : i < 8 ? 1 : i < 12 ? 2 : i < 13 ? 3 : 4);
	}
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT(body_is("abcd"));
	EXPECT(!list_empty(&s.net.idle_connections));
	end_talk();
}

TEST(a_segment_without_a_byte_between_chunks_changes_nothing)
{
	static const char text[] = OK_ "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n";

	begin_talk();
	ask(&asker[0], 0, RANGE_UNKNOWN);
	EXPECT(peer_is_asked());
	for (size_t i = 0; i < sizeof text - 1; i++) {
		peer_send(&peer, SIM_ACK, NULL, 0);
		peer_send(&peer, SIM_ACK | SIM_PSH, text + i, 1);
	}
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT(body_is("ab"));
	end_talk();
}

/* Chunks of none to twenty bytes, whose borders lie anywhere in the segments. */
TEST(a_thousand_chunks_arrive_in_segments_of_every_size)
{
	static char text[40000];
	int len = snprintf(text, sizeof text, OK_ "Transfer-Encoding: chunked\r\n\r\n");
	uint64_t total = 0;

	for (unsigned i = 0; i < 1000; i++) {
		unsigned n = 1 + i * 7 % 20;

		len += snprintf(text + len, sizeof text - (size_t)len, "%x\r\n", n);
		for (unsigned j = 0; j < n; j++)
			text[len++] = (char)server_byte(SEED, total++);
		memcpy(text + len, "\r\n", 2);
		len += 2;
	}
	memcpy(text + len, "0\r\n\r\n", 5);
	len += 5;
	for (size_t step = 1; step < 50; step += step < 4 ? 1 : 9) {
		begin_talk();
		ask(&asker[0], 0, RANGE_UNKNOWN);
		EXPECT(peer_is_asked());
		for (size_t at = 0; at < (size_t)len; at += step)
			peer_send(&peer, SIM_ACK, text + at, (size_t)len - at < step ? (size_t)len - at : step);
		EXPECT_EQ(await(&asker[0]), 0);
		EXPECT_EQ(asker[0].done, total);
		EXPECT(part_is(0, total));
		end_talk();
	}
}
