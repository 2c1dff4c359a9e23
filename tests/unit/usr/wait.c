/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop that waits: ends, timeouts, Ctrl-C, the watched Ctrl-B, keys typed ahead. */
#include "tests/unit/test.h"

#include "core/clock.h"
#include "core/console.h"
#include "core/errors.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "usr/wait.h"

static uint32_t done_at_ms;
static int result;
static unsigned draws;

static int done(void *context)
{
	return time_reached(clock_ms(), done_at_ms) ? result : -EINPROGRESS;
}
static void draw(void *context)
{
	draws++;
}
static struct waiting waiting;

static void setup(void)
{
	host_reset();
	host_clock_step(100);
	net_init(&the_net);
	wait_watch_shell_key(false);
	wait_forget_shell_key();
	draws = 0;
	result = 0;
	done_at_ms = clock_ms() + 1000;
	waiting = (struct waiting){ done, NULL, draw, 0 };
}
static void teardown(void)
{
	while (wait_key(1) >= 0)
		;
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; test_teardown = teardown; }

TEST(it_returns_what_done_returns)
{
	result = -ECONNRESET;
	EXPECT_EQ(wait_for(&waiting), -ECONNRESET);
	EXPECT(time_reached(clock_ms(), done_at_ms));
}

TEST(it_draws_four_times_a_second)
{
	EXPECT_EQ(wait_for(&waiting), 0);
	EXPECT(draws >= 3 && draws <= 4);
}

TEST(it_gives_up_after_its_time)
{
	uint32_t start = clock_ms();

	waiting.timeout_ms = 300;
	EXPECT_EQ(wait_for(&waiting), -ETIMEDOUT);
	EXPECT(clock_ms() - start >= 300 && clock_ms() - start < 310);
}

TEST(ctrl_c_ends_it_within_200_ms)
{
	uint32_t start = clock_ms();

	host_key_after(500, KEY_CTRL('C'));
	EXPECT_EQ(wait_for(&waiting), -ECANCELED);
	EXPECT(clock_ms() - start < 700);
	EXPECT(!wait_shell_wanted());
}

TEST(ctrl_b_is_an_ordinary_key_unless_watched)
{
	host_key(KEY_CTRL('B'));
	EXPECT_EQ(wait_for(&waiting), 0);
	EXPECT(!wait_shell_wanted());
	EXPECT_EQ(wait_key(1), KEY_CTRL('B'));
}

TEST(a_watched_ctrl_b_ends_this_wait_and_those_after_it)
{
	EXPECT(!wait_watch_shell_key(true));
	host_key(KEY_CTRL('B'));
	EXPECT_EQ(wait_for(&waiting), -ECANCELED);
	EXPECT(wait_shell_wanted());
	EXPECT_EQ(wait_ms(1000), -ECANCELED);
	EXPECT(wait_interrupted());
	wait_forget_shell_key();
	EXPECT_EQ(wait_ms(10), 0);
	EXPECT(wait_watch_shell_key(false));
}

TEST(other_keys_stay_in_order_for_whoever_reads_next)
{
	host_type("abc");
	host_key(KEY_UP);
	EXPECT_EQ(wait_for(&waiting), 0);
	host_type("d");
	EXPECT_EQ(wait_key(1), 'a');
	EXPECT_EQ(wait_key(1), 'b');
	EXPECT_EQ(wait_key(1), 'c');
	EXPECT_EQ(wait_key(1), KEY_UP);
	EXPECT_EQ(wait_key(1), 'd');
	EXPECT_EQ(wait_key(1), -1);
}

TEST(ctrl_c_takes_what_was_typed_before_it_along)
{
	host_type("junk");
	host_key(KEY_CTRL('C'));
	host_type("x");
	EXPECT_EQ(wait_for(&waiting), -ECANCELED);
	EXPECT_EQ(wait_key(1), 'x');
}

TEST(a_thousand_keys_typed_ahead_do_no_harm)
{
	for (int i = 0; i < 1000; i++)
		host_key('a' + i % 26);
	EXPECT_EQ(wait_for(&waiting), 0);
	EXPECT_EQ(wait_key(1), 'a');
}

TEST(waiting_for_a_key_rests_the_processor)
{
	uint32_t start;

	host_clock_step(0);     /* only console_idle() moves the time */
	start = clock_ms();
	EXPECT_EQ(wait_key(500), -1);
	EXPECT(clock_ms() - start >= 500);
}

TEST(times_are_right_across_the_wrap_of_the_clock)
{
	host_clock_set(0xffffff00u);
	done_at_ms = 0x300;
	EXPECT_EQ(wait_for(&waiting), 0);
	host_clock_set(0xffffff00u);
	EXPECT_EQ(wait_ms(1000), 0);
	EXPECT(clock_ms() - 0xffffff00u >= 1000 && clock_ms() - 0xffffff00u < 1010);
}
