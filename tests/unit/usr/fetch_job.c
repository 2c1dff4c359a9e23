/* SPDX-License-Identifier: BSD-2-Clause */
/* usr/fetch_job.c: several files at a time. */
#include "tests/unit/usr/session.h"

/** @n-th file of ours: @len bytes that come in @over_ms. */
static void serve(unsigned n, const char *url, size_t len, uint32_t over_ms)
{
	fake_file[n] = (struct fake_file){ .url = url, .len = len, .over_ms = over_ms };
}

TEST(a_background_command_returns_at_once_and_imgwait_waits)
{
	serve(0, "http://10.0.2.2/a", 1000, 4000);
	serve(1, "http://10.0.2.2/b", 100, 2000);
	run_shell("dhcp\ninitrd --background http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b x\nsleep 1\nimgstat\nimgwait\nimgstat\n"
	          "imgwait && echo at once\n");
	EXPECT(host_console_has("a: fetching 25 %\nb: fetching 50 % \"x\"\n"));
	EXPECT(host_console_has("a: 1000 bytes\nb: 100 bytes \"x\"\n"));
	EXPECT(host_console_has("http://10.0.2.2/b  100 B in 2.0 s (50 B/s) ok\n"));
	EXPECT(host_console_has("http://10.0.2.2/a  1000 B in 4."));
	EXPECT(host_console_has("2 files  "));
	EXPECT(host_console_has("\nat once\n"));
}

TEST(images_stand_in_the_order_of_the_commands_whatever_comes_first)
{
	serve(0, "http://10.0.2.2/a", 1000, 3000);
	serve(1, "http://10.0.2.2/b", 1000, 1000);
	serve(2, "http://10.0.2.2/c", 1000, 0);
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\ninitrd http://10.0.2.2/c\nimgwait\nimgstat\n");
	EXPECT(host_console_has("a: 1000 bytes\nb: 1000 bytes\nc: 1000 bytes\n"));
}

TEST(imgwait_waits_for_those_named)
{
	serve(0, "http://10.0.2.2/a", 1000, 1000);
	serve(1, "http://10.0.2.2/b", 1000, 100000);
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\nimgwait a\nimgstat a\nimgwait a c\nimgstat b\n");
	EXPECT(host_console_has("a: 1000 bytes\n"));
	EXPECT(host_console_has("imgwait a c: not found: no image \"c\""));
	EXPECT(host_console_has("b: fetching "));
}

TEST(imgwait_gives_up_after_its_time_and_the_download_goes_on)
{
	serve(0, "http://10.0.2.2/a", 1000, 10000);
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\nimgwait -t 2000\nimgwait --timeout 1000 a\nimgstat\nimgwait -q\nimgstat\n");
	EXPECT(host_console_has("imgwait -t 2000: timed out: not complete yet: imgstat shows how far ["));
	EXPECT(host_console_has("imgwait --timeout 1000 a: timed out: not complete yet"));
	EXPECT(host_console_has("a: fetching 30 %\n"));
	EXPECT(host_console_has("a: 1000 bytes\n"));
	EXPECT(!host_console_has("ok\na:"));
}

TEST(ctrl_c_ends_the_wait_and_not_the_download)
{
	serve(0, "http://10.0.2.2/a", 1000, 10000);
	host_system.entry.shell = true;
	host_type("dhcp\ninitrd -B http://10.0.2.2/a\nimgwait\n");
	host_key_after(3000, 0x03);
	host_type("imgstat\nimgwait\nimgstat\nexit\n");
	fpxe_main();
	EXPECT(host_console_has("imgwait: cancelled by user\n"));
	EXPECT(host_console_has("a: fetching 30 %\n") || host_console_has("a: fetching 29 %\n"));
	EXPECT(host_console_has("a: 1000 bytes\n"));
}

