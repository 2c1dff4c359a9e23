/* SPDX-License-Identifier: BSD-2-Clause */
/* image/com32.c: both kinds are named, and nothing else is taken for one. */
#include "image/com32.h"

#include "tests/unit/image/programs.h"

__attribute__((constructor)) static void begin(void)
{
	test_setup = programs_begin;
	test_teardown = programs_end;
}

static int probe(const void *data, uint32_t len)
{
	struct image *image = image_of_bytes("menu.c32", data, len);
	int rc = com32_format.probe(image);

	image_free(image);
	return rc;
}

TEST(both_kinds_of_com32_are_refused_with_what_to_do)
{
	uint8_t file[64] = { 0xb8, 0xff, 0x4c, 0xcd, 0x21 };

	EXPECT_EQ(probe(file, sizeof file), -ENOTSUP);
	EXPECT(error_says(-ENOTSUP, "menu.c32 is a COM32 module, which only Syslinux runs: chain pxelinux.0"));
	memset(file, 0, sizeof file);
	memcpy(file, "\x7f" "ELF\1\1\1", 7);
	file[16] = file[18] = 3;
	EXPECT_EQ(probe(file, sizeof file), -ENOTSUP);
	EXPECT_EQ(image_register(image_of_bytes("menu.c32", file, sizeof file)), -ENOTSUP);
}

TEST(nothing_else_is_a_com32_module)
{
	static const uint8_t nbp[32] = { 0xb8, 0xff, 0x4c, 0xcd, 0x20 };
	uint8_t elf[64] = "\x7f" "ELF\1\1\1";

	EXPECT_EQ(probe(nbp, sizeof nbp), -ENOEXEC);
	elf[16] = 2;
	elf[18] = 3;
	EXPECT_EQ(probe(elf, sizeof elf), -ENOEXEC);
	elf[16] = 3;
	elf[18] = 62;
	EXPECT_EQ(probe(elf, sizeof elf), -ENOEXEC);
	elf[18] = 3;
	for (uint32_t len = 0; len < 20; len++)
		EXPECT_EQ(probe(elf, len), -ENOEXEC);
}
