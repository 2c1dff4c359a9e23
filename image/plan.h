/* SPDX-License-Identifier: BSD-2-Clause */
/* A load plan: what a loader wants done at boot. Loaders fill it and touch nothing; arch/x86/ carries it out.
 *
 * Moves are done in order, each like memmove (overlap-safe); a move's source is never inside an earlier move's destination unless
 * those bytes are meant. A fill is a move whose source is PLAN_ZERO. */
#ifndef IMAGE_PLAN_H
#define IMAGE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/dma.h"   // phys_t

#define PLAN_MOVES_MAX 64
#define PLAN_ZERO 0xffffffffu           /* as a source: zeros */
#define PLAN_LOW_BYTES 0x20000          /* room for what a loader composes itself: real-mode code, command line */

struct plan_move { phys_t dst, src; uint32_t len; };

/** How to enter; IF=0, flags clear, A20 on. ENTRY_REAL: 16-bit real mode, registers and far address. ENTRY_FLAT32: protected mode without
 *  paging, 32-bit flat segments, a stack of little use. */
struct plan_entry {
	enum { ENTRY_REAL, ENTRY_FLAT32 } kind;
	union {
		struct { uint16_t cs, ip, ss, sp, ds /* also es fs gs */; };
		struct { uint32_t eip, eax, ebx; };
	};
};

/** Where a PXE program is put and called: 0:7C00. Its plan is called (plan_call()), not executed. */
#define PLAN_PROGRAM_PLACE 0x7c00
#define PLAN_PROGRAM_MAX (0xa0000 - PLAN_PROGRAM_PLACE)         /* more never fits */

struct load_plan {
	unsigned count;
	struct plan_move move[PLAN_MOVES_MAX];
	bool call;                              /* a PXE program, which may return: @entry is not looked at */
	struct plan_entry entry;
	/** Bytes a loader composes (bzImage: the real-mode part, heap and command line) and where they go, below 640 KiB; written to
	 *  @low_dst before the moves. On the heap, freed by plan_free(). */
	uint8_t *low;
	uint32_t low_len;
	phys_t low_dst;
};

void plan_init(struct load_plan *plan);
void plan_free(struct load_plan *plan);
/** Append a move; -ENOSPC with fail() when the plan is full. One of no bytes, or to where it is, is dropped. */
int plan_move(struct load_plan *plan, phys_t dst, phys_t src, uint32_t len);
/** Order the moves so that none overwrites the source of a later one. Destinations must not overlap each other. -EBUSY, without
 *  fail(), when some stand in each other's way in a circle: change a source or a destination and plan again. */
int plan_order(struct load_plan *plan);

/** Seam: stop everything, move and jump. Returns only if it could not begin (with fail()). The network must be shut down. */
int plan_execute(const struct load_plan *plan);
/** Seam: bytes from PLAN_PROGRAM_PLACE on that a program may have. */
uint32_t plan_program_room(void);
/** Seam: put a program in its place. What else is in memory must not be relied upon from plan_call() on: it is the program's. -ENOMEM with
 *  fail(): inside POST, what the BIOS has there cannot be kept. */
int plan_place(const struct load_plan *plan);
/** Seam: does a program run that called us? If so it will be ended, and @url fetched in its place: 0; -ENOENT when none runs, -EMSGSIZE. */
int plan_leave(const char *url);
/** Seam: call the program that was placed, with the PXE API of the interface opened last around it; it may ask for its @arguments. What it
 *  returned (0, or PXE's failure) or, with fail(), that it could not begin. When it asks for another in its place *@next is that one's
 *  URL, else NULL. */
int plan_call(const char *arguments, const char **next);

#endif
