/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw LZMA1 decoder and the inverse of xz's x86 filter (see core/lzma.h): lzma_decode(), then lzma_x86_unfilter().
 *
 * The format is that of the "LZMA specification" in the public-domain LZMA SDK. This file is compiled a second time into the ROM's
 * loader, which runs where it happens to lie: no tables, no static data, no calls out of this file. It is written for size.
 * One name below means "a context" throughout: a 16-bit probability that the next bit is 0, in units of 1/2048. */
#include "core/lzma.h"
#include <stdbool.h>
#include "core/errors.h"   // EPROTO

enum {
	MODEL_BITS = 11, MOVE_BITS = 5,
	RANGE_MIN = 1 << 24,
	STATES = 12,                    /* what the last few packets were; from 7 on the last one was a match */
	FIRST_MATCH_STATE = 7,
	LENGTH_MIN = 2,
	SPECIAL_SLOTS = 4, DIRECT_SLOTS = 14,
};

/* Where each group of contexts starts. Six groups have one for each state; with pb = 0 position adds no dimension. */
enum {
	IS_MATCH = 0,
	IS_REP = IS_MATCH + STATES,
	IS_REP_0 = IS_REP + STATES,       /* not set: the last distance again */
	IS_REP_1 = IS_REP_0 + STATES,
	IS_REP_2 = IS_REP_1 + STATES,
	IS_REP_0_LONG = IS_REP_2 + STATES,
	SLOT = IS_REP_0_LONG + STATES,    /* a tree of 6 bits for each of 4 classes of length */
	SPECIAL = SLOT + 4 * 64,          /* low bits of distances in slots 4 to 13 */
	ALIGN = SPECIAL + 128,            /* the 4 lowest bits of longer distances */
	LENGTH = ALIGN + 16,
	LENGTH_CHOICE = 0, LENGTH_LOW = 2, LENGTH_MID = LENGTH_LOW + 8, LENGTH_HIGH = LENGTH_MID + 8, LENGTH_SIZE = LENGTH_HIGH + 256,
	REP_LENGTH = LENGTH + LENGTH_SIZE,
	LITERAL = REP_LENGTH + LENGTH_SIZE,
	LITERAL_SIZE = 0x300,
	CONTEXTS = LITERAL + (LITERAL_SIZE << LZMA_LC),
};
_Static_assert(CONTEXTS <= LZMA_PROBS, "the caller's scratch memory holds every context");
_Static_assert(LZMA_LP == 0 && LZMA_PB == 0, "contexts do not depend on the position");

struct decoder {
	uint32_t range, code;
	const uint8_t *in, *in_end;
	uint16_t *context;
	bool bad;                       /* the input ended early */
};

/** Bring in a byte whenever fewer than 24 bits of range are left. */
static void normalize(struct decoder *d)
{
	if (d->range >= RANGE_MIN)
		return;
	d->range <<= 8;
	d->code <<= 8;
	if (d->in == d->in_end)
		d->bad = true;
	else
		d->code |= *d->in++;
}

static unsigned decode_bit(struct decoder *d, unsigned index)
{
	uint16_t *p = &d->context[index];
	uint32_t bound;

	normalize(d);
	bound = (d->range >> MODEL_BITS) * *p;
	if (d->code < bound) {
		d->range = bound;
		*p += ((1u << MODEL_BITS) - *p) >> MOVE_BITS;
		return 0;
	}
	d->range -= bound;
	d->code -= bound;
	*p -= *p >> MOVE_BITS;
	return 1;
}

/** A number of @bits bits, the highest first; each prefix has a context of its own. */
static unsigned decode_tree(struct decoder *d, unsigned base, unsigned bits)
{
	unsigned symbol = 1;

	do
		symbol = symbol << 1 | decode_bit(d, base + symbol);
	while (!(symbol >> bits));
	return symbol - (1u << bits);
}

