/* SPDX-License-Identifier: BSD-2-Clause */
/* core/md5.c: the test suite of RFC 1321 A.5, every length. */
#include "tests/unit/core/digests.h"

TEST(md5_values_of_the_standard)
{
	EXPECT_STR(of_text(&digest_md5, ""),
	           "d41d8cd98f00b204e9800998ecf8427e");
	EXPECT_STR(of_text(&digest_md5, "a"),
	           "0cc175b9c0f1b6a831c399e269772661");
	EXPECT_STR(of_text(&digest_md5, "abc"),
	           "900150983cd24fb0d6963f7d28e17f72");
	EXPECT_STR(of_text(&digest_md5, "message digest"),
	           "f96b697d7cb7938d525a2f31aaf161d0");
	EXPECT_STR(of_text(&digest_md5, "abcdefghijklmnopqrstuvwxyz"),
	           "c3fcd3d76192e4007dfb496cca67e13b");
	EXPECT_STR(of_text(&digest_md5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
	           "d174ab98d277d9f5a5611c2c9f419d9f");
	EXPECT_STR(of_text(&digest_md5, "12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
	           "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(md5_of_a_million_letters)
{
	EXPECT_STR(of_a_million(&digest_md5), "7707d6ae4e027c70eea2a935c2296f21");
}

TEST(md5_of_every_length_to_200)
{
	EXPECT_STR(of_all_lengths(&digest_md5), "a442e71c2813be22a1e4ba7304617cca");
}
