/* SPDX-License-Identifier: BSD-2-Clause */
/* LZMA2: see core/lzma2.h. A chunk begins with a control byte:
 *
 *     00          the end
 *     01, 02      bytes as they are, 01 after forgetting all output before; two bytes: how many, less one
 *     80 to ff    LZMA; bits 0-4 and two bytes: output less one; two bytes: input less one; bits 5-6: 0 goes on, 1 begins with a new
 *                 state, 2 with new properties (one more byte), too, 3 after forgetting all output before, too
 *
 * The source is what xz writes and takes: the .xz file format leaves LZMA2 to it. */
#include "core/lzma2.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/lzma_decoder.h"
#include "core/string.h"
#include "core/unpack.h"

_Static_assert(LITERAL + (LITERAL_SIZE << LZMA2_LC_LP_MAX) == LZMA2_CONTEXTS, "every context has its place, and no place is left");

enum { END = 0x00, BYTES_NEW = 0x01, BYTES = 0x02, LZMA = 0x80 };
enum { NEW_STATE = 1, NEW_PROPERTIES = 2, NEW_BASE = 3 };

/** (pb * 5 + lp) * 9 + lc. False when that cannot be. */
static bool set_properties(struct lzma_decoder *d, unsigned properties)
{
	d->lc = properties % 9;
	d->lp = properties / 9 % 5;
	d->pb = properties / 45;
	return d->pb <= 4 && d->lc + d->lp <= LZMA2_LC_LP_MAX;
}

/** An LZMA chunk: @control was read. */
static bool begin_lzma(struct lzma2 *s, struct reader *r, unsigned control)
{
	struct unpack *u = s->u;
	unsigned reset = control >> 5 & 3;
	size_t in_len;

	s->left = ((control & 0x1f) << 16 | rd_be16(r)) + 1u;
	in_len = rd_be16(r) + 1u;
	if (reset == NEW_BASE) {
		s->base = u->out_pos;
		s->want_base = false;
	}
	if (reset >= NEW_PROPERTIES && !set_properties(&s->decoder, rd_u8(r)))
		return false;
	s->want_properties = s->want_properties && reset < NEW_PROPERTIES;
	if (s->want_base || s->want_properties)
		return false;
	if (reset >= NEW_STATE)
		lzma_reset(&s->decoder, LITERAL + (LITERAL_SIZE << (s->decoder.lc + s->decoder.lp)));
	s->chunk_end = (size_t)(r->data - u->in) + in_len;
	return in_len > rd_left(r) || lzma_begin(&s->decoder, r->data, in_len);
}

/** A chunk of bytes as they are. */
static bool begin_bytes(struct lzma2 *s, struct reader *r, unsigned control)
{
	s->left = rd_be16(r) + 1u;
	if (control == BYTES_NEW) {
		s->base = s->u->out_pos;
		s->want_base = false;
		s->want_properties = true;
	}
	return !s->want_base;
}

/** A new chunk, or 0: the end. */
static int begin_chunk(struct lzma2 *s)
{
	struct unpack *u = s->u;
	struct reader r = rd_init(u->in + u->in_pos, u->in_len - u->in_pos);
	unsigned control = rd_u8(&r);
	bool sound = true;

	s->left = s->chunk_end = 0;
	if (control >= LZMA)
		sound = begin_lzma(s, &r, control);
	else if (control != END)
		sound = control <= BYTES && begin_bytes(s, &r, control);
	if (!rd_ok(&r) || s->chunk_end > u->in_len)
		return unpack_damaged(u, "ends early");
	if (!sound)
		return unpack_damaged(u, "impossible LZMA2 chunk");
	u->in_pos = (size_t)(r.data - u->in);
	if (s->left > u->out_size - u->out_pos)
		return unpack_too_large(u);
	return s->left ? -EINPROGRESS : 0;
}

static int run_bytes(struct lzma2 *s, size_t limit)
{
	struct unpack *u = s->u;
	size_t len = limit - u->out_pos < s->left ? limit - u->out_pos : s->left;

	if (len > u->in_len - u->in_pos) {
		u->in_pos = u->in_len;
		return unpack_damaged(u, "ends early");
	}
	memcpy(u->out + u->out_pos, u->in + u->in_pos, len);
	u->in_pos += len;
	u->out_pos += len;
	s->left -= len;
	return -EINPROGRESS;
}

/** A chunk ends where all its output is there, with nothing left of its input. */
static int run_lzma(struct lzma2 *s, size_t limit)
{
	struct unpack *u = s->u;
	struct lzma_decoder *d = &s->decoder;
	size_t before = u->out_pos, end = before + s->left;

	u->out_pos = s->base + lzma_packets(d, u->out + s->base, before - s->base, (limit < end ? limit : end) - s->base, end - s->base);
	s->left = end - u->out_pos;
	u->in_pos = (size_t)(d->in - u->in);
	if (!s->left)
		normalize(d);
	if (d->bad || (!s->left && (d->code || d->in != d->in_end)))
		return unpack_damaged(u, "wrong LZMA data");
	if (!s->left)
		u->in_pos = s->chunk_end;
	return -EINPROGRESS;
}

void lzma2_start(struct lzma2 *s, struct unpack *u)
{
	s->u = u;
	s->left = 0;
	s->want_base = s->want_properties = true;
	s->decoder.context = s->contexts;
}

int lzma2_run(struct lzma2 *s, size_t limit)
{
	int rc = -EINPROGRESS;

	while (rc == -EINPROGRESS && s->u->out_pos < limit) {
		if (!s->left)
			rc = begin_chunk(s);
		else
			rc = s->chunk_end ? run_lzma(s, limit) : run_bytes(s, limit);
	}
	return rc;
}
