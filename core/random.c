/* SPDX-License-Identifier: BSD-2-Clause */
/* The one generator (see core/random.h), built on ChaCha20 as a keyed function of 16 bytes.
 *
 * Input is absorbed 16 bytes at a time: each block's first half is the next key, so that a chosen input cannot take out what
 * others put in. Output is a word of the second half of a block whose first half replaces the key: what was given out cannot be
 * worked back to from a later state. */
#include "core/random.h"

#include <stdbool.h>
#include "core/assert.h"
#include "core/chacha.h"
#include "core/string.h"

#define KEY_WORDS 8

static struct {
	uint32_t key[KEY_WORDS];
	bool seeded;
	uint32_t hash_key[KEY_WORDS];
	bool hash_keyed;
} generator;

/** Replace @key by a function of it and of @len bytes of @data. The length goes first: no input is the beginning of another. */
static void absorb(uint32_t key[KEY_WORDS], const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t input[4] = { (uint32_t)len, 0, 0, 0 }, block[16];
	size_t left = len;

	for (;;) {
		size_t n = left < sizeof(input) ? left : sizeof(input);

		chacha20_block(key, input, block);
		memcpy(key, block, KEY_WORDS * sizeof(*key));
		if (!left)
			return;
		memset(input, 0, sizeof(input));
		memcpy(input, p, n);
		p += n;
		left -= n;
	}
}

void random_stir(const void *data, size_t len)
{
	absorb(generator.key, data, len);
	generator.seeded = true;
}

uint32_t random_u32(void)
{
	static const uint32_t input[4];     /* any constant will do */
	uint32_t block[16];

	assert(generator.seeded);
	chacha20_block(generator.key, input, block);
	memcpy(generator.key, block, sizeof(generator.key));
	return block[KEY_WORDS];
}

uint32_t random_below(uint32_t bound)
{
	uint32_t uneven = -bound % bound;       /* 2^32 mod bound: as many of the lowest values would make it unfair */
	uint32_t value;

	assert(bound > 0);
	do
		value = random_u32();
	while (value < uneven);
	return value % bound;
}

uint32_t random_keyed_hash(const void *data, size_t len)
{
	uint32_t key[KEY_WORDS];

	if (!generator.hash_keyed) {
		for (unsigned i = 0; i < KEY_WORDS; i++)
			generator.hash_key[i] = random_u32();
		generator.hash_keyed = true;
	}
	memcpy(key, generator.hash_key, sizeof(key));
	absorb(key, data, len);
	return key[0];
}
