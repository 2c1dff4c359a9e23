/* SPDX-License-Identifier: BSD-2-Clause */
/* MD5 (RFC 1321). As in sha256.c, each step's new word goes behind the ones before it. */
#include "core/digest.h"

/* RFC 1321 3.4: the integer part of 4294967296 times abs(sin(i)), i from 1 on, in radians. */
static const uint32_t t[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1,
	0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453,
	0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
	0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
	0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
	0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* A round is 16 steps: which words of the block they take (a start and a step), and by how much four of them rotate. */
static const struct { uint8_t first, stride, rotations[4]; } rounds[4] = {
	{ 0, 1, { 7, 12, 17, 22 } }, { 1, 5, { 5, 9, 14, 20 } }, { 5, 3, { 4, 11, 16, 23 } }, { 0, 7, { 6, 10, 15, 21 } },
};

static void md5_init(struct digest *d)
{
	d->state[0] = 0x67452301;
	d->state[1] = 0xefcdab89;
	d->state[2] = 0x98badcfe;
	d->state[3] = 0x10325476;
}

/** The functions F, G, H and I. */
static uint32_t mix(unsigned round, uint32_t x, uint32_t y, uint32_t z)
{
	if (round == 0)
		return z ^ (x & (y ^ z));
	if (round == 1)
		return y ^ (z & (x ^ y));
	if (round == 2)
		return x ^ y ^ z;
	return y ^ (x | ~z);
}

static void md5_block(struct digest *digest, const uint8_t *data)
{
	uint32_t x[16], v[4 + 64];      /* before step i: a d c b are v[i] to v[i + 3] */

	for (unsigned i = 0; i < 16; i++, data += 4)
		x[i] = (uint32_t)data[3] << 24 | (uint32_t)data[2] << 16 | (uint32_t)data[1] << 8 | data[0];
	for (unsigned i = 0; i < 4; i++)
		v[i] = digest->state[-i & 3];
	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16, n = rounds[round].rotations[i % 4];
		uint32_t sum = v[i] + mix(round, v[i + 3], v[i + 2], v[i + 1]) + t[i] +
		               x[(rounds[round].first + i * rounds[round].stride) % 16];

		v[i + 4] = v[i + 3] + (sum << n | sum >> (32 - n));
	}
	for (unsigned i = 0; i < 4; i++)
		digest->state[-i & 3] += v[64 + i];
}

const struct digest_algorithm digest_md5 = { "md5", 16, false, md5_init, md5_block };
