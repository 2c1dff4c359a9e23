/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts hooked while a program of somebody else runs over us: INT 15h hides our memory from it, INT 1Ah tells it of the PXE API.
 * The handlers are int_hooks.asm's. */
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
_Static_assert(sizeof(struct low_hooks) <= LOWMEM_HOOKS_LEN, "low_hooks has outgrown its room");

struct low_hooks *low_hooks(void);
/** Hide our memory from E820h, E801h and 88h, and answer INT 1Ah AX=5650h. -ENOSPC with fail(): the map has too many entries. */
int hooks_open(void);
/** Put the vectors back. False, and nothing is done, when somebody has hooked over one of them. Harmless when nothing is hooked. */
bool hooks_close(void);
/** Where they cannot be put back: let the handlers pass all on. They have to stay in memory. */
void hooks_silence(void);

#endif
