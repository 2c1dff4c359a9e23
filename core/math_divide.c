/* SPDX-License-Identifier: BSD-2-Clause */
/* 64-bit division by shifting and subtracting (see core/math64.h). */
#include "core/math64.h"

uint64_t math_divide(uint64_t n, uint64_t d, uint64_t *remainder)
{
	uint64_t quotient = 0, bit = 1;

	if (!(n >> 32) && !(d >> 32)) {
		*remainder = (uint32_t)n % (uint32_t)d;
		return (uint32_t)n / (uint32_t)d;
	}
	while (d <= n && !(d >> 63)) {
		d <<= 1;
		bit <<= 1;
	}
	for (; bit; bit >>= 1, d >>= 1)
		if (n >= d) {
			n -= d;
			quotient |= bit;
		}
	*remainder = n;
	return quotient;
}
