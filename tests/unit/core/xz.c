/* SPDX-License-Identifier: BSD-2-Clause */
/* core/xz.c: what xz itself makes with all its options that we take, those that we name, streams and blocks, damage of every byte. */
#include "tests/unit/core/packed.h"

#include "core/crc.h"

#define HEADER 12
#define FOOTER 12

static void comes_back(const char *options, struct bytes plain)
{
	char tool[120];
	struct bytes xz;

	snprintf(tool, sizeof(tool), "xz -cT1 %s", options);
	xz = packed_by(tool, plain, false);
	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), plain.len);
	unpacks_to(&xz_format, xz, plain);
	free(xz.data);
}

/** What the x86 filter looks at: opcodes, and bytes at the edge of being a near displacement's highest. */
static struct bytes opcodes(size_t len, uint32_t seed)
{
	static const uint8_t edges[] = { 0xe8, 0xe9, 0x00, 0xff, 0xfe, 0x01, 0xfb };
	struct bytes b = noise(len, seed);

	for (size_t i = 0; i < len; i++) {
		uint32_t r = next(&seed) % 9;

		if (r < sizeof(edges))
			b.data[i] = edges[r];
	}
	return b;
}

static void put_le32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_le32(const uint8_t *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/** Write the CRC-32 of @len bytes at @data to @at. */
static void put_crc(uint8_t *at, const uint8_t *data, size_t len)
{
	struct crc crc;

	crc_init(&crc, CRC32_POLYNOMIAL);
	put_le32(at, (uint32_t)crc_update(&crc, 0, data, len));
}

/** The CRC of the first block's header, again. */
static void fix_block(struct bytes xz)
{
	size_t len = (xz.data[HEADER] + 1u) * 4;

	put_crc(xz.data + HEADER + len - 4, xz.data + HEADER, len - 4);
}

static uint8_t *index_of(struct bytes xz, size_t *len)
{
	*len = (get_le32(xz.data + xz.len - FOOTER + 4) + 1) * 4;
	return xz.data + xz.len - FOOTER - *len;
}

/** The CRC of the index, again. */
static void fix_index(struct bytes xz)
{
	size_t len;
	uint8_t *index = index_of(xz, &len);

	put_crc(index + len - 4, index, len - 4);
}

static void fix_footer(struct bytes xz)
{
	put_crc(xz.data + xz.len - FOOTER, xz.data + xz.len - FOOTER + 4, 6);
}

TEST(every_check_and_level_comes_back)
{
	struct bytes plain = mixed(200000, 7);

	comes_back("--check=none", plain);
	comes_back("--check=crc32", plain);
	comes_back("--check=crc64", plain);
	comes_back("--check=sha256", plain);
	comes_back("-0", plain);
	comes_back("-3", plain);
	comes_back("-9e", plain);
	free(plain.data);
}

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

TEST(all_of_lc_lp_and_pb_come_back)
{
	struct bytes plain = mixed(30000, 3);
	char options[40];

	for (unsigned lc = 0; lc <= 4; lc++)
		for (unsigned lp = 0; lc + lp <= 4; lp++)
			for (unsigned pb = 0; pb <= 4; pb++) {
				snprintf(options, sizeof(options), "--lzma2=lc=%u,lp=%u,pb=%u", lc, lp, pb);
				comes_back(options, plain);
			}
	free(plain.data);
}

/* What cannot be packed comes in chunks as it is, between others. */
TEST(noise_among_other_data_comes_back)
{
	struct bytes plain = joined(mixed(100000, 1), joined(noise(300000, 2), joined(mixed(5000, 3), noise(70000, 4))));

	comes_back("", plain);
	comes_back("--lzma2=lc=0,lp=2,pb=3", plain);
	free(plain.data);
}

TEST(chunks_of_two_mib_come_back)
{
	struct bytes plain = { calloc(1, 5000000), 5000000 };

	comes_back("", plain);
	free(plain.data);
}

TEST(machine_code_comes_back_through_the_x86_filter)
{
	extern const uint8_t __executable_start[], etext[];     /* this program's own */
	struct bytes plain = bytes_of(__executable_start, (size_t)(etext - __executable_start));

	comes_back("--x86 --lzma2", plain);
	comes_back("--x86 --lzma2 --block-size=10000", plain);
	comes_back("--x86=start=123456 --lzma2=lc=0,pb=0", plain);
	free(plain.data);
}

TEST(inputs_that_are_hard_on_the_x86_filter_come_back)
{
	for (uint32_t seed = 1; seed <= 8; seed++) {
		struct bytes plain = opcodes(5000 + seed, seed);

		comes_back("--x86 --lzma2=preset=1", plain);
		free(plain.data);
	}
	for (size_t len = 0; len < 12; len++) {
		struct bytes plain = opcodes(len, 77);

		comes_back("--x86 --lzma2=preset=1", plain);
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

TEST(without_a_check_damage_still_ends_inside_the_buffers)
{
	struct bytes plain = mixed(500, 6), xz = packed_by("xz -c --check=none", plain, false);

	for (size_t bit = 0; bit < xz.len * 8; bit++) {
		struct bytes out;

		xz.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		unpacked(&xz_format, xz, plain.len, 100, &out);
		free(out.data);
		xz.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	free(xz.data);
	free(plain.data);
}

TEST(wrong_checks_of_xz_are_named)
{
	static const struct { const char *tool, *words; unsigned len; } checks[] = {
		{ "xz -c --check=crc32", "xz CRC error at byte ", 4 }, { "xz -c --check=crc64", "xz CRC error at byte ", 8 },
		{ "xz -c --check=sha256", "xz SHA-256 error at byte ", 32 },
	};
	struct bytes plain = mixed(500, 6);

	for (size_t i = 0; i < 3; i++)
		for (unsigned byte = 0; byte < checks[i].len; byte++) {
			struct bytes xz = packed_by(checks[i].tool, plain, false);
			size_t len;

			index_of(xz, &len)[-1 - (int)byte] ^= 0x40;
			refused(&xz_format, xz, plain.len, -EPROTO, checks[i].words);
			free(xz.data);
		}
	free(plain.data);
}

TEST(other_filters_are_named)
{
	static const struct { const char *options, *words; } others[] = {
		{ "--delta=dist=4", "xz filter delta" }, { "--powerpc", "xz filter powerpc" }, { "--ia64", "xz filter ia64" },
		{ "--arm", "xz filter arm" }, { "--armthumb", "xz filter armthumb" }, { "--sparc", "xz filter sparc" },
		{ "--x86 --x86", "xz filter x86" }, { "--x86 --delta", "xz filter delta" }, { "--delta --x86", "xz filter delta" },
	};
	struct bytes plain = mixed(500, 6);

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char tool[80];
		struct bytes xz;

		snprintf(tool, sizeof(tool), "xz -c %s --lzma2", others[i].options);
		xz = packed_by(tool, plain, false);
		refused(&xz_format, xz, plain.len, -ENOTSUP, others[i].words);
		free(xz.data);
	}
	free(plain.data);
}

TEST(filters_that_this_xz_does_not_know_are_named)
{
	static const struct { uint8_t id; const char *words; } others[] = {
		{ 0x0a, "xz filter arm64" }, { 0x0b, "xz filter riscv" }, { 0x0c, "xz filter 12" }, { 0x02, "xz filter 2" },
	};
	struct bytes plain = mixed(500, 6), xz = packed_by("xz -c --arm --lzma2", plain, true);

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		xz.data[HEADER + 2] = others[i].id;     /* behind the header's size and flags */
		fix_block(xz);
		refused(&xz_format, xz, 500, -ENOTSUP, others[i].words);
	}
	free(xz.data);
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

TEST(a_block_header_that_says_what_cannot_be_is_refused)
{
	struct bytes plain = noise(500, 6), xz = packed_by("xz -cT2 --block-size=600", plain, true);
	static const struct { unsigned at; uint8_t value; const char *words; } changes[] = {
		{ 1, 0xc4, "impossible block" },                        /* a flag that is reserved */
		{ 2, 1, "block of another size than its header says" }, /* bytes packed */
		{ 4, 1, "block of another size than its header says" }, /* bytes unpacked */
		{ 7, 0, "impossible dictionary" },                      /* no properties: the dictionary's size is not there */
		{ 8, 41, "impossible dictionary" },
		{ 10, 1, "impossible block" },                          /* padding */
	};

	EXPECT_EQ(xz.data[HEADER + 6], 0x21);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		uint8_t *at = xz.data + HEADER + changes[i].at, kept = *at;
		bool size = changes[i].at == 2 || changes[i].at == 4;

		*at = size ? kept ^ 1 : changes[i].value;
		fix_block(xz);
		refused(&xz_format, xz, 500, -EPROTO, changes[i].words);
		*at = kept;
	}
	fix_block(xz);
	xz.data[HEADER + 5] ^= 1;
	refused(&xz_format, xz, 500, -EPROTO, "CRC error of a block's header");
	free(xz.data);
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
