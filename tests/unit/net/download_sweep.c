/* SPDX-License-Identifier: BSD-2-Clause */
/* Three hundred downloads of a megabyte and more, each over a path, from a server and with mishaps of its own, all drawn from its seed:
 * every byte must arrive, nothing may be held in the end. Goodput is printed, not asserted. SEED=17 runs that one alone. */
#include "tests/sim/web.h"
#include "tests/unit/net/fetch.h"

/* The 32-bit build runs in an emulator, ten times slower. */
enum { SEEDS = sizeof(void *) == 8 ? 300 : 40, MISHAPS_MAX = 12, LONGEST_MS = 3600000 };

static uint64_t random_state;
static struct web_file file;
static unsigned mishaps;                        /* that still happen to connections */
static unsigned flapped, corrupted;             /* in all */

static uint32_t draw(uint32_t below)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % below);
}

static bool one_in(uint32_t n)
{
	return draw(n) == 0;
}

/** Most answers of a server with mishaps left break somewhere. */
static void answer_or_break(struct server_connection *c, const char *request)
{
	size_t at = web_answer(c, request, &file), len = c->data_len - at;

	if (!mishaps || one_in(3) || len == 0)
		return;
	mishaps--;
	web_break(c, at + draw((uint32_t)len), (enum web_break)draw(one_in(4) ? 3 : 2));
}

static struct sim_link draw_link(uint32_t delay_us)
{
	struct sim_link link = { .delay_us = delay_us, .random = draw(UINT32_MAX) };

	if (!one_in(4))
		link.loss_ppm = draw(one_in(4) ? 60000 : 12000);
	if (one_in(3)) {
		link.reorder_ppm = draw(one_in(4) ? 250000 : 20000);
		link.reorder_us = 1000 + draw(30000);
	}
	if (one_in(4))
		link.duplicate_ppm = draw(50000);
	if (one_in(4))
		link.jitter_us = draw(delay_us + 1000);
	if (one_in(4))
		link.corrupt_ppm = draw(one_in(4) ? 30000 : 3000);
	return link;
}

static void draw_file(void)
{
	static const char modified[] = "Sun, 01 Nov 2026 10:00:00 GMT", date[] = "Mon, 02 Nov 2026 10:00:00 GMT";

	file = (struct web_file){ .seed = draw(1000), .size = (1 << 20) + draw(one_in(2) ? 5 << 20 : 1 << 20), .etag = "\"v1\"" };
	if (one_in(6)) {
		file.etag = NULL;
		file.modified = modified;
		file.date = date;
	} else if (one_in(10)) {
		file.etag = NULL;
	}
	file.no_ranges = one_in(12);
	file.chunked = one_in(20);
	file.closes = one_in(8);
	file.part_max = file.etag && one_in(12) ? 200000 + draw(800000) : 0;    /* parts of no known version are not joined */
}

/** The plug is pulled and put back a few times, soon after the beginning. */
static void flap(void)
{
	for (unsigned flaps = 1 + draw(3); flaps && download_rc(d) == -EINPROGRESS; flaps--) {
		sim_advance(&s, draw(2000));
		s.link_up = false;
		sim_advance(&s, 1 + draw(one_in(4) ? 40000 : 3000));
		s.link_up = true;
		flapped++;
	}
}

/** What begins anew each time gets no further by the fifth. */
static bool resumable(void)
{
	return (file.etag || file.modified) && !file.no_ranges && !file.chunked;
}

/** One download; the milliseconds it took. */
static uint32_t one(uint32_t seed)
{
	uint32_t delay_us, start_ms;
	char url[64];

	begin();
	random_state = seed;
	draw_file();
	delay_us = draw(one_in(3) ? 150000 : 30000);
	server.host.to_stack = draw_link(delay_us);
	server.host.to_host = draw_link(delay_us);
	if (!one_in(4)) {
		server.host.to_stack.rate_bytes_per_ms = 200 + draw(one_in(2) ? 12500 : 1000);
		server.host.to_stack.queue_bytes = (16 << 10) + draw(256 << 10);
	}
	mishaps = one_in(2) ? draw(resumable() ? MISHAPS_MAX : 5) : 0;
	server.answer = answer_or_break;
	start_ms = s.now_ms;
	snprintf(url, sizeof url, "http://10.0.2.9/%u", seed);
	EXPECT_EQ(start(url), 0);
	if (one_in(6))
		flap();
	sim_run_until(&s, over, NULL, LONGEST_MS);
	corrupted += server.host.to_stack.corrupted;
	if (download_rc(d) != 0 || download_progress(d)->done_bytes != file.size || !file_is(file.seed, file.size)) {
		test_fail(__FILE__, __LINE__, "seed %u: rc %d, %llu of %llu bytes", seed, download_rc(d),
		          (unsigned long long)download_progress(d)->done_bytes, (unsigned long long)file.size);
		said("");
	}
	if (getenv("V"))
		printf("seed %3u: %7llu bytes in %6u ms, %u connections, %u requests, sent %llu, resent %u\n", seed, (unsigned long long)file.size,
		       s.now_ms - start_ms, server.accepted, server.requests, (unsigned long long)server.sent, server.resent);
	start_ms = s.now_ms - start_ms;
	end();
	return start_ms;
}

TEST(every_byte_of_three_hundred_downloads_arrives)
{
	const char *only = getenv("SEED");
	uint64_t ms = 0, bytes = 0;

	if (only) {
		one((uint32_t)atoi(only));
		return;
	}
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		ms += one(seed);
		bytes += file.size;
	}
	EXPECT(flapped > 0 && corrupted > 0);
	if (SEEDS == 300)                               /* of so many, as many as the chances say; forty are too few for that */
		EXPECT(flapped > SEEDS / 10 && corrupted > SEEDS);
	printf("%u downloads, %llu MiB, %llu KB/s\n", SEEDS, (unsigned long long)bytes >> 20, (unsigned long long)(bytes / ms));
}
