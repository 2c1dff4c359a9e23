/* SPDX-License-Identifier: BSD-2-Clause */
/* A PXE caller's memory on the host: the first MiB and 64 KiB of the fake physical memory, and what its map calls storage. "Ours" is
 * base memory from HOST_RESIDENT on; our heap and packets lie outside the map, as in the ROM. */
#include "arch/x86/pxe_memory.h"

#include <stddef.h>
#include "tests/host/host.h"

enum { SEGMENT_BYTES = 0x10000 };

uint8_t *host_megabyte(void)
{
	return host_phys(0, HOST_MEGABYTE);
}

static bool touches_ours(uint32_t address, uint32_t len)
{
	return address < HOST_BASE_BYTES && address + len > HOST_RESIDENT;
}

__attribute__((weak)) void *pxe_real(uint16_t segment, uint16_t offset, uint32_t len)
{
	uint32_t address = segment * 16u + offset;

	if (!len)
		return host_megabyte();
	if (!address || len > SEGMENT_BYTES - (uint32_t)offset || touches_ours(address, len))
		return NULL;
	return host_phys(address, len);
}

__attribute__((weak)) void *pxe_linear(uint32_t address, uint32_t len)
{
	struct memmap map;

	if ((uint64_t)address + len <= HOST_BASE_BYTES)
		return touches_ours(address, len) ? NULL : host_phys(address, len);
	memmap_storage(&map);
	for (unsigned i = 0; i < map.count; i++)
		if (address >= map.region[i].start && (uint64_t)address + len <= (uint64_t)map.region[i].start + map.region[i].size)
			return host_phys(address, len);
	return NULL;
}

__attribute__((weak)) uint32_t pxe_real_room(uint16_t segment, uint16_t offset, uint32_t max)
{
	uint32_t address = segment * 16u + offset, room = SEGMENT_BYTES - (uint32_t)offset;

	if (touches_ours(address, 1))
		return 0;
	if (address < HOST_RESIDENT && address + room > HOST_RESIDENT)
		room = HOST_RESIDENT - address;
	return room < max ? room : max;
}
