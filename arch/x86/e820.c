/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the BIOS's memory map; see e820.h. */
#include "arch/x86/e820.h"

#include "arch/x86/bios.h"
#include "arch/x86/hidden_map.h"

#define PAGE 4096u
#define LOWEST  0x100000u                          /* RAM below 1 MiB is not in the map */
#define HIGHEST 0xfffff000u                        /* the last page below 4 GiB stays out, so that ends fit in 32 bits */
#define E820_CALLS_MAX 128

static void remove_region(struct memmap *map, unsigned i)
{
	for (map->count--; i < map->count; i++)
		map->region[i] = map->region[i + 1];
}

/** Put [@start, @end), whole pages that touch no region of @map, in its place. */
static void insert_region(struct memmap *map, uint32_t start, uint32_t end)
{
	unsigned i = map->count;

	if (start >= end || map->count == MEMMAP_MAX)
		return;
	for (map->count++; i > 0 && map->region[i - 1].start > start; i--)
		map->region[i] = map->region[i - 1];
	map->region[i].start = start;
	map->region[i].size = end - start;
}

/** Make one region of each two that touch. */
static void join_regions(struct memmap *map)
{
	for (unsigned i = 0; i + 1 < map->count;) {
		if (map->region[i].start + map->region[i].size == map->region[i + 1].start) {
			map->region[i].size += map->region[i + 1].size;
			remove_region(map, i + 1);
		} else {
			i++;
		}
	}
}

void memmap_exclude(struct memmap *map, uint32_t start, uint32_t end)
{
	start &= ~(PAGE - 1);
	end = end > HIGHEST ? HIGHEST : (end + PAGE - 1) & ~(PAGE - 1);
	if (start >= end)
		return;
	for (unsigned i = map->count; i-- > 0;) {
		uint32_t r_start = map->region[i].start, r_end = r_start + map->region[i].size;

		if (end <= r_start || start >= r_end)
			continue;
		remove_region(map, i);             /* and what sticks out of the hole comes back */
		insert_region(map, r_start, start);
		insert_region(map, end, r_end);
	}
}

void memmap_add(struct memmap *map, uint32_t start, uint32_t end)
{
	start = start < LOWEST ? LOWEST : (start + PAGE - 1) & ~(PAGE - 1);
	end = end > HIGHEST ? HIGHEST : end & ~(PAGE - 1);
	if (start >= end)                          /* less than a page */
		return;
	memmap_exclude(map, start, end);           /* an overlap counts once */
	insert_region(map, start, end);
	join_regions(map);
}

/** The part of an entry that lies below 4 GiB; false when none does. */
static bool entry_range(const struct map_entry *entry, uint32_t *start, uint32_t *end)
{
	uint64_t limit = entry->start + entry->size;

	if (entry->start >= HIGHEST || limit <= entry->start)
		return false;
	*start = (uint32_t)entry->start;
	*end = limit > HIGHEST ? HIGHEST : (uint32_t)limit;
	return true;
}

/** The entry after *@next, which moves on (0: that was the last); NULL when there is none. */
static const struct map_entry *e820_next(const struct boot_info *info, uint32_t *next)
{
	struct rm_call call = { .eax = 0xe820, .ebx = *next, .ecx = 20, .edx = SMAP, .edi = LOWMEM_BOUNCE, .es = rm_segment(info->lowmem) };

	rm_int_at(info->lowmem, 0x15, &call);
	*next = call.ebx;
	if (call.eax != SMAP || (call.flags & FLAG_CARRY))
		return NULL;
	return (const struct map_entry *)(info->lowmem + LOWMEM_BOUNCE);
}

/** Go through the map once; RAM is added, or in the second turn everything else taken out. False when there is no E820. */
static bool e820_walk(const struct boot_info *info, struct memmap *map, bool ram)
{
	const struct map_entry *entry;
	uint32_t next = 0, start, end;

	for (unsigned calls = 0; calls < E820_CALLS_MAX; calls++) {
		entry = e820_next(info, &next);
		if (!entry)
			return calls > 0;
		if (ram == (entry->type == MAP_RAM) && entry_range(entry, &start, &end))
			ram ? memmap_add(map, start, end) : memmap_exclude(map, start, end);
		if (next == 0)
			break;
	}
	return true;
}

unsigned e820_entries(const struct boot_info *info, struct mem_entry *entries, unsigned max)
{
	const struct map_entry *entry;
	uint32_t next = 0;
	unsigned count = 0;

	while (count < max && (entry = e820_next(info, &next)) != NULL) {
		entries[count++] = (struct mem_entry){ entry->start, entry->size, entry->type };
		if (next == 0)
			break;
	}
	return count;
}

bool e801_read(const struct boot_info *info, uint16_t *kib, uint16_t *blocks)
{
	struct rm_call call = { .eax = 0xe801 };

	rm_int_at(info->lowmem, 0x15, &call);
	*kib = (uint16_t)(call.eax & 0xffff ? call.eax : call.ecx);
	*blocks = (uint16_t)(call.ebx & 0xffff ? call.ebx : call.edx);
	return !(call.flags & FLAG_CARRY);
}

uint16_t ext_88_read(const struct boot_info *info)
{
	struct rm_call call = { .eax = 0x8800 };

	rm_int_at(info->lowmem, 0x15, &call);
	return call.flags & FLAG_CARRY ? 0 : (uint16_t)call.eax;
}

/** Of BIOSes before E820. */
static void read_older(const struct boot_info *info, struct memmap *map)
{
	uint16_t kib, blocks;

	if (e801_read(info, &kib, &blocks)) {
		memmap_add(map, LOWEST, LOWEST + kib * 1024u);
		memmap_add(map, 0x1000000, blocks < 0xfeff ? 0x1000000 + blocks * 65536u : HIGHEST);
	}
	if (!map->count)
		memmap_add(map, LOWEST, LOWEST + ext_88_read(info) * 1024u);
}

void e820_read(const struct boot_info *info, struct memmap *map)
{
	map->count = 0;
	if (e820_walk(info, map, true))
		e820_walk(info, map, false);
	else
		read_older(info, map);
}
