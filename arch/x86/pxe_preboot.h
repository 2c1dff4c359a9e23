/* SPDX-License-Identifier: BSD-2-Clause */
/* Preboot services (PXE 2.1): the life of the stack, the DHCP packets, and another program in this one's place. Handlers for
 * arch/x86/pxe_table.c. */
#ifndef ARCH_X86_PXE_PREBOOT_H
#define ARCH_X86_PXE_PREBOOT_H

#include <stdint.h>

uint16_t pxe_start_undi(void *block);
uint16_t pxe_stop_undi(void *block);
uint16_t pxe_stop_base(void *block);
uint16_t pxe_unload_stack(void *block);
uint16_t pxe_get_cached_info(void *block);
uint16_t pxe_restart_tftp(void *block);

#endif
