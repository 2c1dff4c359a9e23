/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio-net device made of its specification: legacy registers, 1.x registers in a memory BAR, an I/O BAR or behind the configuration
 * window, and its side of the queues. */
#ifndef TESTS_UNIT_DRIVERS_VIRTIO_DEVICE_H
#define TESTS_UNIT_DRIVERS_VIRTIO_DEVICE_H

#include "drivers/net/virtio_pci.h"
#include "drivers/net/virtio_queue.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

#define F_MTU (1ull << 3)
#define F_MAC (1ull << 5)
#define F_STATUS (1ull << 16)
#define F_VERSION_1 (1ull << 32)
#define F_ACCESS_PLATFORM (1ull << 33)
#define F_RING (VIRTIO_F_ANY_LAYOUT | VIRTIO_F_EVENT_IDX)
#define F_GUEST_CSUM (1ull << 1)
#define F_GUEST_TSO4 (1ull << 7)
#define F_GUEST_TSO6 (1ull << 8)
#define F_GUEST_ECN (1ull << 9)
#define F_GUEST_UFO (1ull << 10)
#define F_CSUM (1ull << 0)
#define F_HOST_TSO4 (1ull << 11)
#define F_MRG_RXBUF (1ull << 15)
#define F_MERGING (F_GUEST_CSUM | F_GUEST_TSO4 | F_MRG_RXBUF)
#define SENT_MAX 4096
#define FRAME_MAX 1514
#define MERGED_MAX (14 + 65535)
#define WINDOW_CAP 0x90
#define COMMAND_FOUND PCI_COMMAND_IO

static const uint8_t device_mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x57 };

struct device_queue {
	unsigned size;
	bool enabled;
	phys_t desc, avail, used;
	uint16_t seen;                  /* available entries taken */
	uint16_t used_index;
	unsigned notifies;
};

static struct device {
	struct host_device dev;
	bool modern;                    /* 1.x registers are offered */
	unsigned bar;                   /* and in which BAR */
	bool refuses;                   /* FEATURES_OK does not stay */
	bool sticky;                    /* status never becomes 0 */
	bool want_notify;               /* without EVENT_IDX: leave NO_NOTIFY clear */
	unsigned slow_reset;            /* reads of status before a reset has ended */
	uint64_t features, accepted;
	unsigned features_select, accepted_select, queue_select;
	uint8_t status;
	uint8_t config[12];
	struct device_queue queue[2];
	uint8_t header_flags;           /* what the header of a received frame says */
	uint16_t num_buffers;           /* where there is such a field */
	bool legacy_used, modern_used;
	unsigned sent;
	uint32_t sent_first[SENT_MAX];
	uint16_t sent_length[SENT_MAX];
} device;

/* ---- the device's side of a queue -------------------------------------------------------------------------------------------- */

static inline unsigned header_bytes(void)
{
	return device.accepted & (F_VERSION_1 | F_MRG_RXBUF) ? 12 : 10;
}

static inline uint16_t *ring16(phys_t at)
{
	return host_phys(at, 2);
}

/** Tell me of what comes after what I have seen; or do not, for I am looking at the queue anyway. */
static inline void ask_for_notification(struct device_queue *q, bool on)
{
	if (!(device.accepted & VIRTIO_F_EVENT_IDX))
		*ring16(q->used) = on || device.want_notify ? 0 : 1;
	else if (on)
		*ring16(q->used + 4 + 8 * q->size) = q->seen;
}

/** The head of the next chain, or -1. */
static inline int device_pop(struct device_queue *q)
{
	if (q->seen == *ring16(q->avail + 2))
		return -1;
	EXPECT(pci_read16(&device.dev.pci, PCI_COMMAND) & PCI_COMMAND_MASTER);
	return *ring16(q->avail + 4 + 2 * (q->seen++ % q->size));
}

