/* SPDX-License-Identifier: BSD-2-Clause */
/* core/print.c: to the console, uncut. */
#include "tests/unit/test.h"

#include "core/printf.h"
#include "tests/host/host.h"

TEST(print_goes_to_the_console)
{
	host_console_clear();
	EXPECT_EQ(print("net%u: %s\n", 0u, "up"), 9);
	EXPECT_STR(host_console_text(), "net0: up\n");
}

TEST(long_text_is_not_cut)
{
	char *big = malloc(10001);

	memset(big, 'x', 10000);
	big[10000] = '\0';
	host_console_clear();
	EXPECT_EQ(print("%s|", big), 10001);
	EXPECT_EQ(strlen(host_console_text()), 10001);
	free(big);
}
