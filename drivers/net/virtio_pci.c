/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over PCI: legacy and 1.x registers. Sections are those of Virtual I/O Device 1.1. */
#include "drivers/net/virtio_pci.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/io.h"
#include "core/string.h"

enum { STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4, STATUS_FEATURES_OK = 8 };        /* 2.1 */

/* A register is its offset in a region and, in the top bits, its width. */
#define WIDTH_8  0u
#define WIDTH_16 (1u << 30)
#define WIDTH_32 (2u << 30)
#define OFFSET(reg) ((reg) & ~(3u << 30))

/* 4.1.4.8 legacy registers, all in BAR 0. */
#define LEGACY_FEATURES     (0x00 | WIDTH_32)
#define LEGACY_ACCEPTED     (0x04 | WIDTH_32)
#define LEGACY_QUEUE_PAGE   (0x08 | WIDTH_32)
#define LEGACY_QUEUE_SIZE   (0x0c | WIDTH_16)
#define LEGACY_QUEUE_SELECT (0x0e | WIDTH_16)
#define LEGACY_NOTIFY       0x10
#define LEGACY_STATUS       (0x12 | WIDTH_8)
#define LEGACY_ISR          (0x13 | WIDTH_8)
#define LEGACY_CONFIG       0x14        /* four bytes later while MSI-X is on, which it never is here */

/* 4.1.4.3 common configuration. */
#define COMMON_FEATURES_SELECT (0x00 | WIDTH_32)
#define COMMON_FEATURES        (0x04 | WIDTH_32)
#define COMMON_ACCEPTED_SELECT (0x08 | WIDTH_32)
#define COMMON_ACCEPTED        (0x0c | WIDTH_32)
#define COMMON_STATUS          (0x14 | WIDTH_8)
#define COMMON_QUEUE_SELECT    (0x16 | WIDTH_16)
#define COMMON_QUEUE_SIZE      (0x18 | WIDTH_16)
#define COMMON_QUEUE_ENABLE    (0x1c | WIDTH_16)
#define COMMON_QUEUE_NOTIFY    (0x1e | WIDTH_16)
#define COMMON_QUEUE_DESC      (0x20 | WIDTH_32)
#define COMMON_QUEUE_AVAIL     (0x28 | WIDTH_32)
#define COMMON_QUEUE_USED      (0x30 | WIDTH_32)

/* Feature bits 32 and 33, section 6: what we want of the upper half. */
enum { VERSION_1 = 1, ACCESS_PLATFORM = 2 };

/* 4.1.4 capabilities: vendor-specific (09h), then these fields. */
enum { CAP_VENDOR = 0x09, CAP_MSIX = 0x11 };
enum { CAP_NEXT = 1, CAP_TYPE = 3, CAP_BAR = 4, CAP_OFFSET = 8, CAP_LENGTH = 12, CAP_MULTIPLIER = 16, CAP_WINDOW_DATA = 16 };
enum { TYPE_COMMON = 1, TYPE_NOTIFY = 2, TYPE_ISR = 3, TYPE_DEVICE = 4, TYPE_PCI_CFG = 5 };

#define LAST_TRANSITIONAL_ID 0x103f     /* 4.1.2.1: from 1040h on there is no legacy interface */
#define PCI_BARS 6
#define CAPABILITIES_MAX 48             /* as many have room; a list that has more loops */

/* ---- registers --------------------------------------------------------------------------------------------------------------- */

/** 4.1.4.7: point the window at a register; its data are accessed with the same width. */
static unsigned window_at(const struct virtio *v, const struct virtio_region *r, unsigned reg)
{
	pci_write8(v->pci, v->window + CAP_BAR, r->bar);
	pci_write32(v->pci, v->window + CAP_OFFSET, r->offset + OFFSET(reg));
	pci_write32(v->pci, v->window + CAP_LENGTH, 1u << (reg >> 30));
	return v->window + CAP_WINDOW_DATA;
}

static uint32_t reg_read(const struct virtio *v, const struct virtio_region *r, unsigned reg)
{
	unsigned width = reg & (WIDTH_16 | WIDTH_32), at;

	if (r->way == VIRTIO_MEMORY) {
		volatile uint8_t *memory = r->memory + OFFSET(reg);

		return width == WIDTH_8 ? mmio_read8(memory) : width == WIDTH_16 ? mmio_read16(memory) : mmio_read32(memory);
	}
	if (r->way == VIRTIO_PORT) {
		uint16_t port = (uint16_t)(r->port + OFFSET(reg));

		return width == WIDTH_8 ? io_in8(port) : width == WIDTH_16 ? io_in16(port) : io_in32(port);
	}
	at = window_at(v, r, reg);
	return width == WIDTH_8 ? pci_read8(v->pci, at) : width == WIDTH_16 ? pci_read16(v->pci, at) : pci_read32(v->pci, at);
}

