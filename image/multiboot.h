/* SPDX-License-Identifier: BSD-2-Clause */
/* Multiboot 1 kernels ("The Multiboot Specification", 0.6.96), in ELF or with the addresses in their header. They get the other images as
 * modules, and their own and each module's name and arguments. A required graphics mode, and Multiboot 2, are not supported. */
#ifndef IMAGE_MULTIBOOT_H
#define IMAGE_MULTIBOOT_H

#include "image/image.h"

extern const struct image_format multiboot_format;

#endif
