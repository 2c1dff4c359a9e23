/* SPDX-License-Identifier: BSD-2-Clause */
/* core/setting_name.c: what people type after set, show and clear. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "tests/host/host.h"

static struct settings_scope net0, lease0, net1;

static void fresh(void)
{
	host_reset();
	settings_init();
	settings_attach(&net0, settings_root(), "net0");
	settings_attach(&lease0, &net0, "dhcp");
	settings_attach(&net1, settings_root(), "net1");
}

static void no_leaks(void)
{
	settings_detach(&net0);
	settings_detach(&net1);
	settings_wipe(settings_root());
	EXPECT_EQ(host_heap_held(), 0);
}
__attribute__((constructor)) static void use(void) { test_setup = fresh; test_teardown = no_leaks; }

static void shows(const char *name, const char *wanted, const char *canonical)
{
	char buf[200] = "untouched", full[SETTING_NAME_MAX] = "";
	int len = settings_get(name, buf, sizeof(buf), full);

	if (len != (int)strlen(wanted) || strcmp(buf, wanted) != 0)
		test_fail(__FILE__, __LINE__, "%s is \"%s\" (%d), wanted \"%s\"", name, buf, len, wanted);
	EXPECT_STR(full, canonical);
}

static void is_unset(const char *name)
{
	char buf[20];

	EXPECT_EQ(settings_get(name, buf, sizeof(buf), NULL), -ENOENT);
}

TEST(a_name_set_by_hand_is_text_in_the_root)
{
	EXPECT_EQ(settings_set("x", "some words"), 0);
	shows("x", "some words", "x:string");
	EXPECT_EQ(settings_clear("x"), 0);
	is_unset("x");
	EXPECT_EQ(settings_clear("x"), -ENOENT);
}

TEST(a_listed_name_is_parsed_by_its_type)
{
	uint32_t addr = 0;

	EXPECT_EQ(settings_set("net0/ip", "10.0.0.1"), 0);
	EXPECT(settings_find_ipv4(&net0, TAG_IP, false, &addr) && addr == 0x0a000001);
	shows("net0/ip", "10.0.0.1", "net0/ip:ipv4");
	shows("net0.ip", "10.0.0.1", "net0/ip:ipv4");
	shows("ip", "10.0.0.1", "net0/ip:ipv4");
	EXPECT_EQ(settings_set("net0/ip", "10.0.0"), -EINVAL);
	shows("net0/ip", "10.0.0.1", "net0/ip:ipv4");
	is_unset("net1/ip");
}

TEST(a_numeric_tag_keeps_the_type_it_was_set_with)
{
	EXPECT_EQ(settings_set("210:string", "http://h/"), 0);
	shows("210:string", "http://h/", "210:string");
	shows("210", "http://h/", "210:string");
	shows("210:hex", "68:74:74:70:3a:2f:2f:68:2f", "210:hex");
	EXPECT_EQ(settings_set("210", "again"), 0);
	shows("210", "again", "210:string");
}

TEST(a_numeric_tag_from_the_network_is_hex_unless_listed)
{
	EXPECT_EQ(settings_store(&lease0, 210, NULL, "ab", 2), 0);
	shows("210", "61:62", "net0.dhcp/210:hex");
	shows("210:string", "ab", "net0.dhcp/210:string");
	EXPECT_EQ(settings_store(&lease0, 67, NULL, "k", 1), 0);
	shows("67", "k", "net0.dhcp/67:string");
	shows("filename", "k", "net0.dhcp/filename:string");
	EXPECT_EQ(settings_store(&lease0, SETTING_TAG(175, 178), NULL, "\x80", 1), 0);
	shows("175.178:int8", "-128", "net0.dhcp/175.178:int8");
	shows("net0.175.178", "0x80", "net0.dhcp/175.178:uint8");
	shows("net0/dhcp/175.178:hex", "80", "net0.dhcp/175.178:hex");
	EXPECT_EQ(settings_store(&lease0, SETTING_TAG(43, 6), NULL, "\x0b", 1), 0);
	shows("43.6", "0b", "net0.dhcp/43.6:hex");
}

TEST(nested_scopes_are_divided_by_dots_or_slashes)
{
	EXPECT_EQ(settings_set("net0.dhcp/filename", "a"), 0);
	shows("net0.dhcp/filename", "a", "net0.dhcp/filename:string");
	shows("net0/dhcp/filename", "a", "net0.dhcp/filename:string");
	shows("net0.dhcp.filename", "a", "net0.dhcp/filename:string");
	shows("net0/filename", "a", "net0.dhcp/filename:string");
	EXPECT_EQ(settings_clear("net0/filename"), -ENOENT);
	EXPECT_EQ(settings_clear("net0/dhcp/filename"), 0);
	is_unset("filename");
}

TEST(net_x_is_the_newest_interface)
{
	EXPECT_EQ(settings_set("net0/mine", "zero"), 0);
	EXPECT_EQ(settings_set("net1/mine", "one"), 0);
	shows("netX/mine", "one", "net1/mine:string");
	settings_prefer(&net0);
	shows("netX/mine", "zero", "net0/mine:string");
	EXPECT_EQ(settings_set("netX/mine", "new"), 0);
	shows("net0.mine", "new", "net0/mine:string");
}

TEST(dns_is_a_list)
{
	EXPECT_EQ(settings_set("dns", "1.1.1.1,8.8.8.8"), 0);
	shows("dns", "1.1.1.1 8.8.8.8", "dns:ipv4");
	shows("dns:ipv4", "1.1.1.1", "dns:ipv4");
	EXPECT_EQ(settings_set("gateway", "1.1.1.1 8.8.8.8"), 0);
	shows("gateway", "1.1.1.1", "gateway:ipv4");
}

TEST(a_type_in_the_name_overrides)
{
	EXPECT_EQ(settings_set("n:int32", "-5"), 0);
	shows("n", "-5", "n:int32");
	shows("n:uint32", "0xfffffffb", "n:uint32");
	EXPECT_EQ(settings_set("n", "7"), 0);
	shows("n", "7", "n:int32");
	EXPECT_EQ(settings_set("n", "seven"), -EINVAL);
	EXPECT_EQ(settings_set("n:string", "seven"), 0);
	shows("n", "seven", "n:string");
	EXPECT_EQ(settings_set("ip:string", "oops"), 0);
	EXPECT_EQ(settings_set("ip", "10.0.0.1"), 0);
	shows("ip", "10.0.0.1", "ip:ipv4");
	EXPECT_EQ(settings_set("mac:string", "x"), 0);
	EXPECT_EQ(settings_get("mac:uuid", NULL, 0, NULL), -EINVAL);
}

TEST(bad_names_are_refused)
{
	char longest[SETTING_NAME_MAX + 2];

	EXPECT_EQ(settings_set("", "x"), -EINVAL);
	EXPECT_EQ(settings_set(":string", "x"), -EINVAL);
	EXPECT_EQ(settings_set("x:nonsense", "x"), -EINVAL);
	EXPECT_EQ(settings_set("x:", "x"), -EINVAL);
	EXPECT_EQ(settings_set("net0/", "x"), -EINVAL);
	EXPECT_EQ(settings_set("net9/ip", "10.0.0.1"), -ENOENT);
	EXPECT_EQ(settings_set("net9.ip", "10.0.0.1"), -ENOENT);
	EXPECT_EQ(settings_set("/ip", "10.0.0.1"), -ENOENT);
	EXPECT_EQ(settings_set("0:string", "x"), -EINVAL);
	EXPECT_EQ(settings_set("255:string", "x"), -EINVAL);
	EXPECT_EQ(settings_set("43.0:string", "x"), -EINVAL);
	EXPECT_EQ(settings_set("43.255:string", "x"), -EINVAL);
	EXPECT_EQ(settings_set("43.6.1:string", "x"), -EINVAL);
	EXPECT_EQ(settings_set("43.:string", "x"), -EINVAL);
	EXPECT_EQ(settings_set("4294967363:string", "x"), -EINVAL);
	memset(longest, 'a', sizeof(longest));
	longest[SETTING_NAME_MAX] = '\0';
	EXPECT_EQ(settings_set(longest, "x"), -EINVAL);
	longest[SETTING_NAME_MAX - 1] = '\0';
	EXPECT_EQ(settings_set(longest, "x"), 0);
	shows(longest, "x", longest);
}

TEST(values_are_limited_and_cut_text_is_told)
{
	char *big = malloc(SETTING_VALUE_MAX + 2), buf[8];

	memset(big, 'b', SETTING_VALUE_MAX + 1);
	big[SETTING_VALUE_MAX + 1] = '\0';
	EXPECT_EQ(settings_set("x", big), -EFBIG);
	big[SETTING_VALUE_MAX] = '\0';
	EXPECT_EQ(settings_set("x", big), 0);
	EXPECT_EQ(settings_get("x", buf, sizeof(buf), NULL), SETTING_VALUE_MAX);
	EXPECT_STR(buf, "bbbbbbb");
	EXPECT_EQ(settings_get("x", NULL, 0, NULL), SETTING_VALUE_MAX);
	free(big);
	EXPECT_EQ(settings_set("x", ""), 0);
	shows("x", "", "x:string");
}

TEST(lack_of_memory_is_an_error_and_nothing_changes)
{
	EXPECT_EQ(settings_set("x", "old"), 0);
	for (unsigned n = 1; n <= 2; n++) {
		heap_fail_after(n);
		EXPECT_EQ(settings_set("x", "new"), -ENOMEM);
	}
	heap_fail_after(0);
	shows("x", "old", "x:string");
}
