/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching URLs into images, with progress, in the foreground or behind other commands. Relative references resolve against the URI of what
 * is running: the script's image, or the last boot file; else against the TFTP server that DHCP named.
 *
 * An image whose bytes are to come in the background is handed out at once, to be registered; its source is set until they are there.
 * It then gets its format. One that fails stays in the registry, without bytes, until somebody waits for it: that reports the
 * error, once, and frees it. image_free() aborts. */
#ifndef USR_FETCH_H
#define USR_FETCH_H

#include <stdbool.h>
#include <stdint.h>
#include "usr/expect.h"

struct image;
struct uri;

struct fetch_options {
	const char *name;               /* of the image; NULL: the last part of the path */
	uint32_t timeout_ms;            /* for the whole; 0: none */
	bool quiet;                     /* draw nothing */
	bool background;
	bool module;                    /* it is for the selected kernel: refused at once if that could not be booted with it */
	bool bootable;                  /* in the background: an error if what came cannot be booted */
	struct expect expect;           /* the digests it must have; its URL may name another */
};

/** Fetch @reference into a new image, which is not registered: the caller's, to be registered or freed. On an error nothing is left. */
int fetch_image(const char *reference, const struct fetch_options *options, struct image **image);
/** Wait until the bytes of @image, or of all images (NULL), are there; 0 at once where they are. An error of one of them ends the wait: it
 *  has been printed, and the image freed. -ETIMEDOUT after @timeout_ms (0: never), -ECANCELED; what is under way goes on then. */
int fetch_wait(const struct image *image, uint32_t timeout_ms, bool quiet);
/** Words for how far @image is, whose source is set: "fetching 41 %", "failed: not found: ...". */
void fetch_describe(const struct image *image, char *buf, unsigned size);

/** Go on with what is under way; usr/wait.c calls it after each net_poll(). */
void fetch_poll(uint32_t now_ms);
/** Is there something to go on with? */
bool fetch_under_way(void);

/** The URI that @reference means; *@uri is the caller's. Errors with fail(). */
int fetch_resolve(const char *reference, struct uri **uri);
/** Does @word begin with a scheme, "http:"? */
bool fetch_is_absolute(const char *word);

/** What relative references resolve against from now on: @uri, an absolute URI (copied). Returns what it was, which is to be given to
 *  fetch_restore_base(). NULL or one that cannot be parsed: none. */
struct uri *fetch_set_base(const char *uri);
void fetch_restore_base(struct uri *before);

#endif
