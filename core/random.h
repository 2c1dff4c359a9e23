/* SPDX-License-Identifier: BSD-2-Clause */
/* One seeded generator for sequence numbers, ports, DNS ids and DHCP transaction ids (RFC 6528, RFC 6056, RFC 5452).
 * ChaCha-based; stirring mixes in, never replaces. Unseeded output is an own bug (asserted). */
#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** Mix @len bytes of whatever quality into the state. Call at start with entropy_gather(), the MAC, later with packet timing. */
void random_stir(const void *data, size_t len);
/** 32 unpredictable bits. */
uint32_t random_u32(void);
/** Uniform in 0..@bound-1; @bound > 0. */
uint32_t random_below(uint32_t bound);
/** A keyed 32-bit hash of @len bytes under the generator's secret: the F() of RFC 6528. The same input gives the same value
 *  until the program ends. */
uint32_t random_keyed_hash(const void *data, size_t len);

#endif
