/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: block devices shown as drives of the BIOS (INT 13h), and the start of what they boot by.
 *
 * drive_attach() - drive_room(), fill it - drive_run(), which comes back if the boot sector gives up - drive_detach(). While a drive is
 * attached INT 15h hides our memory, and that of its bytes, from whoever runs; what is executed by a load plan then leaves us in memory.
 * Defined for the ROM in arch/x86/drives.c, for the host in tests/host/drive.c. */
#ifndef CORE_DRIVE_H
#define CORE_DRIVE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/block.h"

#define DRIVES_MAX 4

enum drive_kind { DRIVE_FLOPPY, DRIVE_HARD_DISK, DRIVE_CD };

/** How a drive came out of a CD's boot catalogue: what El Torito's calls tell. */
struct drive_boot {
	struct block_device *cd;        /* the CD, blocks of 2048 bytes; NULL: the drive is none that was booted from a CD */
	uint8_t media;                  /* 0: no emulation, 1 to 3: floppy of 1.2, 1.44, 2.88 MB, 4: hard disk */
	uint32_t image, catalog;        /* block of the boot image, and of the catalogue */
	uint16_t load_segment, load_sectors;    /* of 512 bytes */
};

struct drive {
	struct block_device *device;    /* blocks of 512 bytes, a CD's 2048; stays the caller's, and there until the drive is detached */
	enum drive_kind kind;
	int number;                     /* wanted, 0 to 255; -1: the next free one of the kind, from 00h, 80h, E0h on; drive_attach() says which */
	struct { uint16_t cylinders, heads, sectors; } geometry;        /* not of CDs: at most 1024 by 256 by 63, at least 1 each */
	bool no_edd;                    /* without EDD's calls */
	struct drive_boot boot;
	/* Of a drive in memory; all 0: it is none. */
	uint8_t *bytes;                 /* its first byte; @bytes_len of them lie one behind the other */
	uint32_t bytes_len;
	uint32_t hidden, hidden_len;    /* physical memory that nobody else is to use while the drive is attached */
};

/** Show @drive. 0; with fail(): -EBUSY the number is another drive's of ours, -ENOSPC there are DRIVES_MAX, or no room for the memory map. */
int drive_attach(struct drive *drive);
/** Drive @number is gone. Harmless when it is none of ours. The vectors are put back if nobody has hooked over them. */
void drive_detach(unsigned number);
/** From now on [@start, @start + @len) is hidden for drive @number, in place of what was: its bytes have moved. -ENOSPC with fail(). */
int drive_hide(unsigned number, uint32_t start, uint32_t len);
/** Is any drive attached? */
bool drive_any(void);
/** Where @len bytes at @address will be when drive_run() starts: below 640 KiB and out of our way. Inside POST what the BIOS has there is kept
 *  until drive_run() has come back, or drive_room_free() is called. -ENOMEM with fail(): there is no such room. */
int drive_room(uint32_t address, uint32_t len, void **room);
void drive_room_free(void);
/** Read the first sector of the BIOS's drive @number. -EIO with fail(). */
int drive_load(unsigned number, void *room);
/** Start @entry (segment << 16 | offset) with drive @number in DL. Returns when it gives up: by which interrupt, 18h or 19h. */
int drive_run(unsigned number, uint32_t entry);

#endif
