/* SPDX-License-Identifier: BSD-2-Clause */
/* Message digests: SHA-256 and SHA-1 (FIPS 180-4), MD5 (RFC 1321). For checking what was fetched; MD5 and SHA-1 only against accidents.
 *
 * digest_find() - digest_init() - digest_update() as often as there are bytes - digest_final(). No heap, no failure. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES_MAX 32
#define DIGEST_BLOCK_BYTES 64           /* of all three */

struct digest;

struct digest_algorithm {
	const char *name;               /* "sha256": the option, the command, the fragment of a URL */
	unsigned bytes;                 /* of its value: 32, 20, 16 */
	bool big_endian;                /* how words and the length are written */
	void (*init)(struct digest *d);
	void (*block)(struct digest *d, const uint8_t *data);
};

struct digest {
	const struct digest_algorithm *algorithm;
	uint64_t bytes;                 /* so far */
	uint32_t state[8];
	uint8_t buffer[DIGEST_BLOCK_BYTES];
};

extern const struct digest_algorithm digest_sha256, digest_sha1, digest_md5;
/** All of them, NULL-terminated. */
extern const struct digest_algorithm *const digest_algorithms[];

/** By name; NULL. */
const struct digest_algorithm *digest_find(const char *name);
void digest_init(struct digest *d, const struct digest_algorithm *algorithm);
void digest_update(struct digest *d, const void *data, size_t len);
/** @value gets algorithm->bytes bytes. */
void digest_final(struct digest *d, uint8_t *value);
/** Write @bytes of @value as hex digits and a NUL into @text (2 * @bytes + 1 bytes). */
void digest_format(char *text, const uint8_t *value, unsigned bytes);
/** Read exactly @bytes from hex digits, of either case. False if @text is anything else. */
bool digest_parse(const char *text, uint8_t *value, unsigned bytes);

#endif
