/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/heap.h"
#include "image/bzimage.h"
#include "image/script.h"
#include "tests/unit/image/images.h"

static void begin_test(void)
{
	host_reset();
	space_init();
	error_clear();
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

TEST(images_stand_in_the_order_they_were_registered)
{
	struct image *a = registered("a", "1", 1), *b = registered("b", "2", 1);

	EXPECT(image_next(NULL) == a);
	EXPECT(image_next(a) == b);
	EXPECT(image_next(b) == NULL);
	EXPECT(image_find("a") == a);
	EXPECT(image_find("b") == b);
	EXPECT(image_find("c") == NULL);
	EXPECT(image_find("") == NULL);
}

TEST(a_new_image_replaces_the_one_of_its_name)
{
	struct image *a, *b = registered("a", "1", 1), *c = registered("c", "3", 1);

	EXPECT(image_find("a") == b);
	a = registered("a", "22", 2);
	EXPECT(image_find("a") == a);
	EXPECT(image_next(NULL) == c);
	EXPECT(image_next(c) == a);
	EXPECT(image_next(a) == NULL);
}

TEST(registering_again_moves_to_the_end_and_recognises_anew)
{
	struct image *a = registered("a", "#!fpxe\n", 7), *b = registered("b", "2", 1);

	EXPECT(a->format == &script_format);
	*space_at(&a->block, 0, 1) = 'x';
	EXPECT_EQ(image_register(a), 0);
	EXPECT(a->format == NULL);
	EXPECT(image_next(NULL) == b);
	EXPECT(image_next(b) == a);
}

TEST(an_image_is_found_by_uri_too_names_first)
{
	struct image *a = image_alloc("a", "http://h/x"), *b = image_alloc("http://h/x", "");

	EXPECT_EQ(image_register(a), 0);
	EXPECT(image_find("http://h/x") == a);
	EXPECT_EQ(image_register(b), 0);
	EXPECT(image_find("http://h/x") == b);
}

TEST(a_broken_kernel_is_refused_and_the_one_of_its_name_stays)
{
	struct kernel_shape shape = { .high_bytes = 5000 };
	struct image *good = kernel_image(shape), *cut;
	uint32_t len;
	uint8_t *file = kernel_file(&shape, &len);

	image_select(good);
	cut = image_of_bytes("linux", file, len - 100);
	free(file);
	EXPECT_EQ(image_register(cut), -EPROTO);
	EXPECT(error_says(-EPROTO, "truncated kernel: 7460 bytes, its header promises"));
	EXPECT(image_find("linux") == good);
	EXPECT(image_selected() == good);
}

TEST(formats_are_recognised_when_registered)
{
	struct image *kernel = kernel_image((struct kernel_shape){ .high_bytes = 100 });

	EXPECT(kernel->format == &bzimage_format);
	EXPECT(registered("s", "#!gpxe\n", 7)->format == &script_format);
	EXPECT(registered("t", "text", 4)->format == NULL);
	EXPECT(registered("e", "", 0)->format == NULL);
}

TEST(the_selected_image_is_booted_else_the_only_one_with_a_format)
{
	struct image *a, *s, *k;

	EXPECT(image_selected() == NULL);
	a = registered("a", "1", 1);
	EXPECT(image_selected() == NULL);
	s = registered("s", "#!fpxe\n", 7);
	EXPECT(image_selected() == s);
	k = kernel_image((struct kernel_shape){ .high_bytes = 100 });
	EXPECT(image_selected() == NULL);
	image_select(a);
	EXPECT(image_selected() == a);
	image_select(k);
	EXPECT(image_selected() == k && !a->selected);
	image_select(NULL);
	EXPECT(image_selected() == NULL);
	image_select(k);
	image_free(k);
	EXPECT(image_selected() == s);
}

TEST(arguments_are_copied_and_replaced)
{
	struct image *a = registered("a", "1", 1);
	char words[] = "quiet splash";

	EXPECT_STR(a->arguments, "");
	EXPECT_EQ(image_set_arguments(a, words), 0);
	words[0] = 'x';
	EXPECT_STR(a->arguments, "quiet splash");
	heap_fail_after(1);
	EXPECT_EQ(image_set_arguments(a, "b"), -ENOMEM);
	EXPECT_STR(a->arguments, "quiet splash");
}

TEST(out_of_memory_at_each_step_leaks_nothing)
{
	for (unsigned n = 1; n <= 4; n++) {
		heap_fail_after(n);
		EXPECT(image_alloc("name", "http://h/name") == NULL);
		EXPECT_EQ(host_heap_held(), 0);
	}
	heap_fail_after(0);
	image_free(NULL);
}

TEST(freeing_gives_memory_back_registered_or_not)
{
	uint64_t total, now;
	uint32_t largest;

	space_free_bytes(&total, &largest);
	image_free(image_of_bytes("a", "1", 1));
	image_free(registered("b", "2", 1));
	space_free_bytes(&now, &largest);
	EXPECT_EQ(now, total);
}
