/* SPDX-License-Identifier: BSD-2-Clause */
/* Cutting a memory map; see arch/x86/hidden_map.h. */
#include "arch/x86/hidden_map.h"

#define MIB1  0x100000u
#define MIB16 0x1000000u

/** Make two entries of map[@at], which ends at @where then. False: there is no room. */
static int split(struct map_entry *map, unsigned *count, unsigned max, unsigned at, uint64_t where)
{
	if (*count == max)
		return 0;
	for (unsigned i = (*count)++; i > at; i--)
		map[i] = map[i - 1];
	map[at].size = where - map[at].start;
	map[at + 1].start = where;
	map[at + 1].size -= map[at].size;
	return 1;
}

unsigned map_hide(struct map_entry *map, unsigned count, unsigned max, uint64_t start, uint64_t end)
{
	for (unsigned i = 0; i < count; i++) {
		uint64_t limit = map[i].start + map[i].size;

		if (map[i].type != MAP_RAM || limit <= start || map[i].start >= end)
			continue;
		if (map[i].start < start) {
			if (!split(map, &count, max, i, start))
				return 0;
			continue;               /* the rest of it is the next entry */
		}
		if (limit > end && !split(map, &count, max, i, end))
			return 0;
		map[i].type = MAP_RESERVED;
	}
	return count;
}

uint16_t map_clip_kib(uint16_t kib, uint32_t start)
{
	uint32_t room = start > MIB1 ? (start - MIB1) / 1024 : 0;

	return kib > room ? (uint16_t)room : kib;
}

uint16_t map_clip_blocks(uint16_t blocks, uint32_t start)
{
	uint32_t room = start > MIB16 ? (start - MIB16) / 65536 : 0;

	return blocks > room ? (uint16_t)room : blocks;
}
