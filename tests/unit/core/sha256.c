/* SPDX-License-Identifier: BSD-2-Clause */
/* core/sha256.c: the values that NIST gives with FIPS 180-4, every length. */
#include "tests/unit/core/digests.h"

TEST(sha256_values_of_the_standard)
{
	EXPECT_STR(of_text(&digest_sha256, ""),
	           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	EXPECT_STR(of_text(&digest_sha256, "abc"),
	           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	EXPECT_STR(of_text(&digest_sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	EXPECT_STR(of_text(&digest_sha256, "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	                   "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
	           "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

TEST(sha256_of_a_million_letters)
{
	EXPECT_STR(of_a_million(&digest_sha256), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256_of_every_length_to_200)
{
	EXPECT_STR(of_all_lengths(&digest_sha256), "e673d33f6940a6d3856d0d305fd88363ae0ba3b96e2411d8ddd5e0dd443f4525");
}
