/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of the digests share: values as text, and inputs whose values are known. */
#ifndef TESTS_UNIT_CORE_DIGESTS_H
#define TESTS_UNIT_CORE_DIGESTS_H

#include "core/digest.h"
#include "tests/unit/test.h"

/** The value of @len bytes at @data as text, fed @piece bytes at a time. */
__attribute__((unused)) static const char *in_pieces(const struct digest_algorithm *algorithm, const void *data, size_t len, size_t piece)
{
	static char text[2 * DIGEST_BYTES_MAX + 1];
	uint8_t value[DIGEST_BYTES_MAX];
	struct digest d;

	digest_init(&d, algorithm);
	for (size_t at = 0; at < len; at += piece)
		digest_update(&d, (const uint8_t *)data + at, len - at < piece ? len - at : piece);
	digest_final(&d, value);
	digest_format(text, value, algorithm->bytes);
	return text;
}

__attribute__((unused)) static const char *of_text(const struct digest_algorithm *algorithm, const char *text)
{
	return in_pieces(algorithm, text, strlen(text), strlen(text) + 1);
}

/** A million times the letter a, in pieces that never are a block. */
__attribute__((unused)) static const char *of_a_million(const struct digest_algorithm *algorithm)
{
	char *data = malloc(1000000);
	const char *text;

	memset(data, 'a', 1000000);
	text = in_pieces(algorithm, data, 1000000, 997);
	free(data);
	return text;
}

/** The value of the values of all lengths from 0 to 200, which pass every place of the padding. Byte i of an input is 7 i + its length. Each
 *  input lies in memory of its size, so that a byte too far is seen. */
__attribute__((unused)) static const char *of_all_lengths(const struct digest_algorithm *algorithm)
{
	static char text[2 * DIGEST_BYTES_MAX + 1];
	uint8_t value[DIGEST_BYTES_MAX];
	struct digest one, all;

	digest_init(&all, algorithm);
	for (size_t len = 0; len <= 200; len++) {
		uint8_t *data = malloc(len ? len : 1);

		for (size_t i = 0; i < len; i++)
			data[i] = (uint8_t)(i * 7 + len);
		digest_init(&one, algorithm);
		digest_update(&one, data, len);
		digest_final(&one, value);
		digest_update(&all, value, algorithm->bytes);
		free(data);
	}
	digest_final(&all, value);
	digest_format(text, value, algorithm->bytes);
	return text;
}

#endif
