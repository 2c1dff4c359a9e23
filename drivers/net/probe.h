/* SPDX-License-Identifier: BSD-2-Clause */
/* From a PCI function to a NIC and back.
 *
 * Outside open()..close() a function's PCI command register is as it was found: no decoding, no bus mastering that the BIOS did not
 * leave on. nic_probe() - driver's open(), close() any number of times - nic_remove(). */
#ifndef DRIVERS_NET_PROBE_H
#define DRIVERS_NET_PROBE_H

#include <stdbool.h>
#include "net/nic.h"

/** The driver in nic_drivers[] that knows @pci's ID, or NULL. */
const struct nic_driver *nic_driver_find(const struct pci_device *pci);
/** Its name for the chip: "82540EM", or the driver's own; NULL when no driver knows it. */
const char *nic_chip_name(const struct pci_device *pci);

/** Make @nic (memory of the caller's, contents do not matter) the NIC at @pci: silent, MAC and MTU known. -ENODEV when no driver
 *  knows it; else the errors of the driver's probe(), with fail(). After an error nothing is held. */
int nic_probe(struct nic *nic, const struct pci_device *pci);
/** Undo nic_probe(); @nic is closed. */
void nic_remove(struct nic *nic);

/* For drivers. */

/** Decode the function's registers, mask its interrupt line; @dma: it may master the bus. */
void nic_pci_enable(const struct nic *nic, bool dma);
/** The command register as nic_probe() found it. */
void nic_pci_restore(const struct nic *nic);
/** Let the function drive its interrupt line, or not; after nic_pci_enable(). */
void nic_pci_interrupt(const struct nic *nic, bool on);

/** The most receive buffers one NIC should hold: a quarter of the pool, so that several NICs leave some for sending; 256 of 1024. */
unsigned nic_rx_share(void);

#endif
