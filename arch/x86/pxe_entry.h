/* SPDX-License-Identifier: BSD-2-Clause */
/* The 16-bit entries of the PXE API lead to arch/x86/pxe.c. */
#ifndef ARCH_X86_PXE_ENTRY_H
#define ARCH_X86_PXE_ENTRY_H

/** Let calls come: nothing of an earlier program's stays. */
void pxe_entry_open(void);
/** Learn which memory may be a caller's, of the API or of INT 13h: the machine's, as it is hidden now. */
void pxe_memory_open(void);

#endif
