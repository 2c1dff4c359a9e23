/* SPDX-License-Identifier: BSD-2-Clause */
/* DEFLATE (RFC 1951), what gzip and zlib have inside. Reads and writes through a struct unpack.
 *
 * inflate_start() - inflate_run() until it is not -EINPROGRESS; u->in_pos is then behind the last byte that was needed. */
#ifndef CORE_INFLATE_H
#define CORE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpack;

#define INFLATE_BITS_MAX 15             /* of a code */
#define INFLATE_FAST_BITS 9             /* codes up to so many are found at once */
#define INFLATE_SYMBOLS_MAX 288

/** A set of codes (3.2.2). */
struct inflate_codes {
	uint16_t fast[1 << INFLATE_FAST_BITS];    /* by the next bits: symbol << 4 | length of its code; 0: it is longer, or none */
	uint16_t count[INFLATE_BITS_MAX + 1];     /* how many codes there are of each length */
	uint16_t symbol[INFLATE_SYMBOLS_MAX];     /* in the order of their codes */
};

struct inflate {
	struct unpack *u;
	/** What comes next; 0, or an error with fail(). */
	int (*stage)(struct inflate *s, size_t limit);
	bool last;                      /* no block comes after this one */
	bool early;                     /* more bits were taken than there are */
	uint32_t bits;                  /* read and not taken yet, the next one lowest; zeros follow */
	unsigned have;
	unsigned stored;                /* bytes left of a stored block */
	size_t start;                   /* distances reach no further back in the output */
	struct inflate_codes literals, distances;
};

/** Begin at u->in_pos and u->out_pos. */
void inflate_start(struct inflate *s, struct unpack *u);
/** Go on until u->out_pos is @limit or a little more, or for many blocks: -EINPROGRESS; 0 at the end. -EPROTO or -ENOMEM with fail(). */
int inflate_run(struct inflate *s, size_t limit);

#endif
