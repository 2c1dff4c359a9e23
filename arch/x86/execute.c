/* SPDX-License-Identifier: BSD-2-Clause */
/* Carrying out a load plan: the mover and its table go to the resident part, interrupts of ours end, base memory is given back, and
 * the rest happens there. */
#include "image/plan.h"

#include "arch/x86/arch.h"
#include "arch/x86/hooks.h"
#include "arch/x86/parent.h"
#include "config/features.h"
#include "core/drive.h"
#include "core/errors.h"
#include "core/string.h"

extern const uint8_t mover_start[], mover_end[];

#define TABLE_OFFSET 1024
_Static_assert(TABLE_OFFSET + 4 + PLAN_MOVES_MAX * sizeof(struct plan_move) + sizeof(struct plan_entry) <= LOWMEM_MOVER_LEN,
               "the longest plan does not fit beside the mover");
_Static_assert(sizeof(struct plan_move) == 12 && sizeof(struct plan_entry) == 16, "mover.asm reads these");

/** Does any of @plan's bytes go to the resident part, where the mover runs? */
static bool overwrites_us(const struct load_plan *plan)
{
	phys_t start = boot_info->lowmem, end = start + LOWMEM_BYTES;

	for (const struct plan_move *m = plan->move; m < plan->move + plan->count; m++)
		if (m->dst < end && m->dst + m->len > start)
			return true;
	return plan->low_dst + plan->low_len > start;
}

int plan_execute(const struct load_plan *plan)
{
	uint8_t *low = (uint8_t *)(boot_info->lowmem + LOWMEM_MOVER);
	uint8_t *at = low + TABLE_OFFSET;
	volatile uint16_t *base_kib = bios_data(0x413);
	uint32_t sse = (sse_usable & SSE_USABLE) | (uint32_t)sse_found << 1;

	if (overwrites_us(plan))
		return fail(-ENOMEM, "%u KiB of base memory are too few", boot_info->lowmem >> 10);
	if (CONFIG_PXE && !hooks_close(HOOKS_FOR_PXE) && !drive_any())  /* a program's FILE_EXEC may have led here */
		hooks_silence();
	parent_leave();
	memcpy(low, mover_start, (size_t)(mover_end - mover_start));
	memcpy(at, &plan->count, 4);
	memcpy(at + 4, plan->move, plan->count * sizeof(struct plan_move));
	memcpy(at + 4 + plan->count * sizeof(struct plan_move), &plan->entry, sizeof(plan->entry));
	if (*base_kib == boot_info->lowmem >> 10 && !(CONFIG_DISKS && drive_any()))
		*base_kib = boot_info->base_kib;
	memcpy((void *)plan->low_dst, plan->low, plan->low_len);
	__asm__ volatile("cli; cld; call *%0" :: "r"(low), "a"(at), "d"(boot_info->lowmem), "c"(sse) : "memory");
	__builtin_unreachable();
}
