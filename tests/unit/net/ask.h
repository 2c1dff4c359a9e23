/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of net/http*.c share: a stack, a simulated server at 10.0.2.9, and those who ask it for a file or a part of it, each by
 * one transfer, without a download above them. */
#ifndef TESTS_UNIT_NET_ASK_H
#define TESTS_UNIT_NET_ASK_H

#include "core/errors.h"
#include "core/heap.h"
#include "net/download.h"
#include "net/http.h"
#include "net/http_exchange.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"
#include "tests/unit/test.h"

#define SERVER_IP SIM_ADDR(10, 0, 2, 9)
#define ROOM (32u << 20)

enum { SEED = 7, ASKERS = 3 };

static struct sim s;
static struct sim_server server;

static struct asker {
	struct transfer_user user;
	struct transfer *transfer;
	struct uri *uri;
	struct range asked;
	int refuse;                             /* what begin() says */
	unsigned begun, ended;
	struct transfer_info info;
	char validator[160];
	struct transfer_end end;
	uint64_t done;                          /* bytes that arrived */
	uint32_t begun_ms, ended_ms;
} asker[ASKERS];

/* All of them fill one file. */
static uint8_t *file;

static struct asker *asker_of(struct transfer_user *user) { return (struct asker *)user; }

static int asker_begin(struct transfer_user *user, const struct transfer_info *info)
{
	struct asker *a = asker_of(user);

	EXPECT_EQ(a->begun, 0);
	EXPECT_EQ(a->ended, 0);
	a->begun++;
	a->begun_ms = s.now_ms;
	a->info = *info;
	snprintf(a->validator, sizeof a->validator, "%s", info->validator);
	return a->refuse ? fail(a->refuse, "refused") : info->known && info->total_bytes > ROOM ? fail(-ENOMEM, "too large") : 0;
}

static uint8_t *asker_at(struct transfer_user *user, uint64_t offset, size_t len)
{
	struct asker *a = asker_of(user);

	EXPECT_EQ(a->ended, 0);
	EXPECT(len > 0);
	if (a->begun)
		EXPECT(offset >= a->info.piece.start + a->done && offset + len <= a->info.piece.end);
	else                                    /* behind another, and ahead of its turn */
		EXPECT(offset >= a->asked.start && offset + len <= a->asked.end);
	return offset + len <= ROOM ? file + offset : NULL;
}

static void asker_arrived(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms)
{
	struct asker *a = asker_of(user);

	(void)now_ms;
	EXPECT_EQ(a->ended, 0);
	EXPECT_EQ(offset, a->info.piece.start + a->done);
	a->done += len;
}

static void asker_ended(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms)
{
	struct asker *a = asker_of(user);

	EXPECT_EQ(a->ended, 0);
	a->ended++;
	a->ended_ms = now_ms;
	a->end = *end;
}

static inline void begin(void)
{
	host_reset();
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&server, 0, sizeof server);
	sim_server_join(&server, &s, SERVER_IP, 80);
	memset(asker, 0, sizeof asker);
	file = calloc(1, ROOM);
	error_clear();
}

static inline void put_away(struct asker *a)
{
	http_scheme.close(a->transfer, s.now_ms);
	uri_free(a->uri);
	*a = (struct asker){ .transfer = NULL };
}

static inline void end(void)
{
	for (unsigned i = 0; i < ASKERS; i++)
		put_away(&asker[i]);
	sim_settle(&s);
	http_scheme.shutdown(&s.net, s.now_ms);
	sim_server_leave(&server);
	sim_stop(&s);
	free(file);
}

/** Ask @url for [@from, @to), behind @behind if not NULL. */
static inline int ask_url(struct asker *a, const char *url, uint32_t address, uint64_t from, uint64_t to, const char *validator,
                          const struct asker *behind)
{
	struct transfer_request request = { NULL, address, { from, to }, validator, behind ? behind->transfer : NULL, 0 };
	int refuse = a->refuse;

	put_away(a);
	a->refuse = refuse;
	a->asked = (struct range){ from, to };
	a->user = (struct transfer_user){ asker_begin, asker_at, asker_arrived, asker_ended };
	EXPECT_EQ(uri_parse(url, &a->uri), 0);
	request.uri = a->uri;
	return http_scheme.open(&a->transfer, &a->user, &s.net, &request, s.now_ms);
}

