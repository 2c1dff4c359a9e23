/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts hooked while a program of somebody else runs over us: INT 15h hides our memory from it, INT 1Ah tells a PXE program of the
 * API. The handlers are int_hooks.asm's. Two may want them, each for itself: PXE programs and drives of ours (drives.c). */
#ifndef ARCH_X86_HOOKS_H
#define ARCH_X86_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "build/layout.h"

/** What int_hooks.asm and pxe_entry.asm share with us, in the resident part. */
struct low_hooks {
	uint32_t signature;
	uint16_t pxenv, bang, int1a, int15, nbp;        /* offsets of entries */
	uint16_t map_count;
	uint32_t api;
	uint16_t opcode, offset, segment;
	uint16_t e801_low, e801_high, ext_88;
	uint32_t old_1a, old_15;
	uint16_t answering;
	uint16_t at_once;                               /* offset of code that returns at once */
	uint16_t nic;                                   /* bus address of the NIC that is open; BDF_NONE. A later life stops it (previous.inc) */
	uint16_t disk, int18, int19;                    /* offsets: pxe_entry.asm */
	uint32_t old_18, old_19, old_13, old_1e;
	uint8_t equipment, hard_disks;                  /* 40:10 and 40:75 before us */
};
#define HOOKS_PINNED(field, where) _Static_assert(offsetof(struct low_hooks, field) == (where), #field " moved")
HOOKS_PINNED(pxenv, HOOKS_PXENV);
HOOKS_PINNED(nbp, HOOKS_NBP);
HOOKS_PINNED(map_count, HOOKS_MAP_COUNT);
HOOKS_PINNED(api, HOOKS_API);
HOOKS_PINNED(opcode, HOOKS_OPCODE);
HOOKS_PINNED(segment, HOOKS_SEGMENT);
HOOKS_PINNED(e801_low, HOOKS_E801_LOW);
HOOKS_PINNED(ext_88, HOOKS_EXT_88);
HOOKS_PINNED(old_1a, HOOKS_OLD_1A);
HOOKS_PINNED(old_15, HOOKS_OLD_15);
HOOKS_PINNED(answering, HOOKS_ANSWERING);
HOOKS_PINNED(at_once, HOOKS_RETURN);
HOOKS_PINNED(nic, HOOKS_NIC);
HOOKS_PINNED(disk, HOOKS_DISK);
HOOKS_PINNED(old_18, HOOKS_OLD_18);
HOOKS_PINNED(old_1e, HOOKS_OLD_1E);
HOOKS_PINNED(equipment, HOOKS_EQUIPMENT);
HOOKS_PINNED(hard_disks, HOOKS_HARD_DISKS);
_Static_assert(sizeof(struct low_hooks) <= LOWMEM_HOOKS_LEN, "low_hooks has outgrown its room");

struct low_hooks *low_hooks(void);
/** Hide our memory from E820h, E801h and 88h; for HOOKS_FOR_PXE, answer INT 1Ah AX=5650h, too. Again: with what is to be hidden now.
 *  -ENOSPC with fail(): the map has too many entries. */
int hooks_open(uint16_t who);
/** @who wants them no more; when nobody does, the vectors are put back. False, and nothing is done, when somebody has hooked over one of
 *  them. Harmless when nothing is hooked. */
bool hooks_close(uint16_t who);
/** Where they cannot be put back: let the handlers pass all on. They have to stay in memory. */
void hooks_silence(void);
/** From the next hooks_open() on [@start, @end) is hidden, too; @which of the DISKS_MAX such places it is. No place: an empty one. */
void hooks_hide(unsigned which, uint32_t start, uint32_t end);

/** Point a vector (its place in the table) to @handler, an offset in the resident part, and keep in *@old what it was. Once: where an earlier
 *  program hooked over us and left it so, its handler goes on to ours. */
void hook(uint32_t vector, uint16_t handler, uint32_t *old);
/** Is it one that we have not hooked, or that still points to us? */
bool hook_is_free(uint32_t vector, uint16_t handler, uint32_t old);
void unhook(uint32_t vector, uint32_t *old);
/** An offset in the resident part as segment << 16 | offset. */
uint32_t low_address(uint32_t offset);

#endif
