/* SPDX-License-Identifier: BSD-2-Clause */
/* The inverse of xz's x86 filter, for core/xz_block.c to include: absolute addresses of calls and jumps become displacements again. */
#ifndef CORE_X86_FILTER_H
#define CORE_X86_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Is @byte the highest of a near displacement, 00 or FF? */
static bool is_sign_byte(uint8_t byte)
{
	return (uint8_t)(byte + 1) < 2;
}

/** The displacement that the filter made the absolute @address out of, for a call that ends at @next. @history is the nearby
 *  opcode left alone, as below: had the address one of its bytes 00 or FF where that opcode's highest byte lies, the filter went
 *  on once more from the complement. The byte found here is neither, so once is always enough. */
static uint32_t displacement(uint32_t address, uint32_t next, unsigned history)
{
	unsigned shift = (16u >> (history >> 1)) & 0x18;    /* history 1, 2, 4: byte 2, 1, 0 */
	uint32_t value = address - next;

	if (history && is_sign_byte((uint8_t)(value >> shift)))
		value = (value ^ ((1u << (shift + 8)) - 1)) - next;
	return value;
}

/** Undo the filter from byte @at of @len bytes at @data on, up to @stop or a few bytes more; returns where. The first byte has the address
 *  @start; *@mask, 0 at first, goes with @at.
 *
 *  An opcode is converted when its operand's highest byte is 00 or FF and at most one of the three bytes before was an opcode left alone,
 *  itself with another highest byte. The mask remembers four bytes: bits 0-3 opcodes left alone, bits 4-7 those with 00 or FF. */
static inline size_t x86_unfilter(uint8_t *data, size_t len, size_t at, size_t stop, uint32_t start, unsigned *mask)
{
	for (; at < stop && len - at >= 5; at++) {
		uint8_t *operand = data + at + 1;
		bool sign_byte = is_sign_byte(operand[3]);
		unsigned history = *mask & 0x77;
		uint32_t value;

		*mask = history << 1;
		if ((data[at] & 0xfe) != 0xe8)      /* E8 call, E9 jmp */
			continue;
		if (!sign_byte || history > 4 || history == 3) {
			*mask |= sign_byte ? 0x11 : 0x01;
			continue;
		}
		value = (uint32_t)operand[3] << 24 | (uint32_t)operand[2] << 16 | (uint32_t)operand[1] << 8 | operand[0];
		value = displacement(value, start + (uint32_t)at + 5, history);
		operand[0] = (uint8_t)value;
		operand[1] = (uint8_t)(value >> 8);
		operand[2] = (uint8_t)(value >> 16);
		operand[3] = value >> 24 & 1 ? 0xff : 0;
		*mask = 0;
		at += 4;
	}
	return at;
}

#endif
