/* SPDX-License-Identifier: BSD-2-Clause */
/* imgextract, with what gzip itself makes. */
#include "tests/unit/core/packed.h"
#include "tests/unit/usr/session.h"

#define SCRIPT "#!fpxe\necho unpacked and run\n"

/** The server's file @index: @text, packed by @tool. */
static void serve(unsigned index, const char *url, const char *text, const char *tool)
{
	struct bytes b = packed_by(tool, bytes_of(text, strlen(text)), true);

	fake_file[index] = (struct fake_file){ .url = url, .contents = (const char *)b.data, .len = b.len };
}

static void free_files(void)
{
	for (unsigned i = 0; fake_file[i].url; i++)
		free((void *)fake_file[i].contents);
}

TEST(an_image_is_unpacked_in_place_of_itself_under_a_shorter_name)
{
	serve(0, "http://10.0.2.2/d/initrd.img.gz", "0123456789", "gzip -cn");
	run_shell("dhcp\ninitrd http://10.0.2.2/d/initrd.img.gz /x mode=600\nimgextract initrd.img.gz\nimgstat\n"
	          "md5sum http://10.0.2.2/d/initrd.img.gz\n");
	EXPECT(host_console_has("\ninitrd.img.gz: unpacked gzip, 0.0 MiB\n"));
	EXPECT(host_console_has("\ninitrd.img: 10 bytes \"/x mode=600\"\n"));
	EXPECT_EQ(count(" bytes"), 1);
	EXPECT(host_console_has("  initrd.img\n"));
	free_files();
}

TEST(a_packed_image_may_be_kept_beside_what_was_in_it)
{
	serve(0, "http://10.0.2.2/a.gz", "0123456789", "gzip -cn");
	run_shell("dhcp\ninitrd http://10.0.2.2/a.gz\nimgextract --keep a.gz\nimgextract -k -n b a.gz\nimgextract -qkn c a.gz\nimgstat\n");
	EXPECT_EQ(count(" 10 bytes\n"), 3);
	EXPECT_EQ(count("a.gz: 30 bytes\na: 10 bytes\nb: 10 bytes\nc: 10 bytes\n"), 1);
	EXPECT_EQ(count("a.gz: unpacked gzip"), 2);
	free_files();
}

TEST(an_image_without_a_suffix_keeps_its_name_unless_both_are_kept)
{
	serve(0, "http://10.0.2.2/initrd", "0123456789", "gzip -cn");
	run_shell("dhcp\ninitrd http://10.0.2.2/initrd\nimgextract -k initrd || echo not both\nimgstat\nimgextract initrd\nimgstat\n");
	EXPECT(host_console_has("two images cannot both be called initrd: use --name"));
	EXPECT(host_console_has("\nnot both\n"));
	EXPECT(host_console_has("\ninitrd: 30 bytes\n"));
	EXPECT(host_console_has("\ninitrd: 10 bytes\n"));
	EXPECT_EQ(count(" bytes\n"), 2);
	free_files();
}

TEST(a_name_that_begins_with_its_only_dot_is_kept)
{
	serve(0, "http://10.0.2.2/.gz", "0123456789", "gzip -cn");
	run_shell("dhcp\ninitrd http://10.0.2.2/.gz\nimgextract .gz\nimgstat\n");
	EXPECT(host_console_has("\n.gz: 10 bytes\n"));
	free_files();
}

TEST(what_was_selected_or_to_be_freed_stays_so)
{
	serve(0, "http://10.0.2.2/s.gz", SCRIPT, "gzip -cn");
	run_shell("dhcp\nimgfetch -a http://10.0.2.2/s.gz\nimgextract s.gz\nimgstat\nboot s\nimgstat\n"
	          "imgfetch http://10.0.2.2/s.gz\nimgextract -a s.gz\nboot s\nimgstat || echo\nboot s\n");
	EXPECT_EQ(count("\nunpacked and run\n"), 2);
	EXPECT_EQ(count("s: 29 bytes script\n"), 1);
	EXPECT(host_console_has("boot s: not found"));
	free_files();
}

TEST(images_that_are_not_there_or_not_packed_are_refused_and_stay)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/plain", .contents = "not packed" };
	run_shell("dhcp\ninitrd http://10.0.2.2/plain\nimgextract plain\nimgextract other\nimgextract\nimgextract -t x plain\nimgstat\n");
	EXPECT(host_console_has("imgextract plain: not a bootable image: plain is not packed in a way that is known here"));
	EXPECT(host_console_has("imgextract other: not found: no image \"other\""));
	EXPECT(host_console_has("imgextract: invalid argument: usage: imgextract image"));
	EXPECT(host_console_has("imgextract -t x plain: invalid argument: \"x\" is not a number"));
	EXPECT(host_console_has("\nplain: 10 bytes\n"));
}

TEST(an_image_that_is_still_fetched_is_waited_for)
{
	serve(0, "http://10.0.2.2/a.gz", "0123456789", "gzip -cn");
	fake_file[0].after_ms = 700;
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a.gz\nimgextract a.gz\nimgstat\n");
	EXPECT(host_console_has("\na: 10 bytes\n"));
	free_files();
}

TEST(a_damaged_image_is_refused_and_stays)
{
	serve(0, "http://10.0.2.2/a.gz", "0123456789", "gzip -cn");
	((char *)fake_file[0].contents)[fake_file[0].len - 6] ^= 1;
	run_shell("dhcp\ninitrd http://10.0.2.2/a.gz\nimgextract a.gz\nimgstat\n");
	EXPECT(host_console_has("imgextract a.gz: protocol error: gzip CRC error at byte "));
	EXPECT(host_console_has("\na.gz: 30 bytes\n"));
	EXPECT_EQ(count(" bytes\n"), 1);
	free_files();
}
