/* SPDX-License-Identifier: BSD-2-Clause */
/* core/setting_types.c: each type's text and bytes, there and back, and what is refused. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "core/setting_types.h"
#include "tests/host/host.h"

static void parses(enum setting_type type, const char *text, const char *bytes, int len)
{
	uint8_t *out = malloc(SETTING_PARSED_MAX(strlen(text)));        /* so that a byte too many is seen */

	EXPECT_EQ(setting_type_parse(type, text, out), len);
	if (len > 0)
		EXPECT_MEM(out, bytes, (size_t)len);
	free(out);
}

static void refuses(enum setting_type type, const char *text)
{
	uint8_t *out = malloc(SETTING_PARSED_MAX(strlen(text)));

	if (setting_type_parse(type, text, out) != -EINVAL)
		test_fail(__FILE__, __LINE__, "%s took \"%s\"", setting_type_name(type), text);
	free(out);
}

static void formats(enum setting_type type, const char *bytes, size_t len, const char *wanted)
{
	char buf[128] = "";
	struct text_buffer t = { buf, sizeof(buf), 0 };
	uint8_t *exact = malloc(len ? len : 1);

	memcpy(exact, bytes, len);
	EXPECT_EQ(setting_type_format(type, false, exact, len, &t), wanted ? 0 : -EINVAL);
	if (wanted)
		EXPECT_STR(buf, wanted);
	free(exact);
}

TEST(names_and_types_belong_together)
{
	EXPECT_EQ(setting_type_find("string"), SETTING_STRING);
	EXPECT_EQ(setting_type_find("uint16"), SETTING_UINT16);
	EXPECT_EQ(setting_type_find("int"), -EINVAL);
	EXPECT_EQ(setting_type_find(""), -EINVAL);
	for (unsigned type = 0; type <= SETTING_UUID; type++)
		EXPECT_EQ(setting_type_find(setting_type_name((enum setting_type)type)), type);
}

TEST(strings)
{
	parses(SETTING_STRING, "abc def", "abc def", 7);
	parses(SETTING_STRING, "", "", 0);
	formats(SETTING_STRING, "abc", 3, "abc");
	formats(SETTING_STRING, "", 0, "");
	formats(SETTING_STRING, "ab\0c", 4, "ab");
	parses(SETTING_URISTRING, "a%20b%2Fc", "a b/c", 5);
	refuses(SETTING_URISTRING, "a%2");
	refuses(SETTING_URISTRING, "a%zz");
	refuses(SETTING_URISTRING, "%");
	formats(SETTING_URISTRING, "a b/c&\xff~", 8, "a%20b%2Fc%26%FF~");
	formats(SETTING_URISTRING, "\0", 1, "%00");
}

TEST(addresses)
{
	parses(SETTING_IPV4, "10.0.2.15", "\x0a\x00\x02\x0f", 4);
	parses(SETTING_IPV4, "1.1.1.1,8.8.8.8", "\1\1\1\1\x8\x8\x8\x8", 8);
	parses(SETTING_IPV4, " 1.1.1.1  ,8.8.8.8, ", "\1\1\1\1\x8\x8\x8\x8", 8);
	parses(SETTING_IPV4, "0.0.0.0 0.0.0.0 0.0.0.0", "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	refuses(SETTING_IPV4, "");
	refuses(SETTING_IPV4, " , ");
	refuses(SETTING_IPV4, "1.1.1");
	refuses(SETTING_IPV4, "1.1.1.1 x");
	refuses(SETTING_IPV4, "1111111111111111111.1.1.1");
	formats(SETTING_IPV4, "\x0a\x00\x02\x0f", 4, "10.0.2.15");
	formats(SETTING_IPV4, "\x0a\x00\x02\x0f\x08\x08\x08\x08", 8, "10.0.2.15");
	formats(SETTING_IPV4, "\x0a\x00\x02", 3, NULL);
	formats(SETTING_IPV4, "", 0, NULL);
}

TEST(numbers)
{
	parses(SETTING_INT8, "-1", "\xff", 1);
	parses(SETTING_INT8, "0x80", "\x80", 1);
	parses(SETTING_INT8, "-128", "\x80", 1);
	parses(SETTING_UINT8, "255", "\xff", 1);
	refuses(SETTING_INT8, "-129");
	refuses(SETTING_UINT8, "256");
	parses(SETTING_INT16, "1500", "\x05\xdc", 2);
	refuses(SETTING_UINT16, "65536");
	parses(SETTING_INT32, "-2147483648", "\x80\0\0\0", 4);
	refuses(SETTING_INT32, "-2147483649");
	parses(SETTING_UINT32, "4294967295", "\xff\xff\xff\xff", 4);
	refuses(SETTING_UINT32, "4294967296");
	refuses(SETTING_INT32, "");
	refuses(SETTING_INT32, "-");
	refuses(SETTING_INT32, "--1");
	refuses(SETTING_INT32, "1x");
	formats(SETTING_INT8, "\x80", 1, "-128");
	formats(SETTING_UINT8, "\x80", 1, "0x80");
	formats(SETTING_INT16, "\x05\xdc", 2, "1500");
	formats(SETTING_INT32, "\xff\xff", 2, "-1");
	formats(SETTING_UINT32, "\xff\xff", 2, "0xffff");
	formats(SETTING_UINT32, "\0\0\0\0", 4, "0x0");
	formats(SETTING_INT32, "\0\0\0\0\1", 5, NULL);
	formats(SETTING_INT32, "", 0, NULL);
}

TEST(hex)
{
	parses(SETTING_HEX, "52:54:00:12:34:56", "\x52\x54\x00\x12\x34\x56", 6);
	parses(SETTING_HEX, "5254001234AF", "\x52\x54\x00\x12\x34\xaf", 6);
	parses(SETTING_HEXHYP, "52-54-0-1", "\x52\x54\0\1", 4);
	parses(SETTING_HEXRAW, "", "", 0);
	parses(SETTING_HEX, "a", "\x0a", 1);
	refuses(SETTING_HEX, "52:");
	refuses(SETTING_HEX, ":52");
	refuses(SETTING_HEX, "52::54");
	refuses(SETTING_HEX, "0x52");
	refuses(SETTING_HEX, "xy");
	refuses(SETTING_HEX, "52 54");
	formats(SETTING_HEX, "\x52\x00\xff", 3, "52:00:ff");
	formats(SETTING_HEXHYP, "\x52\x00\xff", 3, "52-00-ff");
	formats(SETTING_HEXRAW, "\x52\x00\xff", 3, "5200ff");
	formats(SETTING_HEX, "", 0, "");
}

TEST(uuid_and_pci_address)
{
	const char *bytes = "\x12\x34\x56\x78\x9a\xbc\xde\xf0\x01\x23\x45\x67\x89\xab\xcd\xef";
	const char *text = "12345678-9abc-def0-0123-456789abcdef";

	parses(SETTING_UUID, text, bytes, 16);
	formats(SETTING_UUID, bytes, 16, text);
	refuses(SETTING_UUID, "12345678-9abc-def0-0123-456789abcd");
	formats(SETTING_UUID, bytes, 15, NULL);
}
