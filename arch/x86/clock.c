/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock: the processor's time-stamp counter, calibrated once against channel 2 of the PIT (Intel 8254), whose gate and output are
 * bits 0 and 5 of port 61h. Three windows of 10 ms, the TSC read close around each latch; the one with the smallest doubt wins. A
 * machine whose PIT does not count (clock-gated) is asked by CPUID, or its BIOS ticks are counted. */
#include "core/clock.h"

#include "arch/x86/arch.h"
#include "core/io.h"
#include "core/math64.h"

enum { PIT_CHANNEL2 = 0x42, PIT_COMMAND = 0x43, PORT_61 = 0x61, GATE2 = 1, SPEAKER = 2, OUT2 = 0x20, PORT_61_WRITABLE = 0x0f };
#define PIT_HZ 1193182u
#define WINDOW_TICKS 11932u                  /* 10 ms */
#define WINDOWS 3
#define KHZ_MIN 50000u
#define KHZ_MAX 10000000u
#define KHZ_GUESS 2000000u                   /* where there is nothing to measure against */
#define SPINS_MAX 1000000u                   /* a PIT that counts is done long before */
#define CPUID_HYPERVISOR (1u << 31)          /* leaf 1, ecx: leaves from 40000000h on mean something */
#define BIOS_TICKS ((const volatile uint32_t *)bios_data(0x46c))

static uint64_t tsc_start;
static uint32_t tsc_khz;

/** One window: cycles that 10 ms took, and how many of them are in doubt. False when the PIT does not count. */
static bool window(uint64_t *cycles, uint64_t *doubt)
{
	uint8_t port61 = io_in8(PORT_61) & PORT_61_WRITABLE;
	uint64_t before, start, last, now;
	uint32_t spins = 0;

	io_out8(PORT_61, (uint8_t)((port61 & ~SPEAKER) & ~GATE2));
	io_out8(PIT_COMMAND, 0xb0);          /* channel 2, low then high byte, mode 0: the output rises at zero */
	io_out8(PIT_CHANNEL2, WINDOW_TICKS & 0xff);
	io_out8(PIT_CHANNEL2, WINDOW_TICKS >> 8);
	before = rdtsc();
	io_out8(PORT_61, (uint8_t)((port61 & ~SPEAKER) | GATE2));
	start = last = now = rdtsc();
	while (!(io_in8(PORT_61) & OUT2) && ++spins < SPINS_MAX)
		last = rdtsc();
	now = rdtsc();
	io_out8(PORT_61, port61);
	*cycles = now - start;
	*doubt = (start - before) + (now - last);
	return spins < SPINS_MAX && spins > 1;
}

static uint32_t calibrate_pit(void)
{
	uint64_t best = 0, best_doubt = ~0ull;

	for (unsigned i = 0; i < WINDOWS; i++) {
		uint64_t cycles, doubt;

		if (!window(&cycles, &doubt))
			break;
		if (doubt < best_doubt) {
			best = cycles;
			best_doubt = doubt;
		}
	}
	return (uint32_t)math_divide(best * (PIT_HZ / 1000), WINDOW_TICKS, NULL);
}

static uint32_t calibrate_cpuid(void)
{
	uint32_t regs[4];

	if (cpuid(1, regs) && (regs[2] & CPUID_HYPERVISOR) && cpuid(0x40000010, regs) && regs[0])   /* TSC in kHz */
		return regs[0];
	if (cpuid(0x15, regs) && regs[0] && regs[1] && regs[2])   /* crystal x numerator / denominator */
		return (uint32_t)math_divide(math_divide((uint64_t)regs[2] * regs[1], regs[0], NULL), 1000, NULL);
	return 0;
}

/** Count BIOS ticks of 54.9 ms, which come while interrupts are let in. */
static uint32_t calibrate_ticks(void)
{
	uint32_t tick = *BIOS_TICKS;
	uint64_t start, limit = rdtsc() + 20000000000ull;

	while (*BIOS_TICKS == tick && rdtsc() < limit)
		(void)bios_console_peek(NULL);
	start = rdtsc();
	tick = *BIOS_TICKS;
	while (*BIOS_TICKS - tick < 4 && rdtsc() < limit)
		(void)bios_console_peek(NULL);
	return (uint32_t)math_divide(rdtsc() - start, 220, NULL);
}

void clock_init(void)
{
	tsc_khz = calibrate_pit();
	if (tsc_khz < KHZ_MIN || tsc_khz > KHZ_MAX)
		tsc_khz = calibrate_cpuid();
	if (tsc_khz < KHZ_MIN || tsc_khz > KHZ_MAX)
		tsc_khz = calibrate_ticks();
	if (tsc_khz < KHZ_MIN || tsc_khz > KHZ_MAX)
		tsc_khz = KHZ_GUESS;
	tsc_start = rdtsc();
}

/** @n / @d modulo 2^32 by the processor's own division, 64 bits by 32: the time is asked for at every poll. */
static uint32_t quotient(uint64_t n, uint32_t d)
{
	uint32_t low = (uint32_t)n, high = (uint32_t)(n >> 32) % d;

	__asm__("divl %2" : "+a"(low), "+d"(high) : "r"(d));
	return low;
}

uint32_t clock_ms(void)
{
	return quotient(rdtsc() - tsc_start, tsc_khz);
}

uint64_t clock_us(void)
{
	return math_divide((rdtsc() - tsc_start) * 1000, tsc_khz, NULL);
}

void clock_delay_us(uint32_t us)
{
	uint64_t end = rdtsc() + math_divide((uint64_t)us * tsc_khz, 1000, NULL) + 1;

	while (rdtsc() < end)
		__asm__ volatile("pause");
}
