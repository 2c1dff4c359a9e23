/* SPDX-License-Identifier: BSD-2-Clause */
/* core/xz.c: streams, indexes, padding, damage of every byte. */
#include "tests/unit/core/xz_files.h"

TEST(every_length_at_the_beginning_comes_back)
{
	for (size_t len = 0; len < 40; len++) {
		struct bytes plain = mixed(len, (uint32_t)len + 1);
		struct bytes xz = packed_by("xz -c", plain, false);

		EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), len);
		unpacks_to(&xz_format, xz, plain);
		free(xz.data);
		free(plain.data);
	}
}

TEST(blocks_with_and_without_sizes_come_back)
{
	struct bytes plain = mixed(100000, 9), xz;

	comes_back("--block-size=7001", plain);
	comes_back("--block-size=1", (struct bytes){ plain.data, 50 });
	xz = packed_by("xz -cT2 --block-size=30000", plain, false);     /* threads write the sizes into the headers */
	EXPECT_EQ(xz.data[HEADER + 1] & 0xc0, 0xc0);
	unpacks_to(&xz_format, xz, plain);
	free(xz.data);
	free(plain.data);
}

TEST(streams_and_padding_follow_one_another)
{
	struct bytes one = mixed(5000, 1), two = mixed(70000, 2), zeros = { calloc(1, 400000), 400000 };
	struct bytes xz = joined(joined(packed_by("xz -c --check=sha256", one, false), bytes_of("\0\0\0\0\0\0\0", 8)),
	                         packed_by("xz -c --check=crc32", two, false));
	struct bytes plain = joined(one, two);

	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), plain.len);
	unpacks_to(&xz_format, xz, plain);
	xz = joined(xz, zeros);
	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), plain.len);
	unpacks_to(&xz_format, xz, plain);
	xz = joined(xz, bytes_of("", 1));       /* 2.2: four at a time */
	refused(&xz_format, xz, plain.len, -EPROTO, "xz ends early");
	xz = joined(xz, bytes_of("more than a header", 18));
	refused(&xz_format, xz, plain.len, -EPROTO, "xz is followed by something else");
	free(xz.data);
	free(plain.data);
}

/* A hint is looked for without a pause: what takes long gives none, and unpacks all the same. */
TEST(long_padding_or_very_many_streams_give_no_hint)
{
	struct bytes plain = mixed(5000, 1), nothing = { NULL, 0 }, empty = packed_by("xz -c", nothing, false);
	size_t padding = 1 << 20, count = 0x10000;
	struct bytes xz = joined(packed_by("xz -c", plain, false), (struct bytes){ calloc(1, padding), padding });
	struct bytes streams = { malloc(count * empty.len), 0 };

	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), plain.len);
	xz = joined(xz, bytes_of("\0\0\0", 4));
	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), 0);
	unpacks_to(&xz_format, xz, plain);
	free(xz.data);
	for (; count; count--, streams.len += empty.len)
		memcpy(streams.data + streams.len, empty.data, empty.len);
	streams = joined(streams, packed_by("xz -c", plain, false));
	EXPECT_EQ(unpack_size(&xz_format, streams.data, streams.len), 0);
	unpacks_to(&xz_format, streams, plain);
	free(streams.data);
	free(plain.data);
	free(empty.data);
}

TEST(an_xz_file_cut_anywhere_is_refused)
{
	struct bytes plain = mixed(2000, 5), xz = packed_by("xz -c --check=sha256", plain, false);

	refused_if_cut(&xz_format, xz, 6, plain.len);
	free(xz.data);
	xz = packed_by("xz -cT2 --x86 --lzma2 --block-size=1000", plain, false);
	refused_if_cut(&xz_format, xz, 6, plain.len);
	free(xz.data);
	free(plain.data);
}

