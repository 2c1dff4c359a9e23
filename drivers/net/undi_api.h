/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the UNDI API (PXE 2.1) that drivers/net/undi.c calls: opcodes, parameter blocks. */
#ifndef DRIVERS_NET_UNDI_API_H
#define DRIVERS_NET_UNDI_API_H

#include <stdint.h>
#include "core/undi.h"

enum {
	UNDI_STARTUP = 0x01, UNDI_INITIALIZE = 0x03, UNDI_OPEN = 0x06, UNDI_CLOSE = 0x07, UNDI_TRANSMIT = 0x08,
	UNDI_GET_INFORMATION = 0x0c, UNDI_ISR = 0x14,
};
enum { UNDI_FILTER_DIRECTED = 1, UNDI_FILTER_BROADCAST = 2 };
enum { UNDI_ISR_START = 1, UNDI_ISR_PROCESS = 2, UNDI_ISR_GET_NEXT = 3 };                     /* function, in */
enum { UNDI_ISR_OURS = 0 };                                                                    /* out, after START */
enum { UNDI_ISR_DONE = 0, UNDI_ISR_TRANSMITTED = 2, UNDI_ISR_RECEIVED = 3, UNDI_ISR_BUSY = 4 };/* out, after the others */

struct undi_status { uint16_t status; } __attribute__((packed));                               /* STARTUP, CLOSE */
struct undi_initialize { uint16_t status; uint32_t protocol_ini; uint8_t reserved[8]; } __attribute__((packed));
struct undi_open {
	uint16_t status, open_flag, filter, multicast_count;
	uint8_t multicast[8][16];
} __attribute__((packed));
struct undi_information {
	uint16_t status, base_io, irq, mtu, hardware_type, address_len;
	uint8_t address[16], permanent_address[16];
	uint16_t rom_segment, rx_buffers, tx_buffers;
} __attribute__((packed));
struct undi_transmit {
	uint16_t status;
	uint8_t protocol, broadcast;            /* protocol 0: the frame has its header */
	struct undi_far destination, buffer;    /* buffer -> struct undi_buffer */
	uint32_t reserved[2];
} __attribute__((packed));
struct undi_buffer {                            /* no data blocks: the frame is what "immediate" points to */
	uint16_t immediate_len;
	struct undi_far immediate;
	uint16_t blocks;
} __attribute__((packed));
struct undi_isr {
	uint16_t status, function, buffer_len, frame_len, header_len;
	struct undi_far frame;
	uint8_t protocol, packet_type;
} __attribute__((packed));
_Static_assert(sizeof(struct undi_open) == 136 && sizeof(struct undi_information) == 50 && sizeof(struct undi_transmit) == 20 &&
               sizeof(struct undi_buffer) == 8 && sizeof(struct undi_isr) == 16 && sizeof(struct undi_initialize) == 14,
               "parameter blocks are PXE 2.1's");

#endif
