/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP exchanges: request, header, body, end. See net/http_exchange.h. */
#include "net/http_exchange.h"

#include "config/features.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "net/http.h"
#include "net/http_validator.h"

/* ---- the end of an exchange ----------------------------------------------------------------------------------------------------- */

/** Nothing of @e is left on its connection, which either goes on to whoever is next, or ends. */
static bool pass_on(struct http_exchange *e, uint32_t now_ms)
{
	const struct http_response *r = &e->header.response;
	struct http_connection *c = e->connection;

	if (r->close || (r->minor_version < 1 && !r->keep_alive) || c->abandoned || c->tcp.state != TCP_ESTABLISHED)
		return false;
	e->connection = NULL;
	http_connection_pass(c, now_ms);
	return true;
}

/** Tell the download. @reusable: the answer is over, and known to be so. An exchange behind this one has its connection then, or none. */
static void finish(struct http_exchange *e, int how, int rc, bool reusable, uint32_t now_ms)
{
	struct http_connection *c = e->connection;
	const struct http_response *r = &e->header.response;
	struct transfer_end end = { how, e->transfer.stage == TRANSFER_CONNECTING, e->broken, rc, r->location, r->retry_after_s };
	struct http_exchange *next = NULL;

	if (e->state == HTTP_OVER)
		return;
	e->state = HTTP_OVER;
	e->transfer.stage = TRANSFER_OVER;
	if (c) {
		e->transfer.rtt_ms = c->tcp.srtt_ms;
		e->heard_ms = c->tcp.data_ms;
	}
	if (c && !(reusable && pass_on(e, now_ms))) {
		next = CONFIG_RESUME ? c->next : NULL;
		c->exchange = c->next = NULL;
		if (how == TRANSFER_FAILED || e->body.wanted < e->body.len)
			tcp_abort(&c->tcp, now_ms);     /* the peer would go on sending */
		else
			tcp_close(&c->tcp, now_ms);
	}
	e->transfer.user->ended(e->transfer.user, &end, now_ms);
	if (next)
		http_exchange_break(next, rc ? rc : -ECONNABORTED, now_ms);
}

void http_exchange_fail(struct http_exchange *e, int rc, uint32_t now_ms)
{
	finish(e, TRANSFER_FAILED, rc, false, now_ms);
}

void http_exchange_break(struct http_exchange *e, int rc, uint32_t now_ms)
{
	e->broken = true;
	if (e->connection && e->connection->exchange != e)
		e->connection = NULL;                   /* it was behind another, whose owner frees it */
	http_exchange_fail(e, rc, now_ms);
}

static void finish_done(struct http_exchange *e, bool reusable, uint32_t now_ms)
{
	finish(e, TRANSFER_DONE, 0, reusable, now_ms);
}

/** May @left bytes that came behind the answer be there? They can only be the next one's. */
static bool left_belongs(const struct http_exchange *e, uint64_t left)
{
	return left == 0 || (CONFIG_RESUME && e->connection->next);
}

/* ---- header --------------------------------------------------------------------------------------------------------------------- */

static int status_error(unsigned status)
{
	switch (status) {
	case 401: case 403: case 407:
		return -EACCES;
	case 404: case 410:
		return -ENOENT;
	case 416:
		return -ERANGE;
	default:
		return -EIO;
	}
}

/** RFC 9110 15.5.17: of an empty file there are no bytes to be had, not even all of them. */
static bool is_empty_file(const struct http_exchange *e)
{
	return CONFIG_RESUME && e->header.response.status == 416 && e->header.response.range_total == 0 && e->piece.start == 0;
}

static void take_empty_file(struct http_exchange *e, bool reusable, uint32_t now_ms)
{
	struct transfer_info info = { { 0, 0 }, true, 0, true, http_validator(&e->header.response) };
	int rc = e->transfer.user->begin(e->transfer.user, &info);

	if (rc != 0)
		http_exchange_fail(e, rc, now_ms);
	else
		finish_done(e, reusable, now_ms);
}

/** Any status that brings no file. Returns what of @left, which came behind the header, is not its body. */
static size_t refused(struct http_exchange *e, size_t left, uint32_t now_ms)
{
	const struct http_response *r = &e->header.response;
	unsigned status = r->status;
	bool reusable = r->has_length && !r->chunked && r->length <= left && left_belongs(e, left - r->length);
	int rc;

	if (is_empty_file(e)) {
		take_empty_file(e, reusable, now_ms);
	} else if (r->location[0] && ((status >= 301 && status <= 303) || status == 307 || status == 308)) {
		finish(e, TRANSFER_REDIRECTED, 0, reusable, now_ms);
	} else {
		rc = fail(status_error(status), "HTTP %u%s%s", status, r->reason[0] ? " " : "", r->reason);
		finish(e, status == 429 || status >= 500 ? TRANSFER_BUSY : TRANSFER_FAILED, rc, reusable, now_ms);
	}
	return reusable ? left - (size_t)r->length : left;
}