static void reg_write(const struct virtio *v, const struct virtio_region *r, unsigned reg, uint32_t value)
{
	unsigned width = reg & (WIDTH_16 | WIDTH_32);

	if (r->way == VIRTIO_MEMORY) {
		volatile uint8_t *memory = r->memory + OFFSET(reg);

		width == WIDTH_8 ? mmio_write8(memory, (uint8_t)value) :
			width == WIDTH_16 ? mmio_write16(memory, (uint16_t)value) : mmio_write32(memory, value);
	} else if (r->way == VIRTIO_PORT) {
		uint16_t port = (uint16_t)(r->port + OFFSET(reg));

		width == WIDTH_8 ? io_out8(port, (uint8_t)value) :
			width == WIDTH_16 ? io_out16(port, (uint16_t)value) : io_out32(port, value);
	} else {
		unsigned at = window_at(v, r, reg);

		width == WIDTH_8 ? pci_write8(v->pci, at, (uint8_t)value) :
			width == WIDTH_16 ? pci_write16(v->pci, at, (uint16_t)value) : pci_write32(v->pci, at, value);
	}
}

/** The common configuration: one register for a modern device, another for a legacy one. */
static uint32_t common_read(const struct virtio *v, unsigned modern, unsigned legacy)
{
	return reg_read(v, &v->common, v->modern ? modern : legacy);
}

static void common_write(const struct virtio *v, unsigned reg, uint32_t value)
{
	reg_write(v, &v->common, reg, value);
}

static uint8_t status_read(const struct virtio *v)
{
	return (uint8_t)common_read(v, COMMON_STATUS, LEGACY_STATUS);
}

static void status_write(const struct virtio *v, uint8_t status)
{
	common_write(v, v->modern ? COMMON_STATUS : LEGACY_STATUS, status);
}

/* ---- finding them ------------------------------------------------------------------------------------------------------------ */

/** The way to the structure that the capability at @cap describes; it stays VIRTIO_NONE when there is none. */
static void locate(const struct virtio *v, unsigned cap, struct virtio_region *r)
{
	volatile uint8_t *memory;

	r->bar = pci_read8(v->pci, cap + CAP_BAR);
	r->offset = pci_read32(v->pci, cap + CAP_OFFSET);
	if (r->bar >= PCI_BARS)         /* 4.1.4: other values are reserved, the structure is to be ignored */
		return;
	memory = pci_map_bar(v->pci, r->bar);
	r->port = pci_io_bar(v->pci, r->bar);
	r->way = VIRTIO_WINDOW;         /* a BAR beyond 4 GiB */
	if (memory) {
		r->way = VIRTIO_MEMORY;
		r->memory = memory + r->offset;
	} else if (r->port) {
		r->way = VIRTIO_PORT;
		r->port = (uint16_t)(r->port + r->offset);
	}
}

/** Fill in the regions from the capabilities; of each type the first counts (4.1.4.1). */
static void read_capabilities(struct virtio *v)
{
	unsigned cap = pci_find_capability(v->pci, CAP_VENDOR, 0), next;

	for (unsigned turns = 0; cap && turns < CAPABILITIES_MAX; turns++) {
		unsigned type = pci_read8(v->pci, cap + CAP_TYPE);
		struct virtio_region *r = type == TYPE_COMMON ? &v->common : type == TYPE_DEVICE ? &v->config :
					  type == TYPE_NOTIFY ? &v->notify : type == TYPE_ISR ? &v->isr : NULL;

		if (r && !r->way) {
			locate(v, cap, r);
			if (r == &v->notify)
				v->notify_multiplier = pci_read32(v->pci, cap + CAP_MULTIPLIER);
		}
		if (type == TYPE_PCI_CFG && !v->window)
			v->window = cap;
		next = pci_read8(v->pci, cap + CAP_NEXT) & 0xfcu;
		cap = next ? pci_find_capability(v->pci, CAP_VENDOR, next) : 0;
	}
}

/** Can all of a 1.x device's registers be reached by @way or a better one? */
static bool reached(const struct virtio *v, unsigned way)
{
	return v->common.way >= way && v->config.way >= way && v->notify.way >= way;
}

