/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio-net driver, its transports and its queues, against a device made of its specification: legacy registers, 1.x registers in a
 * memory BAR, an I/O BAR or behind the configuration window, with and without each feature. */
#include "drivers/net/probe.h"
#include "drivers/net/virtio_pci.h"
#include "drivers/net/virtio_queue.h"

#include "core/errors.h"
#include "core/heap.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

#define F_MTU (1ull << 3)
#define F_MAC (1ull << 5)
#define F_STATUS (1ull << 16)
#define F_RING (VIRTIO_F_ANY_LAYOUT | VIRTIO_F_EVENT_IDX)
#define F_GUEST_CSUM (1ull << 1)
#define SENT_MAX 4096
#define FRAME_MAX 1514
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
	bool legacy_used, modern_used;
	unsigned sent;
	uint32_t sent_first[SENT_MAX];
	uint16_t sent_length[SENT_MAX];
} device;
static struct nic nic;

/* ---- the device's side of a queue -------------------------------------------------------------------------------------------- */

static unsigned header_bytes(void)
{
	return device.accepted & VIRTIO_F_VERSION_1 ? 12 : 10;
}

static uint16_t *ring16(phys_t at)
{
	return host_phys(at, 2);
}

/** Tell me of what comes after what I have seen; or do not, for I am looking at the queue anyway. */
static void ask_for_notification(struct device_queue *q, bool on)
{
	if (!(device.accepted & VIRTIO_F_EVENT_IDX))
		*ring16(q->used) = on || device.want_notify ? 0 : 1;
	else if (on)
		*ring16(q->used + 4 + 8 * q->size) = q->seen;
}

/** The head of the next chain, or -1. */
static int device_pop(struct device_queue *q)
{
	if (q->seen == *ring16(q->avail + 2))
		return -1;
	EXPECT(pci_read16(&device.dev.pci, PCI_COMMAND) & PCI_COMMAND_MASTER);
	return *ring16(q->avail + 4 + 2 * (q->seen++ % q->size));
}

static void device_push(struct device_queue *q, unsigned head, uint32_t written)
{
	struct virtq_used_entry *e = host_phys(q->used + 4 + 8 * (q->used_index++ % q->size), 8);

	*e = (struct virtq_used_entry){ head, written };
	*ring16(q->used + 2) = q->used_index;
}

