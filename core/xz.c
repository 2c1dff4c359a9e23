/* SPDX-License-Identifier: BSD-2-Clause */
/* The .xz container as a packed format ("The .xz File Format", version 1.1.0; sections of it are cited): streams of blocks and an index.
 *
 * A stream is a header, blocks, the index of what they were, and a footer; streams and padding may follow. A block is a header, LZMA2, and a
 * check of what came out; where its filter for x86 code was used, that is undone when all of the block is there, since LZMA2 refers back to
 * what it wrote. Filters other than these two, and checks other than CRC-32, CRC-64 and SHA-256, are not supported. */
#include "core/crc.h"
#include "core/cursor.h"
#include "core/digest.h"
#include "core/errors.h"
#include "core/lzma2.h"
#include "core/string.h"
#include "core/unpack.h"
#include "core/x86_filter.h"

enum { CHECK_NONE = 0, CHECK_CRC32 = 1, CHECK_CRC64 = 4, CHECK_SHA256 = 10 };          /* 2.1.1.2 */
enum { FILTER_DELTA = 0x03, FILTER_X86 = 0x04, FILTER_LAST_NAMED = 0x0b, FILTER_LZMA2 = 0x21 };        /* 5.3 */
enum { FILTERS = 0x03, RESERVED = 0x3c, HAS_COMPRESSED = 0x40, HAS_UNCOMPRESSED = 0x80 };              /* 3.1.2 */
enum {
	STREAM_HEADER = 12, STREAM_FOOTER = 12, INDEX_LEAST = 8, BLOCK_HEADER_MAX = 1024,
	DICTIONARY_MAX = 40,            /* in the notation of 5.3.1 */
	VLI_BYTES_MAX = 9,
};
#define UNKNOWN UINT64_MAX              /* a size that a block header leaves out */
#define STAGES_MAX 64                   /* in a slice: blocks may have nothing in them, and still take time */
#define RECORDS_STEP 1000               /* of the index, in a stage */
#define PADDING_STEP 0x10000            /* bytes looked at in a stage */
#define RATIO_BITS_MAX 19               /* no bytes become more than so many doublings: 2 MiB in a chunk of more than 6 */
#define HINT_RECORDS_MAX 0x10000        /* an index with more of them gives no hint */

static const uint8_t magic[6] = { 0xfd, '7', 'z', 'X', 'Z', 0 };

struct xz {
	struct unpack u;
	int (*stage)(struct xz *x, size_t slice);       /* what comes next; NULL: nothing */
	size_t work;                    /* bytes that this slice has done */
	unsigned check;                 /* of this stream's blocks */
	/* This block. */
	size_t block_in, block_out;     /* where its header and its output begin */
	size_t data_in;                 /* where its LZMA2 begins */
	uint64_t unpadded;              /* its header, LZMA2 and check: 4.3 */
	size_t done;                    /* bytes of its output that the filter, then the check, are past */
	uint64_t compressed, uncompressed;      /* as its header says */
	bool x86;
	uint32_t x86_start;
	unsigned x86_mask;
	uint64_t crc_value;
	struct digest digest;
	/* The records of this stream's blocks: how many, and a CRC of them; and of those in the index. */
	uint64_t blocks, records_left;
	uint32_t blocks_crc, records_crc;
	size_t index_in;
	/* Tables. */
	struct crc crc32, crc64;
	struct lzma2 lzma2;
};

static struct xz *xz_of(struct unpack *u)
{
	return (struct xz *)u;
}

/** A reader of the next @max bytes, or of those there are. */
static struct reader next_bytes(const struct unpack *u, size_t max)
{
	size_t left = u->in_len - u->in_pos;

	return rd_init(u->in + u->in_pos, left < max ? left : max);
}

/** Step over @n bytes, and on to @stage. */
static int go_on(struct xz *x, size_t n, int (*stage)(struct xz *x, size_t slice))
{
	x->u.in_pos += n;
	x->stage = stage;
	return 0;
}

static uint32_t crc32_of(const struct xz *x, const uint8_t *data, size_t len)
{
	return (uint32_t)crc_update(&x->crc32, 0, data, len);
}

/** 1.2: 7 bits a byte, the lowest first, in as few bytes as will do. */
static uint64_t rd_vli(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < VLI_BYTES_MAX; i++) {
		uint8_t byte = rd_u8(r);

		value |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (byte & 0x80)
			continue;
		r->bad = r->bad || (!byte && i);
		return value;
	}
	r->bad = true;
	return 0;
}

static unsigned check_bytes(unsigned check)
{
	return check == CHECK_CRC32 ? 4 : check == CHECK_CRC64 ? 8 : check == CHECK_SHA256 ? 32 : 0;
}

