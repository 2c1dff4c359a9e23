/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a point: see tests/sweep/point.h. */
#include "tests/sweep/point.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "core/heap.h"
#include "net/download.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/web.h"

enum { SERVER_IP = SIM_ADDR(10, 0, 2, 9), GUARD = 4096, UNTOUCHED = 0xee };

static struct sim sim;
static struct sim_server server;
static struct web_file file;
static struct download *download;
static uint8_t room[POINT_SIZE_MAX + GUARD];
static struct outcome *now;

/* The simulator's leaks come here. */
void test_fail(const char *path, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void test_fail(const char *path, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	now->good = false;
	vsnprintf(now->why, sizeof now->why, fmt, args);
	va_end(args);
}
#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

static int sink_size(struct sink *sink, bool known, uint64_t total)
{
	return known && total == file.size ? 0 : fail(-EPROTO, "%llu bytes, known %u", (unsigned long long)total, known);
}

static uint8_t *sink_at(struct sink *sink, uint64_t offset, size_t len)
{
	return offset + len <= file.size ? room + offset : NULL;
}

static struct sink sink = { .size = sink_size, .at = sink_at };

static void answer(struct server_connection *c, const char *request)
{
	web_answer(c, request, &file);
}

static struct sim_link link_of(const struct point *p, bool faults, uint32_t salt)
{
	struct sim_link link = { .delay_us = p->delay_ms * 500, .random = ((uint64_t)p->seed << 8) + salt };

	link.rate_bytes_per_ms = p->rate_kbit / 8;
	/* What a router holds: a quarter of a second, or twice the round trip, and no less than a burst of ten segments for each connection. */
	link.queue_bytes = link.rate_bytes_per_ms * (p->delay_ms < 125 ? 250 : 2 * p->delay_ms);
	if (link.queue_bytes < 96 << 10)
		link.queue_bytes = 96 << 10;
	if (faults) {
		link.loss_ppm = p->loss_ppm;
		link.reorder_ppm = p->reorder_ppm;
		link.reorder_us = 1000 + p->seed * 7919 % 30000;
		link.duplicate_ppm = p->duplicate_ppm;
	}
	return link;
}

static void begin(const struct point *p)
{
	sim_start(&sim);
	sim.nic.mtu = sim.netif.mtu = p->mtu;
	sim_configure(&sim, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&server, 0, sizeof server);
	server.answer = answer;
	server.host.to_stack = link_of(p, p->side != OURS, 1);
	server.host.to_host = link_of(p, p->side != SERVERS, 2);
	sim_server_join(&server, &sim, SERVER_IP, 80);
	file = (struct web_file){ .seed = p->seed, .size = p->size, .etag = "\"v1\"" };
	memset(room, UNTOUCHED, p->size + GUARD);
	error_clear();
}

static int start(void)
{
	struct uri *uri;
	int rc = uri_parse("http://10.0.2.9/file", &uri);

	if (rc != 0)
		return rc;
	rc = download_start(&download, &sim.net, uri, &sink, sim.now_ms);
	uri_free(uri);
	return rc;
}

static bool over(void *arg)
{
	struct outcome *o = arg;
	uint64_t window = 0;

	for (unsigned i = 0; i < SIM_SERVER_CONNECTIONS; i++)
		if (server.connection[i].state == SERVER_OPEN)
			window += server.connection[i].window;
	o->window = window > o->window ? window : o->window;
	return download_rc(download) != -EINPROGRESS;
}

static void compare(const struct point *p)
{
	for (uint32_t i = 0; i < p->size; i++)
		if (room[i] != server_byte(p->seed, i)) {
			FAIL("byte %u differs", i);
			return;
		}
	for (uint32_t i = 0; i < GUARD; i++)
		if (room[p->size + i] != UNTOUCHED) {
			FAIL("something was written behind the last byte");
			return;
		}
}

void point_run(const struct point *p, struct outcome *o)
{
	size_t largest;
	char text[300];
	int rc;

	memset(o, 0, sizeof *o);
	o->good = true;
	now = o;
	host_reset();
	largest = heap_largest_free();
	begin(p);
	rc = start();
	if (rc == 0) {
		uint32_t start_ms = sim.now_ms;

		sim_run_until(&sim, over, o, point_bound_ms(p));
		o->ms = sim.now_ms - start_ms;
		rc = download_rc(download);
	}
	error_format(text, sizeof text, rc);
	if (rc == -EINPROGRESS)
		FAIL("%llu bytes in %u ms, and not done", (unsigned long long)download_progress(download)->done_bytes, o->ms);
	else if (rc != 0)
		FAIL("after %u ms: %s", o->ms, text);
	else
		compare(p);
	o->accepted = server.accepted;
	o->resent = server.resent;
	o->overruns = sim.ring_overruns;
	download_stop(download, sim.now_ms);
	download = NULL;
	sim_server_leave(&server);
	sim_stop(&sim);
	if (heap_largest_free() != largest)
		FAIL("the largest free block of the heap was %zu and is %zu bytes", largest, heap_largest_free());
}

uint64_t point_limit(const struct point *p, uint64_t window)
{
	uint64_t rate = (uint64_t)p->rate_kbit * 125, round = p->delay_ms ? window * 1000 / p->delay_ms : 0;

	return !round || (rate && rate < round) ? rate : round;
}

/* Half as long again as the rate asks for; 64 segments a round trip, which a ring of 256 frames that several connections share lets through;
 * and what faults make of a congestion window (Mathis et al., 1997: segments come 1/sqrt(loss) a round trip; a segment that is late is a lost
 * one for this server), with a timeout for each loss and, at the start, a few in a row for what is sent once: question, handshake, request.
 * Where our packets alone are lost, a quarter of that: the next acknowledgement says what the lost one did. */
uint32_t point_bound_ms(const struct point *p)
{
	double loss = p->loss_ppm / 1e6, late = p->reorder_ppm / 1e6, segments = p->size / (p->mtu - 52.0) + 1, round = p->delay_ms;
	double faults = sqrt(loss + (late < 1 / 16.0 ? late : 1 / 16.0)) * (round + 20) + loss * (300 + 3 * round);
	double rate = p->rate_kbit ? p->size * 1.5 * (1 + 52.0 / p->mtu) / (p->rate_kbit / 8) : 0;

	return (uint32_t)(3000 + 20 * round + loss * 300000 + rate + segments * (round / 64 + faults / (p->side == OURS ? 4 : 1)));
}
