/* SPDX-License-Identifier: BSD-2-Clause */
/* The packet pool: a list of free buffers. */
#include "net/pkt.h"

#include "core/assert.h"

static struct list free_packets;
static size_t free_count, total_count;

void pkt_pool_init(struct pkt *pkts, void *buffers, size_t count)
{
	list_init(&free_packets);
	free_count = total_count = count;
	for (size_t i = 0; i < count; i++) {
		pkts[i].head = (uint8_t *)buffers + i * PKT_BUFFER_BYTES;
		pkts[i].end = pkts[i].head + PKT_BUFFER_BYTES;
		pkts[i].data = NULL;
		list_append(&free_packets, &pkts[i].link);
	}
}

/* The buffer given back last is taken first: it is still in the cache. */
struct pkt *pkt_alloc(void)
{
	struct pkt *p;

	if (free_count == 0)
		return NULL;
	p = list_entry(free_packets.next, struct pkt, link);
	list_remove(&p->link);
	free_count--;
	p->data = p->tail = p->head + PKT_HEADROOM;
	p->checksum_ok = false;
	return p;
}

void pkt_free(struct pkt *p)
{
	if (!p)
		return;
	assert(p->data);                /* data is NULL in the pool: freed twice */
	p->data = NULL;
	list_insert(&p->link, free_packets.next);
	free_count++;
}

size_t pkt_pool_free(void)
{
	return free_count;
}

size_t pkt_pool_total(void)
{
	return total_count;
}
