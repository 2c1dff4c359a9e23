/* SPDX-License-Identifier: BSD-2-Clause */
/* image/multiboot.c: both ways to say where a kernel goes, and everything that it is told. */
#include "image/multiboot.h"

#include "config/general.h"
#include "tests/unit/image/programs.h"

__attribute__((constructor)) static void begin(void)
{
	test_setup = programs_begin;
	test_teardown = programs_end;
}

static uint8_t file[FILE_BYTES];
static const struct shape whole[] = { { 1, 0x1000, 0xc0100000, 0x100000, 0x2000, 0x8000 } };
/* The header at 100h of the file, which is loaded from 40h on: to 200000h, 2000h bytes, and zeros up to 208000h */
static const uint32_t addresses[5] = { 0x2000c0, 0x200000, 0x202000, 0x208000, 0x200010 };

static void elf_kernel_file(uint32_t flags)
{
	elf_file(file, 0x100020, whole, 1);
	multiboot_header(file + 0x400, flags, NULL);
}

static struct image *elf_kernel(void)
{
	elf_kernel_file(3);
	return registered("kernel", file, FILE_BYTES);
}

static const char *text(phys_t at) { return host_phys(at, 100); }

TEST(a_kernel_is_told_its_name_arguments_memory_and_who_loaded_it)
{
	struct image *kernel = elf_kernel();
	phys_t info, map;

	EXPECT(kernel->format == &multiboot_format);
	image_set_arguments(kernel, "console=com1 quiet");
	EXPECT_EQ(boot(kernel), 0);
	EXPECT_MEM(host_phys(0x100000, 0x2000), file + 0x1000, 0x2000);
	EXPECT_EQ(word(0x102000), 0);
	EXPECT_EQ(plan.entry.kind, ENTRY_FLAT32);
	EXPECT_EQ(plan.entry.eip, 0x100020);
	EXPECT_EQ(plan.entry.eax, 0x2badb002);
	info = plan.entry.ebx;
	EXPECT_EQ(word(info), 0x24d);
	EXPECT_EQ(word(info + 4), 639);
	EXPECT_EQ(word(info + 8), 255 * 1024);
	EXPECT_STR(text(word(info + 16)), "kernel console=com1 quiet");
	EXPECT_EQ(word(info + 20), 0);
	EXPECT_STR(text(word(info + 64)), CONFIG_PRODUCT_NAME " " CONFIG_PRODUCT_VERSION);
	map = word(info + 48);
	EXPECT_EQ(word(info + 44), 3 * 24);
	EXPECT_EQ(word(map), 20);
	EXPECT_EQ(word(map + 12), 0x9fc00);
	EXPECT_EQ(word(map + 20), 1);
	EXPECT_EQ(word(map + 24 + 4), 0x9fc00);
	EXPECT_EQ(word(map + 24 + 20), 2);
	EXPECT_EQ(word(map + 48 + 4), 0x100000);
	EXPECT_EQ(word(map + 48 + 12), 255 << 20);
}

TEST(the_addresses_of_a_header_say_where_the_file_goes)
{
	struct image *kernel;

	memset(file, 0x5a, sizeof file);
	multiboot_header(file + 0x100, 0x10003, addresses);
	kernel = registered("kernel", file, FILE_BYTES);
	memset(host_phys(0x200000, 0x9000), 0xee, 0x9000);
	EXPECT_EQ(boot(kernel), 0);
	EXPECT_MEM(host_phys(0x200000, 0x2000), file + 0x40, 0x2000);
	EXPECT_EQ(word(0x202000), 0);
	EXPECT_EQ(word(0x207ffc), 0);
	EXPECT_EQ(word(0x208000), 0xeeeeeeee);
	EXPECT_EQ(plan.entry.eip, 0x200010);
}

/* 3.1.3: no load end is the file's end, no bss end none. An ELF file may have addresses, which then count. */
TEST(ends_that_are_zero_are_the_files)
{
	static const uint32_t open[5] = { 0x200100, 0x200000, 0, 0, 0x200000 };
	struct image *kernel;

	elf_file(file, 0x100020, whole, 1);
	multiboot_header(file + 0x100, 0x10000, open);
	kernel = registered("kernel", file, FILE_BYTES);
	EXPECT_EQ(boot(kernel), 0);
	EXPECT_MEM(host_phys(0x200000, FILE_BYTES), file, FILE_BYTES);
	EXPECT_EQ(plan.count, 1);
	EXPECT_EQ(plan.entry.eip, 0x200000);
}

