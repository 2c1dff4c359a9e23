/* SPDX-License-Identifier: BSD-2-Clause */
/* The names by which compilers ask for 64-bit division, for a build without libgcc. Firmware only: a host has its libgcc. */
#include "core/math64.h"

uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divdi3(int64_t n, int64_t d);
int64_t __moddi3(int64_t n, int64_t d);

uint64_t __udivdi3(uint64_t n, uint64_t d)
{
	uint64_t remainder;

	return math_divide(n, d, &remainder);
}

uint64_t __umoddi3(uint64_t n, uint64_t d)
{
	uint64_t remainder;

	math_divide(n, d, &remainder);
	return remainder;
}

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* C11 6.5.5: the quotient is cut towards zero, the remainder has the dividend's sign. */
int64_t __divdi3(int64_t n, int64_t d)
{
	uint64_t quotient = __udivdi3(magnitude(n), magnitude(d));

	return (int64_t)((n < 0) != (d < 0) ? -quotient : quotient);
}

int64_t __moddi3(int64_t n, int64_t d)
{
	uint64_t remainder = __umoddi3(magnitude(n), magnitude(d));

	return (int64_t)(n < 0 ? -remainder : remainder);
}
