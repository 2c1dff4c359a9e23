/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking images: long work, so it waits like a download does, with Ctrl-C and words on the screen. */
#ifndef USR_UNPACK_H
#define USR_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

struct image;

struct unpack_options {
	const char *name;               /* of the new image; NULL: the packed one's */
	uint32_t timeout_ms;            /* for the whole; 0: none */
	bool quiet;                     /* draw nothing */
};

/** Unpack what @image holds, a packed format, into a new image with its URI and arguments, which is not registered: the caller's, to be
 *  registered or freed. On an error nothing is left. -ENOEXEC with fail() when it is not packed, -ENOMEM with figures, -EPROTO when it is
 *  damaged, -ENOTSUP, -ECANCELED. */
int unpack_image(const struct image *image, const struct unpack_options *options, struct image **unpacked);
/** Does @image hold a packed format? */
bool unpack_is_packed(const struct image *image);
/** @image is nothing that can be booted as it is. If what it holds packed is (@recognise() says so and sets its format), packed several
 *  times at most, that takes its place. -ENOEXEC with fail() if not; errors of unpacking; @image is as before then. */
int unpack_bootable(struct image *image, int (*recognise)(struct image *image));

#endif
