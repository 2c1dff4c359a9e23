/* SPDX-License-Identifier: BSD-2-Clause */
/* Adding up memory, in C. The firmware's is arch/x86/sum.asm. */
#include "core/sum.h"

#include <string.h>

uint32_t sum_words(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint64_t sum = 0;
	uint32_t word;

	for (; len >= sizeof(word); len -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		sum += word;
	}
	word = 0;
	memcpy(&word, bytes, len);
	sum += word;
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (uint32_t)(sum + (sum >> 32));
}