static inline void device_push(struct device_queue *q, unsigned head, uint32_t written)
{
	struct virtq_used_entry *e = host_phys(q->used + 4 + 8 * (q->used_index++ % q->size), 8);

	*e = (struct virtq_used_entry){ head, written };
	*ring16(q->used + 2) = q->used_index;
}

/** Copy between @bytes and the chain at @head; returns the bytes the chain holds. */
static inline uint32_t device_copy(struct device_queue *q, unsigned head, uint8_t *bytes, uint32_t room, bool in)
{
	uint32_t at = 0;

	for (unsigned count = 0; count < 2; count++) {
		struct virtq_desc *d = host_phys(q->desc + 16 * head, 16);
		uint32_t n = at >= room ? 0 : d->length < room - at ? d->length : room - at;

		EXPECT_EQ((d->flags & 2) != 0, in);
		if (!count && !(device.accepted & (VIRTIO_F_ANY_LAYOUT | F_VERSION_1)))
			EXPECT_EQ(d->length, header_bytes());   /* a descriptor of its own */
		if (in)
			memcpy(host_phys((phys_t)d->address, n), bytes + at, n);
		else
			memcpy(bytes + at, host_phys((phys_t)d->address, n), n);
		at += d->length;
		if (!(d->flags & 1))
			return at;
		head = d->next;
	}
	EXPECT(!"a chain of more than two");
	return at;
}

static inline void device_send(void)
{
	struct device_queue *q = &device.queue[1];
	int head;

	ask_for_notification(q, false);
	while ((head = device_pop(q)) >= 0) {
		uint8_t frame[12 + 2048] = { 0 };
		uint32_t length = device_copy(q, (unsigned)head, frame, sizeof(frame), false);

		for (unsigned i = 0; i < header_bytes(); i++)
			EXPECT_EQ(frame[i], 0);
		EXPECT(device.sent < SENT_MAX && length >= header_bytes());
		memcpy(&device.sent_first[device.sent], frame + header_bytes(), 4);
		device.sent_length[device.sent++] = (uint16_t)(length - header_bytes());
		device_push(q, (unsigned)head, 0);
	}
	ask_for_notification(q, true);
}

/** A frame from the network of @claim bytes with its header, the device says. False when there is no buffer, and then it wants to be told
 *  of new ones. */
static inline bool device_receive_as(const void *frame, uint32_t length, uint32_t claim)
{
	struct device_queue *q = &device.queue[0];
	static uint8_t bytes[12 + MERGED_MAX];
	uint32_t room = header_bytes() + (device.accepted & F_GUEST_TSO4 ? MERGED_MAX : 1522);
	int head;

	if (!(device.status & 4) || !q->enabled)
		return false;
	head = device_pop(q);
	ask_for_notification(q, head < 0);
	if (head < 0)
		return false;
	memset(bytes, 0, 12);
	bytes[0] = device.header_flags;
	if (header_bytes() == 12)
		memcpy(bytes + 10, &device.num_buffers, 2);
	memcpy(bytes + header_bytes(), frame, length);
	EXPECT(device_copy(q, (unsigned)head, bytes, header_bytes() + length, true) >= room);
	device_push(q, (unsigned)head, claim);
	return true;
}

static inline bool device_receive(uint32_t mark, uint32_t length)
{
	uint8_t frame[FRAME_MAX] = { 0 };

	memcpy(frame, &mark, 4);
	return device_receive_as(frame, length, header_bytes() + length);
}

/* ---- its registers ----------------------------------------------------------------------------------------------------------- */

static inline void set_status(uint8_t value)
{
	if (!value) {
		device.accepted = 0;
		for (unsigned i = 0; i < 2; i++)
			device.queue[i] = (struct device_queue){ .size = device.queue[i].size, .notifies = device.queue[i].notifies };
	}
	if ((value & 8) && device.refuses)
		value &= (uint8_t)~8;
	device.status = device.sticky ? 1 : value;
	if (!value && device.slow_reset)
		device.status = 0x40;
}

