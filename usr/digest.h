/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests of images: long work, so it waits like a download does, with Ctrl-C and words on the screen. */
#ifndef USR_DIGEST_H
#define USR_DIGEST_H

#include <stdint.h>

struct digest_algorithm;
struct image;

/** The digest of @image's bytes; @value gets algorithm->bytes bytes. The network lives meanwhile. -ECANCELED (Ctrl-C), -EBUSY with fail() when
 *  not all of its bytes are there. */
int digest_image(const struct image *image, const struct digest_algorithm *algorithm, uint8_t *value);

#endif
