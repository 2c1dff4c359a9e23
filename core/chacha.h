/* SPDX-License-Identifier: BSD-2-Clause */
/* The ChaCha20 block function (RFC 8439 2.3). */
#ifndef CORE_CHACHA_H
#define CORE_CHACHA_H

#include <stdint.h>

/** @out, 16 words, from a key and the four words of counter and nonce. The words are numbers: RFC 8439 writes each as 4 bytes,
 *  lowest first. @out may overlap neither input. */
void chacha20_block(const uint32_t key[8], const uint32_t counter_nonce[4], uint32_t out[16]);

#endif
