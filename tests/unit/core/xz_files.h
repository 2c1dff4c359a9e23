/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of core/xz.c and core/xz_block.c share: files that xz made, and CRCs made right again where something was changed. */
#ifndef TESTS_UNIT_CORE_XZ_FILES_H
#define TESTS_UNIT_CORE_XZ_FILES_H

#include "core/crc.h"
#include "tests/unit/core/packed.h"

#define HEADER 12
#define FOOTER 12

__attribute__((unused)) static void comes_back(const char *options, struct bytes plain)
{
	char tool[120];
	struct bytes xz;

	snprintf(tool, sizeof(tool), "xz -cT1 %s", options);
	xz = packed_by(tool, plain, false);
	EXPECT_EQ(unpack_size(&xz_format, xz.data, xz.len), plain.len);
	unpacks_to(&xz_format, xz, plain);
	free(xz.data);
}

__attribute__((unused)) static void put_le32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

__attribute__((unused)) static uint32_t get_le32(const uint8_t *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/** Write the CRC-32 of @len bytes at @data to @at. */
__attribute__((unused)) static void put_crc(uint8_t *at, const uint8_t *data, size_t len)
{
	struct crc crc;

	crc_init(&crc, CRC32_POLYNOMIAL);
	put_le32(at, (uint32_t)crc_update(&crc, 0, data, len));
}

/** The CRC of the first block's header, again. */
__attribute__((unused)) static void fix_block(struct bytes xz)
{
	size_t len = (xz.data[HEADER] + 1u) * 4;

	put_crc(xz.data + HEADER + len - 4, xz.data + HEADER, len - 4);
}

__attribute__((unused)) static uint8_t *index_of(struct bytes xz, size_t *len)
{
	*len = (get_le32(xz.data + xz.len - FOOTER + 4) + 1) * 4;
	return xz.data + xz.len - FOOTER - *len;
}

/** The CRC of the index, again. */
__attribute__((unused)) static void fix_index(struct bytes xz)
{
	size_t len;
	uint8_t *index = index_of(xz, &len);

	put_crc(index + len - 4, index, len - 4);
}

__attribute__((unused)) static void fix_footer(struct bytes xz)
{
	put_crc(xz.data + xz.len - FOOTER, xz.data + xz.len - FOOTER + 4, 6);
}

#endif
