/* SPDX-License-Identifier: BSD-2-Clause */
/* INT 13h for one drive of ours: what a BIOS would answer, over a block device (core/block.h).
 *
 * Whoever shows a disk fills in a struct int13_drive, the rest of it zero, puts int13_floppy_table() of a floppy where 16-bit code can read it,
 * and hooks the interrupt. The hook hands the caller's registers to int13_call() of each drive of ours; when none was meant it passes the
 * interrupt on. Counting the machine's drives (40:10, 40:75) is the hook's, too.
 *
 * Functions by kind; each drive has 00h reset, 01h status, 15h type, and 4Bh and 4Dh if it came from a CD's boot catalogue:
 *     floppy, hard disk   02h read, 03h write, 04h verify, 08h parameters; 05h format is refused
 *     floppy              16h change line
 *     hard disk           0Ch seek
 *     hard disk, CD       0Dh reset, 10h ready, 11h recalibrate, and EDD 3.0: 41h to 49h, 4Eh
 * All others are invalid, starting another emulation (4Ah, 4Ch) among them.
 *
 * A transfer may begin anywhere and be of any length: it goes on over the ends of segments and 64 KiB pages. It moves nothing if any block
 * or any byte of the buffer is not there. */
#ifndef ARCH_X86_INT13_H
#define ARCH_X86_INT13_H

#include <stdbool.h>
#include <stdint.h>
#include "core/block.h"

/** The caller's registers, in the order of the hook's; of the flags only the carry is changed. */
struct int13_regs { uint16_t ax, bx, cx, dx, si, di, ds, es, flags; };
enum { INT13_CARRY = 1 };

/* Results in AH */
enum {
	INT13_OK = 0x00,
	INT13_INVALID = 0x01,           /* no such function, or its parameters make no sense */
	INT13_WRITE_PROTECTED = 0x03,
	INT13_NOT_FOUND = 0x04,         /* no such sector */
	INT13_BOUNDARY = 0x09,          /* the buffer is not the caller's memory, not all of it */
	INT13_FAILED = 0x20,            /* the controller, which is what is behind the device */
	INT13_TIMEOUT = 0x80,           /* it did not answer, or answers a call that this one interrupted */
	INT13_NOT_LOCKED = 0xb0,
	INT13_LOCKED = 0xb1,
	INT13_NOT_REMOVABLE = 0xb2,
	INT13_LOCKS_EXCEEDED = 0xb4,
	INT13_EJECT_FAILED = 0xb5,
};

enum int13_kind { INT13_FLOPPY, INT13_HARD_DISK, INT13_CD };

/** What El Torito's packets tell of how a drive came out of a CD's boot catalogue. */
struct int13_eltorito {
	struct block_device *cd;        /* the CD, blocks of 2048 bytes; NULL: the drive is none that was booted from a CD */
	uint8_t media;                  /* 0: no emulation, 1 to 3: floppy of 1.2, 1.44, 2.88 MB, 4: hard disk; bits 6 and 7 as in the catalogue */
	uint32_t image, catalog;        /* block of the boot image, and of the catalogue */
	uint16_t load_segment;          /* 0: 07C0 */
	uint16_t load_sectors;          /* of 512 bytes */
};

struct int13_drive {
	uint8_t number;                 /* DL: below 80h a floppy, from 80h on the others */
	uint8_t count;                  /* how many floppies or hard disks the machine has, this one included: DL of 08h */
	enum int13_kind kind;
	struct block_device *device;    /* blocks of 512 bytes, of a CD without emulation 2048 */
	/* How sectors are addressed; not for CDs: at most 1024 by 256 by 63, at least 1 each. It need not agree with the device's length. */
	struct { uint16_t cylinders, heads, sectors; } geometry;
	struct { uint16_t offset, segment; } floppy_table;
	struct int13_eltorito eltorito;
	bool no_edd;                    /* EDD's functions are invalid */
	uint32_t patience_ms;           /* how long a call waits for the device; 0: for ever */
	/* int13_call()'s own */
	bool ended;                     /* the emulation was ended by 4Bh: the drive is not there any more */
	bool busy;                      /* a call waits, and may be interrupted by another one */
	int said;                       /* the device's error that was said last */
	uint8_t status, locks;
};

/** Is @d the drive that the call is for? If so it is done: registers and carry are as the BIOS would leave them. May wait (pxe_wait()),
 *  and be called again meanwhile: what needs the device times out then. Why a device fails is said on the console, each reason once. */
bool int13_call(struct int13_drive *d, struct int13_regs *r);

/** The parameter table of a floppy drive, for floppy_table and the vector of INT 1Eh. */
enum { INT13_TABLE_BYTES = 11 };
void int13_floppy_table(const struct int13_drive *d, uint8_t table[INT13_TABLE_BYTES]);

#endif
