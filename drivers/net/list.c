/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of NIC drivers for a ROM with all of them; first match wins.
 *
 * A ROM for a single card links, in place of this file, a generated one with the same array and one driver in it. What it has to
 * know is in the names: drivers/net/<driver>_ids.h holds the IDs, one NIC_ID() a line, and the driver is <driver>_driver. */
#include "config/drivers.h"
#include "net/nic.h"

extern const struct nic_driver e1000_driver, virtio_net_driver;

const struct nic_driver *const nic_drivers[] = {
#if CONFIG_E1000
	&e1000_driver,          /* Intel 8254x; QEMU -device e1000 */
#endif
#if CONFIG_VIRTIO_NET
	&virtio_net_driver,     /* QEMU -device virtio-net-pci */
#endif
	NULL
};
