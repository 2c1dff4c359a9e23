/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over PCI, both transports behind one interface (Virtual I/O Device 1.1, 4.1): legacy registers in an I/O BAR, and the
 * structures that 1.x devices describe by PCI capabilities, in a memory BAR, an I/O BAR, or, where the BAR lies beyond 4 GiB, through
 * the window in configuration space.
 *
 * virtio_open() once - virtio_negotiate() - virtio_queue_start() for each queue - virtio_start() - virtio_notify() as needed -
 * virtio_reset(), after which the device does no DMA; virtio_negotiate() may follow again. Nothing here allocates. */
#ifndef DRIVERS_NET_VIRTIO_PCI_H
#define DRIVERS_NET_VIRTIO_PCI_H

#include <stdbool.h>
#include <stdint.h>
#include "core/dma.h"   // phys_t
#include "core/pci.h"

/* Feature bits of the transport and of split queues, section 6. Those from bit 32 on are dealt with here. */
#define VIRTIO_F_ANY_LAYOUT      (1u << 27)
#define VIRTIO_F_EVENT_IDX       (1u << 29)

/* A structure of registers, and the way to it. */
struct virtio_region {
	enum { VIRTIO_NONE, VIRTIO_WINDOW, VIRTIO_PORT, VIRTIO_MEMORY } way;      /* the last two are direct */
	volatile uint8_t *memory;       /* VIRTIO_MEMORY */
	uint16_t port;                  /* VIRTIO_PORT */
	uint8_t bar;                    /* VIRTIO_WINDOW */
	uint32_t offset;                /* in @bar */
};

struct virtio {
	const struct pci_device *pci;
	bool modern;                    /* 1.x registers; else legacy ones */
	struct virtio_region common;    /* legacy: all registers */
	struct virtio_region config;    /* the device type's own configuration */
	struct virtio_region notify;    /* modern only */
	struct virtio_region isr;       /* modern: interrupt status; may be missing */
	uint32_t notify_multiplier;
	unsigned window;                /* the capability VIRTIO_PCI_CAP_PCI_CFG, or 0 */
};

/** Find the registers of @pci (which must outlive @v, with decoding on) and reset the device. -EIO with fail(). */
int virtio_open(struct virtio *v, const struct pci_device *pci);

/** Stop everything: status 0, read back until it is (4.1.4.3.2). False when the device does not do it in 100 ms. */
bool virtio_reset(const struct virtio *v);

/** What the device offers, bits 0 to 31. */
uint32_t virtio_features(const struct virtio *v);

/** Reset, acknowledge, and take those of @wanted that are offered; VERSION_1 and ACCESS_PLATFORM are added to a modern device's.
 *  *@accepted is the result, bits 0 to 31. -EIO with fail(): dead, or the device refuses the set. */
int virtio_negotiate(const struct virtio *v, uint32_t wanted, uint32_t *accepted);

/** The entries queue @index has room for; 0 when there is no such queue. A legacy queue has exactly that many. */
unsigned virtio_queue_size(const struct virtio *v, unsigned index);

/* Where the three parts of a queue lie. Legacy devices want them as vring_init() in virtio_queue.h places them. */
struct virtio_queue_place { phys_t desc, avail, used; };

/** Hand a queue to the device. @size is virtio_queue_size()'s, or less on a modern device; a power of two. Returns
 *  what virtio_notify() wants to know about it. */
uint32_t virtio_queue_start(const struct virtio *v, unsigned index, unsigned size, const struct virtio_queue_place *place);

/** DRIVER_OK: from here on the device works. */
void virtio_start(const struct virtio *v);

/** Read the interrupt status, which clears it: has a queue or the configuration changed? False where it cannot be read. */
bool virtio_interrupt_cause(const struct virtio *v);

/** There is something new in queue @index. @notify_offset is virtio_queue_start()'s. */
void virtio_notify(const struct virtio *v, unsigned index, uint32_t notify_offset);

/** The device type's configuration. @offset is aligned to the access. */
uint8_t virtio_config8(const struct virtio *v, unsigned offset);
uint16_t virtio_config16(const struct virtio *v, unsigned offset);

#endif