/** 1.x registers that can be reached directly; else legacy ones; else 1.x ones through the window, four accesses for each. */
static int choose_registers(struct virtio *v)
{
	uint16_t port = v->pci->device <= LAST_TRANSITIONAL_ID ? pci_io_bar(v->pci, 0) : 0;

	read_capabilities(v);
	v->modern = true;
	if (reached(v, VIRTIO_PORT))
		return 0;
	if (port) {
		v->modern = false;
		v->common.way = v->config.way = VIRTIO_PORT;
		v->common.port = port;
		v->config.port = (uint16_t)(port + LEGACY_CONFIG);
		return 0;
	}
	return v->window && reached(v, VIRTIO_WINDOW) ? 0 : fail(-EIO, "virtio: no usable registers");
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

uint32_t virtio_features(const struct virtio *v)
{
	if (v->modern)
		common_write(v, COMMON_FEATURES_SELECT, 0);
	return common_read(v, COMMON_FEATURES, LEGACY_FEATURES);
}

/** 3.1.1 steps 4 to 6. A legacy device cannot refuse. */
static bool accept_features(const struct virtio *v, uint32_t features)
{
	if (!v->modern) {
		common_write(v, LEGACY_ACCEPTED, features);
		return true;
	}
	common_write(v, COMMON_ACCEPTED_SELECT, 0);
	common_write(v, COMMON_ACCEPTED, features);
	common_write(v, COMMON_FEATURES_SELECT, 1);
	common_write(v, COMMON_ACCEPTED_SELECT, 1);
	common_write(v, COMMON_ACCEPTED, reg_read(v, &v->common, COMMON_FEATURES) & (VERSION_1 | ACCESS_PLATFORM));
	status_write(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
	return status_read(v) & STATUS_FEATURES_OK;
}

int virtio_negotiate(const struct virtio *v, uint32_t wanted, uint32_t *accepted)
{
	if (!virtio_reset(v))
		return fail(-EIO, "virtio: reset does not end");
	status_write(v, STATUS_ACKNOWLEDGE);
	status_write(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	*accepted = wanted & virtio_features(v);
	return accept_features(v, *accepted) ? 0 : fail(-EIO, "virtio: the device refuses our features");
}

void virtio_start(const struct virtio *v)
{
	status_write(v, status_read(v) | STATUS_DRIVER_OK);
}

/* ---- queues ------------------------------------------------------------------------------------------------------------------ */

unsigned virtio_queue_size(const struct virtio *v, unsigned index)
{
	common_write(v, v->modern ? COMMON_QUEUE_SELECT : LEGACY_QUEUE_SELECT, index);
	return common_read(v, COMMON_QUEUE_SIZE, LEGACY_QUEUE_SIZE);
}

/** 4.1.3.1: 64-bit registers are written as two halves. */
static void write_address(const struct virtio *v, unsigned reg, phys_t address)
{
	common_write(v, reg, address);
	common_write(v, reg + 4, 0);
}

uint32_t virtio_queue_start(const struct virtio *v, unsigned index, unsigned size, const struct virtio_queue_place *place)
{
	if (!v->modern) {
		common_write(v, LEGACY_QUEUE_SELECT, index);
		common_write(v, LEGACY_QUEUE_PAGE, place->desc >> 12);
		return LEGACY_NOTIFY;
	}
	common_write(v, COMMON_QUEUE_SELECT, index);
	common_write(v, COMMON_QUEUE_SIZE, size);
	write_address(v, COMMON_QUEUE_DESC, place->desc);
	write_address(v, COMMON_QUEUE_AVAIL, place->avail);
	write_address(v, COMMON_QUEUE_USED, place->used);
	common_write(v, COMMON_QUEUE_ENABLE, 1);
	return reg_read(v, &v->common, COMMON_QUEUE_NOTIFY) * v->notify_multiplier;     /* 4.1.4.4 */
}

/** 4.1.4.5. */
bool virtio_interrupt_cause(const struct virtio *v)
{
	if (v->modern)
		return v->isr.way != VIRTIO_NONE && reg_read(v, &v->isr, WIDTH_8);
	return reg_read(v, &v->common, LEGACY_ISR) != 0;
}

void virtio_notify(const struct virtio *v, unsigned index, uint32_t notify_offset)
{
	reg_write(v, v->modern ? &v->notify : &v->common, notify_offset | WIDTH_16, index);
}

uint8_t virtio_config8(const struct virtio *v, unsigned offset)
{
	return (uint8_t)reg_read(v, &v->config, offset | WIDTH_8);
}

uint16_t virtio_config16(const struct virtio *v, unsigned offset)
{
	return (uint16_t)reg_read(v, &v->config, offset | WIDTH_16);
}
