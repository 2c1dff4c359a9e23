/* SPDX-License-Identifier: BSD-2-Clause */
/* core/settings.c: the tree, who is found first, replacing and freeing. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "tests/host/host.h"

static struct settings_scope net0, lease0, net1, lease1;

static void fresh(void)
{
	host_reset();
	settings_init();
	settings_attach(&net0, settings_root(), "net0");
	settings_attach(&lease0, &net0, "dhcp");
	settings_attach(&net1, settings_root(), "net1");
	settings_attach(&lease1, &net1, "dhcp");
}

static void no_leaks(void)
{
	settings_detach(&net0);
	settings_detach(&net1);
	settings_wipe(settings_root());
	EXPECT_EQ(host_heap_held(), 0);
}
__attribute__((constructor)) static void use(void) { test_setup = fresh; test_teardown = no_leaks; }

static void store(struct settings_scope *scope, uint32_t tag, const char *name, const char *text)
{
	EXPECT_EQ(settings_store(scope, tag, name, text, strlen(text)), 0);
}

static void finds(const struct settings_scope *scope, uint32_t tag, const char *name, bool deep, const char *wanted)
{
	size_t len = 0;
	const uint8_t *p = settings_find(scope, tag, name, deep, &len);

	if (!wanted) {
		EXPECT(p == NULL);
		return;
	}
	EXPECT(p != NULL);
	EXPECT_EQ(len, strlen(wanted));
	if (p && len == strlen(wanted))
		EXPECT_MEM(p, wanted, len);
}

TEST(a_value_is_found_by_tag_or_name)
{
	store(&net0, TAG_FILENAME, NULL, "a");
	finds(&net0, TAG_FILENAME, NULL, false, "a");
	finds(&net0, 0, "filename", false, "a");
	store(&net0, 0, "filename", "b");
	finds(&net0, 67, NULL, false, "b");
	store(&net0, 0, "mine", "c");
	finds(&net0, 0, "mine", false, "c");
	finds(&net0, 0, "min", false, NULL);
	store(&net0, 0, "mac", "123456");
	finds(&net0, 0, "hwaddr", false, "123456");
	finds(&net1, 0, "mine", false, NULL);
}

TEST(a_nested_tag_is_none_of_its_neighbours)
{
	store(&net0, SETTING_TAG(43, 6), NULL, "nested");
	finds(&net0, 43, NULL, false, NULL);
	finds(&net0, 6, NULL, false, NULL);
	finds(&net0, SETTING_TAG(43, 7), NULL, false, NULL);
	finds(&net0, SETTING_TAG(43, 6), NULL, false, "nested");
}

TEST(a_shallow_search_stays_in_its_scope)
{
	store(&lease0, TAG_FILENAME, NULL, "lease");
	finds(&net0, TAG_FILENAME, NULL, false, NULL);
	finds(&net0, TAG_FILENAME, NULL, true, "lease");
	finds(&net1, TAG_FILENAME, NULL, true, NULL);
}

TEST(the_root_then_the_newest_interface_with_its_children_come_first)
{
	store(&lease0, TAG_FILENAME, NULL, "lease0");
	finds(settings_root(), TAG_FILENAME, NULL, true, "lease0");
	store(&net0, TAG_FILENAME, NULL, "net0");
	store(&lease1, TAG_FILENAME, NULL, "lease1");
	finds(settings_root(), TAG_FILENAME, NULL, true, "lease1");
	settings_prefer(&net0);
	finds(settings_root(), TAG_FILENAME, NULL, true, "net0");
	settings_prefer(&net1);
	store(settings_root(), TAG_FILENAME, NULL, "root");
	finds(settings_root(), TAG_FILENAME, NULL, true, "root");
	finds(&net0, TAG_FILENAME, NULL, true, "net0");
}

TEST(storing_again_replaces)
{
	size_t held;

	store(&net0, 0, "x", "one");
	held = host_heap_held();
	store(&net0, 0, "x", "two");
	EXPECT_EQ(host_heap_held(), held);
	finds(&net0, 0, "x", false, "two");
	EXPECT_EQ(settings_store(&net0, 0, "x", NULL, 0), 0);
	finds(&net0, 0, "x", false, "");
}

TEST(wiping_and_detaching_free_all)
{
	for (unsigned tag = 1; tag < 255; tag++)
		store(&lease0, tag, NULL, "value");
	settings_wipe(&lease0);
	finds(&lease0, 1, NULL, false, NULL);
	store(&lease0, 1, NULL, "again");
	store(&net0, 1, NULL, "again");
	settings_detach(&net0);
	finds(settings_root(), 1, NULL, true, NULL);
	EXPECT_EQ(host_heap_held(), 0);
	settings_attach(&net0, settings_root(), "net0");
}

TEST(sizes_are_limited_and_lack_of_memory_keeps_the_old)
{
	static uint8_t big[SETTING_VALUE_MAX + 1];

	EXPECT_EQ(settings_store(&net0, 9, NULL, big, SETTING_VALUE_MAX), 0);
	EXPECT_EQ(settings_store(&net0, 9, NULL, big, SETTING_VALUE_MAX + 1), -EFBIG);
	store(&net0, 0, "x", "old");
	heap_fail_after(1);
	EXPECT_EQ(settings_store(&net0, 0, "x", "new", 3), -ENOMEM);
	finds(&net0, 0, "x", false, "old");
}

TEST(the_generation_rises_with_each_change_only)
{
	uint32_t before;

	store(&net0, 1, NULL, "a");
	before = settings_generation;
	store(&net0, 1, NULL, "a");
	settings_wipe(&lease1);
	EXPECT_EQ(settings_generation, before);
	store(&net0, 1, NULL, "b");
	EXPECT(settings_generation != before);
	before = settings_generation;
	settings_wipe(&net0);
	EXPECT(settings_generation != before);
	before = settings_generation;
	settings_prefer(&net0);
	EXPECT(settings_generation != before);
}

TEST(an_ipv4_is_the_first_of_a_list_in_host_order)
{
	uint32_t addr = 0;

	EXPECT_EQ(settings_store(&lease0, TAG_DNS, NULL, "\x0a\x00\x02\x03\x08\x08\x08\x08", 8), 0);
	EXPECT(settings_find_ipv4(settings_root(), TAG_DNS, true, &addr) && addr == 0x0a000203);
	EXPECT(!settings_find_ipv4(&net0, TAG_DNS, false, &addr));
	EXPECT_EQ(settings_store(&lease0, TAG_GATEWAY, NULL, "\x0a\x00\x02", 3), 0);
	EXPECT(!settings_find_ipv4(&lease0, TAG_GATEWAY, true, &addr));
}
