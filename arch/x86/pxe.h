/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE API's dispatcher: an opcode and the far address of a parameter block in, what AX is to be out. The table of calls:
 * arch/x86/pxe_table.c. Parameter blocks: core/pxe_params.h. */
#ifndef ARCH_X86_PXE_H
#define ARCH_X86_PXE_H

#include <stdint.h>

/** One call. @handler gets a copy of the caller's block, of @size bytes, in our memory, and returns a PXENV_STATUS_*, which is put into
 *  the block; then that is copied back. What the block points at is looked up by arch/x86/pxe_memory.h. */
struct pxe_service {
	uint16_t opcode, size;
	uint16_t (*handler)(void *block);
};
/** The calls in this build; opcode and size 0 after the last. */
extern const struct pxe_service pxe_services[];

/** Do what @opcode says with the block at @segment:@offset. PXENV_EXIT_SUCCESS or PXENV_EXIT_FAILURE, for AX. An opcode that is not in the
 *  table answers UNSUPPORTED; a block that is not the caller's to have answers nothing but AX. */
uint16_t pxe_call(uint16_t opcode, uint16_t segment, uint16_t offset);

#endif
