/* SPDX-License-Identifier: BSD-2-Clause */
/* Cyclic redundancy checks: see core/crc.h. One routine for both widths: on a 32-bit processor the wider is not slower, for its time is that
 * of the table. */
#include "core/crc.h"

void crc_init(struct crc *crc, uint64_t polynomial)
{
	crc->ones = polynomial >> 32 ? UINT64_MAX : UINT32_MAX;
	for (unsigned i = 0; i < 256; i++) {
		uint64_t value = i;

		for (unsigned bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? polynomial : 0);
		crc->table[i] = value;
	}
}

uint64_t crc_update(const struct crc *crc, uint64_t value, const void *data, size_t len)
{
	const uint8_t *next = data, *end = next + len;

	value ^= crc->ones;
	while (next < end)
		value = crc->table[(uint8_t)((uint8_t)value ^ *next++)] ^ value >> 8;
	return value ^ crc->ones;
}
