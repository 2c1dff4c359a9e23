/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP, an answer ahead of its turn. See net/http_ahead.h. */
#include "net/http_ahead.h"

#include "core/errors.h"
#include "core/string.h"
#include "net/http_validator.h"

/** RFC 9110 14.4, 13.1.5: bytes of the piece, said to be of the version that was asked for, in a body of known length? */
static bool is_the_part(const struct http_exchange *e)
{
	const struct http_response *r = &e->header.response;

	return r->status == 206 && r->has_range && !r->chunked && !r->multipart && r->range.start == e->piece.start &&
	       r->range.end <= e->piece.end && (!r->has_length || r->length == r->range.end - r->range.start) && e->validator[0] &&
	       strcmp(http_validator_of_answer(r, e->validator), e->validator) == 0;
}

/** Read the header that begins at @start in the stream as far as packets have it. What cannot be read now is read again when it may have
 *  become longer; what is not good is left to its turn. */
static void look(struct http_connection *c, struct http_exchange *e, uint64_t start)
{
	struct http_body *b = &e->body;
	int rc = -EINPROGRESS;
	const uint8_t *data;
	size_t len, used;

	if (!tcp_peek(&c->tcp, e->looked_to > start ? e->looked_to : start, &len))
		return;
	http_header_init(&e->header);
	e->looked_to = start;
	while (rc == -EINPROGRESS && (data = tcp_peek(&c->tcp, e->looked_to, &len)) != NULL) {
		rc = http_header_feed(&e->header, data, len, &used);
		e->looked_to += rc == 0 ? used : len;
	}
	if (rc == 0 && is_the_part(e)) {
		e->ahead = HTTP_AHEAD_KNOWN;
		b->start = e->looked_to;
		b->offset = e->piece.start;
		b->len = e->header.response.range.end - b->offset;
	} else if (rc != -EINPROGRESS) {
		e->ahead = HTTP_AHEAD_NEVER;
	}
	http_header_init(&e->header);
}

uint8_t *http_ahead_place(struct http_connection *c, uint64_t offset, size_t len)
{
	const struct http_body *front = &c->exchange->body;
	struct http_exchange *e = c->next;
	const struct http_body *b = &e->body;
	uint64_t at;

	if (e->ahead == HTTP_AHEAD_UNKNOWN && offset > front->start + front->len && front->wanted == front->len)
		look(c, e, front->start + front->len);
	if (e->ahead != HTTP_AHEAD_KNOWN || offset < b->start || offset + len > b->start + b->len)
		return NULL;
	at = b->offset + (offset - b->start);
	return at + len <= e->limit ? e->transfer.user->at(e->transfer.user, at, len) : NULL;   /* beyond that others bring it */
}
