/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: the UNDI of the PXE stack that loaded us (PXE 2.1), for drivers/net/undi.c.
 *
 * undi_device() - undi_call() any number of times, with undi_share() and undi_bytes() for what parameter blocks point to -
 * undi_interrupt_open(), undi_interrupt_came(), undi_interrupt_close() while it is open. There is one transfer area in base memory,
 * used anew by each call: undi_share() is good for the undi_call() that follows. */
#ifndef CORE_UNDI_H
#define CORE_UNDI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/pci.h"
#include "core/pxe_params.h"

#define UNDI_SHARE_MAX 2048

/** Is there an UNDI that our driver is to use, and which PCI function is it for? */
bool undi_device(struct pci_device *pci);
/** Run function @opcode on a copy of the @len bytes at @block, whose first word is the status; the copy is copied back. That status; never
 *  0 when the call failed. Interrupts are let in during it, but for UNDI_ISR. */
uint16_t undi_call(uint16_t opcode, void *block, size_t len);
/** Put @len bytes (the second of two after the first; UNDI_SHARE_MAX in all) where 16-bit code can read them. @at: the place in the area. */
struct pxe_far undi_share(size_t at, const void *data, size_t len);
/** The @len bytes below 1 MiB that UNDI points to; NULL: they are not. */
const uint8_t *undi_bytes(struct pxe_far where, size_t len);

/** Interrupt @line (0 to 15) is noted from now on, and its line masked each time until undi_interrupt_done(). */
void undi_interrupt_open(unsigned line);
bool undi_interrupt_came(void);
void undi_interrupt_done(void);
/** The vector and the mask are as they were found. */
void undi_interrupt_close(void);

#endif
