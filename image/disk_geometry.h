/* SPDX-License-Identifier: BSD-2-Clause */
/* Cylinders, heads and sectors of a disk, and what its first sector says: a table of partitions, a FAT file system's parameters. Pure.
 *
 * An image carries no geometry of its own; it is found as memdisk and BIOSes do: from the usual floppies by size, from FAT's parameters
 * ("BPB"), from where partitions begin and end, else 64 heads of 32 sectors up to 1 GiB and 255 of 63 above. */
#ifndef IMAGE_DISK_GEOMETRY_H
#define IMAGE_DISK_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_SECTOR 512
#define DISK_PARTITIONS 4

/** All of a disk is inside: cylinders * heads * sectors is what it has, or more by less than a cylinder. Cylinders may be more than the 1024
 *  that INT 13h can name. Sectors of larger disks than 2 TiB are beyond all cylinders, heads and sectors: UINT32_MAX stands for their number. */
struct disk_geometry {
	uint32_t cylinders;
	uint16_t heads;                 /* 1 to 255 */
	uint16_t sectors;               /* a track; 1 to 63 */
};

/** The numbers that fdisk shows. A number without meaning is 0. */
struct disk_partitions {
	bool signature;                 /* 55AAh stands at the end */
	uint8_t bad;                    /* 1 to 4: this one begins with neither 0 nor 80h: there is no table here */
	uint8_t count;                  /* how many are not empty */
	uint8_t last;                   /* which one ends last, but for the one that stands for a GPT; 1 to 4 */
	uint64_t end;                   /* and where: the first sector behind it */
};

struct disk_bpb { uint32_t total_sectors; uint16_t heads, sectors; };

/** Set cylinders to what @total sectors need of @g's heads and sectors; at least 1. */
void disk_geometry_fill(struct disk_geometry *g, uint32_t total);
/** The geometry of a floppy of @total sectors. True: its size is a usual one, 160 KiB to 3.75 MiB; false: what comes nearest. */
bool disk_geometry_floppy(uint32_t total, struct disk_geometry *g);
/** That of a hard disk of @total sectors with @mbr as its first sector, whatever that holds. */
void disk_geometry_hard(const uint8_t *mbr, uint32_t total, struct disk_geometry *g);
/** The type INT 13h AH=08h gives a floppy of that geometry: 1 360 KiB, 2 1.2 MiB, 3 720 KiB, 4 1.44 MiB, 6 2.88 MiB. */
uint8_t disk_floppy_type(const struct disk_geometry *g);

/** Read the table in @mbr, a sector. */
void disk_partitions_parse(const uint8_t *mbr, struct disk_partitions *p);
/** Read FAT's parameters in @sector. False: there are none that make sense. */
bool disk_bpb_parse(const uint8_t *sector, struct disk_bpb *bpb);

#endif
