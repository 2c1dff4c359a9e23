/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PXE call that has to wait does meanwhile, and whose API it is.
 *
 * Most calls wait for nothing: they look whether packets came, once (pxe_poll()). Those that the specification lets wait (TFTP_OPEN,
 * READ_FILE, GET_FSIZE, TFTP_READ, FILE_OPEN) use pxe_wait(). No key ends it, for the keyboard is the caller's.
 *
 * Defined for the ROM in arch/x86/pxe.c, for the host in tests/host/pxe_wait.c. */
#ifndef ARCH_X86_PXE_WAIT_H
#define ARCH_X86_PXE_WAIT_H

#include <stdint.h>

struct netif;

/** Let the network go on, and the BIOS have its interrupts now and then, until @done(@context), which is looked at after each poll, is
 *  something else than -EINPROGRESS: that is the result. -ETIMEDOUT after @timeout_ms; 0: never. */
int pxe_wait(int (*done)(void *context), void *context, uint32_t timeout_ms);
/** Take what the NIC received and run what is due, once. */
void pxe_poll(void);
/** Now, as pxe_poll() has it, in ms. */
uint32_t pxe_now(void);
/** The interface whose API it is; NULL: none is up. Its net is where sockets and downloads belong. */
struct netif *pxe_netif(void);

#endif
