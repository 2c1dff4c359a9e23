/* SPDX-License-Identifier: BSD-2-Clause */
/* Split virtqueues. Sections are those of Virtual I/O Device 1.1; the device is little-endian like us. */
#include "drivers/net/virtio_queue.h"

#include "core/assert.h"
#include "core/heap.h"
#include "core/io.h"
#include "core/string.h"

#define PAGE 4096u              /* 2.6.2: where a legacy device expects the used ring to begin */

enum { DESC_NEXT = 1, DESC_WRITE = 2 };         /* 2.6.5 */
enum { AVAIL_NO_INTERRUPT = 1 };                /* 2.6.6 */
enum { USED_NO_NOTIFY = 1 };                    /* 2.6.8 */

static size_t page_up(size_t bytes)
{
	return (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
}

static size_t used_offset(unsigned size)
{
	return page_up(size * sizeof(struct virtq_desc) + sizeof(struct virtq_avail) + size * sizeof(uint16_t) + sizeof(uint16_t));
}

static size_t used_bytes(unsigned size)
{
	return sizeof(struct virtq_used) + size * sizeof(struct virtq_used_entry) + sizeof(uint16_t);
}

/* Behind the rings, 2.6.6 and 2.6.8. */
static volatile uint16_t *used_event(const struct virtqueue *q)
{
	return &q->avail->ring[q->size];
}

/** 2.6.7: an interrupt for the next completion, or for one long taken: never. */
static void ask_for_event(struct virtqueue *q)
{
	*used_event(q) = (uint16_t)(q->interrupts ? q->taken : q->taken - 1);
}

static const volatile uint16_t *avail_event(const struct virtqueue *q)
{
	return (const volatile uint16_t *)&q->used->ring[q->size];
}

bool virtqueue_open(struct virtqueue *q, unsigned size, unsigned per_slot, bool event_index)
{
	size_t ring = page_up(used_offset(size) + used_bytes(size));
	size_t bytes = ring + size * (sizeof(*q->pkt) + sizeof(*q->free_slots));
	uint8_t *memory = heap_alloc_aligned(bytes, PAGE);

	memset(q, 0, sizeof(*q));
	if (!memory)
		return false;
	memset(memory, 0, bytes);
	q->size = size;
	q->per_slot = per_slot;
	q->slots = size / per_slot;
	q->event_index = event_index;
	q->desc = (struct virtq_desc *)memory;
	q->avail = (struct virtq_avail *)(memory + size * sizeof(struct virtq_desc));
	q->used = (struct virtq_used *)(memory + used_offset(size));
	q->pkt = (struct pkt **)(memory + ring);
	q->free_slots = (uint16_t *)(q->pkt + size);
	while (q->free_count < q->slots) {
		q->free_slots[q->free_count] = (uint16_t)(q->slots - 1 - q->free_count);
		q->free_count++;
	}
	virtqueue_interrupt(q, false);
	return true;
}

void virtqueue_interrupt(struct virtqueue *q, bool on)
{
	q->interrupts = on;
	if (q->event_index)             /* the flag must be zero then, 2.6.7.1 */
		ask_for_event(q);
	else
		q->avail->flags = on ? 0 : AVAIL_NO_INTERRUPT;
	io_full_barrier();
}

void virtqueue_close(struct virtqueue *q)
{
	for (unsigned slot = 0; slot < q->slots; slot++)
		pkt_free(q->pkt[slot]);
	heap_free(q->desc);
	memset(q, 0, sizeof(*q));
}

struct virtio_queue_place virtqueue_place(const struct virtqueue *q)
{
	phys_t base = dma_addr(q->desc);

	return (struct virtio_queue_place){
		.desc = base, .avail = base + q->size * (uint32_t)sizeof(struct virtq_desc), .used = base + (uint32_t)used_offset(q->size),
	};
}

void virtqueue_add(struct virtqueue *q, struct pkt *p, const struct virtio_buffer *buffers, bool in)
{
	unsigned slot, first;

	assert(q->free_count);
	slot = q->free_slots[--q->free_count];
	first = slot * q->per_slot;
	q->pkt[slot] = p;
	for (unsigned i = 0; i < q->per_slot; i++)
		q->desc[first + i] = (struct virtq_desc){
			.address = buffers[i].address, .length = buffers[i].length, .next = (uint16_t)(first + i + 1),
			.flags = (uint16_t)((in ? DESC_WRITE : 0) | (i + 1 < q->per_slot ? DESC_NEXT : 0)),
		};
	q->avail->ring[q->added++ & (q->size - 1)] = (uint16_t)first;
}

/** 2.6.10: did the index pass @event on its way from @before to @now? */
static bool event_passed(uint16_t event, uint16_t now, uint16_t before)
{
	return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

/** Does the device want to hear of what was published from @since on? */
static bool notification_wanted(const struct virtqueue *q, uint16_t since)
{
	if (q->event_index)
		return event_passed(*avail_event(q), q->published, since);
	return since != q->published && !(q->used->flags & USED_NO_NOTIFY);
}

static void show_added(struct virtqueue *q)
{
	if (q->event_index)
		ask_for_event(q);
	io_barrier();                   /* descriptors and ring before the index, 2.6.13.3 */
	*(volatile uint16_t *)&q->avail->index = q->published = q->added;
	io_full_barrier();              /* the index before a look at what the device asks for, 2.6.13.4 */
}

bool virtqueue_publish(struct virtqueue *q)
{
	uint16_t since = q->confirmed;

	q->confirmed = q->published;
	if (q->added != q->published)
		show_added(q);
	if (!notification_wanted(q, since))
		return false;
	q->confirmed = q->published;
	return true;
}

struct pkt *virtqueue_take(struct virtqueue *q, uint32_t *written)
{
	while (q->taken != q->used->index) {
		const volatile struct virtq_used_entry *entry = &q->used->ring[q->taken & (q->size - 1)];
		unsigned slot;
		struct pkt *p;

		io_barrier();           /* the entry after the index */
		slot = entry->id / q->per_slot;
		*written = entry->length;
		q->taken++;
		if (slot >= q->slots || !q->pkt[slot])
			continue;       /* nothing we gave it; a broken device must not break us */
		p = q->pkt[slot];
		q->pkt[slot] = NULL;
		q->free_slots[q->free_count++] = (uint16_t)slot;
		return p;
	}
	return NULL;
}
