/* SPDX-License-Identifier: BSD-2-Clause */
/* Entropy that is the same in every run: Marsaglia's xorshift64. */
#include "tests/host/host.h"

#include "core/entropy.h"

static uint64_t state;

void host_entropy_seed(uint64_t seed)
{
	state = seed ? seed : 1;
}

void host_entropy_reset(void)
{
	host_entropy_seed(0x6650584531303233);
}

__attribute__((weak)) void entropy_gather(uint8_t *buf, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		buf[i] = (uint8_t)(state >> 32);
	}
}
