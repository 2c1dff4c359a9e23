/* SPDX-License-Identifier: BSD-2-Clause */
/* Options, arguments and help from a command's table. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "core/heap.h"
#include "tests/host/host.h"
#include "usr/command.h"

static struct arguments seen;
static unsigned runs;

static int run(const struct arguments *a)
{
	seen = *a;
	runs++;
	return 0;
}

enum { NAME, QUIET, SIZE };
static const struct option options[] = {
	{ 'n', "name", "NAME", "the name" },
	{ 'q', "quiet", NULL, "no noise" },
	{ 's', "size", "BYTES", "how large" },
	{ 0 }
};
static const struct command fetch = {
	.name = "fetch", .alias = { "get", "load" }, .arguments = "what [word...]", .help = "Fetches.",
	.options = options, .min_args = 1, .max_args = -1, .raw = true, .run = run,
};
static const struct command mixed = {
	.name = "mixed", .arguments = "[a [b]]", .help = "Takes options anywhere.", .options = options, .max_args = 2, .run = run,
};
static const struct command plain = { .name = "plain", .arguments = "", .help = "Takes nothing.", .run = run };

const struct command *const commands[] = { &fetch, &mixed, &plain, NULL };

static char error[ERROR_DETAIL_MAX + 80];

/** Run the words of @line, split at spaces. */
static int run_line(const char *line)
{
	static char text[1024];
	static char *argv[64];          /* what the command saw is looked at later */
	char *word;
	int argc = 0, rc;

	strcpy(text, line);
	for (word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	memset(&seen, 0, sizeof(seen));
	runs = 0;
	error_clear();
	rc = command_run(argc, argv);
	error_format(error, sizeof(error), rc);
	return rc;
}

static void setup(void)
{
	host_reset();
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

TEST(a_command_is_found_by_its_name_and_by_its_other_names)
{
	EXPECT(command_find("fetch") == &fetch);
	EXPECT(command_find("get") == &fetch);
	EXPECT(command_find("load") == &fetch);
	EXPECT(command_find("loa") == NULL);
	EXPECT(command_find("") == NULL);
}

TEST(words_and_options_reach_the_command)
{
	EXPECT_EQ(run_line("fetch -n x -q thing one two"), 0);
	EXPECT_EQ(runs, 1);
	EXPECT_STR(seen.option[NAME], "x");
	EXPECT_STR(seen.option[QUIET], "");
	EXPECT(seen.option[SIZE] == NULL);
	EXPECT_EQ(seen.argc, 3);
	EXPECT_STR(seen.argv[0], "thing");
	EXPECT_STR(seen.argv[2], "two");
	EXPECT(seen.argv[3] == NULL);
}

TEST(long_options_take_their_value_as_the_next_word_or_after_an_equals_sign)
{
	EXPECT_EQ(run_line("fetch --name=x=y --size 7 thing"), 0);
	EXPECT_STR(seen.option[NAME], "x=y");
	EXPECT_STR(seen.option[SIZE], "7");
	EXPECT_EQ(seen.argc, 1);
}

TEST(letters_may_be_joined_and_the_last_may_have_its_value_attached)
{
	EXPECT_EQ(run_line("fetch -qn x thing"), 0);
	EXPECT(seen.option[QUIET] != NULL);
	EXPECT_STR(seen.option[NAME], "x");
	EXPECT_EQ(run_line("fetch -qs12 thing"), 0);
	EXPECT_STR(seen.option[SIZE], "12");
}

TEST(after_the_first_word_of_a_raw_command_options_are_ordinary_words)
{
	EXPECT_EQ(run_line("fetch thing --name x -q --help"), 0);
	EXPECT(seen.option[NAME] == NULL);
	EXPECT_EQ(seen.argc, 5);
	EXPECT_STR(seen.argv[1], "--name");
}

TEST(other_commands_take_options_anywhere)
{
	EXPECT_EQ(run_line("mixed a -q b -n x"), 0);
	EXPECT_EQ(seen.argc, 2);
	EXPECT_STR(seen.argv[1], "b");
	EXPECT_STR(seen.option[NAME], "x");
}

TEST(two_dashes_end_the_options_and_one_dash_is_a_word)
{
	EXPECT_EQ(run_line("mixed -- -q --name"), 0);
	EXPECT_EQ(seen.argc, 2);
	EXPECT_STR(seen.argv[0], "-q");
	EXPECT_EQ(run_line("mixed -"), 0);
	EXPECT_STR(seen.argv[0], "-");
}

TEST(an_unknown_option_is_named)
{
	EXPECT_EQ(run_line("fetch --nmae=x thing"), -EINVAL);
	EXPECT(strstr(error, "unknown option --nmae [") != NULL);
	EXPECT_EQ(run_line("fetch -qx thing"), -EINVAL);
	EXPECT(strstr(error, "unknown option -x [") != NULL);
	EXPECT_EQ(run_line("plain --foo"), -EINVAL);
	EXPECT(strstr(error, "unknown option --foo") != NULL);
	EXPECT_EQ(run_line("plain -f"), -EINVAL);
	EXPECT_EQ(runs, 0);
}

TEST(a_missing_value_and_one_too_many_are_refused)
{
	EXPECT_EQ(run_line("fetch --name"), -EINVAL);
	EXPECT(strstr(error, "option --name wants NAME") != NULL);
	EXPECT_EQ(run_line("fetch -n"), -EINVAL);
	EXPECT(strstr(error, "option --name wants NAME") != NULL);
	EXPECT_EQ(run_line("fetch --quiet=yes thing"), -EINVAL);
	EXPECT(strstr(error, "option --quiet takes no value") != NULL);
}

TEST(too_few_and_too_many_words_show_the_usage)
{
	EXPECT_EQ(run_line("fetch"), -EINVAL);
	EXPECT(strstr(error, "usage: fetch what [word...]") != NULL);
	EXPECT_EQ(run_line("mixed a b c"), -EINVAL);
	EXPECT(strstr(error, "usage: mixed [a [b]]") != NULL);
	EXPECT_EQ(run_line("plain a"), -EINVAL);
	EXPECT_EQ(runs, 0);
}

TEST(an_unknown_command_is_an_error)
{
	EXPECT_EQ(run_line("ftech thing"), -ENOENT);
	EXPECT(strstr(error, "no such command") != NULL);
}

TEST(help_shows_the_table_and_does_not_run_the_command)
{
	EXPECT_EQ(run_line("get --help"), 0);
	EXPECT_EQ(runs, 0);
	EXPECT(host_console_has("usage: fetch [options] what [word...]\nFetches.\n"));
	EXPECT(host_console_has("  -n, --name NAME      the name\n"));
	EXPECT(host_console_has("  -q, --quiet          no noise\n"));
	EXPECT(host_console_has("  -h, --help           print this\n"));
	EXPECT(host_console_has("also: get, load\n"));
	host_console_clear();
	EXPECT_EQ(run_line("plain -h"), 0);
	EXPECT(host_console_has("usage: plain\nTakes nothing.\n"));
	EXPECT(!host_console_has("also"));
}

TEST(an_option_that_is_a_number_is_read)
{
	uint32_t value = 5;

	run_line("mixed -s 1500");
	EXPECT_EQ(command_number(&seen, SIZE, &value), 0);
	EXPECT_EQ(value, 1500);
	EXPECT_EQ(command_number(&seen, NAME, &value), 0);
	EXPECT_EQ(value, 1500);
	run_line("mixed -s many");
	EXPECT_EQ(command_number(&seen, SIZE, &value), -EINVAL);
	EXPECT_EQ(value, 1500);
}

TEST(words_are_joined_by_single_spaces)
{
	char *words[] = { "a", "b c", "", "d" }, *text = command_join(4, words);

	EXPECT_STR(text, "a b c  d");
	heap_free(text);
	text = command_join(0, words);
	EXPECT_STR(text, "");
	heap_free(text);
	EXPECT_EQ(host_heap_held(), 0);
}
