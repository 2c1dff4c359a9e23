/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of net/download_*.c share: one file on a simulated web server, which may break its answers, and what is said. */
#ifndef TESTS_UNIT_NET_FETCH_WEB_H
#define TESTS_UNIT_NET_FETCH_WEB_H

#include "tests/sim/web.h"
#include "tests/unit/net/fetch.h"

enum { MB = 1 << 20 };

static struct web_file file;

/** How answers break: the first @breaks of them, after @break_at bytes of their body. */
static unsigned breaks;
static uint64_t break_at;
static enum web_break break_how;

static inline void answer_web(struct server_connection *c, const char *request)
{
	size_t at;

	if (getenv("V"))
		printf("%6u ms: %s\n", s.now_ms - s.start_ms, web_header(request, "Range"));
	at = web_answer(c, request, &file);
	if (breaks == 0)
		return;
	breaks--;
	web_break(c, at + break_at, break_how);
}

static inline void begin_web(uint64_t size, const char *etag)
{
	begin();
	server.answer = answer_web;
	file = (struct web_file){ .seed = SEED, .size = size, .etag = etag };
	breaks = 0;
}

/** Break after half of a file of 100000 bytes. */
static inline void break_half(enum web_break how)
{
	begin_web(100000, "\"v1\"");
	breaks = 1;
	break_at = 50000;
	break_how = how;
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_advance(&s, 100);
}

/** A path with @delay_ms each way, and so much loss each way. */
static inline void begin_path(uint64_t size, uint32_t delay_ms, uint32_t rate, uint32_t loss_ppm)
{
	begin_web(size, "\"v1\"");
	server.host.to_stack = (struct sim_link){ .delay_us = delay_ms * 1000, .rate_bytes_per_ms = rate, .queue_bytes = 1 << 20, .random = 1,
	                                          .loss_ppm = loss_ppm };
	server.host.to_host = (struct sim_link){ .delay_us = delay_ms * 1000, .random = 2, .loss_ppm = loss_ppm };
}

/** 100 ms round trip and 32 KiB for each of them: 320 KB/s a connection. */
static inline void begin_far(uint64_t size)
{
	begin_path(size, 50, 0, 0);
	server.cwnd_max = 32 << 10;
}

/** The next notice; "" when there is none. */
static inline const char *notice(void)
{
	const char *text = download_notice(d);

	return text ? text : "";
}

/** The most connections that were in use at a time. */
static unsigned most;

static inline bool over_counting(void *arg)
{
	unsigned now = download_progress(d)->connections;

	most = now > most ? now : most;
	return over(arg);
}

/** Run it to its end, which must be a good one; how long that took. */
static inline uint32_t to_the_end(void)
{
	uint32_t start_ms = s.now_ms;

	most = 0;
	sim_run_until(&s, over_counting, NULL, 1000000);
	EXPECT_EQ(download_rc(d), 0);
	if (download_rc(d) != 0)
		said("");
	EXPECT(file_is(file.seed, file.size));
	EXPECT_EQ(download_progress(d)->done_bytes, file.size);
	EXPECT_EQ(download_progress(d)->connections, 0);
	return s.now_ms - start_ms;
}

static inline uint32_t took_ms(void)
{
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	return to_the_end();
}

#endif
