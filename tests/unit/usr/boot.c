/* SPDX-License-Identifier: BSD-2-Clause */
/* The way out: an image is planned, the network closed, the plan carried out; what fails leaves a shell that works. */
#include "tests/unit/usr/session.h"

#include "image/script.h"
#include "usr/fetch.h"

/* A kind of image that begins with "BOOT"; what follows is its plan's error, or nothing. */
static int boots_probe(const struct image *image)
{
	const uint8_t *bytes = image_bytes(image, 0, 4);

	return bytes && memcmp(bytes, "BOOT", 4) == 0 ? 0 : bytes && memcmp(bytes, "BROK", 4) == 0 ? fail(-EPROTO, "broken") : -ENOEXEC;
}
static int boots_plan(const struct image *image, struct load_plan *plan)
{
	if (image->block.length > 4)
		return fail(-ENOMEM, "no room for %s %s", image->name, image->arguments);
	return plan_move(plan, 0x100000, space_phys(&image->block), 4);
}
static int boots_fits(const struct image *image, uint64_t more)
{
	return more <= 9 ? 0 : fail(-ENOMEM, "%s takes modules of 9 bytes", image->name);
}
static const struct image_format boots = { .name = "boots", .probe = boots_probe, .plan = boots_plan, .fits = boots_fits };

static void serve(void)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/good", .contents = "BOOT" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/large", .contents = "BOOT much" };
	fake_file[2] = (struct fake_file){ .url = "http://10.0.2.2/broken", .contents = "BROKEN" };
	fake_file[3] = (struct fake_file){ .url = "http://10.0.2.2/script", .contents = "#!fpxe\nkernel good && boot\n" };
	fake_file[4] = (struct fake_file){ .url = "http://10.0.2.2/slow", .contents = "BOOT", .over_ms = 2000 };
}

/** Type @lines, which boot something ("": what is embedded does): true if they did. */
static bool boots_by(const char *lines)
{
	struct netif *netif;

	serve();
	host_system.entry.shell = *lines != '\0';
	host_type(lines);
	switch (host_catch()) {
	case HOST_BOOTED:
		break;
	default:
		return false;
	case HOST_STAYED:
		fpxe_main();
		return false;
	}
	/* The machine is gone, and what it held. */
	netif = list_entry(the_net.netifs.next, struct netif, link);
	EXPECT(!netif->open);
	settings_detach(&netif->lease);
	settings_detach(&netif->settings);
	settings_wipe(settings_root());
	while (image_next(NULL))
		image_free(image_next(NULL));
	fetch_restore_base(NULL);
	fake_downloads = 0;
	host_leaks_from_here();
	return true;
}

/* A kind that begins with "CALL": a PXE program. */
static int calls_probe(const struct image *image)
{
	const uint8_t *bytes = image_bytes(image, 0, 4);

	return bytes && memcmp(bytes, "CALL", 4) == 0 ? 0 : -ENOEXEC;
}
static int calls_plan(const struct image *image, struct load_plan *plan)
{
	plan->call = true;
	return plan_move(plan, PLAN_PROGRAM_PLACE, 0x100000, 4);
}

static const struct image_format calls = { .name = "calls", .probe = calls_probe, .plan = calls_plan };
const struct image_format *const image_formats[] = { &boots, &calls, &script_format, NULL };

static void serve_programs(const char *script)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/program", .contents = "CALL" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/good", .contents = "BOOT" };
	fake_file[2] = (struct fake_file){ .url = "tftp://10.0.2.2/next", .contents = "CALL" };
	fake_file[3] = (struct fake_file){ .url = "http://10.0.2.2/script", .contents = script, .len = strlen(script) };
	host_system.entry.shell = true;
}

TEST(a_program_that_returns_comes_back_to_the_shell)
{
	serve_programs("");
	host_type("dhcp\nchain http://10.0.2.2/program && echo came back\nexit\n");
	fpxe_main();
	EXPECT_EQ(host_system.calls, 1);
	EXPECT_EQ(host_system.plans, 0);
	EXPECT(host_console_has("Booting program\ncame back\n"));
}

TEST(a_programs_error_is_said)
{
	serve_programs("");
	host_system.call_result = -EIO;
	host_type("dhcp\nchain http://10.0.2.2/program || echo failed\nexit\n");
	fpxe_main();
	EXPECT(host_console_has("failed\n"));
}

TEST(a_program_has_all_memory_images_are_gone_after_it)
{
	serve_programs("");
	host_type("dhcp\ninitrd http://10.0.2.2/good\nkernel http://10.0.2.2/program\nboot\nimgstat && echo listed\nexit\n");
	fpxe_main();
	EXPECT_EQ(host_system.calls, 1);
	EXPECT(host_console_has("imgstat && echo listed\nlisted\n"));
}

