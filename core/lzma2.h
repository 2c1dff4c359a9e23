/* SPDX-License-Identifier: BSD-2-Clause */
/* LZMA2, what the .xz format has inside: LZMA in chunks, and chunks of bytes as they are. Reads and writes through a struct unpack.
 *
 * lzma2_start() - lzma2_run() until it is not -EINPROGRESS; u->in_pos is then behind the chunk that ends all. */
#ifndef CORE_LZMA2_H
#define CORE_LZMA2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpack;

#define LZMA2_POSITIONS 16              /* pb is 4 at most */
#define LZMA2_LC_LP_MAX 4               /* lc and lp together */
#define LZMA2_CONTEXTS (1860 + (0x300 << LZMA2_LC_LP_MAX))

/** What the decoder of the LZMA in a chunk keeps. */
struct lzma_decoder {
	uint32_t range, code;
	const uint8_t *in, *in_end;
	uint16_t *context;
	bool bad;                       /* the input ended early, or cannot be */
	unsigned state;                 /* what the last few packets were */
	uint32_t rep[4];                /* the last four distances, less one */
	unsigned lc, lp, pb;
};

struct lzma2 {
	struct unpack *u;
	struct lzma_decoder decoder;
	size_t base;                    /* of the output: distances reach no further back, positions count from here */
	size_t left;                    /* bytes of output that the chunk has still to bring; 0: a new one begins */
	size_t chunk_end;               /* where an LZMA chunk's input ends; 0: the chunk has bytes as they are */
	bool want_base, want_properties;
	uint16_t contexts[LZMA2_CONTEXTS];
};

/** Begin at u->in_pos and u->out_pos. */
void lzma2_start(struct lzma2 *s, struct unpack *u);
/** Go on until u->out_pos is @limit or a little more: -EINPROGRESS; 0 at the end. -EPROTO or -ENOMEM with fail(). */
int lzma2_run(struct lzma2 *s, size_t limit);

#endif
