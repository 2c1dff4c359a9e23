/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks in memory: see image/memory_disk.h. */
#include "image/memory_disk.h"

#include "core/assert.h"
#include "core/errors.h"
#include "core/list.h"     // container_of
#include "core/string.h"

/** Bytes of some blocks: those that lie in memory, and those that live in @rest, always the last ones. */
struct stretch { uint8_t *inside, *rest; size_t inside_bytes, rest_bytes; };

static struct stretch stretch_of(struct memory_disk *disk, uint64_t first, uint32_t count)
{
	size_t at, bytes = (size_t)count * disk->device.block_bytes;
	struct stretch s = { .rest = disk->rest };

	assert(block_range_ok(&disk->device, first, count));
	at = (size_t)first * disk->device.block_bytes;
	s.inside = disk->bytes + at;
	s.inside_bytes = bytes < disk->length - at ? bytes : disk->length - at;
	s.rest_bytes = bytes - s.inside_bytes;
	return s;
}

static int memory_disk_read(struct block_device *d, uint64_t first, uint32_t count, void *data)
{
	struct stretch s = stretch_of(container_of(d, struct memory_disk, device), first, count);

	memcpy(data, s.inside, s.inside_bytes);
	memcpy((uint8_t *)data + s.inside_bytes, s.rest, s.rest_bytes);
	return 0;
}

static int memory_disk_write(struct block_device *d, uint64_t first, uint32_t count, const void *data)
{
	struct stretch s = stretch_of(container_of(d, struct memory_disk, device), first, count);

	if (d->read_only)
		return fail(-EROFS, "%s", d->name);
	memcpy(s.inside, data, s.inside_bytes);
	memcpy(s.rest, (const uint8_t *)data + s.inside_bytes, s.rest_bytes);
	return 0;
}

static void memory_disk_close(struct block_device *d)
{
	d->blocks = 0;
}

void memory_disk_init(struct memory_disk *disk, const char *name, void *base, size_t length, uint64_t offset, uint32_t block_bytes,
		      bool read_only)
{
	memset(disk, 0, sizeof(*disk));
	if (offset < length) {
		disk->bytes = (uint8_t *)base + (size_t)offset;
		disk->length = length - (size_t)offset;
	}
	disk->device = (struct block_device){
		.name = name,
		.block_bytes = block_bytes,
		.blocks = disk->length / block_bytes + (disk->length % block_bytes != 0),
		.read_only = read_only,
		.read = memory_disk_read,
		.write = memory_disk_write,
		.close = memory_disk_close,
	};
}
