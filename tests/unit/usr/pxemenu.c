/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE boot menu: prompt, countdown, choosing. */
#include "usr/pxemenu.h"

#include "net/pxe_options.h"
#include "tests/unit/usr/session.h"

static const char items[] = "\x00\x01\x05" "first\x00\x02\x06" "second\x00\x00\x05" "local";

static int choose(const char *prompt, size_t prompt_len, uint16_t *type)
{
	struct pxe_options o = { .menu = { (const uint8_t *)items, sizeof items - 1 }, .prompt = { (const uint8_t *)prompt, prompt_len } };

	net_init(&the_net);
	*type = 0xffff;
	return pxemenu_choose(&o, type);
}

TEST(the_prompt_counts_down_and_the_first_item_is_taken)
{
	uint32_t start = clock_ms();
	uint16_t type;

	EXPECT_EQ(choose("\x03Press F8", 9, &type), 0);
	EXPECT_EQ(type, 1);
	EXPECT(host_console_has("Press F8 (3)") && host_console_has("Press F8 (2)") && host_console_has("Press F8 (1)"));
	EXPECT(!host_console_has("A. first\n B."));
	EXPECT(host_console_has("Chosen: A. first\n"));
	EXPECT(clock_ms() - start >= 3000 && clock_ms() - start < 3100);
}

TEST(no_time_takes_the_first_item_without_a_word_of_the_prompt)
{
	uint16_t type;

	EXPECT_EQ(choose("\0Press F8", 9, &type), 0);
	EXPECT_EQ(type, 1);
	EXPECT(!host_console_has("Press F8"));
}

TEST(f8_shows_the_menu_and_arrows_move)
{
	uint16_t type;

	host_key_after(1200, KEY_F8);
	host_key_after(1300, KEY_DOWN);
	host_key_after(1400, '\r');
	EXPECT_EQ(choose("\x0aPress F8", 9, &type), 0);
	EXPECT_EQ(type, 2);
	EXPECT(host_console_has(" A. first\n B. second\n C. local\n"));
	EXPECT(host_console_has("Chosen: B. second\n"));
}

TEST(arrows_go_round)
{
	uint16_t type;

	host_key(KEY_UP);
	host_key('\r');
	EXPECT_EQ(choose(NULL, 0, &type), 0);
	EXPECT_EQ(type, 0);
	host_key(KEY_DOWN);
	host_key(KEY_DOWN);
	host_key(KEY_DOWN);
	host_key('\r');
	EXPECT_EQ(choose(NULL, 0, &type), 0);
	EXPECT_EQ(type, 1);
}

TEST(another_key_takes_the_first_item_at_once)
{
	uint32_t start = clock_ms();
	uint16_t type;

	host_key_after(500, ' ');
	EXPECT_EQ(choose("\x0aPress F8", 9, &type), 0);
	EXPECT_EQ(type, 1);
	EXPECT(clock_ms() - start < 600);
}

TEST(a_prompt_for_ever_and_none_at_all_show_the_menu_and_wait)
{
	uint32_t start = clock_ms();
	uint16_t type;

	host_key_after(100000, 'C');
	EXPECT_EQ(choose("\xffPick one", 9, &type), 0);
	EXPECT_EQ(type, 0);
	EXPECT(host_console_has("Pick one\n A. first\n"));
	EXPECT(clock_ms() - start >= 100000);
	host_key('x');                          /* there is no such item */
	host_key(KEY_F8);
	host_key('b');
	EXPECT_EQ(choose(NULL, 0, &type), 0);
	EXPECT_EQ(type, 2);
}

TEST(ctrl_c_escape_and_ctrl_b_end_it)
{
	static const int keys[] = { KEY_CTRL('C'), 0x1b, KEY_CTRL('B') };
	uint16_t type;

	for (unsigned i = 0; i < 3; i++) {
		host_key(keys[i]);
		EXPECT_EQ(choose("\x0aPress F8", 9, &type), -ECANCELED);
		host_key(keys[i]);
		EXPECT_EQ(choose(NULL, 0, &type), -ECANCELED);
		EXPECT(!wait_shell_wanted());
	}
	wait_watch_shell_key(true);
	host_key(KEY_CTRL('B'));
	EXPECT_EQ(choose(NULL, 0, &type), -ECANCELED);
	EXPECT(wait_shell_wanted());
}

static struct pxe_options cut;

static void cut_off(uint32_t now_ms)
{
	cut.menu.len = 0;
}

TEST(a_menu_that_is_gone_when_it_is_read_again)
{
	uint16_t type;

	net_init(&the_net);
	for (unsigned prompted = 0; prompted < 2; prompted++) {
		cut = (struct pxe_options){ .menu = { (const uint8_t *)items, sizeof items - 1 } };
		if (prompted)
			cut.prompt = (struct pxe_bytes){ (const uint8_t *)"\x03Press F8", 9 };
		fake_meanwhile = cut_off;
		host_key_after(500, KEY_DOWN);
		host_key_after(500, '\r');
		EXPECT_EQ(pxemenu_choose(&cut, &type), -EPROTO);
		EXPECT(!host_console_has("Boot: B"));
		EXPECT(!host_console_has("Chosen"));
	}
}

TEST(bad_menus)
{
	struct pxe_options none = { .menu = { (const uint8_t *)"\x00\x01\x09" "x", 4 } };
	static uint8_t many[40 * 4];
	struct pxe_options crowd = { .menu = { many, sizeof many } };
	uint16_t type;

	net_init(&the_net);
	EXPECT_EQ(pxemenu_choose(&none, &type), -EPROTO);
	for (unsigned i = 0; i < 40; i++)
		memcpy(many + 4 * i, (uint8_t[4]){ 0, (uint8_t)i, 1, 0x1b }, 4);
	host_key(KEY_UP);
	host_key('\r');
	EXPECT_EQ(pxemenu_choose(&crowd, &type), 0);
	EXPECT_EQ(type, 25);                    /* as many as there are letters */
	EXPECT(strstr(host_console_plain(), " Z. ?\n") && !strstr(host_console_plain(), " [. "));
}
