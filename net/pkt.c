/* SPDX-License-Identifier: BSD-2-Clause */
/* The packet pools: lists of free buffers. */
#include "net/pkt.h"

#include "core/assert.h"
#include "core/heap.h"

/* A large packet is one block of the heap: the descriptor, and its buffer on the next multiple of 64. */
#define LARGE_FRONT ((sizeof(struct pkt) + 63) & ~(size_t)63)
#define LARGE_BYTES ((PKT_HEADROOM + PKT_LARGE_DATA_MAX + 63) & ~(size_t)63)

static struct list free_packets;
static size_t free_count, total_count;

/* Large packets: those that exist, and those that are to. */
static struct list free_large;
static unsigned large_count, large_wanted;

void pkt_pool_init(struct pkt *pkts, void *buffers, size_t count)
{
	list_init(&free_packets);
	list_init(&free_large);
	large_count = large_wanted = 0;
	free_count = total_count = count;
	for (size_t i = 0; i < count; i++) {
		pkts[i].head = (uint8_t *)buffers + i * PKT_BUFFER_BYTES;
		pkts[i].end = pkts[i].head + PKT_BUFFER_BYTES;
		pkts[i].data = NULL;
		list_append(&free_packets, &pkts[i].link);
	}
}

/* The buffer given back last is taken first: it is still in the cache. */
static struct pkt *take_first(struct list *list)
{
	struct pkt *p = list_entry(list->next, struct pkt, link);

	list_remove(&p->link);
	p->data = p->tail = p->head + PKT_HEADROOM;
	p->checksum_ok = false;
	return p;
}

struct pkt *pkt_alloc(void)
{
	if (free_count == 0)
		return NULL;
	free_count--;
	return take_first(&free_packets);
}

struct pkt *pkt_alloc_large(void)
{
	return list_empty(&free_large) ? NULL : take_first(&free_large);
}

void pkt_free(struct pkt *p)
{
	if (!p)
		return;
	assert(p->data);                /* data is NULL in the pool: freed twice */
	p->data = NULL;
	if (!pkt_is_large(p)) {
		list_insert(&p->link, free_packets.next);
		free_count++;
	} else if (large_count <= large_wanted) {
		list_insert(&p->link, free_large.next);
	} else {
		large_count--;
		heap_free(p);
	}
}

static bool add_large(void)
{
	struct pkt *p = heap_alloc_aligned(LARGE_FRONT + LARGE_BYTES, 64);

	if (!p)
		return false;
	p->head = (uint8_t *)p + LARGE_FRONT;
	p->end = p->head + LARGE_BYTES;
	p->data = NULL;
	list_append(&free_large, &p->link);
	large_count++;
	return true;
}

unsigned pkt_large_open(unsigned count)
{
	size_t spare = heap_free_bytes() / 2;
	unsigned added = 0;

	while (added < count && heap_free_bytes() >= spare + LARGE_FRONT + LARGE_BYTES && add_large())
		added++;
	large_wanted += added;
	return added;
}

void pkt_large_close(unsigned count)
{
	large_wanted -= count;
	while (large_count > large_wanted && !list_empty(&free_large)) {
		struct pkt *p = list_entry(free_large.next, struct pkt, link);

		list_remove(&p->link);
		large_count--;
		heap_free(p);
	}
}

size_t pkt_pool_free(void)
{
	return free_count;
}

size_t pkt_pool_total(void)
{
	return total_count;
}
