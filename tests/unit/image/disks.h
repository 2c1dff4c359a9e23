/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of disk images share: first sectors, CDs with any boot catalogue, and what an error says. */
#ifndef TESTS_UNIT_IMAGE_DISKS_H
#define TESTS_UNIT_IMAGE_DISKS_H

#include "core/errors.h"
#include "image/disk_geometry.h"
#include "tests/unit/image/images.h"

/** 55AAh at the end of a sector. */
static inline void set_signature(uint8_t *sector)
{
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

/** Place @lba of a disk of @heads and @sectors as a partition table names it; beyond its reach as fdisk does. */
static inline void set_chs(uint8_t *p, uint64_t lba, unsigned heads, unsigned sectors)
{
	uint64_t cylinder = lba / (heads * sectors);
	unsigned head = (unsigned)(lba / sectors % heads), sector = (unsigned)(lba % sectors + 1);

	if (cylinder > 1023) {
		cylinder = 1023;
		head = heads - 1;
		sector = sectors;
	}
	p[0] = (uint8_t)head;
	p[1] = (uint8_t)(sector | (cylinder >> 2 & 0xc0));
	p[2] = (uint8_t)cylinder;
}

/** Partition @number (1 to 4), as a disk of @heads and @sectors has it. */
static inline void set_partition(uint8_t *sector, unsigned number, uint32_t start, uint32_t count, unsigned heads, unsigned sectors)
{
	uint8_t *p = sector + 446 + (number - 1) * 16;

	p[0] = number == 1 ? 0x80 : 0;
	set_chs(p + 1, start, heads, sectors);
	p[4] = 0x0c;
	set_chs(p + 5, (uint64_t)start + count - 1, heads, sectors);
	set_le(p + 8, 4, start);
	set_le(p + 12, 4, count);
	set_signature(sector);
}

/** A FAT boot sector. */
static inline void set_bpb(uint8_t *sector, uint32_t total, unsigned heads, unsigned sectors)
{
	memcpy(sector, "\xeb\x3c\x90MSDOS5.0", 11);
	set_le(sector + 11, 2, 512);
	sector[13] = 1;
	set_le(sector + 14, 2, 1);
	sector[16] = 2;
	set_le(sector + 17, 2, 224);
	set_le(sector + 19, 2, total < 0x10000 ? total : 0);
	sector[21] = 0xf0;
	set_le(sector + 22, 2, 9);
	set_le(sector + 24, 2, sectors);
	set_le(sector + 26, 2, heads);
	set_le(sector + 32, 4, total < 0x10000 ? 0 : total);
}

/** The volume descriptors of a CD of @blocks blocks whose boot catalogue is at block @catalogue; 0: without a boot record. */
static inline void set_descriptors(uint8_t *cd, uint32_t blocks, uint32_t catalogue)
{
	uint8_t *primary = cd + 16 * 2048, *record = cd + 17 * 2048;

	memcpy(primary, "\1CD001\1", 7);
	set_le(primary + 80, 4, blocks);
	set_le(primary + 128, 2, 2048);
	if (catalogue) {
		memcpy(record, "\0CD001\1EL TORITO SPECIFICATION", 31);
		set_le(record + 71, 4, catalogue);
	}
}

/** Make the checksum of a validation entry right. */
static inline void set_checksum(uint8_t *entry)
{
	unsigned sum = 0;

	set_le(entry + 28, 2, 0);
	for (unsigned i = 0; i < 32; i += 2)
		sum += get_le(entry + i, 2);
	set_le(entry + 28, 2, 0x10000 - (sum & 0xffff));
}

static inline void set_validation(uint8_t *entry, uint8_t platform)
{
	memset(entry, 0, 32);
	entry[0] = 1;
	entry[1] = platform;
	memcpy(entry + 4, "Somebody", 8);
	entry[30] = 0x55;
	entry[31] = 0xaa;
	set_checksum(entry);
}

/** A default or section entry. */
static inline void set_entry(uint8_t *entry, bool bootable, unsigned media, unsigned sectors, uint32_t block)
{
	memset(entry, 0, 32);
	entry[0] = bootable ? 0x88 : 0;
	entry[1] = (uint8_t)media;
	set_le(entry + 6, 2, sectors);
	set_le(entry + 8, 4, block);
}

static inline void set_section(uint8_t *entry, bool last, uint8_t platform, unsigned entries)
{
	memset(entry, 0, 32);
	entry[0] = last ? 0x91 : 0x90;
	entry[1] = platform;
	set_le(entry + 2, 2, entries);
}

#endif
