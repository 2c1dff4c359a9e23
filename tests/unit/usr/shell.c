/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of commands: && || ;, errors printed once, exit, errno. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "core/settings.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "usr/command.h"
#include "usr/shell.h"
#include "usr/wait.h"

static char trace[256];         /* the words that the commands below were given, in order */

static int run_say(const struct arguments *a)
{
	strcat(trace, a->argc ? a->argv[0] : "-");
	return 0;
}
static int run_fail(const struct arguments *a)
{
	strcat(trace, "!");
	return fail(-ETIMEDOUT, "because");
}
static int run_inner(const struct arguments *a)
{
	return shell_run_line(a->argv[0], LINE_FPXE);
}
static int run_told(const struct arguments *a)
{
	shell_job_begin();
	fail(-EIO, "net0 did it");
	shell_job_end("net0", -EIO);
	return -EIO;
}
static int run_exit(const struct arguments *a)
{
	int status = a->argc ? atoi(a->argv[0]) : 0;

	shell_exit(status);
	return status;
}
static int run_shell(const struct arguments *a)
{
	return shell();
}
static int run_sleep(const struct arguments *a)
{
	return wait_ms(atoi(a->argv[0]) * 1000);
}
static const struct command
	say = { .name = "say", .arguments = "[word]", .help = "", .max_args = -1, .raw = true, .run = run_say },
	bad = { .name = "bad", .arguments = "", .help = "", .max_args = -1, .raw = true, .run = run_fail },
	inner = { .name = "inner", .arguments = "line", .help = "", .min_args = 1, .max_args = 1, .raw = true, .run = run_inner },
	told = { .name = "told", .arguments = "", .help = "", .run = run_told },
	out = { .name = "exit", .arguments = "[status]", .help = "", .max_args = 1, .run = run_exit },
	nested = { .name = "shell", .arguments = "", .help = "", .run = run_shell },
	nap = { .name = "sleep", .arguments = "s", .help = "", .min_args = 1, .max_args = 1, .run = run_sleep };
const struct command *const commands[] = { &say, &bad, &inner, &told, &out, &nested, &nap, NULL };

