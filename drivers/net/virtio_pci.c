/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over PCI: legacy and 1.x registers. Sections are those of Virtual I/O Device 1.1. */
#include "drivers/net/virtio_pci.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/io.h"
#include "core/string.h"

enum { STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4, STATUS_FEATURES_OK = 8 };        /* 2.1 */

/* 4.1.4.8 legacy registers, all in BAR 0. */
enum {
	LEGACY_FEATURES = 0x00, LEGACY_ACCEPTED = 0x04, LEGACY_QUEUE_PAGE = 0x08, LEGACY_QUEUE_SIZE = 0x0c, LEGACY_QUEUE_SELECT = 0x0e,
	LEGACY_NOTIFY = 0x10, LEGACY_STATUS = 0x12,
	LEGACY_CONFIG = 0x14,           /* four bytes later while MSI-X is on, which it never is here */
};

/* 4.1.4.3 common configuration. */
enum {
	COMMON_FEATURES_SELECT = 0x00, COMMON_FEATURES = 0x04, COMMON_ACCEPTED_SELECT = 0x08, COMMON_ACCEPTED = 0x0c, COMMON_STATUS = 0x14,
	COMMON_QUEUE_SELECT = 0x16, COMMON_QUEUE_SIZE = 0x18, COMMON_QUEUE_ENABLE = 0x1c, COMMON_QUEUE_NOTIFY_OFFSET = 0x1e,
	COMMON_QUEUE_DESC = 0x20, COMMON_QUEUE_AVAIL = 0x28, COMMON_QUEUE_USED = 0x30,
};

/* 4.1.4 capabilities: vendor-specific (09h), then these fields. */
enum { CAP_VENDOR = 0x09, CAP_MSIX = 0x11 };
enum { CAP_NEXT = 1, CAP_TYPE = 3, CAP_BAR = 4, CAP_OFFSET = 8, CAP_LENGTH = 12, CAP_MULTIPLIER = 16, CAP_WINDOW_DATA = 16 };
enum { TYPE_COMMON = 1, TYPE_NOTIFY = 2, TYPE_DEVICE = 4, TYPE_PCI_CFG = 5 };

#define LAST_TRANSITIONAL_ID 0x103f     /* 4.1.2.1: from 1040h on there is no legacy interface */
#define PCI_BARS 6
#define CAPABILITIES_MAX 48             /* as many have room; a list that has more loops */

/* ---- registers --------------------------------------------------------------------------------------------------------------- */

/** 4.1.4.7: point the window at @offset of the region; its data are accessed with the same width. */
static unsigned window_at(const struct virtio *v, const struct virtio_region *r, unsigned offset, unsigned bytes)
{
	pci_write8(v->pci, v->window + CAP_BAR, r->bar);
	pci_write32(v->pci, v->window + CAP_OFFSET, r->offset + offset);
	pci_write32(v->pci, v->window + CAP_LENGTH, bytes);
	return v->window + CAP_WINDOW_DATA;
}

static uint32_t reg_read(const struct virtio *v, const struct virtio_region *r, unsigned offset, unsigned bytes)
{
	if (r->way == VIRTIO_MEMORY) {
		volatile uint8_t *reg = r->memory + offset;

		return bytes == 1 ? mmio_read8(reg) : bytes == 2 ? mmio_read16(reg) : mmio_read32(reg);
	}
	if (r->way == VIRTIO_PORT) {
		uint16_t port = (uint16_t)(r->port + offset);

		return bytes == 1 ? io_in8(port) : bytes == 2 ? io_in16(port) : io_in32(port);
	}
	offset = window_at(v, r, offset, bytes);
	return bytes == 1 ? pci_read8(v->pci, offset) : bytes == 2 ? pci_read16(v->pci, offset) : pci_read32(v->pci, offset);
}

static void reg_write(const struct virtio *v, const struct virtio_region *r, unsigned offset, unsigned bytes, uint32_t value)
{
	if (r->way == VIRTIO_MEMORY) {
		volatile uint8_t *reg = r->memory + offset;

		bytes == 1 ? mmio_write8(reg, (uint8_t)value) : bytes == 2 ? mmio_write16(reg, (uint16_t)value) : mmio_write32(reg, value);
	} else if (r->way == VIRTIO_PORT) {
		uint16_t port = (uint16_t)(r->port + offset);

		bytes == 1 ? io_out8(port, (uint8_t)value) : bytes == 2 ? io_out16(port, (uint16_t)value) : io_out32(port, value);
	} else {
		offset = window_at(v, r, offset, bytes);
		bytes == 1 ? pci_write8(v->pci, offset, (uint8_t)value) :
			bytes == 2 ? pci_write16(v->pci, offset, (uint16_t)value) : pci_write32(v->pci, offset, value);
	}
}