TEST(modules_are_page_aligned_and_told_with_their_names_and_arguments)
{
	static const char *const names[] = { "one", "two", "none", "three" };
	static const uint32_t lengths[] = { 5000, 4096, 0, 1 };
	struct image *kernel = elf_kernel(), *script = image_of_text("script", "#!fpxe\n"), *image;
	uint8_t data[5000];
	phys_t info, list;

	EXPECT_EQ(image_register(script), 0);
	for (unsigned i = 0; i < 4; i++) {
		memset(data, (int)(i + 1), sizeof data);
		image = registered(names[i], data, lengths[i]);
		image_set_arguments(image, i == 1 ? "root=/dev/ram0 x" : "");
	}
	EXPECT_EQ(boot(kernel), 0);
	info = plan.entry.ebx;
	EXPECT_EQ(word(info + 20), 4);
	list = word(info + 24);
	for (unsigned i = 0; i < 4; i++, list += 16) {
		phys_t start = word(list);

		memset(data, (int)(i + 1), sizeof data);
		EXPECT_EQ(start & 4095, 0);
		EXPECT_EQ(word(list + 4) - start, lengths[i]);
		EXPECT_MEM(host_phys(start, lengths[i]), data, lengths[i]);
		EXPECT_STR(text(word(list + 8)), i == 1 ? "two root=/dev/ram0 x" : names[i]);
		EXPECT_EQ(word(list + 12), 0);
	}
}

/* Storage is where the kernel is to go: everything moves, and arrives. */
TEST(modules_in_the_kernels_way_go_elsewhere)
{
	for (uint32_t storage = 1; storage <= 2; storage++) {
		static uint8_t large[3][200000];
		struct image *kernel;
		phys_t list;

		machine(storage << 20, HOST_MIB, HOST_MIB, 3 * HOST_MIB);
		elf_file(file, 0x100020, (struct shape[]){ { 1, 0x1000, 0, 0x100000, 0x2000, 0x180000 } }, 1);
		multiboot_header(file + 0x400, 1, NULL);
		kernel = registered("kernel", file, FILE_BYTES);
		for (unsigned i = 0; i < 3; i++) {
			memset(large[i], (int)i + 1, sizeof large[i]);
			registered((const char *[]){ "a", "b", "c" }[i], large[i], sizeof large[i]);
		}
		EXPECT_EQ(boot(kernel), 0);
		EXPECT_MEM(host_phys(0x100000, 0x2000), file + 0x1000, 0x2000);
		list = word(plan.entry.ebx + 24);
		for (unsigned i = 0; i < 3; i++, list += 16) {
			EXPECT(word(list) >= 0x280000);
			EXPECT_EQ(word(list) & 4095, 0);
			EXPECT_MEM(host_phys(word(list), sizeof large[i]), large[i], sizeof large[i]);
		}
		images_free_all();
	}
}

TEST(modules_that_do_not_fit_above_the_kernel_are_refused_with_figures)
{
	struct image *kernel;
	static uint8_t large[0x90000];

	machine(HOST_MIB, HOST_MIB, HOST_MIB, 2 * HOST_MIB);
	elf_file(file, 0x100020, (struct shape[]){ { 1, 0x1000, 0, 0x100000, 0x2000, 0x180000 } }, 1);
	multiboot_header(file + 0x400, 1, NULL);
	kernel = registered("kernel", file, FILE_BYTES);
	registered("large", large, sizeof large);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "modules: need 0.5 MiB, 0.5 MiB free above the program"));
}

TEST(what_it_is_told_keeps_out_of_a_kernel_in_base_memory)
{
	struct image *kernel;

	elf_file(file, 0x10000, (struct shape[]){ { 1, 0x1000, 0, 0x8000, 0x2000, 0x10000 } }, 1);
	multiboot_header(file + 0x400, 0, NULL);
	kernel = registered("kernel", file, FILE_BYTES);
	EXPECT_EQ(boot(kernel), 0);
	EXPECT_EQ(plan.low_dst, 0x20000);
	EXPECT_MEM(host_phys(0x8000, 0x2000), file + 0x1000, 0x2000);
	images_free_all();
	elf_file(file, 0x10000, (struct shape[]){ { 1, 0x1000, 0, 0x8000, 0x2000, 0x78000 } }, 1);
	multiboot_header(file + 0x400, 0, NULL);
	kernel = registered("kernel", file, FILE_BYTES);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "no room for what a Multiboot kernel is told"));
}

TEST(requirements_that_cannot_be_met_are_refused)
{
	struct image *kernel;

	for (unsigned bit = 0; bit < 32; bit++) {
		if (bit == 16)
			continue;
		elf_kernel_file(1u << bit);
		kernel = registered("kernel", file, FILE_BYTES);
		EXPECT_EQ(boot(kernel), bit >= 2 && bit < 16 ? -ENOTSUP : 0);
	}
	elf_kernel_file(4);
	kernel = registered("kernel", file, FILE_BYTES);
	EXPECT_EQ(boot(kernel), -ENOTSUP);
	EXPECT(error_says(-ENOTSUP, "requires what is not there (flags 4)"));
}

