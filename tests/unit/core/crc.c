/* SPDX-License-Identifier: BSD-2-Clause */
/* core/crc.c: the check values of the catalogues, that of "123456789", and portions. */
#include "tests/unit/test.h"

#include "core/crc.h"

TEST(crc_32_of_the_nine_digits)
{
	struct crc crc;

	crc_init(&crc, CRC32_POLYNOMIAL);
	EXPECT_EQ(crc_update(&crc, 0, "123456789", 9), 0xcbf43926);
	EXPECT_EQ(crc_update(&crc, 0, "", 0), 0);
}

TEST(crc_64_of_the_nine_digits)
{
	struct crc crc;

	crc_init(&crc, CRC64_POLYNOMIAL);
	EXPECT(crc_update(&crc, 0, "123456789", 9) == 0x995dc9bbdf1939fau);
	EXPECT_EQ(crc_update(&crc, 0, "", 0), 0);
}

TEST(portions_make_no_difference_to_a_crc)
{
	static const uint64_t polynomials[] = { CRC32_POLYNOMIAL, CRC64_POLYNOMIAL };
	uint8_t data[300];

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * i + 3);
	for (unsigned p = 0; p < 2; p++) {
		struct crc crc;
		uint64_t whole;

		crc_init(&crc, polynomials[p]);
		whole = crc_update(&crc, 0, data, sizeof(data));
		for (size_t cut = 0; cut <= sizeof(data); cut++)
			EXPECT(crc_update(&crc, crc_update(&crc, 0, data, cut), data + cut, sizeof(data) - cut) == whole);
	}
}
