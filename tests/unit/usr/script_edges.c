/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts that are cut, endless, too long, or no scripts: each ends in one line that says so, and the shell goes on. */
#include "tests/unit/usr/session.h"

#include "core/command_line.h"

/** Run @len bytes as a script by URL; the shell must answer afterwards. */
static void run_bytes(const char *contents, size_t len)
{
	host_console_clear();
	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s", .contents = contents, .len = len };
	run_shell("dhcp\nchain http://10.0.2.2/s\necho ali''ve\n");
	EXPECT(host_console_has("\nalive\n"));
}

static void run_script(const char *contents)
{
	run_bytes(contents, strlen(contents));
}

/* ---- expansion --------------------------------------------------------------------------------------------------------------- */

/** A script of @dialect that sets x to @parts times 4000 bytes and echoes it @times times. */
static const char *growing(const char *dialect, unsigned times)
{
	static char text[6000];
	unsigned n = (unsigned)snprintf(text, sizeof text, "#!%s\nset a ", dialect);

	for (unsigned i = 0; i < 400; i++)
		n += (unsigned)snprintf(text + n, sizeof text - n, "0123456789");
	n += (unsigned)snprintf(text + n, sizeof text - n, "\necho begin");
	for (unsigned i = 0; i < times; i++)
		n += (unsigned)snprintf(text + n, sizeof text - n, "${a}");
	snprintf(text + n, sizeof text - n, "\necho after\n");
	return text;
}

/* CVE-2020-27749: a line that expands to 64 kB. */
TEST(a_line_that_expands_to_64_kb_is_an_error_in_every_dialect)
{
	static const char *const dialects[] = { "fpxe", "ipxe", "gpxe" };

	for (unsigned i = 0; i < 3; i++) {
		run_script(growing(dialects[i], 4));
		EXPECT(host_console_has("\nbegin0123456789") && host_console_has("\nafter\n"));
		run_script(growing(dialects[i], 16));
		EXPECT(!host_console_has("\nbegin0") && !host_console_has("\nafter\n"));
		EXPECT_EQ(count("a command line expands to at most 16384 bytes"), 1);
		settings_wipe(settings_root());
	}
}

TEST(a_setting_that_names_itself_is_an_error_in_every_dialect)
{
	run_script("#!fpxe\nset a '${a}'\necho x${a}y\necho after\n");
	EXPECT_EQ(count("settings that contain each other"), 1);
	EXPECT(!host_console_has("\nafter\n"));
	host_console_clear();
	run_shell("set a '${b}'\nset b '${a}'\nset c '${c}${c}'\necho ${a}\necho ${c}\necho ${a${b}}\necho ali''ve\n");
	EXPECT(host_console_has("\nalive\n"));
	EXPECT_EQ(count("settings that contain each other") + count("expands to at most"), 3);
}

TEST(a_setting_that_doubles_itself_ends_at_the_most_a_value_may_have)
{
	char text[1000] = "#!fpxe\nset a 0123456789abcdef\n";

	for (unsigned i = 0; i < 8; i++)
		strcat(text, "set a ${a}${a}\n");
	strcat(text, "echo four thousand\nset a ${a}${a}\necho after\n");
	run_script(text);
	EXPECT(host_console_has("\nfour thousand\n"));
	EXPECT(!host_console_has("\nafter\n"));
	EXPECT_EQ(count("too large"), 1);
}

TEST(a_thousand_braces_open_and_never_closed_are_text)
{
	static char text[3100] = "#!fpxe\necho ";

	for (unsigned i = 0; i < 1000; i++)
		strcat(text, "${");
	strcat(text, "\necho after\n");
	run_script(text);
	EXPECT(host_console_has("\n${${${"));
	EXPECT(host_console_has("\nafter\n"));
}

TEST(the_name_of_a_setting_that_is_too_long_for_any_is_none)
{
	char text[200];

	for (int len = 61; len <= 66; len++) {          /* 63 are the most */
		snprintf(text, sizeof text, "#!fpxe\necho <${%0*d}>\necho after\n", len, 0);
		run_script(text);
		EXPECT(host_console_has("\n<>\n") && host_console_has("\nafter\n"));
	}
}

/* ---- lines ------------------------------------------------------------------------------------------------------------------- */

TEST(a_line_of_the_most_bytes_runs_and_one_more_is_an_error)
{
	for (int len = LINE_EXPANDED_MAX - 2; len <= LINE_EXPANDED_MAX + 1; len++) {
		char *text = malloc((size_t)len + 40);
		int n = sprintf(text, "#!fpxe\necho ");

		memset(text + n, 'a', (size_t)len - 6);         /* "echo", a NUL each, and the word */
		strcpy(text + n + len - 6, "\necho after\n");
		run_script(text);
		EXPECT_EQ(host_console_has("\nafter\n"), len <= LINE_EXPANDED_MAX);
		EXPECT_EQ(count("expands to at most"), len > LINE_EXPANDED_MAX);
		free(text);
	}
}

