/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: unpredictable bits for core/random's generator. */
#ifndef CORE_ENTROPY_H
#define CORE_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

/** Fill @buf with @len bytes from what the machine has (RDSEED, RDRAND, TSC and timer jitter). Not whitened: feed random_stir(). */
void entropy_gather(uint8_t *buf, size_t len);

#endif
