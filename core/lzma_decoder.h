/* SPDX-License-Identifier: BSD-2-Clause */
/* The LZMA decoder, for core/lzma2.c: lzma_reset() - lzma_begin() - lzma_packets() as often as there is room. The format is that of the "LZMA
 * specification" in the public-domain LZMA SDK.
 *
 * One name below means "a context" throughout: a 16-bit probability that the next bit is 0, in units of 1/2048. */
#ifndef CORE_LZMA_DECODER_H
#define CORE_LZMA_DECODER_H

#include "core/lzma2.h"

#define FOR_EACH_BIT static inline __attribute__((always_inline))       /* half as fast again for some hundred bytes */
#define POSITIONS LZMA2_POSITIONS                                       /* classes of positions that have contexts of their own */

enum {
	MODEL_BITS = 11, MOVE_BITS = 5,
	RANGE_MIN = 1 << 24,
	STATES = 12,                    /* what the last few packets were; from 7 on the last one was a match */
	FIRST_MATCH_STATE = 7,
	LENGTH_MIN = 2,
	SPECIAL_SLOTS = 4, DIRECT_SLOTS = 14,
};

/* Where each group of contexts starts. Six groups have one for each state, some of them for each class of positions, too. */
enum {
	IS_MATCH = 0,
	IS_REP = IS_MATCH + STATES * POSITIONS,
	IS_REP_0 = IS_REP + STATES,       /* not set: the last distance again */
	IS_REP_1 = IS_REP_0 + STATES,
	IS_REP_2 = IS_REP_1 + STATES,
	IS_REP_0_LONG = IS_REP_2 + STATES,
	SLOT = IS_REP_0_LONG + STATES * POSITIONS,   /* a tree of 6 bits for each of 4 classes of length */
	SPECIAL = SLOT + 4 * 64,          /* low bits of distances in slots 4 to 13 */
	ALIGN = SPECIAL + 128,            /* the 4 lowest bits of longer distances */
	LENGTH = ALIGN + 16,
	LENGTH_CHOICE = 0, LENGTH_LOW = 2, LENGTH_MID = LENGTH_LOW + 8 * POSITIONS, LENGTH_HIGH = LENGTH_MID + 8 * POSITIONS,
	LENGTH_SIZE = LENGTH_HIGH + 256,
	REP_LENGTH = LENGTH + LENGTH_SIZE,
	LITERAL = REP_LENGTH + LENGTH_SIZE,
	LITERAL_SIZE = 0x300,
};

/** The class of position @at. */
static unsigned position_class(const struct lzma_decoder *d, size_t at)
{
	return (unsigned)at & ((1u << d->pb) - 1);
}

/** Which set of contexts the literal at @at has, behind the byte @before. */
static unsigned literal_set(const struct lzma_decoder *d, size_t at, unsigned before)
{
	return ((unsigned)at & ((1u << d->lp) - 1)) << d->lc | before >> (8 - d->lc);
}

static void bring_in_byte(struct lzma_decoder *d)
{
	d->range <<= 8;
	d->code <<= 8;
	if (d->in == d->in_end)
		d->bad = true;
	else
		d->code |= *d->in++;
}

/** Keep 24 bits of range or more. */
FOR_EACH_BIT void normalize(struct lzma_decoder *d)
{
	if (d->range < RANGE_MIN)
		bring_in_byte(d);
}

FOR_EACH_BIT unsigned decode_bit(struct lzma_decoder *d, unsigned index)
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
static unsigned decode_tree(struct lzma_decoder *d, unsigned base, unsigned bits)
{
	unsigned symbol = 1;

	do
		symbol = symbol << 1 | decode_bit(d, base + symbol);
	while (!(symbol >> bits));
	return symbol - (1u << bits);
}

/** The same, the lowest bit first. */
static unsigned decode_reverse_tree(struct lzma_decoder *d, unsigned base, unsigned bits)
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
static uint32_t decode_direct(struct lzma_decoder *d, unsigned bits)
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

