/* SPDX-License-Identifier: BSD-2-Clause */
/* POST Memory Manager calls; see pmm.h. */
#include "arch/x86/pmm.h"

#include "arch/x86/bios.h"

enum { PMM_ALLOCATE, PMM_FIND, PMM_DEALLOCATE };

#define PMM_SIGNATURE 0x4d4d5024u                  /* "$PMM" */
struct pmm_header { uint32_t signature; uint8_t revision, length, checksum; uint16_t entry_offset, entry_segment; } __attribute__((packed));

uint32_t pmm_entry(void)
{
	for (uint32_t at = 0xe0000; at < 0x100000; at += 16) {
		const struct pmm_header *header = (const struct pmm_header *)at;
		uint8_t sum = 0;

		if (header->signature != PMM_SIGNATURE)
			continue;
		for (unsigned i = 0; i < header->length; i++)
			sum = (uint8_t)(sum + ((const uint8_t *)at)[i]);
		if (sum == 0 && header->length >= sizeof(*header))
			return (uint32_t)header->entry_segment << 16 | header->entry_offset;
	}
	return 0;
}

/** Call PMM with @count argument words; its result comes in dx:ax. */
static uint32_t pmm_call(const struct boot_info *info, struct rm_call *call, uint16_t function, unsigned count)
{
	if (!info->pmm)
		return 0;
	call->target = info->pmm;
	call->stack_count = (uint16_t)count;
	call->stack[0] = function;
	call->eax = call->ebx = call->ecx = call->edx = call->esi = call->edi = call->ebp = 0;
	call->ds = call->es = 0;
	rm_call_at(info->lowmem, call);
	return (call->edx << 16) | (call->eax & 0xffff);
}

/** PMM says 0 for "refused" and all ones for "not supported". */
static uint32_t pmm_address(uint32_t result)
{
	return result == 0xffffffffu ? 0 : result;
}

uint32_t pmm_allocate(const struct boot_info *info, uint32_t bytes, uint32_t handle, uint16_t flags)
{
	struct rm_call call;
	uint32_t paragraphs = bytes >> 4;

	call.stack[1] = (uint16_t)paragraphs;
	call.stack[2] = (uint16_t)(paragraphs >> 16);
	call.stack[3] = (uint16_t)handle;
	call.stack[4] = (uint16_t)(handle >> 16);
	call.stack[5] = flags;
	return pmm_address(pmm_call(info, &call, PMM_ALLOCATE, 6));
}

uint32_t pmm_find(const struct boot_info *info, uint32_t handle)
{
	struct rm_call call;

	call.stack[1] = (uint16_t)handle;
	call.stack[2] = (uint16_t)(handle >> 16);
	return pmm_address(pmm_call(info, &call, PMM_FIND, 3));
}

void pmm_free(const struct boot_info *info, uint32_t address)
{
	struct rm_call call;

	call.stack[1] = (uint16_t)address;
	call.stack[2] = (uint16_t)(address >> 16);
	pmm_call(info, &call, PMM_DEALLOCATE, 3);
}
