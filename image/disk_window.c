/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of disks: see image/disk_window.h. */
#include "image/disk_window.h"

#include "core/list.h"     // container_of

static struct disk_window *window_of(struct block_device *d)
{
	return container_of(d, struct disk_window, device);
}

static int window_read(struct block_device *d, uint64_t first, uint32_t count, void *data)
{
	struct disk_window *w = window_of(d);

	return w->whole->read(w->whole, w->first + first * w->ratio, count * w->ratio, data);
}

static int window_write(struct block_device *d, uint64_t first, uint32_t count, const void *data)
{
	struct disk_window *w = window_of(d);

	return w->whole->write(w->whole, w->first + first * w->ratio, count * w->ratio, data);
}

static void window_abandon(struct block_device *d)
{
	struct block_device *whole = window_of(d)->whole;

	if (whole->abandon)
		whole->abandon(whole);
}

static void window_close(struct block_device *d)
{
	d->blocks = 0;
}

void disk_window_init(struct disk_window *w, struct block_device *whole, uint64_t first, uint64_t blocks, uint32_t block_bytes)
{
	uint32_t ratio = block_bytes / whole->block_bytes;
	uint64_t there = first < whole->blocks ? (whole->blocks - first) / ratio : 0;

	*w = (struct disk_window){
		.device = {
			.name = whole->name, .block_bytes = block_bytes, .blocks = blocks < there ? blocks : there, .read_only = whole->read_only,
			.read = window_read, .write = window_write, .abandon = window_abandon, .close = window_close,
		},
		.whole = whole, .first = first, .ratio = ratio,
	};
}
