/* SPDX-License-Identifier: BSD-2-Clause */
/* core/text.c: copies, comparison without case, numbers, addresses. */
#include "tests/unit/test.h"

#include "core/string.h"

TEST(copy_cuts_and_always_ends)
{
	char buf[4] = "xxx";

	EXPECT(text_copy(buf, sizeof(buf), "abc"));
	EXPECT_STR(buf, "abc");
	EXPECT(!text_copy(buf, sizeof(buf), "wxyz"));
	EXPECT_STR(buf, "wxy");
	EXPECT(!text_copy(buf, 1, "a"));
	EXPECT_STR(buf, "");
	EXPECT(text_copy(buf, 1, ""));
	buf[0] = 'k';
	EXPECT(!text_copy(buf, 0, ""));
	EXPECT_EQ(buf[0], 'k');
}

TEST(casecmp_knows_ascii_letters_only)
{
	EXPECT_EQ(text_casecmp("Content-LENGTH", "content-length"), 0);
	EXPECT(text_casecmp("a", "B") < 0);
	EXPECT(text_casecmp("Z", "a") > 0);
	EXPECT(text_casecmp("[", "{") != 0);
	EXPECT(text_casecmp("@", "`") != 0);
	EXPECT(text_casecmp("ab", "abc") < 0);
	EXPECT(text_casecmp("\xc4", "\xe4") != 0);
	EXPECT_EQ(text_ncasecmp("HTTP/1.1", "http/2", 5), 0);
	EXPECT_EQ(text_ncasecmp("a", "b", 0), 0);
}

TEST(u32_takes_decimal_and_hex_up_to_its_maximum)
{
	uint32_t v = 77;

	EXPECT(text_to_u32("0", 9, &v) && v == 0);
	EXPECT(text_to_u32("4294967295", UINT32_MAX, &v) && v == UINT32_MAX);
	EXPECT(text_to_u32("0xFfFfFfFf", UINT32_MAX, &v) && v == UINT32_MAX);
	EXPECT(text_to_u32("0X1f", 31, &v) && v == 31);
	EXPECT(text_to_u32("65535", 65535, &v));
	EXPECT(!text_to_u32("65536", 65535, &v));
	EXPECT(!text_to_u32("4294967296", UINT32_MAX, &v));
	EXPECT(!text_to_u32("0x100000000", UINT32_MAX, &v));
	EXPECT(!text_to_u32("99999999999", UINT32_MAX, &v));
	EXPECT(!text_to_u32("", 9, &v));
	EXPECT(!text_to_u32("0x", 9, &v));
	EXPECT(!text_to_u32("-1", 9, &v));
	EXPECT(!text_to_u32(" 1", 9, &v));
	EXPECT(!text_to_u32("1 ", 9, &v));
	EXPECT(!text_to_u32("1a", 99, &v));
}

TEST(u64_takes_digits_only_and_refuses_overflow)
{
	uint64_t v = 0;

	EXPECT(text_to_u64("18446744073709551615", 20, &v) && v == UINT64_MAX);
	EXPECT(!text_to_u64("18446744073709551616", 20, &v));
	EXPECT(!text_to_u64("99999999999999999999", 20, &v));
	EXPECT(text_to_u64("00000000000000000000000012", 26, &v) && v == 12);
	EXPECT(text_to_u64("123xyz", 3, &v) && v == 123);
	EXPECT(!text_to_u64("123xyz", 4, &v));
	EXPECT(!text_to_u64("", 0, &v));
	EXPECT(!text_to_u64("+1", 2, &v));
	EXPECT(!text_to_u64("1\0", 2, &v));
}

TEST(ipv4_takes_four_decimal_parts)
{
	uint32_t a = 0;

	EXPECT(text_to_ipv4("10.0.2.15", &a) && a == 0x0a00020f);
	EXPECT(text_to_ipv4("255.255.255.255", &a) && a == UINT32_MAX);
	EXPECT(!text_to_ipv4("256.0.0.0", &a));
	EXPECT(!text_to_ipv4("1.2.3", &a));
	EXPECT(!text_to_ipv4("1.2.3.", &a));
	EXPECT(!text_to_ipv4("1.2.3.4.", &a));
	EXPECT(!text_to_ipv4("1.2.3.4.5", &a));
	EXPECT(!text_to_ipv4("1.2.3.4 ", &a));
	EXPECT(!text_to_ipv4(".1.2.3", &a));
	EXPECT(!text_to_ipv4("", &a));
	EXPECT(!text_to_ipv4("00001.2.3.4", &a));
	EXPECT(!text_to_ipv4("4294967297.2.3.4", &a));
	EXPECT(!text_to_ipv4("a.b.c.d", &a));
}
