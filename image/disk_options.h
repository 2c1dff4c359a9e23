/* SPDX-License-Identifier: BSD-2-Clause */
/* The words on a disk image's command line, by memdisk's names: what kind of disk it is, and how it is shown.
 *
 *     iso  floppy[=n]  harddisk[=n]      the kind, where the contents do not tell or the user knows better; n: the drive's number
 *     c=n  h=n  s=n                      cylinders, heads, sectors a track
 *     offset=n                           so many bytes in front of the disk are something else
 *     ro                                 nothing can be written
 *     edd  noedd                         with EDD's packet calls or without; they are there for all but floppies
 *
 * Numbers are decimal or 0x hex. Words for how memdisk reaches its memory (raw, bigraw, int, safeint, stack=, mem=), what it hands on (nopass,
 * nopassany, dpt, nodpt), pause, and what boot loaders add (initrd=, BOOT_IMAGE=) are taken and mean nothing here. */
#ifndef IMAGE_DISK_OPTIONS_H
#define IMAGE_DISK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum disk_kind { DISK_ANY, DISK_CD, DISK_FLOPPY, DISK_HARD };
enum disk_edd { DISK_EDD_USUAL, DISK_EDD_ON, DISK_EDD_OFF };

/** All zeros, and drive -1: nothing said. */
struct disk_options {
	enum disk_kind kind;            /* DISK_ANY: by its contents */
	int drive;                      /* INT 13h's number, 80h and up for hard disks; -1: the next free one */
	uint32_t cylinders;             /* 0 each: not said */
	uint16_t heads, sectors;
	uint64_t offset;
	bool read_only;
	enum disk_edd edd;
};

/** Read @words. -EINVAL with fail(): a word that is none, a number out of its range (which is said), two kinds at once. */
int disk_options_parse(struct disk_options *o, const char *words);
/** Are EDD's calls there for a disk of @kind? */
bool disk_options_edd(const struct disk_options *o, enum disk_kind kind);

#endif
