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
const uint8_t *rd_bytes(struct reader *r, size_t n);
static inline void rd_skip(struct reader *r, size_t n) { (void)rd_bytes(r, n); }
uint8_t rd_u8(struct reader *r);
uint16_t rd_be16(struct reader *r);
uint32_t rd_be32(struct reader *r);
uint16_t rd_le16(struct reader *r);
uint32_t rd_le32(struct reader *r);
/* The fields of a header that rd_bytes() gave as a whole: one check for all, where many packets pass. Network order. */
static inline uint16_t be16_at(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static inline uint32_t be32_at(const uint8_t *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }
/** Copy @n bytes out; zeros when there are fewer. */
void rd_copy(struct reader *r, void *dst, size_t n);

static inline struct writer wr_init(void *data, size_t size)
{
	return (struct writer){ data, (uint8_t *)data + size, false };
}
static inline bool wr_ok(const struct writer *w) { return !w->bad; }
static inline size_t wr_left(const struct writer *w) { return (size_t)(w->end - w->data); }
/** Room for the next @n bytes, or NULL (and bad) when there is less. */
uint8_t *wr_space(struct writer *w, size_t n);
void wr_u8(struct writer *w, uint8_t v);
void wr_be16(struct writer *w, uint16_t v);
void wr_be32(struct writer *w, uint32_t v);
void wr_bytes(struct writer *w, const void *src, size_t n);
/** Several numbers in network order: each digit of @sizes is the length in bytes (1 to 4) of the next argument, a uint32_t or less. */
void wr_fields(struct writer *w, const char *sizes, ...);

#endif
