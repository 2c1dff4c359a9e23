/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI functions by configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2). */
#include "core/pci.h"

#include <stdbool.h>
#include "arch/x86/arch.h"
#include "core/io.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define HEADER_TYPE    0x0e
#define MULTIFUNCTION  0x80
#define CAPABILITIES_MAX 48                  /* that many fit in 192 bytes; a longer list loops */

static uint16_t config_select(const struct pci_device *dev, unsigned reg)
{
	io_out32(CONFIG_ADDRESS, 0x80000000u | (uint32_t)dev->bus << 16 | (uint32_t)dev->slot << 11 | (uint32_t)dev->function << 8 |
	                         (reg & 0xfc));
	return (uint16_t)(CONFIG_DATA + (reg & 3));
}

uint8_t pci_read8(const struct pci_device *dev, unsigned reg) { return io_in8(config_select(dev, reg)); }
uint16_t pci_read16(const struct pci_device *dev, unsigned reg) { return io_in16(config_select(dev, reg)); }
uint32_t pci_read32(const struct pci_device *dev, unsigned reg) { return io_in32(config_select(dev, reg)); }
void pci_write8(const struct pci_device *dev, unsigned reg, uint8_t value) { io_out8(config_select(dev, reg), value); }
void pci_write16(const struct pci_device *dev, unsigned reg, uint16_t value) { io_out16(config_select(dev, reg), value); }
void pci_write32(const struct pci_device *dev, unsigned reg, uint32_t value) { io_out32(config_select(dev, reg), value); }

/** The highest bus number, as the PCI BIOS tells (PCI BIOS 2.1, B101h); 255 where there is none. */
static unsigned last_bus(void)
{
	static int last = -1;
	struct rm_call call = { .eax = 0xb101 };

	if (last < 0) {
		bios_int(0x1a, &call);
		last = (call.flags & FLAG_CARRY) || call.edx != 0x20494350u ? 255 : (int)(call.ecx & 0xff);
	}
	return (unsigned)last;
}

bool pci_next(uint32_t *cursor, struct pci_device *dev)
{
	for (uint32_t at = *cursor; at < (last_bus() + 1) << 8; at++) {
		*dev = (struct pci_device){ .bus = (uint8_t)(at >> 8), .slot = (at >> 3) & 31, .function = at & 7 };
		dev->vendor = pci_read16(dev, 0);
		if (dev->vendor == 0xffff || dev->vendor == 0) {
			if (dev->function == 0)
				at |= 7;               /* no function 0: no device */
			continue;
		}
		dev->device = pci_read16(dev, 2);
		dev->class_code = pci_read32(dev, 8) >> 8;
		*cursor = at + 1;
		if (dev->function == 0 && !(pci_read8(dev, HEADER_TYPE) & MULTIFUNCTION))
			*cursor = (at | 7) + 1;
		return true;
	}
	return false;
}

volatile void *pci_map_bar(const struct pci_device *dev, unsigned index)
{
	uint32_t bar = pci_read32(dev, PCI_BAR0 + 4 * index);

	if ((bar & 1) || !(bar & ~15u))
		return NULL;
	if ((bar & 6) == 4 && pci_read32(dev, PCI_BAR0 + 4 * index + 4) != 0)
		return NULL;                           /* a 64-bit BAR above 4 GiB */
	return (volatile void *)(bar & ~15u);
}

uint16_t pci_io_bar(const struct pci_device *dev, unsigned index)
{
	uint32_t bar = pci_read32(dev, PCI_BAR0 + 4 * index);

	return (bar & 1) && bar < 0x10000 ? (uint16_t)(bar & ~3u) : 0;
}

unsigned pci_find_capability(const struct pci_device *dev, uint8_t id, unsigned from)
{
	unsigned at = from ? from : pci_read8(dev, PCI_CAPABILITIES);

	if (!(pci_read16(dev, PCI_STATUS) & PCI_STATUS_CAPABILITIES))
		return 0;
	for (unsigned i = 0; (at &= 0xfc) >= 0x40 && i < CAPABILITIES_MAX; i++) {
		if (pci_read8(dev, at) == id)
			return at;
		at = pci_read8(dev, at + 1);
	}
	return 0;
}
