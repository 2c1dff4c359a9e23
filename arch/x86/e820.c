/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the BIOS's memory map; see e820.h. */
#include "arch/x86/e820.h"

#include "arch/x86/bios.h"

#define PAGE 4096u
#define LOWEST  0x100000u                          /* RAM below 1 MiB is not in the map */
#define HIGHEST 0xfffff000u                        /* the last page below 4 GiB stays out, so that ends fit in 32 bits */
#define SMAP 0x534d4150u
#define E820_CALLS_MAX 128

struct e820_entry { uint64_t start, size; uint32_t type, attributes; };

static void remove_region(struct memmap *map, unsigned i)
{
	for (map->count--; i < map->count; i++)
		map->region[i] = map->region[i + 1];
}

void memmap_add(struct memmap *map, uint64_t start, uint64_t end)
{
	unsigned i = 0;

	start = (start + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	end &= ~(uint64_t)(PAGE - 1);
	if (start < LOWEST)
		start = LOWEST;
	if (end > HIGHEST)
		end = HIGHEST;
	if (start >= end)
		return;
	memmap_exclude(map, start, end);           /* an overlap counts once */
	if (map->count == MEMMAP_MAX)
		return;
	while (i < map->count && map->region[i].start < start)
		i++;
	for (unsigned j = map->count++; j > i; j--)
		map->region[j] = map->region[j - 1];
	map->region[i].start = (uint32_t)start;
	map->region[i].size = (uint32_t)(end - start);
	if (i + 1 < map->count && map->region[i].start + map->region[i].size == map->region[i + 1].start) {
		map->region[i].size += map->region[i + 1].size;
		remove_region(map, i + 1);
	}
	if (i > 0 && map->region[i - 1].start + map->region[i - 1].size == map->region[i].start) {
		map->region[i - 1].size += map->region[i].size;
		remove_region(map, i);
	}
}

void memmap_exclude(struct memmap *map, uint64_t start, uint64_t end)
{
	start &= ~(uint64_t)(PAGE - 1);
	end = (end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	for (unsigned i = 0; i < map->count; i++) {
		struct mem_region *r = &map->region[i];
		uint64_t r_start = r->start, r_end = r_start + r->size;

		if (end <= r_start || start >= r_end)
			continue;
		if (start <= r_start && end >= r_end) {
			remove_region(map, i--);
		} else if (start <= r_start) {
			r->start = (uint32_t)end;
			r->size = (uint32_t)(r_end - end);
		} else {
			r->size = (uint32_t)(start - r_start);
			if (end < r_end)           /* the rest behind the hole */
				memmap_add(map, end, r_end);
		}
	}
}

/** Go through the map once; RAM is added, or in the second turn everything else taken out. False when there is no E820. */
static bool e820_walk(const struct boot_info *info, struct memmap *map, bool ram)
{
	struct e820_entry *entry = (struct e820_entry *)(info->lowmem + LOWMEM_BOUNCE);
	uint32_t next = 0;

	for (unsigned calls = 0; calls < E820_CALLS_MAX; calls++) {
		struct rm_call call = { .eax = 0xe820, .ebx = next, .ecx = 20, .edx = SMAP, .edi = LOWMEM_BOUNCE,
		                        .es = rm_segment(info->lowmem) };

		rm_int_at(info->lowmem, 0x15, &call);
		if (call.eax != SMAP || (call.flags & FLAG_CARRY))
			return calls > 0;
		if (entry->size > 0 && entry->start + entry->size > entry->start) {
			if (ram && entry->type == 1)
				memmap_add(map, entry->start, entry->start + entry->size);
			else if (!ram && entry->type != 1 && entry->start < HIGHEST)
				memmap_exclude(map, entry->start, entry->start + entry->size);
		}
		next = call.ebx;
		if (next == 0)
			break;
	}
	return true;
}

/** BIOSes before E820: E801h counts KiB from 1 MiB to 16 MiB and 64 KiB blocks from 16 MiB; 88h only the former. */
static void e801_read(const struct boot_info *info, struct memmap *map)
{
	struct rm_call call = { .eax = 0xe801 };

	rm_int_at(info->lowmem, 0x15, &call);
	if (!(call.flags & FLAG_CARRY)) {
		uint32_t kib = (call.eax & 0xffff) ? call.eax & 0xffff : call.ecx & 0xffff;
		uint32_t blocks = (call.ebx & 0xffff) ? call.ebx & 0xffff : call.edx & 0xffff;

		memmap_add(map, LOWEST, LOWEST + kib * 1024ull);
		memmap_add(map, 0x1000000, 0x1000000 + blocks * 65536ull);
		return;
	}
	call = (struct rm_call){ .eax = 0x8800 };
	rm_int_at(info->lowmem, 0x15, &call);
	if (!(call.flags & FLAG_CARRY))
		memmap_add(map, LOWEST, LOWEST + (call.eax & 0xffff) * 1024ull);
}

void e820_read(const struct boot_info *info, struct memmap *map)
{
	map->count = 0;
	if (e820_walk(info, map, true))
		e820_walk(info, map, false);
	else
		e801_read(info, map);
}
