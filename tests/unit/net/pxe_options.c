/* SPDX-License-Identifier: BSD-2-Clause */
/* Option 43 as PXE servers fill it, and as nobody should. */
#include "net/pxe_options.h"

#include <string.h>
#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

static struct settings_scope scope;

static void setup(void)
{
	host_reset();
	settings_init();
	host_leaks_from_here();
	settings_attach(&scope, settings_root(), "s");
}
static void teardown(void)
{
	settings_detach(&scope);
	EXPECT_EQ(host_heap_held(), 0);
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; test_teardown = teardown; }

static void put(uint8_t sub, const void *value, size_t len)
{
	settings_store(&scope, SETTING_TAG(43, sub), NULL, value, len);
}

/** Put a value into memory that ends where it ends, so that ASan sees who reads on. */
static struct pxe_options options_of(void)
{
	struct pxe_options o;

	pxe_options_read(&o, &scope);
	return o;
}

TEST(nothing_given_is_nothing)
{
	struct pxe_options o = options_of();
	struct pxe_item item;
	uint8_t timeout;
	uint32_t ip;
	bool any;

	EXPECT_EQ(o.control, 0);
	EXPECT_EQ(o.multicast, 0);
	EXPECT(!pxe_menu_item(&o, 0, &item));
	EXPECT(!pxe_prompt(&o, &item, &timeout));
	EXPECT_EQ(pxe_servers(&o, 1, &ip, 1, &any), 0);
	EXPECT(!any);
}

TEST(the_menu_item_by_item)
{
	struct pxe_options o;
	struct pxe_item item;

	put(PXE_MENU, "\x00\x0f\x05Linux\x80\x01\x00\x00\x00\x05Local", 19);
	o = options_of();
	EXPECT(pxe_menu_item(&o, 0, &item) && item.type == 15 && item.len == 5 && memcmp(item.text, "Linux", 5) == 0);
	EXPECT(pxe_menu_item(&o, 1, &item) && item.type == 0x8001 && item.len == 0);
	EXPECT(pxe_menu_item(&o, 2, &item) && item.type == PXE_LOCAL_BOOT && memcmp(item.text, "Local", 5) == 0);
	EXPECT(!pxe_menu_item(&o, 3, &item));
}

TEST(the_prompt)
{
	struct pxe_options o;
	struct pxe_item text;
	uint8_t timeout = 0;

	put(PXE_PROMPT, "\x0aPress F8", 9);
	o = options_of();
	EXPECT(pxe_prompt(&o, &text, &timeout) && timeout == 10 && text.len == 8 && memcmp(text.text, "Press F8", 8) == 0);
	put(PXE_PROMPT, "\xff", 1);
	o = options_of();
	EXPECT(pxe_prompt(&o, &text, &timeout) && timeout == PXE_WAIT_FOREVER && text.len == 0);
	put(PXE_PROMPT, "", 0);
	o = options_of();
	EXPECT(!pxe_prompt(&o, &text, &timeout));
}

TEST(control_and_multicast_are_taken_only_if_they_can_be_meant)
{
	struct pxe_options o;

	put(PXE_CONTROL, "\x0b", 1);
	put(PXE_MULTICAST, "\xe0\x00\x01\x02", 4);
	o = options_of();
	EXPECT_EQ(o.control, PXE_NO_BROADCAST | PXE_NO_MULTICAST | PXE_JUST_BOOT);
	EXPECT_EQ(o.multicast, 0xe0000102);
	put(PXE_CONTROL, "\x0b\x00", 2);
	put(PXE_MULTICAST, "\x0a\x00\x02\x02", 4);      /* a host's */
	o = options_of();
	EXPECT_EQ(o.control, 0);
	EXPECT_EQ(o.multicast, 0);
	put(PXE_CONTROL, "", 0);
	put(PXE_MULTICAST, "\xe0\x00\x01", 3);
	o = options_of();
	EXPECT_EQ(o.control, 0);
	EXPECT_EQ(o.multicast, 0);
}

