/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CD boots on x86, by the "El Torito" Bootable CD-ROM Format Specification 1.0: the first bootable entry for that platform in its boot
 * catalogue, be it the default one or one of a section. Reads blocks of the CD; never waits.
 *
 * el_torito_init() - el_torito_run() until it is not -EINPROGRESS - el_torito.boot.
 * Not supported: choice among several entries by their selection criteria. */
#ifndef IMAGE_EL_TORITO_H
#define IMAGE_EL_TORITO_H

#include "core/block.h"
#include "image/disk_geometry.h"

#define EL_TORITO_BLOCK 2048
#define EL_TORITO_CATALOGUE_BLOCKS 16   /* a longer one is taken for one that does not end */

enum el_torito_media {
	EL_TORITO_NO_EMULATION, EL_TORITO_FLOPPY_1200, EL_TORITO_FLOPPY_1440, EL_TORITO_FLOPPY_2880, EL_TORITO_HARD_DISK
};

/** What boots. Its sectors lie on the CD, and have their place between the BIOS's data and 640 KiB. */
struct el_torito_boot {
	uint8_t media;                  /* enum el_torito_media */
	uint8_t system_type;            /* the entry's; of a hard disk its partition's type */
	uint16_t segment;               /* where it is loaded and entered */
	uint16_t sectors;               /* of 512 bytes to load; at least 1 */
	uint32_t catalogue;             /* the catalogue's first block */
	uint32_t first_block;           /* where it begins, in the CD's blocks of 2048 bytes */
	/* With emulation, the disk that is shown, which begins there and lies on the CD; else zeros. */
	uint32_t disk_sectors;          /* of 512 bytes */
	struct disk_geometry geometry;
};

struct el_torito {
	struct el_torito_boot boot;
	/* Of el_torito.c: */
	int (*stage)(struct el_torito *t, const struct block_device *cd);       /* what to do with the block; NULL: done */
	uint32_t next;                  /* the block to read */
	uint32_t catalogue_blocks;      /* read of it */
	int (*entry)(struct el_torito *t, const uint8_t *entry);                /* what is expected next in the catalogue */
	uint16_t section_left;          /* entries of the section */
	uint8_t platform;               /* of the section */
	uint8_t other;                  /* a platform that does boot; x86's number: none */
	bool last_section;
	uint8_t block[EL_TORITO_BLOCK];
};

void el_torito_init(struct el_torito *t);
/** Find what @cd boots (which has blocks of 512 or 2048 bytes). 0: t->boot is filled in; -EINPROGRESS: call again; the device's own errors,
 *  after which it may be called again; and with fail(), for good: -ENOEXEC it does not boot, or not on x86; -EPROTO its catalogue is damaged,
 *  does not end, or points outside the CD or memory; -ENOTSUP a kind of media that is none of the five. */
int el_torito_run(struct el_torito *t, struct block_device *cd);
/** "no emulation", "1.2 MB floppy", ... */
const char *el_torito_media_name(uint8_t media);

#endif
