/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE stack that loaded us; see parent.h. Its structures: PXE 2.1, 3.1 (PXENV+) and 3.2 (!PXE). */
#include "arch/x86/parent.h"

#include "arch/x86/arch.h"
#include "arch/x86/container.h"
#include "config/features.h"
#include "core/printf.h"
#include "core/string.h"
#include "core/system.h"

enum {
	PXE_UNDI_INITIALIZE = 0x03, PXE_UNDI_SHUTDOWN = 0x05, PXE_UNDI_GET_NIC_TYPE = 0x12, PXE_UNDI_ISR = 0x14, PXE_STOP_UNDI = 0x15,
	PXE_UNLOAD_STACK = 0x70, PXE_GET_CACHED_INFO = 0x71,
};
enum { PXE_FAILURE = 1, NIC_TYPE_PCI = 2, CACHED_ACK = 2, CACHED_REPLY = 3 };

struct pxe_segment { uint16_t selector; uint32_t address; uint16_t size; } __attribute__((packed));
struct pxe_structure {
	char signature[4];
	uint8_t length, checksum, revision, reserved;
	uint32_t undi_rom_id, base_rom_id, entry_16, entry_32, status_callout;
	uint8_t reserved2, segment_count;
	uint16_t first_selector;
	struct pxe_segment segment[7];  /* stack, UNDI data, code, code to write, base data, code, code to write */
} __attribute__((packed));
struct pxenv_structure {
	char signature[6];
	uint16_t version;
	uint8_t length, checksum;
	uint32_t entry;
	uint32_t protected_offset;
	uint16_t protected_selector, stack_segment, stack_size, base_code_segment, base_code_size, base_data_segment, base_data_size;
	uint16_t undi_data_segment, undi_data_size, undi_code_segment, undi_code_size;
	uint32_t pxe;
} __attribute__((packed));
_Static_assert(offsetof(struct pxe_structure, segment) == 0x20 && sizeof(struct pxenv_structure) == 0x2c, "PXE 2.1's structures");

struct cached_info { uint16_t status, type, size, offset, segment, limit; };
struct nic_type { uint16_t status; uint8_t type; uint16_t ids[2]; uint8_t class[4]; uint16_t bdf, subsystem[2]; } __attribute__((packed));
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

/** Is that a structure with this signature whose bytes add up to zero? */
static bool structure_good(uint32_t far, const char *signature, unsigned signature_len, unsigned length_at, unsigned least)
{
	const uint8_t *bytes = far_pointer(far);
	uint8_t sum = 0;

	if (!far || memcmp(bytes, signature, signature_len) != 0 || bytes[length_at] < least)
		return false;
	for (unsigned i = 0; i < bytes[length_at]; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0;
}

static const struct pxenv_structure *pxenv(const struct container *c)
{
	return structure_good(c->pxenv, "PXENV+", 6, 8, 0x26) ? far_pointer(c->pxenv) : NULL;
}

/** The !PXE structure: the one on our caller's stack, else the one that PXENV+ points to. */
static const struct pxe_structure *bang_pxe(const struct container *c)
{
	const struct pxenv_structure *old = pxenv(c);

	if (structure_good(c->pxe, "!PXE", 4, 4, 0x58))
		return far_pointer(c->pxe);
	if (old && old->version >= 0x201 && old->length >= sizeof(*old) && structure_good(old->pxe, "!PXE", 4, 4, 0x58))
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
		return PXE_FAILURE;
	memcpy(bios_bounce(), block, len);
	call.ecx = opcode != PXE_UNDI_ISR;
	call.target = (uint32_t)boot_info->container << 16 | parent->call;
	rm_call_at(boot_info->lowmem, &call);
	memcpy(block, bios_bounce(), len);
	memcpy(&status, block, sizeof(status));
	return status ? status : (call.eax & 0xffff) ? PXE_FAILURE : 0;
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
	struct cached_info info = { .type = (uint16_t)type, .size = PARENT_PACKET_MAX, .limit = PARENT_PACKET_MAX,
	                            .offset = LOWMEM_BOUNCE + sizeof(info), .segment = bios_bounce_segment() };

	if (parent_call(PXE_GET_CACHED_INFO, &info, sizeof(info)) || info.size > PARENT_PACKET_MAX)
		return;
	kept[type - CACHED_ACK].len = info.size;
	memcpy(kept[type - CACHED_ACK].data, far_pointer((uint32_t)info.segment << 16 | info.offset), info.size);
}

size_t system_cached_packet(unsigned which, void *buffer, size_t size)
{
	unsigned i = which - CACHED_ACK;

	if (!CONFIG_CONTAINERS || i >= 2 || kept[i].len > size)
		return 0;
	memcpy(buffer, kept[i].data, kept[i].len);
	return kept[i].len;
}

static void learn_function(void)
{
	struct nic_type nic = { 0 };

	if (parent_call(PXE_UNDI_GET_NIC_TYPE, &nic, sizeof(nic)) == 0 && nic.type == NIC_TYPE_PCI)
		boot_info->bdf = nic.bdf;
}

/* ---- how it is left ----------------------------------------------------------------------------------------------------------- */

/** If the @size bytes at @address lie at the bottom of what base memory is taken from @kib on, where they end, in KiB; else @kib. */
static unsigned free_segment(unsigned kib, uint32_t address, uint32_t size)
{
	unsigned end = (address + size + 1023) >> 10;

	return size && address >> 10 <= kib && end > kib && end <= 640 ? end : kib;
}

/** Base memory's end once the stack's segments from @first to @last of !PXE are free, in KiB: unless an interrupt still leads there. */
static uint16_t free_segments(const struct pxe_structure *pxe, unsigned first, unsigned last)
{
	unsigned kib = boot_info->base_kib, before;
	uint32_t vector = *(volatile const uint32_t *)bios_data(0x1a * 4);
	uint32_t handler = (vector >> 16) * 16 + (vector & 0xffff);

	do {
		before = kib;
		for (unsigned i = first; i <= last && i < pxe->segment_count; i++)
			kib = free_segment(kib, pxe->segment[i].address, pxe->segment[i].size);
	} while (kib != before);
	return handler >= (uint32_t)boot_info->base_kib << 10 && handler < kib << 10 ? boot_info->base_kib : (uint16_t)kib;
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
		boot_info->base_kib = free_segments(&copy, undi_too ? 0 : 4, 6);
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
	keep_packet(CACHED_ACK);
	keep_packet(CACHED_REPLY);
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