TEST(a_script_goes_on_when_its_program_returns)
{
	serve_programs("#!fpxe\nchain program\necho and on\nchain program\necho and again\n");
	host_type("dhcp\nchain http://10.0.2.2/script\nexit\n");
	fpxe_main();
	EXPECT_EQ(host_system.calls, 2);
	EXPECT(host_console_has("and on\n"));
	EXPECT(host_console_has("and again\n"));
}

TEST(a_script_too_long_to_be_kept_calls_no_program)
{
	static char text[100001] = "#!fpxe\nchain program || echo refused\n";

	memset(text + strlen(text), '\n', 100000 - strlen(text));
	serve_programs(text);
	host_type("dhcp\nchain http://10.0.2.2/script\nexit\n");
	fpxe_main();
	EXPECT_EQ(host_system.calls, 0);
	EXPECT(host_console_has("refused\n"));
}

TEST(a_program_may_name_the_next)
{
	serve_programs("");
	host_system.call_next[0] = "tftp://10.0.2.2/next";
	host_type("dhcp\nchain http://10.0.2.2/program\nexit\n");
	fpxe_main();
	EXPECT_EQ(host_system.calls, 2);
	EXPECT(host_console_has("Booting next\n"));
}

TEST(a_next_program_that_is_not_there_is_said)
{
	serve_programs("");
	host_system.call_next[0] = "tftp://10.0.2.2/none";
	host_type("dhcp\nchain http://10.0.2.2/program || echo failed\nexit\n");
	fpxe_main();
	EXPECT_EQ(host_system.calls, 1);
	EXPECT(host_console_has("failed\n"));
}

TEST(a_kernel_is_booted_after_the_network_is_closed)
{
	EXPECT(boots_by("dhcp\nkernel http://10.0.2.2/good a b\nboot\n"));
	EXPECT_EQ(host_system.plans, 1);
	EXPECT_EQ(host_system.plan.count, 1);
	EXPECT_EQ(host_system.plan.move[0].dst, 0x100000);
	EXPECT_EQ(fake_port[0].closed, 1);
	EXPECT(host_console_has("Booting good\n"));
}

TEST(chain_boots_at_once)
{
	EXPECT(boots_by("dhcp\nchain http://10.0.2.2/good\n"));
	EXPECT(host_console_has("Booting good\n"));
}

TEST(a_script_boots_what_it_fetched)
{
	EXPECT(boots_by("dhcp\nchain http://10.0.2.2/script\n"));
	EXPECT(host_console_has("Booting good\n"));
}

TEST(the_only_image_that_can_be_booted_needs_no_name)
{
	EXPECT(boots_by("dhcp\ninitrd http://10.0.2.2/good\nboot\n"));
}

TEST(a_plan_that_cannot_be_made_leaves_network_and_images)
{
	serve();
	run_shell("dhcp\nkernel http://10.0.2.2/large word\nboot\nimgstat\nroute\n");
	EXPECT(host_console_has("boot: out of memory: no room for large word ["));
	EXPECT(host_console_has("large: 9 bytes boots, selected \"word\"\n"));
	EXPECT(host_console_has("gw 10.0.2.2\n"));
	EXPECT_EQ(host_system.plans, 0);
}

TEST(a_broken_image_is_refused_and_not_kept)
{
	serve();
	run_shell("dhcp\nkernel http://10.0.2.2/broken\nchain http://10.0.2.2/broken\nimgstat\n");
	EXPECT(host_console_has("kernel http://10.0.2.2/broken: protocol error: broken ["));
	EXPECT(host_console_has("chain http://10.0.2.2/broken: protocol error: broken ["));
	EXPECT(!host_console_has("6 bytes"));
}

TEST(what_cannot_be_chained_does_not_stay)
{
	serve();
	run_shell("dhcp\nchain http://10.0.2.2/large\nimgstat\n");
	EXPECT(host_console_has("chain http://10.0.2.2/large: out of memory"));
	EXPECT(!host_console_has("9 bytes"));
}

TEST(a_boot_that_cannot_begin_is_an_error_and_the_network_can_be_had_again)
{
	serve();
	host_system.plan_result = -EIO;
	run_shell("dhcp\nkernel http://10.0.2.2/good\nboot\ndhcp\ninitrd -n again http://10.0.2.2/large\nimgstat\n");
	EXPECT(host_console_has("boot: input/output error"));
	EXPECT(host_console_has("again: 9 bytes"));
}

TEST(a_module_that_the_kernel_cannot_be_booted_with_is_refused_before_it_comes)
{
	serve();
	fake_file[5] = (struct fake_file){ .url = "http://10.0.2.2/module", .contents = "0123456789" };
	run_shell("dhcp\ninitrd http://10.0.2.2/module\nimgfree\nkernel http://10.0.2.2/good\n"
	          "initrd http://10.0.2.2/module\ninitrd http://10.0.2.2/large\nimgstat\n");
	EXPECT_EQ(count("ok\n"), 4);            /* dhcp, and three images */
	EXPECT(host_console_has("initrd http://10.0.2.2/module: out of memory: good takes modules of 9 bytes"));
	EXPECT(host_console_has("large: 9 bytes"));
}