static void setup(void)
{
	settings_wipe(settings_root());
	host_reset();
	host_clock_step(10);
	net_init(&the_net);
	trace[0] = '\0';
	shell_exit_done();
	wait_watch_shell_key(false);
	wait_forget_shell_key();
	shell_run_line("say", LINE_FPXE);       /* errno is 0 again */
	trace[0] = '\0';
	settings_wipe(settings_root());
	host_console_clear();
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

static int run(const char *line)
{
	return shell_run_line(line, LINE_FPXE);
}

TEST(commands_between_semicolons_all_run)
{
	EXPECT_EQ(run("say a ; bad ; say b"), 0);
	EXPECT_STR(trace, "a!b");
}

TEST(and_runs_the_next_after_success_only)
{
	EXPECT_EQ(run("say a && say b"), 0);
	EXPECT_STR(trace, "ab");
	trace[0] = '\0';
	EXPECT_EQ(run("bad && say b"), -ETIMEDOUT);
	EXPECT_STR(trace, "!");
}

TEST(or_runs_the_next_after_failure_only)
{
	EXPECT_EQ(run("say a || say b"), 0);
	EXPECT_STR(trace, "a");
	trace[0] = '\0';
	EXPECT_EQ(run("bad || say b"), 0);
	EXPECT_STR(trace, "!b");
}

TEST(operators_chain_from_left_to_right)
{
	EXPECT_EQ(run("bad && say a || say b && say c"), 0);
	EXPECT_STR(trace, "!bc");
	trace[0] = '\0';
	EXPECT_EQ(run("say a || say b && say c"), 0);
	EXPECT_STR(trace, "ac");
}

TEST(a_trailing_or_makes_a_failure_harmless)
{
	EXPECT_EQ(run("bad ||"), 0);
	EXPECT_STR(trace, "!");
}

TEST(empty_lines_and_comments_do_nothing)
{
	EXPECT_EQ(run(""), 0);
	EXPECT_EQ(run("   "), 0);
	EXPECT_EQ(run("# say a"), 0);
	EXPECT_EQ(run("${unset}"), 0);
	EXPECT_STR(trace, "");
	EXPECT_STR(host_console_text(), "");
}

TEST(an_error_is_one_line_with_the_words_the_text_the_detail_and_the_place)
{
	EXPECT_EQ(run("bad one two"), -ETIMEDOUT);
	EXPECT(strstr(host_console_text(), "bad one two: timed out: because [tests/unit/usr/shell.c:") == host_console_text());
	EXPECT_EQ(strchr(host_console_text(), '\n') - host_console_text(), (long)strlen(host_console_text()) - 1);
}

TEST(many_words_are_cut_and_a_password_is_not_shown)
{
	char line[400] = "bad ";

	memset(line + 4, 'x', 300);
	run(line);
	EXPECT(strstr(host_console_text(), "xxx...: timed out") != NULL);
	EXPECT(strstr(host_console_text(), ": timed out") - host_console_text() < 100);
	host_console_clear();
	run("bad http://me:secret@host/path x");
	EXPECT(strstr(host_console_text(), "secret") == NULL);
	EXPECT(strstr(host_console_text(), "http://me:******@host/path x") != NULL);
	host_console_clear();
	run("bad http://host:80/a@b");
	EXPECT(strstr(host_console_text(), "http://host:80/a@b") != NULL);
}

TEST(an_unknown_command_is_said)
{
	EXPECT_EQ(run("nonsense here"), -ENOENT);
	EXPECT(strstr(host_console_text(), "nonsense here: not found: no such command") == host_console_text());
}

TEST(an_error_inside_a_command_that_runs_lines_is_printed_once)
{
	EXPECT_EQ(run("inner bad"), -ETIMEDOUT);
	EXPECT(strstr(host_console_text(), "bad: timed out") == host_console_text());
	EXPECT(strstr(host_console_text(), "inner") == NULL);
	host_console_clear();
	EXPECT_EQ(run("told"), -EIO);
	EXPECT(strstr(host_console_text(), "net0: input/output error: net0 did it") == host_console_text());
	EXPECT(strstr(host_console_text(), "told") == NULL);
}

TEST(the_same_error_of_the_next_command_is_said_again)
{
	run("inner bad ; bad ; inner bad");
	EXPECT(strstr(strstr(strstr(host_console_text(), "bad: timed out") + 1, "bad: timed out") + 1, "bad: timed out") != NULL);
}

TEST(an_error_after_one_that_was_dealt_with_is_said)
{
	EXPECT_EQ(run("inner 'told || say a' && told"), -EIO);
	EXPECT_EQ(run("inner 'bad || told'"), -EIO);
	EXPECT(strstr(host_console_text(), "inner") == NULL);
}

TEST(a_line_that_cannot_be_split_is_an_error)
{
	EXPECT(run("say 'a") < 0);
	EXPECT(strstr(host_console_text(), "invalid argument") != NULL);
	EXPECT_STR(trace, "");
}

TEST(errno_holds_the_last_commands_error)
{
	char text[16];

	run("bad");
	EXPECT(settings_get("errno", text, sizeof(text), NULL) > 0);
	EXPECT_STR(text, "110");
	run("say ${errno}");
	EXPECT_STR(trace, "!110");
	settings_get("errno", text, sizeof(text), NULL);
	EXPECT_STR(text, "0");
}

TEST(exit_ends_the_line_and_its_status_is_no_error)
{
	EXPECT_EQ(run("exit 3 ; say a"), 3);
	EXPECT(shell_exiting());
	EXPECT_EQ(shell_exit_done(), 3);
	EXPECT(!shell_exiting());
	EXPECT_STR(trace, "");
	EXPECT_STR(host_console_text(), "");
}

TEST(the_shell_reads_lines_until_exit_and_returns_its_status)
{
	host_type("say a\nbad\nsay b\nexit 4\nsay c\n");
	EXPECT_EQ(shell(), 4);
	EXPECT_STR(trace, "a!b");
	EXPECT(host_console_has("fPXE> say a\nfPXE> bad\n"));
}

TEST(a_nested_shell_ends_alone)
{
	host_type("shell\nsay a\nexit\nsay b\nexit\n");
	EXPECT_EQ(shell(), 0);
	EXPECT_STR(trace, "ab");
	EXPECT_EQ(host_heap_held(), 0);
}

TEST(ctrl_c_ends_a_command_within_200_ms_and_the_shell_goes_on)
{

	host_type("sleep 1000\n");
	host_key_after(5000, 3);
	host_type("say a\nexit\n");
	EXPECT_EQ(shell(), 0);
	EXPECT(host_console_has("sleep 1000: cancelled by user"));
	EXPECT_STR(trace, "a");
}

TEST(typed_ahead_lines_wait_for_the_command_before_them)
{
	host_type("sleep 3\nsay a\nsay b\nexit\n");
	EXPECT_EQ(shell(), 0);
	EXPECT_STR(trace, "ab");
}

TEST(ctrl_c_ends_a_line_between_its_commands)
{
	host_type("say a ; say b ; say c\n");
	host_key(3);
	host_type("say d\nexit\n");
	EXPECT_EQ(shell(), 0);
	EXPECT_STR(trace, "ad");
}