/** Step over the zeros that make what began at @start a multiple of four bytes. */
static int skip_padding(struct unpack *u, size_t start)
{
	for (; (u->in_pos - start) & 3; u->in_pos++)
		if (u->in_pos == u->in_len || u->in[u->in_pos])
			return unpack_damaged(u, u->in_pos == u->in_len ? "ends early" : "wrong padding");
	return 0;
}

/* ---- Blocks */

static int block_or_index(struct xz *x, size_t slice);

/** Take a record into the CRC of records: 4.3 */
static uint32_t add_record(const struct xz *x, uint32_t crc, uint64_t unpadded, uint64_t uncompressed)
{
	uint64_t record[2] = { unpadded, uncompressed };

	return (uint32_t)crc_update(&x->crc32, crc, record, sizeof(record));
}

/** 3.4: what is stored behind a block against what came out of it. */
static int compare_check(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	unsigned len = check_bytes(x->check);
	struct reader r = next_bytes(u, len);
	uint8_t value[DIGEST_BYTES_MAX];
	const uint8_t *stored = rd_bytes(&r, len);

	if (!stored)
		return unpack_damaged(u, "ends early");
	if (x->check == CHECK_SHA256)
		digest_final(&x->digest, value);
	else
		for (unsigned i = 0; i < len; i++)
			value[i] = (uint8_t)(x->crc_value >> 8 * i);
	if (memcmp(value, stored, len) != 0)
		return unpack_damaged(u, x->check == CHECK_SHA256 ? "SHA-256 error" : "CRC error");
	x->blocks++;
	x->blocks_crc = add_record(x, x->blocks_crc, x->unpadded, u->out_pos - x->block_out);
	return go_on(x, len, block_or_index);
}

/** The part of a block's output that is next, of @slice bytes at most. */
static size_t next_part(const struct xz *x, size_t slice)
{
	size_t left = x->u.out_pos - x->block_out - x->done;

	return left < slice ? left : slice;
}

static int check_output(struct xz *x, size_t slice)
{
	const uint8_t *data = x->u.out + x->block_out + x->done;
	size_t len = next_part(x, slice);

	if (x->check == CHECK_SHA256)
		digest_update(&x->digest, data, len);
	else if (x->check != CHECK_NONE)
		x->crc_value = crc_update(x->check == CHECK_CRC32 ? &x->crc32 : &x->crc64, x->crc_value, data, len);
	x->done += len;
	x->work += len;
	if (x->block_out + x->done == x->u.out_pos)
		x->stage = compare_check;
	return 0;
}

static int undo_x86(struct xz *x, size_t slice)
{
	size_t len = x->u.out_pos - x->block_out, stop = x->done + next_part(x, slice);

	x->work += stop - x->done;
	x->done = x86_unfilter(x->u.out + x->block_out, len, x->done, stop, x->x86_start, &x->x86_mask);
	if (len - x->done < 5) {
		x->done = 0;
		x->stage = check_output;
	}
	return 0;
}

/** 3.1.3, 3.1.4, 3.3 */
static int end_lzma2(struct xz *x)
{
	struct unpack *u = &x->u;
	uint64_t compressed = u->in_pos - x->data_in;

	if ((x->compressed != UNKNOWN && x->compressed != compressed) ||
	    (x->uncompressed != UNKNOWN && x->uncompressed != u->out_pos - x->block_out))
		return unpack_damaged(u, "block of another size than its header says");
	x->unpadded = x->data_in - x->block_in + compressed + check_bytes(x->check);
	x->done = 0;
	x->stage = x->x86 ? undo_x86 : check_output;
	return skip_padding(u, x->data_in);
}

static int block_data(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	size_t before = u->out_pos;
	int rc = lzma2_run(&x->lzma2, before + slice);

	x->work += u->out_pos - before;
	if (rc == -EINPROGRESS)
		return 0;
	return rc == 0 ? end_lzma2(x) : rc;
}

static int not_supported(unsigned filter)
{
	static const char names[] = "delta\0x86\0powerpc\0ia64\0arm\0armthumb\0sparc\0arm64\0riscv";
	const char *name = names;

	if (filter < FILTER_DELTA || filter > FILTER_LAST_NAMED)
		return fail(-ENOTSUP, "xz filter %u", filter);
	for (; filter > FILTER_DELTA; filter--)
		name += strlen(name) + 1;
	return fail(-ENOTSUP, "xz filter %s", name);
}

