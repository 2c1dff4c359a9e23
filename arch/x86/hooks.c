/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooking and unhooking; see arch/x86/hooks.h. */
#include "arch/x86/hooks.h"

#include "arch/x86/arch.h"
#include "arch/x86/e820.h"
#include "arch/x86/hidden_map.h"
#include "core/errors.h"
#include "core/string.h"

#define MAP_MAX (LOWMEM_MAP_LEN / MAP_ENTRY_LEN)
#define BASE_END 0xa0000u

static struct { uint32_t start, end; } hidden[DISKS_MAX];

struct low_hooks *low_hooks(void)
{
	return (struct low_hooks *)(boot_info->lowmem + LOWMEM_HOOKS);
}

/** The BIOS's map as it is, at @map; 0 entries where there is no E820h. -1: there are more than there is room for. */
static int read_map(struct map_entry *map)
{
	const struct map_entry *entry = bios_bounce();
	struct rm_call call = { .ebx = 0 };
	int count = 0;

	do {
		call = (struct rm_call){ .eax = 0xe820, .ebx = call.ebx, .ecx = MAP_ENTRY_LEN, .edx = SMAP, .edi = LOWMEM_BOUNCE,
		                         .es = bios_bounce_segment() };
		memset(bios_bounce(), 0, sizeof(*entry));
		((struct map_entry *)bios_bounce())->attributes = 1;    /* ACPI 3: valid, where only 20 bytes are written */
		bios_int(0x15, &call);
		if (call.eax != SMAP || (call.flags & FLAG_CARRY))
			break;
		if (count == MAP_MAX)
			return -1;
		map[count++] = *entry;
	} while (call.ebx);
	return count;
}

/** Where the first of what is hidden above 1 MiB begins. */
static uint32_t first_hidden(void)
{
	uint32_t first = boot_info->block;

	for (unsigned i = 0; i < DISKS_MAX; i++)
		if (hidden[i].end && hidden[i].start < first)
			first = hidden[i].start;
	return first;
}

/** E801h and 88h, as the BIOS tells them and less our memory. */
static void clip_older_calls(struct low_hooks *hooks)
{
	uint32_t end = first_hidden();
	uint16_t kib, blocks;

	hooks->e801_low = E801_NONE;
	if (e801_read(boot_info, &kib, &blocks)) {
		hooks->e801_low = map_clip_kib(kib, end);
		hooks->e801_high = map_clip_blocks(blocks, end);
	}
	hooks->ext_88 = map_clip_kib(ext_88_read(boot_info), end);
}

/** Fill the table that INT 15h will tell. */
static int hide_memory(struct low_hooks *hooks)
{
	struct map_entry *map = (struct map_entry *)(boot_info->lowmem + LOWMEM_MAP);
	int found = read_map(map);
	unsigned count = 0;

	if (found > 0)
		count = map_hide(map, (unsigned)found, MAP_MAX, boot_info->lowmem, BASE_END);
	if (count)
		count = map_hide(map, count, MAP_MAX, boot_info->block, boot_info->block + boot_info->block_len);
	for (unsigned i = 0; i < DISKS_MAX && count; i++)
		if (hidden[i].end)
			count = map_hide(map, count, MAP_MAX, hidden[i].start, hidden[i].end);
	if (found != 0 && !count)
		return fail(-ENOSPC, "the BIOS's memory map has more than %u entries", MAP_MAX - 4);
	clip_older_calls(hooks);
	hooks->map_count = (uint16_t)count;
	return 0;
}

uint32_t low_address(uint32_t offset)
{
	return (uint32_t)rm_segment(boot_info->lowmem) << 16 | offset;
}

bool hook_is_free(uint32_t vector, uint16_t handler, uint32_t old)
{
	return !old || *(volatile uint32_t *)bios_data(vector) == low_address(handler);
}

void hook(uint32_t vector, uint16_t handler, uint32_t *old)
{
	volatile uint32_t *at = bios_data(vector);

	if (*old)
		return;
	*old = *at;
	*at = low_address(handler);
}

void unhook(uint32_t vector, uint32_t *old)
{
	if (*old)
		*(volatile uint32_t *)bios_data(vector) = *old;
	*old = 0;
}

void hooks_hide(unsigned which, uint32_t start, uint32_t end)
{
	hidden[which].start = start;
	hidden[which].end = end;
}

/* Silent meanwhile: the map is read from who had the vector before. */
int hooks_open(uint16_t who)
{
	struct low_hooks *hooks = low_hooks();
	uint16_t answering = hooks->answering;
	int rc;

	hooks->answering = 0;
	rc = hide_memory(hooks);
	hooks->answering = answering;
	if (rc != 0)
		return rc;
	hook(VECTOR_15, hooks->int15, &hooks->old_15);
	hook(VECTOR_1A, hooks->int1a, &hooks->old_1a);
	hooks->answering = answering | who;
	return 0;
}

bool hooks_close(uint16_t who)
{
	struct low_hooks *hooks = low_hooks();

	if (hooks->answering & ~who) {
		hooks->answering &= (uint16_t)~who;
		return true;
	}
	if (!hook_is_free(VECTOR_15, hooks->int15, hooks->old_15) || !hook_is_free(VECTOR_1A, hooks->int1a, hooks->old_1a))
		return false;
	hooks->answering = 0;
	unhook(VECTOR_15, &hooks->old_15);
	unhook(VECTOR_1A, &hooks->old_1a);
	return true;
}

void hooks_silence(void)
{
	low_hooks()->answering = 0;
}
