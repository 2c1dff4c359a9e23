/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/cpio.h"
#include "tests/unit/image/images.h"

static uint8_t buf[SPACE_HEADER_ROOM];

/** An entry at @at: "MODE NAME SIZE" in text, and the offset of the next. */
static const char *entry_at(unsigned at, unsigned *next)
{
	static char text[SPACE_HEADER_ROOM];
	unsigned mode, size, name;

	if (memcmp(buf + at, "070701", 6) != 0)
		return "no magic";
	sscanf((char *)buf + at + 14, "%8x", &mode);
	sscanf((char *)buf + at + 54, "%8x", &size);
	sscanf((char *)buf + at + 94, "%8x", &name);
	snprintf(text, sizeof(text), "%o %s %u", mode, (char *)buf + at + 110, size);
	if (buf[at + 110 + name - 1])
		return "no NUL";
	*next = at + ((110 + name + 3) & ~3u);
	return text;
}

static int headers(const char *arguments, uint32_t length)
{
	memset(buf, 0xaa, sizeof(buf));
	error_clear();
	return cpio_headers(arguments, length, buf, sizeof(buf));
}

TEST(a_header_is_newc_to_the_byte)
{
	static const char wanted[] = "070701" "00000000" "000081a4" "00000000" "00000000" "00000001" "00000000" "00001234"
				     "00000000" "00000000" "00000000" "00000000" "0000000b" "00000000" "/etc/hosts\0\0\0";

	EXPECT_EQ(headers("/etc/hosts", 0x1234), 124);
	EXPECT_MEM(buf, wanted, 124);
}

TEST(names_of_every_length_are_padded_to_four)
{
	char name[40] = "";

	for (unsigned len = 1; len < 30; len++) {
		unsigned next = 0;
		char wanted[80];

		name[len - 1] = 'n';
		snprintf(wanted, sizeof(wanted), "100644 %s 5", name);
		EXPECT_EQ(headers(name, 5), (110 + len + 1 + 3) & ~3u);
		EXPECT_STR(entry_at(0, &next), wanted);
		for (unsigned i = 110 + len; i < next; i++)
			EXPECT_EQ(buf[i], 0);
		EXPECT_EQ(buf[next], 0xaa);
	}
}

TEST(mode_and_directories_can_be_asked_for)
{
	unsigned next;

	EXPECT(headers("/sbin/init mode=755", 9) > 0);
	EXPECT_STR(entry_at(0, &next), "100755 /sbin/init 9");
	EXPECT(headers("  ", 9) == -EINVAL);
	EXPECT(headers("/usr/share/oem/config.ign  mkdir=1   mode=0600 ", 9) > 0);
	EXPECT_STR(entry_at(0, &next), "40755 /usr/share/oem 0");
	EXPECT_STR(entry_at(next, &next), "100600 /usr/share/oem/config.ign 9");
	EXPECT(headers("/usr/share/oem/config.ign mkdir=2", 9) > 0);
	EXPECT_STR(entry_at(0, &next), "40755 /usr/share 0");
	EXPECT_STR(entry_at(next, &next), "40755 /usr/share/oem 0");
	for (const char *const *a = (const char *const[]){ "/usr//share/oem/config.ign mkdir=-1", "usr/share/oem/config.ign mkdir=99", NULL };
	     *a; a++) {
		int len = headers(*a, 9);

		EXPECT(strstr(entry_at(0, &next), "usr 0") != NULL);
		EXPECT(strstr(entry_at(next, &next), "share 0") != NULL);
		EXPECT(strstr(entry_at(next, &next), "oem 0") != NULL);
		EXPECT(strstr(entry_at(next, &next), "oem/config.ign 9") != NULL);
		EXPECT_EQ(len, next);
	}
	EXPECT(headers("/a mkdir=0", 1) == 116 && headers("/a mkdir=7", 1) == 116);
}

TEST(what_is_not_understood_is_named)
{
	EXPECT_EQ(headers("", 1), -EINVAL);
	EXPECT_EQ(headers("/a mdoe=755", 1), -EINVAL);
	EXPECT(error_says(-EINVAL, "\"mdoe=755\""));
	EXPECT_EQ(headers("/a mode=", 1), -EINVAL);
	EXPECT_EQ(headers("/a mode=789", 1), -EINVAL);
	EXPECT_EQ(headers("/a mode=17777", 1), -EINVAL);
	EXPECT_EQ(headers("/a mode=77777777777777777777", 1), -EINVAL);
	EXPECT_EQ(headers("/a mkdir=-2", 1), -EINVAL);
	EXPECT_EQ(headers("/a mkdir=256", 1), -EINVAL);
	EXPECT_EQ(headers("/a mkdir=-1x", 1), -EINVAL);
	EXPECT_EQ(headers("/a mkdir=", 1), -EINVAL);
	EXPECT_EQ(headers("/a /b", 1), -EINVAL);
}

TEST(headers_that_do_not_fit_in_front_are_refused)
{
	char name[SPACE_HEADER_ROOM + 20];

	memset(name, 'n', sizeof(name));
	name[SPACE_HEADER_ROOM - 111] = '\0';
	EXPECT_EQ(headers(name, 1), SPACE_HEADER_ROOM);
	name[SPACE_HEADER_ROOM - 111] = 'n';
	name[SPACE_HEADER_ROOM - 110] = '\0';
	EXPECT_EQ(headers(name, 1), -EINVAL);
	EXPECT(error_says(-EINVAL, "too long"));
	memset(name, 'n', 300);
	for (unsigned i = 0; i < 100; i++)
		memcpy(name + 2 * i, "a/", 2);
	memcpy(name + 200, "f mkdir=-1", 11);
	EXPECT_EQ(headers(name, 1), -EINVAL);
}
