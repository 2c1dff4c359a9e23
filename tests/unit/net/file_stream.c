/* SPDX-License-Identifier: BSD-2-Clause */
/* Files read while they come, from simulated servers over HTTP and TFTP: every byte, whatever the reader's pace, and never more on its way than
 * the buffer holds. SEED=17 runs one of the drawn ones alone. */
#include "net/file_stream.h"

#include "tests/sim/tftp_server.h"
#include "tests/unit/net/fetch_web.h"

enum { BUFFER = 64 << 10, HEADERS = 4096, TFTP_IP = SIM_ADDR(10, 0, 2, 10), SEEDS = sizeof(void *) == 8 ? 60 : 12 };

static struct sim_tftp tftp;
static struct file_stream *f;

/** A reader: every @every_ms it takes up to @bytes, and at @stops_at it stays away for @stops_ms. */
struct pace { uint32_t every_ms; size_t bytes; uint64_t stops_at; uint32_t stops_ms; };

static void begin_stream(uint64_t size, const char *etag)
{
	begin_web(size, etag);
	memset(&tftp, 0, sizeof tftp);
	tftp.seed = SEED;
	tftp.len = (uint32_t)size;
	tftp.size_max = 1468;
	tftp.window_max = 64;
	tftp.knows_total = true;
	sim_tftp_join(&tftp, &s, TFTP_IP);
}

static void end_stream(void)
{
	file_stream_close(f, s.now_ms);
	f = NULL;
	sim_advance(&s, 2000);                  /* what is on its way arrives, and what was kept is let go */
	end();
}

static int open_stream(const char *text)
{
	struct uri *uri = NULL;
	int rc = uri_parse(text, &uri);

	if (rc == 0)
		rc = file_stream_open(&f, &s.net, uri, BUFFER, s.now_ms);
	uri_free(uri);
	return rc;
}

/** Has a server sent more than there is room for? Chunks cost some bytes of their own. What there is no place for would end the download, too. */
static bool overrun(void)
{
	uint64_t edge = file_stream_position(f) + BUFFER + HEADERS;
	bool over_it = false;

	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
		if (server.connection[i].state == SERVER_OPEN)
			over_it |= server.connection[i].nxt - server.connection[i].iss > edge + edge / 4;
	for (unsigned i = 0; i < SIM_TFTP_TRANSFERS; i++)
		if (tftp.transfer[i].in_use)
			over_it |= (uint64_t)tftp.transfer[i].sent * tftp.transfer[i].size > edge;
	return over_it;
}

/** Read to the end at that pace; the last result of file_stream_read(). */
static int read_all(const struct pace *pace)
{
	static uint8_t data[BUFFER];
	uint64_t at = 0;
	bool stopped = !pace->stops_ms;
	int n;

	for (;;) {
		if (!stopped && at >= pace->stops_at) {
			sim_advance(&s, pace->stops_ms);
			stopped = true;
		}
		n = file_stream_read(f, data, pace->bytes);
		if (n <= 0 && n != -EAGAIN)
			return n;
		for (int i = 0; i < n; i++)
			if (data[i] != server_byte(SEED, at + (unsigned)i)) {
				test_fail(__FILE__, __LINE__, "byte %llu differs", (unsigned long long)at + (unsigned)i);
				return -EIO;
			}
		at += n > 0 ? (unsigned)n : 0;
		EXPECT(!overrun());
		sim_advance(&s, pace->every_ms);
		if (s.now_ms - s.start_ms > 3600000) {
			test_fail(__FILE__, __LINE__, "no end, at byte %llu", (unsigned long long)at);
			return -ETIMEDOUT;
		}
	}
}

static void expect_whole(const char *url, const struct pace *pace, uint64_t size)
{
	char text[400];
	uint64_t said_size;
	int rc = open_stream(url);

	EXPECT_EQ(rc, 0);
	if (rc != 0)
		return;
	rc = read_all(pace);
	error_format(text, sizeof text, rc);
	if (rc != 0)
		test_fail(__FILE__, __LINE__, "%s ended at %llu: %s", url, (unsigned long long)file_stream_position(f), text);
	EXPECT_EQ(file_stream_position(f), size);
	EXPECT(file_stream_size(f, &said_size));
	EXPECT_EQ(said_size, size);
}

static const struct pace fast = { 1, BUFFER, 0, 0 }, slow = { 20, 2048, 0, 0 };

#define HTTP "http://10.0.2.9/f"
#define TFTP "tftp://10.0.2.10/f"

TEST(a_file_larger_than_the_buffer_comes_through_it)
{
	static const char *const url[] = { HTTP, TFTP };

	for (unsigned i = 0; i < 2; i++) {
		begin_stream(3000000, "\"v1\"");
		expect_whole(url[i], &fast, 3000000);
		end_stream();
	}
}

