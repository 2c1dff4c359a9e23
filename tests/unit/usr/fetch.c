/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching URLs into images. */
#include "tests/unit/usr/session.h"

TEST(a_script_fetched_by_autoboot_resolves_relative_references)
{
	fake_port[0].filename = "http://10.0.2.2/dir/boot.fpxe";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/dir/boot.fpxe", .contents = "#!fpxe\nchain sub/next\nchain /top\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/dir/sub/next", .contents = "#!fpxe\necho next\nchain again\n" };
	fake_file[2] = (struct fake_file){ .url = "http://10.0.2.2/dir/sub/again", .contents = "#!fpxe\necho again\n" };
	fake_file[3] = (struct fake_file){ .url = "http://10.0.2.2/top", .contents = "#!fpxe\necho top\n" };
	fpxe_main();
	EXPECT(host_console_has("next\n"));
	EXPECT(host_console_has("again\n"));
	EXPECT(host_console_has("top\n"));
}

TEST(relative_references_resolve_against_where_a_redirect_led_and_keep_its_password)
{
	fake_port[0].filename = "http://10.0.2.2/boot";
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/boot", .contents = "#!fpxe\nchain next\n",
	                                   .final_url = "http://me:secret@10.0.2.9/elsewhere/boot" };
	fake_file[1] = (struct fake_file){ .url = "http://me:secret@10.0.2.9/elsewhere/next", .contents = "#!fpxe\necho next\n" };
	fpxe_main();
	EXPECT(host_console_has("next\n"));
	EXPECT(host_console_has("http://me:***@10.0.2.9/elsewhere/next  "));
	EXPECT(!host_console_has("secret"));
}

TEST(an_image_that_does_not_fit_is_refused_before_it_comes)
{
	static char huge[1];

	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/huge", .contents = huge, .len = 300u << 20 };
	run_shell("dhcp\ninitrd http://10.0.2.2/huge\nimgstat\n");
	EXPECT(host_console_has("initrd http://10.0.2.2/huge: out of memory: need 300"));
	EXPECT(!host_console_has(" bytes"));
}

TEST(a_body_of_unknown_length_is_settled)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a", .contents = "0123456789", .unknown_length = true };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b", .contents = "abc", .unknown_length = true };
	run_shell("dhcp\ninitrd http://10.0.2.2/a\ninitrd http://10.0.2.2/b\nimgstat\n");
	EXPECT(host_console_has("a: 10 bytes\nb: 3 bytes\n"));
}

TEST(urls_that_cannot_be_fetched_are_one_line_each)
{
	run_shell("dhcp\nkernel ftp://10.0.2.2/x\nkernel http://10.0.2.2:70000/x\nkernel nothing\n");
	EXPECT(host_console_has("kernel ftp://10.0.2.2/x: protocol not supported: no \"ftp\" here (have: http) ["));
	EXPECT(host_console_has("kernel http://10.0.2.2:70000/x: invalid argument: "));
	EXPECT(host_console_has("kernel nothing: not found: no image of that name, and not a URL ["));
}

TEST(without_a_folder_names_are_those_of_the_next_server)
{
	fake_port[0].next_server = 0x0a000207;
	fake_file[0] = (struct fake_file){ .url = "tftp://10.0.2.7/a/b", .contents = "0123456789" };
	run_shell("dhcp\ninitrd a/b\nimgstat\n");
	EXPECT(host_console_has("b: 10 bytes\n"));
}

TEST(quiet_shows_no_progress)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a", .contents = "0123456789", .after_ms = 2000 };
	run_shell("dhcp\ninitrd -q http://10.0.2.2/a\n");
	EXPECT_EQ(count("http://10.0.2.2/a"), 1);
}
