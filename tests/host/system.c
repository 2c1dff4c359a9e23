/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaving the program under test: reboot, power off, boot an image, a failed assertion. Each is recorded and comes back to host_catch(). */
#include "tests/host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/assert.h"
#include "core/errors.h"
#include "core/printf.h"

struct host_system host_system;

static jmp_buf leaving;
static bool armed;

void host_system_reset(void)
{
	free(host_system.plan.low);
	memset(&host_system, 0, sizeof(host_system));
	host_system.serial = true;
	host_system.poweroff_result = -ENOTSUP;
	armed = false;
}

jmp_buf *host_leaving(void)
{
	armed = true;
	return &leaving;
}

static void leave(enum host_left how)
{
	if (!armed)
		return;
	armed = false;
	longjmp(leaving, how);
}

__attribute__((weak)) void system_reboot(bool warm)
{
	host_system.reboots++;
	host_system.rebooted_warm = warm;
	leave(HOST_REBOOTED);
	host_die("system_reboot() without host_catch()");
}

__attribute__((weak)) int system_poweroff(void)
{
	host_system.poweroffs++;
	return host_system.poweroff_result;
}

__attribute__((weak)) const struct system_entry *system_entry(void)
{
	return &host_system.entry;
}

__attribute__((weak)) size_t system_cached_packet(unsigned which, void *buffer, size_t size)
{
	size_t len = host_system.cached_len[which];

	if (len == 0 || len > size)
		return 0;
	memcpy(buffer, host_system.cached[which], len);
	return len;
}

__attribute__((weak)) bool system_is_this_program(const void *program, size_t len)
{
	return host_system.program_len && host_system.program_len == len && memcmp(host_system.program, program, len) == 0;
}

__attribute__((weak)) const char *system_embedded_script(void)
{
	return host_system.embedded_script;
}

__attribute__((weak)) const char *system_command_line(void)
{
	return host_system.command_line;
}

__attribute__((weak)) const void *system_initrd(size_t *len)
{
	*len = host_system.initrd_len;
	return host_system.initrd;
}

__attribute__((weak)) bool smbios_read(struct smbios_system *system)
{
	if (host_system.smbios)
		*system = *host_system.smbios;
	return host_system.smbios != NULL;
}

__attribute__((weak)) void system_serial(bool on)
{
	host_system.serial = on;
}

__attribute__((weak)) void assert_failed(const char *file, int line)
{
	host_system.assertion = file;
	leave(HOST_ASSERTED);
	fflush(stdout);
	fprintf(stderr, "%s:%d: assertion failed\n", file, line);
	abort();
}

__attribute__((weak)) int plan_execute(const struct load_plan *plan)
{
	host_system.plans++;
	free(host_system.plan.low);
	host_system.plan = *plan;
	host_system.plan.low = NULL;
	if (plan->low_len) {
		host_system.plan.low = malloc(plan->low_len);
		if (!host_system.plan.low)
			host_die("no memory for a copy of the plan");
		memcpy(host_system.plan.low, plan->low, plan->low_len);
	}
	leave(HOST_BOOTED);
	return host_system.plan_result;
}

void host_plan_run(void)
{
	const struct load_plan *plan = &host_system.plan;

	if (plan->low_len)
		memcpy(host_phys(plan->low_dst, plan->low_len), plan->low, plan->low_len);
	for (unsigned i = 0; i < plan->count; i++) {
		const struct plan_move *m = &plan->move[i];

		if (m->src == PLAN_ZERO)
			memset(host_phys(m->dst, m->len), 0, m->len);
		else
			memmove(host_phys(m->dst, m->len), host_phys(m->src, m->len), m->len);
	}
}

__attribute__((weak)) uint32_t plan_program_room(void)
{
	return HOST_RESIDENT - PLAN_PROGRAM_PLACE;
}

__attribute__((weak)) int plan_leave(const char *url)
{
	(void)url;
	return -ENOENT;
}

__attribute__((weak)) int plan_place(const struct load_plan *plan)
{
	for (unsigned i = 0; i < plan->count; i++)
		memmove(host_phys(plan->move[i].dst, plan->move[i].len), host_phys(plan->move[i].src, plan->move[i].len), plan->move[i].len);
	return 0;
}

__attribute__((weak)) int plan_call(const char *arguments, const char **next)
{
	unsigned call = host_system.calls++;

	text_format(host_system.call_arguments, sizeof(host_system.call_arguments), "%s", arguments);
	*next = call < sizeof(host_system.call_next) / sizeof(*host_system.call_next) ? host_system.call_next[call] : NULL;
	return host_system.call_result;
}