static inline uint8_t get_status(void)
{
	if (device.status == 0x40 && --device.slow_reset == 0)
		device.status = 0;
	return device.status;
}

static inline void notified(unsigned index)
{
	EXPECT(index < 2);
	EXPECT(device.status & 4);
	device.queue[index & 1].notifies++;
	if (index == 1)
		device_send();
}

static inline uint32_t config_bytes(unsigned at, unsigned bytes)
{
	uint32_t value = 0;

	if (at + bytes <= sizeof(device.config))
		memcpy(&value, device.config + at, bytes);
	return value;
}

static inline uint32_t legacy_read(uint32_t offset, unsigned bytes)
{
	device.legacy_used = true;
	switch (offset) {
	case 0x00: return (uint32_t)device.features;
	case 0x0c: return device.queue_select < 2 ? device.queue[device.queue_select].size : 0;
	case 0x12: return get_status();
	}
	return offset >= 0x14 ? config_bytes(offset - 0x14, bytes) : 0;
}

static inline void legacy_write(uint32_t offset, uint32_t value)
{
	struct device_queue *q = &device.queue[device.queue_select & 1];

	device.legacy_used = true;
	switch (offset) {
	case 0x04: device.accepted = value; break;
	case 0x08:
		q->enabled = true;
		q->desc = value << 12;
		q->avail = q->desc + 16 * q->size;
		q->used = (q->avail + 6 + 2 * q->size + 4095) & ~4095u;
		break;
	case 0x0e: device.queue_select = value; break;
	case 0x10: notified(value); break;
	case 0x12: set_status((uint8_t)value); break;
	default: EXPECT(!"a write to no register");
	}
}

/* 1.x: common at 0, device configuration at 0x100, notifications at 0x200, four bytes a queue, the second queue's first. */
static inline uint32_t modern_read(uint32_t offset, unsigned bytes)
{
	struct device_queue *q = &device.queue[device.queue_select & 1];

	device.modern_used = true;
	switch (offset) {
	case 0x04: return (uint32_t)(device.features >> (device.features_select ? 32 : 0));
	case 0x14: return get_status();
	case 0x18: return device.queue_select < 2 ? q->size : 0;
	case 0x1e: return 1 - (device.queue_select & 1);
	}
	return offset >= 0x100 && offset < 0x200 ? config_bytes(offset - 0x100, bytes) : 0;
}

static inline void modern_write(uint32_t offset, uint32_t value)
{
	struct device_queue *q = &device.queue[device.queue_select & 1];

	device.modern_used = true;
	switch (offset) {
	case 0x00: device.features_select = value; break;
	case 0x08: device.accepted_select = value; break;
	case 0x0c: device.accepted |= (uint64_t)value << (device.accepted_select ? 32 : 0); break;
	case 0x14: set_status((uint8_t)value); break;
	case 0x16: device.queue_select = value; break;
	case 0x18: EXPECT(value <= q->size); q->size = value; break;
	case 0x1c: q->enabled = value; break;
	case 0x20: q->desc = value; break;
	case 0x28: q->avail = value; break;
	case 0x30: q->used = value; break;
	case 0x24: case 0x2c: case 0x34: EXPECT_EQ(value, 0); break;
	case 0x200: EXPECT_EQ(value, 1); notified(value); break;
	case 0x204: EXPECT_EQ(value, 0); notified(value); break;
	default: EXPECT(!"a write to no register");
	}
}

static inline uint32_t bar_read(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes)
{
	(void)dev;
	return device.modern && bar == device.bar ? modern_read(offset, bytes) : legacy_read(offset, bytes);
}

static inline void bar_write(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes, uint32_t value)
{
	(void)dev, (void)bytes;
	if (device.modern && bar == device.bar)
		modern_write(offset, value);
	else
		legacy_write(offset, value);
}