/** Copy between @bytes and the chain at @head; returns the bytes the chain holds. */
static uint32_t device_copy(struct device_queue *q, unsigned head, uint8_t *bytes, uint32_t room, bool in)
{
	uint32_t at = 0;

	for (unsigned count = 0; count < 2; count++) {
		struct virtq_desc *d = host_phys(q->desc + 16 * head, 16);
		uint32_t n = at >= room ? 0 : d->length < room - at ? d->length : room - at;

		EXPECT_EQ((d->flags & 2) != 0, in);
		if (!count && !(device.accepted & (VIRTIO_F_ANY_LAYOUT | VIRTIO_F_VERSION_1)))
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

static void device_send(void)
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
static bool device_receive_as(const void *frame, uint32_t length, uint32_t claim)
{
	struct device_queue *q = &device.queue[0];
	uint8_t bytes[12 + FRAME_MAX] = { 0 };
	int head;

	if (!(device.status & 4) || !q->enabled)
		return false;
	head = device_pop(q);
	ask_for_notification(q, head < 0);
	if (head < 0)
		return false;
	memcpy(bytes + header_bytes(), frame, length);
	EXPECT(device_copy(q, (unsigned)head, bytes, header_bytes() + length, true) >= header_bytes() + 1522);
	device_push(q, (unsigned)head, claim);
	return true;
}

static bool device_receive(uint32_t mark, uint32_t length)
{
	uint8_t frame[FRAME_MAX] = { 0 };

	memcpy(frame, &mark, 4);
	return device_receive_as(frame, length, header_bytes() + length);
}

/* ---- its registers ----------------------------------------------------------------------------------------------------------- */

static void set_status(uint8_t value)
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

static uint8_t get_status(void)
{
	if (device.status == 0x40 && --device.slow_reset == 0)
		device.status = 0;
	return device.status;
}

static void notified(unsigned index)
{
	EXPECT(index < 2);
	EXPECT(device.status & 4);
	device.queue[index & 1].notifies++;
	if (index == 1)
		device_send();
}

static uint32_t config_bytes(unsigned at, unsigned bytes)
{
	uint32_t value = 0;

	if (at + bytes <= sizeof(device.config))
		memcpy(&value, device.config + at, bytes);
	return value;
}

static uint32_t legacy_read(uint32_t offset, unsigned bytes)
{
	device.legacy_used = true;
	switch (offset) {
	case 0x00: return (uint32_t)device.features;
	case 0x0c: return device.queue_select < 2 ? device.queue[device.queue_select].size : 0;
	case 0x12: return get_status();
	}
	return offset >= 0x14 ? config_bytes(offset - 0x14, bytes) : 0;
}

static void legacy_write(uint32_t offset, uint32_t value)
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
static uint32_t modern_read(uint32_t offset, unsigned bytes)
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

static void modern_write(uint32_t offset, uint32_t value)
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

static uint32_t bar_read(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes)
{
	(void)dev;
	return device.modern && bar == device.bar ? modern_read(offset, bytes) : legacy_read(offset, bytes);
}

static void bar_write(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes, uint32_t value)
{
	(void)dev, (void)bytes;
	if (device.modern && bar == device.bar)
		modern_write(offset, value);
	else
		legacy_write(offset, value);
}

/** 4.1.4.7: data read are fetched when the window is pointed somewhere, data written go there. */
static void window_written(struct host_device *dev, unsigned at, unsigned bytes)
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

static void add_capability(unsigned at, uint8_t type, uint8_t bar, uint32_t offset, uint32_t multiplier)
{
	uint8_t body[18] = { sizeof(body) + 2, type, bar };

	memcpy(body + 6, &offset, 4);
	memcpy(body + 14, &multiplier, 4);
	host_device_capability(&device.dev, 0x09, at, body, sizeof(body));
}

/* The list is read from the last added on: first a structure in a reserved BAR, last a second one of a type; both are to be ignored. */
static void add_structures(uint8_t bar)
{
	device.modern = true;
	device.bar = bar;
	device.features |= VIRTIO_F_VERSION_1;
	add_capability(0x40, 1, bar, 0xf00, 0);
	add_capability(WINDOW_CAP, 5, 0, 0, 0);
	add_capability(0x54, 4, bar, 0x100, 0);
	add_capability(0x68, 2, bar, 0x200, 4);
	add_capability(0x7c, 1, bar, 0, 0);
	add_capability(0xb0, 1, 6, 0, 0);
}

static void transitional(void)
{
	device.dev.pci.device = 0x1000;
	device.dev.bar[0].io = true;
	device.dev.bar[0].size = 0x20;
}

static void legacy_only(void)
{
	transitional();
	host_device_add(&device.dev);
}

static void modern_in_memory(void)
{
	device.dev.bar[4].size = 0x1000;
	host_device_add(&device.dev);
	add_structures(4);
}

static void transitional_in_memory(void)
{
	transitional();
	modern_in_memory();
}

static void modern_in_ports(void)
{
	device.dev.bar[2].io = true;
	device.dev.bar[2].size = 0x800;
	host_device_add(&device.dev);
	add_structures(2);
}

static void above_4_gib(void)
{
	device.dev.config[PCI_BAR0 + 4 * 4] |= 4;
	device.dev.config[PCI_BAR0 + 4 * 5] = 1;
	device.dev.config_written = window_written;
}

static void modern_behind_window(void)
{
	modern_in_memory();
	above_4_gib();
}

static void transitional_above_4_gib(void)
{
	transitional();
	modern_in_memory();
	above_4_gib();
}

static void (*const kinds[])(void) = {
	legacy_only, modern_in_memory, transitional_in_memory, modern_in_ports, modern_behind_window, transitional_above_4_gib,
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void setup(void)
{
	host_reset();
	memset(&device, 0, sizeof(device));
	memset(&nic, 0, sizeof(nic));
	device.dev.pci = (struct pci_device){ .slot = 3, .vendor = 0x1af4, .device = 0x1041, .class_code = 0x020000 };
	device.dev.config[PCI_COMMAND] = COMMAND_FOUND;
	device.dev.read = bar_read;
	device.dev.write = bar_write;
	device.features = F_MAC | F_STATUS | F_RING | F_GUEST_CSUM;
	memcpy(device.config, device_mac, 6);
	device.config[6] = 1;
	device.queue[0].size = device.queue[1].size = 256;
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

static void teardown(void)
{
	EXPECT_EQ(host_heap_held(), 0);
	EXPECT_EQ(host_packets_held(), 0);
}
__attribute__((constructor)) static void use_teardown(void) { test_teardown = teardown; }

static void open_device(void)
{
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	EXPECT_EQ(device.status, 0);
	EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT(device.status & 4);
	device.dev.reads = device.dev.writes = device.queue[0].notifies = device.queue[1].notifies = 0;
}

static void close_device(void)
{
	nic.driver->close(&nic);
	EXPECT_EQ(device.status, 0);
	EXPECT_EQ(host_packets_held(), 0);
	nic_remove(&nic);
	EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
}

static struct pkt *frame_to_send(uint32_t mark, size_t length)
{
	struct pkt *p = pkt_alloc();

	memset(pkt_put(p, length), 0, length);
	memcpy(p->data, &mark, 4);
	return p;
}

static void expect_frame(uint32_t mark, size_t length)
{
	struct pkt *p = nic.driver->receive(&nic);
	uint32_t got;

	EXPECT(p != NULL);
	if (!p)
		return;
	memcpy(&got, p->data, 4);
	EXPECT_EQ(got, mark);
	EXPECT_EQ(pkt_len(p), length);
	EXPECT(!p->checksum_ok);
	pkt_free(p);
}

/* ---- finding the device ------------------------------------------------------------------------------------------------------ */

static void carries_frames(void)
{
	open_device();
	EXPECT_MEM(nic.mac, device_mac, 6);
	EXPECT(nic.driver->link_up(&nic));
	EXPECT(!(device.accepted & F_GUEST_CSUM));
	for (uint32_t i = 0; i < 600; i++) {
		EXPECT(device_receive(i, 1514));
		expect_frame(i, 1514);
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(i, 60)), 0);
		nic.driver->kick(&nic);
	}
	EXPECT(!nic.driver->receive(&nic));
	EXPECT_EQ(device.sent, 600);
	for (unsigned i = 0; i < 600; i++) {
		EXPECT_EQ(device.sent_first[i], i);
		EXPECT_EQ(device.sent_length[i], 60);
	}
	close_device();
}

TEST(every_transport_carries_frames_with_each_ring_feature)
{
	static const uint64_t without[] = { 0, VIRTIO_F_ANY_LAYOUT, VIRTIO_F_EVENT_IDX, F_RING };

	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned i = 0; i < 4; i++) {
			setup();
			device.features &= ~without[i];
			kinds[kind]();
			carries_frames();
		}
}

TEST(transitional_device_is_used_as_a_modern_one)
{
	transitional_in_memory();
	open_device();
	EXPECT(device.modern_used && !device.legacy_used);
	EXPECT(device.accepted & VIRTIO_F_VERSION_1);
	close_device();
}

TEST(transitional_device_out_of_reach_is_used_by_its_ports)
{
	transitional_above_4_gib();
	open_device();
	EXPECT(device.legacy_used && !device.modern_used);
	close_device();
}

TEST(device_without_reachable_registers_is_refused)
{
	modern_in_memory();
	above_4_gib();
	device.dev.config[WINDOW_CAP + 3] = 8;  /* no window either */
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), -EIO);
	EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
}