TEST(servers_of_a_type)
{
	struct pxe_options o;
	uint32_t ip[3];
	bool any;

	put(PXE_SERVERS, "\x00\x0f\x02\x0a\x00\x02\x07\x0a\x00\x02\x08\x00\x10\x01\x0a\x00\x02\x09\x00\x0f\x01\x0a\x00\x02\x0a\x00\x11\x00", 28);
	o = options_of();
	EXPECT_EQ(pxe_servers(&o, 15, ip, 3, &any), 3);
	EXPECT(!any && ip[0] == 0x0a000207 && ip[1] == 0x0a000208 && ip[2] == 0x0a00020a);
	EXPECT_EQ(pxe_servers(&o, 16, ip, 3, &any), 1);
	EXPECT_EQ(ip[0], 0x0a000209);
	EXPECT_EQ(pxe_servers(&o, 17, ip, 3, &any), 0);
	EXPECT(any);
	EXPECT_EQ(pxe_servers(&o, 18, ip, 3, &any), 0);
	EXPECT(!any);
	EXPECT_EQ(pxe_servers(&o, 15, ip, 2, &any), 2); /* no more than there is room for */
	put(PXE_SERVERS, "\x00\x0f\x04\xff\xff\xff\xff\xe0\x00\x00\x01\x7f\x00\x00\x01\x00\x00\x00\x00", 19);
	o = options_of();
	EXPECT_EQ(pxe_servers(&o, 15, ip, 3, &any), 0); /* nobody's addresses */
}

TEST(a_copy_stays_when_the_settings_change)
{
	struct pxe_options o;
	struct pxe_item item;
	uint8_t timeout;
	uint32_t ip;
	bool any;

	put(PXE_CONTROL, "\x01", 1);
	put(PXE_SERVERS, "\x00\x0f\x01\x0a\x00\x02\x07", 7);
	put(PXE_MENU, "\x00\x0f\x05Linux", 8);
	put(PXE_PROMPT, "\x0aPress F8", 9);
	EXPECT_EQ(pxe_options_copy(&o, &scope), 0);
	settings_wipe(&scope);
	put(PXE_SERVERS, "\x00\x0f\x01\x0a\x00\x02\x09", 7);
	put(PXE_MENU, "\x00\x10\x05Other", 8);
	put(PXE_PROMPT, "\xffLooking", 9);
	EXPECT_EQ(o.control, PXE_NO_BROADCAST);
	EXPECT_EQ(pxe_servers(&o, 15, &ip, 1, &any), 1);
	EXPECT_EQ(ip, 0x0a000207);
	EXPECT(pxe_menu_item(&o, 0, &item) && item.type == 15 && item.len == 5 && memcmp(item.text, "Linux", 5) == 0);
	EXPECT(!pxe_menu_item(&o, 1, &item));
	EXPECT(pxe_prompt(&o, &item, &timeout) && timeout == 10 && item.len == 8 && memcmp(item.text, "Press F8", 8) == 0);
	pxe_options_free(&o);
	pxe_options_free(&o);
	EXPECT(!pxe_menu_item(&o, 0, &item));
}

TEST(a_copy_of_nothing_and_one_without_memory)
{
	struct pxe_options o;
	struct pxe_item item;
	uint8_t timeout;

	EXPECT_EQ(pxe_options_copy(&o, &scope), 0);
	EXPECT(!o.servers.data && !o.menu.data && !o.prompt.data);
	pxe_options_free(&o);
	put(PXE_PROMPT, "", 0);
	EXPECT_EQ(pxe_options_copy(&o, &scope), 0);
	EXPECT(!pxe_prompt(&o, &item, &timeout));
	pxe_options_free(&o);
	heap_fail_after(1);
	EXPECT_EQ(pxe_options_copy(&o, &scope), -ENOMEM);
}

/* Every truncation of each, and lengths beyond the end. */
TEST(what_is_cut_off_is_not_there)
{
	static const char menu[] = "\x00\x0f\x05Linux\x00\x00\x05Local", servers[] = "\x00\x0f\x02\x0a\x00\x02\x07\x0a\x00\x02\x08";
	struct pxe_item item;
	uint32_t ip[4];
	bool any;

	for (size_t n = 0; n < sizeof menu - 1; n++) {
		struct pxe_options o;

		put(PXE_MENU, menu, n);
		o = options_of();
		EXPECT_EQ(pxe_menu_item(&o, 0, &item), n >= 8);
		EXPECT(!pxe_menu_item(&o, 1, &item));
	}
	for (size_t n = 0; n < sizeof servers - 1; n++) {
		struct pxe_options o;

		put(PXE_SERVERS, servers, n);
		o = options_of();
		EXPECT_EQ(pxe_servers(&o, 15, ip, 4, &any), n >= 7);
		EXPECT(!any);
	}
	put(PXE_SERVERS, "\x00\x0f\xff\x0a\x00\x02\x07", 7);
	put(PXE_MENU, "\x00\x0f\xffx", 4);
	{
		struct pxe_options o = options_of();

		EXPECT_EQ(pxe_servers(&o, 15, ip, 4, &any), 1);
		EXPECT(!pxe_menu_item(&o, 0, &item));
	}
}
