/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw LZMA1 decoder (the stream of `xz --format=raw --x86 --lzma1=lc=3,lp=0,pb=0`) with the x86 branch filter undone after.
 *
 * Position-independent and free of static data: the ROM's loader runs it before anything is relocated. The output buffer is the
 * dictionary. Hostile input ends in -EPROTO, never outside @out or @in. */
#ifndef CORE_LZMA_H
#define CORE_LZMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LZMA_LC 3
#define LZMA_LP 0
#define LZMA_PB 0
/** Probabilities: the caller's scratch memory, uint16_t each. */
#define LZMA_PROBS (1846 + (768 << (LZMA_LC + LZMA_LP)))

/** What a decoder keeps. */
struct lzma_decoder {
	uint32_t range, code;
	const uint8_t *in, *in_end;
	uint16_t *context;
	bool bad;                       /* the input ended early, or cannot be */
	unsigned state;                 /* what the last few packets were */
	uint32_t rep[4];                /* the last four distances, less one */
	unsigned lc, lp, pb;            /* core/lzma2.c only */
};

/** Decode exactly @out_len bytes from @in_len bytes. 0 or -EPROTO (-71). */
int lzma_decode(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len, uint16_t probs[LZMA_PROBS]);
/** Undo xz's x86 BCJ filter over the whole of @data (its start position is 0). */
void lzma_x86_unfilter(uint8_t *data, size_t len);

#endif
