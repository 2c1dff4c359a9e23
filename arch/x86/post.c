/* SPDX-License-Identifier: BSD-2-Clause */
/* POST's line about us and the Ctrl-B prompt. With several of our ROMs in a machine the first one waits; the others only look whether
 * Ctrl-B has been typed. They know of each other by a small PMM block, which dies with POST. */
#include "arch/x86/arch.h"

#include "arch/x86/pmm.h"
#include "config/general.h"
#include "core/clock.h"
#include "core/console.h"
#include "core/printf.h"

#define PROMPTED_HANDLE 0x45585066u          /* "fPXE" */
#define BLOCK_BYTES 4096

static void show_who(void)
{
	print(CONFIG_PRODUCT_NAME);
	if (boot_info->bdf != BDF_NONE)
		print(" (PCI %02x:%02x.%x)", boot_info->bdf >> 8, (boot_info->bdf >> 3) & 31, boot_info->bdf & 7);
}

/** "fPXE 0.1 (PCI 00:03.0) PnP PMM 3.5K": who and where, what the BIOS offers, and what of us stays. */
static void show_banner(void)
{
	const char *pnp = (const char *)((boot_info->pnp >> 16 << 4) + (boot_info->pnp & 0xffff));

	print("\n%s %s", CONFIG_PRODUCT_NAME, CONFIG_PRODUCT_VERSION);
	if (boot_info->bdf != BDF_NONE)
		print(" (PCI %02x:%02x.%x)", boot_info->bdf >> 8, (boot_info->bdf >> 3) & 31, boot_info->bdf & 7);
	if (boot_info->entry == ENTRY_INIT && pnp[0] == '$' && pnp[1] == 'P' && pnp[2] == 'n' && pnp[3] == 'P')
		print(" PnP");
	if (boot_info->pmm)
		print(" PMM");
	print(" %u.%uK\n", boot_info->kept / 2, boot_info->kept % 2 * 5);
}

/** Has another ROM of ours prompted since power-on? From now on one has. */
static bool prompted_before(void)
{
	if (pmm_find(boot_info, PROMPTED_HANDLE))
		return true;
	pmm_allocate(boot_info, BLOCK_BYTES, PROMPTED_HANDLE, PMM_EXTENDED);
	return false;
}

/** Wait for a key: Ctrl-B says yes, any other no. */
static bool wait_for_ctrl_b(uint32_t wait_ms)
{
	uint32_t end = clock_ms() + wait_ms;
	int key;

	while ((key = console_getkey()) < 0)
		if (time_reached(clock_ms(), end))
			return false;
	return key == KEY_CTRL('B');
}

bool post_prompt(void)
{
	bool yes = console_ctrl_b_typed();

	show_banner();
	boot_info->prompted = 1;
	if (boot_info->entry == ENTRY_INIT && prompted_before())
		return yes;
	print("Press Ctrl-B to configure ");
	show_who();
	print("...");
	if (!yes && CONFIG_POST_PROMPT_S > 0)
		yes = wait_for_ctrl_b(CONFIG_POST_PROMPT_S * 1000);
	print("\n");
	return yes;
}
