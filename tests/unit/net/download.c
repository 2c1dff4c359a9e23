/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole downloads from a simulated server: words, redirects, patience, idle connections, and every byte over links that lose some. */
#include "net/download.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"
#include "tests/unit/test.h"

enum { SEED = 7 };

static struct sim s;
static struct sim_server server;
static struct download *d;

/* A sink with @room bytes. */
static struct memory {
	struct sink sink;
	uint8_t *bytes;
	uint64_t room, total;
	bool known;
	unsigned sized;
} memory;

static int memory_size(struct sink *sink, bool known, uint64_t total)
{
	struct memory *m = (struct memory *)sink;

	m->sized++;
	m->known = known;
	m->total = total;
	if (total > m->room)
		return fail(-ENOMEM, "%llu bytes needed, %llu free", (unsigned long long)total, (unsigned long long)m->room);
	return 0;
}

static uint8_t *memory_at(struct sink *sink, uint64_t offset, size_t len)
{
	struct memory *m = (struct memory *)sink;

	return offset + len <= m->room ? m->bytes + offset : NULL;
}

static void begin(void)
{
	host_reset();
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&server, 0, sizeof server);
	sim_server_join(&server, &s, SIM_ADDR(10, 0, 2, 9), 80);
	memory = (struct memory){ { memory_size, memory_at }, calloc(1, 16 << 20), 16 << 20, 0, false, 0 };
	error_clear();
}

static void end(void)
{
	download_stop(d, s.now_ms);
	d = NULL;
	sim_server_leave(&server);
	sim_stop(&s);
	free(memory.bytes);
}

static int start(const char *text)
{
	struct uri *uri;
	int rc = uri_parse(text, &uri);

	if (rc != 0)
		return rc;
	rc = download_start(&d, &s.net, uri, &memory.sink, s.now_ms);
	uri_free(uri);
	return rc;
}

static bool over(void *arg)
{
	(void)arg;
	return download_rc(d) != -EINPROGRESS;
}

static int run(const char *text, uint32_t max_ms)
{
	int rc;

	download_stop(d, s.now_ms);
	if ((rc = start(text)) != 0)
		return rc;
	sim_run_until(&s, over, NULL, max_ms);
	return download_rc(d);
}

static bool said(const char *words)
{
	char text[400];

	error_format(text, sizeof text, download_rc(d));
	if (strstr(text, words))
		return true;
	printf("said: %s\n", text);
	return false;
}

static bool file_is(uint32_t seed, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (memory.bytes[i] != server_byte(seed, i)) {
			printf("byte %zu differs\n", i);
			return false;
		}
	return true;
}

/* "/file/LENGTH" */
static void answer_file(struct server_connection *c, const char *request)
{
	size_t len = strtoul(request + strlen("GET /file/"), NULL, 10);

	server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
	server_say_file(c, SEED, 0, len);
}

TEST(a_file_arrives)
{
	begin();
	server.answer = answer_file;
	EXPECT_EQ(run("http://10.0.2.9/file/100000", 10000), 0);
	EXPECT(memory.known);
	EXPECT_EQ(memory.total, 100000);
	EXPECT_EQ(download_progress(d)->done_bytes, 100000);
	EXPECT_EQ(download_progress(d)->total_bytes, 100000);
	EXPECT(file_is(SEED, 100000));
	EXPECT_EQ(server.resent, 0);
	end();
}

static unsigned one_lossy(uint32_t seed, uint32_t loss_ppm, uint32_t reorder_ppm, uint32_t duplicate_ppm, uint32_t delay_us, size_t len)
{
	char url[64];
	unsigned took;

	begin();
	server.answer = answer_file;
	server.host.to_host = server.host.to_stack = (struct sim_link){
		.delay_us = delay_us, .loss_ppm = loss_ppm, .reorder_ppm = reorder_ppm, .reorder_us = 3000,
		.duplicate_ppm = duplicate_ppm, .random = seed, .rate_bytes_per_ms = 12500, .queue_bytes = 256 << 10,
	};
	server.host.to_host.random = seed + 1000;
	snprintf(url, sizeof url, "http://10.0.2.9/file/%zu", len);
	EXPECT_EQ(run(url, 600000), 0);
	if (download_rc(d) != 0)
		said("");
	EXPECT(file_is(SEED, len));
	took = s.now_ms - s.start_ms;
	end();
	return took;
}

TEST(every_byte_arrives_over_lossy_links)
{
	static const uint32_t losses[] = { 0, 1000, 10000, 20000, 50000, 100000 };

	for (unsigned i = 0; i < sizeof losses / sizeof losses[0]; i++)
		for (unsigned seed = 0; seed < 2; seed++) {
			unsigned took = one_lossy(seed, losses[i], 0, 0, 10000, 1 << 20);

			if (getenv("V"))
				printf("loss %u ppm: %u ms\n", losses[i], took);
		}
}

TEST(every_byte_arrives_in_any_order_and_twice)
{
	one_lossy(1, 0, 10000, 0, 10000, 1 << 20);
	one_lossy(2, 0, 250000, 0, 10000, 1 << 20);
	one_lossy(3, 0, 0, 50000, 10000, 1 << 20);
	one_lossy(4, 20000, 250000, 50000, 10000, 1 << 20);
}
