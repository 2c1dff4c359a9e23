/* SPDX-License-Identifier: BSD-2-Clause */
/* Progress lines: what they say, how wide they are, how they are redrawn. */
#include "tests/unit/test.h"

#include "net/download.h"
#include "tests/host/host.h"
#include "usr/progress.h"

#define URL "http://10.0.2.2/vmlinuz"

static struct transfer t;

static void setup(void)
{
	progress_wipe();
	host_reset();
	progress_begin(&t, URL, 1000);
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

static void update(uint64_t done, uint64_t total, uint32_t now_ms)
{
	struct progress p = { done, total, 1 };

	progress_update(0, &t, &p, done ? "" : "connecting to 10.0.2.2", now_ms);
}

TEST(before_the_first_byte_the_line_says_what_is_waited_for)
{
	update(0, 0, 1250);
	EXPECT_STR(host_console_text(), URL "  connecting to 10.0.2.2");
}

TEST(percent_amounts_rate_and_time_left_are_shown)
{
	update(4 << 20, 11 << 20, 1500);
	EXPECT_STR(host_console_text(), URL "  36%  4.0/11.0 MiB  8.0 MiB/s  1 s");
}

TEST(without_a_total_only_the_amount_and_the_rate_are_shown)
{
	update(1536, 0, 2000);
	EXPECT_STR(host_console_text(), URL "  1.5 KiB  1.5 KiB/s");
}

TEST(a_line_is_redrawn_in_place_and_its_longer_predecessor_is_overwritten)
{
	progress_show("a long line");
	progress_show("short");
	EXPECT_STR(host_console_text(), "a long line\rshort      ");
	progress_finish("over");
	EXPECT_STR(host_console_text(), "a long line\rshort      \rover \n");
}

TEST(what_is_added_to_a_line_is_all_that_is_drawn)
{
	progress_show("DHCP (net0)...");
	progress_finish("DHCP (net0)... ok");
	EXPECT_STR(host_console_text(), "DHCP (net0)... ok\n");
}

TEST(a_line_that_did_not_change_is_not_drawn_again)
{
	progress_show("net0: waiting for link...");
	progress_show("net0: waiting for link...");
	EXPECT_STR(host_console_text(), "net0: waiting for link...");
	progress_over();
	progress_show("net0: waiting for link...");
	EXPECT_STR(host_console_text(), "net0: waiting for link... ok\nnet0: waiting for link...");
}

TEST(wiping_leaves_an_empty_row_with_the_cursor_at_its_start)
{
	progress_show("abc");
	progress_wipe();
	EXPECT_STR(host_console_text(), "abc\r   \r");
	progress_wipe();
	EXPECT_STR(host_console_text(), "abc\r   \r");
}

TEST(the_end_says_size_time_rate_and_ok)
{
	struct progress p = { 11 << 20, 11 << 20, 1 };

	progress_end(&t, &p, 2250);
	EXPECT_STR(host_console_text(), URL "  11.0 MiB in 1.2 s (8.7 MiB/s) ok\n");
}

TEST(an_empty_file_and_one_that_takes_no_time_have_an_end_too)
{
	struct progress p = { 0, 0, 0 };

	progress_end(&t, &p, 1000);
	EXPECT_STR(host_console_text(), URL "  0 B in 0.0 s (0 B/s) ok\n");
	host_console_clear();
	p = (struct progress){ 500, 500, 1 };
	progress_end(&t, &p, 1000);
	EXPECT_STR(host_console_text(), URL "  500 B in 0.0 s (488.2 KiB/s) ok\n");
}

TEST(four_gibibytes_and_more_are_shown)
{
	update(5ull << 30, 10ull << 30, 1000 + 5 * 1024);
	EXPECT_STR(host_console_text(), URL "  50%  5.0/10.0 GiB  1000.0 MiB/s  6 s");
}

TEST(the_rate_follows_slowly_and_a_fresh_start_does_not_confuse_it)
{
	update(1 << 20, 100 << 20, 2000);
	EXPECT_EQ(t.rate, 1 << 20);
	update(6 << 20, 100 << 20, 3000);
	EXPECT_EQ(t.rate, (1 << 20) / 4 * 3 + (5 << 20) / 4);
	update(0, 0, 3250);
	EXPECT_EQ(t.sampled_bytes, 0);
	update(1 << 20, 100 << 20, 4250);
	EXPECT_EQ(t.rate, 1 << 20);
}

TEST(a_line_never_exceeds_79_columns_and_a_long_url_loses_its_middle)
{
	char line[81], url[301];

	for (unsigned len = 2; len < 300; len++) {
		memset(url, 'x', len);
		url[len] = '\0';
		url[0] = 'a';
		url[len - 1] = 'z';
		progress_fit(line, 79, url, "37%  4.1/11.0 MiB  9.2 MiB/s  1 s");
		EXPECT(strlen(line) <= 79);
		EXPECT(line[0] == 'a');
		EXPECT(strstr(line, "z  37%") != NULL);
		EXPECT((strstr(line, "...") != NULL) == (len > 44));
	}
	progress_fit(line, 79, "http://boot.example.org/very/long/path/to/a/file/that/is/called/linux", "37%  4.1/11.0 MiB  9.2 MiB/s  1 s");
	EXPECT_STR(line, "http://boot.example..../that/is/called/linux  37%  4.1/11.0 MiB  9.2 MiB/s  1 s");
}

TEST(several_connections_are_counted_and_words_take_the_place_of_the_pace)
{
	struct progress p = { 4 << 20, 11 << 20, 4 };

	progress_update(0, &t, &p, "", 1500);
	EXPECT_STR(host_console_text(), URL "  36%  4.0/11.0 MiB  8.0 MiB/s x4  1 s");
	host_console_clear();
	progress_update(0, &t, &p, "retry 2/5 in 3 s", 1750);
	EXPECT_STR(host_console_text(), "\r" URL "  36%  retry 2/5 in 3 s               ");
}

TEST(each_transfer_has_a_row_and_one_that_ends_leaves_its_line_above_the_others)
{
	struct transfer two;
	struct progress p = { 1 << 20, 4 << 20, 1 }, q = { 1 << 20, 1 << 20, 1 };

	progress_begin(&two, "two", 1000);
	progress_update(0, &t, &p, "", 2000);
	progress_update(1, &two, &q, "", 2000);
	host_console_clear();
	progress_end(&two, &q, 2000);
	progress_update(0, &t, &p, "", 2000);
	EXPECT(strstr(host_console_text(), "\rtwo  1.0 MiB in 1.0 s (1.0 MiB/s) ok\n" URL "  25%") != NULL);
}

TEST(what_is_said_stays_above_the_rows)
{
	struct progress p = { 1 << 20, 4 << 20, 1 };

	progress_update(0, &t, &p, "", 2000);
	host_console_clear();
	progress_say(URL, "connection reset");
	progress_update(0, &t, &p, "", 2000);
	EXPECT(strstr(host_console_text(), "\r" URL ": connection reset\n" URL "  25%") != NULL);
}

TEST(the_longest_words_leave_some_of_the_url)
{
	struct progress p = { 1000u << 20, 2000u << 20, 1 };

	progress_update(0, &t, &p, "connection closed early at 1000.0 MiB; retry 1/5 in 8 s", 2000);
	EXPECT_STR(host_console_text(), "http://...vmlinuz  50%  connection closed early at 1000.0 MiB; retry 1/5 in 8 s");
	EXPECT(strlen(host_console_text()) <= 79);
}
