/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE stack that loaded us (the containers .pxe, .kpxe, .kkpxe): its API from the caller's side, and how it is left.
 *
 * parent_open() first of all, parent_close() when the machine goes back to who loaded us or to the BIOS, parent_leave() before an
 * operating system is entered. Without such a stack they do nothing. */
#ifndef ARCH_X86_PARENT_H
#define ARCH_X86_PARENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Find the API, keep the packets it has cached, learn which PCI function is its NIC's, and unload what is not to stay. */
void parent_open(void);
/** Put back what parent_open() took from a stack that stays. */
void parent_close(void);
/** Nothing of the stack is wanted any more: the NIC is quiet, the stack unloaded, its base memory free. */
void parent_leave(void);

/** May the API be called, by whom: our driver, if it is the one for UNDI? */
bool parent_has_undi(void);
/** Run function @opcode on the @len bytes at @block, copied there and back by way of the bounce buffer. Its status; never 0 when the call
 *  failed. */
uint16_t parent_call(uint16_t opcode, void *block, size_t len);

#endif
