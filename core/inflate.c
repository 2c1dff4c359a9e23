/* SPDX-License-Identifier: BSD-2-Clause */
/* DEFLATE (RFC 1951): see core/inflate.h. A block is a header, then bytes as they are, or codes; between any two of these, and between any two
 * symbols, a slice may end. */
#include "core/inflate.h"

#include "core/errors.h"
#include "core/string.h"
#include "core/unpack.h"

enum { STORED, FIXED, DYNAMIC };        /* types of blocks (3.2.3) */
enum {
	LITERALS = 286, DISTANCES = 30, /* symbols that mean something */
	END_OF_BLOCK = 256, LENGTHS_FROM = 257, LENGTH_258 = 285,
	CODE_LENGTHS = 19,              /* symbols of the code that the lengths of the others' codes are written in (3.2.7) */
	REPEAT = 16, ZEROS_3 = 17, ZEROS_11 = 18,
	NO_SYMBOL = 0xffff,
};

#define STAGES_MAX 64                   /* in a slice: blocks may have nothing in them, and still take time */

/** Have 25 bits at hand, or what is left. */
static void refill(struct inflate *s)
{
	struct unpack *u = s->u;

	while (s->have <= 24 && u->in_pos < u->in_len) {
		s->bits |= (uint32_t)u->in[u->in_pos++] << s->have;
		s->have += 8;
	}
}

static void drop(struct inflate *s, unsigned n)
{
	s->bits >>= n;
	s->early = s->early || n > s->have;
	s->have -= n > s->have ? s->have : n;
}

/** A number of @n bits, at most 16. */
static unsigned take(struct inflate *s, unsigned n)
{
	unsigned value;

	refill(s);
	value = s->bits & ((1u << n) - 1);
	drop(s, n);
	return value;
}

/** Give back the whole bytes that were read too far; the rest of the current one is skipped. */
static void to_byte(struct inflate *s)
{
	s->u->in_pos -= s->have / 8;
	s->bits = s->have = 0;
}

static int damaged(struct inflate *s, const char *what)
{
	to_byte(s);
	return unpack_damaged(s->u, s->early ? "ends early" : what);
}

/* ---- Codes */

/** The shorter codes go into the table by which they are found at once: at every place whose lowest bits are the code, its first bit
 *  lowest. */
static void fill_fast(struct inflate_codes *c)
{
	unsigned code = 0, index = 0;

	for (unsigned len = 1; len <= INFLATE_FAST_BITS; len++, code <<= 1)
		for (unsigned i = 0; i < c->count[len]; i++, code++, index++) {
			unsigned reversed = 0;

			for (unsigned bit = 0; bit < len; bit++)
				reversed |= (code >> bit & 1) << (len - 1 - bit);
			for (; reversed < 1u << INFLATE_FAST_BITS; reversed += 1u << len)
				c->fast[reversed] = (uint16_t)(c->symbol[index] << 4 | len);
		}
}

/** 3.2.2: make the codes of @n symbols from their @lengths. False if there are more than such lengths allow, or fewer: only a single
 *  code, of one bit (3.2.7), or none at all may leave some unused. */
static bool make_codes(struct inflate_codes *c, const uint8_t *lengths, unsigned n)
{
	unsigned at[INFLATE_BITS_MAX + 2] = { 0 }, left = 1;

	memset(c, 0, sizeof(*c));
	for (unsigned i = 0; i < n; i++)
		c->count[lengths[i]]++;
	c->count[0] = 0;
	for (unsigned len = 1; len <= INFLATE_BITS_MAX; len++) {
		left *= 2;
		if (c->count[len] > left)
			return false;
		left -= c->count[len];
		at[len + 1] = at[len] + c->count[len];
	}
	if (left && at[INFLATE_BITS_MAX + 1] > c->count[1])
		return false;
	for (unsigned i = 0; i < n; i++)
		if (lengths[i])
			c->symbol[at[lengths[i]]++] = (uint16_t)i;
	fill_fast(c);
	return true;
}

