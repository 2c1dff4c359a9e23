/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/x86_calls.h"
#include <stdbool.h>

/* A distance from @next into the code is one of -next to len - next - 1, and becomes a place, 0 to len - 1. So that this can be undone, the
 * distances that would have read as a place, len - next to len - 1, take the values that have become free, -next to -1. Whatever is
 * none of these stays what it is, and the next call may begin in it; but not in its first two bytes: what that changed would be taken for a
 * distance of this one on the way back. A byte E8h or E9h behind those makes it none whatever follows, in code of less than a mebibyte. */

static bool is_call(uint8_t byte)
{
	return (byte & 0xfe) == 0xe8;
}

static uint32_t place_of(uint32_t distance, uint32_t next, uint32_t len)
{
	return distance + next < len ? distance + next : distance - len;
}

static uint32_t distance_of(uint32_t place, uint32_t next, uint32_t len)
{
	return place < len ? place - next : place + len;
}

static void change_calls(uint8_t *code, size_t len, bool to_places)
{
	for (size_t next = 5; next <= len; next++) {
		uint8_t *at = code + next - 4;
		uint32_t value = at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;

		if (!is_call(at[-1]))
			continue;
		if ((uint32_t)(value + next) < len + next)
			value = to_places ? place_of(value, (uint32_t)next, (uint32_t)len) : distance_of(value, (uint32_t)next, (uint32_t)len);
		else if (!is_call(at[0]) && !is_call(at[1]))
			continue;
		for (unsigned i = 0; i < 4; i++)
			at[i] = (uint8_t)(value >> 8 * i);
		next += 4;
	}
}

void x86_calls_to_places(uint8_t *code, size_t len)
{
	change_calls(code, len, true);
}

void x86_calls_to_distances(uint8_t *code, size_t len)
{
	change_calls(code, len, false);
}
