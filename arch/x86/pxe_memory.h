/* SPDX-License-Identifier: BSD-2-Clause */
/* A PXE caller's memory, as our own pointers. Whatever a parameter block points at is looked up here first: what is ours, or is no memory,
 * gives NULL, and the call fails with a status instead of doing harm. A pointer is good until the call returns.
 *
 * Defined for the ROM in arch/x86/pxe.c, for the host in tests/host/pxe_memory.c. */
#ifndef ARCH_X86_PXE_MEMORY_H
#define ARCH_X86_PXE_MEMORY_H

#include <stdint.h>

/** @len bytes from @segment:@offset on. The offset does not wrap: what reaches over the end of the segment (64 KiB) is refused, as is what
 *  reaches over 1 MiB + 64 KiB. NULL as well for address 0, and for anything between our resident part and 640 KiB: ours, a
 *  container's, the BIOS's. @len 0: any address will do, not NULL. */
void *pxe_real(uint16_t segment, uint16_t offset, uint32_t len);

/** The same for a 32-bit address: NULL if any of the @len bytes is in our resident part, our payload, heap or packets, or is no RAM of the
 *  machine's map. */
void *pxe_linear(uint32_t address, uint32_t len);

/** How many bytes from @segment:@offset on may be read as text, at most @max: up to the end of its segment, or to what is ours. For
 *  strings whose length is not known; they must end within it. */
uint32_t pxe_real_room(uint16_t segment, uint16_t offset, uint32_t max);

#endif
