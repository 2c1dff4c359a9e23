/* SPDX-License-Identifier: BSD-2-Clause */
/* arch/x86/sum.asm beside the plain sum of the host, with SSE2 and without. 32-bit only: it is 32-bit code. */
#include "core/sum.h"
#include "tests/unit/test.h"

uint32_t fw_sum_words(const void *data, size_t len) __attribute__((regparm(3)));
uint8_t sse_usable;

static const uint8_t usable[] = { 0, 1, 3 };

/** Equal modulo 2^32 - 1: zero has two faces. */
static bool equal(uint32_t a, uint32_t b)
{
	return a % 0xffffffff == b % 0xffffffff;
}

TEST(sums_agree_at_every_length_and_alignment)
{
	uint8_t data[700];

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 73 + i / 7);
	for (unsigned k = 0; k < 3; k++) {
		sse_usable = usable[k];
		for (size_t len = 0; len < 600; len++)
			for (size_t at = 0; at < 17; at++)
				EXPECT(equal(fw_sum_words(data + at, len), sum_words(data + at, len)));
	}
}

TEST(carries_go_round)
{
	static uint8_t ones[1 << 20];

	memset(ones, 0xff, sizeof(ones));
	for (unsigned k = 0; k < 3; k++) {
		sse_usable = usable[k];
		for (size_t len = 0; len <= 2000; len++)
			EXPECT(equal(fw_sum_words(ones, len), sum_words(ones, len)));
		EXPECT(equal(fw_sum_words(ones, sizeof(ones)), 0));
		ones[77] = 0xfe;
		EXPECT(equal(fw_sum_words(ones, sizeof(ones)), sum_words(ones, sizeof(ones))));
		ones[77] = 0xff;
	}
}

TEST(nothing_beyond_the_end_counts)
{
	uint8_t data[200];

	for (unsigned k = 0; k < 3; k++) {
		sse_usable = usable[k];
		for (size_t len = 0; len < 150; len++) {
			memset(data, 0, sizeof(data));
			memset(data + 16 + len, 0xa5, 16);
			memset(data, 0xa5, 16);
			EXPECT_EQ(fw_sum_words(data + 16, len), 0);
		}
	}
}