static uint8_t status_read(const struct virtio *v)
{
	return (uint8_t)reg_read(v, &v->common, v->modern ? COMMON_STATUS : LEGACY_STATUS, 1);
}

static void status_write(const struct virtio *v, uint8_t status)
{
	reg_write(v, &v->common, v->modern ? COMMON_STATUS : LEGACY_STATUS, 1, status);
}

/* ---- finding them ------------------------------------------------------------------------------------------------------------ */

/** The way to the structure that the capability at @cap describes. VIRTIO_NONE when there is none. */
static struct virtio_region locate(const struct virtio *v, unsigned cap)
{
	struct virtio_region r = { .bar = pci_read8(v->pci, cap + CAP_BAR), .offset = pci_read32(v->pci, cap + CAP_OFFSET) };
	volatile uint8_t *memory;

	if (r.bar >= PCI_BARS)          /* 4.1.4: other values are reserved, the structure is to be ignored */
		return r;
	memory = pci_map_bar(v->pci, r.bar);
	r.port = pci_io_bar(v->pci, r.bar);
	if (memory) {
		r.way = VIRTIO_MEMORY;
		r.memory = memory + r.offset;
	} else if (r.port) {
		r.way = VIRTIO_PORT;
		r.port = (uint16_t)(r.port + r.offset);
	} else {
		r.way = VIRTIO_WINDOW;  /* a BAR beyond 4 GiB */
	}
	return r;
}

/** A vendor capability at or after @cap (0: from the start), or 0. */
static unsigned vendor_capability(const struct virtio *v, unsigned cap)
{
	return pci_find_capability(v->pci, CAP_VENDOR, cap);
}

/** Fill in the regions from the capabilities; of each type the first counts (4.1.4.1). */
static void read_capabilities(struct virtio *v)
{
	unsigned cap = vendor_capability(v, 0), next;

	for (unsigned turns = 0; cap && turns < CAPABILITIES_MAX; turns++) {
		unsigned type = pci_read8(v->pci, cap + CAP_TYPE);

		if (type == TYPE_COMMON && !v->common.way)
			v->common = locate(v, cap);
		if (type == TYPE_DEVICE && !v->config.way)
			v->config = locate(v, cap);
		if (type == TYPE_NOTIFY && !v->notify.way) {
			v->notify = locate(v, cap);
			v->notify_multiplier = pci_read32(v->pci, cap + CAP_MULTIPLIER);
		}
		if (type == TYPE_PCI_CFG && !v->window)
			v->window = cap;
		next = pci_read8(v->pci, cap + CAP_NEXT) & 0xfcu;
		cap = next ? vendor_capability(v, next) : 0;
	}
}

static bool direct(const struct virtio_region *r)
{
	return r->way == VIRTIO_MEMORY || r->way == VIRTIO_PORT;
}

/** 1.x registers that can be reached directly; else legacy ones; else 1.x ones through the window, four accesses for each. */
static int choose_registers(struct virtio *v)
{
	uint16_t port = v->pci->device <= LAST_TRANSITIONAL_ID ? pci_io_bar(v->pci, 0) : 0;

	read_capabilities(v);
	v->modern = true;
	if (direct(&v->common) && direct(&v->config) && direct(&v->notify))
		return 0;
	if (port) {
		v->modern = false;
		v->common = (struct virtio_region){ .way = VIRTIO_PORT, .port = port };
		v->config = (struct virtio_region){ .way = VIRTIO_PORT, .port = (uint16_t)(port + LEGACY_CONFIG) };
		return 0;
	}
	if (v->window && v->common.way && v->config.way && v->notify.way)
		return 0;
	return fail(-EIO, "virtio: no usable registers");
}

/** MSI-X as an earlier system may have left it would move the legacy configuration. */
static void msix_off(const struct pci_device *pci)
{
	unsigned cap = pci_find_capability(pci, CAP_MSIX, 0);

	if (cap)
		pci_write16(pci, cap + 2, pci_read16(pci, cap + 2) & 0x7fff);
}

int virtio_open(struct virtio *v, const struct pci_device *pci)
{
	int rc;

	memset(v, 0, sizeof(*v));
	v->pci = pci;
	if ((rc = choose_registers(v)) != 0)
		return rc;
	msix_off(pci);
	return virtio_reset(v) ? 0 : fail(-EIO, "virtio: reset does not end");
}

/* ---- start and stop ---------------------------------------------------------------------------------------------------------- */

