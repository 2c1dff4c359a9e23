/* SPDX-License-Identifier: BSD-2-Clause */
/* core/errors.c: texts of the codes, and the detail that fail() leaves. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "tests/host/host.h"

TEST(every_code_has_its_text)
{
	EXPECT_STR(error_text(-ENOENT), "not found");
	EXPECT_STR(error_text(-ETIMEDOUT), "timed out");
	EXPECT_STR(error_text(ENOENT), "not found");
	EXPECT_STR(error_text(-ECANCELED), "cancelled by user");
	EXPECT_STR(error_text(-3), "unknown error");
	EXPECT_STR(error_text(-256 - ENOENT), "unknown error");
	EXPECT_STR(error_text(0), "unknown error");
	EXPECT_STR(error_text(INT32_MIN), "unknown error");
}

TEST(fail_returns_the_code_and_leaves_the_sentence)
{
	char buf[300], wanted[300];
	int line = __LINE__ + 1;
	int rc = fail(-ETIMEDOUT, "no reply to %d SYNs from %s", 6, "10.0.2.2");

	EXPECT_EQ(rc, -ETIMEDOUT);
	error_format(buf, sizeof(buf), rc);
	snprintf(wanted, sizeof(wanted), "timed out: no reply to 6 SYNs from 10.0.2.2 [%s:%d]", __FILE__, line);
	EXPECT_STR(buf, wanted);
}

TEST(the_detail_of_another_code_is_left_out)
{
	char buf[100];

	fail(-ETIMEDOUT, "gone");
	error_format(buf, sizeof(buf), -EIO);
	EXPECT_STR(buf, "input/output error");
	error_clear();
	error_format(buf, sizeof(buf), -ETIMEDOUT);
	EXPECT_STR(buf, "timed out");
}

TEST(the_last_of_several_wins)
{
	char buf[100];

	fail(-EIO, "first");
	fail(-EIO, "second");
	error_format(buf, sizeof(buf), -EIO);
	EXPECT(strstr(buf, "second") && !strstr(buf, "first"));
}

TEST(long_details_are_cut_not_overrun)
{
	char big[1000], buf[600], small[8];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	fail(-EINVAL, "%s", big);
	error_format(buf, sizeof(buf), -EINVAL);
	EXPECT(strlen(buf) < ERROR_DETAIL_MAX + 80);
	error_format(small, sizeof(small), -EINVAL);
	EXPECT_STR(small, "invalid");
}

TEST(what_is_no_printable_character_does_not_reach_the_console)
{
	char buf[300];
	int rc = fail(-EPROTO, "header line \"%s\"", "a\x1b[2J\r\n\xff" "b");

	error_format(buf, sizeof(buf), rc);
	EXPECT(strstr(buf, "header line \"a?[2J???b\" [") != NULL);
}