TEST(a_slow_reader_holds_the_server_up)
{
	static const char *const url[] = { HTTP, TFTP };

	for (unsigned i = 0; i < 2; i++) {
		begin_stream(700000, "\"v1\"");
		expect_whole(url[i], &slow, 700000);
		EXPECT(s.now_ms - s.start_ms >= 700000 / 2048 * 20);
		EXPECT_EQ(server.requests + tftp.requests, 1);
		end_stream();
	}
}

TEST(a_reader_who_stays_away_finds_the_rest_of_it)
{
	static const char *const url[] = { HTTP, TFTP };

	for (unsigned i = 0; i < 2; i++) {
		struct pace pace = { 1, 5000, 300000, 10000 };

		begin_stream(700000, "\"v1\"");
		expect_whole(url[i], &pace, 700000);
		EXPECT_EQ(server.requests + tftp.requests, 1);
		end_stream();
	}
}

TEST(a_reader_who_is_away_for_minutes_goes_on)
{
	static const char *const url[] = { HTTP, TFTP };

	for (unsigned i = 0; i < 2; i++) {
		struct pace pace = { 1, 5000, 300000, 400000 };

		begin_stream(700000, "\"v1\"");
		expect_whole(url[i], &pace, 700000);
		end_stream();
	}
}

TEST(nothing_is_asked_for_while_there_is_no_room)
{
	struct pace pace = { 1, 5000, 300000, 600000 };

	begin_stream(700000, "\"v1\"");
	breaks = 1;
	break_at = 300000 + BUFFER / 2 + 100;
	break_how = WEB_RESET;
	expect_whole(HTTP, &pace, 700000);
	EXPECT_EQ(server.requests, 2);
	EXPECT_EQ(file.parts, 2);
	end_stream();
}

TEST(chunks_are_held_up_too)
{
	for (unsigned i = 0; i < 2; i++) {
		struct pace away = { 2, 3000, 100000, 20000 };

		begin_stream(400000, NULL);
		file.chunked = true;
		expect_whole(HTTP, i & 1 ? &away : &slow, 400000);
		EXPECT_EQ(server.requests, 1);
		end_stream();
	}
}

static void answer_without_a_length(struct server_connection *c, const char *request)
{
	server_sayf(c, "HTTP/1.1 200 OK\r\n\r\n");
	server_say_file(c, SEED, 0, 300000);
	c->close_after = true;
}

TEST(a_body_that_ends_with_its_connection_is_held_up_too)
{
	struct pace away = { 2, 3000, 100000, 20000 };

	begin_stream(300000, NULL);
	server.answer = answer_without_a_length;
	expect_whole(HTTP, &away, 300000);
	EXPECT_EQ(server.requests, 1);
	end_stream();
}

TEST(a_connection_that_breaks_is_gone_on_with)
{
	static const enum web_break how[] = { WEB_RESET, WEB_CLOSE, WEB_STALL };

	for (unsigned i = 0; i < 3; i++) {
		begin_stream(700000, "\"v1\"");
		breaks = 3;
		break_at = 120000;
		break_how = how[i];
		expect_whole(HTTP, &fast, 700000);
		EXPECT_EQ(server.requests, 4);
		end_stream();
	}
}

TEST(a_file_without_parts_is_begun_anew_and_passed_over)
{
	begin_stream(700000, NULL);
	file.no_ranges = true;
	breaks = 2;
	break_at = 400000;
	break_how = WEB_RESET;
	expect_whole(HTTP, &fast, 700000);
	EXPECT_EQ(file.wholes, 3);
	end_stream();
}

TEST(a_tftp_server_that_is_started_anew_is_asked_again)
{
	struct pace pace = { 1, 5000, 300000, 1 };

	begin_stream(700000, NULL);
	EXPECT_EQ(open_stream(TFTP), 0);
	sim_advance(&s, 500);
	sim_tftp_restart(&tftp);
	EXPECT_EQ(read_all(&pace), 0);
	EXPECT_EQ(file_stream_position(f), 700000);
	EXPECT_EQ(tftp.requests, 2);
	end_stream();
}

TEST(another_file_in_its_place_ends_the_reading)
{
	static uint8_t data[BUFFER];
	int n;

	begin_stream(700000, NULL);
	EXPECT_EQ(open_stream(TFTP), 0);
	sim_advance(&s, 500);
	EXPECT(file_stream_read(f, data, 40000) == 40000);
	sim_tftp_restart(&tftp);
	tftp.seed = SEED + 1;
	do {
		sim_advance(&s, 10);
		n = file_stream_read(f, data, sizeof data);
		for (int i = 0; i < n; i++)
			EXPECT_EQ(data[i], server_byte(SEED, file_stream_position(f) - (unsigned)n + (unsigned)i));
	} while (n > 0 || n == -EAGAIN);
	EXPECT_EQ(n, -EIO);
	EXPECT_EQ(file_stream_read(f, data, sizeof data), -EIO);
	end_stream();
}

