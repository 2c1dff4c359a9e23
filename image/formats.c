/* SPDX-License-Identifier: BSD-2-Clause */
/* The image formats in this build. A format is asked before those below it. */
#include <stddef.h>
#include "config/features.h"
#include "image/bzimage.h"
#include "image/disk.h"
#include "image/elf.h"
#include "image/multiboot.h"
#include "image/nbp.h"
#include "image/script.h"

const struct image_format *const image_formats[] = {
	&bzimage_format,
#if CONFIG_MULTIBOOT
	&multiboot_format,
#endif
#if CONFIG_ELF
	&elf_format,
#endif
	&script_format,
#if CONFIG_DISKS
	&disk_format,
#endif
#if CONFIG_PXE
	&nbp_format,
#endif
	NULL
};
