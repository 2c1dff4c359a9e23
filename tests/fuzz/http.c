/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server sends: the first byte says how it is split (6 bits) and who asked (2 bits), the rest is the stream. Header and chunks must
 * read the same however they are split; then a whole download meets the stream, and the connection's end behind it, or one transfer of
 * a part, or two behind each other on one connection, or one that is made shorter on its way. Of these none writes outside of what it was
 * told it would bring, tells of a byte twice, or goes on after its end. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "net/download.h"
#include "net/http.h"
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
			if (out_len)
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

static void begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&server, 0, sizeof server);
	server.answer = answer;
	sim_server_join(&server, &s, SIM_GATEWAY, 80);
	memory[ROOM] = 0xa5;
}

static void end(void)
{
	check(memory[ROOM] == 0xa5);
	sim_server_leave(&server);
	sim_stop(&s);
}

static void download(void)
{
	struct sink sink = { .size = sink_size, .at = sink_at };
	struct uri *uri;

	begin();
	if (uri_parse("http://10.0.2.2/x", &uri) == 0) {
		check(download_start(&d, &s.net, uri, &sink, s.now_ms) == 0);
		uri_free(uri);
		sim_run_until(&s, over, NULL, 400000);
		check(over(NULL));
		if (download_rc(d) == 0)
			check(download_progress(d)->done_bytes == download_progress(d)->total_bytes);
		download_stop(d, s.now_ms);
	}
	end();
}

/* ---- transfers ------------------------------------------------------------------------------------------------------------------- */

enum { WHOLE, PART, BEHIND, LIMITED };

static struct asker {
	struct transfer_user user;
	struct transfer *transfer;
	struct range asked, told;
	uint64_t done, limit;
	bool begun, ended, well;
} asker[2];

static int on_begin(struct transfer_user *user, const struct transfer_info *info)
{
	struct asker *a = (struct asker *)user;

	check(!a->begun && !a->ended && (a == asker || asker[0].ended));
	check(info->piece.start <= info->piece.end && (!info->known || info->piece.end <= info->total_bytes));
	check(info->ranges ? info->piece.start == a->asked.start && info->piece.end <= a->asked.end : info->piece.start == 0);
	check(info->validator && strlen(info->validator) < HTTP_VALIDATOR_MAX);
	a->begun = true;
	a->told = info->piece;
	return info->known && info->total_bytes > ROOM ? fail(-ENOMEM, "too large") : 0;
}

static uint8_t *on_at(struct transfer_user *user, uint64_t offset, size_t len)
{
	struct asker *a = (struct asker *)user;

	check(!a->ended && len > 0);
	if (a->begun)
		check(offset >= a->told.start + a->done && offset + len <= a->told.end);
	else
		check(a == &asker[1] && offset >= a->asked.start && offset + len <= a->asked.end);
	return sink_at(NULL, offset, len);
}

static void on_arrived(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms)
{
	struct asker *a = (struct asker *)user;

	check(a->begun && !a->ended && offset == a->told.start + a->done);
	a->done += len;
	check(offset + len <= a->told.end && offset + len <= (a->limit > a->told.start ? a->limit : a->told.start));
}

static void on_ended(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms)
{
	struct asker *a = (struct asker *)user;

	check(!a->ended);
	a->ended = true;
	a->well = end->how == TRANSFER_DONE;
	check(a->well || end->rc < 0 || end->how == TRANSFER_REDIRECTED);
	check(end->how != TRANSFER_REDIRECTED || end->location[0]);
}

static int ask(struct asker *a, const struct uri *uri, uint64_t start, uint64_t end, struct transfer *behind)
{
	struct transfer_request request = { uri, SIM_GATEWAY, { start, end }, "\"v1\"", behind, 0 };

	*a = (struct asker){ .user = { on_begin, on_at, on_arrived, on_ended }, .asked = { start, end }, .limit = RANGE_UNKNOWN };
	return http_scheme.open(&a->transfer, &a->user, &s.net, &request, s.now_ms);
}

static bool all_over(void *arg)
{
	return asker[0].ended && (!asker[1].transfer || asker[1].ended);
}

static void transfers(unsigned how)
{
	struct uri *uri;

	check(uri_parse("http://10.0.2.2/x", &uri) == 0);
	memset(asker, 0, sizeof asker);
	server.host.to_stack.rate_bytes_per_ms = 60;    /* a small segment or so each time it is looked at */
	check(ask(&asker[0], uri, how == PART ? 6 : 0, how == LIMITED ? RANGE_UNKNOWN : 11, NULL) == 0);
	for (unsigned i = 0; i < 100 && !asker[0].ended; i++) {
		sim_advance(&s, 1);
		if (how == BEHIND && !asker[1].transfer)
			ask(&asker[1], uri, 11, 22, asker[0].transfer);
		if (how == LIMITED && asker[0].begun && !asker[0].ended && asker[0].limit == RANGE_UNKNOWN) {
			asker[0].limit = asker[0].told.start + asker[0].done + 1 + i % 5;
			http_scheme.limit(asker[0].transfer, asker[0].limit);
		}
	}
	sim_run_until(&s, all_over, NULL, 60000);
	for (unsigned i = 0; i < 2; i++) {
		struct asker *a = &asker[i];

		if (a->ended && a->well && a->told.end != RANGE_UNKNOWN && a->limit == RANGE_UNKNOWN)
			check(a->done <= a->told.end - a->told.start);
	}
	http_scheme.close(asker[step & 1].transfer, s.now_ms);         /* in either order, over or not */
	http_scheme.close(asker[~step & 1].transfer, s.now_ms);
	sim_settle(&s);
	http_scheme.shutdown(&s.net, s.now_ms);
	uri_free(uri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size > 40000)
		return 0;
	step = 1 + (data[0] & 63);
	stream = data + 1;
	stream_len = size - 1;
	parse();
	if (data[0] >> 6 == WHOLE) {
		download();
		return 0;
	}
	begin();
	transfers(data[0] >> 6);
	end();
	return 0;
}
