/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI IDs of virtio-net (Virtual I/O Device 1.1, 4.1.2): one NIC_ID(vendor, device, name) a line; `make list` reads this, too. */
NIC_ID(0x1af4, 0x1000, "virtio-net")        /* transitional, or legacy only */
NIC_ID(0x1af4, 0x1041, "virtio-net 1.x")