TEST(downloads_go_on_while_a_line_is_typed)
{
	serve(0, "http://10.0.2.2/a", 1000, 3000);
	host_system.entry.shell = true;
	host_type("dhcp\ninitrd -B http://10.0.2.2/a\nimg");
	host_key_after(5000, 's');
	host_type("tat\nexit\n");
	fpxe_main();
	EXPECT(host_console_has("a: 1000 bytes\n"));
}

TEST(an_error_in_the_background_is_reported_once_and_its_image_dropped)
{
	serve(0, "http://10.0.2.2/a", 1000, 1000);
	serve(1, "http://10.0.2.2/b", 1000, 2000);
	fake_file[1].rc = -ECONNRESET;
	fake_file[1].words = "10.0.2.2 went away";
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://me:secret@10.0.2.2/404\ninitrd -B http://10.0.2.2/b\nsleep 3\nimgstat\n"
	          "imgwait || echo one\nimgwait && echo two\nimgstat\n");
	EXPECT(host_console_has("a: 1000 bytes\n404: failed: not found: 404 Not Found [") );
	EXPECT(host_console_has("b: failed: connection reset: 10.0.2.2 went away ["));
	EXPECT_EQ(count("\nhttp://me:***@10.0.2.2/404: not found: 404 Not Found ["), 1);
	EXPECT_EQ(count("\nhttp://10.0.2.2/b: connection reset: 10.0.2.2 went away ["), 1);
	EXPECT(host_console_has("]\none\n"));
	EXPECT(host_console_has("\ntwo\n"));
	EXPECT(!host_console_has("imgwait: "));
	EXPECT_EQ(count("a: 1000 bytes\n"), 2);
	EXPECT_EQ(count("404: "), 2);
}

TEST(an_error_ends_the_wait_as_soon_as_it_is_known)
{
	serve(0, "http://10.0.2.2/a", 1000, 1000000);
	fake_file[0].notice = "connection reset at 0 B; retry 1/5 in 1 s";
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/404\nimgwait\nimgstat\nimgwait -t 1000\n");
	EXPECT(host_console_has("\nhttp://10.0.2.2/404: not found: 404 Not Found ["));
	EXPECT(host_console_has("a: fetching 0 %\n"));
	EXPECT_EQ(count("http://10.0.2.2/a: connection reset at 0 B; retry 1/5 in 1 s\n"), 1);
}

TEST(a_background_error_does_not_change_what_another_command_says)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a", .after_ms = 500, .len = 10, .rc = -ETIMEDOUT, .words = "the background's" };
	fake_port[0].dhcp_after_ms = 0;
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -t 1000 http://10.0.2.2/404\nsleep 1\nsleep x\nimgwait\n");
	EXPECT_EQ(count("the background's"), 1);
	EXPECT(host_console_has("404: not found: 404 Not Found"));
	EXPECT(host_console_has("http://10.0.2.2/a: timed out: the background's ["));
}

TEST(imgfree_aborts_and_an_image_of_the_same_name_replaces)
{
	serve(0, "http://10.0.2.2/a", 1000, 100000);
	serve(1, "http://10.0.2.2/x/a", 10, 0);
	serve(2, "http://10.0.2.2/b", 1000, 100000);
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\nsleep 1\nimgfree b\nimgstat\n"
	          "initrd http://10.0.2.2/x/a\nimgwait && imgstat\n");
	EXPECT_EQ(count("b: fetching"), 0);
	EXPECT(host_console_has("a: fetching 1 %\n"));
	EXPECT(host_console_has("a: 10 bytes\n"));
}

TEST(leaving_for_the_bios_stops_what_is_under_way)
{
	serve(0, "http://10.0.2.2/a", 1000, 100000);
	serve(1, "http://10.0.2.2/b", 1000, FAKE_FOREVER);
	fake_file[1].unknown_length = true;
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\nsleep 1\n");
	EXPECT_EQ(fake_downloads, 0);
}

