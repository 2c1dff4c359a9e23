/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer that comes while something of the one before it is missing. */
#include "tests/unit/net/ask_talk.h"

/** Two parts are asked for, the second if it is still "v1". Of the first one segment is lost. */
static void begin_with_a_hole(const char *validator)
{
	begin_talk();
	ask(&asker[0], 0, 100000);
	EXPECT(peer_is_asked());
	say_header(0, 100000, 400000, "ETag: \"v1\"\r\n");
	say_part(0, 14000);
	EXPECT_EQ(ask_url(&asker[1], "http://10.0.2.9/f", SERVER_IP, 100000, 380000, validator, &asker[0]), 0);
	EXPECT(peer_expect_last(&peer));
	peer.seq += 1400;
	say_part(15400, 100000);
	EXPECT_EQ(host_packets_held(), 0);
}

/** The segment that was lost comes. */
static void fill_the_hole(void)
{
	uint32_t seq = peer.seq;

	peer_expect_last(&peer);
	peer.seq = peer.last.ack;
	say_part(14000, 15400);
	peer.seq = seq;
}

static bool untouched(uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		if (file[i])
			return false;
	return true;
}

TEST(its_body_is_placed_and_only_its_header_is_kept)
{
	begin_with_a_hole("\"v1\"");
	say_header(100000, 380000, 400000, "ETag: \"v1\"\r\n");
	say_part(100000, 380000);
	EXPECT_EQ(host_packets_held(), 1);
	EXPECT(peer_expect_last(&peer));
	EXPECT_EQ(peer.last.sack[0][1], peer.seq);       /* all of it was received */
	EXPECT_EQ(asker[1].begun, 0);
	EXPECT_EQ(asker[1].done, 0);
	fill_the_hole();
	EXPECT_EQ(asker[0].end.how, TRANSFER_DONE);
	EXPECT_EQ(await(&asker[1]), 0);
	EXPECT_EQ(asker[1].done, 280000);
	EXPECT_STR(asker[1].validator, "\"v1\"");
	EXPECT(part_is(0, 380000));
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT(!list_empty(&s.net.idle_connections));
	end_talk();
}

/* The header may begin behind the body's end in one segment, and end in another. */
TEST(its_header_may_be_in_pieces)
{
	static const char header[] = PART_ "Content-Range: bytes 100000-379999/400000\r\nContent-Length: 280000\r\nETag: \"v1\"\r\n\r\n";

	for (size_t first = 1; first < sizeof header - 1; first += 9) {
		char *head = strndup(header, first);
		uint32_t seq;

		begin_with_a_hole("\"v1\"");
		seq = peer.seq;
		peer.seq += (uint32_t)first;
		say(header + first);                    /* its end comes first */
		say_part(100000, 102800);
		EXPECT_EQ(host_packets_held(), 3);      /* nothing is known yet */
		peer_send_at(&peer, seq, SIM_ACK, head, first);
		say_part(102800, 380000);
		EXPECT_EQ(host_packets_held(), 4);
		fill_the_hole();
		EXPECT_EQ(await(&asker[1]), 0);
		EXPECT(part_is(0, 380000));
		free(head);
		end_talk();
	}
}

/* What is not surely of this file is not written over it before somebody has looked at it. */
TEST(only_what_was_asked_for_of_the_same_version_is_placed_ahead)
{
	static const struct { const char *validator, *header; } cases[] = {
		{ "\"v1\"", PART_ "Content-Range: bytes 100000-379999/400000\r\nContent-Length: 280000\r\nETag: \"v2\"\r\n\r\n" },
		{ "\"v1\"", PART_ "Content-Range: bytes 100000-379999/400000\r\nContent-Length: 280000\r\nETag: W/\"v1\"\r\n\r\n" },
		{ "\"v1\"", PART_ "Content-Range: bytes 100001-379999/400000\r\nContent-Length: 279999\r\nETag: \"v1\"\r\n\r\n" },
		{ "\"v1\"", PART_ "Content-Range: bytes 100000-380000/400000\r\nContent-Length: 280001\r\nETag: \"v1\"\r\n\r\n" },
		{ "\"v1\"", PART_ "Content-Range: bytes 100000-379999/400000\r\nContent-Length: 279999\r\nETag: \"v1\"\r\n\r\n" },
		{ "\"v1\"", PART_ "Content-Range: bytes 100000-379999/400000\r\nTransfer-Encoding: chunked\r\nETag: \"v1\"\r\n\r\n" },
		{ "\"v1\"", PART_ "Content-Type: multipart/byteranges; boundary=x\r\nETag: \"v1\"\r\n\r\n" },
		{ "\"v1\"", "HTTP/1.1 200 OK\r\nContent-Length: 400000\r\nETag: \"v1\"\r\n\r\n" },
		{ "\"v1\"", "HTTP/1.1 404 Not Found\r\nContent-Length: 400000\r\n\r\n" },
		{ "\"v1\"", "HTTP/1.1 100 Continue\r\n\r\n" },
		{ "\"v1\"", "Not HTTP at all" },
		{ NULL, PART_ "Content-Range: bytes 100000-379999/400000\r\nContent-Length: 280000\r\nETag: \"v1\"\r\n\r\n" },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin_with_a_hole(cases[i].validator);
		say(cases[i].header);
		say_part(100000, 380000);
		EXPECT_EQ(host_packets_held(), pkt_pool_total() / 8);
		EXPECT(untouched(100000, 400000));
		EXPECT_EQ(asker[1].begun, 0);
		fill_the_hole();
		EXPECT_EQ(asker[0].end.how, TRANSFER_DONE);
		end_talk();
	}
}