TEST(looping_capability_list_ends)
{
	modern_in_memory();
	device.dev.config[0x40 + 1] = 0xb0;     /* the last points to the first */
	open_device();
	close_device();
}

TEST(msix_left_on_is_switched_off)
{
	static const uint8_t body[10] = { 0x02, 0x80 };

	legacy_only();
	host_device_capability(&device.dev, 0x11, 0xd0, body, sizeof(body));
	open_device();
	EXPECT_MEM(nic.mac, device_mac, 6);
	EXPECT_EQ(pci_read16(&device.dev.pci, 0xd2), 0x0002);
	close_device();
}

/* ---- reset and negotiation --------------------------------------------------------------------------------------------------- */

TEST(reset_is_waited_for)
{
	modern_in_memory();
	device.slow_reset = 50;
	open_device();
	device.slow_reset = 50;
	close_device();
}

TEST(device_that_does_not_reset_is_refused)
{
	modern_in_memory();
	device.sticky = true;
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), -EIO);
	device.sticky = false;
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	device.sticky = true;
	EXPECT_EQ(nic.driver->open(&nic), -EIO);
	EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	nic_remove(&nic);
}

TEST(device_that_is_gone_is_refused)
{
	legacy_only();
	device.dev.read = NULL;         /* all ones */
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), -EIO);
}

TEST(device_that_refuses_our_features_is_refused)
{
	modern_in_memory();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	device.refuses = true;
	EXPECT_EQ(nic.driver->open(&nic), -EIO);
	EXPECT_EQ(device.status, 0);
	nic_remove(&nic);
}

TEST(queues_of_impossible_sizes_are_refused)
{
	static const unsigned sizes[] = { 0, 1, 3, 257, 0xffff };

	legacy_only();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		device.queue[1].size = sizes[i];
		EXPECT_EQ(nic.driver->open(&nic), -EIO);
		EXPECT_EQ(device.status, 0);
		EXPECT_EQ(host_packets_held(), 0);
	}
	nic_remove(&nic);
}

