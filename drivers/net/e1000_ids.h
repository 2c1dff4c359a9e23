/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI IDs of the 8254x family (manual 317453, table 5-1): one NIC_ID(vendor, device, name) a line; `make list` reads this, too.
 * The 82542 (1000) is left out: its registers are elsewhere. */
NIC_ID(0x8086, 0x100e, "82540EM")           /* QEMU's e1000 */
NIC_ID(0x8086, 0x100f, "82545EM")           /* VMware's */
NIC_ID(0x8086, 0x1004, "82543GC")           /* VirtualBox's "T Server" */
NIC_ID(0x8086, 0x1001, "82543GC")           /* fibre */
NIC_ID(0x8086, 0x1008, "82544EI")
NIC_ID(0x8086, 0x1009, "82544EI")           /* fibre */
NIC_ID(0x8086, 0x100c, "82544GC")
NIC_ID(0x8086, 0x100d, "82544GC")
NIC_ID(0x8086, 0x1010, "82546EB")
NIC_ID(0x8086, 0x1011, "82545EM")           /* fibre */
NIC_ID(0x8086, 0x1012, "82546EB")           /* fibre */
NIC_ID(0x8086, 0x1013, "82541EI")
NIC_ID(0x8086, 0x1014, "82541ER")
NIC_ID(0x8086, 0x1015, "82540EM")
NIC_ID(0x8086, 0x1016, "82540EP")
NIC_ID(0x8086, 0x1017, "82540EP")
NIC_ID(0x8086, 0x1018, "82541EI")
NIC_ID(0x8086, 0x1019, "82547EI")
NIC_ID(0x8086, 0x101a, "82547EI")
NIC_ID(0x8086, 0x101d, "82546EB")           /* four ports */
NIC_ID(0x8086, 0x101e, "82540EP")
NIC_ID(0x8086, 0x1026, "82545GM")
NIC_ID(0x8086, 0x1027, "82545GM")           /* fibre */
NIC_ID(0x8086, 0x1028, "82545GM")           /* SerDes */
NIC_ID(0x8086, 0x1075, "82547GI")
NIC_ID(0x8086, 0x1076, "82541GI")
NIC_ID(0x8086, 0x1077, "82541GI")
NIC_ID(0x8086, 0x1078, "82541ER")
NIC_ID(0x8086, 0x1079, "82546GB")
NIC_ID(0x8086, 0x107a, "82546GB")           /* fibre */
NIC_ID(0x8086, 0x107b, "82546GB")           /* SerDes */
NIC_ID(0x8086, 0x107c, "82541PI")
NIC_ID(0x8086, 0x108a, "82546GB")           /* behind a PCI Express bridge */
NIC_ID(0x8086, 0x1099, "82546GB")           /* four ports */
NIC_ID(0x8086, 0x10b5, "82546GB")           /* four ports */
