/* SPDX-License-Identifier: BSD-2-Clause */
/* The ChaCha20 block function (see core/chacha.h). */
#include "core/chacha.h"

#include "core/string.h"

static uint32_t rotate(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

/** RFC 8439 2.1 */
static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*d = rotate(*d ^ (*a += *b), 16);
	*b = rotate(*b ^ (*c += *d), 12);
	*d = rotate(*d ^ (*a += *b), 8);
	*b = rotate(*b ^ (*c += *d), 7);
}

void chacha20_block(const uint32_t key[8], const uint32_t counter_nonce[4], uint32_t out[16])
{
	uint32_t s[16];

	s[0] = 0x61707865;              /* "expand 32-byte k" */
	s[1] = 0x3320646e;
	s[2] = 0x79622d32;
	s[3] = 0x6b206574;
	memcpy(s + 4, key, 32);
	memcpy(s + 12, counter_nonce, 16);
	memcpy(out, s, sizeof(s));
	for (unsigned round = 0; round < 20; round++) {
		unsigned slant = round & 1;     /* columns, then diagonals */

		for (unsigned i = 0; i < 4; i++)
			quarter_round(&s[i], &s[4 + ((i + slant) & 3)], &s[8 + ((i + 2 * slant) & 3)], &s[12 + ((i + 3 * slant) & 3)]);
	}
	for (unsigned i = 0; i < 16; i++)
		out[i] += s[i];
}
