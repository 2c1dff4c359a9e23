/* SPDX-License-Identifier: BSD-2-Clause */
/* One request and its answer, for net/http*.c. An exchange is the transfer that the download holds; its connection it has alone, or waits
 * for behind another exchange whose answer comes first.
 *
 * http_open() - http_exchange_send() - http_exchange_input(), http_exchange_placed() - over, and then http_close(). */
#ifndef NET_HTTP_EXCHANGE_H
#define NET_HTTP_EXCHANGE_H

#include "net/http_connection.h"
#include "net/http_parse.h"
#include "net/transfer.h"

/** Of the body: done <= wanted <= len. Of the resource its bytes are [offset, offset + len). */
struct http_body {
	uint64_t start;                         /* in the stream */
	uint64_t offset;
	uint64_t len;                           /* RANGE_UNKNOWN: not said */
	uint64_t wanted;
	uint64_t done;
};

struct http_exchange {
	struct transfer transfer;               /* first: what the download holds */
	struct net *net;
	struct http_connection *connection;     /* NULL when it has none any more */
	const struct uri *uri;
	struct range piece;
	uint64_t limit;                         /* bytes from here on are not wanted any more */
	uint64_t hold;                          /* and from here on have no place yet; RANGE_UNKNOWN: all have one */
	enum { HTTP_HEADER, HTTP_LENGTH, HTTP_CHUNKED, HTTP_UNTIL_CLOSE, HTTP_OVER } state;
	enum { HTTP_AHEAD_UNKNOWN, HTTP_AHEAD_KNOWN, HTTP_AHEAD_NEVER } ahead;  /* of one behind another: where its body will be */
	uint64_t looked_to;                     /* in the stream: so far its header was read ahead of its turn */
	bool answered;                          /* a byte has come */
	bool broken;                            /* the connection ended before its time */
	unsigned interim;                       /* 1xx responses so far */
	uint32_t heard_ms;                      /* when data last came, once there is no connection to ask */
	struct http_body body;
	char validator[HTTP_VALIDATOR_MAX];     /* asked for; "": any */
	struct http_header header;
	struct http_chunks chunks;
};

/** Send the request. -ENOMEM, -ENOTCONN, with fail(). */
int http_exchange_send(struct http_exchange *e, uint32_t now_ms);
/** Bytes that came for @e, in order; returns how many at the end are left, for they came behind its answer. */
size_t http_exchange_input(struct http_exchange *e, const uint8_t *data, size_t len, uint32_t now_ms);
/** @len bytes more of the body are where http_exchange_place() said. */
void http_exchange_placed(struct http_exchange *e, uint64_t len, uint32_t now_ms);
/** The memory for bytes of the stream, if they are known to be of the body and wanted; NULL. */
uint8_t *http_exchange_place(struct http_exchange *e, uint64_t offset, size_t len);
/** Bytes of the stream that are still to come for @e, as far as that is known. */
uint64_t http_exchange_awaits(const struct http_exchange *e, uint64_t offset);
/** Bytes of the resource from @end on are not wanted any more. */
void http_exchange_limit(struct http_exchange *e, uint64_t end);
/** Let no more of the stream come than there is a place for; called whenever the connection has taken all that came. */
void http_exchange_hold(struct http_exchange *e);
/** Is its answer's end known, with something to come behind it if asked for now? */
bool http_exchange_may_be_followed(const struct http_exchange *e);
/** The stream has ended, in good order (@rc 0) or not. */
void http_exchange_closed(struct http_exchange *e, int rc, uint32_t now_ms);
/** @e fails with @rc, after fail(), because its connection is of no use any more; or because of what it asks for. */
void http_exchange_break(struct http_exchange *e, int rc, uint32_t now_ms);
void http_exchange_fail(struct http_exchange *e, int rc, uint32_t now_ms);

#endif
