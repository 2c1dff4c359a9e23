/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls to 16-bit code from 32-bit flat mode, through realcall.asm. The buffers that the BIOS reads or writes lie in the bounce
 * buffer of the resident part: bios_bounce(). No other C file names an interrupt vector; see bios.c. */
#ifndef ARCH_X86_BIOS_H
#define ARCH_X86_BIOS_H

#include <stddef.h>
#include <stdint.h>
#include "arch/x86/boot_info.h"

#define RM_STACK_WORDS 9

/** Registers for 16-bit code, in and out. */
struct rm_call {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
	uint16_t ds, es;
	uint32_t flags;                 /* out */
	uint32_t target;                /* segment << 16 | offset */
	uint16_t stack_count;
	uint16_t stack[RM_STACK_WORDS]; /* words on its stack, the first next to the return address */
};
_Static_assert(offsetof(struct rm_call, ds) == 28 && offsetof(struct rm_call, target) == 36 &&
               offsetof(struct rm_call, stack) == 42 && sizeof(struct rm_call) == 60, "realcall.asm and rm_call disagree");

enum { FLAG_CARRY = 1, FLAG_ZERO = 0x40, FLAG_INTERRUPT = 0x200 };

/** A fixed address below 1 MiB (the BIOS data area, its extension, the screen). The compiler may not reason about it. */
static inline volatile void *bios_data(uint32_t address)
{
	__asm__("" : "+r"(address));
	return (volatile void *)address;
}

/** A linear address below 1 MiB as segment:offset with the smallest offset. */
static inline uint16_t rm_segment(uint32_t linear) { return (uint16_t)(linear >> 4); }
static inline uint16_t rm_offset(uint32_t linear) { return linear & 15; }

/** Run 16-bit code from anywhere (the loader has no static data, so it says where the resident part is). */
static inline void rm_call_at(uint32_t lowmem, struct rm_call *call)
{
	void __attribute__((regparm(0))) (*run)(struct rm_call *) = (void *)(lowmem + LOWMEM_RM_CALL);

	run(call);
}

/** Run the handler of BIOS interrupt @vector: an interrupt's frame is a far call's with the flags below it. */
static inline void rm_int_at(uint32_t lowmem, uint8_t vector, struct rm_call *call)
{
	uint32_t handler;

	__asm__("movl (%1), %0" : "=r"(handler) : "r"(vector * 4u));   /* the vector table begins at address 0 */
	call->target = handler;
	call->stack_count = 1;
	call->stack[0] = FLAG_INTERRUPT;
	rm_call_at(lowmem, call);
}

#endif
