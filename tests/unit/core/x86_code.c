/* SPDX-License-Identifier: BSD-2-Clause */
/* core/x86_code.c: instructions end where the processor ends them. */
#include "tests/unit/test.h"

#include "core/x86_code.h"

/** Is each of the @count instructions, of so many bytes, one from the first byte to the last? */
static void each_is_one(const uint8_t (*instructions)[12], const unsigned *lengths, unsigned count)
{
	struct x86_code c = { 0 };

	for (unsigned i = 0; i < count; i++)
		for (unsigned at = 0; at < lengths[i]; at++) {
			x86_code_step(&c, instructions[i][at]);
			if ((c.next == X86_FIRST) != (at + 1 == lengths[i]))
				test_fail(__FILE__, __LINE__, "instruction %u (%02x), byte %u of %u", i, instructions[i][0], at + 1, lengths[i]);
		}
}
#define EACH_IS_ONE(...) do {                                                                              \
	static const struct { unsigned length; uint8_t bytes[12]; } all[] = { __VA_ARGS__ };               \
	uint8_t bytes[sizeof(all) / sizeof(all[0])][12];                                                   \
	unsigned lengths[sizeof(all) / sizeof(all[0])];                                                    \
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {                                      \
		lengths[i] = all[i].length;                                                                \
		memcpy(bytes[i], all[i].bytes, 12);                                                        \
	}                                                                                                  \
	each_is_one((const uint8_t (*)[12])bytes, lengths, sizeof(all) / sizeof(all[0]));                  \
} while (0)

TEST(x86_code_of_one_byte_ends_with_it)
{
	EACH_IS_ONE({ 1, { 0x55 } }, { 1, { 0xc3 } }, { 1, { 0x90 } }, { 1, { 0xfa } }, { 1, { 0x60 } }, { 1, { 0x40 } }, { 1, { 0x99 } });
}

TEST(x86_code_immediate_values_are_part_of_it)
{
	EACH_IS_ONE({ 2, { 0x04, 1 } }, { 5, { 0x05, 1, 2, 3, 4 } }, { 2, { 0x6a, 0xff } }, { 5, { 0x68, 1, 2, 3, 4 } }, { 2, { 0xb0, 1 } },
		    { 5, { 0xb8, 1, 2, 3, 4 } }, { 2, { 0xa8, 1 } }, { 5, { 0xa9, 1, 2, 3, 4 } }, { 2, { 0xcd, 0x10 } }, { 3, { 0x80, 0xc0, 1 } },
		    { 6, { 0x81, 0xc0, 1, 2, 3, 4 } }, { 3, { 0x83, 0xc0, 1 } }, { 3, { 0x6b, 0xc0, 9 } }, { 6, { 0x69, 0xc0, 1, 2, 3, 4 } },
		    { 3, { 0xc1, 0xe0, 4 } }, { 3, { 0xc6, 0x00, 1 } }, { 6, { 0xc7, 0x00, 1, 2, 3, 4 } });
}

TEST(x86_code_calls_and_jumps_have_a_distance)
{
	EACH_IS_ONE({ 5, { 0xe8, 1, 2, 3, 4 } }, { 5, { 0xe9, 1, 2, 3, 4 } }, { 2, { 0xeb, 1 } }, { 2, { 0x74, 1 } },
		    { 6, { 0x0f, 0x84, 1, 2, 3, 4 } }, { 2, { 0xff, 0xd0 } });
}

TEST(x86_code_an_address_has_its_displacement_and_sib)
{
	EACH_IS_ONE({ 2, { 0x89, 0xc8 } }, { 2, { 0x8b, 0x00 } }, { 3, { 0x8b, 0x40, 4 } }, { 6, { 0x8b, 0x80, 1, 2, 3, 4 } },
		    { 6, { 0x8b, 0x05, 1, 2, 3, 4 } }, { 3, { 0x8b, 0x04, 0x24 } }, { 4, { 0x8b, 0x44, 0x24, 8 } },
		    { 7, { 0x8b, 0x84, 0x24, 1, 2, 3, 4 } }, { 2, { 0x8b, 0xc4 } }, { 5, { 0xa1, 1, 2, 3, 4 } }, { 5, { 0xa2, 1, 2, 3, 4 } },
		    { 8, { 0xc7, 0x44, 0x24, 8, 1, 2, 3, 4 } });
}

TEST(x86_code_test_alone_in_its_group_has_a_value)
{
	EACH_IS_ONE({ 3, { 0xf6, 0xc0, 1 } }, { 6, { 0xf7, 0xc0, 1, 2, 3, 4 } }, { 2, { 0xf6, 0xd0 } }, { 2, { 0xf7, 0xf1 } },
		    { 4, { 0xf6, 0x40, 4, 1 } });
}

TEST(x86_code_prefixes_belong_to_it)
{
	EACH_IS_ONE({ 2, { 0xf3, 0xa5 } }, { 2, { 0x66, 0x90 } }, { 4, { 0x66, 0xb8, 1, 2 } }, { 5, { 0x66, 0x81, 0xc0, 1, 2 } },
		    { 3, { 0x66, 0x89, 0xc8 } }, { 5, { 0xb8, 1, 2, 3, 4 } });
}

TEST(x86_code_behind_0f_has_a_modrm)
{
	EACH_IS_ONE({ 3, { 0x0f, 0xb6, 0xc0 } }, { 4, { 0x0f, 0xb7, 0x40, 2 } }, { 3, { 0x0f, 0xaf, 0xc1 } }, { 3, { 0x0f, 0x94, 0xc0 } },
		    { 4, { 0x0f, 0xba, 0xe0, 3 } }, { 4, { 0x0f, 0xa4, 0xc2, 3 } }, { 4, { 0x0f, 0xac, 0xd0, 3 } });
}

TEST(x86_code_says_opcode_modrm_and_what_is_left)
{
	struct x86_code c = { 0 };

	x86_code_step(&c, 0x0f);
	x86_code_step(&c, 0xba);
	EXPECT_EQ(c.opcode, 0x1ba);
	x86_code_step(&c, 0x60);
	EXPECT_EQ(c.modrm, 0x60);
	EXPECT_EQ(c.left, 2);
	EXPECT_EQ(c.next, X86_VALUE);
	x86_code_step(&c, 0x04);
	EXPECT_EQ(c.left, 1);
}

TEST(x86_code_any_bytes_leave_a_state_of_its_ranges)
{
	struct x86_code c = { 0 };
	uint32_t seed = 3;

	for (unsigned i = 0; i < 300000; i++) {
		seed = seed * 1664525 + 1013904223;
		x86_code_step(&c, seed >> 24);
		EXPECT(c.next <= X86_VALUE && c.left <= 8 && c.opcode < 0x200 && c.modrm < 0x100);
	}
}
