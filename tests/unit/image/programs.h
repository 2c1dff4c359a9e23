/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of 32-bit programs share: ELF and Multiboot files of any shape, and booting them in the fake memory. */
#ifndef TESTS_UNIT_IMAGE_PROGRAMS_H
#define TESTS_UNIT_IMAGE_PROGRAMS_H

#include "core/heap.h"
#include "tests/unit/image/images.h"

static struct load_plan plan;

static inline void programs_begin(void)
{
	host_reset();
	space_init();
	plan_init(&plan);
	error_clear();
}

static inline void programs_end(void)
{
	plan_free(&plan);
	images_free_all();
	EXPECT_EQ(host_heap_held(), 0);
}

/** Plan and carry out; the machine is then as the program finds it. */
static inline int boot(struct image *image)
{
	int rc;

	plan_free(&plan);
	plan_init(&plan);
	if ((rc = image->format->plan(image, &plan)) != 0)
		return rc;
	plan_execute(&plan);
	host_plan_run();
	return 0;
}

static inline uint32_t word(phys_t at) { return get_le(host_phys(at, 4), 4); }

/** A program header. */
struct shape { uint32_t type, offset, virtual, physical, file, memory; };

enum { FILE_BYTES = 0x3000, SHAPES_MAX = 20 };

/** FILE_BYTES of an ELF file with @count program headers, recognisable from 1000h on. */
static inline void elf_file(uint8_t *f, uint32_t entry, const struct shape *shapes, unsigned count)
{
	for (uint32_t i = 0; i < FILE_BYTES; i++)
		f[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + 1);
	memset(f, 0, 0x1000);
	memcpy(f, "\x7f" "ELF\1\1\1", 7);
	set_le(f + 16, 2, 2);
	set_le(f + 18, 2, 3);
	set_le(f + 20, 4, 1);
	set_le(f + 24, 4, entry);
	set_le(f + 28, 4, 52);
	set_le(f + 40, 2, 52);
	set_le(f + 42, 2, 32);
	set_le(f + 44, 2, count);
	for (unsigned i = 0; i < count; i++) {
		const uint32_t fields[8] = { shapes[i].type, shapes[i].offset, shapes[i].virtual, shapes[i].physical, shapes[i].file,
		                             shapes[i].memory, 7, 4096 };

		for (unsigned j = 0; j < 8; j++)
			set_le(f + 52 + 32 * i + 4 * j, 4, fields[j]);
	}
}

/** A Multiboot header at @at, with addresses if @addresses is not NULL: header, load, load end, bss end, entry. */
static inline void multiboot_header(uint8_t *at, uint32_t flags, const uint32_t *addresses)
{
	set_le(at, 4, 0x1badb002);
	set_le(at + 4, 4, flags);
	set_le(at + 8, 4, -(0x1badb002 + flags));
	for (unsigned i = 0; addresses && i < 5; i++)
		set_le(at + 12 + 4 * i, 4, addresses[i]);
}

#endif
