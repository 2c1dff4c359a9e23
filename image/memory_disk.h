/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk whose bytes lie in memory: they are read there and written there. It never has to wait.
 *
 * A last block that is not whole is filled up with zeros, which can be written, too, but live beside the bytes, in the struct. */
#ifndef IMAGE_MEMORY_DISK_H
#define IMAGE_MEMORY_DISK_H

#include <stddef.h>
#include "core/block.h"

#define MEMORY_DISK_BLOCK_MAX 2048

struct memory_disk {
	struct block_device device;
	uint8_t *bytes;
	size_t length;
	uint8_t rest[MEMORY_DISK_BLOCK_MAX];    /* what is missing of the last block */
};

/** A disk of the @length bytes at @base but for the first @offset of them; no blocks when there are not so many. The bytes stay the caller's,
 *  also when it is closed. @block_bytes: 512 or 2048. @name must live as long. Cannot fail. */
void memory_disk_init(struct memory_disk *disk, const char *name, void *base, size_t length, uint64_t offset, uint32_t block_bytes,
		      bool read_only);

#endif
