/* SPDX-License-Identifier: BSD-2-Clause */
/* What the digests have in common: bytes in any portions made into blocks, the padding at the end, values as text. See core/digest.h. */
#include "core/digest.h"

#include "core/string.h"

#define LENGTH_BYTES 8                  /* the number of bits, at the end of the last block */

const struct digest_algorithm *const digest_algorithms[] = { &digest_sha256, &digest_sha1, &digest_md5, NULL };

const struct digest_algorithm *digest_find(const char *name)
{
	const struct digest_algorithm *const *a = digest_algorithms;

	while (*a && strcmp((*a)->name, name) != 0)
		a++;
	return *a;
}

void digest_init(struct digest *d, const struct digest_algorithm *algorithm)
{
	d->algorithm = algorithm;
	d->bytes = 0;
	algorithm->init(d);
}

void digest_update(struct digest *d, const void *data, size_t len)
{
	const uint8_t *next = data;
	size_t held = d->bytes % DIGEST_BLOCK_BYTES;

	d->bytes += len;
	while (len) {
		size_t part = DIGEST_BLOCK_BYTES - held;

		if (part > len)
			part = len;
		if (part == DIGEST_BLOCK_BYTES) {
			d->algorithm->block(d, next);
		} else {
			memcpy(d->buffer + held, next, part);
			held += part;
			if (held == DIGEST_BLOCK_BYTES) {
				d->algorithm->block(d, d->buffer);
				held = 0;
			}
		}
		next += part;
		len -= part;
	}
}

/** Write @value's lowest @bytes bytes, the highest first with @big_endian. */
static void put(uint8_t *at, uint64_t value, unsigned bytes, bool big_endian)
{
	for (unsigned i = 0; i < bytes; i++, value >>= 8)
		at[big_endian ? bytes - 1 - i : i] = (uint8_t)value;
}

/* FIPS 180-4 5.1.1, RFC 1321 3.1 and 3.2: one bit, zeros up to 8 bytes before the end of a block, the number of bits. */
void digest_final(struct digest *d, uint8_t *value)
{
	const struct digest_algorithm *a = d->algorithm;
	size_t held = d->bytes % DIGEST_BLOCK_BYTES;

	d->buffer[held++] = 0x80;
	memset(d->buffer + held, 0, DIGEST_BLOCK_BYTES - held);
	if (held > DIGEST_BLOCK_BYTES - LENGTH_BYTES) {
		a->block(d, d->buffer);
		memset(d->buffer, 0, DIGEST_BLOCK_BYTES);
	}
	put(d->buffer + DIGEST_BLOCK_BYTES - LENGTH_BYTES, d->bytes * 8, LENGTH_BYTES, a->big_endian);
	a->block(d, d->buffer);
	for (unsigned i = 0; i < a->bytes / 4; i++)
		put(value + 4 * i, d->state[i], 4, a->big_endian);
}

void digest_format(char *text, const uint8_t *value, unsigned bytes)
{
	for (unsigned i = 0; i < 2 * bytes; i++)
		*text++ = "0123456789abcdef"[value[i / 2] >> (i & 1 ? 0 : 4) & 15];
	*text = '\0';
}

bool digest_parse(const char *text, uint8_t *value, unsigned bytes)
{
	for (; bytes; bytes--, text += 2) {
		int high = text_hex_digit(text[0]), low = high < 0 ? -1 : text_hex_digit(text[1]);

		if (low < 0)
			return false;
		*value++ = (uint8_t)(high << 4 | low);
	}
	return *text == '\0';
}
