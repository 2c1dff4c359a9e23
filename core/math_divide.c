/* SPDX-License-Identifier: BSD-2-Clause */
/* 64-bit division by shifting and subtracting (see core/math64.h). */
#include "core/math64.h"

#include <stdbool.h>

uint64_t math_divide(uint64_t n, uint64_t d, uint64_t *remainder)
{
	uint64_t rest = 0;

	for (unsigned i = 0; i < 64; i++) {
		bool carry = rest >> 63;

		rest = rest << 1 | n >> 63;
		n <<= 1;
		if (carry || rest >= d) {
			rest -= d;
			n |= 1;
		}
	}
	if (remainder)
		*remainder = rest;
	return n;
}