static int probe(const uint8_t *data, uint32_t len)
{
	struct image *image = image_of_bytes("kernel", data, len);
	int rc = multiboot_format.probe(image);

	image_free(image);
	return rc;
}

TEST(the_header_lies_in_the_first_8_kib_at_a_multiple_of_4_and_adds_up)
{
	for (uint32_t at = 8180 - 12; at <= 8192; at++) {
		elf_file(file, 0x100020, whole, 1);
		multiboot_header(file + at, 3, NULL);
		EXPECT_EQ(probe(file, FILE_BYTES), at % 4 == 0 && at + 12 <= 8192 ? 0 : -ENOEXEC);
	}
	elf_kernel_file(3);
	file[0x408]++;
	EXPECT_EQ(probe(file, FILE_BYTES), -ENOEXEC);
}

TEST(grubs_pxe_program_is_none)
{
	memset(file, 0x5a, sizeof file);
	multiboot_header(file + 0x100, 0x10003, addresses);
	EXPECT_EQ(probe(file, FILE_BYTES), 0);
	memcpy(file, "\xb2\x7f\xea\0\x82", 5);
	EXPECT_EQ(probe(file, FILE_BYTES), -ENOEXEC);
}

TEST(addresses_that_contradict_the_file_are_refused)
{
	static const uint32_t wrong[][5] = {
		{ 0x2000c0, 0x200000, 0x204000, 0, 0x200010 },          /* more than there is */
		{ 0x2000c0, 0x200000, 0x1fffff, 0, 0x200010 },          /* an end before the beginning */
		{ 0x2000c0, 0x200000, 0x202000, 0x201000, 0x200010 },   /* the bss before the end */
		{ 0x2000c0, 0x200000, 0x202000, 0x208000, 0x208000 },   /* entered behind the end */
		{ 0x2000c0, 0x200000, 0x202000, 0x208000, 0x1fffff },
		{ 0x1fffff, 0x200000, 0x202000, 0, 0x200010 },          /* the header before the beginning */
		{ 0x200101, 0x200000, 0x202000, 0, 0x200010 },          /* loaded from before the file */
		{ 0xffffffff, 0xffffff00, 0, 0, 0xffffff00 },           /* beyond 4 GiB */
	};

	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		memset(file, 0x5a, sizeof file);
		multiboot_header(file + 0x100, 0x10003, wrong[i]);
		EXPECT_EQ(probe(file, FILE_BYTES), -EPROTO);
	}
	memset(file, 0x5a, sizeof file);
	multiboot_header(file + 0x100, 3, NULL);
	EXPECT_EQ(probe(file, FILE_BYTES), -EPROTO);
	EXPECT(error_says(-EPROTO, "no addresses in the header, and no 32-bit ELF file"));
}

TEST(a_kernel_cut_anywhere_is_none_or_a_broken_one)
{
	memset(file, 0x5a, sizeof file);
	multiboot_header(file + 0x100, 0x10003, addresses);
	for (uint32_t len = 0; len < 0x2040; len += len < 400 ? 1 : 61)
		EXPECT_EQ(probe(file, len), len < 0x10c ? -ENOEXEC : -EPROTO);
	EXPECT_EQ(probe(file, 0x2040), 0);
	elf_kernel_file(3);
	for (uint32_t len = 0; len < 0x3000; len += len < 200 ? 1 : 61)
		EXPECT_EQ(probe(file, len), len < 0x40c ? -ENOEXEC : -EPROTO);
}

TEST(too_much_text_or_too_many_modules_are_refused)
{
	struct image *kernel = elf_kernel();
	char name[20], *line = malloc(4200);

	memset(line, 'x', 4199);
	line[4199] = '\0';
	image_set_arguments(kernel, line);
	EXPECT_EQ(boot(kernel), -EMSGSIZE);
	EXPECT(error_says(-EMSGSIZE, "names and arguments of more than 4096 bytes"));
	image_set_arguments(kernel, "");
	registered("module", "x", 1);
	image_set_arguments(image_find("module"), line);
	EXPECT_EQ(boot(kernel), -EMSGSIZE);
	image_set_arguments(image_find("module"), "");
	for (unsigned i = 1; i <= 32; i++) {
		EXPECT_EQ(boot(kernel), 0);
		snprintf(name, sizeof name, "module%u", i);
		registered(name, "x", 1);
	}
	EXPECT_EQ(boot(kernel), -ENOSPC);
	free(line);
}

TEST(no_memory_is_an_error_and_leaks_nothing)
{
	struct image *kernel = elf_kernel();

	heap_fail_after(1);
	EXPECT_EQ(boot(kernel), -ENOMEM);
	heap_fail_after(0);
	EXPECT_EQ(boot(kernel), 0);
}
