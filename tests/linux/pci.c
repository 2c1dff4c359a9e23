/* SPDX-License-Identifier: BSD-2-Clause */
/* The only PCI function: the tap's. It has IDs, a class, and a command register that does nothing; no BARs. */
#include "core/pci.h"

#include "tests/linux/platform.h"

static uint16_t command;

_Bool pci_next(uint32_t *cursor, struct pci_device *dev)
{
	if (*cursor != 0)
		return false;
	*cursor = 1;
	*dev = (struct pci_device){ .vendor = TAP_VENDOR, .device = TAP_DEVICE, .class_code = 0x020000 };
	return true;
}

uint16_t pci_read16(const struct pci_device *dev, unsigned reg)
{
	(void)dev;
	return reg == PCI_COMMAND ? command : 0;
}

void pci_write16(const struct pci_device *dev, unsigned reg, uint16_t value)
{
	(void)dev;
	if (reg == PCI_COMMAND)
		command = value;
}
