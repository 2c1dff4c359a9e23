/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum, against the plain one of the simulator and RFC 1071's example. */
#include "net/ipv4.h"
#include "tests/sim/packet.h"
#include "tests/unit/test.h"

TEST(checksum_of_rfc_1071_section_3)
{
	static const uint8_t data[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	EXPECT_EQ(checksum_finish(checksum_add(0, data, sizeof data)), 0xffff ^ 0xddf2);
	EXPECT_EQ(checksum_finish(checksum_add(0, data, 0)), 0xffff);
}

TEST(checksum_agrees_at_every_length_and_alignment)
{
	uint8_t data[1600];

	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 73 + i / 7);
	for (size_t len = 0; len < 130; len++)
		for (size_t at = 0; at < 9; at++)
			EXPECT_EQ(checksum_finish(checksum_add(0, data + at, len)), sim_checksum(0, data + at, len));
	for (size_t len = 1400; len < 1500; len++)
		EXPECT_EQ(checksum_finish(checksum_add(0x1234, data + 3, len)), sim_checksum(0x1234, data + 3, len));
}

TEST(checksum_carries_everywhere)
{
	uint8_t ones[1500];

	memset(ones, 0xff, sizeof ones);
	for (size_t len = 0; len < sizeof ones; len++)
		EXPECT_EQ(checksum_finish(checksum_add(0xffffffff, ones, len)), sim_checksum(0xffff, ones, len));
}

TEST(checksum_in_parts_is_the_checksum_of_the_whole)
{
	uint8_t data[256];

	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(255 - i * 3);
	for (size_t cut = 0; cut <= sizeof data; cut += 2)
		EXPECT_EQ(checksum_finish(checksum_add(checksum_add(0, data, cut), data + cut, sizeof data - cut)),
		          sim_checksum(0, data, sizeof data));
}

TEST(checksum_of_a_pseudo_header)
{
	static const uint8_t header[] = { 10, 0, 2, 15, 10, 0, 2, 2, 0, 17, 0x12, 0x34 };

	EXPECT_EQ(checksum_finish(checksum_pseudo(SIM_ADDR(10, 0, 2, 15), SIM_ADDR(10, 0, 2, 2), 17, 0x1234)),
	          sim_checksum(0, header, sizeof header));
}
