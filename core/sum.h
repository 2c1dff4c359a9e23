/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: adding up memory, for the Internet checksum. Every byte that a NIC did not check goes through here: one routine, by the
 * instructions that are fastest both emulated and on real processors. */
#ifndef CORE_SUM_H
#define CORE_SUM_H

#include <stddef.h>
#include <stdint.h>

/** The one's complement sum (carries are added at the other end) of @len bytes, at most 1 MiB, as little-endian 32-bit words at any
 *  alignment, the last one padded with zeros. */
uint32_t sum_words(const void *data, size_t len);

#endif
