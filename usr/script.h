/* SPDX-License-Identifier: BSD-2-Clause */
/* Running scripts (#!fpxe, #!ipxe, #!gpxe) line by line through the shell. A failing line ends the script unless || follows it. */
#ifndef USR_SCRIPT_H
#define USR_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

struct image;

/** Run @image. It is not among the registered images meanwhile, so that `boot` does not find it, and relative references resolve
 *  against its URI. Returns the failing line's error, a status given to `exit`, or 0. A registered @image may be gone afterwards,
 *  replaced by one that the script fetched. */
int script_run_image(struct image *image);
/** Run @len bytes of text; -ENOEXEC when its first line is none of the three. */
int script_run_text(const char *text, size_t len);
/** Does a script run whose text lies among the images, being too long for the heap? A PXE program would overwrite it. */
bool script_lies_among_images(void);

#endif
