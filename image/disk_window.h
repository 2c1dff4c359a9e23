/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk that is a part of another one, or all of it in larger blocks: a CD over sectors, the floppy or hard disk on a CD. */
#ifndef IMAGE_DISK_WINDOW_H
#define IMAGE_DISK_WINDOW_H

#include "core/block.h"

struct disk_window {
	struct block_device device;
	struct block_device *whole;
	uint64_t first;                 /* of @whole's blocks */
	uint32_t ratio;                 /* of its blocks in one of ours */
};

/** Blocks of @block_bytes, a multiple of @whole's, from @whole's block @first on: @blocks of them, or as many whole ones as there are. @whole
 *  stays the caller's, also when this is closed. Cannot fail. */
void disk_window_init(struct disk_window *w, struct block_device *whole, uint64_t first, uint64_t blocks, uint32_t block_bytes);

#endif
