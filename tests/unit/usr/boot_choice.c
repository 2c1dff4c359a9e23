/* SPDX-License-Identifier: BSD-2-Clause */
/* Who says what to boot. */
#include "core/printf.h"
#include "tests/unit/usr/session.h"

#define PROXY 0x0a000209        /* 10.0.2.9 */
#define OTHER 0x0a000207        /* 10.0.2.7 */

static const char menu[] = "\x09\x16\x00\x0f\x0ALinux menu\x00\x00\x06" "A disk" "\xff";
static const struct fake_pxe proxy_file = { .from = PROXY, .file = "p.fpxe", .next_server = PROXY, .after_ms = 50 };
static const struct fake_pxe proxy_ask = { .from = PROXY, .after_ms = 50 };
static const struct fake_pxe proxy_menu = { .from = PROXY, .vendor = menu, .vendor_len = sizeof menu - 1, .after_ms = 50 };
static const struct fake_pxe silent = { .after_ms = FAKE_FOREVER };

static void file(unsigned i, const char *url, const char *contents)
{
	fake_file[i] = (struct fake_file){ .url = url, .contents = contents };
}

TEST(the_leases_own_file_is_taken_at_once_and_said)
{
	uint32_t start = clock_ms();

	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_file;
	fake_port[0].filename = "http://10.0.2.2/s";
	file(0, "http://10.0.2.2/s", "#!fpxe\necho of the lease\n");
	fpxe_main();
	EXPECT(host_console_has("net0: booting \"http://10.0.2.2/s\" of 10.0.2.2\n"));
	EXPECT(host_console_has("\nof the lease\n"));
	EXPECT(clock_ms() - start < 500);
}

TEST(without_a_file_a_proxys_offer_is_waited_for)
{
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_file;
	file(0, "tftp://10.0.2.9/p.fpxe", "#!fpxe\necho of the proxy ${proxydhcp/filename}\n");
	fpxe_main();
	EXPECT(host_console_has("net0: booting \"p.fpxe\" of 10.0.2.9; DHCP server 10.0.2.2 names none\n"));
	EXPECT(host_console_has("\nof the proxy p.fpxe\n"));
	EXPECT_EQ(fake_port[0].asks, 0);
}

TEST(two_seconds_are_waited_and_no_longer)
{
	uint32_t start = clock_ms();

	fake_port[0].waits_for_offers = true;
	host_key_after(100000, ' ');
	fpxe_main();
	EXPECT(host_console_has("net0: not found: DHCP gave 10.0.2.15 but no boot file (options 67 and 43 are empty)"));
	EXPECT(host_console_has("no boot file yet, waiting for ProxyDHCP..."));
	EXPECT(clock_ms() - start >= 2000 + 3000 && clock_ms() - start < 2000 + 3000 + 400);      /* and the prompt's */
}

/* Option 175.176. */
TEST(a_lease_that_says_there_is_no_proxy_is_believed)
{
	uint32_t start = clock_ms();

	fake_port[0].waits_for_offers = true;
	fake_port[0].option_175 = "\xb0\x01\x01";
	fpxe_main();
	EXPECT(clock_ms() - start < 3400);
	EXPECT(host_console_has("no boot file"));
}

TEST(a_proxy_that_named_nothing_is_asked)
{
	static const struct fake_pxe answer = { .from = PROXY, .file = "asked.fpxe", .next_server = OTHER, .after_ms = 10 };

	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_ask;
	fake_port[0].asked = &answer;
	file(0, "tftp://10.0.2.7/asked.fpxe", "#!fpxe\necho asked and got\n");
	fpxe_main();
	EXPECT_EQ(fake_port[0].asks, 1);
	EXPECT_EQ(fake_port[0].asked_ip, PROXY);
	EXPECT(host_console_has("ProxyDHCP (net0 10.0.2.9)... ok\n"));
	EXPECT(host_console_has("net0: booting \"asked.fpxe\" of 10.0.2.9"));
	EXPECT(host_console_has("\nasked and got\n"));
}

TEST(a_proxy_that_does_not_answer_is_said)
{
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_ask;
	fake_port[0].asked = &silent;
	fpxe_main();
	EXPECT(host_console_has("net0: timed out: no PXE server answered"));
}

/* A DHCP server that is a PXE server, too, and wants to be asked itself. */
TEST(a_lease_of_a_pxe_server_without_a_file_is_asked_for)
{
	static const struct fake_pxe own = { .from = 0x0a000202 }, answer = { .from = 0x0a000202, .file = "own", .after_ms = 10 };

	fake_port[0].lease_pxe = &own;
	fake_port[0].asked = &answer;
	file(0, "tftp://10.0.2.2/own", "#!fpxe\necho its own\n");
	fpxe_main();
	EXPECT_EQ(fake_port[0].asked_ip, 0x0a000202);
	EXPECT(host_console_has("\nits own\n"));
}