TEST(a_line_of_64_kb_is_an_error_and_not_the_end)
{
	static char text[66000] = "#!fpxe\necho ";

	memset(text + 12, 'a', 65536);
	strcpy(text + 12 + 65536, "\necho after\n");
	run_script(text);
	EXPECT_EQ(count("expands to at most"), 1);
	EXPECT(!host_console_has("\nafter\n"));
}

TEST(a_line_without_end_is_an_error_whether_in_one_piece_or_joined)
{
	static char text[400000];

	for (unsigned joined = 0; joined < 2; joined++) {
		strcpy(text, "#!fpxe\necho before\necho ");
		for (size_t at = strlen(text); at + 3 < sizeof text; at += 3)
			memcpy(text + at, joined ? "a\\\n" : "aaa", 4);
		run_script(text);
		EXPECT(host_console_has("\nbefore\n"));
		EXPECT_EQ(count("a line of more than 100000 bytes"), 1);
	}
}

TEST(a_backslash_joins_over_either_line_end_and_in_comments)
{
	run_script("#!fpxe\necho on\\\r\ne\n# no\\\necho no\necho yes\n");
	EXPECT(host_console_has("\none\nyes\n"));
	EXPECT(!host_console_has("\nno\n"));
}

TEST(a_backslash_on_the_first_line_joins_nothing)
{
	run_script("#!fpxe \\\necho one\n");
	EXPECT(host_console_has("\none\n"));
}

TEST(line_ends_of_old_macintoshes_make_one_line_of_it_all)
{
	run_script("#!fpxe\recho one\recho two\r");
	EXPECT(!host_console_has("one"));
	EXPECT(!host_console_has("chain http://10.0.2.2/s:"));
}

TEST(a_thousand_joined_lines_are_one)
{
	static char text[8100] = "#!fpxe\necho ";

	for (unsigned i = 0; i < 1000; i++)
		strcat(text, "ab\\\n");
	strcat(text, "end\necho after\n");
	run_script(text);
	EXPECT(host_console_has("ababend\nafter\n"));
}

TEST(a_script_of_nothing_but_line_ends_and_spaces_does_nothing)
{
	static char text[5000] = "#!fpxe";

	for (unsigned i = 6; i < sizeof text - 1; i++)
		text[i] = " \n\t\r\n;"[i % 6 == 5 ? 1 : i % 6];
	run_script(text);
	EXPECT(!host_console_has("chain http://10.0.2.2/s:"));
}

TEST(a_script_cut_in_the_middle_of_a_quote_says_so)
{
	run_script("#!fpxe\necho one\necho \"two");
	EXPECT(host_console_has("\none\n"));
	EXPECT_EQ(count("a quote that is not closed"), 1);
}

/* Every byte where a command is expected, and in a word: none of them draws on the screen by way of an error. */
TEST(unknown_commands_of_any_bytes_cannot_draw_on_the_screen)
{
	for (unsigned byte = 1; byte < 256; byte++) {
		char text[40];

		if (strchr("\t\n\v\f\r #;\"'", (int)byte))
			continue;
		snprintf(text, sizeof text, "#!fpxe\n%c[2Jnonsense\n", (int)byte);
		run_script(text);
		EXPECT_EQ(count("nonsense: not found"), 1);
		EXPECT(strstr(host_console_text(), "\033[2J") == NULL);
	}
}

/* ---- what is no script ------------------------------------------------------------------------------------------------------- */

TEST(what_only_looks_like_a_script_is_not_run)
{
	static const char *const files[] = {
		"\xef\xbb\xbf#!fpxe\necho no\n",       /* a byte order mark */
		" #!fpxe\necho no\n", "#!fpxes\necho no\n", "#!FPXE\necho no\n", "#! fpxe\necho no\n", "#!/bin/sh\necho no\n", "#!fpx\necho no\n",
		"<html>\n#!fpxe\necho no\n",
	};

	for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
		run_script(files[i]);
		EXPECT(!host_console_has("\nno\n"));
		EXPECT_EQ(count("chain http://10.0.2.2/s:"), 1);
	}
}

/* ---- scripts in scripts ------------------------------------------------------------------------------------------------------ */

/** A row of @scripts scripts, each of which runs the next; the last one says so. */
static void run_row(unsigned scripts)
{
	static char url[20][40], contents[20][60];

	memset(fake_file, 0, sizeof fake_file);
	for (unsigned i = 0; i < scripts; i++) {
		snprintf(url[i], sizeof url[i], "http://10.0.2.2/s%u", i);
		snprintf(contents[i], sizeof contents[i], i + 1 < scripts ? "#!fpxe\nchain s%u\n" : "#!fpxe\necho last\n", i + 1);
		fake_file[i] = (struct fake_file){ .url = url[i], .contents = contents[i] };
	}
	host_console_clear();
	run_shell("dhcp\nchain http://10.0.2.2/s0\necho ali''ve\n");
	EXPECT(host_console_has("\nalive\n"));
}

TEST(sixteen_scripts_may_run_one_another_and_no_more)
{
	run_row(16);
	EXPECT(host_console_has("\nlast\n"));
	run_row(17);
	EXPECT(!host_console_has("\nlast\n"));
	EXPECT_EQ(count("16 scripts run one another"), 1);
}