bool virtio_reset(const struct virtio *v)
{
	status_write(v, 0);
	for (unsigned tries = 0; tries < 1000; tries++) {
		if (status_read(v) == 0)
			return true;
		clock_delay_us(100);
	}
	return false;
}

uint64_t virtio_features(const struct virtio *v)
{
	uint64_t features;

	if (!v->modern)
		return reg_read(v, &v->common, LEGACY_FEATURES, 4);
	reg_write(v, &v->common, COMMON_FEATURES_SELECT, 4, 1);
	features = (uint64_t)reg_read(v, &v->common, COMMON_FEATURES, 4) << 32;
	reg_write(v, &v->common, COMMON_FEATURES_SELECT, 4, 0);
	return features | reg_read(v, &v->common, COMMON_FEATURES, 4);
}

/** 3.1.1 steps 4 to 6. A legacy device cannot refuse. */
static bool accept_features(const struct virtio *v, uint64_t features)
{
	if (!v->modern) {
		reg_write(v, &v->common, LEGACY_ACCEPTED, 4, (uint32_t)features);
		return true;
	}
	for (unsigned half = 0; half < 2; half++) {
		reg_write(v, &v->common, COMMON_ACCEPTED_SELECT, 4, half);
		reg_write(v, &v->common, COMMON_ACCEPTED, 4, (uint32_t)(features >> 32 * half));
	}
	status_write(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
	return status_read(v) & STATUS_FEATURES_OK;
}

int virtio_negotiate(const struct virtio *v, uint64_t wanted, uint64_t *accepted)
{
	if (!virtio_reset(v))
		return fail(-EIO, "virtio: reset does not end");
	status_write(v, STATUS_ACKNOWLEDGE);
	status_write(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	if (v->modern)
		wanted |= VIRTIO_F_VERSION_1;
	*accepted = wanted & virtio_features(v);
	if (!accept_features(v, *accepted))
		return fail(-EIO, "virtio: the device refuses our features");
	return 0;
}

void virtio_start(const struct virtio *v)
{
	status_write(v, status_read(v) | STATUS_DRIVER_OK);
}

/* ---- queues ------------------------------------------------------------------------------------------------------------------ */

unsigned virtio_queue_size(const struct virtio *v, unsigned index)
{
	reg_write(v, &v->common, v->modern ? COMMON_QUEUE_SELECT : LEGACY_QUEUE_SELECT, 2, index);
	return reg_read(v, &v->common, v->modern ? COMMON_QUEUE_SIZE : LEGACY_QUEUE_SIZE, 2);
}

/** 4.1.3.1: 64-bit registers are written as two halves. */
static void write_address(const struct virtio *v, unsigned offset, phys_t address)
{
	reg_write(v, &v->common, offset, 4, address);
	reg_write(v, &v->common, offset + 4, 4, 0);
}

void virtio_queue_start(const struct virtio *v, unsigned index, unsigned size, const struct virtio_queue_place *place)
{
	if (!v->modern) {
		reg_write(v, &v->common, LEGACY_QUEUE_SELECT, 2, index);
		reg_write(v, &v->common, LEGACY_QUEUE_PAGE, 4, place->desc >> 12);
		return;
	}
	reg_write(v, &v->common, COMMON_QUEUE_SELECT, 2, index);
	reg_write(v, &v->common, COMMON_QUEUE_SIZE, 2, size);
	write_address(v, COMMON_QUEUE_DESC, place->desc);
	write_address(v, COMMON_QUEUE_AVAIL, place->avail);
	write_address(v, COMMON_QUEUE_USED, place->used);
	reg_write(v, &v->common, COMMON_QUEUE_ENABLE, 2, 1);
}

/** 4.1.4.4. */
uint32_t virtio_notify_offset(const struct virtio *v, unsigned index)
{
	if (!v->modern)
		return LEGACY_NOTIFY;
	reg_write(v, &v->common, COMMON_QUEUE_SELECT, 2, index);
	return reg_read(v, &v->common, COMMON_QUEUE_NOTIFY_OFFSET, 2) * v->notify_multiplier;
}

void virtio_notify(const struct virtio *v, unsigned index, uint32_t notify_offset)
{
	reg_write(v, v->modern ? &v->notify : &v->common, notify_offset, 2, index);
}

uint8_t virtio_config8(const struct virtio *v, unsigned offset)
{
	return (uint8_t)reg_read(v, &v->config, offset, 1);
}

uint16_t virtio_config16(const struct virtio *v, unsigned offset)
{
	return (uint16_t)reg_read(v, &v->config, offset, 2);
}