TEST(another_dhcp_servers_file_is_better_than_none)
{
	static const struct fake_pxe other = { .from = OTHER, .no_class = true, .file = "o", .after_ms = 100 };

	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &other;
	file(0, "tftp://10.0.2.7/o", "#!fpxe\necho others\n");
	fpxe_main();
	EXPECT(host_console_has("net0: booting \"o\" of 10.0.2.7; DHCP server 10.0.2.2 names none\n"));
	EXPECT(host_console_has("\nothers\n"));
}

TEST(a_menu_leads_to_a_boot_server_and_its_file)
{
	static const struct fake_pxe server = { .from = OTHER, .file = "bs.fpxe", .next_server = OTHER, .after_ms = 10 };

	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_menu;
	fake_port[0].boot_server = &server;
	file(0, "tftp://10.0.2.7/bs.fpxe", "#!fpxe\necho from ${pxebs/dhcp-server}\n");
	host_key_after(500, '\r');
	fpxe_main();
	EXPECT(host_console_has("net0: boot menu of 10.0.2.9\n A. Linux menu\n B. A disk\n"));
	EXPECT_EQ(fake_port[0].type, 15);
	EXPECT(host_console_has("PXEBS (net0 type 15)... ok\n"));
	EXPECT(host_console_has("net0: booting \"bs.fpxe\" of 10.0.2.7"));
	EXPECT(host_console_has("\nfrom 10.0.2.7\n"));
}

/* While the menu is shown the network goes on, and may take away what the menu was read from. Each server has its list of boot servers. */
#define MENU(text, address) "\x08\x07\x00\x0f\x01" address "\x09\x16\x00\x0f\x0A" text "\x00\x00\x06" "A disk" "\xff"
static const char menu_first[] = MENU("First menu", "\x0a\x00\x02\x07"), menu_later[] = MENU("Later menu", "\x0a\x00\x02\x08");
static const struct fake_pxe pxe_first = { .from = PROXY, .vendor = menu_first, .vendor_len = sizeof menu_first - 1 };
static const struct fake_pxe pxe_later = { .from = PROXY, .vendor = menu_later, .vendor_len = sizeof menu_later - 1 };
static const struct fake_pxe menus_server = { .from = OTHER, .file = "bs.fpxe", .next_server = OTHER, .after_ms = 10 };
static bool menu_changed;

/** The menu has been there for a while, and it is the first time that this is asked. */
static bool menu_is_up(void)
{
	if (menu_changed || !host_console_has("Boot: A. First menu"))
		return false;
	return menu_changed = true;
}

static struct netif *the_netif(void)
{
	return list_entry(the_net.netifs.next, struct netif, link);
}

static void renewal(uint32_t now_ms)
{
	if (!menu_is_up())
		return;
	settings_wipe(&the_netif()->lease);
	fake_spoil_freed();
	settings_store(&the_netif()->lease, TAG_IP, NULL, "\x0a\x00\x02\x0f", 4);
	fake_lease_pxe(the_netif(), &pxe_later);
	netif_apply_settings(the_netif());
}

static void better_offer(uint32_t now_ms)
{
	if (!menu_is_up())
		return;
	fake_answer(the_netif(), PXE_PROXYDHCP, &pxe_later);
	fake_spoil_freed();
}

static void end_of_lease(void)
{
	settings_wipe(&the_netif()->lease);
	netif_apply_settings(the_netif());
	pxe_answers_forget(the_netif());
	the_netif()->dhcp.state = DHCP_IDLE;
	fake_spoil_freed();
}

static void loss(uint32_t now_ms)
{
	if (menu_is_up())
		end_of_lease();
}

/** Look at all of a menu that @meanwhile takes away, and choose its first item. */
static void choose_from_first_menu(void (*meanwhile)(uint32_t now_ms))
{
	menu_changed = false;
	fake_meanwhile = meanwhile;
	fake_port[0].boot_server = &menus_server;
	file(0, "tftp://10.0.2.7/bs.fpxe", "#!fpxe\necho from ${pxebs/dhcp-server}\n");
	host_key_after(1000, KEY_DOWN);
	host_key_after(1500, KEY_UP);
	host_key_after(2000, '\r');
	fpxe_main();
	EXPECT(menu_changed);
	EXPECT(host_console_has("Boot: B. A disk"));
	EXPECT(host_console_has("Chosen: A. First menu\n"));
	EXPECT(!host_console_has("Later"));
}

static void expect_listed_by_first_menu(void)
{
	EXPECT_EQ(fake_port[0].type, 15);
	EXPECT_EQ(fake_port[0].listed, 0x0a000207);
	EXPECT(host_console_has("\nfrom 10.0.2.7\n"));
}

TEST(a_renewal_changes_nothing_of_a_menu_that_is_shown)
{
	fake_port[0].lease_pxe = &pxe_first;
	choose_from_first_menu(renewal);
	expect_listed_by_first_menu();
}

TEST(a_better_offer_changes_nothing_of_a_menu_that_is_shown)
{
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &pxe_first;
	choose_from_first_menu(better_offer);
	expect_listed_by_first_menu();
}

TEST(a_lease_that_ends_while_the_menu_is_shown_is_said)
{
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &pxe_first;
	choose_from_first_menu(loss);
	EXPECT_EQ(fake_port[0].type, 15);
	EXPECT(host_console_has("net0 has no address"));
}

