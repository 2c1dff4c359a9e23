/* SPDX-License-Identifier: BSD-2-Clause */
/* The NIC drivers of a ROM that carries all of them (bin/fpxe.rom); a ROM for one card carries that card's alone. */
#ifndef CONFIG_DRIVERS_H
#define CONFIG_DRIVERS_H

#define CONFIG_E1000       1   /* Intel 8254x: drivers/net/e1000_ids.h */
#define CONFIG_VIRTIO_NET  1   /* virtio-net, legacy and 1.x: drivers/net/virtio_net_ids.h */

#endif
