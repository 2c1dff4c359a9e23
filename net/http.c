/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP exchanges: open, request, header, body, end. Their connections are net/http_connection.c's. */
#include "net/http.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "net/http_connection.h"
#include "net/http_parse.h"

struct http_exchange {
	struct transfer transfer;               /* first: what the download holds */
	struct net *net;
	struct http_connection *connection;
	const struct uri *uri;
	struct range piece;
	const char *validator;
	enum { HTTP_HEADER, HTTP_LENGTH, HTTP_CHUNKED, HTTP_UNTIL_CLOSE, HTTP_OVER } state;
	bool answered;                          /* a byte has come */
	bool broken;                            /* the connection ended before its time */
	unsigned interim;                       /* 1xx responses so far */
	uint64_t body_start;                    /* where the body begins in the stream */
	uint64_t body_len;                      /* RANGE_UNKNOWN: not said */
	uint64_t body_done;
	uint64_t offset;                        /* of the body's first byte in the resource */
	struct http_header header;
	struct http_chunks chunks;
};

/* ---- the end of an exchange ----------------------------------------------------------------------------------------------------- */

/** Tell the download. The connection is kept if nothing of this exchange is left on it. */
static void finish(struct http_exchange *e, int how, int rc, bool reusable, uint32_t now_ms)
{
	struct http_connection *c = e->connection;
	const struct http_response *r = &e->header.response;
	struct transfer_end end = { how, e->transfer.stage == TRANSFER_CONNECTING, e->broken, rc, r->location, r->retry_after_s };

	if (e->state == HTTP_OVER)
		return;
	e->state = HTTP_OVER;
	e->transfer.stage = TRANSFER_OVER;
	if (reusable && !r->close && (r->minor_version >= 1 || r->keep_alive) && c->tcp.state == TCP_ESTABLISHED) {
		e->connection = NULL;
		http_connection_keep(c, now_ms);
	} else if (how == TRANSFER_FAILED) {
		tcp_abort(&c->tcp, now_ms);
	} else {
		tcp_close(&c->tcp, now_ms);
	}
	e->transfer.user->ended(e->transfer.user, &end, now_ms);
}

static void finish_failed(struct http_exchange *e, int rc, uint32_t now_ms)
{
	finish(e, TRANSFER_FAILED, rc, false, now_ms);
}

