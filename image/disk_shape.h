/* SPDX-License-Identifier: BSD-2-Clause */
/* What a disk image is, by its first bytes, its length and the words on its command line: a floppy, a hard disk, a CD, or a hybrid, which is a
 * CD and a hard disk in one. Pure.
 *
 * By itself an image is a CD if it has ISO 9660's volume descriptor, hybrid or not; else there must be a boot sector: then it is a floppy by
 * the usual sizes, a hard disk by a table of partitions or DOSEMU's header, and what has neither is a floppy below 4 MiB. Less than what the
 * descriptor, FAT's parameters or the partitions promise is a truncated image. The words floppy and harddisk are not doubted: sizes and contents
 * are then whatever they are.
 * Not supported: packed images (unpack them first), CDs with sectors of 2352 bytes, formats of virtual machines. */
#ifndef IMAGE_DISK_SHAPE_H
#define IMAGE_DISK_SHAPE_H

#include <stddef.h>
#include "image/disk_geometry.h"
#include "image/disk_options.h"

#define DISK_CD_BLOCK 2048
/** So many bytes are looked at, from the disk's beginning: to the end of a CD's second volume descriptor. */
#define DISK_START_BYTES (18 * DISK_CD_BLOCK)

struct disk_shape {
	enum disk_kind kind;            /* never DISK_ANY */
	bool hybrid;                    /* a CD with a table of partitions */
	uint64_t offset;                /* where it begins in the image */
	uint32_t block_bytes;           /* 2048 for CDs, else 512 */
	uint64_t blocks;                /* the last one may not be whole */
	struct disk_geometry geometry;  /* zeros for CDs */
};

/** What the image of @length bytes is, whose bytes from options->offset on begin with the @start_bytes at @start (DISK_START_BYTES, or as many
 *  as there are). With fail(): -ENOEXEC no disk image; -EPROTO a truncated one, or with a broken header; -EINVAL nothing is left behind the
 *  offset; -ENOTSUP a CD with sectors of 2352 bytes. */
int disk_shape_find(const void *start, size_t start_bytes, uint64_t length, const struct disk_options *options, struct disk_shape *shape);
/** "floppy", "hard disk", "CD"; "hybrid CD". */
const char *disk_shape_name(const struct disk_shape *shape);

#endif
