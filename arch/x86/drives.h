/* SPDX-License-Identifier: BSD-2-Clause */
/* What int13_hook.asm and drives.c share, in the resident part at LOWMEM_DISKS. */
#ifndef ARCH_X86_DRIVES_H
#define ARCH_X86_DRIVES_H

#include <stddef.h>
#include <stdint.h>
#include "build/layout.h"

/** A drive as 16-bit code knows it. */
struct low_disk {
	uint8_t number, flags, shift, status;           /* flags: DISK_* */
	uint32_t base, blocks;
	uint16_t sectors, heads, cylinders;
	uint16_t bx, cx, dx, es, di;                    /* what 08h answers */
	uint8_t type, reserved;
	uint16_t edd;
};
_Static_assert(sizeof(struct low_disk) == DISK_LEN && offsetof(struct low_disk, base) == DISK_BASE &&
               offsetof(struct low_disk, sectors) == DISK_SECTORS && offsetof(struct low_disk, bx) == DISK_BX &&
               offsetof(struct low_disk, di) == DISK_DI && offsetof(struct low_disk, type) == DISK_TYPE &&
               offsetof(struct low_disk, edd) == DISK_EDD, "int13_hook.asm and low_disk disagree");

/** What memdisk leaves for operating systems to find its disk by: an ACPI table's header, then memdisk's own. */
struct mbft {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;                     /* all bytes add up to 0 */
	char oem[6], oem_table[8];
	uint32_t oem_revision, creator, creator_revision;
	uint32_t safe_hook;                             /* linear address of what INT 13h's vector points to */
	uint16_t bytes;                                 /* from here on */
	uint8_t minor, major;                           /* memdisk's version whose table it is */
	uint32_t disk, disk_blocks;
	uint32_t command_line, old_13, old_15;          /* segment << 16 | offset */
	uint16_t base_kib;                              /* of base memory before */
	uint8_t boot_loader, shift;                     /* blocks have 1 << shift bytes; 0: 512 */
	uint16_t table;                                 /* of disk parameters: there is none */
} __attribute__((packed));
_Static_assert(sizeof(struct mbft) == MBFT_LEN, "layout.inc has another length");

struct low_disks {
	uint8_t jump[3];
	char safe_hook[8], vendor[8];
	uint32_t old_13, flags, mbft_at;
	uint8_t unused;
	uint32_t api;
	uint8_t totals[2];                              /* floppies, hard disks */
	uint8_t empty, reserved;
	uint8_t floppy[24];                             /* INT 1Eh's table */
	struct low_disk disk[DISKS_MAX];
	struct mbft mbft;
} __attribute__((packed));
_Static_assert(offsetof(struct low_disks, old_13) == DISKS_OLD_13 && offsetof(struct low_disks, mbft_at) == DISKS_MBFT_AT &&
               offsetof(struct low_disks, api) == DISKS_API && offsetof(struct low_disks, totals) == DISKS_TOTALS &&
               offsetof(struct low_disks, empty) == DISKS_EMPTY && offsetof(struct low_disks, floppy) == DISKS_FLOPPY &&
               offsetof(struct low_disks, disk) == DISKS_RECORD && offsetof(struct low_disks, mbft) == DISKS_MBFT,
               "int13_hook.asm and low_disks disagree");

#endif
