/* SPDX-License-Identifier: BSD-2-Clause */
/* sha256sum, sha1sum, md5sum. */
#include "tests/unit/usr/session.h"

#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_SHA1   "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_MD5    "900150983cd24fb0d6963f7d28e17f72"
#define EMPTY_MD5  "d41d8cd98f00b204e9800998ecf8427e"

static void two_images(void)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/abc", .contents = "abc" };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/empty", .contents = "" };
}

TEST(digests_are_printed_as_the_unix_tools_do)
{
	two_images();
	run_shell("dhcp\ninitrd http://10.0.2.2/abc\ninitrd -n nothing http://10.0.2.2/empty\nsha256sum abc\nsha1sum abc\nmd5sum nothing abc\n");
	EXPECT(host_console_has("\n" ABC_SHA256 "  abc\n"));
	EXPECT(host_console_has("\n" ABC_SHA1 "  abc\n"));
	EXPECT(host_console_has("\n" EMPTY_MD5 "  nothing\n" ABC_MD5 "  abc\n"));
}

TEST(a_digest_put_into_a_setting_is_not_printed)
{
	two_images();
	run_shell("dhcp\ninitrd http://10.0.2.2/abc\nsha256sum --set sum abc\nmd5sum -s m abc && echo ok ${sum} ${m}\n");
	EXPECT(!host_console_has("  abc\n"));
	EXPECT(host_console_has("\nok " ABC_SHA256 " " ABC_MD5 "\n"));
}

TEST(a_digest_may_be_stored_with_a_type)
{
	two_images();
	run_shell("dhcp\ninitrd http://10.0.2.2/abc\nmd5sum --set m:hexraw abc && echo m is ${m:hex}\n");
	EXPECT(host_console_has("\nm is 90:01:50:98:3c:d2:4f:b0:d6:96:3f:7d:28:e1:7f:72\n"));
}

TEST(a_digest_of_no_image_or_two_for_one_setting_is_refused)
{
	two_images();
	run_shell("dhcp\ninitrd http://10.0.2.2/abc\ninitrd http://10.0.2.2/empty\nmd5sum abc other\nmd5sum\nmd5sum --set x abc empty\n"
	          "show x\nmd5sum --set nowhere/x abc\n");
	EXPECT(host_console_has(ABC_MD5 "  abc\nmd5sum abc other: not found: no image \"other\""));
	EXPECT(host_console_has("md5sum: invalid argument: usage: md5sum image..."));
	EXPECT(host_console_has("option --set goes with one image"));
	EXPECT(host_console_has("show x: not found"));
	EXPECT(host_console_has("md5sum --set nowhere/x abc: not found"));
}

TEST(images_are_found_by_their_url_too)
{
	two_images();
	run_shell("dhcp\ninitrd -n a http://10.0.2.2/abc\nmd5sum http://10.0.2.2/abc\n");
	EXPECT(host_console_has("\n" ABC_MD5 "  a\n"));
}

TEST(help_names_the_setting)
{
	run_shell("sha256sum --help\n");
	EXPECT(host_console_has("usage: sha256sum [options] image...\n"));
	EXPECT(host_console_has("--set SETTING"));
}
