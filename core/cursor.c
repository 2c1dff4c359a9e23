/* SPDX-License-Identifier: BSD-2-Clause */
/* Checked cursors: in a file, not in the header, for they are called in hundreds of places. */
#include "core/cursor.h"

#include <stdarg.h>

#include "core/string.h"

const uint8_t *rd_bytes(struct reader *r, size_t n)
{
	const uint8_t *p = r->data;

	if (n > rd_left(r)) {
		r->bad = true;
		r->data = r->end;
		return NULL;
	}
	r->data += n;
	return p;
}

uint8_t rd_u8(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 1);

	return p ? *p : 0;
}

uint16_t rd_be16(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	return p ? be16_at(p) : 0;
}

uint32_t rd_be32(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	return p ? be32_at(p) : 0;
}

uint16_t rd_le16(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	return p ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}

uint32_t rd_le32(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

void rd_copy(struct reader *r, void *dst, size_t n)
{
	const uint8_t *p = rd_bytes(r, n);

	if (p)
		memcpy(dst, p, n);
	else
		memset(dst, 0, n);
}

uint8_t *wr_space(struct writer *w, size_t n)
{
	uint8_t *p = w->data;

	if (n > wr_left(w)) {
		w->bad = true;
		return NULL;
	}
	w->data += n;
	return p;
}

void wr_bytes(struct writer *w, const void *src, size_t n)
{
	uint8_t *p = wr_space(w, n);

	if (p && n > 0)
		memcpy(p, src, n);
}

void wr_fields(struct writer *w, const char *sizes, ...)
{
	va_list args;

	va_start(args, sizes);
	for (; *sizes; sizes++) {
		unsigned n = (unsigned)(*sizes - '0');
		uint32_t v = va_arg(args, uint32_t);
		uint8_t *p = wr_space(w, n);

		for (; p && n > 0; v >>= 8)
			p[--n] = (uint8_t)v;
	}
	va_end(args);
}

void wr_u8(struct writer *w, uint8_t v)
{
	wr_fields(w, "1", v);
}

void wr_be16(struct writer *w, uint16_t v)
{
	wr_fields(w, "2", v);
}

void wr_be32(struct writer *w, uint32_t v)
{
	wr_fields(w, "4", v);
}
