/* SPDX-License-Identifier: BSD-2-Clause */
/* Sectors that were written over a disk that stays as it is: pages of eight, found by number. Their bytes lie in memory of the caller's, which may
 * move between calls: each is told where it is.
 *
 * overlay_init() - overlay_write(), overlay_apply() to what was read below - overlay_free(). */
#ifndef CORE_OVERLAY_H
#define CORE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"

enum { OVERLAY_SECTOR = 512, OVERLAY_PAGE = 8 * OVERLAY_SECTOR, OVERLAY_BUCKETS = 64 };

struct overlay {
	struct list bucket[OVERLAY_BUCKETS];
	uint32_t pages, pages_max;      /* in use, and there is memory for */
};

/** There are @pages_max times OVERLAY_PAGE bytes of memory. */
void overlay_init(struct overlay *o, uint32_t pages_max);
/** Keep @count sectors from @first on. False when there is no memory for all of them: then none is kept. */
bool overlay_write(struct overlay *o, uint8_t *memory, uint64_t first, uint32_t count, const void *data);
/** Put those of @count sectors from @first on that were written over what is at @data. */
void overlay_apply(const struct overlay *o, const uint8_t *memory, uint64_t first, uint32_t count, void *data);
void overlay_free(struct overlay *o);

#endif
