/* SPDX-License-Identifier: BSD-2-Clause */
/* core/x86_calls.c: distances become places, and every input comes back. */
#include "tests/unit/test.h"

#include "core/x86_calls.h"

static void comes_back(const uint8_t *code, size_t len)
{
	uint8_t *changed = malloc(len ? len : 1);

	memcpy(changed, code, len);
	x86_calls_to_places(changed, len);
	x86_calls_to_distances(changed, len);
	EXPECT_MEM(changed, code, len);
	free(changed);
}

TEST(calls_of_one_function_become_the_same)
{
	uint8_t code[40] = { 0x90, 0xe8, 2, 0, 0, 0, 0x90, 0x90, 0xc3 };
	static const uint8_t call[] = { 0xe8, 0x08, 0, 0, 0 }, jump[] = { 0xe9, 0x08, 0, 0, 0 };

	memcpy(code + 20, (uint8_t[]){ 0xe8, 0xef, 0xff, 0xff, 0xff }, 5);      /* back to 8 from 25 */
	memcpy(code + 30, (uint8_t[]){ 0xe9, 0xe5, 0xff, 0xff, 0xff }, 5);      /* and from 35 */
	x86_calls_to_places(code, sizeof(code));
	EXPECT_MEM(code + 1, call, 5);
	EXPECT_MEM(code + 20, call, 5);
	EXPECT_MEM(code + 30, jump, 5);
}

TEST(calls_out_of_the_code_are_left_alone)
{
	uint8_t code[16] = { 0xe8, 0x00, 0x01, 0, 0, 0xe8, 0x00, 0xff, 0xff, 0xff }, before[16];

	memcpy(before, code, sizeof(code));
	x86_calls_to_places(code, sizeof(code));
	EXPECT_MEM(code, before, sizeof(code));
}

/* What changed the second would have made the first one look like a call into the code. */
TEST(no_call_begins_in_what_looks_like_one)
{
	uint8_t code[1000] = { 0xe8, 0xe8, 0xfb, 0xff, 0xff, 0xff }, before[1000];

	memcpy(before, code, sizeof(code));
	comes_back(code, sizeof(code));
	x86_calls_to_places(code, sizeof(code));
	EXPECT_MEM(code, before, sizeof(code));
}

TEST(every_distance_near_the_code_comes_back)
{
	uint8_t code[24] = { 0x90, 0xe8 };

	for (int32_t distance = -60; distance <= 60; distance++) {
		memcpy(code + 2, &distance, 4);
		comes_back(code, sizeof(code));
	}
}

TEST(every_length_comes_back)
{
	uint8_t code[24];

	for (size_t len = 0; len <= sizeof(code); len++)
		for (unsigned i = 0; i < 2; i++) {
			memset(code, i ? 0xe8 : 0, sizeof(code));
			code[len ? len - 1 : 0] = 0xe9;
			comes_back(code, len);
		}
}

TEST(bytes_that_are_hard_on_it_come_back)
{
	static const uint8_t edges[] = { 0xe8, 0xe9, 0x00, 0xff, 0xfe, 0x01, 0x03 };
	uint8_t code[3000];
	uint32_t seed = 9;

	for (unsigned round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(code); i++) {
			seed = seed * 1664525 + 1013904223;
			code[i] = seed >> 24 < 240 ? edges[(seed >> 16) % sizeof(edges)] : (uint8_t)(seed >> 8);
		}
		comes_back(code, sizeof(code));
	}
}
