/* SPDX-License-Identifier: BSD-2-Clause */
/* Base memory inside POST; see arch/x86/base_memory.h. */
#include "arch/x86/base_memory.h"

#include "arch/x86/arch.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"

#define FIRST 0x500u                    /* behind the BIOS's data, which stay true meanwhile */

static uint8_t *kept;

int base_memory_keep(void)
{
	if (boot_info->entry != ENTRY_INIT || kept)
		return 0;
	kept = heap_alloc(boot_info->lowmem - FIRST);
	if (!kept)
		return fail(-ENOMEM, "what POST has in base memory cannot be kept meanwhile: run the program at boot");
	memcpy(kept, (const void *)FIRST, boot_info->lowmem - FIRST);
	return 0;
}

void base_memory_put_back(void)
{
	if (kept)
		memcpy((void *)FIRST, kept, boot_info->lowmem - FIRST);
	heap_free(kept);
	kept = NULL;
}
