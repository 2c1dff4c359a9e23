/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of arch/x86 share with each other, in the order start.c uses them. Nobody else includes this. */
#ifndef ARCH_X86_ARCH_H
#define ARCH_X86_ARCH_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/bios.h"
#include "arch/x86/boot_info.h"

/** The container's and loader's word on how we came here. */
extern struct boot_info *boot_info;

/* bios.c: interrupts by what they are for */
void bios_int(uint8_t vector, struct rm_call *call);
/** The bounce buffer: LOWMEM_BOUNCE_LEN bytes that 16-bit code can reach at bios_bounce_segment():LOWMEM_BOUNCE. */
void *bios_bounce(void);
uint16_t bios_bounce_segment(void);

/* cpu.c: exceptions' vector table, SSE and CPUID */
enum { SSE_USABLE = 1, SSE2_USABLE = 2 };
extern uint8_t sse_usable, sse_found;           /* which may we use; was it on when we came */
void exceptions_install(void);
void sse_open(void);
void sse_close(void);
/** A program of somebody else called us, and may use SSE itself, or have it trap: keep what it has, and be able to use it. Put it back. */
struct sse_caller { uint32_t cr0, cr4; uint8_t registers[64]; };
void sse_borrow(struct sse_caller *caller);
void sse_return(const struct sse_caller *caller);
bool cpuid(uint32_t leaf, uint32_t regs[4]);    /* eax ebx ecx edx; false when the leaf is not there */
static inline uint64_t rdtsc(void)
{
	uint64_t tsc;

	__asm__ volatile("rdtsc" : "=A"(tsc));
	return tsc;
}

/* clock.c */
void clock_init(void);

/* console.c, bios_console.c, serial.c */
void console_open(void);
void console_close(void);
/** Was Ctrl-B typed before anybody asked? Other keys stay the BIOS's; other bytes of the serial line are dropped. */
bool console_ctrl_b_typed(void);
void bios_console_putc(char c);
int bios_console_getkey(void);
bool bios_console_peek(uint16_t *key);
bool serial_open(void);                         /* false: no port, or the BIOS's own console uses it */
void serial_putc(char c);
int serial_getkey(void);

/* memmap.c */
void memmap_close(void);                        /* give PMM's blocks back */

/* drives.c */
void drives_close(void);                        /* none of core/drive.h's drives stays */

/* system.c */
/** Ctrl-B was pressed at the prompt: what system_entry() says. */
void system_entry_shell(bool wanted);

/* post.c */
/** The banner and the Ctrl-B prompt. True if the shell is wanted now. */
bool post_prompt(void);

#endif