static void finish_done(struct http_exchange *e, bool reusable, uint32_t now_ms)
{
	finish(e, TRANSFER_DONE, 0, reusable, now_ms);
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

/** Any status that brings no file. @reusable: its body, if any, has come already. */
static void refused(struct http_exchange *e, bool reusable, uint32_t now_ms)
{
	const struct http_response *r = &e->header.response;
	unsigned status = r->status;
	int rc;

	if (r->location[0] && ((status >= 301 && status <= 303) || status == 307 || status == 308)) {
		finish(e, TRANSFER_REDIRECTED, 0, reusable, now_ms);
		return;
	}
	rc = fail(status_error(status), "HTTP %u%s%s", status, r->reason[0] ? " " : "", r->reason);
	finish(e, status == 429 || status >= 500 ? TRANSFER_BUSY : TRANSFER_FAILED, rc, reusable, now_ms);
}

/** Is a 206 the part that was asked for (RFC 9110 15.3.7)? */
static int check_part(struct http_exchange *e)
{
	const struct http_response *r = &e->header.response;
	uint64_t len = r->range.end - r->range.start;

	if (!r->has_range || r->range.start != e->piece.start || r->range.end > e->piece.end || (r->has_length && r->length != len))
		return fail(-EPROTO, "HTTP 206 for another part than bytes %llu-", (unsigned long long)e->piece.start);
	e->offset = r->range.start;
	return 0;
}

/** RFC 9112 6.3: how the body is delimited. Transfer-Encoding wins, and the connection is not trusted then. */
static void choose_body(struct http_exchange *e)
{
	struct http_response *r = &e->header.response;

	e->body_len = RANGE_UNKNOWN;
	if (r->status == 206)
		e->body_len = r->range.end - r->range.start;
	if (r->status == 204 || r->status == 205) {
		e->state = HTTP_LENGTH;
		e->body_len = 0;
	} else if (r->chunked) {
		e->state = HTTP_CHUNKED;
		http_chunks_init(&e->chunks);
		r->close |= r->has_length;
		r->has_length = false;
	} else if (r->has_length || r->status == 206) {
		e->state = HTTP_LENGTH;
		if (r->status != 206)
			e->body_len = r->length;
	} else {
		e->state = HTTP_UNTIL_CLOSE;
	}
}

/** The header is whole, @left bytes came behind it. */
static void header_ended(struct http_exchange *e, size_t left, uint32_t now_ms)
{
	const struct http_response *r = &e->header.response;
	struct transfer_info info = { { 0, RANGE_UNKNOWN }, false, 0, r->status == 206, r->etag };
	int rc = 0;

	if (r->status < 200 && r->status != 101) {
		if (++e->interim > HTTP_INTERIM_MAX)
			finish_failed(e, fail(-EPROTO, "more than %u interim responses", HTTP_INTERIM_MAX), now_ms);
		http_header_init(&e->header);
		return;
	}
	if (r->status / 100 != 2) {
		refused(e, r->has_length && !r->chunked && r->length == left, now_ms);
		return;
	}
	e->body_start = e->connection->received - left;
	if (r->status == 206)
		rc = check_part(e);
	choose_body(e);
	e->transfer.stage = TRANSFER_RECEIVING;
	info.piece.start = e->offset;
	if (e->state == HTTP_LENGTH)
		info.piece.end = e->offset + e->body_len;
	info.known = e->state == HTTP_LENGTH;
	info.total_bytes = e->offset + e->body_len;
	if (r->status == 206 && r->range_total != RANGE_UNKNOWN) {
		info.known = true;
		info.total_bytes = r->range_total;
	}
	if (rc == 0)
		rc = e->transfer.user->begin(e->transfer.user, &info);
	if (rc != 0)
		finish_failed(e, rc, now_ms);
	else if (e->state == HTTP_LENGTH && e->body_len == 0)
		finish_done(e, left == 0, now_ms);
}

/* ---- body ----------------------------------------------------------------------------------------------------------------------- */

static void body_arrived(struct http_exchange *e, uint64_t len, uint32_t now_ms)
{
	uint64_t at = e->offset + e->body_done;

	e->body_done += len;
	e->transfer.user->arrived(e->transfer.user, at, len, now_ms);
}

/** Bytes of the body that TCP could not place. */
static void body_copy(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	uint8_t *place = e->transfer.user->at(e->transfer.user, e->offset + e->body_done, len);

	if (len > e->body_len - e->body_done) {         /* chunks may say what they like */
		finish_failed(e, fail(-EPROTO, "more bytes than the Content-Range said"), now_ms);
		return;
	}
	if (!place) {
		finish_failed(e, fail(-ENOMEM, "no room for more than %llu bytes", (unsigned long long)(e->offset + e->body_done)),
		              now_ms);
		return;
	}
	memcpy(place, data, len);
	body_arrived(e, len, now_ms);
}

static void chunked_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
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
		finish_done(e, len == 0, now_ms);
	else if (rc != -EINPROGRESS)
		finish_failed(e, rc, now_ms);
}

static void length_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	uint64_t left = e->body_len - e->body_done;
	size_t n = len < left ? len : (size_t)left;

	body_copy(e, data, n, now_ms);
	if (e->state == HTTP_LENGTH && e->body_done == e->body_len)
		finish_done(e, n == len, now_ms);       /* what follows belongs to nobody */
}

static void exchange_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms)
{
	while (len && e->state == HTTP_HEADER) {
		size_t used = 0;
		int rc = http_header_feed(&e->header, data, len, &used);

		e->answered = true;
		if (rc == -EINPROGRESS)
			return;
		if (rc != 0) {
			finish_failed(e, rc, now_ms);
			return;
		}
		data += used;
		len -= used;
		header_ended(e, len, now_ms);
	}
	if (len && e->state == HTTP_LENGTH)
		length_input(e, data, len, now_ms);
	else if (len && e->state == HTTP_CHUNKED)
		chunked_input(e, data, len, now_ms);
	else if (len && e->state == HTTP_UNTIL_CLOSE)
		body_copy(e, data, len, now_ms);
}

/* ---- what the stream tells -------------------------------------------------------------------------------------------------------- */

static struct http_connection *connection_of(struct stream_user *user)
{
	return container_of(user, struct http_connection, stream);
}

static void send_request(struct http_exchange *e, uint32_t now_ms)
{
	size_t size = http_request_emit(NULL, 0, e->uri, HTTP_PORT, &e->piece, e->validator) + 1;
	char *text = heap_alloc(size);
	int rc;

	e->transfer.stage = TRANSFER_WAITING;
	if (text) {
		http_request_emit(text, size, e->uri, HTTP_PORT, &e->piece, e->validator);
		rc = tcp_send(&e->connection->tcp, text, size - 1, now_ms);
		heap_free(text);
	} else {
		rc = fail(-ENOMEM, "no room for an HTTP request of %u bytes", (unsigned)size);
	}
	if (rc != 0)
		finish_failed(e, rc, now_ms);
}

static void stream_connected(struct stream_user *user, uint32_t now_ms)
{
	send_request(connection_of(user)->exchange, now_ms);
}

