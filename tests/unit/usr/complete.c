/* SPDX-License-Identifier: BSD-2-Clause */
/* TAB: what is completed where. */
#include "tests/unit/test.h"

#include "core/lineedit.h"
#include "image/image.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "usr/complete.h"
#include "usr/wait.h"

static struct lineedit editor;
static struct netif netifs[2];

static void setup(void)
{
	host_reset();
	space_init();
	net_init(&the_net);
	for (unsigned i = 0; i < 2; i++) {
		memcpy(netifs[i].name, i ? "net1" : "net0", 5);
		list_append(&the_net.netifs, &netifs[i].link);
	}
	image_register(image_alloc("vmlinuz", ""));
	image_register(image_alloc("initrd.gz", ""));
	lineedit_init(&editor);
	lineedit_start(&editor);
}
static void teardown(void)
{
	image_free(image_find("vmlinuz"));
	image_free(image_find("initrd.gz"));
	EXPECT_EQ(host_heap_held(), 0);
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; test_teardown = teardown; }

static const char *completed(const char *line)
{
	lineedit_start(&editor);
	lineedit_insert(&editor, line);
	complete(&editor);
	return editor.line;
}

TEST(a_command_is_completed_with_a_space)
{
	EXPECT_STR(completed("auto"), "autoboot ");
	EXPECT_STR(completed("ker"), "kernel ");
	EXPECT_STR(completed("ifco"), "ifconf ");
	EXPECT_STR(host_console_text(), "");
}

TEST(what_several_have_in_common_is_inserted)
{
	EXPECT_STR(completed("pi"), "ping ");
	EXPECT_STR(completed("imgs"), "imgs");
	EXPECT(host_console_has("imgselect"));
	EXPECT(host_console_has("imgstat"));
	EXPECT(!host_console_has("imgfree"));
	host_console_clear();
	EXPECT_STR(completed("dhcp n"), "dhcp net");
	EXPECT_STR(host_console_text(), "");
	EXPECT_STR(completed("dhcp net"), "dhcp net");
	EXPECT(host_console_has("  net0  net1\n"));
}

TEST(after_a_command_interfaces_and_images_are_completed)
{
	EXPECT_STR(completed("imgfree vm"), "imgfree vmlinuz ");
	EXPECT_STR(completed("boot ini"), "boot initrd.gz ");
	EXPECT_STR(completed("boot ker"), "boot ker");
}

TEST(after_an_operator_a_command_is_expected)
{
	EXPECT_STR(completed("dhcp && auto"), "dhcp && autoboot ");
	EXPECT_STR(completed("dhcp || auto"), "dhcp || autoboot ");
	EXPECT_STR(completed("dhcp ; auto"), "dhcp ; autoboot ");
	EXPECT_STR(completed("help auto"), "help autoboot ");
	EXPECT_STR(completed("time auto"), "time autoboot ");
	EXPECT_STR(completed("  auto"), "  autoboot ");
}

TEST(nothing_that_matches_changes_nothing)
{
	EXPECT_STR(completed("xyz"), "xyz");
	EXPECT_STR(completed("boot xyz"), "boot xyz");
	EXPECT_STR(host_console_text(), "");
}

TEST(an_empty_line_shows_all_commands)
{
	EXPECT_STR(completed(""), "");
	EXPECT(host_console_has("autoboot"));
	EXPECT(host_console_has("exit"));
}

TEST(the_word_before_the_cursor_is_completed_not_the_last)
{
	lineedit_start(&editor);
	lineedit_insert(&editor, "auto && x");
	editor.cursor = 4;
	complete(&editor);
	EXPECT_STR(editor.line, "autoboot  && x");
}