/** The same, the lowest bit first. */
static unsigned decode_reverse_tree(struct decoder *d, unsigned base, unsigned bits)
{
	unsigned symbol = 1, value = 0;

	for (unsigned i = 0; i < bits; i++) {
		unsigned bit = decode_bit(d, base + symbol);

		symbol = symbol << 1 | bit;
		value |= bit << i;
	}
	return value;
}

/** @bits bits of equal chance, the highest first. */
static uint32_t decode_direct(struct decoder *d, unsigned bits)
{
	uint32_t value = 0;

	do {
		normalize(d);
		d->range >>= 1;
		value <<= 1;
		if (d->code >= d->range) {
			d->code -= d->range;
			value++;
		}
	} while (--bits);
	return value;
}

static unsigned decode_length(struct decoder *d, unsigned base)
{
	if (!decode_bit(d, base + LENGTH_CHOICE))
		return LENGTH_MIN + decode_tree(d, base + LENGTH_LOW, 3);
	if (!decode_bit(d, base + LENGTH_CHOICE + 1))
		return LENGTH_MIN + 8 + decode_tree(d, base + LENGTH_MID, 3);
	return LENGTH_MIN + 16 + decode_tree(d, base + LENGTH_HIGH, 8);
}

/** A distance less one: a slot gives its two highest bits and how many follow. */
static uint32_t decode_distance(struct decoder *d, unsigned length)
{
	unsigned class = length - LENGTH_MIN < 3 ? length - LENGTH_MIN : 3;
	unsigned slot = decode_tree(d, SLOT + class * 64, 6);
	unsigned bits = (slot >> 1) - 1;
	uint32_t distance = 2 | (slot & 1);

	if (slot < SPECIAL_SLOTS)
		return slot;
	distance <<= bits;
	if (slot < DIRECT_SLOTS)
		return distance + decode_reverse_tree(d, SPECIAL + distance - slot, bits);
	return distance + (decode_direct(d, bits - 4) << 4) + decode_reverse_tree(d, ALIGN, 4);
}

/** One byte. After a match the byte at the last distance, @match, predicts it bit by bit for as long as they agree. */
static uint8_t decode_literal(struct decoder *d, unsigned base, bool after_match, unsigned match)
{
	unsigned symbol = 1, offset = after_match ? 0x100 : 0;

	do {
		unsigned match_bit, bit;

		match <<= 1;
		match_bit = match & offset;
		bit = decode_bit(d, base + offset + match_bit + symbol);
		symbol = symbol << 1 | bit;
		offset &= bit ? match_bit : ~match_bit;
	} while (symbol < 0x100);
	return (uint8_t)symbol;
}

/** A repeat's distance moves to the front of @rep. True when it is one byte at the last distance. */
static bool decode_repeat(struct decoder *d, unsigned state, uint32_t rep[4])
{
	uint32_t distance = rep[0];
	unsigned index = 0;

	if (!decode_bit(d, IS_REP_0 + state))
		return !decode_bit(d, IS_REP_0_LONG + state);
	index = 1;
	if (decode_bit(d, IS_REP_1 + state))
		index = 2 + decode_bit(d, IS_REP_2 + state);
	distance = rep[index];
	for (; index; index--)
		rep[index] = rep[index - 1];
	rep[0] = distance;
	return false;
}

static unsigned state_after_literal(unsigned state)
{
	if (state < 4)
		return 0;
	return state - (state < 10 ? 3 : 6);
}

