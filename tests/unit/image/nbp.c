/* SPDX-License-Identifier: BSD-2-Clause */
/* What is taken for a PXE program, and where it goes. */
#include "image/nbp.h"

#include "tests/unit/image/images.h"

static struct load_plan plan;

static void begin_test(void)
{
	host_reset();
	space_init();
	plan_init(&plan);
	error_clear();
}

static void end_test(void)
{
	plan_free(&plan);
	images_free_all();
	EXPECT_EQ(host_heap_held(), 0);
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = begin_test;
	test_teardown = end_test;
}

static int probe(const void *bytes, uint32_t len)
{
	struct image *image = image_of_bytes("x", bytes, len);
	int rc = nbp_format.probe(image);

	image_free(image);
	return rc;
}

static const uint8_t code[512] = { 0xeb, 0x3c, 0x90, 0xfa, 0x31, 0xc0, 0x8e, 0xd0, 0xbc, 0x00, 0x7c };

TEST(code_is_a_program)
{
	EXPECT_EQ(probe(code, sizeof(code)), 0);
	EXPECT_EQ(probe(code, sizeof(code) - 1), -ENOEXEC);     /* less than a sector */
}

TEST(what_is_plainly_something_else_is_none)
{
	static const struct { const char *bytes; uint32_t len; } others[] = {
		{ "text", 4 }, { "<html>\r\n<head>", 14 }, { "#!fpxe\n\xff", 8 }, { "just words\n", 11 }, { "\x7f" "ELF\x01\x01", 6 },
		{ "MZ\x90\x00", 4 }, { "\x1f\x8b\x08\x00", 4 }, { "\xfd" "7zXZ\x00\x00", 7 }, { "PK\x03\x04\x14", 5 },
		{ "070701\x00", 7 }, { "\x89PNG\r\n\x1a\n", 8 }, { "BZh9\x31\x41", 6 }, { "\x28\xb5\x2f\xfd\x01", 5 },
		{ "\0\0\0\0\0\0\0\0", 8 }, { "\xb8\xff\x4c\xcd\x21\1", 6 }, { "\xff\xff\xff\xff", 4 },
	};

	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		uint8_t file[1024];

		memset(file, i > 12 ? others[i].bytes[0] : 'x', sizeof(file));          /* the last ones are of one value */
		memcpy(file, others[i].bytes, others[i].len);
		if (probe(file, sizeof(file)) != -ENOEXEC || probe(others[i].bytes, others[i].len) != -ENOEXEC)
			test_fail(__FILE__, __LINE__, "number %u is taken for a program", i);
	}
}

TEST(what_base_memory_never_holds_is_none)
{
	uint8_t *large = malloc(0xa0000);

	memset(large, 0x90, 0xa0000);
	large[0] = 0xfa;
	EXPECT_EQ(probe(large, 0xa0000 - 0x7c00), 0);
	EXPECT_EQ(probe(large, 0xa0000 - 0x7c00 + 1), -ENOEXEC);
	free(large);
}

TEST(it_goes_to_0_7c00_and_is_called)
{
	struct image *image = image_of_bytes("x", code, sizeof(code));

	EXPECT_EQ(nbp_format.plan(image, &plan), 0);
	EXPECT(plan.call);
	EXPECT_EQ(plan.count, 1);
	EXPECT_EQ(plan.move[0].dst, 0x7c00);
	EXPECT_EQ(plan.move[0].src, space_phys(&image->block));
	EXPECT_EQ(plan.move[0].len, sizeof(code));
	image_free(image);
}

TEST(one_that_reaches_into_our_own_part_is_refused_with_figures)
{
	uint8_t *large = calloc(1, 0x90000);
	struct image *image;
	int rc;

	large[0] = 0xfa;
	image = image_of_bytes("x", large, HOST_RESIDENT - 0x7c00);
	EXPECT_EQ(nbp_format.plan(image, &plan), 0);
	image_free(image);
	plan_free(&plan);
	image = image_of_bytes("x", large, HOST_RESIDENT - 0x7c00 + 1);
	rc = nbp_format.plan(image, &plan);
	EXPECT_EQ(rc, -ENOMEM);
	EXPECT(error_says(rc, "558081 bytes, and 558080 bytes"));
	image_free(image);
	free(large);
}
