/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests that a file must have: given by options or in its URL, checked when it has come. */
#include "tests/unit/usr/session.h"

#include "usr/expect.h"

/* FIPS 180-4's and RFC 1321's own examples: "abc". */
#define SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA1   "a9993e364706816aba3e25717850c26c9cd0d89d"
#define MD5    "900150983cd24fb0d6963f7d28e17f72"
#define URL    "http://10.0.2.2/abc"

static void serve(void)
{
	fake_file[0] = (struct fake_file){ .url = URL, .contents = "abc" };
	fake_file[1] = (struct fake_file){ .url = URL "#sha256=" SHA256, .contents = "abc" };
	fake_file[2] = (struct fake_file){ .url = URL "#SHA1=" SHA1, .contents = "abc" };
	fake_file[3] = (struct fake_file){ .url = URL "#md5=" SHA1, .contents = "abc" };
	fake_file[4] = (struct fake_file){ .url = URL "#part-2", .contents = "abc" };
	fake_file[5] = (struct fake_file){ .url = URL "#md5=00000000000000000000000000000000", .contents = "abc" };
	fake_file[6] = (struct fake_file){ .url = "http://10.0.2.2/script#md5=00000000000000000000000000000000", .contents = "#!fpxe\necho ran\n" };
}

/** Run @lines as a script, line by line in spite of errors: more than one can type ahead. */
static void run_script(const char *lines)
{
	static char script[4096];
	char *end = script + sprintf(script, "#!fpxe\n");

	for (; *lines; lines++)
		end += sprintf(end, *lines == '\n' ? " || echo\n" : "%c", *lines);
	serve();
	fake_file[7] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = script };
	run_shell("dhcp\nchain http://10.0.2.2/s\n");
}

TEST(a_file_with_the_digests_asked_for_is_taken)
{
	run_script("initrd --sha256 " SHA256 " " URL "\ninitrd --sha1=" SHA1 " -n b " URL "\ninitrd --md5 " MD5 " -n c " URL "\n"
	          "initrd -n d --sha256 " SHA256 " --sha1 " SHA1 " --md5 " MD5 " " URL "#sha256=" SHA256 "\nimgstat\n"
	          "initrd -n e " URL "#SHA1=" SHA1 "\ninitrd -n f " URL "#part-2\nimgstat e f\n");
	EXPECT(host_console_has("abc: 3 bytes\nb: 3 bytes\nc: 3 bytes\nd: 3 bytes\n"));
	EXPECT(host_console_has("e: 3 bytes\nf: 3 bytes\n"));
	EXPECT(!host_console_has("mismatch"));
}

TEST(another_digest_is_refused_with_both_values_and_the_image_not_kept)
{
	run_script("initrd --md5 00000000000000000000000000000000 " URL "\nimgstat\n"
	          "initrd --sha256 " SHA256 " --sha1 0000000000000000000000000000000000000000 " URL "\n"
	          "kernel " URL "#md5=00000000000000000000000000000000\nimgstat\n");
	EXPECT_EQ(count("wrong contents: MD5 mismatch: expected 00000000000000000000000000000000, got " MD5 " [usr/expect.c:"), 2);
	EXPECT_EQ(count("wrong contents: SHA-1 mismatch: expected 0000000000000000000000000000000000000000, got " SHA1 " ["), 1);
	EXPECT(!host_console_has("3 bytes"));
	EXPECT(!host_console_has(" ok\n" "abc"));
}

TEST(digests_are_taken_in_both_cases)
{
	serve();
	run_shell("dhcp\ninitrd --md5 900150983CD24FB0D6963F7D28E17F72 " URL "\nimgstat\n");
	EXPECT(host_console_has("abc: 3 bytes\n"));
}

TEST(a_digest_that_is_none_is_refused_before_anything_is_fetched)
{
	run_script("initrd --md5 xyz " URL "\ninitrd --sha256 " SHA1 " " URL "\ninitrd --sha1 " SHA1 "0 " URL "\n"
	          "initrd " URL "#md5=" SHA1 "\nchain --md5 " URL "\ninitrd --md5= " URL "\n");
	EXPECT_EQ(count("invalid argument: MD5 is 32 hex digits, not \"xyz\" ["), 1);
	EXPECT_EQ(count("invalid argument: SHA-256 is 64 hex digits, not \"" SHA1 "\" ["), 1);
	EXPECT_EQ(count("invalid argument: SHA-1 is 40 hex digits, not \"" SHA1 "0\" ["), 1);
	EXPECT_EQ(count("invalid argument: MD5 is 32 hex digits, not \"" SHA1 "\" ["), 1);
	EXPECT_EQ(count("invalid argument: MD5 is 32 hex digits, not \"\" ["), 1);
	for (unsigned i = 0; i < 5; i++)
		EXPECT_EQ(fake_file[i].fetched, 0);
}

TEST(a_script_with_another_digest_is_not_run)
{
	serve();
	run_shell("dhcp\nchain http://10.0.2.2/script#md5=00000000000000000000000000000000 || echo refused\n");
	EXPECT(host_console_has("\nrefused\n"));
	EXPECT(!host_console_has("\nran\n"));
}

TEST(autoboot_checks_a_digest_in_the_boot_files_name)
{
	serve();
	fake_port[0].filename = "http://10.0.2.2/script#md5=00000000000000000000000000000000";
	fpxe_main();
	EXPECT(host_console_has("MD5 mismatch: expected 00000000000000000000000000000000"));
	EXPECT(!host_console_has("\nran\n"));
}

TEST(a_large_file_is_hashed_in_slices_and_an_empty_one_at_once)
{
	struct expect e = { .count = 0 };
	struct space_block block = { .size = 0 };
	unsigned slices = 0;
	int rc;

	net_init(&the_net);
	space_init();
	EXPECT_EQ(expect_add(&e, "md5", "d41d8cd98f00b204e9800998ecf8427e"), 0);
	expect_begin(&e);
	EXPECT_EQ(expect_run(&e, &block), 0);
	/* A million times "a" */
	EXPECT_EQ(space_alloc(&block, 1000000), 0);
	memset(space_at(&block, 0, 1000000), 'a', 1000000);
	e.count = 0;
	EXPECT_EQ(expect_add(&e, "sha1", "34aa973cd4c4daa4f61eeb2bdbad27316534016f"), 0);
	EXPECT_EQ(expect_add(&e, "sha256", "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"), 0);
	expect_begin(&e);
	while ((rc = expect_run(&e, &block)) == -EINPROGRESS)
		slices++;
	EXPECT_EQ(rc, 0);
	EXPECT_EQ(slices, 2 * 16 - 1);
	space_free(&block);
}