TEST(legacy_queue_keeps_its_size_and_a_modern_one_is_cut)
{
	legacy_only();
	device.queue[0].size = 1024;
	carries_frames();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT_EQ(host_packets_held(), 256);    /* a large ring does not take the whole pool */
	close_device();
	setup();
	modern_in_memory();
	device.queue[0].size = 1024;
	open_device();
	EXPECT_EQ(device.queue[0].size, 256);
	close_device();
}

TEST(smallest_queues_work)
{
	device.features &= ~F_RING;     /* two descriptors a frame: one frame at a time */
	legacy_only();
	device.queue[0].size = device.queue[1].size = 2;
	carries_frames();
}

TEST(open_without_memory_undoes_itself)
{
	modern_in_memory();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	for (unsigned n = 1; n <= 2; n++) {
		heap_fail_after(n);
		EXPECT_EQ(nic.driver->open(&nic), -ENOMEM);
		EXPECT_EQ(device.status, 0);
		EXPECT_EQ(host_packets_held(), 0);
		EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	}
	nic_remove(&nic);
	heap_fail_after(1);
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), -ENOMEM);
}

TEST(open_without_packets_is_refused)
{
	static struct pkt *all[4096];
	unsigned count = 0;

	modern_in_memory();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	while ((all[count] = pkt_alloc()) != NULL)
		count++;
	EXPECT_EQ(nic.driver->open(&nic), -ENOMEM);
	EXPECT_EQ(device.status, 0);
	while (count)
		pkt_free(all[--count]);
	nic_remove(&nic);
}

/* ---- configuration ----------------------------------------------------------------------------------------------------------- */

TEST(device_without_an_address_gets_a_local_one)
{
	device.features &= ~F_MAC;
	modern_in_memory();
	open_device();
	EXPECT_EQ(nic.mac[0] & 3, 2);
	close_device();
}

TEST(mtu_is_the_devices_when_it_is_smaller)
{
	static const struct { uint16_t offered, taken; } cases[] = { { 1460, 1460 }, { 1500, 1500 }, { 9000, 1500 }, { 67, 1500 }, { 68, 68 } };

	device.features |= F_MTU;
	modern_in_memory();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(device.config + 10, &cases[i].offered, 2);
		EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
		EXPECT_EQ(nic.mtu, cases[i].taken);
		nic_remove(&nic);
	}
}

TEST(link_is_the_devices_word_or_up)
{
	modern_in_memory();
	open_device();
	device.config[6] = 0;
	EXPECT(!nic.driver->link_up(&nic));
	nic.driver->close(&nic);
	device.features &= ~F_STATUS;
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT(nic.driver->link_up(&nic));
	close_device();
}

/* ---- frames ------------------------------------------------------------------------------------------------------------------ */

TEST(received_frame_is_handed_over_whole)
{
	for (unsigned kind = 0; kind < KINDS; kind++) {
		uint8_t frame[FRAME_MAX];
		struct pkt *p;

		setup();
		kinds[kind]();
		open_device();
		for (unsigned i = 0; i < FRAME_MAX; i++)
			frame[i] = (uint8_t)(i * 7);
		EXPECT(device_receive_as(frame, FRAME_MAX, header_bytes() + FRAME_MAX));
		p = nic.driver->receive(&nic);
		EXPECT(p && pkt_len(p) == FRAME_MAX);
		EXPECT_MEM(p->data, frame, FRAME_MAX);
		pkt_free(p);
		close_device();
	}
}

TEST(frames_of_impossible_lengths_are_dropped_and_counted)
{
	static const uint32_t claims[] = { 0, 11, 12, 12 + 13, 12 + PKT_DATA_MAX + 1, 0xffffffff };
	uint8_t frame[60] = { 0 };

	modern_in_memory();
	open_device();
	for (unsigned i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
		EXPECT(device_receive_as(frame, 60, claims[i]));
	EXPECT(device_receive(7, 60));
	expect_frame(7, 60);
	EXPECT_EQ(nic.stats.rx_errors, sizeof(claims) / sizeof(claims[0]));
	close_device();
}

/* A device that names descriptors we never gave it, or gives one back twice. */
TEST(completions_of_nothing_are_ignored)
{
	unsigned head;

	modern_in_memory();
	open_device();
	head = *ring16(device.queue[0].avail + 4);
	device_push(&device.queue[0], 256, 60);
	device_push(&device.queue[0], 0xffffffff, 60);
	EXPECT(device_receive(1, 60));
	device_push(&device.queue[0], head, 72);        /* the one just given back */
	expect_frame(1, 60);
	EXPECT(!nic.driver->receive(&nic));
	device_push(&device.queue[1], 3, 0);
	nic.driver->kick(&nic);
	close_device();
}

TEST(frames_queued_together_cost_one_notification)
{
	modern_in_memory();
	open_device();
	for (unsigned i = 0; i < 20; i++)
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(i, 60 + i)), 0);
	EXPECT_EQ(device.sent, 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 20);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.queue[1].notifies, 1);
	EXPECT_EQ(device.dev.writes, 1);
	EXPECT_EQ(device.dev.reads, 0);
	close_device();
}

