/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux bzImage by the x86 boot protocol 2.00 to 2.15 (Documentation/arch/x86/boot.rst), entered in real mode; memdisk too.
 * Every other registered image without a script's format is an initrd, concatenated in order (image/initrd.h).
 * Not supported: zImage and kernels before 2.00, whose setup code has to lie at 90000h. */
#ifndef IMAGE_BZIMAGE_H
#define IMAGE_BZIMAGE_H

#include "image/image.h"

extern const struct image_format bzimage_format;

/** probe() and plan() of the format; also called by their tests. plan(): -ENOEXEC, -EPROTO header contradicts file size, -ENOTSUP
 *  zImage, -EMSGSIZE command line longer than the kernel takes (both figures said), -ENOMEM no room (needed and free said). */
int bzimage_probe(const struct image *image);
int bzimage_plan(const struct image *image, struct load_plan *plan);

#endif
