/* SPDX-License-Identifier: BSD-2-Clause */
/* The property that matters is tested in tests/unit/image/bzimage.c: any layout of images arrives as a byte-wise model says. */
#include "core/heap.h"
#include "image/initrd.h"
#include "tests/unit/image/images.h"

#define PAGE SPACE_PAGE
#define BASE (16 * HOST_MIB)
#define TOP (BASE + 100 * PAGE)

static struct load_plan plan;
static struct image *kernel;

static void begin_test(void)
{
	host_reset();
	machine(BASE, 100 * PAGE, HOST_MIB, TOP - HOST_MIB);
	plan_init(&plan);
	kernel = registered("kernel", "k", 1);
}

static void end_test(void)
{
	images_free_all();
	EXPECT_EQ(host_heap_held(), 0);
}

__attribute__((constructor)) static void begin(void)
{
	test_setup = begin_test;
	test_teardown = end_test;
}

TEST(all_sizes_but_the_last_are_padded_to_four_and_scripts_left_out)
{
	uint32_t bytes;

	EXPECT_EQ(initrd_size(kernel, &bytes), 0);
	EXPECT_EQ(bytes, 0);
	registered("a", "12345", 5);
	registered("s", "#!fpxe\n", 7);
	registered("b", "1234", 4);
	registered("empty", "", 0);
	EXPECT_EQ(initrd_size(kernel, &bytes), 0);
	EXPECT_EQ(bytes, 12);
	EXPECT_EQ(image_set_arguments(image_find("b"), "/b"), 0);
	EXPECT_EQ(initrd_size(kernel, &bytes), 0);
	EXPECT_EQ(bytes, 8 + 116 + 4);
}

TEST(a_bad_argument_is_refused)
{
	uint32_t bytes;

	image_set_arguments(registered("a", "12345", 5), "/a what");
	EXPECT_EQ(initrd_size(kernel, &bytes), -EINVAL);
	EXPECT(error_says(-EINVAL, "\"what\""));
	EXPECT_EQ(initrd_plan(kernel, BASE, &plan), -EINVAL);
}

TEST(an_empty_file_can_be_wrapped_but_not_an_image_without_a_block)
{
	struct image *a = registered("a", "", 0), *b = image_alloc("b", "");
	uint32_t bytes;

	image_set_arguments(a, "/empty");
	EXPECT_EQ(initrd_size(kernel, &bytes), 0);
	EXPECT_EQ(bytes, 120);
	EXPECT_EQ(image_register(b), 0);
	EXPECT_EQ(initrd_size(kernel, &bytes), 0);
	image_set_arguments(b, "/b");
	EXPECT_EQ(initrd_size(kernel, &bytes), -EINVAL);
}

TEST(the_place_is_the_highest_page_within_limits_and_one_region)
{
	struct memmap final = { 3, { { HOST_MIB, 10 * PAGE }, { 2 * HOST_MIB, 20 * PAGE }, { 3 * HOST_MIB, 5 * PAGE } } };
	struct initrd_limits all = { 0, UINT32_MAX };
	uint32_t room;
	phys_t dst;

	host_memmap_set(&final, &final);
	EXPECT(initrd_place(&all, 1, &dst, &room) && dst == 3 * HOST_MIB + 4 * PAGE);
	EXPECT(initrd_place(&all, 5 * PAGE, &dst, &room) && dst == 3 * HOST_MIB);
	EXPECT(initrd_place(&all, 5 * PAGE + 1, &dst, &room) && dst == 2 * HOST_MIB + 14 * PAGE);
	EXPECT(initrd_place(&all, 20 * PAGE, &dst, &room) && dst == 2 * HOST_MIB);
	EXPECT(!initrd_place(&all, 20 * PAGE + 1, &dst, &room) && room == 20 * PAGE);
	EXPECT(!initrd_place(&all, UINT32_MAX, &dst, &room));
	EXPECT(initrd_place(&(struct initrd_limits){ 0, 2 * HOST_MIB + 5 * PAGE + 3 }, PAGE, &dst, &room) && dst == 2 * HOST_MIB + 4 * PAGE);
	EXPECT(!initrd_place(&(struct initrd_limits){ 2 * HOST_MIB + PAGE + 1, 2 * HOST_MIB + 5 * PAGE }, 3 * PAGE + 1, &dst, &room));
	EXPECT_EQ(room, 3 * PAGE);
	EXPECT(!initrd_place(&(struct initrd_limits){ 5 * HOST_MIB, 2 * HOST_MIB }, 1, &dst, &room) && room == 0);
}

TEST(one_alone_stays_where_it_satisfies_the_limits)
{
	struct initrd_limits all = { HOST_MIB, UINT32_MAX };
	struct image *a = registered("a", "12345", 5);
	phys_t at = space_phys(&a->block), dst;

	EXPECT(initrd_stays(kernel, &all, &dst) && dst == at);
	EXPECT(initrd_stays(kernel, &(struct initrd_limits){ at, at + 5 }, &dst));
	EXPECT(!initrd_stays(kernel, &(struct initrd_limits){ at + 1, at + 5 }, &dst));
	EXPECT(!initrd_stays(kernel, &(struct initrd_limits){ at, at + 4 }, &dst));
	image_set_arguments(a, "/a");                   /* its header makes it begin off a page */
	EXPECT(!initrd_stays(kernel, &all, &dst));
	image_set_arguments(a, "");
	registered("b", "1", 1);
	EXPECT(!initrd_stays(kernel, &all, &dst));
}

TEST(one_outside_final_memory_does_not_stay)
{
	struct memmap storage = { 1, { { BASE, 100 * PAGE } } }, final = { 1, { { HOST_MIB, BASE + 98 * PAGE - HOST_MIB } } };
	phys_t dst;

	registered("a", "12345", 5);                    /* the kernel took the two pages at the top, this one the two below */
	host_memmap_set(&storage, &final);
	EXPECT(initrd_stays(kernel, &(struct initrd_limits){ 0, UINT32_MAX }, &dst));
	final.region[0].size -= PAGE;
	host_memmap_set(&storage, &final);
	EXPECT(!initrd_stays(kernel, &(struct initrd_limits){ 0, UINT32_MAX }, &dst));
}

TEST(planning_twice_gives_the_same_bytes)
{
	struct image *a = registered("a", "12345", 5);
	uint8_t first[128];

	image_set_arguments(a, "/dir/a mode=755 mkdir=1");
	EXPECT_EQ(initrd_plan(kernel, BASE, &plan), 0);
	EXPECT_EQ(plan.count, 1);
	memcpy(first, host_phys(plan.move[0].src, 128), 128);
	EXPECT_EQ(initrd_plan(kernel, BASE, &plan), 0);
	EXPECT_MEM(host_phys(plan.move[1].src, 128), first, 128);
	EXPECT_EQ(plan.move[0].src, plan.move[1].src);
	EXPECT_MEM(space_at(&a->block, 0, 5), "12345", 5);
}
