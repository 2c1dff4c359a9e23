/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server sends: the first byte says how it is split, the rest is the stream. Header and chunks must read the same however they
 * are split; then a whole download meets the stream, and the connection's end behind it. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/download.h"
#include "net/http_parse.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"

enum { ROOM = 65536 };

static struct sim s;
static struct sim_server server;
static const uint8_t *stream;
static size_t stream_len, step;
static uint8_t memory[ROOM + 1];

static void check(bool condition)
{
	if (!condition)
		abort();
}

/** Feed the header in pieces of @n; returns its result, and how much of the stream it took. */
static int header(struct http_header *h, size_t n, size_t *taken)
{
	http_header_init(h);
	for (size_t at = 0; at < stream_len; at += n) {
		size_t len = stream_len - at < n ? stream_len - at : n, used = 0;
		int rc = http_header_feed(h, stream + at, len, &used);

		check(used <= len);
		*taken = at + used;
		if (rc != -EINPROGRESS)
			return rc;
	}
	return -EINPROGRESS;
}

static int chunks(const uint8_t *data, size_t len, size_t n, uint8_t *body, size_t *body_len)
{
	struct http_chunks c;
	int rc = -EINPROGRESS;

	http_chunks_init(&c);
	*body_len = 0;
	for (size_t at = 0; at < len && rc == -EINPROGRESS; at += n) {
		size_t left = len - at < n ? len - at : n;
		const uint8_t *p = data + at;

		while (left && rc == -EINPROGRESS) {
			const uint8_t *out;
			size_t out_len, before = left;

			rc = http_chunks_feed(&c, &p, &left, &out, &out_len);
			check(left < before || rc != -EINPROGRESS);
			memcpy(body + *body_len, out, out_len);
			*body_len += out_len;
		}
	}
	return rc;
}

static void parse(void)
{
	static struct http_header whole, split;
	static uint8_t body1[65536], body2[65536];
	size_t taken1 = 0, taken2 = 0, len1, len2;
	int rc = header(&whole, stream_len + 1, &taken1);

	check(header(&split, step, &taken2) == rc);
	if (rc == 0) {
		check(taken1 == taken2);
		check(memcmp(&whole.response, &split.response, sizeof whole.response) == 0);
	}
	check(chunks(stream, stream_len, stream_len + 1, body1, &len1) == chunks(stream, stream_len, step, body2, &len2));
	check(len1 == len2 && memcmp(body1, body2, len1) == 0);
}

static int sink_size(struct sink *sink, bool known, uint64_t total)
{
	return total > ROOM ? fail(-ENOMEM, "too large") : 0;
}

static uint8_t *sink_at(struct sink *sink, uint64_t offset, size_t len)
{
	return offset + len <= ROOM ? memory + offset : NULL;
}

static void answer(struct server_connection *c, const char *request)
{
	c->mss = (uint16_t)(step < 20 ? 20 : step);
	server_say(c, stream, stream_len);
	c->close_after = true;
}

static struct download *d;
static bool over(void *arg) { return download_rc(d) != -EINPROGRESS; }

static void download(void)
{
	struct sink sink = { sink_size, sink_at };
	struct uri *uri;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&server, 0, sizeof server);
	server.answer = answer;
	sim_server_join(&server, &s, SIM_GATEWAY, 80);
	memory[ROOM] = 0xa5;
	if (uri_parse("http://10.0.2.2/x", &uri) == 0) {
		check(download_start(&d, &s.net, uri, &sink, s.now_ms) == 0);
		uri_free(uri);
		sim_run_until(&s, over, NULL, 400000);
		check(over(NULL) && memory[ROOM] == 0xa5);
		if (download_rc(d) == 0)
			check(download_progress(d)->done_bytes == download_progress(d)->total_bytes);
		download_stop(d, s.now_ms);
	}
	sim_server_leave(&server);
	sim_stop(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size > 40000)
		return 0;
	step = 1 + data[0];
	stream = data + 1;
	stream_len = size - 1;
	parse();
	download();
	return 0;
}
