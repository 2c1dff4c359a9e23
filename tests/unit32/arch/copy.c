/* SPDX-License-Identifier: BSD-2-Clause */
/* arch/x86/copy.asm, the firmware's memcpy and memmove, beside libc's; with SSE and without. 32-bit only: it is 32-bit code. */
#include "tests/unit/test.h"

#include <stdint.h>

void *fw_memcpy(void *dst, const void *src, size_t n) __attribute__((regparm(3)));
void *fw_memmove(void *dst, const void *src, size_t n) __attribute__((regparm(3)));
uint8_t sse_usable;

#define SIZE 320

static void fill(uint8_t *p)
{
	for (int i = 0; i < SIZE; i++)
		p[i] = (uint8_t)(i * 7 + (i >> 5));
}

static void copies_exactly(size_t n)
{
	uint8_t src[SIZE], got[SIZE], wanted[SIZE];

	fill(src);
	for (size_t from = 0; from < 5; from++)
		for (size_t to = 0; to < 5; to++) {
			memset(got, 0xaa, SIZE);
			memset(wanted, 0xaa, SIZE);
			memcpy(wanted + to, src + from, n);
			EXPECT(fw_memcpy(got + to, src + from, n) == got + to);
			EXPECT_MEM(got, wanted, SIZE);
		}
}

TEST(memcpy_copies_exactly_n_bytes_at_any_alignment)
{
	for (sse_usable = 0; sse_usable < 2; sse_usable++)
		for (size_t n = 0; n < 300; n++)
			copies_exactly(n);
}

static void overlaps(size_t from, size_t to)
{
	uint8_t got[SIZE], wanted[SIZE];

	for (size_t n = 0; n < 200; n += from % 3 + 1) {
		fill(got);
		fill(wanted);
		memmove(wanted + to, wanted + from, n);
		EXPECT(fw_memmove(got + to, got + from, n) == got + to);
		EXPECT_MEM(got, wanted, SIZE);
	}
}

TEST(memmove_takes_any_overlap)
{
	for (sse_usable = 0; sse_usable < 2; sse_usable++)
		for (size_t from = 0; from < 100; from += 7)
			for (size_t to = 0; to < 100; to++)
				overlaps(from, to);
}