TEST(an_xz_file_with_any_bit_wrong_is_refused)
{
	static const char *const tools[] = {
		"xz -c --check=crc32", "xz -c --check=crc64 --x86 --lzma2", "xz -cT2 --check=sha256 --block-size=300",
	};

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		struct bytes plain = mixed(500, 6), xz = packed_by(tools[i], plain, false);

		refused_if_changed(&xz_format, xz, plain);
		free(xz.data);
		free(plain.data);
	}
}

TEST(other_checks_are_named)
{
	for (unsigned check = 0; check < 256; check++) {
		struct bytes plain = mixed(50, 6), xz = packed_by("xz -c", plain, true);
		char words[40];

		xz.data[7] = (uint8_t)check;
		put_crc(xz.data + 8, xz.data + 6, 2);
		snprintf(words, sizeof(words), "xz check %u", check);
		if (check != 0 && check != 1 && check != 4 && check != 10)
			refused(&xz_format, xz, 50, -ENOTSUP, words);
		free(xz.data);
	}
}

TEST(an_index_of_other_blocks_is_refused)
{
	struct bytes plain = mixed(500, 6), xz = packed_by("xz -c --block-size=250", plain, true);
	size_t len;
	uint8_t *index = index_of(xz, &len);

	EXPECT_EQ(index[1], 2);
	for (unsigned at = 1; at < len - 4; at++) {
		index[at] ^= 1;
		fix_index(xz);
		refused(&xz_format, xz, 500, -EPROTO, at == 1 ? "index of other blocks" : "xz ");
		index[at] ^= 1;
	}
	index[len - 1] ^= 1;
	refused(&xz_format, xz, 500, -EPROTO, "CRC error of the index");
	free(xz.data);
}

TEST(a_footer_of_another_stream_is_refused)
{
	struct bytes plain = mixed(500, 6), xz = packed_by("xz -c", plain, true);

	for (unsigned at = 4; at < 12; at++) {
		xz.data[xz.len - FOOTER + at] ^= 1;
		fix_footer(xz);
		refused(&xz_format, xz, 500, -EPROTO, "impossible footer");
		xz.data[xz.len - FOOTER + at] ^= 1;
	}
	xz.data[xz.len - FOOTER] ^= 1;
	refused(&xz_format, xz, 500, -EPROTO, "CRC error of the footer");
	free(xz.data);
}

TEST(an_xz_bomb_ends_where_its_room_does)
{
	struct bytes zeros = { calloc(1, 5000000), 5000000 }, xz = packed_by("xz -c", zeros, true);

	EXPECT(xz.len < 3000);
	refused(&xz_format, xz, 4999999, -ENOMEM, "xz unpacks to more than 4.7 MiB");
	refused(&xz_format, xz, 0, -ENOMEM, "xz unpacks to more than 0.0 MiB");
	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), 5000000);
	free(xz.data);
}

TEST(streams_of_nothing_take_no_room)
{
	struct bytes empty = bytes_of("", 0), one = packed_by("xz -c", empty, false), xz = bytes_of("", 0);

	for (unsigned i = 0; i < 300; i++)
		xz = joined(xz, bytes_of(one.data, one.len));
	unpacks_to(&xz_format, xz, empty);
	free(one.data);
	free(xz.data);
	free(empty.data);
}

TEST(a_size_is_not_believed_where_indexes_do_not_fit)
{
	struct bytes plain = mixed(500, 6), xz = packed_by("xz -c", plain, true);

	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), 500);
	for (size_t len = 0; len < xz.len; len++) {
		struct bytes cut = bytes_of(xz.data, len);

		EXPECT_EQ(unpack_size(&xz_format, cut.data, cut.len), len == xz.len ? 500 : 0);
		free(cut.data);
	}
	for (size_t bit = 0; bit < xz.len * 8; bit++) {         /* anything, and no byte too far */
		struct bytes changed = bytes_of(xz.data, xz.len);

		changed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		unpack_size(&xz_format, changed.data, changed.len);
		free(changed.data);
	}
	free(xz.data);
}
