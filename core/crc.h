/* SPDX-License-Identifier: BSD-2-Clause */
/* Cyclic redundancy checks of packed files, by a table of all bytes: CRC-32 (RFC 1952 8) and CRC-64 (ECMA-182, as the .xz format has it). Both
 * take the lowest bit first, begin with all ones and are inverted at the end. */
#ifndef CORE_CRC_H
#define CORE_CRC_H

#include <stddef.h>
#include <stdint.h>

#define CRC32_POLYNOMIAL 0xedb88320u
#define CRC64_POLYNOMIAL 0xc96c5795d7870f42u

struct crc {
	uint64_t ones;                  /* as wide as the polynomial */
	uint64_t table[256];
};

/** Make the table for one of the polynomials above. */
void crc_init(struct crc *crc, uint64_t polynomial);
/** The CRC of some bytes and the @len at @data behind them; that of none is 0. */
uint64_t crc_update(const struct crc *crc, uint64_t value, const void *data, size_t len);

#endif
