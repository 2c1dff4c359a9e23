/* SPDX-License-Identifier: BSD-2-Clause */
/* image/elf.c: what goes where, what is entered, and what is no such file or a broken one. */
#include "image/elf.h"

#include "tests/unit/image/programs.h"

__attribute__((constructor)) static void begin(void)
{
	test_setup = programs_begin;
	test_teardown = programs_end;
}

static uint8_t file[FILE_BYTES];
static const struct shape two[] = {
	{ 1, 0x1000, 0xc0100000, 0x100000, 0x800, 0x800 }, { 4, 0, 0, 0, 9, 9 }, { 1, 0x2000, 0xc0200000, 0x200000, 0x10, 0x5000 },
};

static struct image *elf_image(uint32_t entry, const struct shape *shapes, unsigned count)
{
	elf_file(file, entry, shapes, count);
	return registered("elf", file, FILE_BYTES);
}

TEST(parts_go_to_their_physical_addresses_and_zeros_behind_them)
{
	struct image *image = elf_image(0x100010, two, 3);

	memset(host_phys(0x200000, 0x6000), 0xee, 0x6000);
	EXPECT(image->format == &elf_format);
	EXPECT_EQ(boot(image), 0);
	EXPECT_MEM(host_phys(0x100000, 0x800), file + 0x1000, 0x800);
	EXPECT_MEM(host_phys(0x200000, 0x10), file + 0x2000, 0x10);
	for (unsigned i = 0x10; i < 0x5000; i += 4)
		EXPECT_EQ(word(0x200000 + i), 0);
	EXPECT_EQ(word(0x205000), 0xeeeeeeee);
	EXPECT_EQ(plan.entry.kind, ENTRY_FLAT32);
	EXPECT_EQ(plan.entry.eip, 0x100010);
	EXPECT_EQ(plan.entry.eax, 0);
	EXPECT_EQ(plan.entry.ebx, 0);
}

TEST(a_virtual_entry_is_found_in_its_part)
{
	EXPECT_EQ(boot(elf_image(0xc0200004, two, 3)), 0);
	EXPECT_EQ(plan.entry.eip, 0x200004);
}

/* Virtual addresses of one part may be physical ones of another. */
TEST(an_entry_that_is_a_physical_address_is_one)
{
	static const struct shape crossed[] = { { 1, 0x1000, 0x200000, 0x100000, 16, 16 }, { 1, 0x1000, 0x100000, 0x200000, 16, 16 } };

	EXPECT_EQ(boot(elf_image(0x200008, crossed, 2)), 0);
	EXPECT_EQ(plan.entry.eip, 0x200008);
}

TEST(base_memory_will_do_too)
{
	static const struct shape low[] = { { 1, 0x1000, 0, 0x10000, 0x1000, 0x20000 } };

	EXPECT_EQ(boot(elf_image(0x10000, low, 1)), 0);
	EXPECT_MEM(host_phys(0x10000, 0x1000), file + 0x1000, 0x1000);
}

static void refused_shape(struct shape shape, int rc, const char *words)
{
	struct executable e;
	struct image *image;
	int got;

	elf_file(file, shape.physical, &shape, 1);
	image = image_of_bytes("elf", file, FILE_BYTES);
	got = elf_parse(image, &e);
	if (got == 0)
		got = executable_check(&e);
	EXPECT_EQ(got, rc);
	EXPECT(error_says(got, words));
	image_free(image);
}

TEST(broken_parts_are_refused_in_words)
{
	refused_shape((struct shape){ 1, 0x2fff, 0, 0x100000, 2, 2 }, -EPROTO, "truncated: 12288 bytes, 12289 are to be loaded");
	refused_shape((struct shape){ 1, UINT32_MAX, 0, 0x100000, UINT32_MAX, UINT32_MAX }, -EPROTO, "truncated");
	refused_shape((struct shape){ 1, 0, 0, 0x100000, 8, 7 }, -EPROTO, "a part of 8 bytes in 7");
	refused_shape((struct shape){ 1, 0, 0, 0xfffff000, 8, 0x1001 }, -EPROTO, "a part of 8 bytes in 4097");
	refused_shape((struct shape){ 1, 0, 0, 0xf0000000, 8, 0x1000 }, -ENOMEM, "need 4 KiB at f0000000, 0 KiB free there");
	refused_shape((struct shape){ 1, 0, 0, 0x0, 8, 0x1000 }, -ENOMEM, "need 4 KiB at 0");
	refused_shape((struct shape){ 1, 0, 0, 0x7f000, 8, 0x1001 }, -ENOMEM, "at 7f000, 4 KiB free");
	refused_shape((struct shape){ 1, 0, 0, 0xa0000, 8, 8 }, -ENOMEM, "at a0000");
	refused_shape((struct shape){ 1, 0, 0, 0x100000, 8, 0x10000000 }, -ENOMEM, "261120 KiB free there");
	refused_shape((struct shape){ 2, 0, 0, 0x100000, 8, 8 }, -EPROTO, "entered at 100000, where nothing is loaded");
	refused_shape((struct shape){ 1, 0, 0, 0x100000, 0, 0 }, -EPROTO, "where nothing is loaded");
}

