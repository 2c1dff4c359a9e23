/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 (FIPS 180-4 6.2). Names of functions and of a to h are the standard's.
 *
 * Each round makes a new a and a new e; b, c, d and f, g, h are but the ones before. So they are kept in a row, and nothing is moved:
 * this is half the size of eight rounds written out, and no slower on a processor with few registers. */
#include "core/digest.h"

static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
	0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
	0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
	0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint32_t ch(uint32_t x, uint32_t y, uint32_t z) { return z ^ (x & (y ^ z)); }
static uint32_t maj(uint32_t x, uint32_t y, uint32_t z) { return (x & y) | (z & (x | y)); }
static uint32_t upper_sigma0(uint32_t x) { return rotate_right(x, 2) ^ rotate_right(x, 13) ^ rotate_right(x, 22); }
static uint32_t upper_sigma1(uint32_t x) { return rotate_right(x, 6) ^ rotate_right(x, 11) ^ rotate_right(x, 25); }
static uint32_t lower_sigma0(uint32_t x) { return rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3; }
static uint32_t lower_sigma1(uint32_t x) { return rotate_right(x, 17) ^ rotate_right(x, 19) ^ x >> 10; }

static void sha256_init(struct digest *d)
{
	static const uint32_t initial[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	for (unsigned i = 0; i < 8; i++)
		d->state[i] = initial[i];
}

static void sha256_block(struct digest *digest, const uint8_t *data)
{
	uint32_t w[64], a[4 + 64], e[4 + 64];   /* before round i: d c b a are a[i] to a[i + 3], h g f e are e[i] to e[i + 3] */

	for (unsigned i = 0; i < 16; i++, data += 4)
		w[i] = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
	for (unsigned i = 16; i < 64; i++)
		w[i] = lower_sigma1(w[i - 2]) + w[i - 7] + lower_sigma0(w[i - 15]) + w[i - 16];
	for (unsigned i = 0; i < 4; i++) {
		a[i] = digest->state[3 - i];
		e[i] = digest->state[7 - i];
	}
	for (unsigned i = 0; i < 64; i++) {
		uint32_t t1 = e[i] + upper_sigma1(e[i + 3]) + ch(e[i + 3], e[i + 2], e[i + 1]) + k[i] + w[i];

		e[i + 4] = a[i] + t1;
		a[i + 4] = t1 + upper_sigma0(a[i + 3]) + maj(a[i + 3], a[i + 2], a[i + 1]);
	}
	for (unsigned i = 0; i < 4; i++) {
		digest->state[3 - i] += a[64 + i];
		digest->state[7 - i] += e[64 + i];
	}
}

const struct digest_algorithm digest_sha256 = { "sha256", 32, true, sha256_init, sha256_block };
