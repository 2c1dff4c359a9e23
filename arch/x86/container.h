/* SPDX-License-Identifier: BSD-2-Clause */
/* What a container other than the ROM keeps of itself in base memory (container.inc), and what it tells and offers there. */
#ifndef ARCH_X86_CONTAINER_H
#define ARCH_X86_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arch/x86/boot_info.h"

struct container {
	uint32_t pxenv, pxe;            /* PXENV+ and !PXE structures, segment << 16 | offset; not checked */
	uint32_t api;                   /* entry of the PXE API for pxe_call, the same; filled by parent.c */
	uint32_t command_line;          /* linear address of a boot loader's command line; 0: none */
	uint32_t initrd, initrd_len;    /* and of its initrd */
	uint16_t call, interrupt;       /* offsets of pxe_call and undi_interrupt (nbp.asm) */
	uint8_t irq_line;               /* for undi_interrupt: 0 to 15 */
	uint8_t irq_came;               /* by it: it came, and its line is masked */
	uint8_t returns;                /* whoever loaded us can be returned to */
	uint8_t keep;                   /* KEEP_*: what of the PXE stack stays */
	uint8_t undi;                   /* our driver uses that stack's UNDI */
	uint8_t reserved[3];
} __attribute__((packed));

#define CONTAINER_PINNED(field, offset) _Static_assert(offsetof(struct container, field) + CONTAINER_STRUCT == (offset), #field " moved")
CONTAINER_PINNED(pxenv, CONTAINER_PXENV);
CONTAINER_PINNED(pxe, CONTAINER_PXE);
CONTAINER_PINNED(api, CONTAINER_API);
CONTAINER_PINNED(command_line, CONTAINER_CMDLINE);
CONTAINER_PINNED(initrd, CONTAINER_INITRD);
CONTAINER_PINNED(initrd_len, CONTAINER_INITRD_LEN);
CONTAINER_PINNED(call, CONTAINER_CALL);
CONTAINER_PINNED(interrupt, CONTAINER_IRQ);
CONTAINER_PINNED(irq_line, CONTAINER_IRQ_LINE);
CONTAINER_PINNED(irq_came, CONTAINER_IRQ_CAME);
CONTAINER_PINNED(returns, CONTAINER_RETURNS);
CONTAINER_PINNED(keep, CONTAINER_KEEP);
CONTAINER_PINNED(undi, CONTAINER_UNDI);
_Static_assert(sizeof(struct container) == CONTAINER_STRUCT_LEN, "container.h and layout.inc disagree");

/** The container that @info came from; NULL: the ROM. */
static inline struct container *container_of_info(const struct boot_info *info)
{
	return info->container ? (struct container *)((uint32_t)info->container * 16 + CONTAINER_STRUCT) : NULL;
}

#endif
