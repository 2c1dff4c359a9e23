/* SPDX-License-Identifier: BSD-2-Clause */
/* Checked cursors. */
#include "core/cursor.h"
#include "tests/unit/test.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

TEST(cursor_reads_every_width)
{
	struct reader r = rd_init(bytes, sizeof bytes);
	uint8_t copy[2];

	EXPECT_EQ(rd_u8(&r), 1);
	EXPECT_EQ(rd_be16(&r), 0x0203);
	EXPECT_EQ(rd_be32(&r), 0x04050607);
	EXPECT_EQ(rd_le16(&r), 0x0908);
	EXPECT_EQ(rd_le32(&r), 0x0d0c0b0a);
	EXPECT_EQ(rd_left(&r), 2);
	rd_copy(&r, copy, 2);
	EXPECT_MEM(copy, bytes + 13, 2);
	EXPECT(rd_ok(&r) && rd_left(&r) == 0);
}

TEST(cursor_past_the_end_is_zero_and_remembered)
{
	for (size_t len = 0; len < 4; len++) {
		struct reader r = rd_init(bytes, len);
		uint8_t copy[4] = { 9, 9, 9, 9 };

		EXPECT_EQ(rd_be32(&r), 0);
		EXPECT(!rd_ok(&r));
		EXPECT_EQ(rd_left(&r), 0);
		EXPECT_EQ(rd_u8(&r), 0);
		rd_copy(&r, copy, sizeof copy);
		EXPECT_MEM(copy, "\0\0\0\0", 4);
		EXPECT(!rd_ok(&r));
	}
}

TEST(cursor_lengths_from_the_wire_do_not_wrap)
{
	struct reader r = rd_init(bytes, sizeof bytes);

	EXPECT(rd_bytes(&r, (size_t)-1) == NULL);
	r = rd_init(bytes, sizeof bytes);
	rd_skip(&r, (size_t)-8);
	EXPECT(!rd_ok(&r));
	r = rd_init(bytes, sizeof bytes);
	EXPECT(rd_bytes(&r, sizeof bytes) == bytes);
	EXPECT(rd_bytes(&r, 0) == bytes + sizeof bytes);
	EXPECT(rd_ok(&r));
}

TEST(cursor_writes_what_fits)
{
	uint8_t out[10];
	struct writer w = wr_init(out, sizeof out);

	wr_u8(&w, 1);
	wr_be16(&w, 0x0203);
	wr_be32(&w, 0x04050607);
	wr_bytes(&w, bytes + 7, 2);
	EXPECT(wr_ok(&w) && wr_left(&w) == 1);
	EXPECT_MEM(out, bytes, 9);
	wr_be16(&w, 0xffff);
	EXPECT(!wr_ok(&w));
	wr_u8(&w, 10);
	EXPECT_MEM(out, bytes, 10);
	EXPECT(wr_space(&w, 1) == NULL);
}

TEST(fields_are_written_in_network_order_or_not_at_all)
{
	uint8_t buf[11], want[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct writer w = wr_init(buf, sizeof buf);

	wr_fields(&w, "1234", 0x01, 0x0203, 0x040506, 0x0708090au);
	EXPECT(wr_ok(&w) && wr_left(&w) == 1 && memcmp(buf, want, sizeof want) == 0);
	wr_fields(&w, "2", 0xffff);
	EXPECT(!wr_ok(&w) && wr_left(&w) == 1);
}
