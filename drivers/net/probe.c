/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the driver of a PCI function; its PCI command register. */
#include "drivers/net/probe.h"

#include "config/features.h"
#include "core/errors.h"
#include "core/string.h"

static const struct nic_id *find_id(const struct nic_driver *driver, const struct pci_device *pci)
{
	for (unsigned i = 0; i < driver->id_count; i++)
		if (driver->ids[i].vendor == pci->vendor && driver->ids[i].device == pci->device)
			return &driver->ids[i];
	return NULL;
}

const struct nic_driver *nic_driver_find(const struct pci_device *pci)
{
	for (const struct nic_driver *const *driver = nic_drivers; *driver; driver++)
		if (CONFIG_CONTAINERS && (*driver)->knows ? (*driver)->knows(pci) : find_id(*driver, pci) != NULL)
			return *driver;
	return NULL;
}

const char *nic_chip_name(const struct pci_device *pci)
{
	const struct nic_driver *driver = nic_driver_find(pci);

	if (!driver)
		return NULL;
	return CONFIG_CONTAINERS && driver->knows ? driver->name : find_id(driver, pci)->name;
}

int nic_probe(struct nic *nic, const struct pci_device *pci)
{
	int rc;

	memset(nic, 0, sizeof(*nic));
	nic->driver = nic_driver_find(pci);
	if (!nic->driver)
		return -ENODEV;
	nic->pci = *pci;
	nic->pci_command = pci_read16(pci, PCI_COMMAND);
	nic->mtu = 1500;
	if (CONFIG_CONTAINERS && nic->driver->knows)
		return nic->driver->probe(nic);
	nic_pci_enable(nic, false);
	rc = nic->driver->probe(nic);
	nic_pci_restore(nic);
	return rc;
}

void nic_remove(struct nic *nic)
{
	nic->driver->remove(nic);
	if (!CONFIG_CONTAINERS || !nic->driver->knows)
		nic_pci_restore(nic);
}

void nic_pci_enable(const struct nic *nic, bool dma)
{
	unsigned command = nic->pci_command | PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_OFF;

	command &= ~(unsigned)PCI_COMMAND_MASTER;
	pci_write16(&nic->pci, PCI_COMMAND, (uint16_t)(dma ? command | PCI_COMMAND_MASTER : command));
}

void nic_pci_restore(const struct nic *nic)
{
	pci_write16(&nic->pci, PCI_COMMAND, nic->pci_command);
}

void nic_pci_interrupt(const struct nic *nic, bool on)
{
	unsigned command = pci_read16(&nic->pci, PCI_COMMAND) & ~(unsigned)PCI_COMMAND_INTX_OFF;

	pci_write16(&nic->pci, PCI_COMMAND, (uint16_t)(on ? command : command | PCI_COMMAND_INTX_OFF));
}

unsigned nic_rx_share(void)
{
	return (unsigned)(pkt_pool_total() / 4);
}