TEST(frames_to_send_wait_a_little_while_received_ones_do)
{
	modern_in_memory();
	open_device();
	EXPECT(device_receive(0, 60));
	EXPECT(device_receive(1, 60));
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(7, 60)), 0);
	for (unsigned i = 0; i < 3; i++)
		nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 1);
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(8, 60)), 0);
	expect_frame(0, 60);
	expect_frame(1, 60);
	nic.driver->kick(&nic);         /* nothing waits */
	EXPECT_EQ(device.sent, 2);
	close_device();
}

TEST(full_transmit_ring_refuses_and_drains)
{
	unsigned taken = 0;

	modern_in_memory();
	open_device();
	while (taken < 1000 && nic.driver->transmit(&nic, frame_to_send(taken, 60)) == 0)
		taken++;
	EXPECT_EQ(taken, 128);
	EXPECT_EQ(nic.stats.tx_errors, 1);
	nic.driver->kick(&nic);
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(taken, 60)), 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 129);
	close_device();
}

TEST(receiving_costs_no_register_access)
{
	for (unsigned events = 0; events < 2; events++) {
		setup();
		device.features &= events ? ~0ull : ~VIRTIO_F_EVENT_IDX;
		modern_in_memory();
		open_device();
		for (uint32_t i = 0; i < 100000; i++) {
			EXPECT(device_receive(i, 60));
			expect_frame(i, 60);
			nic.driver->kick(&nic);
		}
		EXPECT_EQ(device.dev.reads, 0);
		EXPECT(device.dev.writes <= 3);         /* an old wish to be notified comes round in 65,536 frames */
		close_device();
	}
}

/* The sender is faster: whenever there is a buffer the device fills it, and asks to be told when it has none. */
TEST(device_run_dry_is_notified_twice_a_ring)
{
	uint32_t in = 0, out = 0;

	modern_in_memory();
	open_device();
	for (unsigned turn = 0; turn < 400; turn++) {
		while (device_receive(in, 60))
			in++;
		for (unsigned i = 0; i < 64 && out < in; i++)
			expect_frame(out++, 60);
		nic.driver->kick(&nic);
	}
	EXPECT_EQ(out, 25600);
	EXPECT(device.queue[0].notifies <= 2 * 25600 / 256 + 2);
	EXPECT(device.queue[0].notifies > 0);
	close_device();
}

TEST(empty_pool_starves_the_ring_and_a_full_one_feeds_it)
{
	static struct pkt *held[4096];
	unsigned count = 0;
	uint32_t in = 0, out = 0;
	struct pkt *p;

	modern_in_memory();
	open_device();
	while ((p = pkt_alloc()) != NULL)
		held[count++] = p;
	while (in < 1000 && device_receive(in, 60))
		in++;
	EXPECT_EQ(in, 256);
	while ((p = nic.driver->receive(&nic)) != NULL) {
		held[count++] = p;
		out++;
	}
	EXPECT_EQ(out, 256);
	nic.driver->kick(&nic);
	EXPECT(!device_receive(in, 60));
	while (count)
		pkt_free(held[--count]);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.queue[0].notifies, 1);
	EXPECT(device_receive(in, 60));
	expect_frame(in, 60);
	close_device();
}

TEST(close_gives_back_what_was_under_way)
{
	device.features &= ~F_RING;
	device.want_notify = true;
	legacy_only();
	open_device();
	for (unsigned round = 0; round < 3; round++) {
		EXPECT(device_receive(1, 60));
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(2, 60)), 0);
		nic.driver->close(&nic);
		EXPECT_EQ(device.status, 0);
		EXPECT_EQ(host_packets_held(), 0);
		EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
		EXPECT(!device_receive(3, 60));
		EXPECT_EQ(nic.driver->open(&nic), 0);
		EXPECT(!nic.driver->receive(&nic));
	}
	close_device();
}
