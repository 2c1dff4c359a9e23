/* SPDX-License-Identifier: BSD-2-Clause */
/* core/chacha.c: the block test vectors of RFC 8439. */
#include "tests/unit/test.h"

#include "core/chacha.h"

/* RFC 8439 2.3.2: key 00 01 .. 1f, counter 1, nonce 00:00:00:09:00:00:00:4a:00:00:00:00 */
TEST(rfc_8439_section_2_3_2)
{
	static const uint32_t key[8] = {
		0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c };
	static const uint32_t input[4] = { 1, 0x09000000, 0x4a000000, 0 };
	static const uint32_t wanted[16] = {
		0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
		0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2 };
	uint32_t out[16];

	chacha20_block(key, input, out);
	EXPECT_MEM(out, wanted, sizeof(out));
}

/* RFC 8439 A.1, test vectors 1 and 2: key and nonce 0, counters 0 and 1 */
TEST(rfc_8439_appendix_a_1)
{
	static const uint32_t key[8], zero[4], one[4] = { 1 };
	static const uint32_t wanted_zero[16] = {
		0xade0b876, 0x903df1a0, 0xe56a5d40, 0x28bd8653, 0xb819d2bd, 0x1aed8da0, 0xccef36a8, 0xc70d778b,
		0x7c5941da, 0x8d485751, 0x3fe02477, 0x374ad8b8, 0xf4b8436a, 0x1ca11815, 0x69b687c3, 0x8665eeb2 };
	static const uint32_t wanted_one[16] = {
		0xbee7079f, 0x7a385155, 0x7c97ba98, 0x0d082d73, 0xa0290fcb, 0x6965e348, 0x3e53c612, 0xed7aee32,
		0x7621b729, 0x434ee69c, 0xb03371d5, 0xd539d874, 0x281fed31, 0x45fb0a51, 0x1f0ae1ac, 0x6f4d794b };
	uint32_t out[16];

	chacha20_block(key, zero, out);
	EXPECT_MEM(out, wanted_zero, sizeof(out));
	chacha20_block(key, one, out);
	EXPECT_MEM(out, wanted_one, sizeof(out));
}
