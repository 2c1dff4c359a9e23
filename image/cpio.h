/* SPDX-License-Identifier: BSD-2-Clause */
/* The cpio header (newc) that makes a file inside an initrd out of any bytes. "NAME [mode=OOO] [mkdir=N]": the file's name as it
 * will be in the root file system, its mode in octal (0644), and how many of its parent directories, counted from the file
 * upwards, are to be made too (-1: all of them; default none, because a made one overrides the mode of one that exists). */
#ifndef IMAGE_CPIO_H
#define IMAGE_CPIO_H

#include <stdint.h>

/** Write the headers for @length bytes under the name in @arguments to @buf of @size bytes, all of them in front of the data;
 *  returns their length, a multiple of 4. -EINVAL with fail() for arguments not understood or headers longer than @size. */
int cpio_headers(const char *arguments, uint32_t length, uint8_t *buf, uint32_t size);

#endif
