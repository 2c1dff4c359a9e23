/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads over several connections, from a simulated web server: when they are opened, what they gain, what happens when some die. */
#include "tests/sim/web.h"
#include "tests/unit/net/fetch.h"

static struct web_file file;
static unsigned most;

static void answer_web(struct server_connection *c, const char *request)
{
	if (getenv("V"))
		printf("%6u ms: %s: %s\n", s.now_ms - s.start_ms, web_header(request, "Range"), web_header(request, "If-Range"));
	web_answer(c, request, &file);
}

/** A path with @delay_ms each way, and so much loss each way. */
static void begin_path(uint64_t size, uint32_t delay_ms, uint32_t rate, uint32_t loss_ppm)
{
	begin();
	server.answer = answer_web;
	file = (struct web_file){ .seed = SEED, .size = size, .etag = "\"v1\"" };
	server.host.to_stack = (struct sim_link){ .delay_us = delay_ms * 1000, .rate_bytes_per_ms = rate, .queue_bytes = 1 << 20, .random = 1,
	                                          .loss_ppm = loss_ppm };
	server.host.to_host = (struct sim_link){ .delay_us = delay_ms * 1000, .random = 2, .loss_ppm = loss_ppm };
	most = 0;
}

static bool over_counting(void *arg)
{
	unsigned now = download_progress(d)->connections;

	most = now > most ? now : most;
	return over(arg);
}

/** Fetch it; how long it took. */
static uint32_t took_ms(void)
{
	uint32_t start_ms = s.now_ms;

	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	sim_run_until(&s, over_counting, NULL, 1000000);
	EXPECT_EQ(download_rc(d), 0);
	if (download_rc(d) != 0)
		said("");
	EXPECT(file_is(SEED, file.size));
	return s.now_ms - start_ms;
}

TEST(a_short_file_keeps_to_one_connection)
{
	begin_path((2 << 20) - 1, 10, 10, 0);
	took_ms();
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(a_fast_path_keeps_to_one_connection)
{
	begin_path(12 << 20, 10, 12500, 0);
	took_ms();
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(six_connections_over_a_lossy_path_are_faster_than_one)
{
	uint32_t one, six;

	begin_path(12 << 20, 50, 0, 10000);
	EXPECT_EQ(settings_set("connections", "1"), 0);
	one = took_ms();
	EXPECT_EQ(server.accepted, 1);
	end();
	begin_path(12 << 20, 50, 0, 10000);
	six = took_ms();
	printf("one: %u ms; %u: %u ms, %u accepted, %u requests, %llu sent, %u resent\n", one, most, six, server.accepted, server.requests,
	       (unsigned long long)server.sent, server.resent);
	EXPECT(six * 2 < one);
	end();
}

TEST(a_long_path_takes_several_connections_of_which_each_is_slow)
{
	uint32_t one, several;

	begin_path(16 << 20, 100, 0, 0);
	server.cwnd_max = 256 << 10;            /* 1.3 MB/s at this distance */
	EXPECT_EQ(settings_set("connections", "1"), 0);
	one = took_ms();
	end();
	begin_path(16 << 20, 100, 0, 0);
	server.cwnd_max = 256 << 10;
	several = took_ms();
	printf("one: %u ms; %u: %u ms, %u accepted, %u requests\n", one, most, several, server.accepted, server.requests);
	EXPECT(most > 3);
	EXPECT(several * 2 < one);
	end();
}

/* A server doubles what it sends each round trip: the first second says little of the next. */
TEST(what_gets_faster_and_is_soon_over_keeps_to_one_connection)
{
	begin_path(6 << 20, 80, 0, 0);
	printf("%u ms\n", took_ms());
	EXPECT_EQ(server.accepted, 1);
	EXPECT_EQ(server.requests, 1);
	end();
}

TEST(a_path_that_is_full_gets_no_more_connections)
{
	begin_path(12 << 20, 20, 1000, 0);
	printf("%u ms\n", took_ms());
	printf("%u most, %u accepted, %u requests\n", most, server.accepted, server.requests);
	end();
}