static void stream_deliver(struct stream_user *user, const uint8_t *data, size_t len, uint32_t now_ms)
{
	struct http_connection *c = connection_of(user);

	c->received += len;
	if (c->exchange)
		exchange_input(c->exchange, data, len, now_ms);
	else
		tcp_abort(&c->tcp, now_ms);             /* nobody asked */
}

static uint8_t *stream_place(struct stream_user *user, uint64_t offset, size_t len)
{
	struct http_exchange *e = connection_of(user)->exchange;

	if (!e || e->state != HTTP_LENGTH || offset < e->body_start || offset + len > e->body_start + e->body_len)
		return NULL;
	return e->transfer.user->at(e->transfer.user, e->offset + (offset - e->body_start), len);
}

static void stream_placed(struct stream_user *user, uint64_t offset, uint32_t now_ms)
{
	struct http_connection *c = connection_of(user);
	struct http_exchange *e = c->exchange;
	uint64_t len = offset - c->received;

	c->received = offset;
	if (!e || e->state != HTTP_LENGTH)
		return;
	body_arrived(e, len, now_ms);
	if (e->body_done == e->body_len)
		finish_done(e, true, now_ms);
}

static uint64_t stream_placeable(struct stream_user *user, uint64_t offset)
{
	const struct http_exchange *e = connection_of(user)->exchange;

	return e && e->state == HTTP_LENGTH ? e->body_start + e->body_len - offset : 0;
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
static int broken(const struct http_exchange *e, int rc)
{
	unsigned long long done = e->body_done;

	if (e->state == HTTP_HEADER && rc == 0)
		return fail(-ECONNABORTED, e->answered ? "in the middle of an HTTP header" : "no answer to the HTTP request");
	if (e->state == HTTP_LENGTH)
		return fail(rc ? rc : -ECONNABORTED, "got %llu of %llu bytes", done, (unsigned long long)e->body_len);
	if (e->state == HTTP_CHUNKED && rc == 0)
		return fail(-ECONNABORTED, "got %llu bytes without the last chunk", done);
	return rc;
}

static void stream_closed(struct stream_user *user, int rc, uint32_t now_ms)
{
	struct http_exchange *e = connection_of(user)->exchange;

	if (!e || e->state == HTTP_OVER || try_anew(e, now_ms))
		return;
	if (e->state == HTTP_UNTIL_CLOSE && rc == 0)
		finish_done(e, false, now_ms);
	else {
		e->broken = true;
		finish_failed(e, broken(e, rc), now_ms);
	}
}

/* ---- the scheme ------------------------------------------------------------------------------------------------------------------- */

static const struct stream_user callbacks = { stream_connected, stream_deliver, stream_place, stream_placed, stream_placeable,
                                              stream_closed };

static int connect(struct http_exchange *e, uint32_t now_ms)
{
	struct http_connection *c = http_connection_alloc(e, e->uri->host, &callbacks);
	int rc;

	if (!c)
		return fail(-ENOMEM, "no room for a connection");
	if ((rc = tcp_connect(&c->tcp, e->net, &c->stream, e->transfer.address, e->transfer.port, now_ms)) != 0) {
		http_connection_free(c, now_ms);
		return rc;
	}
	e->connection = c;
	return 0;
}

static int reuse(struct http_exchange *e, struct http_connection *c, uint32_t now_ms)
{
	e->connection = c;
	http_connection_take(c, e, now_ms);
	send_request(e, now_ms);
	return 0;
}

static int http_open(struct transfer **t, struct transfer_user *user, struct net *net, const struct transfer_request *request,
                     uint32_t now_ms)
{
	struct http_exchange *e = heap_zalloc(sizeof(*e));
	struct http_connection *idle;
	int rc;

	if (!e)
		return fail(-ENOMEM, "no room for an HTTP exchange");
	e->transfer.user = user;
	e->transfer.address = request->address;
	e->transfer.port = request->uri->port ? request->uri->port : HTTP_PORT;
	e->net = net;
	e->uri = request->uri;
	e->piece = request->piece;
	e->validator = request->validator;
	idle = http_connection_find_idle(net, e->uri->host, e->transfer.port);
	rc = idle ? reuse(e, idle, now_ms) : connect(e, now_ms);
	if (rc != 0) {
		heap_free(e);
		return rc;
	}
	*t = &e->transfer;
	return 0;
}

static void http_close(struct transfer *t, uint32_t now_ms)
{
	struct http_exchange *e;

	if (!t)
		return;
	e = container_of(t, struct http_exchange, transfer);
	http_connection_free(e->connection, now_ms);
	heap_free(e);
}

static uint32_t http_heard_ms(const struct transfer *t)
{
	const struct http_exchange *e = container_of(t, const struct http_exchange, transfer);

	return e->connection->tcp.data_ms;
}

const struct scheme http_scheme = { "http", HTTP_PORT, http_open, http_close, NULL, http_heard_ms,
                                    http_connections_poll, http_connections_shutdown, NULL };
