/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands for images. */
#include "tests/unit/usr/session.h"

TEST(initrds_are_fetched_listed_and_freed)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/d/initrd.gz", .contents = "0123456789" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/preseed", .contents = "abc" };
	run_shell("dhcp\ninitrd http://10.0.2.2/d/initrd.gz\nmodule -n two http://10.0.2.2/preseed /preseed.cfg mode=0600\n"
	          "imgstat\nimgfree two\nimgstat\nimgfree\nimgfree two\n");
	EXPECT_EQ(count("initrd.gz: 10 bytes\n"), 2);
	EXPECT_EQ(count("two: 3 bytes \"/preseed.cfg mode=0600\"\n"), 1);
	EXPECT(host_console_has("imgfree two: not found: no image \"two\""));
}

TEST(imgstat_of_some_images_shows_those)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/one", .contents = "0123456789" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/two", .contents = "abc" };
	run_shell("dhcp\ninitrd http://10.0.2.2/one\ninitrd http://10.0.2.2/two\nimgstat two\nimgstat two one && echo both\n"
	          "imgstat three || echo none\n");
	EXPECT_EQ(count("one: 10 bytes\n"), 1);
	EXPECT_EQ(count("two: 3 bytes\n"), 2);
	EXPECT(host_console_has("two: 3 bytes\none: 10 bytes\nboth\n"));
	EXPECT(host_console_has("imgstat three: not found: no image \"three\""));
	EXPECT(host_console_has("\nnone\n"));
}

TEST(a_later_image_of_the_same_name_replaces_the_first)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a/x", .contents = "0123456789" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b/x", .contents = "abc" };
	run_shell("dhcp\ninitrd http://10.0.2.2/a/x\ninitrd http://10.0.2.2/b/x\nimgstat\n");
	EXPECT(!host_console_has("x: 10 bytes\n"));
	EXPECT_EQ(count("x: 3 bytes\n"), 1);
}

TEST(a_failed_fetch_leaves_the_images_as_they_were)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a/x", .contents = "0123456789" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b/x", .contents = "<html>", .after_ms = FAKE_FOREVER };
	fake_file[2] = (struct fake_file){ .url = "http://10.0.2.2/c/x", .contents = "<html>no kernel</html>" };
	run_shell("dhcp\ninitrd http://10.0.2.2/a/x one\ninitrd http://10.0.2.2/404\ninitrd -t 500 http://10.0.2.2/b/x\n"
	          "kernel http://10.0.2.2/c/x\nchain http://10.0.2.2/c/x\nimgstat\n");
	EXPECT(host_console_has("initrd http://10.0.2.2/404: not found: 404 Not Found ["));
	EXPECT(host_console_has("timed out: not complete after 500 ms ["));
	EXPECT(host_console_has("kernel http://10.0.2.2/c/x: not a bootable image"));
	EXPECT(host_console_has("chain http://10.0.2.2/c/x: not a bootable image"));
	EXPECT_EQ(count(" bytes"), 1);
	EXPECT(host_console_has("x: 10 bytes \"one\"\n"));
}

TEST(a_script_among_the_images_is_run_by_its_name_and_stays_one)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho ran\nboot || echo no recursion\n" };
	run_shell("dhcp\nkernel http://10.0.2.2/s\nboot\nboot s\nimgstat\nboot -a s\nimgstat\n");
	EXPECT_EQ(count("\nran\n"), 3);
	EXPECT_EQ(count("\nno recursion\n"), 3);
	EXPECT_EQ(count("s: 42 bytes script, selected\n"), 1);
	EXPECT_EQ(fake_file[0].fetched, 1);
}

TEST(an_image_marked_so_is_freed_when_its_boot_returns)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\necho ran\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/i", .contents = "0123456789" };
	run_shell("dhcp\ninitrd -a http://10.0.2.2/i\nkernel --autofree http://10.0.2.2/s\nimgstat\nboot\nimgstat\n"
	          "imgfetch -a http://10.0.2.2/s\nboot s\nkernel http://10.0.2.2/s\nimgselect -a s\nboot\n"
	          "kernel http://10.0.2.2/s\nboot -a\nboot\n");
	EXPECT_EQ(count("s: 16 bytes script, selected\n"), 1);
	EXPECT_EQ(count("i: 10 bytes\n"), 2);
	EXPECT_EQ(count("\nran\n"), 4);
	EXPECT_EQ(fake_file[0].fetched, 4);
	EXPECT(host_console_has("boot: not found: no image is selected"));
}

TEST(boot_without_an_image_says_so)
{
	run_shell("boot\n");
	EXPECT(host_console_has("boot: not found: no image is selected"));
}

TEST(a_replaced_script_does_not_go_on)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!fpxe\nchain --replace t\necho b\n" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/t", .contents = "#!fpxe\necho t\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s\necho after\n");
	EXPECT(host_console_has("\nt\n"));
	EXPECT(!host_console_has("\nb\n"));
	EXPECT(host_console_has("\nafter\n"));
}
