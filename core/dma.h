/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: memory that a device reads and writes. In the ROM a pointer is a physical address; the host tests pretend. */
#ifndef CORE_DMA_H
#define CORE_DMA_H

#include <stdint.h>

/** A 32-bit physical address; everything of ours lies below 4 GiB. */
typedef uint32_t phys_t;

/** The physical address of @p, which must lie in memory from heap_alloc*() or the packet pool. */
phys_t dma_addr(const void *p);

#endif
