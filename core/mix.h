/* SPDX-License-Identifier: BSD-2-Clause */
/* Compression by mixed contexts, which is how the ROM's payload is packed: a sixth smaller than LZMA makes it, for an unpacking that looks
 * up every bit in seven contexts (which an emulated processor takes most of a second for, and others a tenth of one).
 *
 * Every bit is guessed from what followed the same few bytes before. Several guesses, each after other bytes (the contexts), are weighed by
 * how well each did of late, the outcome is corrected by what became of such ones before, and an arithmetic coder turns a bit that was
 * guessed with odds p into -log2 p bits. The decoder learns what the encoder learned, so nothing but the coded bits is stored. The method is
 * known from PAQ (M. Mahoney, "Adaptive Weighing of Context Models for Lossless Data Compression", 2005); contexts and figures here are
 * chosen by trial on this payload.
 *
 * Position-independent and free of static data: the ROM's loader runs it before anything is relocated. */
#ifndef CORE_MIX_H
#define CORE_MIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/x86_code.h"

enum {
	MIX_CONTEXTS = 7,
	MIX_INPUTS = MIX_CONTEXTS + 2,          /* and the longest match, and a constant */
	MIX_SLOT_BITS = 18,
	MIX_PLACE_BITS = 16,
	MIX_LONGEST = 31,                       /* matches longer than this are all alike */
	MIX_SURE = 9,                           /* what was seen more often than this many times changes no slower */
	MIX_SCALE = 2047,                       /* stretched odds: ln(p / (1 - p)) in 256ths, from -MIX_SCALE to MIX_SCALE */
	MIX_STEPS = 16,                         /* of 256, over that scale, between which odds that were mixed are corrected */
};

/** What is unpacked, and how far that is. */
struct mix_input {
	const uint8_t *data;
	size_t len, taken;                      /* taken > len: it ended too early */
	size_t at;                              /* bytes unpacked */
	uint32_t low, high, code;               /* the arithmetic coder's interval, and where in it the bits are */
};

/** What is learned, and the tables for it: the caller's memory, of any contents before. */
struct mix {
	/* What followed in a context after the bits of its byte so far. Bits 16 to 31: the odds of a 1, in 65536ths; 8 to 15: check bits of the
	 * context's hash; 0 to 7: how often it was seen, up to MIX_SURE, and 0 if the slot is free */
	uint32_t slots[1 << MIX_SLOT_BITS];
	int32_t weights[2][256][MIX_INPUTS];    /* 65536 is one; chosen by the bits of this byte so far, and by the byte before */
	uint16_t corrected[8][256][MIX_STEPS + 1];      /* odds, for those that were mixed, by x86_code's next and the bits so far */
	uint32_t places[1 << MIX_PLACE_BITS];   /* by the hash of three bytes: the position after them */
	uint16_t match_odds[MIX_LONGEST + 1];   /* by length: that the byte which followed follows again */
	uint16_t pace[MIX_SURE + 1];            /* how far a slot that was seen so often moves, in 32768ths */
	uint16_t squash[2 * MIX_SCALE + 1];     /* stretched odds to 65536ths */
	int16_t stretch[4096];                  /* and back, from 4096ths */

	struct x86_code code;                   /* what the bytes so far are, taken for code */
	uint32_t context[MIX_CONTEXTS];         /* hashes */
	uint32_t *slot[MIX_CONTEXTS];
	int32_t input[MIX_INPUTS];
	int32_t *weight[2];
	int32_t guess[2];
	uint16_t *correction;                   /* the nearest of corrected[] */
	uint32_t match, match_len;              /* a position, and how many bytes before it are the last ones */
	int expected;                           /* the bit that the match says, or -1 */
	struct mix_input packed;
};

/** Unpack just @out_len bytes from @in, which must have just the @in_len bytes that this takes. 0, or -EPROTO (-71) for any other input; never a
 *  byte outside @out and @in. */
int mix_decode(struct mix *m, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);
/** The same in parts: mix_decode_begin() - mix_decode_to(), by which out[] gets its bytes up to @end - mix_decode_end(), whose result is
 *  mix_decode()'s. */
void mix_decode_begin(struct mix *m, const uint8_t *in, size_t in_len);
void mix_decode_to(struct mix *m, uint8_t *out, size_t end);
int mix_decode_end(const struct mix *m);
/** Pack @in_len bytes (less than 2^31) into @out and return the length, or more than @room, of which no more was written. For the build. */
size_t mix_encode(struct mix *m, uint8_t *out, size_t room, const uint8_t *in, size_t in_len);

#endif
