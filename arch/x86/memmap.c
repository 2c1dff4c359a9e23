/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory we may use, and DMA addresses. From the BEV: E820's free memory less our own. Inside POST: what PMM gives, taken when it
 * is first wanted (a shell was opened), largest first, with something left for the BIOS; given back when POST goes on. */
#include "core/memmap.h"

#include "arch/x86/arch.h"
#include "arch/x86/container.h"
#include "arch/x86/e820.h"
#include "arch/x86/pmm.h"
#include "config/features.h"

#define MIB (1u << 20)
#define PMM_LARGEST 0x7f000000u              /* BIOSes compute with signed 32-bit sizes */
#define PMM_SMALLEST (1 * MIB)
#define PMM_LEFT (1 * MIB)                   /* what stays for the rest of POST */
#define PMM_BLOCKS 16

static struct memmap pmm_map;
static uint32_t pmm_blocks[PMM_BLOCKS];
static unsigned pmm_count;

/** The largest block PMM gives, by halving the step, whole MiBs; 0 when there is none. */
static uint32_t pmm_take_largest(uint32_t *bytes)
{
	uint32_t size = 0, block;

	for (uint32_t step = 0x40000000u; step >= PMM_SMALLEST; step /= 2) {
		if (size + step > PMM_LARGEST)
			continue;
		block = pmm_allocate(boot_info, size + step, PMM_ANONYMOUS, PMM_EXTENDED);
		if (block) {
			pmm_free(boot_info, block);
			size += step;
		}
	}
	*bytes = size;
	return size ? pmm_allocate(boot_info, size, PMM_ANONYMOUS, PMM_EXTENDED) : 0;
}

/** Take all, then return the last MiBs so that the BIOS has something to work with. */
static void pmm_take_all(void)
{
	uint32_t reserve = pmm_allocate(boot_info, PMM_LEFT, PMM_ANONYMOUS, PMM_EXTENDED);
	uint32_t block, bytes;

	while (pmm_count < PMM_BLOCKS && (block = pmm_take_largest(&bytes)) != 0) {
		pmm_blocks[pmm_count++] = block;
		memmap_add(&pmm_map, block, block + bytes);
	}
	if (reserve)
		pmm_free(boot_info, reserve);
}

void memmap_storage(struct memmap *map)
{
	const struct container *c = container_of_info(boot_info);

	if (boot_info->entry == ENTRY_INIT) {
		if (!pmm_count)
			pmm_take_all();
		*map = pmm_map;
		return;
	}
	e820_read(boot_info, map);
	memmap_exclude(map, boot_info->block, boot_info->block + boot_info->block_len);
	memmap_exclude(map, boot_info->image, boot_info->image + boot_info->image_len);
	if (CONFIG_CONTAINERS && c)
		memmap_exclude(map, c->initrd, c->initrd + c->initrd_len);
}

void memmap_final(struct memmap *map)
{
	e820_read(boot_info, map);
}

unsigned memmap_entries(struct mem_entry *entries, unsigned max)
{
	return e820_entries(boot_info, entries, max);
}

void memmap_close(void)
{
	while (pmm_count)
		pmm_free(boot_info, pmm_blocks[--pmm_count]);
	pmm_map.count = 0;
}

void *phys_ptr(phys_t addr, uint32_t size)
{
	(void)size;
	return (void *)addr;
}

phys_t dma_addr(const void *p)
{
	return (phys_t)p;
}
