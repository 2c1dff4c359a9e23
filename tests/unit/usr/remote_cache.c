/* SPDX-License-Identifier: BSD-2-Clause */
/* usr/remote_cache.c: pieces of a file on a simulated web server; what is asked for, and when, what is kept, and what is said. */
#include "usr/remote_cache.h"

#include "image/space.h"
#include "tests/unit/net/fetch_web.h"

enum { KB = 1 << 10, PAGE = 4 * KB };

static struct remote_cache cache;
static struct space_block block;
static uint8_t data[4 << 20];

static void pass(uint32_t ms)
{
	sim_advance(&s, ms);
	host_clock_set(s.now_ms);
}

static int open_cache(uint32_t bytes)
{
	struct uri *uri;
	int rc;

	host_clock_set(s.now_ms);
	space_init();
	EXPECT_EQ(space_alloc(&block, bytes), 0);
	EXPECT(remote_cache_init(&cache, "disk.img", &block, bytes) <= bytes);
	EXPECT_EQ(uri_parse("http://10.0.2.9/disk.img", &uri), 0);
	EXPECT_EQ(remote_cache_open(&cache, &s.net, uri), 0);
	uri_free(uri);
	while ((rc = remote_cache_ready(&cache)) == -EINPROGRESS)
		pass(1);
	return rc;
}

static void begin_cache(uint64_t size)
{
	begin_web(size, "\"v1\"");
	EXPECT_EQ(open_cache(8 * MB), 0);
	EXPECT(cache.total == size);
}

static void end_cache(void)
{
	remote_cache_close(&cache);
	space_free(&block);
	pass(2000);
	end();
}

/** A reader comes to [@at, @at + @len); how many ms until it is read, or an error. */
static int take(uint64_t at, uint32_t len)
{
	uint32_t start_ms = s.now_ms;
	uint64_t done = 0;
	int rc;

	remote_cache_seek(&cache, at);
	while ((rc = remote_cache_read(&cache, at, at + len, data, &done)) == -EINPROGRESS && s.now_ms - start_ms < 1000000)
		pass(1);
	return rc ? rc : (int)(s.now_ms - start_ms);
}

/** Is the file's [@at, @at + @len) what was taken? */
static bool right(uint64_t at, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (data[i] != server_byte(SEED, at + i)) {
			printf("byte %llu differs\n", (unsigned long long)(at + i));
			return false;
		}
	return true;
}

static void expect_piece(uint64_t at, uint32_t len)
{
	memset(data, 0xee, len);
	EXPECT(take(at, len) >= 0);
	EXPECT(right(at, len));
}

/** A reader comes to @at, and does not get it for @ms. */
static void wait_for(uint64_t at, uint32_t ms)
{
	uint64_t done = 0;

	remote_cache_seek(&cache, at);
	while (ms--) {
		EXPECT_EQ(remote_cache_read(&cache, at, at + PAGE, data, &done), -EINPROGRESS);
		pass(1);
	}
}

TEST(a_piece_longer_than_the_cache_is_read_through_it)
{
	begin_web(8 * MB, "\"v1\"");
	EXPECT_EQ(open_cache(1 * MB), 0);
	expect_piece(50000, sizeof(data));
	end_cache();
}

TEST(a_cache_may_be_small)
{
	begin_web(8 * MB, "\"v1\"");
	EXPECT_EQ(open_cache(REMOTE_CACHE_LEAST), 0);
	for (unsigned i = 0; i < 40; i++)
		expect_piece(i * 100000, 50000);
	end_cache();
}

TEST(what_was_read_is_not_fetched_again)
{
	unsigned parts;

	begin_cache(4 * MB);
	expect_piece(2 * MB, 20 * KB);
	parts = file.parts;
	for (unsigned i = 0; i < 10; i++)
		EXPECT_EQ(take(2 * MB + i * KB, 8 * KB), 0);
	EXPECT_EQ(file.parts, parts);
	end_cache();
}

TEST(one_connection_is_kept_for_a_reader_here_and_there)
{
	begin_cache(64 * MB);
	for (unsigned i = 1; i < 20; i++)
		expect_piece(i * 3 * MB, PAGE);
	EXPECT_EQ(server.accepted, 1);
	end_cache();
}

TEST(a_reader_in_order_is_not_kept_waiting_for_each_round_trip)
{
	uint32_t start_ms;

	begin_path(32 * MB, 50, 0, 0);
	EXPECT_EQ(open_cache(8 * MB), 0);
	start_ms = s.now_ms;
	for (uint64_t at = 0; at < file.size; at += 32 * KB)
		expect_piece(at, 32 * KB);
	printf("32 MiB in 32 KiB reads at 100 ms: %u ms\n", s.now_ms - start_ms);
	EXPECT(s.now_ms - start_ms < 14000);    /* 1024 round trips would be 102 s */
	EXPECT(cache.fetched == file.size);
	end_cache();
}

TEST(a_server_without_parts_is_told_apart)
{
	begin_web(3 * MB, "\"v1\"");
	file.no_ranges = true;
	EXPECT_EQ(open_cache(8 * MB), -ENOTSUP);
	EXPECT(cache.fetched < 100 * KB);
	end_cache();
}

TEST(a_file_without_validator_is_told_apart)
{
	begin_web(3 * MB, NULL);
	EXPECT_EQ(open_cache(8 * MB), -ENOTSUP);
	end_cache();
}

