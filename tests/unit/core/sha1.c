/* SPDX-License-Identifier: BSD-2-Clause */
/* core/sha1.c: the values that NIST gives with FIPS 180-4, every length. */
#include "tests/unit/core/digests.h"

TEST(sha1_values_of_the_standard)
{
	EXPECT_STR(of_text(&digest_sha1, ""),
	           "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	EXPECT_STR(of_text(&digest_sha1, "abc"),
	           "a9993e364706816aba3e25717850c26c9cd0d89d");
	EXPECT_STR(of_text(&digest_sha1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	           "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	EXPECT_STR(of_text(&digest_sha1, "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	                   "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
	           "a49b2446a02c645bf419f995b67091253a04a259");
}

TEST(sha1_of_a_million_letters)
{
	EXPECT_STR(of_a_million(&digest_sha1), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(sha1_of_every_length_to_200)
{
	EXPECT_STR(of_all_lengths(&digest_sha1), "d0de06f4c5cb01efe13d538b17bbc0bd8144a1c2");
}