static unsigned decode_length(struct lzma_decoder *d, unsigned base, unsigned position)
{
	if (!decode_bit(d, base + LENGTH_CHOICE))
		return LENGTH_MIN + decode_tree(d, base + LENGTH_LOW + position * 8, 3);
	if (!decode_bit(d, base + LENGTH_CHOICE + 1))
		return LENGTH_MIN + 8 + decode_tree(d, base + LENGTH_MID + position * 8, 3);
	return LENGTH_MIN + 16 + decode_tree(d, base + LENGTH_HIGH, 8);
}

/** A distance less one: a slot gives its two highest bits and how many follow. */
static uint32_t decode_distance(struct lzma_decoder *d, unsigned length)
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
static uint8_t decode_literal(struct lzma_decoder *d, unsigned base, bool after_match, unsigned match)
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

/** A repeat's distance moves to the front of d->rep. True when it is one byte at the last distance. */
static bool decode_repeat(struct lzma_decoder *d, unsigned state, unsigned position)
{
	uint32_t *rep = d->rep, distance = rep[0];
	unsigned index = 0;

	if (!decode_bit(d, IS_REP_0 + state))
		return !decode_bit(d, IS_REP_0_LONG + state * POSITIONS + position);
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

/** Begin with a state that remembers nothing, and @contexts contexts. */
static void lzma_reset(struct lzma_decoder *d, unsigned contexts)
{
	d->state = 0;
	d->rep[0] = d->rep[1] = d->rep[2] = d->rep[3] = 0;
	for (unsigned i = 0; i < contexts; i++)
		d->context[i] = 1u << (MODEL_BITS - 1);
}

/** Begin to decode the @len bytes at @in. False when nothing begins so. */
static bool lzma_begin(struct lzma_decoder *d, const uint8_t *in, size_t len)
{
	if (len < 5 || in[0] != 0)
		return false;
	d->range = 0xffffffff;
	d->code = (uint32_t)in[1] << 24 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 8 | in[4];
	d->in = in + 5;
	d->in_end = in + len;
	d->bad = false;
	return true;
}

/** Packets from @at on, until @limit bytes of @out are there or a few more; none goes beyond @out_len. @out is where distances end. Returns
 *  how many there are; d->bad when the input is not right. Its own end marker, if any, is not looked at. */
static size_t lzma_packets(struct lzma_decoder *d, uint8_t *out, size_t at, size_t limit, size_t out_len)
{
	while (at < limit && !d->bad) {
		unsigned state = d->state, position = position_class(d, at), length;
		bool after_match = state >= FIRST_MATCH_STATE;

		if (!decode_bit(d, IS_MATCH + state * POSITIONS + position)) {
			unsigned base = LITERAL + literal_set(d, at, at ? out[at - 1] : 0) * LITERAL_SIZE;

			out[at] = decode_literal(d, base, after_match, after_match ? out[at - d->rep[0] - 1] : 0);
			at++;
			d->state = state_after_literal(state);
			continue;
		}
		if (!decode_bit(d, IS_REP + state)) {
			d->rep[3] = d->rep[2];
			d->rep[2] = d->rep[1];
			d->rep[1] = d->rep[0];
			length = decode_length(d, LENGTH, position);
			d->rep[0] = decode_distance(d, length);
			d->state = after_match ? 10 : 7;
		} else if (decode_repeat(d, state, position)) {
			length = 1;
			d->state = after_match ? 11 : 9;
		} else {
			length = decode_length(d, REP_LENGTH, position);
			d->state = after_match ? 11 : 8;
		}
		if (d->rep[0] >= at || length > out_len - at) {
			d->bad = true;
			break;
		}
		do {
			out[at] = out[at - d->rep[0] - 1];
			at++;
		} while (--length);
	}
	return at;
}

#endif
