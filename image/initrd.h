/* SPDX-License-Identifier: BSD-2-Clause */
/* Initial RAM disks: the registered images that are neither booted nor scripts, each padded to 4 bytes, one after the other in the
 * order of the registry. One with an argument is wrapped as that file name in a cpio archive of its own (image/cpio.h).
 *
 * initrd_size() - initrd_place() - initrd_plan(), and when that ends in a circle (plan_order()) initrd_arrange() and again. */
#ifndef IMAGE_INITRD_H
#define IMAGE_INITRD_H

#include <stdint.h>
#include "image/image.h"

#define INITRD_ALIGN 4               /* where one begins behind another */

/** Where initrds may lie: [floor, ceiling), inside one region of memmap_final(). */
struct initrd_limits { phys_t floor, ceiling; };

/** The next registered image that goes along with @kernel: neither it nor a script. NULL: there is none. @after NULL: the first. */
struct image *initrd_next(const struct image *kernel, const struct image *after);
/** Bytes that all initrds of @kernel take together, headers and padding included; 0: there are none. -EINVAL for a bad argument. */
int initrd_size(const struct image *kernel, uint32_t *bytes);
/** Is there one initrd only, without a header, which lies within @limits already? */
bool initrd_stays(const struct image *kernel, const struct initrd_limits *limits, phys_t *dst);
/** Bytes of memory from @start on, when an image is entered; 0 where there is none. */
uint32_t initrd_room(phys_t start);
/** The highest page-aligned address at which @bytes (not 0) lie within @limits. False when there is none; @largest is then the
 *  room there is. */
bool initrd_place(const struct initrd_limits *limits, uint64_t bytes, phys_t *dst, uint32_t *largest);
/** The lowest address of an initrd's bytes now. */
phys_t initrd_lowest(const struct image *kernel);
/** Append the moves that lay them out from @dst on. Headers and padding are written beside the bytes, in their blocks, now. */
int initrd_plan(const struct image *kernel, phys_t dst, struct load_plan *plan);
/** Rearrange all images in place: within each region of memory first others and @kernel, then its initrds in their order.
 *  Where all lie in one region, moves upwards or downwards in that order never meet in a circle. */
void initrd_arrange(const struct image *kernel);

#endif
