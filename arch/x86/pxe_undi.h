/* SPDX-License-Identifier: BSD-2-Clause */
/* UNDI (PXE 2.1): the NIC for somebody else's stack. Frames are theirs from UNDI_OPEN to UNDI_CLOSE, and in between our own
 * stack gets none. Handlers for arch/x86/pxe_table.c; states, transmitting and information here, receiving in arch/x86/pxe_isr.c. */
#ifndef ARCH_X86_PXE_UNDI_H
#define ARCH_X86_PXE_UNDI_H

#include <stdint.h>

uint16_t pxe_undi_startup(void *block);
uint16_t pxe_undi_initialize(void *block);
uint16_t pxe_undi_reset(void *block);
uint16_t pxe_undi_shutdown(void *block);
uint16_t pxe_undi_cleanup(void *block);
uint16_t pxe_undi_open(void *block);
uint16_t pxe_undi_close(void *block);
uint16_t pxe_undi_transmit(void *block);
uint16_t pxe_undi_set_mcast(void *block);
uint16_t pxe_undi_set_station(void *block);
uint16_t pxe_undi_set_filter(void *block);
uint16_t pxe_undi_get_information(void *block);
uint16_t pxe_undi_get_statistics(void *block);
uint16_t pxe_undi_clear_statistics(void *block);
uint16_t pxe_undi_get_mcast_address(void *block);
uint16_t pxe_undi_get_nic_type(void *block);
uint16_t pxe_undi_get_iface_info(void *block);
uint16_t pxe_undi_isr(void *block);

/** Frames are our stack's again, and the interrupt is off. */
void pxe_undi_end(void);

#endif
