/* SPDX-License-Identifier: BSD-2-Clause */
/* Disk images as a format: what image/disk_shape.h takes for one. Any image may be a disk by the words on its command line; without them it
 * must look like one, and what is as small as a PXE program, and has a boot sector alone, is taken for that. Booted by usr/disk.c. */
#ifndef IMAGE_DISK_H
#define IMAGE_DISK_H

#include "image/image.h"

extern const struct image_format disk_format;

#endif
