/* SPDX-License-Identifier: BSD-2-Clause */
/* A block of the .xz format: see core/xz_block.h. Sections of "The .xz File Format", version 1.1.0, are cited. */
#include "core/xz_block.h"

#include "core/errors.h"
#include "core/string.h"
#include "core/unpack.h"
#include "core/x86_filter.h"

enum { CHECK_NONE = 0, CHECK_CRC32 = 1, CHECK_CRC64 = 4, CHECK_SHA256 = 10 };          /* 2.1.1.2 */
enum { FILTER_DELTA = 0x03, FILTER_X86 = 0x04, FILTER_LAST_NAMED = 0x0b, FILTER_LZMA2 = 0x21 };        /* 5.3 */
enum { FILTERS = 0x03, RESERVED = 0x3c, HAS_COMPRESSED = 0x40, HAS_UNCOMPRESSED = 0x80 };              /* 3.1.2 */
enum { HEADER_MAX = 1024, DICTIONARY_MAX = 40 /* in the notation of 5.3.1 */ };
#define UNKNOWN UINT64_MAX              /* a size that the header leaves out */
#define STAGES_MAX 8                    /* of a block; a slice may see them all */

uint64_t xz_number(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < XZ_NUMBER_BYTES_MAX; i++) {
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

int xz_skip_padding(struct unpack *u, size_t start)
{
	for (; (u->in_pos - start) & 3; u->in_pos++)
		if (u->in_pos == u->in_len || u->in[u->in_pos])
			return unpack_damaged(u, u->in_pos == u->in_len ? "ends early" : "wrong padding");
	return 0;
}

static unsigned check_bytes(unsigned check)
{
	return check == CHECK_CRC32 ? 4 : check == CHECK_CRC64 ? 8 : check == CHECK_SHA256 ? 32 : 0;
}

bool xz_check_known(unsigned check)
{
	return check == CHECK_NONE || check_bytes(check);
}

/* ---- What came out, from the end backwards: each stage names the next one */

/** 3.4: what is stored behind the block against what came out of it. */
static int compare_check(struct xz_block *b, size_t slice)
{
	struct unpack *u = b->u;
	unsigned len = check_bytes(b->check);
	struct reader r = unpack_reader(u, len);
	uint8_t value[DIGEST_BYTES_MAX];
	const uint8_t *stored = rd_bytes(&r, len);

	if (!stored)
		return unpack_damaged(u, "ends early");
	if (b->check == CHECK_SHA256)
		digest_final(&b->digest, value);
	else
		for (unsigned i = 0; i < len; i++)
			value[i] = (uint8_t)(b->crc >> 8 * i);
	if (memcmp(value, stored, len) != 0)
		return unpack_damaged(u, b->check == CHECK_SHA256 ? "SHA-256 error" : "CRC error");
	u->in_pos += len;
	b->stage = NULL;
	return 0;
}

/** The bytes of output that are next, @slice at most. */
static size_t next_part(const struct xz_block *b, size_t slice)
{
	size_t left = b->u->out_pos - b->out - b->done;

	return left < slice ? left : slice;
}

static int check_output(struct xz_block *b, size_t slice)
{
	const uint8_t *data = b->u->out + b->out + b->done;
	size_t len = next_part(b, slice);

	if (b->check == CHECK_SHA256)
		digest_update(&b->digest, data, len);
	else if (b->check != CHECK_NONE)
		b->crc = crc_update(b->check == CHECK_CRC32 ? &b->crc32 : &b->crc64, b->crc, data, len);
	b->done += len;
	b->work += len;
	if (b->out + b->done == b->u->out_pos)
		b->stage = compare_check;
	return 0;
}

/** 5.3.2 */
static int undo_x86(struct xz_block *b, size_t slice)
{
	size_t len = b->u->out_pos - b->out, part = next_part(b, slice);

	b->work += part;
	b->done = x86_unfilter(b->u->out + b->out, len, b->done, b->done + part, b->x86_start, &b->x86_mask);
	if (len - b->done < 5) {        /* no opcode with an operand is left */
		b->done = 0;
		b->stage = check_output;
	}
	return 0;
}

/** 3.1.3, 3.1.4, 3.3 */
static int end_data(struct xz_block *b)
{
	struct unpack *u = b->u;
	uint64_t compressed = u->in_pos - b->data;

	if ((b->compressed != UNKNOWN && b->compressed != compressed) ||
	    (b->uncompressed != UNKNOWN && b->uncompressed != u->out_pos - b->out))
		return unpack_damaged(u, "block of another size than its header says");
	b->unpadded = b->data - b->in + compressed + check_bytes(b->check);
	b->done = 0;
	b->stage = b->x86 ? undo_x86 : check_output;
	return xz_skip_padding(u, b->data);
}

static int run_data(struct xz_block *b, size_t slice)
{
	struct unpack *u = b->u;
	size_t before = u->out_pos;
	int rc = lzma2_run(&b->lzma2, before + slice);

	b->work += u->out_pos - before;
	if (rc == -EINPROGRESS)
		return 0;
	return rc == 0 ? end_data(b) : rc;
}

/* ---- The header */

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

/** 3.1.5, 5.3: one filter and its properties. The last is LZMA2; before it may be one for x86. */
static int parse_filter(struct xz_block *b, struct reader *r, bool last)
{
	uint64_t id = xz_number(r), len = xz_number(r);
	struct reader properties = rd_init(r->data, rd_left(r) < len ? rd_left(r) : (size_t)len);

	if (!rd_ok(r) || len > rd_left(r))
		return unpack_damaged(b->u, "impossible filters");
	rd_skip(r, (size_t)len);
	if (id != (last ? FILTER_LZMA2 : FILTER_X86) || (!last && b->x86))
		return not_supported(id > UINT16_MAX ? UINT16_MAX : (unsigned)id);
	if (last)
		return len == 1 && rd_u8(&properties) <= DICTIONARY_MAX ? 0 : unpack_damaged(b->u, "impossible dictionary");
	b->x86 = true;
	b->x86_start = len ? rd_le32(&properties) : 0;
	return len == 0 || len == 4 ? 0 : unpack_damaged(b->u, "impossible filters");
}

/** 3.1.2 to 3.1.6: what the header says, whose CRC was right. */
static int parse_header(struct xz_block *b, struct reader *r)
{
	unsigned flags = rd_u8(r), filters = (flags & FILTERS) + 1;
	int rc = 0;

	b->compressed = flags & HAS_COMPRESSED ? xz_number(r) : UNKNOWN;
	b->uncompressed = flags & HAS_UNCOMPRESSED ? xz_number(r) : UNKNOWN;
	b->x86 = false;
	if (!rd_ok(r) || flags & RESERVED)
		return unpack_damaged(b->u, "impossible block");
	for (unsigned i = 1; rc == 0 && i <= filters; i++)
		rc = parse_filter(b, r, i == filters);
	while (rc == 0 && rd_left(r))
		if (rd_u8(r))
			rc = unpack_damaged(b->u, "impossible block");
	return rc;
}

static int read_header(struct xz_block *b, size_t slice)
{
	struct unpack *u = b->u;
	struct reader r = unpack_reader(u, HEADER_MAX);
	size_t len = (rd_u8(&r) + 1u) * 4;
	const uint8_t *rest = rd_bytes(&r, len - 5);
	uint32_t crc = rd_le32(&r);
	int rc;

	if (!rd_ok(&r))
		return unpack_damaged(u, "ends early");
	if (xz_crc32(b, rest - 1, len - 4) != crc)
		return unpack_damaged(u, "CRC error of a block's header");
	r = rd_init(rest, len - 5);
	rc = parse_header(b, &r);
	if (rc != 0)
		return rc;
	u->in_pos += len;
	b->data = u->in_pos;
	lzma2_start(&b->lzma2, u);
	b->stage = run_data;
	return 0;
}

void xz_block_init(struct xz_block *b, struct unpack *u)
{
	b->u = u;
	crc_init(&b->crc32, CRC32_POLYNOMIAL);
	crc_init(&b->crc64, CRC64_POLYNOMIAL);
}

void xz_block_begin(struct xz_block *b, unsigned check)
{
	b->check = check;
	b->in = b->u->in_pos;
	b->out = b->u->out_pos;
	b->x86_mask = 0;
	b->crc = 0;
	digest_init(&b->digest, &digest_sha256);
	b->stage = read_header;
}

int xz_block_run(struct xz_block *b, size_t slice)
{
	int rc = 0;

	b->work = 0;
	for (unsigned i = 0; i < STAGES_MAX && rc == 0 && b->stage && b->work < slice; i++)
		rc = b->stage(b, slice);
	return rc == 0 && b->stage ? -EINPROGRESS : rc;
}
