/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for images' bytes: blocks placed top-down in memmap_storage(), page aligned, in the order of the commands.
 *
 * A block has a header room in front (for a cpio header) and a length that is known, or, one block at a time, owns the largest gap
 * until its length is known. Others are addressed by handle, never by pointer: space_at() gives the pointer of the moment. */
#ifndef IMAGE_SPACE_H
#define IMAGE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/dma.h"   // phys_t
#include "core/list.h"

#define SPACE_HEADER_ROOM 4096          /* bytes in front of the data, for the loader's use at boot */
#define SPACE_PAGE 4096

/** A block. start and size are whole pages, header room included; 0 when it holds nothing. */
struct space_block {
	struct list link;               /* all blocks, highest address first */
	phys_t start;
	uint32_t size;
	uint32_t length;                /* bytes of data in it, from start + SPACE_HEADER_ROOM */
	bool growing;                   /* it owns the largest gap until space_settle() */
	uint32_t settled;               /* bytes that are where space_settle() brings them */
	bool fixed;                     /* set by an owner who has told others the address: space_arrange() leaves it there */
	unsigned rank;                  /* wanted order of addresses; 0 but for a call of space_arrange() */
};

/** Read the memory map and forget all blocks. At start. */
void space_init(void);
/** A block for @length bytes. -ENOMEM with fail(): bytes needed, free in all, and the largest gap. */
int space_alloc(struct space_block *b, uint64_t length);
/** The largest gap there is, for a length not known yet. -EBUSY when another block is growing, -ENOMEM. */
int space_grow(struct space_block *b);
/** Does a block own the largest gap now? What there is no room for may have some later. */
bool space_growing(void);
/** @b turned out to hold @length bytes: give the rest of the gap back (the bytes move up to its top). True when that is done; else some
 *  bytes were moved, and it is to be called again: until then nobody may look at them. */
bool space_settle(struct space_block *b, uint32_t length);
/** @to, which gives back what it holds, gets the memory of @from, which holds nothing afterwards. */
void space_take(struct space_block *to, struct space_block *from);
/** Give the block back. Harmless when it holds nothing. */
void space_free(struct space_block *b);
/** Address of byte @offset of the data; NULL when [@offset, @offset + @len) is not inside the block. */
uint8_t *space_at(const struct space_block *b, uint64_t offset, size_t len);
/** Physical address of the data. */
static inline phys_t space_phys(const struct space_block *b) { return b->start + SPACE_HEADER_ROOM; }
/** Rearrange the bytes in place, needing no room: within each region blocks then lie at its top, without gaps, from the lowest
 *  rank up; ranks are 0 afterwards. Blocks that are fixed stay, the others of a region above and below
 *  them apart. Slow (each exchange of neighbours reads and writes both twice); only for boot, when nothing else is left. */
void space_arrange(void);
/** For messages: bytes free in all and in the largest gap. */
void space_free_bytes(uint64_t *total, uint32_t *largest);

#endif
