/* SPDX-License-Identifier: BSD-2-Clause */
/* Checked cursors over bytes from the network or a file, and over a buffer being written.
 *
 * Past the end, a reader returns zeros and sets @bad; parsers check once, after the last field. Writers drop what does not fit
 * and set @bad. be = network order, le = little-endian. */
#ifndef CORE_CURSOR_H
#define CORE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader { const uint8_t *data, *end; bool bad; };
struct writer { uint8_t *data, *end; bool bad; };

static inline struct reader rd_init(const void *data, size_t len)
{
	return (struct reader){ data, (const uint8_t *)data + len, false };
}
static inline bool rd_ok(const struct reader *r) { return !r->bad; }
static inline size_t rd_left(const struct reader *r) { return (size_t)(r->end - r->data); }

/** The next @n bytes, or NULL (and bad) when there are fewer; the cursor moves past them. */
static inline const uint8_t *rd_bytes(struct reader *r, size_t n)
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
static inline void rd_skip(struct reader *r, size_t n) { (void)rd_bytes(r, n); }
static inline uint8_t rd_u8(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 1);
	return p ? *p : 0;
}
static inline uint16_t rd_be16(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 2);
	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}
static inline uint32_t rd_be32(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 4);
	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}
static inline uint16_t rd_le16(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 2);
	return p ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}
static inline uint32_t rd_le32(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 4);
	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}
/** Copy @n bytes out; zeros when there are fewer. */
static inline void rd_copy(struct reader *r, void *dst, size_t n)
{
	const uint8_t *p = rd_bytes(r, n);

	for (size_t i = 0; i < n; i++)
		((uint8_t *)dst)[i] = p ? p[i] : 0;
}

static inline struct writer wr_init(void *data, size_t size)
{
	return (struct writer){ data, (uint8_t *)data + size, false };
}
static inline bool wr_ok(const struct writer *w) { return !w->bad; }
static inline size_t wr_left(const struct writer *w) { return (size_t)(w->end - w->data); }
static inline uint8_t *wr_space(struct writer *w, size_t n)
{
	uint8_t *p = w->data;

	if (n > wr_left(w)) {
		w->bad = true;
		return NULL;
	}
	w->data += n;
	return p;
}
static inline void wr_u8(struct writer *w, uint8_t v)
{
	uint8_t *p = wr_space(w, 1);
	if (p)
		*p = v;
}
static inline void wr_be16(struct writer *w, uint16_t v)
{
	wr_u8(w, (uint8_t)(v >> 8));
	wr_u8(w, (uint8_t)v);
}
static inline void wr_be32(struct writer *w, uint32_t v)
{
	wr_be16(w, (uint16_t)(v >> 16));
	wr_be16(w, (uint16_t)v);
}
static inline void wr_bytes(struct writer *w, const void *src, size_t n)
{
	uint8_t *p = wr_space(w, n);

	for (size_t i = 0; p && i < n; i++)
		p[i] = ((const uint8_t *)src)[i];
}

#endif
