/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as a whole: how we were entered, randomness, and every way out, each of which ends the program. */
#include "core/drive.h"
#include "core/errors.h"
#include "core/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include "core/assert.h"
#include "core/entropy.h"
#include "core/printf.h"
#include "core/smbios.h"
#include "image/plan.h"
#include "tests/linux/platform.h"

static struct system_entry entry;
static const char *embedded_script;

void system_open(const char *script, bool shell)
{
	embedded_script = script;
	entry.shell = shell;
}

const struct system_entry *system_entry(void)
{
	return &entry;
}

size_t system_cached_packet(unsigned which, void *buffer, size_t size)
{
	return 0;
}

bool system_is_this_program(const void *program, size_t len)
{
	return false;
}

const char *system_embedded_script(void)
{
	return embedded_script;
}

const char *system_command_line(void)
{
	return NULL;
}

const void *system_initrd(size_t *len)
{
	*len = 0;
	return NULL;
}

void system_serial(bool on)
{
	(void)on;                               /* standard input and output are all there is */
}

bool smbios_read(struct smbios_system *system)
{
	(void)system;
	return false;
}

void entropy_gather(uint8_t *buf, size_t len)
{
	if (getrandom(buf, len, 0) != (ssize_t)len)     /* up to 256 bytes come in one go */
		die("no random bytes: %m");
}

void system_reboot(bool warm)
{
	print("fpxe-host: would reboot%s\n", warm ? ", warm" : "");
	exit(0);
}

int system_poweroff(void)
{
	print("fpxe-host: would switch off\n");
	exit(0);
}

void assert_failed(const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr, "%s:%d: assertion failed\n", file, line);
	abort();
}

uint32_t plan_program_room(void)
{
	return 0x80000;
}

int plan_place(const struct load_plan *plan)
{
	(void)plan;
	return 0;
}

int plan_leave(const char *url)
{
	(void)url;
	return -ENOENT;
}

int plan_call(const char *arguments, const char **next)
{
	*next = NULL;
	print("fpxe-host: would call a PXE program with \"%s\"\n", arguments);
	exit(0);
}

int drive_attach(struct drive *drive)
{
	print("fpxe-host: would show %s\n", drive->device->name);
	exit(0);
}

void drive_detach(unsigned number)
{
	(void)number;
}

int drive_hide(unsigned number, uint32_t start, uint32_t len)
{
	(void)number;
	(void)start;
	(void)len;
	return 0;
}

bool drive_any(void)
{
	return false;
}

int drive_room(uint32_t address, uint32_t len, void **room)
{
	(void)address;
	(void)len;
	*room = NULL;
	return -ENOMEM;
}

void drive_room_free(void)
{
}

int drive_load(unsigned number, void *room)
{
	(void)room;
	return fail(-EIO, "there is no BIOS here, nor its drive %02xh", number);
}

int drive_run(unsigned number, uint32_t start)
{
	(void)number;
	(void)start;
	return 0;
}

int plan_execute(const struct load_plan *plan)
{
	print("fpxe-host: would boot\n");
	if (plan->low_len)
		print("  %08x-%08x from what the loader made\n", plan->low_dst, plan->low_dst + plan->low_len - 1);
	for (const struct plan_move *m = plan->move; m < plan->move + plan->count; m++) {
		print("  %08x-%08x ", m->dst, m->dst + m->len - 1);
		if (m->src == PLAN_ZERO)
			print("zeros\n");
		else
			print("from %08x\n", m->src);
	}
	print("  enter %04x:%04x, stack %04x:%04x, data %04x\n", plan->entry.cs, plan->entry.ip, plan->entry.ss, plan->entry.sp, plan->entry.ds);
	exit(0);
}