/** A code that is not in the fast table: bit by bit. Codes of one length are consecutive numbers, and begin where those of the length
 *  before end, a bit longer. */
static unsigned decode_slowly(struct inflate *s, const struct inflate_codes *c)
{
	unsigned code = 0, first = 0, index = 0;

	for (unsigned len = 1; len <= INFLATE_BITS_MAX; len++) {
		code = code << 1 | (s->bits >> (len - 1) & 1);
		if (code - first < c->count[len]) {
			drop(s, len);
			return c->symbol[index + code - first];
		}
		index += c->count[len];
		first = (first + c->count[len]) << 1;
	}
	s->early = s->early || s->have < INFLATE_BITS_MAX;
	return NO_SYMBOL;
}

static unsigned decode(struct inflate *s, const struct inflate_codes *c)
{
	unsigned entry;

	refill(s);
	entry = c->fast[s->bits & ((1u << INFLATE_FAST_BITS) - 1)];
	if (!entry)
		return decode_slowly(s, c);
	drop(s, entry & 15);
	return entry >> 4;
}

/* ---- Blocks */

/** 3.2.5: the length that @symbol begins. */
static unsigned decode_length(struct inflate *s, unsigned symbol)
{
	unsigned n = symbol - LENGTHS_FROM, extra = n / 4 - 1;

	if (n < 8)
		return n + 3;
	if (symbol == LENGTH_258)
		return 258;
	return ((4 + n % 4) << extra) + take(s, extra) + 3;
}

/** 3.2.5: the distance that @symbol begins. */
static unsigned decode_distance(struct inflate *s, unsigned symbol)
{
	unsigned extra = symbol / 2 - 1;

	if (symbol < 4)
		return symbol + 1;
	return ((2 + symbol % 2) << extra) + take(s, extra) + 1;
}

/** Output once more @length bytes from @distance before; the two may overlap. */
static int copy_match(struct inflate *s, unsigned symbol)
{
	struct unpack *u = s->u;
	unsigned length = decode_length(s, symbol), distance_symbol = decode(s, &s->distances), distance;
	uint8_t *out = u->out + u->out_pos;
	const uint8_t *from;

	if (distance_symbol >= DISTANCES)
		return damaged(s, "wrong code of a distance");
	distance = decode_distance(s, distance_symbol);
	if (s->early || distance > u->out_pos - s->start)
		return damaged(s, "distance beyond the beginning");
	if (length > u->out_size - u->out_pos)
		return unpack_too_large(u);
	u->out_pos += length;
	from = out - distance;
	do
		*out++ = *from++;
	while (--length);
	return 0;
}

static int block_header(struct inflate *s, size_t limit);

static int block_codes(struct inflate *s, size_t limit)
{
	struct unpack *u = s->u;
	int rc = 0;

	while (u->out_pos < limit && rc == 0) {
		unsigned symbol = decode(s, &s->literals);

		if (s->early || symbol >= LITERALS)
			return damaged(s, "wrong code");
		if (symbol > END_OF_BLOCK) {
			rc = copy_match(s, symbol);
		} else if (symbol == END_OF_BLOCK) {
			s->stage = block_header;
			return 0;
		} else if (u->out_pos == u->out_size) {
			return unpack_too_large(u);
		} else {
			u->out[u->out_pos++] = (uint8_t)symbol;
		}
	}
	return rc;
}

static int block_stored(struct inflate *s, size_t limit)
{
	struct unpack *u = s->u;
	size_t len = s->stored;

	if (len > u->in_len - u->in_pos) {
		u->in_pos = u->in_len;
		s->early = true;
		return damaged(s, NULL);
	}
	if (len > limit - u->out_pos)
		len = limit - u->out_pos;
	if (len > u->out_size - u->out_pos)
		return unpack_too_large(u);
	memcpy(u->out + u->out_pos, u->in + u->in_pos, len);
	u->in_pos += len;
	u->out_pos += len;
	s->stored -= (unsigned)len;
	if (!s->stored)
		s->stage = block_header;
	return 0;
}

