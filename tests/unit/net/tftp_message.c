/* SPDX-License-Identifier: BSD-2-Clause */
/* TFTP messages as bytes. */
#include "net/tftp_message.h"

#include "core/errors.h"
#include "tests/unit/test.h"

static struct tftp_message m;

/** Parse @len bytes in memory that ends where they end. */
static int parse(const void *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	int rc;

	memcpy(copy, data, len);
	memset(&m, 0xa5, sizeof m);
	rc = tftp_message_parse(&m, copy, len);
	if (rc == 0 && m.opcode == TFTP_DATA)
		EXPECT_EQ(m.data - copy, 4);
	free(copy);
	return rc;
}
#define PARSE(literal) parse(literal, sizeof(literal) - 1)

/** Is the list of options in @literal one that a client of ours may be sent? */
#define OACK(literal) (PARSE("\0\6" literal) == 0 && m.opcode == TFTP_OACK && !m.options_bad)

/* ---- from the server --------------------------------------------------------------------------------------------------------------- */

TEST(data_has_a_number_and_bytes)
{
	EXPECT_EQ(PARSE("\0\3\x12\x34hello"), 0);
	EXPECT_EQ(m.opcode, TFTP_DATA);
	EXPECT_EQ(m.number, 0x1234);
	EXPECT_EQ(m.len, 5);
	EXPECT_EQ(PARSE("\0\3\xff\xff"), 0);
	EXPECT_EQ(m.number, 0xffff);
	EXPECT_EQ(m.len, 0);
}

TEST(messages_cut_off_anywhere_are_none)
{
	EXPECT_EQ(PARSE(""), -EPROTO);
	EXPECT_EQ(PARSE("\0"), -EPROTO);
	EXPECT_EQ(PARSE("\0\3"), -EPROTO);
	EXPECT_EQ(PARSE("\0\3\1"), -EPROTO);
	EXPECT_EQ(PARSE("\0\5\0"), -EPROTO);
}

TEST(what_only_a_server_is_sent_is_none)
{
	EXPECT_EQ(PARSE("\0\0\0\0"), -EPROTO);
	EXPECT_EQ(PARSE("\0\1name\0octet"), -EPROTO);
	EXPECT_EQ(PARSE("\0\2name\0octet"), -EPROTO);
	EXPECT_EQ(PARSE("\0\4\0\1"), -EPROTO);
	EXPECT_EQ(PARSE("\0\7\0\1"), -EPROTO);
	EXPECT_EQ(PARSE("\3\0\0\1"), -EPROTO);
}

TEST(an_error_has_a_code_and_a_text)
{
	EXPECT_EQ(PARSE("\0\5\0\1File not found\0"), 0);
	EXPECT_EQ(m.opcode, TFTP_ERROR);
	EXPECT_EQ(m.number, TFTP_NOT_FOUND);
	EXPECT_STR(m.text, "File not found");
}

TEST(an_errors_text_may_lack_its_end_and_may_be_none)
{
	EXPECT_EQ(PARSE("\0\5\0\2no"), 0);
	EXPECT_STR(m.text, "no");
	EXPECT_EQ(PARSE("\0\5\0\2"), 0);
	EXPECT_STR(m.text, "");
	EXPECT_EQ(PARSE("\0\5\0\2one\0two\0"), 0);
	EXPECT_STR(m.text, "one");
}

TEST(an_errors_text_is_printable_and_at_most_80_bytes)
{
	char text[1400];

	EXPECT_EQ(PARSE("\0\5\0\0a\033[2Jb\r\n\x07\xff\x7f%s\0"), 0);
	EXPECT_STR(m.text, "a?[2Jb?????%s");
	memset(text, 'x', sizeof text);
	memcpy(text, "\0\5\0\0", 4);
	EXPECT_EQ(parse(text, sizeof text), 0);
	EXPECT_EQ(strlen(m.text), 80);
	EXPECT_EQ(parse(text, 4 + 80), 0);
	EXPECT_EQ(strlen(m.text), 80);
	EXPECT_EQ(parse(text, 4 + 79), 0);
	EXPECT_EQ(strlen(m.text), 79);
}

/* ---- options ----------------------------------------------------------------------------------------------------------------------- */

TEST(options_are_acknowledged_in_any_order_and_case)
{
	EXPECT(OACK("TSIZE\0" "12345678901\0" "windowsize\0" "16\0" "BlkSize\0" "1468\0"));
	EXPECT(m.options.has_block_bytes && m.options.has_window && m.options.has_total);
	EXPECT_EQ(m.options.block_bytes, 1468);
	EXPECT_EQ(m.options.window, 16);
	EXPECT_EQ(m.options.total, 12345678901);
}

TEST(any_of_them_may_be_left_out)
{
	EXPECT(OACK(""));
	EXPECT(!m.options.has_block_bytes && !m.options.has_window && !m.options.has_total);
	EXPECT(OACK("tsize\0" "0\0"));
	EXPECT(!m.options.has_block_bytes && !m.options.has_window && m.options.has_total);
	EXPECT_EQ(m.options.total, 0);
}

