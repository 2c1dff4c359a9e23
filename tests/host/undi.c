/* SPDX-License-Identifier: BSD-2-Clause */
/* No PXE stack loaded us: core/undi.h says so. A test of the UNDI driver has functions of its own. */
#include "core/undi.h"

__attribute__((weak)) bool undi_device(struct pci_device *pci) { return false; }
__attribute__((weak)) uint16_t undi_call(uint16_t opcode, void *block, size_t len) { return 1; }
__attribute__((weak)) struct pxe_far undi_share(size_t at, const void *data, size_t len) { return (struct pxe_far){ 0, 0 }; }
__attribute__((weak)) const uint8_t *undi_bytes(struct pxe_far where, size_t len) { return NULL; }
__attribute__((weak)) void undi_interrupt_open(unsigned line) { }
__attribute__((weak)) bool undi_interrupt_came(void) { return false; }
__attribute__((weak)) void undi_interrupt_done(void) { }
__attribute__((weak)) void undi_interrupt_close(void) { }
