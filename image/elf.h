/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF executables for the i386, loaded at their physical addresses (System V ABI, "Object Files" and "Program Loading"). One without a
 * Multiboot header is entered in 32-bit mode with nothing in its registers, and gets neither arguments nor modules. */
#ifndef IMAGE_ELF_H
#define IMAGE_ELF_H

#include "image/executable.h"

extern const struct image_format elf_format;

/** Read @image's program headers into @e. -ENOEXEC: not such a file; -EPROTO with fail(): broken. */
int elf_parse(const struct image *image, struct executable *e);

#endif
