/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE API in the ROM: from the 16-bit entries to the calls, a caller's memory, and waiting. Inside a call no BIOS function runs but
 * what the caller asked for; the machine's interrupts are let in while it waits. */
#include "arch/x86/pxe.h"

#include "arch/x86/arch.h"
#include "arch/x86/e820.h"
#include "arch/x86/hooks.h"
#include "arch/x86/pxe_memory.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_transport.h"
#include "arch/x86/pxe_wait.h"
#include "config/features.h"
#include "core/clock.h"
#include "core/errors.h"
#include "net/netif.h"
#include "net/net.h"
#include "usr/wait.h"

enum { SEGMENT_BYTES = 0x10000, BASE_END = 0xa0000, INTERRUPTS_MS = 20 };

static unsigned depth;
static struct memmap callers_ram;

/* ---- entry ------------------------------------------------------------------------------------------------------------------------ */

/** From pxe_entry.asm by call32: AX for the caller, or CALL32_LEAVE. */
static uint32_t called(void)
{
	const struct low_hooks *hooks = low_hooks();
	uint16_t opcode = hooks->opcode, segment = hooks->segment, offset = hooks->offset, result;
	struct sse_caller caller;

	exceptions_install();
	sse_borrow(&caller);
	depth++;
	result = pxe_call(opcode, segment, offset);
	depth--;
	sse_return(&caller);
	return pxe_state.restart ? CALL32_LEAVE : result;
}

void pxe_memory_open(void)
{
	e820_read(boot_info, &callers_ram);
	memmap_exclude(&callers_ram, boot_info->block, boot_info->block + boot_info->block_len);
}

void pxe_entry_open(void)
{
	depth = 0;
	pxe_memory_open();
	low_hooks()->api = (uint32_t)called;
}

bool pxe_is_nested(void)
{
	return depth > 1;
}

/* ---- a caller's memory ------------------------------------------------------------------------------------------------------------ */

/** Base memory from the resident part on: it, the container's, those of who started us, and the BIOS's. */
static bool touches_resident(uint32_t address, uint32_t len)
{
	return address < BASE_END && address + len > boot_info->lowmem;
}

void *pxe_real(uint16_t segment, uint16_t offset, uint32_t len)
{
	uint32_t address = segment * 16u + offset;

	if (!len)
		return boot_info;                       /* anything that is not NULL: nobody looks there */
	if (len > SEGMENT_BYTES - (uint32_t)offset || touches_resident(address, len))
		return NULL;
	return (void *)address;
}

void *pxe_linear(uint32_t address, uint32_t len)
{
	if (address < BASE_END)
		return len > BASE_END - address || touches_resident(address, len) ? NULL : (void *)address;
	for (unsigned i = 0; i < callers_ram.count; i++) {
		const struct mem_region *r = &callers_ram.region[i];

		if (address >= r->start && len <= r->size && address - r->start <= r->size - len)
			return (void *)address;
	}
	return NULL;
}

uint32_t pxe_real_room(uint16_t segment, uint16_t offset, uint32_t max)
{
	uint32_t address = segment * 16u + offset, room = SEGMENT_BYTES - (uint32_t)offset;

	if (touches_resident(address, 1))
		return 0;
	if (address < boot_info->lowmem && address + room > boot_info->lowmem)
		room = boot_info->lowmem - address;
	return room < max ? room : max;
}

/* ---- waiting ---------------------------------------------------------------------------------------------------------------------- */

/** The stack that goes on while a call waits: the API's, or without a PXE program what a drive of ours has behind it. */
static struct net *net_to_poll(void)
{
	return CONFIG_DISKS && !pxe_state.netif ? &the_net : pxe_net();
}

/** Let the machine's interrupts in: real mode is visited, where they are on for a moment. */
static void let_interrupts_in(void)
{
	struct rm_call call = { .target = (uint32_t)rm_segment(boot_info->lowmem) << 16 | low_hooks()->at_once };

	rm_call_at(boot_info->lowmem, &call);
}

uint32_t pxe_now(void)
{
	return clock_ms();
}

struct netif *pxe_netif(void)
{
	return pxe_state.netif && pxe_state.netif->open ? pxe_state.netif : NULL;
}

void pxe_poll(void)
{
	struct net *net = net_to_poll();

	if (net)
		net_poll(net, clock_ms());
}

int pxe_wait(int (*done)(void *context), void *context, uint32_t timeout_ms)
{
	uint32_t start = clock_ms(), breath = start;

	for (;;) {
		int rc;

		pxe_poll();
		rc = done(context);
		if (rc != -EINPROGRESS)
			return rc;
		if (timeout_ms && clock_ms() - start >= timeout_ms)
			return -ETIMEDOUT;
		if (time_reached(clock_ms(), breath)) {
			let_interrupts_in();
			breath = clock_ms() + INTERRUPTS_MS;
		}
	}
}
