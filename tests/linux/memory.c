/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory is one anonymous mapping, address 0 at its start. What the ROM has for itself, heap and packets, lies at its end. */
#include <sys/mman.h>
#include "config/net.h"     // CONFIG_PACKETS
#include "core/assert.h"
#include "core/heap.h"
#include "core/memmap.h"
#include "net/pkt.h"
#include "tests/linux/platform.h"

#define HEAP_BYTES (8 * MIB)
#define PACKET_BYTES (CONFIG_PACKETS * PKT_BUFFER_BYTES)

static uint8_t *memory;
static uint32_t memory_bytes, ours;             /* ours: where the heap begins */
static struct pkt packets[CONFIG_PACKETS];

void memory_open(unsigned mib)
{
	memory_bytes = mib * MIB;
	ours = (memory_bytes - PACKET_BYTES - HEAP_BYTES) & ~(MIB - 1);
	memory = mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		die("no room for %u MiB of memory: %m", mib);
	madvise(memory, memory_bytes, MADV_HUGEPAGE);   /* a page fault each 4 KiB would show in every profile */
	heap_init(memory + ours, memory_bytes - PACKET_BYTES - ours);
	pkt_pool_init(packets, memory + memory_bytes - PACKET_BYTES, CONFIG_PACKETS);
}

void memmap_storage(struct memmap *map)
{
	*map = (struct memmap){ 1, { { MIB, ours - MIB } } };
}

void memmap_final(struct memmap *map)
{
	*map = (struct memmap){ 1, { { MIB, memory_bytes - MIB } } };
}

unsigned memmap_entries(struct mem_entry *entries, unsigned max)
{
	entries[0] = (struct mem_entry){ 0, memory_bytes, 1 };
	return max ? 1 : 0;
}

void *phys_ptr(phys_t addr, uint32_t size)
{
	assert(addr < memory_bytes && size <= memory_bytes - addr);
	return memory + addr;
}

phys_t dma_addr(const void *p)
{
	const uint8_t *at = p;

	assert(at >= memory && at < memory + memory_bytes);
	return (phys_t)(at - memory);
}
