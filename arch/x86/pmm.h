/* SPDX-License-Identifier: BSD-2-Clause */
/* POST Memory Manager (PMM specification 1.01): the only memory we may take inside POST. Gone before the BIOS boots.
 * No static data: the loader uses it before anything is relocated. */
#ifndef ARCH_X86_PMM_H
#define ARCH_X86_PMM_H

#include <stdint.h>
#include "arch/x86/boot_info.h"

#define PMM_ANONYMOUS 0xffffffffu
enum { PMM_EXTENDED = 2, PMM_PERMANENT = 8 };      /* flags of pmm_allocate() */

/** PMM's entry point as segment << 16 | offset, or 0 when the BIOS has none. */
uint32_t pmm_entry(void);
/** Allocate @bytes (a multiple of 4096, below 2^31) above 1 MiB, page aligned as far as the BIOS does so; 0 when refused. */
uint32_t pmm_allocate(const struct boot_info *info, uint32_t bytes, uint32_t handle, uint16_t flags);
/** The block that was allocated under @handle, by us or another ROM; 0 when there is none. */
uint32_t pmm_find(const struct boot_info *info, uint32_t handle);
void pmm_free(const struct boot_info *info, uint32_t address);

#endif
