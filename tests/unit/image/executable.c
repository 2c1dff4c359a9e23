/* SPDX-License-Identifier: BSD-2-Clause */
/* image/executable.c: random programs and modules on random machines; in the end every byte is where the plan says. What single
 * parts may be, and words: elf.c and multiboot.c. */
#include "image/executable.h"

#include "image/initrd.h"
#include "tests/unit/image/programs.h"

__attribute__((constructor)) static void begin(void)
{
	test_setup = programs_begin;
	test_teardown = programs_end;
}

static uint32_t state = 1;

static uint32_t draw(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static uint8_t byte_of(unsigned image, uint32_t at) { return (uint8_t)(image * 31 + at * 7 + (at >> 8) * 13); }

static struct image *image_number(unsigned n, uint32_t len)
{
	char name[8];
	struct image *image;

	snprintf(name, sizeof name, "%u", n);
	image = image_alloc(name, "");
	if (!image || space_alloc(&image->block, len) != 0) {
		image_free(image);
		return NULL;
	}
	for (uint32_t i = 0; i < len; i++)
		*space_at(&image->block, i, 1) = byte_of(n, i);
	return image_register(image) == 0 ? image_find(name) : NULL;
}

static bool holds(phys_t at, unsigned image, uint32_t offset, uint32_t len)
{
	const uint8_t *p = host_phys(at, len);

	for (uint32_t i = 0; i < len; i++)
		if (p[i] != byte_of(image, offset + i))
			return false;
	return true;
}

/** One machine of 4 MiB; was there a plan? */
static bool one(void)
{
	uint32_t file_len = 0x1000 + draw(0x30000);
	struct memmap storage = { 1, { { HOST_MIB + draw(200) * 4096, 0x100000 + draw(200) * 4096 } } };
	struct memmap final = { 1, { { HOST_MIB, 4 * HOST_MIB } } };
	struct executable e;
	unsigned modules = draw(5), made = 0;
	phys_t at[5];
	int rc;

	host_memmap_set(&storage, &final);
	space_init();
	e = (struct executable){ .image = image_number(0, file_len) };
	if (!e.image)
		return false;
	for (unsigned i = 0; i < modules; i++)
		made += image_number(i + 1, 1 + draw(0x40000)) != NULL;
	for (unsigned i = 0; i < 3; i++) {
		uint32_t offset = draw(file_len), len = draw(file_len - offset);

		executable_add(&e, &(struct executable_part){ HOST_MIB + draw(0x200000), offset, len, len + draw(0x20000) });
	}
	if (executable_check(&e) != 0)
		return false;
	rc = executable_plan(&e, at, made, &plan);
	if (rc != 0) {
		EXPECT_EQ(rc, -ENOMEM);
		return false;
	}
	plan_execute(&plan);
	host_plan_run();
	for (unsigned i = 0; i < e.count; i++) {
		const struct executable_part *p = &e.part[i];

		EXPECT(holds(p->dst, 0, p->offset, p->file_bytes));
		for (uint32_t z = p->file_bytes; z < p->memory_bytes; z++)
			if (*(uint8_t *)host_phys(p->dst + z, 1))
				return EXPECT(!"zeros behind a part"), true;
	}
	for (unsigned i = 0; i < made; i++) {
		const struct image *module = initrd_next(e.image, NULL);

		for (unsigned skip = i; skip; skip--)
			module = initrd_next(e.image, module);
		EXPECT_EQ(at[i] & 4095, 0);
		EXPECT(holds(at[i], (unsigned)atoi(module->name), 0, module->block.length));
	}
	return true;
}

TEST(every_byte_of_programs_and_modules_arrives_whatever_lies_where)
{
	unsigned planned = 0;

	for (unsigned i = 0; i < 400; i++) {
		planned += one();
		plan_free(&plan);
		images_free_all();
	}
	EXPECT(planned > 200);
}

/* Two modules that stand in each other's place, with a program below them and no room elsewhere. */
TEST(modules_that_cannot_pass_each_other_are_sorted_in_place_first)
{
	struct memmap storage = { 1, { { 5 * HOST_MIB - 0x14000, 0x14000 } } }, final = { 1, { { HOST_MIB, 4 * HOST_MIB } } };
	struct executable e;
	phys_t at[2], first, second;

	host_memmap_set(&storage, &final);
	space_init();
	e = (struct executable){ .image = image_number(0, 0x800) };
	first = space_phys(&image_number(1, 0x6000)->block);
	second = space_phys(&image_number(2, 0x7000)->block);
	EXPECT(second < first);
	EXPECT_EQ(executable_add(&e, &(struct executable_part){ second - 0x800, 0, 0x800, 5 * HOST_MIB - 0xd000 - second + 0x800 }), 0);
	EXPECT_EQ(executable_plan(&e, at, 2, &plan), 0);
	EXPECT(space_phys(&image_find("1")->block) < space_phys(&image_find("2")->block));
	plan_execute(&plan);
	host_plan_run();
	EXPECT_EQ(at[0], 5 * HOST_MIB - 0xd000);
	EXPECT_EQ(at[1], 5 * HOST_MIB - 0x7000);
	EXPECT(holds(at[0], 1, 0, 0x6000));
	EXPECT(holds(at[1], 2, 0, 0x7000));
	EXPECT(holds(second - 0x800, 0, 0, 0x800));
}

TEST(a_place_in_base_memory_keeps_clear_of_every_part)
{
	struct executable e = { .image = image_number(0, 100) };

	EXPECT_EQ(executable_low(&e, 0x10000), 0x10000);
	EXPECT_EQ(executable_add(&e, &(struct executable_part){ 0x1ffff, 0, 1, 1 }), 0);
	EXPECT_EQ(executable_low(&e, 0x10000), 0x20000);
	EXPECT_EQ(executable_low(&e, 0xffff), 0x10000);
	EXPECT_EQ(executable_add(&e, &(struct executable_part){ 0x20000, 0, 100, 0x5ffff }), 0);
	EXPECT_EQ(executable_low(&e, 0x10000), 0);
	EXPECT_EQ(executable_low(&e, 0x71000), 0);
}
