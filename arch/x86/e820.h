/* SPDX-License-Identifier: BSD-2-Clause */
/* The BIOS's memory map: INT 15h AX=E820h (ACPI 6.x, 15.1), or what older calls say. No static data: the loader uses it, too. */
#ifndef ARCH_X86_E820_H
#define ARCH_X86_E820_H

#include "arch/x86/boot_info.h"
#include "core/memmap.h"

#define SMAP 0x534d4150u                           /* E820h's signature */

/** Fill @map with the RAM between 1 MiB and 4 GiB: whole pages, sorted, not overlapping, what is not RAM taken out. */
void e820_read(const struct boot_info *info, struct memmap *map);
/** The entries as they are, for memmap_entries(). */
unsigned e820_entries(const struct boot_info *info, struct mem_entry *entries, unsigned max);
/** E801h: KiB from 1 MiB to 16 MiB, and blocks of 64 KiB from 16 MiB. False when the BIOS does not have it. */
bool e801_read(const struct boot_info *info, uint16_t *kib, uint16_t *blocks);
/** 88h: KiB from 1 MiB on; 0 when the BIOS does not have it. */
uint16_t ext_88_read(const struct boot_info *info);
/** Take the pages that [@start, @end) touches out of @map. */
void memmap_exclude(struct memmap *map, uint32_t start, uint32_t end);
/** Put the pages that lie in [@start, @end) into @map in their order; what does not fit in its room is dropped. */
void memmap_add(struct memmap *map, uint32_t start, uint32_t end);

#endif