TEST(an_option_that_was_not_asked_for_is_bad)
{
	EXPECT(!OACK("foo_blksize_bar\0" "512\0"));
	EXPECT(!OACK("blksiz\0" "512\0"));
	EXPECT(!OACK("blksizes\0" "512\0"));
	EXPECT(!OACK("timeout\0" "1\0"));
	EXPECT(!OACK("multicast\0" "224.0.0.1,1758,1\0"));
	EXPECT(!OACK("\0" "512\0"));
	EXPECT(!OACK("blksize\0" "512\0" "rollover\0" "1\0"));
}

TEST(an_option_twice_is_bad)
{
	EXPECT(!OACK("blksize\0" "512\0" "blksize\0" "512\0"));
	EXPECT(!OACK("blksize\0" "512\0" "BLKSIZE\0" "1468\0"));
	EXPECT(!OACK("tsize\0" "0\0" "tsize\0" "0\0"));
}

TEST(an_option_without_its_value_or_its_end_is_bad)
{
	EXPECT(!OACK("blksize"));
	EXPECT(!OACK("blksize\0"));
	EXPECT(!OACK("blksize\0" "512"));
	EXPECT(!OACK("blksize\0\0"));
	EXPECT(!OACK("\0"));
	EXPECT(!OACK("\0\0"));
	EXPECT(!OACK("blksize\0" "512\0" "tsize"));
}

TEST(a_value_is_decimal_digits_and_nothing_else)
{
	static const char *const bad[] = { "", " 512", "512 ", "+512", "-1", "0x200", "5e2", "512,", "five", "18446744073709551616" };
	char text[64];

	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t len = (size_t)snprintf(text, sizeof text, "%c\6blksize%c%s", 0, 0, bad[i]) + 1;

		EXPECT_EQ(parse(text, len), 0);
		EXPECT(m.options_bad);
	}
	EXPECT(OACK("blksize\0" "18446744073709551615\0"));
	EXPECT_EQ(m.options.block_bytes, UINT64_MAX);
	EXPECT(OACK("blksize\0" "4294967808\0"));       /* 2^32 + 512 is not 512 */
	EXPECT_EQ(m.options.block_bytes, 4294967808);
	EXPECT(OACK("blksize\0" "00512\0"));
	EXPECT_EQ(m.options.block_bytes, 512);
}

TEST(options_cut_off_anywhere_are_bad_or_fewer)
{
	static const char whole[] = "\0\6blksize\0" "1468\0" "tsize\0" "99\0" "windowsize\0" "8";
	static const size_t good[] = { 2, 2 + 13, 2 + 22, sizeof whole };

	for (size_t len = 2, i = 0; len <= sizeof whole; len++) {
		bool whole_options = len == good[i];

		i += whole_options;
		EXPECT_EQ(parse(whole, len), 0);
		EXPECT_EQ(m.options_bad, !whole_options);
	}
}

/* ---- to the server ----------------------------------------------------------------------------------------------------------------- */

static uint8_t buf[TFTP_REQUEST_MAX];

TEST(a_request_names_the_file_in_octet_mode)
{
	size_t len = tftp_request_emit(buf, "dir/file name", NULL);

	EXPECT_EQ(len, 2 + 14 + 6);
	EXPECT_MEM(buf, "\0\1dir/file name\0octet", len);
}

TEST(a_request_has_the_options_that_are_set)
{
	struct tftp_options o = { .has_block_bytes = true, .block_bytes = 1468, .has_window = true, .window = 32, .has_total = true };
	static const char all[] = "\0\1f\0octet\0blksize\0" "1468\0tsize\0" "0\0windowsize\0" "32";
	size_t len = tftp_request_emit(buf, "f", &o);

	EXPECT_EQ(len, sizeof all);
	EXPECT_MEM(buf, all, sizeof all);
	o.has_window = o.has_total = false;
	EXPECT_EQ(tftp_request_emit(buf, "f", &o), 10 + 13);
	EXPECT_MEM(buf, "\0\1f\0octet\0blksize\0" "1468", 10 + 13);
}

TEST(a_request_is_at_most_512_bytes)
{
	char name[600];

	memset(name, 'n', sizeof name);
	name[512 - 2 - 6 - 1] = '\0';
	EXPECT_EQ(tftp_request_emit(buf, name, NULL), 512);
	name[512 - 2 - 6 - 1] = 'n';
	name[512 - 2 - 6] = '\0';
	EXPECT_EQ(tftp_request_emit(buf, name, NULL), 0);
	name[512 - 2 - 6] = 'n';
	name[599] = '\0';
	EXPECT_EQ(tftp_request_emit(buf, name, NULL), 0);
}

TEST(acknowledgements_and_errors)
{
	EXPECT_EQ(tftp_ack_emit(buf, 0xfffe), 4);
	EXPECT_MEM(buf, "\0\4\xff\xfe", 4);
	EXPECT_EQ(tftp_error_emit(buf, TFTP_OPTIONS, "no"), 7);
	EXPECT_MEM(buf, "\0\5\0\x08no", 7);
}
