/* SPDX-License-Identifier: BSD-2-Clause */
/* core/string.c, the firmware's own, compared with libc's at all small offsets and lengths. */
#include "tests/unit/test.h"

#define memset fw_memset
#define memcmp fw_memcmp
#define memchr fw_memchr
#define strlen fw_strlen
#define strnlen fw_strnlen
#define strcmp fw_strcmp
#define strncmp fw_strncmp
#define strchr fw_strchr
#define strrchr fw_strrchr
#define strstr fw_strstr
#include "core/string.c"
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr
#undef strstr

#define SIZE 160

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void fill(uint8_t *p)
{
	for (int i = 0; i < SIZE; i++)
		p[i] = (uint8_t)(i * 7 + 3);
}

TEST(memset_fills_exactly_n_bytes)
{
	uint8_t got[SIZE], wanted[SIZE];

	for (size_t to = 0; to < 5; to++)
		for (size_t n = 0; n < 100; n++) {
			fill(got);
			fill(wanted);
			memset(wanted + to, 0x1e5, n);
			EXPECT(fw_memset(got + to, 0x1e5, n) == got + to);
			EXPECT_MEM(got, wanted, SIZE);
		}
}

TEST(comparisons_are_unsigned_and_stop_in_time)
{
	static const char *const words[] = { "", "a", "ab", "abc", "abd", "\x80", "\xff", "a\xff", "abcdefghijklmnop" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		for (size_t j = 0; j < sizeof(words) / sizeof(*words); j++) {
			EXPECT_EQ(sign(fw_strcmp(words[i], words[j])), sign(strcmp(words[i], words[j])));
			for (size_t n = 0; n < 5; n++)
				EXPECT_EQ(sign(fw_strncmp(words[i], words[j], n)), sign(strncmp(words[i], words[j], n)));
		}
	EXPECT_EQ(sign(fw_memcmp("ab\0x", "ab\0y", 4)), -1);
	EXPECT_EQ(fw_memcmp("ab\0x", "ab\0y", 3), 0);
	EXPECT_EQ(sign(fw_memcmp("\xff", "\x01", 1)), 1);
	EXPECT_EQ(fw_memcmp("a", "b", 0), 0);
}

TEST(searches_find_the_byte_or_nothing)
{
	const char *s = "net0.dhcp/filename";

	EXPECT(fw_strchr(s, '.') == s + 4);
	EXPECT(fw_strchr(s, '\0') == s + strlen(s));
	EXPECT(fw_strchr(s, '!') == NULL);
	EXPECT(fw_strrchr(s, 'e') == s + strlen(s) - 1);
	EXPECT(fw_strrchr(s, 'n') == strrchr(s, 'n'));
	EXPECT(fw_strrchr(s, '\0') == s + strlen(s));
	EXPECT(fw_strrchr(s, '!') == NULL);
	EXPECT(fw_memchr(s, '/', 9) == NULL);
	EXPECT(fw_memchr(s, '/', 10) == s + 9);
	EXPECT(fw_strstr(s, "dhcp") == s + 5);
	EXPECT(fw_strstr(s, "") == s);
	EXPECT(fw_strstr(s, "filenames") == NULL);
	EXPECT(fw_strstr("aaab", "aab") != NULL);
	EXPECT_EQ(fw_strlen(s), strlen(s));
	EXPECT_EQ(fw_strnlen(s, 4), 4);
	EXPECT_EQ(fw_strnlen(s, 400), strlen(s));
	EXPECT_EQ(fw_strnlen(NULL, 0), 0);
}
