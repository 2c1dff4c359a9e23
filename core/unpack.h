/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking of compressed bytes that lie in memory, in slices, so that the keyboard is seen meanwhile: gzip (RFC 1952), zlib (RFC 1950), xz.
 * The output lies in one piece of memory and is its own dictionary. Checks that the formats carry are checked.
 *
 * unpack_recognise() - unpack_size() - unpack_start() - unpack_run() until it is not -EINPROGRESS - unpack_stop(). */
#ifndef CORE_UNPACK_H
#define CORE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/cursor.h"

struct unpack;

/** A packed format. Its decoder keeps its state behind struct unpack. */
struct unpack_format {
	const char *name;               /* "gzip", "zlib", "xz" */
	size_t state_bytes;             /* of a struct that begins with a struct unpack */
	bool (*probe)(const uint8_t *data, size_t len);
	/** As unpack_size(). NULL: never known. */
	uint64_t (*size)(const uint8_t *in, size_t in_len);
	void (*start)(struct unpack *u);
	/** As unpack_run(). */
	int (*run)(struct unpack *u, size_t slice);
};

/** Input, output and how far they are. */
struct unpack {
	const struct unpack_format *format;
	const uint8_t *in;
	size_t in_len, in_pos;
	uint8_t *out;
	size_t out_size, out_pos;
};

extern const struct unpack_format gzip_format, zlib_format, xz_format;
/** The formats of this build, NULL-terminated. */
extern const struct unpack_format *const unpack_formats[];

/** What @len bytes at @data are packed as, by their first bytes; NULL: nothing known. Needs few bytes; more do not matter. */
const struct unpack_format *unpack_recognise(const uint8_t *data, size_t len);
/** How many bytes @in_len bytes at @in unpack to, as far as that can be seen without unpacking them: all, or (gzip files of several parts)
 *  fewer, or (damage) anything; 0: nothing is known. */
uint64_t unpack_size(const struct unpack_format *format, const uint8_t *in, size_t in_len);
/** Begin to unpack @in_len bytes at @in to @out, where @out_size bytes have room; both stay the caller's and must not overlap. NULL when out
 *  of memory. */
struct unpack *unpack_start(const struct unpack_format *format, const uint8_t *in, size_t in_len, uint8_t *out, size_t out_size);
/** Unpack about @slice bytes more. -EINPROGRESS: call again; 0: all of it is there, u->out_pos bytes. Errors with fail(): -EPROTO (damaged; the
 *  reason and where), -ENOMEM (larger than @out_size), -ENOTSUP (a filter or dictionary that is not supported). */
int unpack_run(struct unpack *u, size_t slice);
/** Free; NULL is allowed. */
void unpack_stop(struct unpack *u);

/* For the formats: a reader of the next @max bytes of input, or of those there are; fail(-EPROTO) with what is wrong and where; fail(-ENOMEM)
 * with the room there is. */
struct reader unpack_reader(const struct unpack *u, size_t max);
int unpack_damaged(const struct unpack *u, const char *what);
int unpack_too_large(const struct unpack *u);

#endif
