/* SPDX-License-Identifier: BSD-2-Clause */
/* core/undi.h by the PXE stack that loaded us: calls go through parent.c, interrupts come to the handler in nbp.asm. */
#include "core/undi.h"

#include "arch/x86/arch.h"
#include "arch/x86/container.h"
#include "arch/x86/parent.h"
#include "core/assert.h"
#include "core/io.h"
#include "core/string.h"

#define SHARE_OFFSET 256                /* in the bounce buffer, behind any parameter block */
#define PIC_MASK(line) ((line) < 8 ? 0x21 : 0xa1)
#define PIC_BIT(line)  (1u << ((line) & 7))
#define VECTOR(line)   ((line) < 8 ? 0x08 + (line) : 0x70 + (line) - 8)

_Static_assert(SHARE_OFFSET + UNDI_SHARE_MAX <= LOWMEM_BOUNCE_LEN, "a frame and its descriptor do not fit");

static uint32_t found_vector;
static uint8_t found_mask;              /* the line's bit */

bool undi_device(struct pci_device *pci)
{
	if (!parent_has_undi() || boot_info->bdf == BDF_NONE)
		return false;
	*pci = (struct pci_device){ .bus = (uint8_t)(boot_info->bdf >> 8), .slot = (boot_info->bdf >> 3) & 31, .function = boot_info->bdf & 7 };
	return true;
}

uint16_t undi_call(uint16_t opcode, void *block, size_t len)
{
	assert(len <= SHARE_OFFSET);
	return parent_call(opcode, block, len);
}

struct pxe_far undi_share(size_t at, const void *data, size_t len)
{
	assert(at + len <= UNDI_SHARE_MAX);
	memcpy((uint8_t *)bios_bounce() + SHARE_OFFSET + at, data, len);
	return (struct pxe_far){ (uint16_t)(LOWMEM_BOUNCE + SHARE_OFFSET + at), bios_bounce_segment() };
}

const uint8_t *undi_bytes(struct pxe_far where, size_t len)
{
	uint32_t address = where.segment * 16u + where.offset;

	return address + len <= 0x100000 ? (const uint8_t *)address : NULL;
}

static volatile uint32_t *vector(unsigned line)
{
	return bios_data(VECTOR(line) * 4);
}

static void mask_set(unsigned line, uint8_t bit)
{
	uint16_t port = PIC_MASK(line);

	io_out8(port, (uint8_t)((io_in8(port) & ~PIC_BIT(line)) | bit));
}

void undi_interrupt_open(unsigned line)
{
	struct container *c = container_of_info(boot_info);

	c->irq_line = (uint8_t)line;
	c->irq_came = 0;
	found_vector = *vector(line);
	found_mask = io_in8(PIC_MASK(line)) & PIC_BIT(line);
	*vector(line) = (uint32_t)boot_info->container << 16 | c->interrupt;
	mask_set(line, 0);
}

bool undi_interrupt_came(void)
{
	return ((volatile struct container *)container_of_info(boot_info))->irq_came;
}

void undi_interrupt_done(void)
{
	struct container *c = container_of_info(boot_info);

	if (!undi_interrupt_came())
		return;
	c->irq_came = 0;
	mask_set(c->irq_line, 0);
}

void undi_interrupt_close(void)
{
	const struct container *c = container_of_info(boot_info);

	mask_set(c->irq_line, found_mask);
	if (*vector(c->irq_line) == ((uint32_t)boot_info->container << 16 | c->interrupt))
		*vector(c->irq_line) = found_vector;
}
