/* SPDX-License-Identifier: BSD-2-Clause */
/* The names by which compilers ask for 64-bit division and shifts, for a build without libgcc. Firmware only: a host has its libgcc. */
#include "core/math64.h"

uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divdi3(int64_t n, int64_t d);
int64_t __moddi3(int64_t n, int64_t d);
uint64_t __lshrdi3(uint64_t v, int by);
uint64_t __ashldi3(uint64_t v, int by);

/* Shifts by halves: written as shifts of the whole, they would call themselves. @by is 0 to 63. */
union halves { uint64_t whole; struct { uint32_t low, high; }; };

uint64_t __lshrdi3(uint64_t v, int by)
{
	union halves h = { v };

	if (by & 32)
		h = (union halves){ .low = h.high >> (by & 31) };
	else if (by)
		h = (union halves){ .low = h.low >> by | h.high << (32 - by), .high = h.high >> by };
	return h.whole;
}

uint64_t __ashldi3(uint64_t v, int by)
{
	union halves h = { v };

	if (by & 32)
		h = (union halves){ .high = h.low << (by & 31) };
	else if (by)
		h = (union halves){ .low = h.low << by, .high = h.high << by | h.low >> (32 - by) };
	return h.whole;
}

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