TEST(parts_that_overlap_or_are_too_many_are_refused)
{
	struct shape many[SHAPES_MAX] = { { 1, 0, 0, 0x100000, 8, 8 }, { 1, 0, 0, 0x100007, 8, 8 } };
	struct executable e;
	struct image *image;

	elf_file(file, 0x100000, many, 2);
	image = image_of_bytes("elf", file, FILE_BYTES);
	EXPECT_EQ(elf_parse(image, &e), -EPROTO);
	EXPECT(error_says(-EPROTO, "two parts at 100007"));
	image_free(image);
	for (unsigned i = 0; i < SHAPES_MAX; i++)
		many[i] = (struct shape){ 1, 0, 0, 0x100000 + 16 * i, 8, 8 };
	for (unsigned count = EXECUTABLE_PARTS_MAX; count <= EXECUTABLE_PARTS_MAX + 1; count++) {
		elf_file(file, 0x100000, many, count);
		image = image_of_bytes("elf", file, FILE_BYTES);
		EXPECT_EQ(elf_parse(image, &e), count == EXECUTABLE_PARTS_MAX ? 0 : -EPROTO);
		image_free(image);
	}
	EXPECT(error_says(-EPROTO, "more than 16 parts"));
}

/* Cut anywhere, it is either no ELF file or a broken one, and never more than that is read. */
TEST(an_elf_file_cut_anywhere_is_refused)
{
	struct executable e;

	elf_file(file, 0x100010, two, 3);
	for (uint32_t len = 0; len < 0x2010; len += len < 200 ? 1 : 61) {
		struct image *image = image_of_bytes("elf", file, len);

		EXPECT_EQ(elf_parse(image, &e), len < 52 ? -ENOEXEC : -EPROTO);
		image_free(image);
	}
}

TEST(other_elf_files_are_none)
{
	static const struct { unsigned at; uint8_t byte; } changes[] = { { 4, 2 }, { 5, 2 }, { 6, 2 }, { 16, 1 }, { 16, 4 }, { 18, 62 }, { 0, 0 } };
	struct executable e;

	for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct image *image;

		elf_file(file, 0x100010, two, 3);
		file[changes[i].at] = changes[i].byte;
		image = image_of_bytes("elf", file, FILE_BYTES);
		EXPECT_EQ(elf_parse(image, &e), -ENOEXEC);
		image_free(image);
	}
}

TEST(program_headers_outside_the_file_or_too_small_are_refused)
{
	static const struct { unsigned at, bytes; uint32_t value; } changes[] = { { 28, 4, UINT32_MAX }, { 28, 4, FILE_BYTES - 95 }, { 42, 2, 31 },
	                                                                          { 44, 2, 65535 } };
	struct executable e;

	for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct image *image;

		elf_file(file, 0x100010, two, 3);
		set_le(file + changes[i].at, changes[i].bytes, changes[i].value);
		image = image_of_bytes("elf", file, FILE_BYTES);
		EXPECT_EQ(elf_parse(image, &e), -EPROTO);
		EXPECT(error_says(-EPROTO, "program headers"));
		image_free(image);
	}
}

TEST(without_a_multiboot_header_it_takes_no_modules)
{
	struct image *image = elf_image(0x100010, two, 3);

	registered("extra", "x", 1);
	EXPECT_EQ(boot(image), -ENOTSUP);
	EXPECT(error_says(-ENOTSUP, "elf takes no extra: it has no Multiboot header"));
}
