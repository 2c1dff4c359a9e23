/* SPDX-License-Identifier: BSD-2-Clause */
/* What is running now: the scripts that run one another, and the program that we are ourselves when another boot program fetched us. So
 * something that boots itself again, with nobody looking on, is noticed. */
#ifndef USR_RUNNING_H
#define USR_RUNNING_H

#include <stdint.h>

struct image;

#define RUNNING_TIMES 3         /* a script may be inside itself: so often the same URL with the same bytes is taken for a choice */

/** A script that runs, on the stack of who runs it. */
struct running {
	struct running *outer;
	const char *uri;                /* the image's */
	uint32_t length;
	uint64_t hash;                  /* of its bytes, whose place may be another's while it runs */
	unsigned keys;                  /* wait_keys_read() when it began */
};

/** Nothing runs yet. */
void running_init(void);
/** running_begin() - run it - running_end(). */
void running_begin(struct running *r, const struct image *image);
void running_end(struct running *r);

/** The URL (copied) that the program that we are was fetched from; NULL: from none. */
void running_set_program(const char *url);
/** May @image be booted? -ELOOP with fail(): it has the same URL and the same bytes as what is running, and nobody pressed a key since. */
int running_check(const struct image *image);

#endif
