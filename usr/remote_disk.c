/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks on a server: see usr/remote_disk.h. Half of the memory is for windows on the file (usr/remote_cache.h), the rest for what is written. */
#include "usr/remote_disk.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/list.h"     // container_of
#include "core/overlay.h"
#include "core/string.h"
#include "core/uri.h"
#include "image/space.h"
#include "usr/remote_cache.h"

enum { SECTOR = 512, MEMORY_LEAST = 2 * REMOTE_CACHE_LEAST, MEMORY_MAX = 16 << 20 };

/** What a call brought so far, until it is over. */
struct call { uint64_t first; uint32_t count; uint64_t done; };

struct remote_disk {
	struct block_device device;
	char *name;
	struct remote_cache cache;
	struct overlay overlay;
	struct space_block memory;              /* first the cache's, then the overlay's */
	uint32_t cache_bytes;
	struct call call;
};

static struct remote_disk *disk_of(const struct block_device *device)
{
	return container_of((struct block_device *)(uintptr_t)device, struct remote_disk, device);
}

static uint8_t *written_to(const struct remote_disk *d)
{
	return space_at(&d->memory, d->cache_bytes, d->overlay.pages_max * OVERLAY_PAGE);
}

/** The last sector is filled up with zeros. */
static int remote_read(struct block_device *device, uint64_t first, uint32_t count, void *data)
{
	struct remote_disk *d = disk_of(device);
	uint64_t start = first * SECTOR, end = start + (uint64_t)count * SECTOR, there = end < d->cache.total ? end : d->cache.total;
	int rc;

	if (d->call.first != first || d->call.count != count) {
		d->call = (struct call){ first, count, 0 };
		remote_cache_seek(&d->cache, start);
	}
	rc = remote_cache_read(&d->cache, start, there, data, &d->call.done);
	if (rc == -EINPROGRESS)
		return rc;
	d->call.count = 0;
	if (rc != 0)
		return rc;
	memset((uint8_t *)data + (there - start), 0, (size_t)(end - there));
	overlay_apply(&d->overlay, written_to(d), first, count, data);
	return 0;
}

static int remote_write(struct block_device *device, uint64_t first, uint32_t count, const void *data)
{
	struct remote_disk *d = disk_of(device);

	if (device->read_only)
		return fail(-EROFS, "%s is read-only", device->name);
	if (!overlay_write(&d->overlay, written_to(d), first, count, data))
		return fail(-EIO, "no memory is left for what is written to %s", device->name);
	return 0;
}

static void remote_memory(const struct block_device *device, uint32_t *start, uint32_t *len)
{
	const struct remote_disk *d = disk_of(device);

	*start = d->memory.start;
	*len = d->memory.size;
}

static void remote_abandon(struct block_device *device)
{
	disk_of(device)->call.count = 0;
}

static void remote_close(struct block_device *device)
{
	struct remote_disk *d = disk_of(device);

	remote_cache_close(&d->cache);
	space_free(&d->memory);
	overlay_free(&d->overlay);
	heap_free(d->name);
	heap_free(d);
}

/** An eighth of the memory that is free. */
static int take_memory(struct remote_disk *d)
{
	uint32_t largest, bytes;
	uint64_t total;
	int rc;

	space_free_bytes(&total, &largest);
	bytes = total / 8 > MEMORY_MAX ? MEMORY_MAX : total / 8 < MEMORY_LEAST ? MEMORY_LEAST : (uint32_t)total / 8;
	d->cache_bytes = remote_cache_init(&d->cache, d->name, &d->memory, bytes / 2);
	overlay_init(&d->overlay, (bytes - d->cache_bytes) / OVERLAY_PAGE);
	rc = space_alloc(&d->memory, bytes);
	d->memory.fixed = rc == 0;              /* hidden from what boots, where it lies */
	return rc;
}

static char *name_of(const struct uri *uri)
{
	const char *slash = uri->path ? strrchr(uri->path, '/') : NULL;

	return heap_strdup(slash && slash[1] ? slash + 1 : "disk");
}

int remote_disk_open(struct block_device **device, struct net *net, const struct uri *uri, bool read_only)
{
	struct remote_disk *d = heap_zalloc(sizeof(*d));
	int rc;

	*device = NULL;
	if (!d)
		return fail(-ENOMEM, "no room for a disk");
	d->name = name_of(uri);
	d->device = (struct block_device){ d->name, SECTOR, 0, read_only, remote_read, remote_write, remote_memory, remote_abandon,
	                                    remote_close };
	overlay_init(&d->overlay, 0);
	rc = d->name ? take_memory(d) : fail(-ENOMEM, "no room for a disk");
	if (rc == 0)
		rc = remote_cache_open(&d->cache, net, uri);
	if (rc != 0) {
		remote_close(&d->device);
		return rc;
	}
	*device = &d->device;
	return 0;
}

int remote_disk_ready(struct block_device *device)
{
	struct remote_disk *d = disk_of(device);
	int rc = remote_cache_ready(&d->cache);

	if (rc == 0)
		d->device.blocks = (d->cache.total + SECTOR - 1) / SECTOR;
	return rc;
}

const char *remote_disk_state(const struct block_device *device)
{
	return remote_cache_state(&disk_of(device)->cache);
}

uint64_t remote_disk_fetched(const struct block_device *device)
{
	return disk_of(device)->cache.fetched;
}
