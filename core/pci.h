/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: PCI functions. arch/ enumerates them by configuration mechanism 1; drivers see one struct pci_device each.
 * Register offsets as in the PCI Local Bus Specification 3.0, section 6.1. */
#ifndef CORE_PCI_H
#define CORE_PCI_H

#include <stdint.h>
#include <stddef.h>

struct pci_device {
	uint8_t bus, slot, function;
	uint16_t vendor, device;
	uint32_t class_code;            /* 24 bits: class, subclass, interface */
};

enum {
	PCI_COMMAND = 0x04, PCI_STATUS = 0x06, PCI_REVISION = 0x08, PCI_BAR0 = 0x10, PCI_SUBSYSTEM = 0x2c, PCI_ROM = 0x30,
	PCI_CAPABILITIES = 0x34, PCI_INTERRUPT_LINE = 0x3c,
	PCI_COMMAND_IO = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4, PCI_COMMAND_INTX_OFF = 0x400,
	PCI_STATUS_CAPABILITIES = 0x10,
};

/** The bus address of @dev as BIOSes write it: bus << 8 | slot << 3 | function. */
static inline uint16_t pci_bus_address(const struct pci_device *dev)
{
	return (uint16_t)(dev->bus << 8 | dev->slot << 3 | dev->function);
}

/** The next function at or after index *@cursor (start with 0); fills @dev and moves the cursor. False at the end. */
_Bool pci_next(uint32_t *cursor, struct pci_device *dev);

uint8_t  pci_read8(const struct pci_device *dev, unsigned reg);
uint16_t pci_read16(const struct pci_device *dev, unsigned reg);
uint32_t pci_read32(const struct pci_device *dev, unsigned reg);
void pci_write8(const struct pci_device *dev, unsigned reg, uint8_t value);
void pci_write16(const struct pci_device *dev, unsigned reg, uint16_t value);
void pci_write32(const struct pci_device *dev, unsigned reg, uint32_t value);

/** The memory BAR @index (0 to 5) as a pointer, or NULL: not a memory BAR, unassigned, or above 4 GiB. Nothing is allocated. */
volatile void *pci_map_bar(const struct pci_device *dev, unsigned index);

/** The I/O BAR @index as a port number, or 0: not an I/O BAR or unassigned. */
uint16_t pci_io_bar(const struct pci_device *dev, unsigned index);

/** Offset of the first capability with @id at or after the one at @from (0: from the start), or 0. Ends on a looping list. */
unsigned pci_find_capability(const struct pci_device *dev, uint8_t id, unsigned from);

#endif
