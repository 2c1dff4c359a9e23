/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor: exceptions, SSE, CPUID. An exception prints registers on the screen and the serial port and halts: a machine that
 * resets tells nobody anything. */
#include "arch/x86/arch.h"

#include <stddef.h>
#include "core/assert.h"
#include "core/io.h"
#include "core/printf.h"
#include "config/console.h"

#define CR4_OSFXSR 0x200u
#define CR0_EM     4u
#define CR0_TS     8u
#define CPUID_FXSR (1u << 24)
#define CPUID_SSE  (1u << 25)
#define CPUID_SSE2 (1u << 26)
#define STUB_BYTES 16
#define VGA_TEXT ((volatile uint16_t *)bios_data(0xb8000))

uint8_t sse_usable, sse_found;
extern const uint8_t exception_stubs[];

struct gate { uint16_t offset_low, selector; uint8_t zero, type; uint16_t offset_high; };
struct frame { uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax, vector, error, eip, cs, eflags; };

static struct gate gates[32];

void exceptions_install(void)
{
	struct { uint16_t limit; uint32_t base; } __attribute__((packed)) idt = { sizeof(gates) - 1, (uint32_t)gates };

	for (unsigned i = 0; i < 32 && !gates[i].type; i++) {
		uint32_t stub = (uint32_t)exception_stubs + i * STUB_BYTES;

		gates[i] = (struct gate){ (uint16_t)stub, 0x08, 0, 0x8e, (uint16_t)(stub >> 16) };
	}
	__asm__ volatile("lidt %0" :: "m"(idt));
}

/** Straight to the screen's memory and the port: the BIOS may be what broke. */
static void panic_puts(const char *text)
{
	static unsigned column;

	for (; *text; text++) {
		if (*text == '\n')
			column = (column / 80 + 1) * 80;
		else
			VGA_TEXT[column++ % (80 * 25)] = (uint16_t)(0x4f00 | (uint8_t)*text);
		if (CONFIG_SERIAL && io_in8(CONFIG_SERIAL_PORT + 5) != 0xff) {
			for (unsigned spin = 0; spin < 100000 && !(io_in8(CONFIG_SERIAL_PORT + 5) & 0x20); spin++)
				;
			io_out8(CONFIG_SERIAL_PORT, (uint8_t)*text);
			if (*text == '\n')
				io_out8(CONFIG_SERIAL_PORT, '\r');
		}
	}
}

static void halt(void) __attribute__((noreturn));
static void halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

void exception_report(const struct frame *f) __attribute__((used));
void exception_report(const struct frame *f)
{
	static char line[400];

	text_format(line, sizeof(line),
	            "\nfPXE stopped: exception %u, error %x, at %08x (payload + %x)\n"
	            "eax %08x ebx %08x ecx %08x edx %08x\nesi %08x edi %08x ebp %08x esp %08x flags %x\n",
	            f->vector, f->error, f->eip, f->eip - boot_info->block, f->eax, f->ebx, f->ecx, f->edx, f->esi, f->edi, f->ebp,
	            f->esp, f->eflags);
	panic_puts(line);
	halt();
}

void assert_failed(const char *file, int line)
{
	static char text[200];

	text_format(text, sizeof(text), "\nfPXE stopped: a bug at %s:%d\n", file, line);
	panic_puts(text);
	halt();
}

bool cpuid(uint32_t leaf, uint32_t regs[4])
{
	uint32_t base = leaf & 0xc0000000u;       /* each range's first leaf tells its last */
	uint32_t highest;

	__asm__ volatile("cpuid" : "=a"(highest), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3]) : "a"(base), "c"(0));
	if (leaf < base || leaf > highest)
		return false;
	__asm__ volatile("cpuid" : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3]) : "a"(leaf), "c"(0));
	return true;
}

static void cr4_set(uint32_t set, uint32_t clear)
{
	uint32_t cr4;

	__asm__ volatile("movl %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("movl %0, %%cr4" :: "r"((cr4 & ~clear) | set));
}

void sse_open(void)
{
	uint32_t regs[4], cr0, cr4;

	__asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
	if ((cr0 & (CR0_EM | CR0_TS)) || !cpuid(1, regs) || (regs[3] & (CPUID_FXSR | CPUID_SSE)) != (CPUID_FXSR | CPUID_SSE))
		return;
	__asm__ volatile("movl %%cr4, %0" : "=r"(cr4));
	sse_found = (cr4 & CR4_OSFXSR) != 0;
	cr4_set(CR4_OSFXSR, 0);
	sse_usable = SSE_USABLE | (regs[3] & CPUID_SSE2 ? SSE2_USABLE : 0);
}

void sse_keep(uint8_t *registers);                /* copy.asm */
void sse_put_back(const uint8_t *registers);

void sse_borrow(struct sse_caller *caller)
{
	if (!sse_usable)
		return;
	__asm__ volatile("movl %%cr0, %0; movl %%cr4, %1" : "=r"(caller->cr0), "=r"(caller->cr4));
	if (caller->cr0 & (CR0_EM | CR0_TS))
		__asm__ volatile("movl %0, %%cr0" :: "r"(caller->cr0 & ~(CR0_EM | CR0_TS)));
	if (!(caller->cr4 & CR4_OSFXSR))
		cr4_set(CR4_OSFXSR, 0);
	sse_keep(caller->registers);
}

void sse_return(const struct sse_caller *caller)
{
	if (!sse_usable)
		return;
	sse_put_back(caller->registers);
	if (!(caller->cr4 & CR4_OSFXSR))
		cr4_set(0, CR4_OSFXSR);
	if (caller->cr0 & (CR0_EM | CR0_TS))
		__asm__ volatile("movl %0, %%cr0" :: "r"(caller->cr0));
}

void sse_close(void)
{
	if (!sse_usable)
		return;
	sse_usable = 0;
	if (!sse_found)
		cr4_set(0, CR4_OSFXSR);
}
