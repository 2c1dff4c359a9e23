/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be ready before the 16-bit entries of the PXE API and of INT 13h are called: arch/x86/pxe.c, pxe_program.c. */
#ifndef ARCH_X86_PXE_ENTRY_H
#define ARCH_X86_PXE_ENTRY_H

/** Let calls come: nothing of an earlier program's stays. */
void pxe_entry_open(void);
/** Learn which memory may be a caller's, of the API or of INT 13h: the machine's, as it is hidden now. */
void pxe_memory_open(void);
/** Note the (first) NIC that is open, if any, which goes on while a program or a disk of ours runs: a later life of ours, which takes the memory that
 *  was ours, stops it by its address (previous.inc). */
void pxe_note_nic(void);

#endif
