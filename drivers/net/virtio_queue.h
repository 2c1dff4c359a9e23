/* SPDX-License-Identifier: BSD-2-Clause */
/* A split virtqueue that carries packets (Virtual I/O Device 1.1, 2.6).
 *
 * A slot is one packet in flight and the one or two descriptors in a row that describe it. virtqueue_open() - virtio_queue_start() with
 * its place - virtqueue_add(), virtqueue_publish() and virtqueue_take() - virtio_reset() - virtqueue_close(). The device sees what was
 * added when it is published, once a batch, and asks by itself to be notified or not. */
#ifndef DRIVERS_NET_VIRTIO_QUEUE_H
#define DRIVERS_NET_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include "drivers/net/virtio_pci.h"
#include "net/pkt.h"

struct virtq_desc { uint64_t address; uint32_t length; uint16_t flags, next; };
struct virtq_avail { uint16_t flags, index, ring[]; };          /* and used_event behind the ring */
struct virtq_used_entry { uint32_t id, length; };
struct virtq_used { uint16_t flags, index; struct virtq_used_entry ring[]; };  /* and avail_event behind the ring */

struct virtqueue {
	unsigned size;                  /* descriptors, a power of two */
	unsigned slots;                 /* packets it holds: size, or half of it */
	unsigned per_slot;              /* descriptors of a slot, 1 or 2 */
	bool event_index;               /* VIRTIO_F_EVENT_IDX was negotiated */
	bool interrupts;                /* the device is to interrupt when it has used a descriptor */
	struct virtq_desc *desc;        /* also the start of the memory of all that follows */
	struct virtq_avail *avail;
	volatile struct virtq_used *used;
	struct pkt **pkt;               /* by slot; NULL when it is free */
	uint16_t *free_slots;           /* a stack of free_count */
	unsigned free_count;
	/* Counters as the rings count, mod 2^16: confirmed <= published <= added; taken <= used->index <= published. */
	uint16_t added, published, taken;
	uint16_t confirmed;             /* up to here the device was notified, or was seen twice to want none */
};

/** Memory for a queue of @size descriptors (a power of two, at most 32768), laid out as legacy devices want it: one piece, 4 KiB aligned
 *  (2.6.2). False when there is none. */
bool virtqueue_open(struct virtqueue *q, unsigned size, unsigned per_slot, bool event_index);
/** Free it with every packet in it. The device has been reset. Nothing happens to one that is closed or zeroed. */
void virtqueue_close(struct virtqueue *q);
struct virtio_queue_place virtqueue_place(const struct virtqueue *q);

/** Have the device interrupt from its next use of a descriptor on, or not. Off at first. */
void virtqueue_interrupt(struct virtqueue *q, bool on);

/** A stretch of memory that the device reads, or writes if @in. */
struct virtio_buffer { phys_t address; uint32_t length; };

/** Put @p into a free slot (there is one: free_count), described by per_slot @buffers. It is the queue's until taken. */
void virtqueue_add(struct virtqueue *q, struct pkt *p, const struct virtio_buffer *buffers, bool in);
/** Let the device see what was added; true when it wants to be notified. What it wants is looked at once more in the next call, also when
 *  nothing was added: QEMU before 8.1 emulates a single processor without its memory barriers, so that the first look can come too early,
 *  and a device that was not notified then would wait for ever. */
bool virtqueue_publish(struct virtqueue *q);
/** The next packet that the device is done with, and the bytes it wrote; NULL when there is none. */
struct pkt *virtqueue_take(struct virtqueue *q, uint32_t *written);

#endif
