/* SPDX-License-Identifier: BSD-2-Clause */
/* The two containers of DEFLATE, as packed formats: gzip (RFC 1952) and zlib (RFC 1950).
 *
 * Header, DEFLATE, trailer; gzip's members follow one another, and zeros may follow the last. A zlib stream with a preset dictionary is
 * not supported: nothing would say which. */
#include "core/crc.h"
#include "core/errors.h"
#include "core/inflate.h"
#include "core/unpack.h"

enum { FHCRC = 0x02, FEXTRA = 0x04, FNAME = 0x08, FCOMMENT = 0x10, RESERVED = 0xe0 };    /* RFC 1952 2.3.1 */
enum { METHOD = 8, FDICT = 0x20, ADLER_BASE = 65521, ADLER_RUN = 5552 };
#define DEFLATE_RATIO 1032              /* no bytes of DEFLATE become more than so many each: 258 bytes in 2 bits */
#define GZIP_LEAST 18                   /* header and trailer */
#define HEADER_MAX 0x40000              /* more of it is refused */
#define PADDING_STEP 0x10000            /* bytes looked at in a stage */
#define STAGES_MAX 64                   /* in a slice: members may have nothing in them, and still take time */

struct gzip {
	struct unpack u;
	struct inflate inflate;
	int (*stage)(struct gzip *g, size_t limit);     /* what comes next; NULL: nothing */
	size_t member;                  /* where this member's output begins */
	uint32_t check;                 /* CRC-32 or Adler-32 of what came out of this member */
	struct crc crc;
};

static struct gzip *gzip_of(struct unpack *u)
{
	return (struct gzip *)u;
}

static size_t bytes_left(const struct unpack *u)
{
	return u->in_len - u->in_pos;
}

/** RFC 1950 9. Sums are brought below the base before they can overflow. */
static uint32_t adler_update(uint32_t value, const uint8_t *data, size_t len)
{
	uint32_t s1 = value & 0xffff, s2 = value >> 16;

	while (len) {
		size_t run = len < ADLER_RUN ? len : ADLER_RUN;

		len -= run;
		while (run--) {
			s1 += *data++;
			s2 += s1;
		}
		s1 %= ADLER_BASE;
		s2 %= ADLER_BASE;
	}
	return s2 << 16 | s1;
}

static int gzip_trailer(struct gzip *g, size_t limit);
static int zlib_trailer(struct gzip *g, size_t limit);

static bool is_zlib(const struct gzip *g)
{
	return g->u.format == &zlib_format;
}

static int deflated(struct gzip *g, size_t limit)
{
	struct unpack *u = &g->u;
	size_t before = u->out_pos;
	int rc = inflate_run(&g->inflate, limit);
	const uint8_t *data = u->out + before;
	size_t len = u->out_pos - before;

	g->check = is_zlib(g) ? adler_update(g->check, data, len) : (uint32_t)crc_update(&g->crc, g->check, data, len);
	if (rc == 0)
		g->stage = is_zlib(g) ? zlib_trailer : gzip_trailer;
	return rc == -EINPROGRESS ? 0 : rc;
}

static void begin(struct gzip *g, size_t header_bytes, uint32_t check)
{
	g->u.in_pos += header_bytes;
	g->member = g->u.out_pos;
	g->check = check;
	inflate_start(&g->inflate, &g->u);
	g->stage = deflated;
}

static void skip_text(struct reader *r)
{
	while (rd_u8(r))
		;
}

/** RFC 1952 2.3 */
static int gzip_header(struct gzip *g, size_t limit)
{
	struct reader r = unpack_reader(&g->u, HEADER_MAX);
	const uint8_t *start = r.data;
	unsigned magic = rd_be16(&r), method = rd_u8(&r), flags = rd_u8(&r);
	uint16_t crc;

	if (magic != 0x1f8b && rd_ok(&r))
		return unpack_damaged(&g->u, "is followed by something else");
	rd_skip(&r, 6);                         /* MTIME, XFL, OS */
	if (flags & FEXTRA)
		rd_skip(&r, rd_le16(&r));
	if (flags & FNAME)
		skip_text(&r);
	if (flags & FCOMMENT)
		skip_text(&r);
	crc = (uint16_t)crc_update(&g->crc, 0, start, (size_t)(r.data - start));
	if (flags & FHCRC && rd_le16(&r) != crc && rd_ok(&r))
		return unpack_damaged(&g->u, "CRC error of the header");
	if (!rd_ok(&r))
		return unpack_damaged(&g->u, bytes_left(&g->u) > HEADER_MAX ? "header too long" : "ends early");
	if (method != METHOD || flags & RESERVED)
		return fail(-ENOTSUP, "gzip method %u, flags %02x", method, flags);
	begin(g, (size_t)(r.data - start), 0);
	return 0;
}

