/* SPDX-License-Identifier: BSD-2-Clause */
/* The .xz container as a packed format ("The .xz File Format", version 1.1.0; sections of it are cited): a stream is a header, blocks
 * (core/xz_block.c), the index of what they were, and a footer; streams and padding may follow. */
#include "core/errors.h"
#include "core/string.h"
#include "core/unpack.h"
#include "core/xz_block.h"

enum { STREAM_HEADER = 12, STREAM_FOOTER = 12, INDEX_LEAST = 8 };
#define STAGES_MAX 64                   /* in a slice: streams may have nothing in them, and still take time */
#define RECORDS_STEP 1000               /* of the index, in a stage */
#define PADDING_STEP 0x10000            /* bytes looked at in a stage */
#define RATIO_BITS_MAX 19               /* no bytes become more than so many doublings: 2 MiB in a chunk of more than 6 */
#define HINT_RECORDS_MAX 0x10000        /* indexes with more of them, or more streams, give no hint */
#define HINT_PADDING_MAX 0x100000       /* nor do files with more bytes of padding: nothing pauses while they are looked at */

static const uint8_t magic[6] = { 0xfd, '7', 'z', 'X', 'Z', 0 };

struct xz {
	struct unpack u;
	int (*stage)(struct xz *x, size_t slice);       /* what comes next; NULL: nothing */
	unsigned check;                 /* of this stream's blocks */
	/* The records of this stream's blocks: how many, and a CRC of them; and of those in the index. */
	uint64_t blocks, records_left;
	uint32_t blocks_crc, records_crc;
	size_t index_in;                /* where the index begins */
	struct xz_block block;
};

static struct xz *xz_of(struct unpack *u)
{
	return (struct xz *)u;
}

/** Step over @n bytes, and on to @stage. */
static int go_on(struct xz *x, size_t n, int (*stage)(struct xz *x, size_t slice))
{
	x->u.in_pos += n;
	x->stage = stage;
	return 0;
}

/** Take a record into the CRC of records: 4.3 */
static uint32_t add_record(const struct xz *x, uint32_t crc, uint64_t unpadded, uint64_t uncompressed)
{
	uint64_t record[2] = { unpadded, uncompressed };

	return (uint32_t)crc_update(&x->block.crc32, crc, record, sizeof(record));
}

static int stream_header(struct xz *x, size_t slice);

/** 2.2: nothing follows a stream, or zeros, four at a time, or another stream. */
static int stream_padding(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = unpack_reader(u, PADDING_STEP);

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
	struct reader r = unpack_reader(u, STREAM_FOOTER);
	uint32_t crc = rd_le32(&r);
	const uint8_t *start = r.data;
	uint32_t backward = rd_le32(&r);
	unsigned flags = rd_be16(&r), end = rd_be16(&r);

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (xz_crc32(&x->block, start, 6) != crc)
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
	int rc = xz_skip_padding(u, x->index_in);

	if (rc != 0)
		return rc;
	if (x->records_crc != x->blocks_crc)
		return unpack_damaged(u, "index of other blocks");
	r = unpack_reader(u, 4);
	crc = rd_le32(&r);
	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (xz_crc32(&x->block, u->in + x->index_in, u->in_pos - x->index_in) != crc)
		return unpack_damaged(u, "CRC error of the index");
	return go_on(x, 4, stream_footer);
}

/** 4.3 */
static int index_records(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = unpack_reader(u, SIZE_MAX);

	for (unsigned i = 0; i < RECORDS_STEP && x->records_left && rd_ok(&r); i++, x->records_left--) {
		uint64_t unpadded = xz_number(&r);

		x->records_crc = add_record(x, x->records_crc, unpadded, xz_number(&r));
	}
	if (!rd_ok(&r))
		return unpack_damaged(u, rd_left(&r) ? "impossible index" : "ends early");
	u->in_pos = (size_t)(r.data - u->in);
	if (!x->records_left)
		x->stage = end_index;
	return 0;
}

static int block(struct xz *x, size_t slice);

/** 3.1.1, 4.1, 4.2 */
static int block_or_index(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = unpack_reader(u, 1 + XZ_NUMBER_BYTES_MAX);

	if (rd_u8(&r)) {
		xz_block_begin(&x->block, x->check);
		return go_on(x, 0, block);
	}
	x->records_left = xz_number(&r);
	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (x->records_left != x->blocks)
		return unpack_damaged(u, "index of other blocks");
	x->index_in = u->in_pos;
	x->records_crc = 0;
	return go_on(x, (size_t)(r.data - u->in) - u->in_pos, index_records);
}

static int block(struct xz *x, size_t slice)
{
	int rc = xz_block_run(&x->block, slice);

	if (rc != 0)
		return rc;
	x->blocks++;
	x->blocks_crc = add_record(x, x->blocks_crc, x->block.unpadded, x->u.out_pos - x->block.out);
	return go_on(x, 0, block_or_index);
}

/** 2.1.1 */
static int stream_header(struct xz *x, size_t slice)
{
	struct unpack *u = &x->u;
	struct reader r = unpack_reader(u, STREAM_HEADER);
	const uint8_t *start = rd_bytes(&r, sizeof(magic));
	unsigned flags = rd_be16(&r);
	uint32_t crc = rd_le32(&r);

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (memcmp(start, magic, sizeof(magic)) != 0)
		return unpack_damaged(u, "is followed by something else");
	if (xz_crc32(&x->block, start + sizeof(magic), 2) != crc)
		return unpack_damaged(u, "CRC error of the header");
	if (!xz_check_known(flags))
		return fail(-ENOTSUP, "xz check %u", flags);
	x->check = flags;
	x->blocks = 0;
	x->blocks_crc = 0;
	return go_on(x, STREAM_HEADER, block_or_index);
}

static void xz_start(struct unpack *u)
{
	xz_block_init(&xz_of(u)->block, u);
	xz_of(u)->stage = stream_header;
}

/** A slice ends with the work of a block, or after many stages of little work. */
static int xz_run(struct unpack *u, size_t slice)
{
	struct xz *x = xz_of(u);
	size_t limit = u->out_pos + slice;
	int rc = 0;

	for (unsigned i = 0; i < STAGES_MAX && rc == 0 && x->stage && u->out_pos < limit; i++)
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
	records = xz_number(&r);
	if (records >= *records_left)
		return false;
	*records_left -= records + 1;
	for (; records && rd_ok(&r) && blocks < *end; records--) {
		blocks += (xz_number(&r) + 3) & ~3ull;
		*total += xz_number(&r);
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
	size_t file_len = len, padding = 0;

	len &= ~(size_t)3;
	while (len && padding <= HINT_PADDING_MAX) {
		const uint8_t *last = in + len - 4;

		if (!(last[0] | last[1] | last[2] | last[3])) {
			len -= 4;
			padding += 4;
		} else if (!read_index(in, &len, &total, &records)) {
			return 0;
		}
	}
	return !len && total >> RATIO_BITS_MAX < file_len ? total : 0;
}

const struct unpack_format xz_format = { "xz", sizeof(struct xz), xz_probe, xz_size, xz_start, xz_run };
