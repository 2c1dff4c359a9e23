/* SPDX-License-Identifier: BSD-2-Clause */
/* What the platform does to the machine as a whole: how we were entered, restart, switch off. */
#include "core/system.h"

#include "arch/x86/acpi.h"
#include "arch/x86/arch.h"
#include "arch/x86/container.h"
#include "config/features.h"
#include "core/clock.h"
#include "core/crc.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/io.h"
#include "image/plan.h"

#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_PULSE_RESET 0xfe
#define RESET_CONTROL 0xcf9                  /* PIIX and later: hard reset */
#define RESET_FLAG ((volatile uint16_t *)bios_data(0x472))
#define RESET_WARM 0x1234

extern const char embedded_script[];

static struct system_entry entry;

void system_entry_shell(bool wanted)
{
	entry.shell = wanted;
}

const struct system_entry *system_entry(void)
{
	entry.in_post = boot_info->entry == ENTRY_INIT;
	entry.has_pci = boot_info->bdf != BDF_NONE;
	entry.bus = (uint8_t)(boot_info->bdf >> 8);
	entry.slot = (boot_info->bdf >> 3) & 31;
	entry.function = boot_info->bdf & 7;
	return &entry;
}

const char *system_embedded_script(void)
{
	return embedded_script[0] ? embedded_script : NULL;
}

/* Told by our image in it: where that stood when we began, by its CRC as the build took it. */
bool system_is_this_program(const void *program, size_t len)
{
	uint32_t at = boot_info->image - PLAN_PROGRAM_PLACE;
	struct crc *crc;
	bool same = true;                       /* without memory: as its name says */

	if (!CONFIG_CONTAINERS || boot_info->entry != ENTRY_NBP || len < boot_info->image_len || at > len - boot_info->image_len)
		return false;
	crc = heap_alloc(sizeof(*crc));
	if (crc) {
		crc_init(crc, CRC32_POLYNOMIAL);
		same = crc_update(crc, 0, (const uint8_t *)program + at, boot_info->image_len) == boot_info->image_crc;
	}
	heap_free(crc);
	return same;
}

const char *system_command_line(void)
{
	const struct container *c = container_of_info(boot_info);

	return CONFIG_CONTAINERS && c && c->command_line ? (const char *)c->command_line : NULL;
}

const void *system_initrd(size_t *len)
{
	const struct container *c = container_of_info(boot_info);

	*len = CONFIG_CONTAINERS && c ? c->initrd_len : 0;
	return *len ? (const void *)c->initrd : NULL;
}

void system_reboot(bool warm)
{
	struct { uint16_t limit; uint32_t base; } __attribute__((packed)) nothing = { 0, 0 };

	*RESET_FLAG = warm ? RESET_WARM : 0;
	io_out8(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
	clock_delay_us(50000);
	io_out8(RESET_CONTROL, 0x02);
	io_out8(RESET_CONTROL, 0x06);
	clock_delay_us(50000);
	for (;;)                              /* last resort: an exception nobody can handle */
		__asm__ volatile("lidt %0; int3" :: "m"(nothing));
}

/** APM 1.2: connect (5301h), version (530Eh), set power state off of all devices (5307h). */
static void apm_off(void)
{
	struct rm_call call = { .eax = 0x5301 };

	bios_int(0x15, &call);
	call = (struct rm_call){ .eax = 0x530e, .ecx = 0x0102 };
	bios_int(0x15, &call);
	call = (struct rm_call){ .eax = 0x5307, .ebx = 1, .ecx = 3 };
	bios_int(0x15, &call);
}

int system_poweroff(void)
{
	acpi_poweroff();
	apm_off();
	return fail(-ENOTSUP, "neither ACPI nor APM switched the machine off");
}