static void loss_with_the_answer(uint32_t now_ms)
{
	struct boot_server *b = &the_netif()->boot_server;

	if (menu_changed || b->rc != 0 || fake_port[0].asks + fake_port[0].discoveries == 0)
		return;
	menu_changed = true;
	end_of_lease();
}

TEST(a_lease_that_ends_as_the_answer_comes_is_said)
{
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &pxe_first;
	choose_from_first_menu(loss_with_the_answer);
	EXPECT(host_console_has("net0 lost its lease"));
	EXPECT(!host_console_has("boot locally"));
	teardown();
	setup();
	menu_changed = false;
	fake_meanwhile = loss_with_the_answer;
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_ask;
	fake_port[0].asked = &menus_server;
	fpxe_main();
	EXPECT(menu_changed);
	EXPECT(host_console_has("net0 lost its lease"));
}

TEST(local_boot_leaves_the_rest_to_the_bios)
{
	fake_plug(1);
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_menu;
	host_key_after(500, 'b');
	fpxe_main();
	EXPECT(host_console_has("net0: the choice is to boot locally\n"));
	EXPECT_EQ(fake_port[0].discoveries, 0);
	EXPECT_EQ(fake_port[1].discovers, 0);
	EXPECT(!host_console_has("Press Ctrl-B"));
}

TEST(a_file_that_is_just_to_be_booted_needs_no_menu)
{
	static const char vendor[] = "\x06\x01\x08\x09\x16\x00\x0f\x0ALinux menu\x00\x00\x06" "A disk";
	static const struct fake_pxe just = { .from = PROXY, .file = "j", .vendor = vendor, .vendor_len = sizeof vendor - 1 };

	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &just;
	file(0, "tftp://10.0.2.9/j", "#!fpxe\necho just booted\n");
	fpxe_main();
	EXPECT(host_console_has("\njust booted\n"));
}

TEST(a_boot_server_without_a_file_and_one_that_is_silent)
{
	static const struct fake_pxe empty = { .from = OTHER };

	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_menu;
	fake_port[0].boot_server = &empty;
	host_key_after(500, 'a');
	fpxe_main();
	EXPECT(host_console_has("net0: not found: the boot server names no file"));
	teardown();
	setup();
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_menu;
	host_key_after(500, 'a');
	fpxe_main();
	EXPECT(host_console_has("net0: timed out: no PXE server answered"));
}

TEST(a_name_set_by_hand_goes_before_all)
{
	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &proxy_file;
	file(0, "tftp://10.0.2.2/mine", "#!fpxe\necho mine\n");
	run_shell("set filename mine\nautoboot\n");
	EXPECT(host_console_has("net0: booting \"mine\" (set by hand)\n"));
	EXPECT(host_console_has("\nmine\n"));
}

/* That of a diskless Linux, or of a protocol that is not here: kept for whom it means something. */
TEST(a_root_path_that_is_no_disk_is_named_and_kept)
{
	static const char *const paths[] = { "iscsi:10.0.2.2::::iqn.2026-01.org.example:disk", "/srv/root", "10.0.2.2:/srv/root" };

	for (unsigned i = 0; i < 3; i++) {
		char wanted[120];

		setup();
		fake_port[0].root_path = paths[i];
		run_shell("autoboot\nshow net0.dhcp/root-path\n");
		text_format(wanted, sizeof wanted, "DHCP gave 10.0.2.15 but no boot file, and root-path \"%s\" is no disk's URL", paths[i]);
		EXPECT(host_console_has(wanted));
		text_format(wanted, sizeof wanted, "= %s\n", paths[i]);
		EXPECT(host_console_has(wanted));
		teardown();
	}
	setup();
}

TEST(ctrl_c_ends_the_wait_for_offers)
{
	fake_port[0].waits_for_offers = true;
	host_key_after(300, KEY_CTRL('C'));
	fpxe_main();
	EXPECT(host_console_has("net0: cancelled by user\n"));
}

TEST(what_a_proxy_says_cannot_draw_on_the_screen)
{
	static const struct fake_pxe evil = { .from = PROXY, .file = "a\033[2Jb" };

	fake_port[0].waits_for_offers = true;
	fake_port[0].proxy = &evil;
	fpxe_main();
	EXPECT(strstr(host_console_text(), "\033[2J") == NULL);
	EXPECT(host_console_has("booting \"a?[2Jb\" of 10.0.2.9"));
}

TEST(pxebs_finds_a_boot_server)
{
	static const struct fake_pxe server = { .from = OTHER, .file = "x", .next_server = OTHER };

	fake_port[0].boot_server = &server;
	run_shell("dhcp net0\npxebs net0 3\necho ${pxebs/next-server} ${pxebs/filename}\npxebs net0 70000\npxebs net7 1\n");
	EXPECT(host_console_has("PXEBS (net0 type 3)... ok\n"));
	EXPECT(host_console_has("\n10.0.2.7 x\n"));
	EXPECT(host_console_has("\"70000\" is not a boot server's type"));
	EXPECT(host_console_has("no interface \"net7\""));
}
