/* SPDX-License-Identifier: BSD-2-Clause */
/* What a container tells the loader, and the loader the payload. Lives in the resident part (lowmem.asm), below 640 KiB. */
#ifndef ARCH_X86_BOOT_INFO_H
#define ARCH_X86_BOOT_INFO_H

#include <stddef.h>
#include <stdint.h>
#include "build/layout.h"

struct boot_info {
	uint32_t lowmem;           /* linear address of the resident part */
	uint32_t image;            /* the image: loader and compressed payload */
	uint32_t image_len;
	uint32_t image_crc;        /* CRC-32; also its identity among ROMs of one build */
	uint32_t image_offset;     /* where it stands in the ROM file */
	uint16_t bdf;              /* our PCI function, bus << 8 | slot << 3 | function; BDF_NONE */
	uint8_t entry;             /* ENTRY_* */
	uint8_t prompted;          /* the Ctrl-B prompt was shown during POST */
	uint16_t rom_segment;
	uint16_t base_kib;         /* 40:13 before the resident part was taken */
	uint32_t pnp;              /* PnP installation check structure, segment:offset (INIT) */
	uint32_t pmm;              /* PMM's entry point, segment:offset; 0: none (INIT) */
	uint32_t block, block_len; /* the payload's memory, with heap and packets */
	uint32_t payload_len;      /* of it, payload and bss */
	uint8_t kept;              /* 512-byte sectors of the ROM kept after POST */
	uint8_t reserved;
	uint16_t container;        /* segment of what a container keeps (arch/x86/container.h); 0: we came from a ROM */
	uint8_t unused[LOWMEM_INFO_LEN - 52];
};

#define INFO_PINNED(field, offset) _Static_assert(offsetof(struct boot_info, field) == (offset), #field " moved")
INFO_PINNED(lowmem, INFO_LOWMEM);
INFO_PINNED(image, INFO_IMAGE);
INFO_PINNED(image_len, INFO_IMAGE_LEN);
INFO_PINNED(image_crc, INFO_IMAGE_CRC);
INFO_PINNED(image_offset, INFO_IMAGE_OFFSET);
INFO_PINNED(bdf, INFO_BDF);
INFO_PINNED(entry, INFO_ENTRY);
INFO_PINNED(prompted, INFO_PROMPTED);
INFO_PINNED(rom_segment, INFO_ROM_SEGMENT);
INFO_PINNED(base_kib, INFO_BASE_KIB);
INFO_PINNED(pnp, INFO_PNP);
INFO_PINNED(kept, INFO_KEPT);
INFO_PINNED(container, INFO_CONTAINER);
_Static_assert(sizeof(struct boot_info) == LOWMEM_INFO_LEN, "boot_info and layout.inc disagree");

/** Bytes from the resident part up to where base memory was ours to take: with what a container keeps, and what was behind it and is free
 *  now. Whole KiB, as many as 16 bits hold. */
static inline uint16_t boot_info_base_bytes(const struct boot_info *info)
{
	uint32_t bytes = info->base_kib * 1024u - info->lowmem;

	return (uint16_t)(bytes < 0x10000 ? bytes : 0xfc00);
}

#endif
