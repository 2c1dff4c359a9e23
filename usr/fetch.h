/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching a URL into an image, with progress. Relative references resolve against the URI of what is running: the script's image,
 * or the last boot file; else against the TFTP server that DHCP named. */
#ifndef USR_FETCH_H
#define USR_FETCH_H

#include <stdbool.h>
#include <stdint.h>

struct image;

struct fetch_options {
	const char *name;               /* of the image; NULL: the last part of the path */
	uint32_t timeout_ms;            /* for the whole; 0: none */
	bool quiet;                     /* draw nothing */
	bool module;                    /* it is for the selected kernel: refused at once if that could not be booted with it */
};

/** Fetch @reference into a new image, which is not registered: the caller's, to be registered or freed. On an error nothing is left. */
int fetch_image(const char *reference, const struct fetch_options *options, struct image **image);
/** Does @word begin with a scheme, "http:"? */
bool fetch_is_absolute(const char *word);

/** What relative references resolve against from now on: @uri, an absolute URI (copied). Returns what it was, which is to be given to
 *  fetch_restore_base(). NULL or one that cannot be parsed: none. */
struct uri *fetch_set_base(const char *uri);
void fetch_restore_base(struct uri *before);

#endif
