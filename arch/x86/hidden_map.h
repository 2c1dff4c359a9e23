/* SPDX-License-Identifier: BSD-2-Clause */
/* The BIOS's memory map with something of ours taken out: what INT 15h tells while a program runs over us. Pure. */
#ifndef ARCH_X86_HIDDEN_MAP_H
#define ARCH_X86_HIDDEN_MAP_H

#include <stdint.h>

/** An entry as E820h writes it (ACPI 6, 15.1). */
struct map_entry { uint64_t start, size; uint32_t type, attributes; };
enum { MAP_RAM = 1, MAP_RESERVED = 2 };
_Static_assert(sizeof(struct map_entry) == 24, "int_hooks.asm copies these");

/** Make what [@start, @end) has of RAM reserved: entries are cut where it begins and ends, and stay in their order. Returns the new
 *  count; 0, and the map is spoilt, when more than @max entries would be needed. */
unsigned map_hide(struct map_entry *map, unsigned count, unsigned max, uint64_t start, uint64_t end);
/** The answer of E801h's first half and of 88h: KiB of RAM from 1 MiB on, @kib of them at most. */
uint16_t map_clip_kib(uint16_t kib, uint32_t start);
/** E801h's second half: 64 KiB blocks of RAM from 16 MiB on, @blocks of them at most. */
uint16_t map_clip_blocks(uint16_t blocks, uint32_t start);

#endif
