/* SPDX-License-Identifier: BSD-2-Clause */
/* What the platform calls when the machine is ready: memory, console and clock work, nothing else has been done. */
#ifndef USR_MAIN_H
#define USR_MAIN_H

/** Find the NICs, then shell, embedded script or autoboot as system_entry() says. Returns when the machine goes back to the BIOS:
 *  NICs are closed and removed, images freed. The value is the shell's exit status, or what script or autoboot ended in; the ROM has
 *  no use for it. */
int fpxe_main(void);

#endif