/** 3.1.5, 5.3: one filter's properties. */
static int parse_filter(struct xz *x, struct reader *r, bool last)
{
	uint64_t id = rd_vli(r), len = rd_vli(r);
	struct reader properties = rd_init(r->data, rd_left(r) < len ? rd_left(r) : (size_t)len);

	if (!rd_ok(r) || len > rd_left(r))
		return unpack_damaged(&x->u, "impossible filters");
	rd_skip(r, (size_t)len);
	if (id != (last ? FILTER_LZMA2 : FILTER_X86) || (!last && x->x86))
		return not_supported(id > FILTER_LAST_NAMED ? (unsigned)(id & 0xffff) : (unsigned)id);
	if (last)
		return len == 1 && rd_u8(&properties) <= DICTIONARY_MAX ? 0 : unpack_damaged(&x->u, "impossible dictionary");
	x->x86 = true;
	x->x86_start = len ? rd_le32(&properties) : 0;
	return len == 0 || len == 4 ? 0 : unpack_damaged(&x->u, "impossible filters");
}

/** 3.1.2 to 3.1.6: what a block's header says, whose CRC was right. */
static int parse_block(struct xz *x, struct reader *r)
{
	unsigned flags = rd_u8(r), filters = (flags & FILTERS) + 1;
	int rc = 0;

	x->compressed = flags & HAS_COMPRESSED ? rd_vli(r) : UNKNOWN;
	x->uncompressed = flags & HAS_UNCOMPRESSED ? rd_vli(r) : UNKNOWN;
	x->x86 = false;
	if (!rd_ok(r) || flags & RESERVED)
		return unpack_damaged(&x->u, "impossible block");
	for (unsigned i = 1; rc == 0 && i <= filters; i++)
		rc = parse_filter(x, r, i == filters);
	while (rc == 0 && rd_left(r))
		if (rd_u8(r))
			rc = unpack_damaged(&x->u, "impossible block");
	return rc;
}

static int block_header(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = next_bytes(u, BLOCK_HEADER_MAX);
	size_t len = (rd_u8(&r) + 1u) * 4;
	const uint8_t *rest = rd_bytes(&r, len - 5);
	uint32_t crc = rd_le32(&r);
	int rc;

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (crc32_of(x, rest - 1, len - 4) != crc)
		return unpack_damaged(u, "CRC error of a block's header");
	r = rd_init(rest, len - 5);
	rc = parse_block(x, &r);
	if (rc != 0)
		return rc;
	x->block_in = u->in_pos;
	x->block_out = u->out_pos;
	x->data_in = u->in_pos + len;
	x->crc_value = 0;
	x->x86_mask = 0;
	digest_init(&x->digest, &digest_sha256);
	go_on(x, len, block_data);
	lzma2_start(&x->lzma2, u);
	return 0;
}

/* ---- Streams */

static int stream_header(struct xz *x, size_t slice);

/** 2.2: nothing follows a stream, or zeros, four at a time, or another stream. */
static int stream_padding(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = next_bytes(u, PADDING_STEP);

	while (rd_left(&r) >= 4 && !(r.data[0] | r.data[1] | r.data[2] | r.data[3]))
		rd_skip(&r, 4);
	u->in_pos = (size_t)(r.data - u->in);
	if (u->in_pos == u->in_len)
		x->stage = NULL;
	else if (rd_left(&r))
		x->stage = stream_header;
	return 0;
}

/** 2.1.2 */
static int stream_footer(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = next_bytes(u, STREAM_FOOTER);
	uint32_t crc = rd_le32(&r);
	const uint8_t *start = r.data;
	uint32_t backward = rd_le32(&r);
	unsigned flags = rd_be16(&r), end = rd_be16(&r);

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (crc32_of(x, start, 6) != crc)
		return unpack_damaged(u, "CRC error of the footer");
	if (end != 0x595a || flags != x->check || ((uint64_t)backward + 1) * 4 != u->in_pos - x->index_in)
		return unpack_damaged(u, "impossible footer");
	return go_on(x, STREAM_FOOTER, stream_padding);
}

/** 4.4, 4.5 */
static int end_index(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r;
	uint32_t crc;
	int rc = skip_padding(u, x->index_in);

	if (rc != 0)
		return rc;
	if (x->records_crc != x->blocks_crc)
		return unpack_damaged(u, "index of other blocks");
	r = next_bytes(u, 4);
	crc = rd_le32(&r);
	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (crc32_of(x, u->in + x->index_in, u->in_pos - x->index_in) != crc)
		return unpack_damaged(u, "CRC error of the index");
	return go_on(x, 4, stream_footer);
}

