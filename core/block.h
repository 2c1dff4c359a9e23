/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk as blocks: the seam between who brings the bytes (memory, a server) and who shows them as a disk (the BIOS's INT 13h).
 *
 * Calls never wait. One that has to answers -EINPROGRESS: the caller lets the network go on and makes the same call again, until it answers
 * something else; in between it makes no other call of that device but block_abandon(). Blocks that were written read back as written
 * until the device is closed, whether or not they reach what is behind it. */
#ifndef CORE_BLOCK_H
#define CORE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct block_device {
	const char *name;               /* for messages; the device's */
	uint32_t block_bytes;           /* 512 or 2048 */
	uint64_t blocks;
	bool read_only;
	/** @count (at least 1) blocks from @first on, all of which there are, to or from @data. 0, -EINPROGRESS, or an error with fail() after
	 *  which other calls may still succeed: -EIO, -ESTALE (what is behind it has changed: never other bytes than before), -EROFS. */
	int (*read)(struct block_device *d, uint64_t first, uint32_t count, void *data);
	int (*write)(struct block_device *d, uint64_t first, uint32_t count, const void *data);
	/** The physical memory that it keeps bytes in, which may move until something is booted: nobody else is to use that while it is a drive.
	 *  NULL: none but the heap. */
	void (*memory)(const struct block_device *d, uint32_t *start, uint32_t *len);
	/** Forget a call that was in progress; may be NULL. */
	void (*abandon)(struct block_device *d);
	/** Give all back. The device is gone. */
	void (*close)(struct block_device *d);
};

/** Are blocks [@first, @first + @count) all on @d, and is @count not 0? Safe for any values. */
static inline bool block_range_ok(const struct block_device *d, uint64_t first, uint64_t count)
{
	return count > 0 && first < d->blocks && count <= d->blocks - first;
}

#endif
