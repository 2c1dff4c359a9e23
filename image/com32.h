/* SPDX-License-Identifier: BSD-2-Clause */
/* COM32 modules (.c32), which call into the Syslinux that started them: recognised, so as to say what to do instead. */
#ifndef IMAGE_COM32_H
#define IMAGE_COM32_H

#include "image/image.h"

extern const struct image_format com32_format;

#endif