/** All packets until @out is full. The input's own end marker, if any, is not looked at. */
static bool decode_packets(struct decoder *d, uint8_t *out, size_t out_len)
{
	uint32_t rep[4];
	unsigned state = 0;
	size_t at = 0;

	rep[0] = rep[1] = rep[2] = rep[3] = 0;
	while (at < out_len && !d->bad) {
		bool after_match = state >= FIRST_MATCH_STATE;
		unsigned length;

		if (!decode_bit(d, IS_MATCH + state)) {
			unsigned base = LITERAL + (at ? out[at - 1] >> (8 - LZMA_LC) : 0) * LITERAL_SIZE;

			out[at] = decode_literal(d, base, after_match, after_match ? out[at - rep[0] - 1] : 0);
			at++;
			state = state_after_literal(state);
			continue;
		}
		if (!decode_bit(d, IS_REP + state)) {
			rep[3] = rep[2];
			rep[2] = rep[1];
			rep[1] = rep[0];
			length = decode_length(d, LENGTH);
			rep[0] = decode_distance(d, length);
			state = after_match ? 10 : 7;
		} else if (decode_repeat(d, state, rep)) {
			length = 1;
			state = after_match ? 11 : 9;
		} else {
			length = decode_length(d, REP_LENGTH);
			state = after_match ? 11 : 8;
		}
		if (rep[0] >= at || length > out_len - at)
			return false;
		do {
			out[at] = out[at - rep[0] - 1];
			at++;
		} while (--length);
	}
	return !d->bad;
}

int lzma_decode(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len, uint16_t probs[LZMA_PROBS])
{
	struct decoder d;

	if (in_len < 5 || in[0] != 0)
		return -EPROTO;
	d.range = 0xffffffff;
	d.code = (uint32_t)in[1] << 24 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 8 | in[4];
	d.in = in + 5;
	d.in_end = in + in_len;
	d.context = probs;
	d.bad = false;
	for (unsigned i = 0; i < CONTEXTS; i++)
		probs[i] = 1u << (MODEL_BITS - 1);
	return decode_packets(&d, out, out_len) ? 0 : -EPROTO;
}

/** Is @byte the highest of a near displacement, 00 or FF? */
static bool is_sign_byte(uint8_t byte)
{
	return (uint8_t)(byte + 1) < 2;
}

/** The displacement that the filter made the absolute @address out of, for a call that ends at @next. @history is the nearby
 *  opcode left alone, as below: had the address one of its bytes 00 or FF where that opcode's highest byte lies, the filter went
 *  on once more from the complement. The byte found here is neither, so once is always enough. */
static uint32_t displacement(uint32_t address, uint32_t next, unsigned history)
{
	unsigned shift = (16u >> (history >> 1)) & 0x18;    /* history 1, 2, 4: byte 2, 1, 0 */
	uint32_t value = address - next;

	if (history && is_sign_byte((uint8_t)(value >> shift)))
		value = (value ^ ((1u << (shift + 8)) - 1)) - next;
	return value;
}

/* An opcode is converted when its operand's highest byte is 00 or FF and at most one of the three bytes before was an opcode left
 * alone, itself with another highest byte. @mask remembers four bytes: bits 0-3 opcodes left alone, bits 4-7 those with 00 or FF. */
void lzma_x86_unfilter(uint8_t *data, size_t len)
{
	unsigned mask = 0;

	for (size_t at = 0; len - at >= 5; at++) {
		uint8_t *operand = data + at + 1;
		bool sign_byte = is_sign_byte(operand[3]);
		unsigned history = mask & 0x77;
		uint32_t value;

		mask = history << 1;
		if ((data[at] & 0xfe) != 0xe8)      /* E8 call, E9 jmp */
			continue;
		if (!sign_byte || history > 4 || history == 3) {
			mask |= sign_byte ? 0x11 : 0x01;
			continue;
		}
		value = (uint32_t)operand[3] << 24 | (uint32_t)operand[2] << 16 | (uint32_t)operand[1] << 8 | operand[0];
		value = displacement(value, (uint32_t)at + 5, history);
		operand[0] = (uint8_t)value;
		operand[1] = (uint8_t)(value >> 8);
		operand[2] = (uint8_t)(value >> 16);
		operand[3] = value >> 24 & 1 ? 0xff : 0;
		mask = 0;
		at += 4;
	}
}
