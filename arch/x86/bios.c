/* SPDX-License-Identifier: BSD-2-Clause */
/* BIOS interrupts from C; see bios.h. The other files of arch/x86 call bios_int() with these vectors:
 *   10h video (bios_console.c)   15h memory map (e820.c), APM (system.c)   16h keyboard (bios_console.c)   1Ah PCI BIOS (pci.c) */
#include "arch/x86/arch.h"

struct boot_info *boot_info;

void bios_int(uint8_t vector, struct rm_call *call)
{
	rm_int_at(boot_info->lowmem, vector, call);
}

void *bios_bounce(void)
{
	return (void *)(boot_info->lowmem + LOWMEM_BOUNCE);
}

uint16_t bios_bounce_segment(void)
{
	return rm_segment(boot_info->lowmem);
}