/** 4.1.4.7: data read are fetched when the window is pointed somewhere, data written go there. */
static inline void window_written(struct host_device *dev, unsigned at, unsigned bytes)
{
	uint32_t offset, length, value = 0;

	memcpy(&offset, dev->config + WINDOW_CAP + 8, 4);
	memcpy(&length, dev->config + WINDOW_CAP + 12, 4);
	if (at == WINDOW_CAP + 12) {
		EXPECT(dev->config[WINDOW_CAP + 4] == device.bar && (length == 1 || length == 2 || length == 4) && offset % length == 0);
		value = modern_read(offset, length);
		memcpy(dev->config + WINDOW_CAP + 16, &value, 4);
	} else if (at == WINDOW_CAP + 16) {
		EXPECT_EQ(bytes, length);
		memcpy(&value, dev->config + at, bytes);
		modern_write(offset, value);
	}
}

/* ---- kinds of device --------------------------------------------------------------------------------------------------------- */

static inline void add_capability(unsigned at, uint8_t type, uint8_t bar, uint32_t offset, uint32_t multiplier)
{
	uint8_t body[18] = { sizeof(body) + 2, type, bar };

	memcpy(body + 6, &offset, 4);
	memcpy(body + 14, &multiplier, 4);
	host_device_capability(&device.dev, 0x09, at, body, sizeof(body));
}

/* The list is read from the last added on: first a structure in a reserved BAR, last a second one of a type; both are to be ignored. */
static inline void add_structures(uint8_t bar)
{
	device.modern = true;
	device.bar = bar;
	device.features |= F_VERSION_1;
	add_capability(0x40, 1, bar, 0xf00, 0);
	add_capability(WINDOW_CAP, 5, 0, 0, 0);
	add_capability(0x54, 4, bar, 0x100, 0);
	add_capability(0x68, 2, bar, 0x200, 4);
	add_capability(0x7c, 1, bar, 0, 0);
	add_capability(0xb0, 1, 6, 0, 0);
}

static inline void transitional(void)
{
	device.dev.pci.device = 0x1000;
	device.dev.bar[0].io = true;
	device.dev.bar[0].size = 0x20;
}

static inline void legacy_only(void)
{
	transitional();
	host_device_add(&device.dev);
}

static inline void modern_in_memory(void)
{
	device.dev.bar[4].size = 0x1000;
	host_device_add(&device.dev);
	add_structures(4);
}

static inline void transitional_in_memory(void)
{
	transitional();
	modern_in_memory();
}

static inline void modern_in_ports(void)
{
	device.dev.bar[2].io = true;
	device.dev.bar[2].size = 0x800;
	host_device_add(&device.dev);
	add_structures(2);
}

static inline void above_4_gib(void)
{
	device.dev.config[PCI_BAR0 + 4 * 4] |= 4;
	device.dev.config[PCI_BAR0 + 4 * 5] = 1;
	device.dev.config_written = window_written;
}

static inline void modern_behind_window(void)
{
	modern_in_memory();
	above_4_gib();
}

static inline void transitional_above_4_gib(void)
{
	transitional();
	modern_in_memory();
	above_4_gib();
}

static void (*const kinds[])(void) = {
	legacy_only, modern_in_memory, transitional_in_memory, modern_in_ports, modern_behind_window, transitional_above_4_gib,
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/** A device with usual features, not yet on the bus: one of kinds[] puts it there. */
static inline void device_setup(void)
{
	host_reset();
	memset(&device, 0, sizeof(device));
	device.dev.pci = (struct pci_device){ .slot = 3, .vendor = 0x1af4, .device = 0x1041, .class_code = 0x020000 };
	device.dev.config[PCI_COMMAND] = COMMAND_FOUND;
	device.dev.read = bar_read;
	device.dev.write = bar_write;
	device.features = F_MAC | F_STATUS | F_RING;
	device.num_buffers = 1;
	memcpy(device.config, device_mac, 6);
	device.config[6] = 1;
	device.queue[0].size = device.queue[1].size = 256;
}

#endif
