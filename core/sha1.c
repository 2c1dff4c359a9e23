/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-1 (FIPS 180-4 6.1). Names of functions and of a to e are the standard's. As in sha256.c, each round's new word goes behind the
 * ones before it; the rotation that makes c out of b is done wherever c, d and e are read. */
#include "core/digest.h"

static uint32_t rotate_left(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static void sha1_init(struct digest *d)
{
	static const uint32_t initial[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };

	for (unsigned i = 0; i < 5; i++)
		d->state[i] = initial[i];
}

/** FIPS 180-4 4.1.1 and 4.2.1: the function of round @i, and its constant. */
static uint32_t mix(unsigned i, uint32_t x, uint32_t y, uint32_t z)
{
	if (i < 20)
		return (z ^ (x & (y ^ z))) + 0x5a827999;
	if (i < 40)
		return (x ^ y ^ z) + 0x6ed9eba1;
	if (i < 60)
		return ((x & y) | (z & (x | y))) + 0x8f1bbcdc;
	return (x ^ y ^ z) + 0xca62c1d6;
}

static void sha1_block(struct digest *digest, const uint8_t *data)
{
	uint32_t w[80], v[5 + 80];      /* before round i: e d c, each before its rotation, then b and a are v[i] to v[i + 4] */

	for (unsigned i = 0; i < 16; i++, data += 4)
		w[i] = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
	for (unsigned i = 16; i < 80; i++)
		w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (unsigned i = 0; i < 5; i++)
		v[i] = i < 3 ? rotate_left(digest->state[4 - i], 2) : digest->state[4 - i];
	for (unsigned i = 0; i < 80; i++)
		v[i + 5] = rotate_left(v[i + 4], 5) + mix(i, v[i + 3], rotate_left(v[i + 2], 30), rotate_left(v[i + 1], 30)) +
		           rotate_left(v[i], 30) + w[i];
	for (unsigned i = 0; i < 5; i++)
		digest->state[4 - i] += i < 3 ? rotate_left(v[80 + i], 30) : v[80 + i];
}

const struct digest_algorithm digest_sha1 = { "sha1", 20, true, sha1_init, sha1_block };
