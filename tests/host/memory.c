/* SPDX-License-Identifier: BSD-2-Clause */
/* Fake physical memory: one anonymous mapping, physical address 0 at its start. Heap and packet pool lie in its last 16 MiB, so that
 * dma_addr() and host_phys() are exact inverses and no pointer of a 64-bit host fits 32 bits. */
#include "tests/host/host.h"

#include <sys/mman.h>
#include "config/net.h"     // CONFIG_PACKETS
#include "core/heap.h"
#include "net/pkt.h"

#define MEMORY_MIB_MAX (sizeof(void *) == 8 ? 4095u : 1024u)

/* Only if the program under test has them. */
extern void heap_init(void *start, size_t size) __attribute__((weak));
extern size_t heap_free_bytes(void) __attribute__((weak));
extern void pkt_pool_init(struct pkt *pkts, void *buffers, size_t count) __attribute__((weak));
extern size_t pkt_pool_free(void) __attribute__((weak));

static uint8_t *memory;
static uint64_t memory_bytes;
static struct memmap storage_map, final_map;
static struct pkt packets[CONFIG_PACKETS];
static size_t heap_mark, packets_mark;

static void map_memory(uint64_t bytes)
{
	if (memory)
		munmap(memory, memory_bytes);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		host_die("no room for the fake memory");
	memory_bytes = bytes;
}

void host_memory(unsigned mib)
{
	uint32_t ours;

	if (mib < 2 * HOST_OURS_MIB || mib > MEMORY_MIB_MAX)
		host_die("host_memory(): so many MiB cannot be had");
	map_memory((uint64_t)mib * HOST_MIB);
	ours = (mib - HOST_OURS_MIB) * HOST_MIB;
	storage_map = (struct memmap){ 1, { { HOST_MIB, ours - HOST_MIB } } };
	final_map = (struct memmap){ 1, { { HOST_MIB, (mib - 1) * HOST_MIB } } };
	host_heap_size(HOST_HEAP_MIB * HOST_MIB);
	if (pkt_pool_init)
		pkt_pool_init(packets, host_phys(ours + HOST_HEAP_MIB * HOST_MIB, CONFIG_PACKETS * PKT_BUFFER_BYTES), CONFIG_PACKETS);
	host_leaks_from_here();
}

void host_heap_size(size_t bytes)
{
	if (bytes > HOST_HEAP_MIB * HOST_MIB)
		host_die("host_heap_size(): larger than its place");
	if (heap_init)
		heap_init(host_phys((phys_t)(memory_bytes - HOST_OURS_MIB * HOST_MIB), (uint32_t)bytes), bytes);
	host_leaks_from_here();
}

void host_leaks_from_here(void)
{
	heap_mark = heap_free_bytes ? heap_free_bytes() : 0;
	packets_mark = pkt_pool_free ? pkt_pool_free() : 0;
}

size_t host_heap_held(void)
{
	return heap_free_bytes ? heap_mark - heap_free_bytes() : 0;
}

size_t host_packets_held(void)
{
	return pkt_pool_free ? packets_mark - pkt_pool_free() : 0;
}

void host_memmap_set(const struct memmap *storage, const struct memmap *final)
{
	storage_map = *storage;
	final_map = *final;
}

void *host_phys(phys_t addr, uint32_t size)
{
	if ((uint64_t)addr + size > memory_bytes)
		host_die("a physical address outside the fake memory");
	return memory + addr;
}

static bool map_covers(const struct memmap *map, phys_t addr, uint32_t size)
{
	for (unsigned i = 0; i < map->count; i++) {
		const struct mem_region *r = &map->region[i];

		if (addr >= r->start && (uint64_t)addr + size <= (uint64_t)r->start + r->size)
			return true;
	}
	return false;
}

__attribute__((weak)) phys_t dma_addr(const void *p)
{
	const uint8_t *at = p;

	if (at < memory || at >= memory + memory_bytes)
		host_die("dma_addr() of a pointer that is neither on the heap nor in a packet");
	return (phys_t)(at - memory);
}

__attribute__((weak)) void *phys_ptr(phys_t addr, uint32_t size)
{
	if (!map_covers(&storage_map, addr, size) && !map_covers(&final_map, addr, size))
		host_die("phys_ptr() outside the regions of the memory map");
	return host_phys(addr, size);
}

__attribute__((weak)) void memmap_storage(struct memmap *map)
{
	*map = storage_map;
}

__attribute__((weak)) void memmap_final(struct memmap *map)
{
	*map = final_map;
}

/** Base memory, what a BIOS keeps of it, and what is final. */
__attribute__((weak)) unsigned memmap_entries(struct mem_entry *entries, unsigned max)
{
	static const struct mem_entry base[] = { { 0, 0x9fc00, 1 }, { 0x9fc00, 0x400, 2 } };
	unsigned count = 0;

	for (; count < max && count < 2; count++)
		entries[count] = base[count];
	for (unsigned i = 0; i < final_map.count && count < max; i++, count++)
		entries[count] = (struct mem_entry){ final_map.region[i].start, final_map.region[i].size, 1 };
	return count;
}