/** RFC 9110 15.3.7. Where no part is asked for, one that comes is refused. */
static bool is_part(const struct http_exchange *e)
{
	return CONFIG_RESUME && e->header.response.status == 206;
}

/** Is a 206 the part that was asked for (RFC 9110 15.3.7)? Its end may come before the one that was asked for. */
static int check_part(const struct http_exchange *e)
{
	const struct http_response *r = &e->header.response;

	if (r->multipart)
		return fail(-EPROTO, "HTTP 206 in several parts (multipart/byteranges)");
	if (!r->has_range)
		return fail(-EPROTO, "HTTP 206 without a Content-Range");
	if (r->range.start != e->piece.start || r->range.end > e->piece.end)
		return fail(-EPROTO, "HTTP 206 with bytes %llu-%llu instead of %llu-", (unsigned long long)r->range.start,
		            (unsigned long long)r->range.end - 1, (unsigned long long)e->piece.start);
	if (r->has_length && !r->chunked && r->length != r->range.end - r->range.start)
		return fail(-EPROTO, "HTTP 206 with bytes %llu-%llu in a body of %llu", (unsigned long long)r->range.start,
		            (unsigned long long)r->range.end - 1, (unsigned long long)r->length);
	return 0;
}

/** RFC 9112 6.3: how the body is delimited. Transfer-Encoding wins, and the connection is not trusted then. */
static void choose_body(struct http_exchange *e)
{
	struct http_response *r = &e->header.response;

	e->body.len = RANGE_UNKNOWN;
	if (is_part(e)) {
		e->body.offset = r->range.start;
		e->body.len = r->range.end - r->range.start;
	}
	if (r->status == 204 || r->status == 205) {
		e->state = HTTP_LENGTH;
		e->body.len = 0;
	} else if (r->chunked) {
		e->state = HTTP_CHUNKED;
		http_chunks_init(&e->chunks);
		r->close |= r->has_length;
		r->has_length = false;
	} else if (r->has_length || is_part(e)) {
		e->state = HTTP_LENGTH;
		if (!is_part(e))
			e->body.len = r->length;
	} else {
		e->state = HTTP_UNTIL_CLOSE;
	}
}

static struct transfer_info describe(const struct http_exchange *e)
{
	const struct http_response *r = &e->header.response;
	const struct http_body *b = &e->body;
	struct transfer_info info = { { b->offset, RANGE_UNKNOWN }, false, 0, is_part(e), "" };

	if (CONFIG_RESUME)
		info.validator = http_validator_of_answer(r, e->validator);
	if (e->state == HTTP_LENGTH || is_part(e))
		info.piece.end = b->offset + b->len;
	if (is_part(e))
		info.total_bytes = r->range_total;
	else
		info.total_bytes = info.piece.end;
	info.known = info.total_bytes != RANGE_UNKNOWN;
	if (!info.known)
		info.total_bytes = 0;
	return info;
}

/** A limit set before the body's place was known counts from here on. */
static void limit_body(struct http_exchange *e)
{
	struct http_body *b = &e->body;
	uint64_t most = e->limit > b->offset ? e->limit - b->offset : 0;

	if (!CONFIG_RESUME)
		most = b->len;
	b->wanted = b->len < most ? b->len : most;
	if (b->wanted < b->done)
		b->wanted = b->done;
	if (CONFIG_RESUME && e->state == HTTP_LENGTH)
		tcp_receive_until(&e->connection->tcp, b->wanted < b->len ? b->start + b->wanted : UINT64_MAX);
}

/** RFC 9110 15.2: skipped, but not for ever. */
static void interim(struct http_exchange *e, uint32_t now_ms)
{
	if (++e->interim > HTTP_INTERIM_MAX)
		http_exchange_fail(e, fail(-EPROTO, "more than %u interim responses", HTTP_INTERIM_MAX), now_ms);
	http_header_init(&e->header);
}

/** The header of a response that brings the file is whole, @left bytes came behind it. */
static void file_begins(struct http_exchange *e, size_t left, uint32_t now_ms)
{
	int rc = is_part(e) ? check_part(e) : 0;
	struct transfer_info info;

	if (rc == 0) {
		e->body.start = e->connection->received - left;
		choose_body(e);
		limit_body(e);
		e->transfer.stage = TRANSFER_RECEIVING;
		e->transfer.rtt_ms = e->connection->tcp.srtt_ms;
		info = describe(e);
		rc = e->transfer.user->begin(e->transfer.user, &info);
	}
	if (rc != 0)
		http_exchange_fail(e, rc, now_ms);
	else if (e->state != HTTP_CHUNKED && e->body.done == e->body.wanted)
		finish_done(e, e->body.len == 0 && left_belongs(e, left), now_ms);
}

