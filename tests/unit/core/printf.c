/* SPDX-License-Identifier: BSD-2-Clause */
/* core/printf.c: against libc where C says what comes out, our own conversions, cutting. */
#include "tests/unit/test.h"

#include <limits.h>
#include <stdint.h>
#include "core/printf.h"

#define LIKE_LIBC(...) do { \
	char got_[128], wanted_[128]; \
	int n_ = text_format(got_, sizeof(got_), __VA_ARGS__); \
	EXPECT_EQ(n_, snprintf(wanted_, sizeof(wanted_), __VA_ARGS__)); \
	EXPECT_STR(got_, wanted_); \
} while (0)

TEST(numbers_come_out_as_c_says)
{
	LIKE_LIBC("%d %d %d", 0, -1, 42);
	LIKE_LIBC("%d %d", INT_MAX, INT_MIN);
	LIKE_LIBC("%lld %lld", LLONG_MAX, LLONG_MIN);
	LIKE_LIBC("%llu %llx %llX", ULLONG_MAX, 0xfedcba9876543210ull, 0xfedcba9876543210ull);
	LIKE_LIBC("%u %x %X", UINT_MAX, 0xdeadbeefu, 0xdeadbeefu);
	LIKE_LIBC("[%5d] [%-5d] [%05d]", 42, 42, 42);
	LIKE_LIBC("[%5d] [%05d] [%5d]", -42, -42, -123456);
	LIKE_LIBC("[%023d] [%023lld]", -1, LLONG_MIN);
	LIKE_LIBC("[%*d] [%-*d] [%*d]", 6, 1, 6, 2, -6, 3);
	LIKE_LIBC("[%08x] [%8X] [%2x]", 0xabcu, 0xabcu, 0x12345u);
	LIKE_LIBC("%u.%02u", 1u, 5u);
}

TEST(text_comes_out_as_c_says)
{
	LIKE_LIBC("[%s] [%10s] [%-10s]", "abc", "abc", "abc");
	LIKE_LIBC("[%.2s] [%5.1s] [%.*s] [%.0s]", "abc", "abc", 2, "xyz", "x");
	LIKE_LIBC("[%c] [%3c] [%-3c]", 'a', 'b', 'c');
	LIKE_LIBC("100%% %s", "sure");
	LIKE_LIBC("%s", "");
}

TEST(precision_bounds_what_is_read_of_a_string)
{
	char no_nul[3] = { 'a', 'b', 'c' }, buf[16];

	EXPECT_EQ(text_format(buf, sizeof(buf), "%.3s", no_nul), 3);
	EXPECT_STR(buf, "abc");
}

TEST(a_null_string_is_named)
{
	char buf[16];
	const char *volatile null = NULL;

	text_format(buf, sizeof(buf), "<%s>", null);
	EXPECT_STR(buf, "<(null)>");
}

TEST(addresses_have_conversions_of_their_own)
{
	char buf[80];
	uint32_t ip = 0x0a00020f, all = UINT32_MAX, none = 0;
	uint8_t mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0xff };

	text_format(buf, sizeof(buf), "%pI4 %pI4 %pI4.", (void *)&ip, (void *)&all, (void *)&none);
	EXPECT_STR(buf, "10.0.2.15 255.255.255.255 0.0.0.0.");
	text_format(buf, sizeof(buf), "[%17pI4] [%-10pI4]", (void *)&ip, (void *)&ip);
	EXPECT_STR(buf, "[        10.0.2.15] [10.0.2.15 ]");
	text_format(buf, sizeof(buf), "%pM|%18pM", (void *)mac, (void *)mac);
	EXPECT_STR(buf, "52:54:00:12:34:ff| 52:54:00:12:34:ff");
	text_format(buf, sizeof(buf), "%pK %pK|%7pK", (void *)(uintptr_t)0, (void *)(uintptr_t)39935, (void *)(uintptr_t)1024);
	EXPECT_STR(buf, "0.0 38.9|    1.0");
}

TEST(every_size_of_buffer_cuts_and_ends_and_tells_the_whole_length)
{
	for (size_t size = 0; size <= 12; size++) {
		char *buf = malloc(size ? size : 1);
		char wanted[16];

		EXPECT_EQ(text_format(buf, size, "%s=%d", "count", 4711), 10);
		snprintf(wanted, sizeof(wanted), "%.*s", size ? (int)size - 1 : 0, "count=4711");
		if (size)
			EXPECT_STR(buf, wanted);
		free(buf);
	}
}