/** 3.2.4 */
static int begin_stored(struct inflate *s)
{
	unsigned len, inverted;

	to_byte(s);
	len = take(s, 16);
	inverted = take(s, 16);
	if (s->early || (len ^ inverted) != 0xffff)
		return damaged(s, "wrong length of a stored block");
	to_byte(s);
	s->stored = len;
	s->stage = len ? block_stored : block_header;
	return 0;
}

/** 3.2.6. The codes that mean nothing count, too. */
static int begin_fixed(struct inflate *s)
{
	uint8_t lengths[INFLATE_SYMBOLS_MAX];

	memset(lengths, 8, sizeof(lengths));
	memset(lengths + 144, 9, 112);
	memset(lengths + 256, 7, 24);
	make_codes(&s->literals, lengths, INFLATE_SYMBOLS_MAX);
	memset(lengths, 5, 32);
	make_codes(&s->distances, lengths, 32);
	s->stage = block_codes;
	return 0;
}

/** 3.2.7: the lengths of @n codes, written in the codes that s->distances holds for now. */
static int read_lengths(struct inflate *s, uint8_t *lengths, unsigned n)
{
	unsigned i = 0;

	while (i < n) {
		unsigned symbol = decode(s, &s->distances), times = 1;
		uint8_t length = (uint8_t)symbol;

		if (s->early || symbol > ZEROS_11 || (symbol == REPEAT && !i))
			return damaged(s, "wrong code of a code's length");
		if (symbol >= REPEAT) {
			length = symbol == REPEAT ? lengths[i - 1] : 0;
			times = symbol == REPEAT ? 3 + take(s, 2) : symbol == ZEROS_3 ? 3 + take(s, 3) : 11 + take(s, 7);
		}
		if (s->early || times > n - i)
			return damaged(s, "too many codes");
		memset(lengths + i, length, times);
		i += times;
	}
	return 0;
}

/** 3.2.7 */
static int begin_dynamic(struct inflate *s)
{
	static const uint8_t order[CODE_LENGTHS] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
	uint8_t lengths[LITERALS + DISTANCES] = { 0 };
	unsigned literals = 257 + take(s, 5), distances = 1 + take(s, 5), n = 4 + take(s, 4);
	int rc;

	if (s->early || literals > LITERALS || distances > DISTANCES)
		return damaged(s, "too many codes");
	for (unsigned i = 0; i < n; i++)
		lengths[order[i]] = (uint8_t)take(s, 3);
	if (s->early || !make_codes(&s->distances, lengths, CODE_LENGTHS))
		return damaged(s, "impossible codes");
	rc = read_lengths(s, lengths, literals + distances);
	if (rc != 0)
		return rc;
	if (!lengths[END_OF_BLOCK] || !make_codes(&s->literals, lengths, literals) ||
	    !make_codes(&s->distances, lengths + literals, distances))
		return damaged(s, "impossible codes");
	s->stage = block_codes;
	return 0;
}

/** 3.2.3, or the end: no stage is left. */
static int block_header(struct inflate *s, size_t limit)
{
	unsigned type;

	if (s->last) {
		to_byte(s);
		s->stage = NULL;
		return 0;
	}
	s->last = take(s, 1);
	type = take(s, 2);
	if (s->early || type > DYNAMIC)
		return damaged(s, "wrong type of a block");
	return type == STORED ? begin_stored(s) : type == FIXED ? begin_fixed(s) : begin_dynamic(s);
}

void inflate_start(struct inflate *s, struct unpack *u)
{
	s->u = u;
	s->stage = block_header;
	s->last = s->early = false;
	s->bits = s->have = 0;
	s->start = u->out_pos;
}

int inflate_run(struct inflate *s, size_t limit)
{
	int rc = 0;

	for (unsigned i = 0; i < STAGES_MAX && rc == 0 && s->stage && s->u->out_pos < limit; i++)
		rc = s->stage(s, limit);
	return rc == 0 && s->stage ? -EINPROGRESS : rc;
}
