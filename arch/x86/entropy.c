/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpredictable bits: RDSEED or RDRAND where CPUID has them, and always the jitter between the TSC and the PIT's own crystal. */
#include "core/entropy.h"

#include "arch/x86/arch.h"
#include "core/io.h"

#define CPUID_RDRAND (1u << 30)              /* leaf 1, ecx */
#define CPUID_RDSEED (1u << 18)              /* leaf 7, ebx */
#define TRIES 16

static bool rdrand(uint32_t *value)
{
	uint8_t ok;

	__asm__ volatile("rdrand %0; setc %1" : "=r"(*value), "=qm"(ok) :: "cc");
	return ok;
}

static bool rdseed(uint32_t *value)
{
	uint8_t ok;

	__asm__ volatile("rdseed %0; setc %1" : "=r"(*value), "=qm"(ok) :: "cc");
	return ok;
}

static uint32_t hardware_random(bool (*read)(uint32_t *))
{
	uint32_t value = 0;

	for (unsigned i = 0; i < TRIES && !read(&value); i++)
		;
	return value;
}

/** How many TSC cycles a few port reads take: the low bits differ from one to the next. */
static uint32_t jitter(void)
{
	uint32_t mix = 0;

	for (unsigned i = 0; i < 8; i++) {
		(void)io_in8(0x61);
		mix = (mix << 5 | mix >> 27) ^ (uint32_t)rdtsc();
	}
	return mix;
}

void entropy_gather(uint8_t *buf, size_t len)
{
	uint32_t regs[4];
	bool has_rdrand = cpuid(1, regs) && (regs[2] & CPUID_RDRAND);
	bool has_rdseed = cpuid(7, regs) && (regs[1] & CPUID_RDSEED);

	for (size_t i = 0; i < len; i++) {
		uint32_t value = jitter();

		if (has_rdseed)
			value ^= hardware_random(rdseed);
		if (has_rdrand)
			value ^= hardware_random(rdrand);
		buf[i] = (uint8_t)(value ^ value >> 8 ^ value >> 16 ^ value >> 24);
	}
}