/** The header is whole, @left bytes came behind it; returns how many of these are for others. */
static size_t header_ended(struct http_exchange *e, size_t left, uint32_t now_ms)
{
	unsigned status = e->header.response.status;

	if (status < 200 && status != 101)
		interim(e, now_ms);
	else if (status / 100 != 2 || (!CONFIG_RESUME && status == 206))
		return refused(e, left, now_ms);
	else
		file_begins(e, left, now_ms);
	return left;
}

/* ---- body ----------------------------------------------------------------------------------------------------------------------- */

static void body_arrived(struct http_exchange *e, uint64_t len, uint32_t now_ms)
{
	uint64_t at = e->body.offset + e->body.done;

	e->body.done += len;
	e->transfer.user->arrived(e->transfer.user, at, len, now_ms);
}

/** Bytes of the body that TCP could not place. */
static void body_copy(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	struct http_body *b = &e->body;
	uint64_t at = b->offset + b->done;
	uint8_t *place;

	if (len > b->len - b->done) {                   /* chunks may say what they like */
		http_exchange_fail(e, fail(-EPROTO, "more bytes than the Content-Range said"), now_ms);
		return;
	}
	if (len > b->wanted - b->done)
		len = (size_t)(b->wanted - b->done);
	place = len ? e->transfer.user->at(e->transfer.user, at, len) : NULL;
	if (place) {
		memcpy(place, data, len);
		body_arrived(e, len, now_ms);
	} else if (len) {
		http_exchange_fail(e, fail(-ENOMEM, "no room for more than %llu bytes", (unsigned long long)at), now_ms);
		return;
	}
	if (b->done == b->wanted && b->wanted < b->len)
		finish_done(e, false, now_ms);
}

/** Each of these returns how many of the @len bytes at @data are not of the body. */
static size_t chunked_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	int rc = -EINPROGRESS;

	while (rc == -EINPROGRESS && len && e->state == HTTP_CHUNKED) {
		const uint8_t *body;
		size_t body_len;

		rc = http_chunks_feed(&e->chunks, &data, &len, &body, &body_len);
		if (body_len)
			body_copy(e, body, body_len, now_ms);
	}
	if (rc == 0)
		finish_done(e, left_belongs(e, len), now_ms);
	else if (rc != -EINPROGRESS)
		http_exchange_fail(e, rc, now_ms);
	return len;
}

static size_t length_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	uint64_t left = e->body.len - e->body.done;
	size_t n = len < left ? len : (size_t)left;

	body_copy(e, data, n, now_ms);
	if (e->state == HTTP_LENGTH && e->body.done == e->body.len)
		finish_done(e, left_belongs(e, len - n), now_ms);
	return len - n;
}

static size_t body_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	if (e->state == HTTP_LENGTH)
		return length_input(e, data, len, now_ms);
	if (e->state == HTTP_CHUNKED)
		return chunked_input(e, data, len, now_ms);
	if (e->state == HTTP_UNTIL_CLOSE)
		body_copy(e, data, len, now_ms);
	return e->state == HTTP_UNTIL_CLOSE ? 0 : len;
}

size_t http_exchange_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	while (len && e->state == HTTP_HEADER) {
		size_t used = 0;
		int rc = http_header_feed(&e->header, data, len, &used);

		e->answered = true;
		if (rc == -EINPROGRESS)
			return 0;
		if (rc != 0) {
			http_exchange_fail(e, rc, now_ms);
			return len;
		}
		data += used;
		len -= used;
		len = header_ended(e, len, now_ms);
	}
	return len ? body_input(e, data, len, now_ms) : 0;
}

/* ---- what its connection tells, and asks -------------------------------------------------------------------------------------------- */

int http_exchange_send(struct http_exchange *e, uint32_t now_ms)
{
	size_t size = http_request_emit(NULL, 0, e->uri, HTTP_PORT, &e->piece, e->validator) + 1;
	char *text = heap_alloc(size);
	int rc;

	if (!text)
		return fail(-ENOMEM, "no room for an HTTP request of %u bytes", (unsigned)size);
	http_request_emit(text, size, e->uri, HTTP_PORT, &e->piece, e->validator);
	if (CONFIG_PXE && e->connection->exchange == e)
		http_exchange_hold(e);          /* the request's segment says how wide the window is */
	rc = tcp_send(&e->connection->tcp, text, size - 1, now_ms);
	heap_free(text);
	e->transfer.stage = TRANSFER_WAITING;
	e->transfer.rtt_ms = e->connection->tcp.srtt_ms;
	return rc;
}

