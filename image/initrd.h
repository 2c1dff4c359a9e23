/* SPDX-License-Identifier: BSD-2-Clause */
/* Initial RAM disks: the registered images that are not being booted, each padded to 4 bytes; one with an argument is wrapped as
 * that file name in a cpio archive of its own (newc, mode 0100644 or mode=OOO; mkdir=N makes the leading directories). */
#ifndef IMAGE_INITRD_H
#define IMAGE_INITRD_H

#include <stdint.h>
#include "image/image.h"

/** Bytes that all initrds of @kernel take together, headers and padding included; 0: there are none. -EINVAL for a bad argument. */
int initrd_size(const struct image *kernel, uint64_t *bytes);
/** Plan to lay them out from @dst on (initrd_size() bytes). Headers are written into the blocks' header rooms now. The bytes may
 *  have to pass each other on the way: see initrd.c for the order. */
int initrd_plan(const struct image *kernel, phys_t dst, struct load_plan *plan);

#endif