TEST(what_was_placed_ahead_of_a_refusal_does_not_count)
{
	begin_with_a_hole("\"v1\"");
	asker[1].refuse = -EIO;
	say_header(100000, 380000, 400000, "ETag: \"v1\"\r\n");
	say_part(100000, 380000);
	fill_the_hole();
	EXPECT_EQ(await(&asker[1]), -EIO);
	EXPECT_EQ(asker[1].done, 0);
	EXPECT(!asker[1].end.broken);
	end_talk();
}

/* What lies beyond may be in its place already, brought by another. */
TEST(nothing_is_placed_beyond_a_limit)
{
	begin_with_a_hole("\"v1\"");
	http_scheme.limit(asker[1].transfer, 200000);
	say_header(100000, 380000, 400000, "ETag: \"v1\"\r\n");
	say_part(100000, 240000);
	EXPECT(!untouched(198000, 200000));
	EXPECT(untouched(200000, 380000));
	fill_the_hole();
	EXPECT_EQ(await(&asker[1]), 0);
	EXPECT_EQ(asker[1].done, 100000);
	EXPECT(part_is(0, 200000));
	EXPECT(untouched(200000, 380000));
	end_talk();
}

TEST(one_that_is_given_up_takes_nothing_more)
{
	begin_with_a_hole("\"v1\"");
	say_header(100000, 380000, 400000, "ETag: \"v1\"\r\n");
	say_part(100000, 200000);
	put_away(&asker[1]);
	say_part(200000, 240000);
	EXPECT(untouched(200000, 380000));
	fill_the_hole();
	EXPECT_EQ(await(&asker[0]), 0);
	EXPECT(part_is(0, 100000));
	end_talk();
}

TEST(a_connection_that_breaks_fails_both_whatever_lies_ahead)
{
	begin_with_a_hole("\"v1\"");
	say_header(100000, 380000, 400000, "ETag: \"v1\"\r\n");
	say_part(100000, 380000);
	EXPECT(peer_expect_last(&peer));
	peer_send_at(&peer, peer.last.ack, SIM_RST, NULL, 0);
	EXPECT(asker[0].ended && asker[0].end.broken);
	EXPECT(asker[1].ended && asker[1].end.broken);
	EXPECT_EQ(asker[0].done, 14000);
	EXPECT_EQ(asker[1].done, 0);
	end_talk();
}

/* A server whose window does not shrink with what is lost. */
static void answer_steadily(struct server_connection *c, const char *request)
{
	answer_part(c, request);
	c->cwnd = 1 << 20;
	c->recovering = true;
	c->recover = c->nxt + 0x3fffffff;
}

/* 10 MB/s at 100 ms, of which each fiftieth segment is lost: at each boundary there are holes. None but those comes again. */
TEST(pieces_follow_each_other_over_a_lossy_path)
{
	enum { PIECE = 3 << 20, PIECES = FILE_BYTES / PIECE };
	uint32_t lost, start_ms;

	begin();
	far_server(100);
	server.answer = answer_steadily;
	server.host.to_stack.rate_bytes_per_ms = 10000;
	server.host.to_stack.loss_ppm = 20000;
	server.host.to_stack.random = 42;
	lost = server.host.to_stack.lost;
	start_ms = s.now_ms;
	ask(&asker[0], 0, PIECE);
	for (unsigned i = 1; i < PIECES; i++) {
		struct asker *front = &asker[(i - 1) % 2], *a = &asker[i % 2];

		for (unsigned ms = 0; ms < 2000 && !front->begun; ms++)
			sim_advance(&s, 1);
		EXPECT_EQ(ask_url(a, "http://10.0.2.9/f", SERVER_IP, i * PIECE, (i + 1) * PIECE, "\"v1\"", front), 0);
		EXPECT_EQ(await(front), 0);
	}
	EXPECT_EQ(await(&asker[(PIECES - 1) % 2]), 0);
	EXPECT(part_is(0, FILE_BYTES));
	EXPECT(server.resent <= server.host.to_stack.lost - lost);
	EXPECT_EQ(server.spurious, 0);
	EXPECT(s.now_ms - start_ms < 1800);             /* 12 MiB and headers: 1320 ms; connect, ask, slow last losses */
	end();
}