TEST(a_script_may_end_with_downloads_under_way)
{
	serve(0, "http://10.0.2.2/a", 1000, 5000);
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = "#!ipxe\ninitrd --background a\n" };
	run_shell("dhcp\nchain http://10.0.2.2/s\nimgstat\nimgwait\nimgstat\n");
	EXPECT(host_console_has("a: fetching"));
	EXPECT(host_console_has("a: 1000 bytes\n"));
}

TEST(a_background_download_has_its_own_timeout_and_name)
{
	serve(0, "http://10.0.2.2/a", 1000, 100000);
	run_shell("dhcp\ninitrd -Bn mine -t 2000 http://10.0.2.2/a\nimgstat\nsleep 3\nimgwait mine\nimgstat mine\n");
	EXPECT(host_console_has("mine: fetching"));
	EXPECT(host_console_has("\nhttp://10.0.2.2/a: timed out: not complete after 2000 ms ["));
	EXPECT(host_console_has("imgstat mine: not found"));
}

TEST(the_longest_timeout_is_not_over_at_once)
{
	serve(0, "http://10.0.2.2/a", 1000, 1000);
	run_shell("dhcp\ninitrd -t 4294967295 http://10.0.2.2/a\nimgstat\n");
	EXPECT(host_console_has("a: 1000 bytes\n"));
}

TEST(a_digest_is_checked_in_the_background_too)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a", .contents = "abc", .over_ms = 1000 };
	fake_file[1] = (struct fake_file){ .url = "http://10.0.2.2/b", .contents = "abd", .over_ms = 1000 };
	run_shell("dhcp\ninitrd -B --md5 900150983cd24fb0d6963f7d28e17f72 http://10.0.2.2/a\n"
	          "initrd -B --md5 900150983cd24fb0d6963f7d28e17f72 http://10.0.2.2/b\nimgwait\nimgstat\n");
	EXPECT(host_console_has("a: 3 bytes\n"));
	EXPECT(host_console_has("http://10.0.2.2/b: wrong contents: MD5 mismatch: expected 900150983cd24fb0d6963f7d28e17f72, got "));
	EXPECT(!host_console_has("b: 3 bytes"));
}

TEST(lengths_not_known_take_turns_and_known_ones_wait_for_room)
{
	serve(0, "http://10.0.2.2/a", 1000, 2000);
	serve(1, "http://10.0.2.2/b", 2000, 2000);
	serve(2, "http://10.0.2.2/c", 3000, 1000);
	fake_file[0].unknown_length = fake_file[1].unknown_length = true;
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\ninitrd -B http://10.0.2.2/c\n"
	          "sleep 1\nimgstat\nimgwait\nimgstat\n");
	EXPECT(host_console_has(" bytes\nb: waiting for memory\nc: waiting for memory\n"));
	EXPECT(host_console_has("a: 1000 bytes\nb: 2000 bytes\nc: 3000 bytes\n"));
	EXPECT_EQ(fake_file[0].fetched, 1);
}

TEST(what_is_too_large_also_without_another_download_is_an_error)
{
	serve(0, "http://10.0.2.2/a", 1000, 1000);
	serve(1, "http://10.0.2.2/huge", 300u << 20, 1000);
	fake_file[0].unknown_length = true;
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/huge\nimgwait\nimgstat\n");
	EXPECT(host_console_has("\nhttp://10.0.2.2/huge: out of memory: need 300.0 MiB"));
	EXPECT(host_console_has("a: 1000 bytes\n"));
}

TEST(known_lengths_have_their_memory_while_one_grows)
{
	serve(0, "http://10.0.2.2/a", 1000, 5000);
	serve(1, "http://10.0.2.2/b", 2000, 1000);
	fake_file[1].after_ms = 500;
	fake_file[1].unknown_length = true;
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\nimgwait b\nimgstat\nimgwait\nimgstat\n");
	EXPECT(host_console_has("a: fetching 30 %\nb: 2000 bytes\n"));
	EXPECT(host_console_has("a: 1000 bytes\nb: 2000 bytes\n"));
}

