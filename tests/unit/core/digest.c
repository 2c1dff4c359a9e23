/* SPDX-License-Identifier: BSD-2-Clause */
/* core/digest.c: bytes in portions of any size, lengths beyond 32 bits, values as text. */
#include "tests/unit/core/digests.h"

TEST(algorithms_are_found_by_their_names)
{
	EXPECT(digest_find("sha256") == &digest_sha256);
	EXPECT(digest_find("sha1") == &digest_sha1);
	EXPECT(digest_find("md5") == &digest_md5);
	EXPECT(digest_find("sha") == NULL);
	EXPECT(digest_find("SHA256") == NULL);
	EXPECT(digest_find("") == NULL);
}

TEST(portions_make_no_difference)
{
	uint8_t *data = malloc(5000);

	for (size_t i = 0; i < 5000; i++)
		data[i] = (uint8_t)(i * i + i / 256);
	for (unsigned a = 0; digest_algorithms[a]; a++) {
		char *whole = strdup(in_pieces(digest_algorithms[a], data, 5000, 5000));

		for (size_t piece = 1; piece <= 200; piece++)
			EXPECT_STR(in_pieces(digest_algorithms[a], data, 5000, piece), whole);
		free(whole);
	}
	free(data);
}

TEST(portions_of_nothing_change_nothing)
{
	uint8_t value[DIGEST_BYTES_MAX], wanted[DIGEST_BYTES_MAX];
	struct digest d;

	digest_init(&d, &digest_sha256);
	digest_update(&d, "abc", 3);
	digest_final(&d, wanted);
	digest_init(&d, &digest_sha256);
	digest_update(&d, NULL, 0);
	digest_update(&d, "ab", 2);
	digest_update(&d, NULL, 0);
	digest_update(&d, "c", 1);
	digest_final(&d, value);
	EXPECT_MEM(value, wanted, 32);
}

/* The length in bits has 64 of them (FIPS 180-4 5.1.1, RFC 1321 3.2): what is counted beyond 512 MiB shows. */
TEST(lengths_beyond_512_mib_count)
{
	uint8_t few[DIGEST_BYTES_MAX], many[DIGEST_BYTES_MAX];
	struct digest d;

	for (unsigned a = 0; digest_algorithms[a]; a++) {
		digest_init(&d, digest_algorithms[a]);
		digest_final(&d, few);
		digest_init(&d, digest_algorithms[a]);
		d.bytes = 1ull << 29;
		digest_final(&d, many);
		EXPECT(memcmp(few, many, digest_algorithms[a]->bytes) != 0);
	}
}

TEST(values_are_read_from_hex_digits_of_either_case)
{
	uint8_t value[4];
	char text[9];

	EXPECT(digest_parse("00fFA59c", value, 4));
	EXPECT_MEM(value, "\x00\xff\xa5\x9c", 4);
	digest_format(text, value, 4);
	EXPECT_STR(text, "00ffa59c");
}

TEST(values_of_another_length_or_with_other_letters_are_refused)
{
	static const char *const bad[] = {
		"", "0", "00ffa59", "00ffa59c0", "00ffa59c00", "00ffa59g", "g0ffa59c", " 0ffa59c", "00ffa59c ",
		"0x00ffa5" };
	uint8_t value[4];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *exact = strdup(bad[i]);           /* so that a byte behind its end is seen */

		EXPECT(!digest_parse(exact, value, 4));
		free(exact);
	}
}
