/* SPDX-License-Identifier: BSD-2-Clause */
/* core/log.c: levels decide, and the default goes to the console. */
#include "tests/unit/test.h"

#include "core/log.h"
#include "tests/host/host.h"

#define LOG_LEVEL_QUIET LOG_NONE
#define LOG_LEVEL_TALKATIVE LOG_INFO

TEST(lines_above_the_level_are_not_written)
{
	host_console_clear();
	log_warn(QUIET, "never %d\n", 1);
	log_debug(TALKATIVE, "never %d\n", 2);
	EXPECT_STR(host_console_text(), "");
	log_info(TALKATIVE, "net0: %s\n", "up");
	log_warn(TALKATIVE, "net0: down\n");
	EXPECT_STR(host_console_text(), "net0: up\nnet0: down\n");
}