/** 4.3 */
static int index_records(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = next_bytes(u, SIZE_MAX);

	for (unsigned i = 0; i < RECORDS_STEP && x->records_left && rd_ok(&r); i++, x->records_left--) {
		uint64_t unpadded = rd_vli(&r);

		x->records_crc = add_record(x, x->records_crc, unpadded, rd_vli(&r));
	}
	if (!rd_ok(&r))
		return unpack_damaged(u, rd_left(&r) ? "impossible index" : "ends early");
	u->in_pos = (size_t)(r.data - u->in);
	if (!x->records_left)
		x->stage = end_index;
	return 0;
}

/** 3.1.1, 4.1, 4.2 */
static int block_or_index(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = next_bytes(u, 1 + VLI_BYTES_MAX);

	if (rd_u8(&r)) {
		x->stage = block_header;
		return 0;
	}
	x->records_left = rd_vli(&r);
	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (x->records_left != x->blocks)
		return unpack_damaged(u, "index of other blocks");
	x->index_in = u->in_pos;
	x->records_crc = 0;
	return go_on(x, (size_t)(r.data - u->in) - u->in_pos, index_records);
}

/** 2.1.1 */
static int stream_header(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = next_bytes(u, STREAM_HEADER);
	const uint8_t *start = rd_bytes(&r, sizeof(magic));
	unsigned flags = rd_be16(&r);
	uint32_t crc = rd_le32(&r);

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (memcmp(start, magic, sizeof(magic)) != 0)
		return unpack_damaged(u, "is followed by something else");
	if (crc32_of(x, start + sizeof(magic), 2) != crc)
		return unpack_damaged(u, "CRC error of the header");
	if (flags != CHECK_NONE && !check_bytes(flags))
		return fail(-ENOTSUP, "xz check %u", flags);
	x->check = flags;
	x->blocks = 0;
	x->blocks_crc = 0;
	return go_on(x, STREAM_HEADER, block_or_index);
}

static void xz_start(struct unpack *u)
{
	struct xz *x = xz_of(u);

	crc_init(&x->crc32, CRC32_POLYNOMIAL);
	crc_init(&x->crc64, CRC64_POLYNOMIAL);
	x->stage = stream_header;
}

static int xz_run(struct unpack *u, size_t slice)
{
	struct xz *x = xz_of(u);
	int rc = 0;

	x->work = 0;
	for (unsigned i = 0; i < STAGES_MAX && rc == 0 && x->stage && x->work < slice; i++)
		rc = x->stage(x, slice);
	return rc == 0 && x->stage ? -EINPROGRESS : rc;
}

static bool xz_probe(const uint8_t *data, size_t len)
{
	return len >= sizeof(magic) && memcmp(data, magic, sizeof(magic)) == 0;
}

/* ---- The size, from the end */

/** The index of the stream that ends at @end: what its blocks unpack to, added to *@total, and where it begins. False when there is no
 *  such thing. */
static bool read_index(const uint8_t *in, size_t *end, uint64_t *total, uint64_t *records_left)
{
	struct reader r;
	uint64_t index, blocks = 0, records;

	if (*end < STREAM_HEADER + INDEX_LEAST + STREAM_FOOTER)
		return false;
	r = rd_init(in + *end - STREAM_FOOTER + 4, 4);
	index = ((uint64_t)rd_le32(&r) + 1) * 4;
	if (index > *end - STREAM_HEADER - STREAM_FOOTER)
		return false;
	r = rd_init(in + *end - STREAM_FOOTER - index, (size_t)index);
	rd_skip(&r, 1);
	records = rd_vli(&r);
	if (records > *records_left)
		return false;
	*records_left -= records;
	for (; records && rd_ok(&r) && blocks < *end; records--) {
		blocks += (rd_vli(&r) + 3) & ~3ull;
		*total += rd_vli(&r);
	}
	if (!rd_ok(&r) || records || blocks > *end - index - STREAM_HEADER - STREAM_FOOTER)
		return false;
	*end -= (size_t)(blocks + index) + STREAM_HEADER + STREAM_FOOTER;
	return true;
}

/** The sum of all streams' indexes, as far as they look right. */
static uint64_t xz_size(const uint8_t *in, size_t len)
{
	uint64_t total = 0, records = HINT_RECORDS_MAX;
	size_t file_len = len;

	len &= ~(size_t)3;
	while (len) {
		const uint8_t *last = in + len - 4;

		if (!(last[0] | last[1] | last[2] | last[3]))
			len -= 4;
		else if (!read_index(in, &len, &total, &records))
			return 0;
	}
	return total >> RATIO_BITS_MAX < file_len ? total : 0;
}

const struct unpack_format xz_format = { "xz", sizeof(struct xz), xz_probe, xz_size, xz_start, xz_run };
