/* SPDX-License-Identifier: BSD-2-Clause */
/* What a file's digests must be: --sha256 and the like, #sha256= in a URL. Of the bytes as they are stored.
 *
 * expect_add(), expect_fragment() - the file comes - expect_begin() - expect_run() until it is not -EINPROGRESS. */
#ifndef USR_EXPECT_H
#define USR_EXPECT_H

#include "core/digest.h"
#include "image/space.h"

#define EXPECT_MAX 4                    /* one of each algorithm by options, one more by the URL */

struct expect {
	unsigned count;
	struct { const struct digest_algorithm *algorithm; uint8_t value[DIGEST_BYTES_MAX]; } digest[EXPECT_MAX];
	/* How far checking is. */
	unsigned current;
	uint32_t offset;
	struct digest running;
};

/** Expect @hex by the algorithm @name. -EINVAL with fail(): not hex digits, or not as many as it takes; -ENOTSUP: not in this build. */
int expect_add(struct expect *e, const char *name, const char *hex);
/** The same from a URL's fragment, "sha256=..."; NULL or one that speaks of no digest is fine. */
int expect_fragment(struct expect *e, const char *fragment);

void expect_begin(struct expect *e);
/** Read a slice of the bytes in @block. -EINPROGRESS: call again; 0: all are as expected; -EBADMSG with fail(): both values. */
int expect_run(struct expect *e, const struct space_block *block);

#endif
