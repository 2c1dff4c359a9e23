/* SPDX-License-Identifier: BSD-2-Clause */
/* A block of the .xz format ("The .xz File Format", version 1.1.0, section 3): header, LZMA2, padding, and a check of what came out. Where its
 * filter for x86 code was used, that is undone when all of the block is there, since LZMA2 refers back to what it wrote. Filters other
 * than these two, and checks other than CRC-32, CRC-64 and SHA-256, are not supported. Part of core/xz.c, which calls
 *
 *     xz_block_init() - for each block: xz_block_begin() - xz_block_run() until it is not -EINPROGRESS */
#ifndef CORE_XZ_BLOCK_H
#define CORE_XZ_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/crc.h"
#include "core/cursor.h"
#include "core/digest.h"
#include "core/lzma2.h"

struct unpack;

struct xz_block {
	struct unpack *u;
	int (*stage)(struct xz_block *b, size_t slice);         /* what comes next; NULL: nothing */
	unsigned check;                 /* 2.1.1.2 */
	size_t in, data, out;           /* where its header, its LZMA2 and its output begin */
	uint64_t unpadded;              /* 4.3: bytes of its header, LZMA2 and check */
	uint64_t compressed, uncompressed;      /* bytes of LZMA2 and of output, as its header says */
	size_t done;                    /* bytes of its output that the filter, then the check, are past */
	size_t work;                    /* bytes that this slice has done */
	bool x86;
	uint32_t x86_start;
	unsigned x86_mask;
	uint64_t crc;                   /* of the output */
	struct digest digest;
	struct crc crc32, crc64;        /* tables */
	struct lzma2 lzma2;
};

/** Make the tables. */
void xz_block_init(struct xz_block *b, struct unpack *u);
/** A block begins at u->in_pos, with a check that is supported. */
void xz_block_begin(struct xz_block *b, unsigned check);
/** Do about @slice bytes more: -EINPROGRESS; 0 at the end of the block. -EPROTO, -ENOMEM, -ENOTSUP with fail(). */
int xz_block_run(struct xz_block *b, size_t slice);

/** Is @check supported? */
bool xz_check_known(unsigned check);
/** Step over the zeros that make what began at @start a multiple of four bytes. 0 or -EPROTO with fail(). */
int xz_skip_padding(struct unpack *u, size_t start);
/** 1.2: a number of 7 bits a byte, the lowest first, in as few bytes as will do. */
#define XZ_NUMBER_BYTES_MAX 9
uint64_t xz_number(struct reader *r);
/** The CRC-32 of @len bytes. */
static inline uint32_t xz_crc32(const struct xz_block *b, const void *data, size_t len)
{
	return (uint32_t)crc_update(&b->crc32, 0, data, len);
}

#endif