uint8_t *http_exchange_place(struct http_exchange *e, uint64_t offset, size_t len)
{
	const struct http_body *b = &e->body;

	if (e->state != HTTP_LENGTH || offset < b->start || offset + len > b->start + b->wanted)
		return NULL;
	return e->transfer.user->at(e->transfer.user, b->offset + (offset - b->start), len);
}

void http_exchange_placed(struct http_exchange *e, uint64_t len, uint32_t now_ms)
{
	struct http_body *b = &e->body;

	if (e->state != HTTP_LENGTH)
		return;
	if (len > b->wanted - b->done)                  /* there before the limit was */
		len = b->wanted - b->done;
	if (len)
		body_arrived(e, len, now_ms);
	if (b->done == b->wanted)
		finish_done(e, b->wanted == b->len, now_ms);
}

uint64_t http_exchange_awaits(const struct http_exchange *e, uint64_t offset)
{
	const struct http_body *b = &e->body;
	uint64_t end = e->piece.end < e->limit ? e->piece.end : e->limit;

	if (e->state == HTTP_LENGTH)
		return b->start + b->wanted > offset ? b->start + b->wanted - offset : 0;
	if (e->state == HTTP_HEADER && end != RANGE_UNKNOWN && end > e->piece.start)
		return end - e->piece.start;            /* if it comes as it was asked for */
	return 0;
}

void http_exchange_limit(struct http_exchange *e, uint64_t end)
{
	if (end == e->limit)
		return;
	e->limit = end;
	if (e->state == HTTP_LENGTH || e->state == HTTP_CHUNKED || e->state == HTTP_UNTIL_CLOSE)
		limit_body(e);
}

/** No byte of the stream brings more than a byte of the file: that is as much as can be said before a body of known length begins. */
void http_exchange_hold(struct http_exchange *e)
{
	const struct http_body *b = &e->body;
	uint64_t here = e->connection->received, next = e->state == HTTP_HEADER ? e->piece.start : b->offset + b->done;

	if (e->state == HTTP_LENGTH) {
		here = b->start;
		next = b->offset;
	}
	if (e->hold == RANGE_UNKNOWN || (e->state == HTTP_LENGTH && e->hold >= b->offset + b->len))
		tcp_hold(&e->connection->tcp, UINT64_MAX);
	else
		tcp_hold(&e->connection->tcp, here + (e->hold > next ? e->hold - next : 0));
}

bool http_exchange_may_be_followed(const struct http_exchange *e)
{
	const struct http_response *r = &e->header.response;
	const struct http_connection *c = e->connection;

	return e->state == HTTP_LENGTH && e->body.wanted == e->body.len && !r->close && r->minor_version >= 1 && c->exchange == e &&
	       !c->next && !c->abandoned && c->tcp.state == TCP_ESTABLISHED && !c->tcp.fin_known;
}

/** An idle connection may have ended while the request was on its way: ask again on a new one, once. */
static bool try_anew(struct http_exchange *e, uint32_t now_ms)
{
	struct http_connection *c = e->connection;

	if (!c->reused || e->answered)
		return false;
	c->reused = false;
	c->received = 0;
	e->transfer.stage = TRANSFER_CONNECTING;
	return tcp_connect(&c->tcp, e->net, &c->stream, e->transfer.address, e->transfer.port, now_ms) == 0;
}

/** The words for a stream that ended too early, for the reason @rc (0: in good order). */
static int too_early(const struct http_exchange *e, int rc)
{
	unsigned long long done = e->body.done;

	if (rc == -EMSGSIZE)
		return rc;
	if (e->state == HTTP_HEADER && rc == 0)
		return fail(-ECONNABORTED, e->answered ? "in the middle of an HTTP header" : "no answer to the HTTP request");
	if (e->state == HTTP_LENGTH)
		return fail(rc ? rc : -ECONNABORTED, "got %llu of %llu bytes", done, (unsigned long long)e->body.len);
	if (e->state == HTTP_CHUNKED && rc == 0)
		return fail(-ECONNABORTED, "got %llu bytes without the last chunk", done);
	return rc;
}

void http_exchange_closed(struct http_exchange *e, int rc, uint32_t now_ms)
{
	if (try_anew(e, now_ms))
		return;
	if (e->state == HTTP_UNTIL_CLOSE && rc == 0)
		finish_done(e, false, now_ms);
	else
		http_exchange_break(e, too_early(e, rc), now_ms);
}