TEST(a_shorter_file_in_its_place_ends_the_reading)
{
	static uint8_t data[BUFFER];
	int n;

	begin_stream(700000, NULL);
	EXPECT_EQ(open_stream(TFTP), 0);
	sim_advance(&s, 500);
	EXPECT(file_stream_read(f, data, 40000) == 40000);
	sim_tftp_restart(&tftp);
	tftp.len = 30000;
	while ((n = file_stream_read(f, data, sizeof data)) > 0 || n == -EAGAIN)
		sim_advance(&s, 10);
	EXPECT_EQ(n, -EIO);
	end_stream();
}

TEST(an_empty_file_is_over_at_once)
{
	static const char *const url[] = { HTTP, TFTP };

	for (unsigned i = 0; i < 2; i++) {
		begin_stream(0, "\"v1\"");
		expect_whole(url[i], &fast, 0);
		end_stream();
	}
}

TEST(its_length_is_known_before_its_bytes_are_read)
{
	static const char *const url[] = { HTTP, TFTP };

	for (unsigned i = 0; i < 2; i++) {
		uint64_t size;

		begin_stream(700000, "\"v1\"");
		EXPECT_EQ(open_stream(url[i]), 0);
		EXPECT_EQ(file_stream_begun(f), -EINPROGRESS);
		EXPECT(!file_stream_size(f, &size));
		EXPECT(!file_stream_ready(f));
		sim_advance(&s, 1000);
		EXPECT_EQ(file_stream_begun(f), 0);
		EXPECT(file_stream_size(f, &size));
		EXPECT_EQ(size, 700000);
		EXPECT(file_stream_ready(f));
		end_stream();
	}
}

TEST(a_file_that_is_not_there_is_an_error_in_words)
{
	char text[300];
	uint8_t byte;

	begin_stream(0, NULL);
	canned = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	server.answer = answer_canned;
	EXPECT_EQ(open_stream(HTTP), 0);
	sim_advance(&s, 1000);
	EXPECT_EQ(file_stream_begun(f), -ENOENT);
	EXPECT(file_stream_ready(f));
	EXPECT_EQ(file_stream_read(f, &byte, 1), -ENOENT);
	error_format(text, sizeof text, -ENOENT);
	EXPECT(strstr(text, "HTTP 404 Not Found"));
	end_stream();
}

TEST(no_memory_is_an_error)
{
	for (unsigned n = 1; n < 4; n++) {
		begin_stream(1000, NULL);
		heap_fail_after(n == 3 ? 4 : n);                /* the third is the URI's in this test */
		EXPECT(open_stream(HTTP) != 0);
		EXPECT(!f);
		heap_fail_after(0);
		end_stream();
	}
}

/* ---- drawn by seeds --------------------------------------------------------------------------------------------------------------- */

static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % below);
}

static struct sim_link draw_link(void)
{
	struct sim_link link = { .delay_us = draw(3) ? draw(3000) : draw(60000), .random = draw(UINT32_MAX) };

	if (draw(3))
		link.loss_ppm = draw(20000);
	if (draw(3) == 0) {
		link.reorder_ppm = draw(30000);
		link.reorder_us = 1000 + draw(20000);
	}
	if (draw(4) == 0)
		link.duplicate_ppm = draw(30000);
	return link;
}

static void draw_and_read(uint32_t seed)
{
	struct pace pace;
	bool by_tftp;
	uint64_t size;

	random_state = seed * 7919u;
	size = 200000 + draw(1500000);
	begin_stream(size, draw(3) ? "\"v1\"" : NULL);
	by_tftp = draw(2);
	file.chunked = !file.etag && draw(2);
	file.no_ranges = !file.etag && draw(2);
	file.closes = draw(4) == 0;
	breaks = draw(3) ? 0 : draw(3);
	break_at = draw((uint32_t)size);
	break_how = (enum web_break)draw(3);
	tftp.knows_total = draw(3);
	tftp.window_max = draw(3) ? 64 : draw(4);
	tftp.size_max = draw(4) ? 1468 : draw(2) * 1024;
	tftp.apprentice = draw(4) == 0;
	server.host.to_stack = draw_link();
	server.host.to_host = draw_link();
	tftp.host.to_stack = server.host.to_stack;
	tftp.host.to_host = server.host.to_host;
	pace = (struct pace){ 1 + draw(draw(2) ? 3 : 30), 512 + draw(draw(2) ? 3000 : 60000), draw((uint32_t)size), draw(3) ? 0 : draw(60000) };
	expect_whole(by_tftp ? TFTP : HTTP, &pace, size);
	end_stream();
}

TEST(drawn_readers_and_paths)
{
	const char *only = getenv("SEED");

	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		if (only && strtoul(only, NULL, 10) != seed)
			continue;
		random_state = 0;
		draw_and_read(seed);
	}
}