TEST(boot_waits_for_the_kernel_and_all_modules_under_way)
{
	fake_file[5] = (struct fake_file){ .url = "http://10.0.2.2/m", .contents = "123456789", .over_ms = 3000 };
	EXPECT(boots_by("dhcp\nkernel -B http://10.0.2.2/slow a b\ninitrd -B http://10.0.2.2/m\nboot\n"));
	EXPECT_EQ(host_system.plans, 1);
	EXPECT(host_console_has("http://10.0.2.2/m  9 B in 3.0 s"));
	EXPECT(host_console_has("Booting slow\n"));
}

TEST(chain_waits_for_modules_under_way)
{
	fake_file[5] = (struct fake_file){ .url = "http://10.0.2.2/m", .contents = "123456789", .over_ms = 3000 };
	EXPECT(boots_by("dhcp\ninitrd -B http://10.0.2.2/m\nchain http://10.0.2.2/good\n"));
	EXPECT(host_console_has("http://10.0.2.2/m  9 B in 3.0 s"));
}

TEST(the_only_image_that_can_be_booted_may_still_be_under_way)
{
	EXPECT(boots_by("dhcp\ninitrd -B http://10.0.2.2/slow\nboot\n"));
	EXPECT(boots_by("dhcp\ninitrd -B http://10.0.2.2/slow\nimgselect slow\nboot\n"));
	EXPECT(boots_by("dhcp\ninitrd -B http://10.0.2.2/slow\nboot slow\n"));
}

TEST(a_script_is_run_while_modules_are_under_way)
{
	fake_file[5] = (struct fake_file){ .url = "http://10.0.2.2/m", .contents = "123456789", .over_ms = 3000 };
	fake_file[6] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\nimgstat\n" };
	serve();
	run_shell("dhcp\ninitrd -B http://10.0.2.2/m\nchain http://10.0.2.2/s\n");
	EXPECT(host_console_has("m: fetching"));
}

TEST(a_module_that_failed_in_the_background_fails_the_boot_once)
{
	serve();
	run_shell("dhcp\nkernel http://10.0.2.2/good\ninitrd -B http://10.0.2.2/404\nboot\nroute\nimgstat\n");
	EXPECT_EQ(count("\nhttp://10.0.2.2/404: not found: 404 Not Found ["), 1);
	EXPECT(!host_console_has("\nboot: "));
	EXPECT(!host_console_has("Booting"));
	EXPECT(host_console_has("gw 10.0.2.2\n"));
	EXPECT(host_console_has("good: 4 bytes boots, selected\n"));
	EXPECT(!host_console_has("404: failed"));
	EXPECT_EQ(host_system.plans, 0);
}

TEST(a_kernel_in_the_background_is_recognised_when_it_has_come)
{
	serve();
	fake_file[5] = (struct fake_file){ .url = "http://10.0.2.2/page", .contents = "<html>no</html>", .over_ms = 100 };
	run_shell("dhcp\nkernel -B http://10.0.2.2/page\nkernel -B http://10.0.2.2/broken\nkernel -B http://10.0.2.2/good\n"
	          "imgstat good\nimgwait good\nimgstat good\nsleep 1\nboot page\nimgwait\nimgstat\n");
	EXPECT(host_console_has("good: fetching, 0 bytes, selected\n"));
	EXPECT(host_console_has("good: 4 bytes boots, selected\n"));
	EXPECT_EQ(count("http://10.0.2.2/page: not a bootable image: page looks like HTML"), 1);
	EXPECT_EQ(count("http://10.0.2.2/broken: protocol error: broken ["), 1);
	EXPECT(!host_console_has("Booting"));
}

TEST(modules_under_way_count_when_the_kernel_is_asked_what_fits)
{
	serve();
	fake_file[5] = (struct fake_file){ .url = "http://10.0.2.2/module", .contents = "0123456789" };
	run_shell("dhcp\nkernel http://10.0.2.2/good\ninitrd -B http://10.0.2.2/module\nimgwait\nimgstat\n");
	EXPECT(host_console_has("http://10.0.2.2/module: out of memory: good takes modules of 9 bytes"));
	EXPECT(!host_console_has("module: "  "10 bytes"));
}

TEST(an_embedded_script_fetches_several_files_at_a_time)
{
	fake_file[5] = (struct fake_file){ .url = "http://10.0.2.2/m", .contents = "123456789", .over_ms = 3000 };
	host_system.embedded_script = "#!fpxe\ndhcp\nkernel -B http://10.0.2.2/slow quiet\ninitrd -B http://10.0.2.2/m\nimgwait -t 60000\nboot\n";
	EXPECT(boots_by(""));
	EXPECT(host_console_has("Booting slow\n"));
}
