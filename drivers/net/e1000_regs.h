/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and descriptors of Intel's 8254x family. Sections of the PCI/PCI-X Family of Gigabit Ethernet Controllers Software
 * Developer's Manual (317453). */
#ifndef DRIVERS_NET_E1000_REGS_H
#define DRIVERS_NET_E1000_REGS_H

#include <stdint.h>

enum e1000_reg {
	E1000_CTRL   = 0x0000,  /* 13.4.1 device control */
	E1000_STATUS = 0x0008,  /* 13.4.2 */
	E1000_EERD   = 0x0014,  /* 13.4.4 EEPROM read */
	E1000_ICR    = 0x00c0,  /* 13.4.17 interrupt cause, cleared by reading */
	E1000_IMS    = 0x00d0,  /* 13.4.20 interrupt mask set */
	E1000_IMC    = 0x00d8,  /* 13.4.21 interrupt mask clear */
	E1000_RCTL   = 0x0100,  /* 13.4.22 receive control */
	E1000_TXCW   = 0x0178,  /* transmit configuration word of fibre links */
	E1000_TCTL   = 0x0400,  /* 13.4.33 transmit control */
	E1000_TIPG   = 0x0410,  /* 13.4.34 transmit inter-packet gap */
	E1000_RDBAL  = 0x2800,  /* 13.4.25 to 13.4.30: the receive ring */
	E1000_RDBAH  = 0x2804,
	E1000_RDLEN  = 0x2808,
	E1000_RDH    = 0x2810,
	E1000_RDT    = 0x2818,
	E1000_RDTR   = 0x2820,
	E1000_TDBAL  = 0x3800,  /* 13.4.36 to 13.4.40: the transmit ring */
	E1000_TDBAH  = 0x3804,
	E1000_TDLEN  = 0x3808,
	E1000_TDH    = 0x3810,
	E1000_TDT    = 0x3818,
	E1000_RXCSUM = 0x5000,  /* receive checksum control; 3.2.9 */
	E1000_MTA    = 0x5200,  /* 13.5.1 multicast table, 128 words */
	E1000_RAL0   = 0x5400,  /* 13.5.2 receive address, low */
	E1000_RAH0   = 0x5404,  /* 13.5.3 and high */
};

#define E1000_MTA_WORDS 128

enum {
	CTRL_FD = 1 << 0,               /* full duplex, where it is not negotiated */
	CTRL_LRST = 1 << 3,             /* link held in reset (fibre) */
	CTRL_ASDE = 1 << 5,             /* take the speed from the PHY */
	CTRL_SLU = 1 << 6,              /* set link up: let the MAC see the PHY's link */
	CTRL_ILOS = 1 << 7,             /* invert loss of signal */
	CTRL_FORCE_SPEED = 1 << 11,
	CTRL_FORCE_DUPLEX = 1 << 12,
	CTRL_RST = 1 << 26,             /* reset the MAC; clears itself */

	STATUS_LU = 1 << 1,             /* link up */
	STATUS_TBIMODE = 1 << 5,        /* fibre or SerDes */

	TXCW_FULL_DUPLEX = 1 << 5,
	TXCW_ANE = 1u << 31,            /* autonegotiate in hardware */

	RCTL_EN = 1 << 1,
	RCTL_BAM = 1 << 15,             /* accept broadcast */
	RCTL_SECRC = 1 << 26,           /* strip the CRC */
	/* BSIZE and BSEX zero: 2048-byte buffers. LPE zero: frames longer than 1522 bytes are discarded. */

	TCTL_EN = 1 << 1,
	TCTL_PSP = 1 << 3,              /* pad short packets to 64 bytes */
	TCTL_CT = 0x0f << 4,            /* collision threshold and distance: the manual's values, 14.5 */
	TCTL_COLD = 0x40 << 12,

	CAUSE_TXDW = 1 << 0,            /* 13.4.17: a descriptor was sent */
	CAUSE_RXDMT0 = 1 << 4,          /* receive descriptors run low */
	CAUSE_RXO = 1 << 6,             /* or ran out */
	CAUSE_RXT0 = 1 << 7,            /* a frame was received */

	TIPG_GAP = 8 | 8 << 10 | 6 << 20,       /* IPGT, IPGR1, IPGR2 for 1000BASE-T; 13.4.34 */

	RXCSUM_TUOFLD = 1 << 9,         /* check TCP and UDP checksums */

	RAH_AV = 1u << 31,              /* address valid */
};

/* EERD has two layouts: START is bit 0 and DATA 31:16 in both, the address and DONE differ. In each, the other's DONE is an address
 * bit that is zero for words 0 to 2, so a driver may try them in turn. */
enum {
	EERD_START = 1 << 0,
	EERD_DONE = 1 << 4, EERD_ADDRESS_SHIFT = 8,             /* most */
	EERD_41_DONE = 1 << 1, EERD_41_ADDRESS_SHIFT = 2,       /* 82541, 82547 */
};

/* 3.2.3 receive descriptor. All little-endian. */
struct e1000_rx_desc {
	uint64_t address;
	uint16_t length, checksum;
	uint8_t status, errors;
	uint16_t special;
};
enum {
	RXD_DD = 1 << 0,                /* done: written by the NIC */
	RXD_EOP = 1 << 1,               /* the frame ends here */
	RXD_IXSM = 1 << 2,              /* ignore the checksum bits */
	RXD_TCPCS = 1 << 5,             /* the TCP or UDP checksum was computed */
	RXD_ERROR_FRAME = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 4 | 1 << 7,  /* CE, SE, SEQ, CXE, RXE */
	RXD_ERROR_TCPE = 1 << 5,
};

/* 3.3.3 legacy transmit descriptor. */
struct e1000_tx_desc {
	uint64_t address;
	uint16_t length;
	uint8_t checksum_offset, command, status, checksum_start;
	uint16_t special;
};
enum {
	TXD_EOP = 1 << 0,               /* command: the frame ends here */
	TXD_IFCS = 1 << 1,              /* add the CRC */
	TXD_RS = 1 << 3,                /* report status: DD when done */
	TXD_DD = 1 << 0,                /* status */
};

_Static_assert(sizeof(struct e1000_rx_desc) == 16 && sizeof(struct e1000_tx_desc) == 16, "descriptors are 16 bytes");

#endif
