/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a PXE program: it is put at 0:7C00, told of the PXE API, and called. While it runs our memory is hidden, and our connections are
 * closed; the interface stays open and has its address. */
#include "image/plan.h"

#include "arch/x86/arch.h"
#include "arch/x86/base_memory.h"
#include "arch/x86/hooks.h"
#include "arch/x86/parent_stack.h"
#include "arch/x86/parent.h"
#include "arch/x86/pxe_entry.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_transport.h"
#include "arch/x86/pxe_undi.h"
#include "core/clock.h"
#include "core/drive.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/dhcp_cache.h"
#include "net/net.h"
#include "usr/wait.h"

#define PACKET_BYTES 1260                       /* PXE 2.1's BOOTPLAYER */
#define PACKETS 3
_Static_assert(PXE_PACKETS + PACKETS * PACKET_BYTES <= PXE_FRAME && PXE_FRAME + PXE_FRAME_LEN <= LOWMEM_PXE_LEN,
               "what programs are shown does not fit its room");

_Static_assert(sizeof(struct pxe_structure) <= PXE_PXENV && PXE_PXENV + sizeof(struct pxenv_structure) <= PXE_PACKETS,
               "!PXE and PXENV+ do not fit their room");

static uint16_t packet_len[PACKETS];

static uint8_t *shown(uint32_t offset)
{
	return (uint8_t *)(boot_info->lowmem + LOWMEM_PXE + offset);
}

/* ---- what the program is shown ------------------------------------------------------------------------------------------------------ */

static uint8_t checksum(const void *data, size_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum = (uint8_t)(sum + ((const uint8_t *)data)[len]);
	return (uint8_t)-sum;
}

/* Base code and UNDI are one: its segments are told as UNDI's, and the base code's are empty. */
static void show_bang(void)
{
	struct pxe_structure *bang = (struct pxe_structure *)shown(PXE_BANG);
	struct pxe_segment all = { rm_segment(boot_info->lowmem), boot_info->lowmem, boot_info_base_bytes(boot_info) };

	*bang = (struct pxe_structure){
		.signature = { '!', 'P', 'X', 'E' }, .length = sizeof(*bang),
		.entry_16 = low_address(low_hooks()->bang), .entry_32 = low_address(low_hooks()->bang), .status_callout = 0xffffffff,
		.segment_count = PXE_SEGMENTS,
		.segment = { [PXE_SEGMENT_STACK] = { all.selector, all.address, 0 }, [PXE_SEGMENT_UNDI_DATA] = all, [PXE_SEGMENT_UNDI_CODE] = all,
		             [PXE_SEGMENT_UNDI_WRITE] = all },
	};
	bang->checksum = checksum(bang, sizeof(*bang));
}

static void show_pxenv(void)
{
	struct pxenv_structure *env = (struct pxenv_structure *)shown(PXE_PXENV);
	uint16_t segment = rm_segment(boot_info->lowmem), bytes = boot_info_base_bytes(boot_info);

	*env = (struct pxenv_structure){
		.signature = { 'P', 'X', 'E', 'N', 'V', '+' }, .version = 0x0201, .length = sizeof(*env),
		.entry = low_address(low_hooks()->pxenv),
		.undi_data_segment = segment, .undi_data_size = bytes, .undi_code_segment = segment, .undi_code_size = bytes,
		.pxe = low_address(LOWMEM_PXE + PXE_BANG),
	};
	env->checksum = checksum(env, sizeof(*env));
}

static void show_packets(const struct netif *netif)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		const struct dhcp_packet *packet = dhcp_cached(netif, (enum dhcp_cached)(i + 1));
		size_t len = packet ? packet->len : 0;

		if (len > PACKET_BYTES)
			len = PACKET_BYTES;
		memset(shown(PXE_PACKETS + i * PACKET_BYTES), 0, PACKET_BYTES);
		if (packet)
			memcpy(shown(PXE_PACKETS + i * PACKET_BYTES), packet->data, len);
		packet_len[i] = (uint16_t)len;
	}
}

bool pxe_packet(unsigned type, struct pxe_packet *packet)
{
	uint32_t offset = PXE_PACKETS + (type - 1) * PACKET_BYTES;

	*packet = (struct pxe_packet){ shown(offset), rm_segment(boot_info->lowmem), (uint16_t)(LOWMEM_PXE + offset), packet_len[type - 1] };
	return packet->len != 0;
}

void *pxe_frame_buffer(uint16_t *segment, uint16_t *offset)
{
	*segment = rm_segment(boot_info->lowmem);
	*offset = LOWMEM_PXE + PXE_FRAME;
	return shown(PXE_FRAME);
}

