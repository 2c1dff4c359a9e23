/* SPDX-License-Identifier: BSD-2-Clause */
/* What net/download.c's and net/http.c's tests share: a stack, a simulated server at 10.0.2.9, a sink in memory. */
#ifndef TESTS_UNIT_NET_FETCH_H
#define TESTS_UNIT_NET_FETCH_H

#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "net/download.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"
#include "tests/unit/test.h"

#define SERVER_IP SIM_ADDR(10, 0, 2, 9)
#define ROOM (16u << 20)

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

static inline void begin(void)
{
	host_reset();
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&server, 0, sizeof server);
	sim_server_join(&server, &s, SERVER_IP, 80);
	memory = (struct memory){ { .size = memory_size, .at = memory_at }, calloc(1, ROOM), ROOM, 0, false, 0 };
	error_clear();
}

static inline void end(void)
{
	download_stop(d, s.now_ms);
	d = NULL;
	sim_server_leave(&server);
	sim_stop(&s);
	free(memory.bytes);
}

static inline int start(const char *text)
{
	struct uri *uri;
	int rc = uri_parse(text, &uri);

	if (rc != 0)
		return rc;
	rc = download_start(&d, &s.net, uri, &memory.sink, s.now_ms);
	uri_free(uri);
	return rc;
}

static inline bool over(void *arg)
{
	(void)arg;
	return download_rc(d) != -EINPROGRESS;
}

static inline int run(const char *text, uint32_t max_ms)
{
	int rc;

	download_stop(d, s.now_ms);
	if ((rc = start(text)) != 0)
		return rc;
	sim_run_until(&s, over, NULL, max_ms);
	return download_rc(d);
}

static inline bool said(const char *words)
{
	char text[400];

	error_format(text, sizeof text, download_rc(d));
	if (strstr(text, words))
		return true;
	printf("said: %s\n", text);
	return false;
}

static inline bool file_is(uint32_t seed, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (memory.bytes[i] != server_byte(seed, i)) {
			printf("byte %zu differs\n", i);
			return false;
		}
	return true;
}

/** A test's server: "/file/LENGTH". */
static inline void answer_file(struct server_connection *c, const char *request)
{
	size_t len = strtoul(request + strlen("GET /file/"), NULL, 10);

	server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
	server_say_file(c, SEED, 0, len);
}

/** Run one download to its end and leave everything in place for questions. */
static inline int fetch(const char *url)
{
	return run(url, 600000);
}

/** The answer of a test's server: its text, and after it the server closes if @close. */
static const char *canned;
static bool canned_close;
static inline void answer_canned(struct server_connection *c, const char *request)
{
	server_say(c, canned, strlen(canned));
	c->close_after = canned_close;
}

/** One exchange: the server says @text. */
static inline int exchange(const char *text, bool close)
{
	canned = text;
	canned_close = close;
	server.answer = answer_canned;
	return fetch("http://10.0.2.9/");
}

static inline bool body_is(const char *text)
{
	size_t len = strlen(text);

	return download_progress(d)->done_bytes == len && memcmp(memory.bytes, text, len) == 0;
}

#endif
