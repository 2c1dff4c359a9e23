/* SPDX-License-Identifier: BSD-2-Clause */
/* PXE programs, NBPs (PXE 2.1): any bytes that are put at 0:7C00 and called. They have no magic number, so what is plainly something
 * else is refused: empty files, text, markup, executables and archives of other systems. Last in the list of formats. */
#ifndef IMAGE_NBP_H
#define IMAGE_NBP_H

#include "image/image.h"

extern const struct image_format nbp_format;

#endif