/* ---- before and after --------------------------------------------------------------------------------------------------------------- */

void pxe_note_nic(void)
{
	struct list *pos;

	list_for_each(pos, &the_net.netifs) {
		const struct netif *netif = list_entry(pos, struct netif, link);

		if (netif->open) {
			low_hooks()->nic = pci_bus_address(&netif->nic->pci);
			return;
		}
	}
}

/** Close what is open but @netif, which goes on with frames as on the wire. */
static int pxe_open(struct netif *netif)
{
	struct list *pos;
	int rc;

	net_abandon(netif->net, clock_ms());
	list_for_each(pos, &netif->net->netifs)
		if (list_entry(pos, struct netif, link) != netif)
			netif_close(list_entry(pos, struct netif, link));
	memset(&pxe_state, 0, sizeof(pxe_state));
	show_bang();
	show_pxenv();
	show_packets(netif);
	pxe_entry_open();
	rc = netif_open_plain(netif, true, clock_ms());
	if (rc == 0)
		rc = hooks_open(HOOKS_FOR_PXE);
	pxe_state.netif = netif;
	pxe_note_nic();
	return rc;
}

/* 40:13 stays: who ends the API raises it by what !PXE says of our segments (PXELINUX complains where somebody else did). */
bool pxe_unhook(void)
{
	if (!hooks_close(HOOKS_FOR_PXE) || drive_any())
		return false;
	parent_leave();
	return true;
}

/** The program is over: all is ours again. */
static void pxe_close(struct netif *netif)
{
	volatile uint16_t *base_kib = bios_data(0x413);

	pxe_transport_end();
	pxe_file_set_cmdline(NULL);
	pxe_undi_end();
	if (!hooks_close(HOOKS_FOR_PXE)) {              /* somebody's handler goes on to ours: the resident part stays for good */
		hooks_silence();
		boot_info->base_kib = (uint16_t)(boot_info->lowmem >> 10);
	}
	pxe_state.netif = NULL;
	low_hooks()->nic = BDF_NONE;
	if (*base_kib == boot_info->base_kib)           /* the program took us for gone */
		*base_kib = (uint16_t)(boot_info->lowmem >> 10);
	if (netif->open)
		netif_open_plain(netif, false, clock_ms());
	else
		netif->nic->plain = false;
}

/* ---- the program -------------------------------------------------------------------------------------------------------------------- */

uint32_t plan_program_room(void)
{
	return boot_info->lowmem - PLAN_PROGRAM_PLACE;
}

int plan_place(const struct load_plan *plan)
{
	int rc = base_memory_keep();

	if (rc != 0)
		return rc;
	for (unsigned i = 0; i < plan->count; i++)
		memmove((void *)plan->move[i].dst, (const void *)plan->move[i].src, plan->move[i].len);
	return 0;
}

int plan_leave(const char *url)
{
	struct text_buffer t = { pxe_state.restart_url, sizeof(pxe_state.restart_url), 0 };

	if (!pxe_state.netif)
		return -ENOENT;
	text_append(&t, "%s", url);
	if ((size_t)t.len >= sizeof(pxe_state.restart_url))
		return fail(-EMSGSIZE, "the URL has more than %u bytes, and a program that runs is to be left for it",
			    (unsigned)sizeof(pxe_state.restart_url) - 1);
	pxe_state.restart = true;
	return 0;
}

static int run(void)
{
	uint32_t segment = rm_segment(boot_info->lowmem);
	struct sse_caller programs;
	struct rm_call call = {
		.target = segment << 16 | low_hooks()->nbp, .es = (uint16_t)segment, .ebx = LOWMEM_PXE + PXE_PXENV,
		.edi = segment << 16 | (LOWMEM_PXE + PXE_BANG),
	};

	rm_call_at(boot_info->lowmem, &call);
	exceptions_install();
	sse_borrow(&programs);                          /* it may have switched SSE off */
	return call.eax & 0xffff;
}

int plan_call(const char *arguments, const char **next)
{
	static char url[sizeof(pxe_state.restart_url)];
	struct netif *netif = the_net.newest;
	int rc = netif ? pxe_open(netif) : fail(-ENODEV, "no interface is open: a PXE program wants one");
	int status;

	*next = NULL;
	pxe_file_set_cmdline(arguments);
	status = rc == 0 ? run() : 0;
	if (netif)
		pxe_close(netif);
	base_memory_put_back();
	if (rc != 0)
		return rc;
	if (pxe_state.restart) {
		pxe_state.restart = false;
		memcpy(url, pxe_state.restart_url, sizeof(url));
		*next = url;
		return 0;
	}
	return status ? fail(-EIO, "the program returned %xh", status) : 0;
}