/* ---- trouble ------------------------------------------------------------------------------------------------------------------------ */

TEST(a_server_that_dies_is_waited_for)
{
	begin_cache(16 * MB);
	expect_piece(50000, PAGE);
	web_kill(&server);
	server.refuse = true;
	wait_for(10 * MB, 1);
	pass(600000);
	wait_for(10 * MB, 1);
	server.refuse = false;
	expect_piece(10 * MB, 8 * PAGE);
	end_cache();
}

TEST(answers_that_break_are_gone_on_with)
{
	begin_cache(16 * MB);
	breaks = 3;
	break_at = 9000;
	break_how = WEB_RESET;
	for (unsigned i = 1; i < 8; i++)
		expect_piece(i * MB, 8 * PAGE);
	EXPECT_EQ(breaks, 0);
	end_cache();
}

static bool drop_all(struct sim_link *link, const struct sim_packet *p)
{
	return true;
}

/** The server is @silent from now on; what was said is forgotten. */
static void set_silent(bool silent)
{
	server.host.to_host.drop = server.host.to_stack.drop = silent ? drop_all : NULL;
	host_console_clear();
}

/** How often @text was said on the console. */
static unsigned times(const char *text)
{
	unsigned n = 0;

	for (const char *at = host_console_plain(); (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

/* One stream is ahead of who read in order, another one brings what is waited for: both are silent. */
TEST(silence_is_said_once_and_where_in_the_file)
{
	begin_path(16 * MB, 50, 100, 0);
	EXPECT_EQ(open_cache(8 * MB), 0);
	for (unsigned i = 0; i < 50; i++)
		expect_piece(50000 + i * PAGE, PAGE);
	wait_for(10 * MB, 120);                 /* both have a connection */
	set_silent(true);
	wait_for(10 * MB, 60000);
	EXPECT_EQ(times("disk.img: no data for 20 s from 10.0.2.9\n"), 1);
	EXPECT_EQ(times("disk.img: no data for 30 s at 10.0 MiB; retry 1/5 in 1 s\n"), 1);
	EXPECT_EQ(times("retry"), 1);
	end_cache();
}

TEST(what_is_waited_for_no_more_says_nothing)
{
	begin_path(16 * MB, 50, 0, 0);
	EXPECT_EQ(open_cache(8 * MB), 0);
	wait_for(4 * MB, 1);
	set_silent(true);
	wait_for(4 * MB, 25000);
	wait_for(10 * MB, 60000);
	EXPECT(times("at 10.0 MiB") > 0);
	EXPECT_EQ(times("at 4.0 MiB"), 0);
	set_silent(false);
	expect_piece(10 * MB, PAGE);
	expect_piece(4 * MB, 8 * PAGE);
	end_cache();
}

TEST(what_is_not_to_be_had_any_more_is_an_error)
{
	char text[120];

	begin_cache(16 * MB);
	server.answer = answer_canned;
	canned = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	host_console_clear();
	EXPECT_EQ(take(10 * MB, PAGE), -ENOENT);
	error_format(text, sizeof text, -ENOENT);
	EXPECT(strstr(text, "not found: got 0 of 32768 bytes"));
	EXPECT_EQ(times("got 0 of"), 0);        /* who asked says so */
	server.answer = answer_web;
	expect_piece(10 * MB, PAGE);
	end_cache();
}

/* ---- memory ------------------------------------------------------------------------------------------------------------------------- */

/** Nothing is left of the heap but @bytes. */
static void *take_heap(size_t bytes)
{
	void *kept = heap_alloc(bytes), *list = NULL, **taken;

	for (size_t size = 1 << 20; size >= sizeof(*taken); size /= 2)
		while ((taken = heap_alloc(size)) != NULL) {
			*taken = list;
			list = taken;
		}
	heap_free(kept);
	return list;
}

static void give_heap(void **list)
{
	while (list) {
		void **next = *list;

		heap_free(list);
		list = next;
	}
}

TEST(a_read_that_finds_no_memory_fails_and_the_next_one_does_not)
{
	void *heap;

	begin_cache(16 * MB);
	expect_piece(50000, PAGE);
	heap = take_heap(100);
	EXPECT_EQ(take(10 * MB, PAGE), -ENOMEM);
	EXPECT_EQ(take(10 * MB, PAGE), -ENOMEM);
	EXPECT_EQ(take(50000, PAGE), 0);
	give_heap(heap);
	expect_piece(10 * MB, PAGE);
	end_cache();
}

TEST(what_cannot_be_asked_for_ahead_does_not_fail_what_was_read)
{
	uint64_t at = 10 * MB;
	void *heap;

	begin_cache(16 * MB);
	for (; at < 10 * MB + 128 * KB; at += 16 * KB)
		expect_piece(at, 16 * KB);
	pass(20000);                            /* all that was asked for is here */
	expect_piece(at, PAGE);
	heap = take_heap(100);
	for (; take(at, PAGE) >= 0; at += PAGE)
		EXPECT(right(at, PAGE));
	EXPECT_EQ(take(at, PAGE), -ENOMEM);
	EXPECT_EQ(at - 10 * MB + 32 * KB, cache.fetched);
	give_heap(heap);
	expect_piece(at, 64 * KB);
	end_cache();
}