static inline int ask(struct asker *a, uint64_t from, uint64_t to)
{
	return ask_url(a, "http://10.0.2.9/f", SERVER_IP, from, to, NULL, NULL);
}

static inline int ask_behind(struct asker *a, uint64_t from, uint64_t to, const struct asker *behind)
{
	return ask_url(a, "http://10.0.2.9/f", SERVER_IP, from, to, NULL, behind);
}

static inline bool over(void *arg) { return ((struct asker *)arg)->ended; }

/** Run until @a has ended; its result in short: 0, an error, or for a redirect 1. */
static inline int await(struct asker *a)
{
	if (!sim_run_until(&s, over, a, 600000))
		return -EINPROGRESS;
	return a->end.how == TRANSFER_REDIRECTED ? 1 : a->end.rc;
}

static inline bool said(const char *words)
{
	char text[400];

	error_format(text, sizeof text, asker[0].end.rc);
	if (strstr(text, words))
		return true;
	printf("said: %s\n", text);
	return false;
}

/** Are these bytes of the file as the server has them? */
static inline bool part_is(uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		if (file[i] != server_byte(SEED, i)) {
			printf("byte %llu differs\n", (unsigned long long)i);
			return false;
		}
	return true;
}

/** The answer of a test's server: its text, and after it the server closes if @close. */
static const char *canned;
static bool canned_close;
static inline void answer_canned(struct server_connection *c, const char *request)
{
	server_say(c, canned, strlen(canned));
	c->close_after = canned_close;
}

/** One exchange for all of a file, by asker[0]: the server says @text. */
static inline int exchange(const char *text, bool close)
{
	canned = text;
	canned_close = close;
	server.answer = answer_canned;
	memset(file, 0, 65536);
	EXPECT_EQ(ask(&asker[0], 0, RANGE_UNKNOWN), 0);
	return await(&asker[0]);
}

/** The same for a part, with If-Range: @validator. */
static inline int exchange_part(const char *text, uint64_t from, uint64_t to, const char *validator)
{
	canned = text;
	canned_close = false;
	server.answer = answer_canned;
	memset(file, 0, 65536);
	EXPECT_EQ(ask_url(&asker[0], "http://10.0.2.9/f", SERVER_IP, from, to, validator, NULL), 0);
	return await(&asker[0]);
}

static inline bool body_is(const char *text)
{
	size_t len = strlen(text);

	return asker[0].done == len && memcmp(file + asker[0].info.piece.start, text, len) == 0;
}

/** A test's server: parts of a file of FILE_BYTES, as asked. */
enum { FILE_BYTES = 12 << 20 };
static inline void answer_part(struct server_connection *c, const char *request)
{
	const char *range = strstr(request, "\r\nRange: bytes=");
	unsigned long long from = 0, to = FILE_BYTES;
	char *rest;

	if (range) {
		from = strtoull(range + strlen("\r\nRange: bytes="), &rest, 10);
		if (rest[1] != '\r')
			to = strtoull(rest + 1, NULL, 10) + 1;
		to = to < FILE_BYTES ? to : FILE_BYTES;
	}
	server_sayf(c, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %llu-%llu/%d\r\nContent-Length: %llu\r\nETag: \"v1\"\r\n\r\n",
	            from, to - 1, FILE_BYTES, to - from);
	server_say_file(c, SEED, from, to - from);
}


/** Have the server's MAC, so that what is measured later is the way to it alone; then such a way, of @rtt_ms both ways together. */
static inline void far_server(uint32_t rtt_ms)
{
	server.answer = answer_part;
	ask(&asker[0], 0, 1);
	await(&asker[0]);
	put_away(&asker[0]);
	http_scheme.shutdown(&s.net, s.now_ms);
	server.host.to_host.delay_us = server.host.to_stack.delay_us = rtt_ms * 500;
	server.requests = server.accepted = 0;
}

#endif
