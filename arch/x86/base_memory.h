/* SPDX-License-Identifier: BSD-2-Clause */
/* Base memory while a program of somebody else runs inside POST: the BIOS keeps things of its own there, and goes on when the program and
 * the shell have ended. */
#ifndef ARCH_X86_BASE_MEMORY_H
#define ARCH_X86_BASE_MEMORY_H

/** Keep what is below the resident part, unless it is kept already, or POST is over. -ENOMEM with fail(). */
int base_memory_keep(void);
/** Put it back, if it is kept. */
void base_memory_put_back(void);

#endif
