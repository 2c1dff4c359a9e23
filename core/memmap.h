/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: the machine's memory as the platform lets us use it.
 *
 * Two lists. What we may hold images in now: from the BEV and every other container the free regions of E820 below 4 GiB less
 * our own payload; inside POST the blocks that PMM gave. And what will be free when an operating system is entered: E820's RAM,
 * where a load plan may put things. Both are sorted by address, do not overlap, and are whole pages. */
#ifndef CORE_MEMMAP_H
#define CORE_MEMMAP_H

#include <stdbool.h>
#include "core/dma.h"   // phys_t

#define MEMMAP_MAX 32

struct mem_region { phys_t start; uint32_t size; };   /* start + size never exceeds 2^32 - 4096 */
struct memmap { unsigned count; struct mem_region region[MEMMAP_MAX]; };

/** Where images may be kept now. */
void memmap_storage(struct memmap *map);

/** Where bytes may lie when an image is entered: E820 type 1 below 4 GiB and above 1 MiB, our own memory included. */
void memmap_final(struct memmap *map);

/** All of memory as the BIOS tells it, of the types it says (1: RAM); how many entries of @max were written. 0: it tells nothing. */
struct mem_entry { uint64_t start, size; uint32_t type; };
unsigned memmap_entries(struct mem_entry *entries, unsigned max);

/** A pointer to @size bytes at physical @addr, which lies in one of the regions above. In the ROM this is the identity. */
void *phys_ptr(phys_t addr, uint32_t size);

#endif
