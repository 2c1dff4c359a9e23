/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet buffer, and the pools they come from.
 *
 * Always head <= data <= tail <= end; length = tail - data. Drivers fill from the headroom on; each layer pulls its header on the
 * way in and pushes it on the way out. A packet has one owner; functions that take a packet take it in every case.
 *
 * A NIC that merges TCP segments receives into large packets: one frame is one packet then, too, of up to 64 KiB. They exist only while
 * such a NIC is open, are few, and all belong in its ring: what must wait in the stack is copied into small ones. */
#ifndef NET_PKT_H
#define NET_PKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/features.h"
#include "core/list.h"

#define PKT_BUFFER_BYTES 2048        /* whole buffer of one packet, 64-byte aligned, never crossing a page */
#define PKT_HEADROOM     64          /* in front of what a driver receives or a protocol writes */
#define PKT_DATA_MAX     (PKT_BUFFER_BYTES - PKT_HEADROOM)   /* 1984: an Ethernet frame with VLAN tag and CRC fits */
#define PKT_LARGE_DATA_MAX (14 + 65535)      /* an Ethernet header and the longest IP packet */

struct pkt {
	struct list link;            /* the owner's queue */
	uint8_t *head, *data, *tail, *end;
	bool checksum_ok;            /* the NIC has verified the TCP/UDP checksum */
};

/** Give the pool its memory: @count buffers of PKT_BUFFER_BYTES at @buffers (page aligned) and their descriptors at @pkts. */
void pkt_pool_init(struct pkt *pkts, void *buffers, size_t count);
/** An empty packet (data == tail == head + PKT_HEADROOM), or NULL when the pool is empty. */
struct pkt *pkt_alloc(void);
/** Let there be up to @count more large packets, from the heap, of whose free memory half is left alone. Returns how many; 0 is
 *  no failure. */
unsigned pkt_large_open(unsigned count);
/** There are to be @count less, as pkt_large_open() said: free ones give their memory back now, others when they are freed. */
void pkt_large_close(unsigned count);
/** An empty packet with room for PKT_LARGE_DATA_MAX bytes behind its headroom, or NULL when all are in use. */
struct pkt *pkt_alloc_large(void);
/** Give a packet back, of either kind; NULL is allowed. */
void pkt_free(struct pkt *p);
/** Small ones not in use now, and in all; for tests and for budgets. */
size_t pkt_pool_free(void);
size_t pkt_pool_total(void);

static inline bool pkt_is_large(const struct pkt *p) { return CONFIG_MERGING && p->end - p->head > PKT_BUFFER_BYTES; }
static inline size_t pkt_len(const struct pkt *p) { return (size_t)(p->tail - p->data); }
/** Prepend @n header bytes; NULL (packet untouched) if headroom is short. */
static inline uint8_t *pkt_push(struct pkt *p, size_t n)
{
	return n <= (size_t)(p->data - p->head) ? (p->data -= n) : NULL;
}
/** Remove @n bytes from the front and return where they were; NULL (packet untouched) if it is shorter. */
static inline uint8_t *pkt_pull(struct pkt *p, size_t n)
{
	uint8_t *header = p->data;
	return n <= pkt_len(p) ? (p->data += n, header) : NULL;
}
/** Append @n bytes, contents undefined; NULL (packet untouched) if there is no room. */
static inline uint8_t *pkt_put(struct pkt *p, size_t n)
{
	uint8_t *where = p->tail;
	return n <= (size_t)(p->end - p->tail) ? (p->tail += n, where) : NULL;
}
/** Shorten to @n bytes if longer. */
static inline void pkt_trim(struct pkt *p, size_t n)
{
	if (n < pkt_len(p))
		p->tail = p->data + n;
}

#endif