/** What follows a member: nothing, zeros, another one. */
static int gzip_padding(struct gzip *g, size_t limit)
{
	struct reader r = unpack_reader(&g->u, PADDING_STEP);

	while (rd_left(&r) && !*r.data)
		rd_skip(&r, 1);
	g->u.in_pos = (size_t)(r.data - g->u.in);
	if (!bytes_left(&g->u))
		g->stage = NULL;
	else if (rd_left(&r))
		g->stage = gzip_header;
	return 0;
}

/** RFC 1952 2.3.1 */
static int gzip_trailer(struct gzip *g, size_t limit)
{
	struct unpack *u = &g->u;
	struct reader r = unpack_reader(u, 8);
	uint32_t crc = rd_le32(&r), length = rd_le32(&r);

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (crc != g->check)
		return unpack_damaged(u, "CRC error");
	if (length != (uint32_t)(u->out_pos - g->member))
		return unpack_damaged(u, "wrong length");
	u->in_pos += 8;
	g->stage = gzip_padding;
	return 0;
}

/** RFC 1950 2.2 */
static int zlib_header(struct gzip *g, size_t limit)
{
	if (g->u.in[1] & FDICT)
		return fail(-ENOTSUP, "zlib with a preset dictionary");
	begin(g, 2, 1);
	return 0;
}

static int zlib_trailer(struct gzip *g, size_t limit)
{
	struct unpack *u = &g->u;
	struct reader r = unpack_reader(u, 4);
	uint32_t adler = rd_be32(&r);

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (adler != g->check)
		return unpack_damaged(u, "Adler-32 error");
	u->in_pos += 4;
	g->stage = NULL;
	return bytes_left(u) ? unpack_damaged(u, "is followed by something else") : 0;
}

static void gzip_start(struct unpack *u)
{
	crc_init(&gzip_of(u)->crc, CRC32_POLYNOMIAL);
	gzip_of(u)->stage = gzip_header;
}

static void zlib_start(struct unpack *u)
{
	gzip_of(u)->stage = zlib_header;
}

static int gzip_run(struct unpack *u, size_t slice)
{
	struct gzip *g = gzip_of(u);
	size_t limit = u->out_pos + slice;
	int rc = 0;

	for (unsigned i = 0; i < STAGES_MAX && rc == 0 && g->stage && u->out_pos < limit; i++)
		rc = g->stage(g, limit);
	return rc == 0 && g->stage ? -EINPROGRESS : rc;
}

static bool gzip_probe(const uint8_t *data, size_t len)
{
	return len >= 3 && data[0] == 0x1f && data[1] == 0x8b && data[2] == METHOD;
}

/** RFC 1950 2.2: the method, a window of at most 32 KiB, and a checksum. Anything may begin with such two bytes, so the first block must
 *  be of a type that there is, too. */
static bool zlib_probe(const uint8_t *data, size_t len)
{
	return len >= 3 && (data[0] & 0x8f) == METHOD && (data[0] << 8 | data[1]) % 31 == 0 && (data[2] & 6) != 6;
}

/** ISIZE of the last member, which is all of it but for odd files; of zeros that follow it, too little. */
static uint64_t gzip_size(const uint8_t *in, size_t len)
{
	struct reader r = rd_init(in, len);
	uint32_t size;

	if (len < GZIP_LEAST)
		return 0;
	rd_skip(&r, len - 4);
	size = rd_le32(&r);
	return size / DEFLATE_RATIO < len ? size : 0;
}

const struct unpack_format gzip_format = { "gzip", sizeof(struct gzip), gzip_probe, gzip_size, gzip_start, gzip_run };
const struct unpack_format zlib_format = { "zlib", sizeof(struct gzip), zlib_probe, NULL, zlib_start, gzip_run };