TEST(a_file_in_the_foreground_waits_for_memory_as_well)
{
	serve(0, "http://10.0.2.2/a", 1000, 2000);
	serve(1, "http://10.0.2.2/b", 2000, 0);
	fake_file[0].unknown_length = true;
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd http://10.0.2.2/b\nimgstat\n");
	EXPECT(host_console_has("http://10.0.2.2/b  waiting for memory"));
	EXPECT(host_console_has("a: 1000 bytes\nb: 2000 bytes\n"));
}

TEST(many_files_have_six_lines_one_for_the_rest_and_a_total)
{
	static char url[9][32];
	char lines[1024] = "dhcp\n";

	for (unsigned i = 0; i < 9; i++) {
		snprintf(url[i], sizeof(url[i]), "http://10.0.2.2/%c", 'a' + i);
		serve(i, url[i], 1000, 20000 + 1000 * i);
		fake_file[i].connections = 2;
		strcat(strcat(strcat(lines, "initrd -B "), url[i]), "\n");
	}
	run_shell(strcat(lines, "imgwait\nimgstat\n"));
	EXPECT(host_console_has("http://10.0.2.2/f  "));
	EXPECT(host_console_has("\nand 3 more\n9 files  "));
	EXPECT(host_console_has(" x18"));
	EXPECT(host_console_has("http://10.0.2.2/i  1000 B in "));
	EXPECT(host_console_has("http://10.0.2.2/a  1000 B in "));
	EXPECT_EQ(count(": 1000 bytes\n"), 9);
}

TEST(a_quiet_file_has_no_line)
{
	serve(0, "http://10.0.2.2/a", 1000, 2000);
	serve(1, "http://10.0.2.2/b", 1000, 2000);
	run_shell("dhcp\ninitrd -Bq http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\nimgwait\n");
	EXPECT(!host_console_has("http://10.0.2.2/a  "));
	EXPECT(host_console_has("http://10.0.2.2/b  1000 B in 2.0 s"));
	EXPECT(!host_console_has("files"));
}

TEST(an_interface_may_close_and_come_back_under_way)
{
	serve(0, "http://10.0.2.2/a", 1000, 3000);
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\nsleep 1\nifclose net0\ndhcp\nimgwait\nimgstat\n");
	EXPECT(host_console_has("a: 1000 bytes\n"));
}

TEST(digests_of_an_image_under_way_are_those_of_the_whole)
{
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/a", .contents = "abc", .over_ms = 1000 };
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\nmd5sum a\n");
	EXPECT(host_console_has("900150983cd24fb0d6963f7d28e17f72  a\n"));
}

TEST(two_that_fail_for_the_same_reason_have_their_own_words)
{
	serve(0, "http://10.0.2.2/a", 10, 0);
	serve(1, "http://10.0.2.2/b", 10, 0);
	for (unsigned i = 0; i < 2; i++) {
		fake_file[i].rc = -ECONNRESET;
		fake_file[i].words = i ? "words of b" : "words of a";
	}
	run_shell("dhcp\ninitrd -B http://10.0.2.2/a\ninitrd -B http://10.0.2.2/b\nsleep 4\nimgwait\n");
	EXPECT(host_console_has("http://10.0.2.2/a: connection reset: words of a ["));
	EXPECT(host_console_has("http://10.0.2.2/b: connection reset: words of b ["));
}

TEST(no_allocation_that_fails_leaves_anything_behind)
{
	unsigned kept = 0;

	for (unsigned n = 1; n < 150; n++) {
		setup();
		serve(0, "http://10.0.2.2/a", 1000, 500);
		serve(1, "http://10.0.2.2/b", 1000, 500);
		heap_fail_after(n);
		run_shell("dhcp\ninitrd -B http://10.0.2.2/a x\ninitrd -B http://10.0.2.2/b\nimgwait\nimgstat\nexit\n");
		heap_fail_after(0);
		kept += host_console_has("a: 1000 bytes \"x\"\nb: 1000 bytes\n");
		teardown();
	}
	EXPECT(kept > 0 && kept < 148);
}
