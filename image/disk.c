/* SPDX-License-Identifier: BSD-2-Clause */
/* Disk images; see image/disk.h. */
#include "image/disk.h"

#include "core/errors.h"
#include "image/disk_shape.h"

/** Has it nothing but a boot sector's mark, as a program may have? */
static bool may_be_program(const uint8_t *start, uint32_t length, const struct disk_shape *shape)
{
	struct disk_bpb bpb;
	struct disk_geometry g;

	return shape->kind == DISK_FLOPPY && length <= PLAN_PROGRAM_MAX && !disk_bpb_parse(start, &bpb) &&
	       !disk_geometry_floppy(length / DISK_SECTOR, &g);
}

static int disk_probe(const struct image *image)
{
	static const struct disk_options none = { .drive = -1 };
	uint32_t length = image->block.length;
	size_t start_bytes = length < DISK_START_BYTES ? length : DISK_START_BYTES;
	const uint8_t *start = length < DISK_SECTOR ? NULL : image_bytes(image, 0, start_bytes);
	struct disk_shape shape;
	int rc = start ? disk_shape_find(start, start_bytes, length, &none, &shape) : -ENOEXEC;

	return rc == 0 && may_be_program(start, length, &shape) ? -ENOEXEC : rc;
}

const struct image_format disk_format = { .name = "disk", .unmarked = true, .disk = true, .probe = disk_probe };
