/* SPDX-License-Identifier: BSD-2-Clause */
/* core/xz_block.c: what xz itself makes with all its options that we take, those that we name, headers that cannot be. */
#include "tests/unit/core/xz_files.h"

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
