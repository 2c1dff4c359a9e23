/* SPDX-License-Identifier: BSD-2-Clause */
/* A program in 32-bit code with physical addresses, whatever file format it came in (image/elf.h, image/multiboot.c): what of the
 * file goes where. And the plan for it: its parts to their places, the other images, its modules, out of their way.
 *
 * executable_add() for each part - executable_check() - executable_plan() - executable_low(). */
#ifndef IMAGE_EXECUTABLE_H
#define IMAGE_EXECUTABLE_H

#include <stdint.h>
#include "image/image.h"

#define EXECUTABLE_PARTS_MAX 16

/** [@offset, +@file_bytes) of the file goes to @dst, and zeros follow up to @memory_bytes. */
struct executable_part { phys_t dst; uint32_t offset, file_bytes, memory_bytes; };

struct executable {
	const struct image *image;
	unsigned count;
	struct executable_part part[EXECUTABLE_PARTS_MAX];
	phys_t entry;
};

/** Add a part; one without memory is dropped. -EPROTO with fail(): it is not all in the file, wraps, overlaps another, or is one too many. */
int executable_add(struct executable *e, const struct executable_part *part);
/** Is there memory for every part? -ENOMEM with figures. */
int executable_check(const struct executable *e);
/** Plan the moves. @modules: the other images (initrd_next()) go along, page aligned, and stay where they are if they can; at[i] gets the
 *  address of the i-th, of which there are @modules. -ENOMEM, -ENOSPC with fail(). */
int executable_plan(const struct executable *e, phys_t *at, unsigned modules, struct load_plan *plan);
/** An address below 512 KiB where @bytes meet no part; 0: there is none. */
phys_t executable_low(const struct executable *e, uint32_t bytes);

#endif
