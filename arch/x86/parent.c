/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE stack that loaded us; see parent.h. */
#include "arch/x86/parent.h"

#include "arch/x86/arch.h"
#include "arch/x86/container.h"
#include "arch/x86/parent_stack.h"
#include "core/pxe_params.h"
#include "config/features.h"
#include "core/printf.h"
#include "core/string.h"
#include "core/system.h"

/* The longest of the parameterless calls' blocks: INITIALIZE's. */
struct plain_block { uint16_t status; uint8_t zeros[12]; } __attribute__((packed));

#define PARENT_PACKET_MAX 1472                  /* who asks has no more room; PXE 2.1's packets are shorter */

static struct container *parent;                /* NULL: there is none, or its API cannot be called */
static bool undi_gone;
static struct { uint16_t len; uint8_t data[PARENT_PACKET_MAX]; } kept[2];

static const void *far_pointer(uint32_t far)
{
	return (const void *)((far >> 16) * 16 + (far & 0xffff));
}

static const struct pxenv_structure *pxenv(const struct container *c)
{
	return parent_pxenv_good(far_pointer(c->pxenv)) ? far_pointer(c->pxenv) : NULL;
}

/** The !PXE structure: the one on our caller's stack, else the one that PXENV+ points to. */
static const struct pxe_structure *bang_pxe(const struct container *c)
{
	const struct pxenv_structure *old = pxenv(c);

	if (parent_pxe_good(far_pointer(c->pxe)))
		return far_pointer(c->pxe);
	if (old && old->version >= 0x201 && old->length >= sizeof(*old) && parent_pxe_good(far_pointer(old->pxe)))
		return far_pointer(old->pxe);
	return NULL;
}

static uint32_t find_api(const struct container *c)
{
	const struct pxe_structure *pxe = bang_pxe(c);
	const struct pxenv_structure *old = pxenv(c);

	return pxe ? pxe->entry_16 : old ? old->entry : 0;
}

uint16_t parent_call(uint16_t opcode, void *block, size_t len)
{
	struct rm_call call = { .ebx = opcode, .edi = LOWMEM_BOUNCE, .es = bios_bounce_segment(), .ds = bios_bounce_segment() };
	uint16_t status;

	if (!parent || undi_gone)
		return PXENV_STATUS_FAILURE;
	memcpy(bios_bounce(), block, len);
	call.ecx = opcode != PXE_UNDI_ISR;
	call.target = (uint32_t)boot_info->container << 16 | parent->call;
	rm_call_at(boot_info->lowmem, &call);
	memcpy(block, bios_bounce(), len);
	memcpy(&status, block, sizeof(status));
	return status ? status : (call.eax & 0xffff) ? PXENV_STATUS_FAILURE : 0;
}

static uint16_t call_plain(uint16_t opcode)
{
	struct plain_block block = { 0 };

	return parent_call(opcode, &block, sizeof(block));
}

/* ---- what it knows ------------------------------------------------------------------------------------------------------------ */

/** Have packet @type copied behind the parameter block, and keep it. */
static void keep_packet(unsigned type)
{
	struct pxe_get_cached_info info = {
		.packet_type = (uint16_t)type, .buffer_size = PARENT_PACKET_MAX, .buffer_limit = PARENT_PACKET_MAX,
		.buffer = { LOWMEM_BOUNCE + sizeof(info), bios_bounce_segment() },
	};

	if (parent_call(PXE_GET_CACHED_INFO, &info, sizeof(info)) || info.buffer_size > PARENT_PACKET_MAX)
		return;
	kept[type - PXE_CACHED_ACK].len = info.buffer_size;
	memcpy(kept[type - PXE_CACHED_ACK].data, far_pointer((uint32_t)info.buffer.segment << 16 | info.buffer.offset), info.buffer_size);
}

size_t system_cached_packet(unsigned which, void *buffer, size_t size)
{
	unsigned i = which - PXE_CACHED_ACK;

	if (!CONFIG_CONTAINERS || i >= 2 || kept[i].len > size)
		return 0;
	memcpy(buffer, kept[i].data, kept[i].len);
	return kept[i].len;
}

static void learn_function(void)
{
	struct pxe_undi_get_nic_type nic = { 0 };

	if (parent_call(PXE_UNDI_GET_NIC_TYPE, &nic, sizeof(nic)) == 0 && nic.type == PXE_NIC_PCI)
		boot_info->bdf = nic.pci.bus_device_function;
}

/* ---- how it is left ----------------------------------------------------------------------------------------------------------- */

/** Base memory's end, in KiB, once the stack's segments from @first on are free: unless INT 1Ah still leads there. */
static uint16_t free_segments(const struct pxe_structure *pxe, unsigned first)
{
	uint32_t vector = *(volatile const uint32_t *)bios_data(0x1a * 4);

	return parent_free_kib(pxe, first, boot_info->base_kib, (vector >> 16) * 16 + (vector & 0xffff));
}

/** The base code goes; with @undi_too the UNDI, too. What base memory that makes free is given back with our own. */
static void unload(bool undi_too)
{
	struct pxe_structure copy;
	const struct pxe_structure *pxe = bang_pxe(parent);

	if (pxe)
		memcpy(&copy, pxe, sizeof(copy));
	parent->returns = 0;
	call_plain(PXE_UNDI_SHUTDOWN);
	call_plain(PXE_UNLOAD_STACK);
	if (undi_too) {
		undi_gone = call_plain(PXE_STOP_UNDI) == 0;
		if (!undi_gone)
			return;                 /* it says that something still leads to it */
	}
	if (pxe)
		boot_info->base_kib = free_segments(&copy, undi_too ? PXE_SEGMENT_STACK : PXE_SEGMENT_BASE_DATA);
}

void parent_open(void)
{
	struct container *c = container_of_info(boot_info);

	if (!CONFIG_CONTAINERS || boot_info->entry != ENTRY_NBP)
		return;
	c->api = find_api(c);
	if (!c->api) {
		print("\nThe PXE stack that loaded this program cannot be found");
		return;
	}
	parent = c;
	learn_function();
	keep_packet(PXE_CACHED_ACK);
	keep_packet(PXE_CACHED_REPLY);
	if (c->keep != KEEP_ALL)
		unload(c->keep == KEEP_NOTHING);
	else if (!c->undi)
		call_plain(PXE_UNDI_SHUTDOWN);
}

bool parent_has_undi(void)
{
	return parent && parent->undi && !undi_gone;
}

void parent_close(void)
{
	if (!CONFIG_CONTAINERS || !parent || undi_gone)
		return;
	if (parent->returns && !parent->undi)
		call_plain(PXE_UNDI_INITIALIZE);
	else if (!parent->returns)
		unload(true);
}

void parent_leave(void)
{
	if (CONFIG_CONTAINERS && parent && !undi_gone)
		unload(true);
}
