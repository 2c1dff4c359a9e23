/* SPDX-License-Identifier: BSD-2-Clause */
/* El Torito: see image/el_torito.h. Figures in comments are those of the specification 1.0. */
#include "image/el_torito.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"

#define BOOT_RECORD_BLOCK 17            /* figure 7 */
#define ENTRY_BYTES 32
#define BLOCK_SECTORS (EL_TORITO_BLOCK / DISK_SECTOR)
#define DEFAULT_SEGMENT 0x7c0
#define LOW_END 0x500                   /* behind the BIOS's data */
#define LOW_TOP 0xa0000

enum { PLATFORM_X86 = 0, PLATFORM_POWERPC = 1, PLATFORM_MAC = 2, PLATFORM_EFI = 0xef };
enum { BOOTABLE = 0x88, SECTION = 0x90, LAST_SECTION = 0x91, EXTENSION = 0x44 };

/* What an entry may come to, beside an error: on to the next one, or it is what we want. */
enum { NEXT, CHOSEN };

static int boot_record(struct el_torito *t, const struct block_device *cd);
static int catalogue(struct el_torito *t, const struct block_device *cd);
static int validation_entry(struct el_torito *t, const uint8_t *entry);
static int default_entry(struct el_torito *t, const uint8_t *entry);
static int section_header(struct el_torito *t, const uint8_t *entry);
static int section_entry(struct el_torito *t, const uint8_t *entry);

static uint64_t cd_sectors(const struct block_device *cd)
{
	return cd->blocks * (cd->block_bytes / DISK_SECTOR);
}

/** Are @sectors of 512 bytes from the CD's @block on all there? */
static bool on_cd(const struct block_device *cd, uint32_t block, uint64_t sectors)
{
	uint64_t first = (uint64_t)block * BLOCK_SECTORS;

	return first <= cd_sectors(cd) && sectors <= cd_sectors(cd) - first;
}

static int outside(const struct block_device *cd, const char *what, uint32_t block, uint64_t sectors)
{
	return fail(-EPROTO, "boot catalogue: %s at block %u (%llu KiB) lies outside the CD of %llu KiB", what, block,
		    (unsigned long long)(sectors + 1) / 2, (unsigned long long)cd_sectors(cd) / 2);
}

void el_torito_init(struct el_torito *t)
{
	memset(t, 0, sizeof(*t));
	t->stage = boot_record;
	t->next = BOOT_RECORD_BLOCK;
}

int el_torito_run(struct el_torito *t, struct block_device *cd)
{
	int rc;

	while (t->stage) {
		unsigned count = EL_TORITO_BLOCK / cd->block_bytes;

		if (!on_cd(cd, t->next, BLOCK_SECTORS))
			return fail(-EPROTO, "%s at block %u lies outside the CD of %llu KiB",
				    t->stage == boot_record ? "the boot record" : "the boot catalogue", t->next,
				    (unsigned long long)cd_sectors(cd) / 2);
		if ((rc = cd->read(cd, (uint64_t)t->next * count, count, t->block)) != 0 || (rc = t->stage(t, cd)) != 0)
			return rc;
	}
	return 0;
}

/** Figure 7: the boot record volume descriptor says where the catalogue is. */
static int boot_record(struct el_torito *t, const struct block_device *cd)
{
	static const char id[] = "\0CD001\1EL TORITO SPECIFICATION";
	struct reader r = rd_init(t->block, sizeof(t->block));

	if (memcmp(rd_bytes(&r, sizeof(id)), id, sizeof(id)) != 0)
		return fail(-ENOEXEC, "CD does not boot: no El Torito boot record at sector %u", BOOT_RECORD_BLOCK);
	rd_skip(&r, 71 - sizeof(id));
	t->next = t->boot.catalogue = rd_le32(&r);
	t->stage = catalogue;
	t->entry = validation_entry;
	return 0;
}

static const char *platform_name(uint8_t platform)
{
	switch (platform) {
	case PLATFORM_POWERPC:
		return "PowerPC";
	case PLATFORM_MAC:
		return "Mac";
	case PLATFORM_EFI:
		return "EFI";
	}
	return "another platform";
}

/** The catalogue has ended, or says no more that could be understood. */
static int nothing_boots(const struct el_torito *t)
{
	if (t->other == PLATFORM_X86)
		return fail(-ENOEXEC, "CD does not boot: its boot catalogue has nothing bootable");
	return fail(-ENOEXEC, "CD boots on %s only: its boot catalogue has nothing for BIOSes", platform_name(t->other));
}

static int damaged(const char *what)
{
	return fail(-EPROTO, "boot catalogue: %s", what);
}

/** Figure 2: the words of the entry add up to 0, and its last two bytes are a key. */
static int validation_entry(struct el_torito *t, const uint8_t *entry)
{
	struct reader r = rd_init(entry, ENTRY_BYTES);
	unsigned sum = 0;

	while (rd_left(&r))
		sum += rd_le16(&r);
	if (entry[0] != 1 || entry[30] != 0x55 || entry[31] != 0xaa)
		return damaged("no validation entry (01h, 55AAh)");
	if (sum & 0xffff)
		return damaged("wrong checksum");
	t->platform = entry[1];
	t->entry = default_entry;
	return NEXT;
}

/** Figures 3 and 5, which are alike as far as we read. */
static int take(struct el_torito *t, const uint8_t *entry)
{
	struct el_torito_boot *b = &t->boot;
	struct reader r = rd_init(entry + 1, ENTRY_BYTES - 1);
	uint32_t at;

	b->media = rd_u8(&r) & 15;
	b->segment = rd_le16(&r);
	b->system_type = rd_u8(&r);
	rd_skip(&r, 1);
	b->sectors = rd_le16(&r);
	b->first_block = rd_le32(&r);
	if (!b->segment)
		b->segment = DEFAULT_SEGMENT;
	if (!b->sectors)
		b->sectors = 1;
	at = b->segment * 16u;
	if (b->media > EL_TORITO_HARD_DISK)
		return fail(-ENOTSUP, "boot catalogue: media type %u", b->media);
	if (at < LOW_END || at + b->sectors * DISK_SECTOR > LOW_TOP)
		return fail(-EPROTO, "boot catalogue: no place for %u sectors at %x0h", b->sectors, b->segment);
	return CHOSEN;
}

/** Take @entry if it is bootable, and by us. */
static int consider(struct el_torito *t, const uint8_t *entry)
{
	if (entry[0] != BOOTABLE)
		return NEXT;
	if (t->platform == PLATFORM_X86)
		return take(t, entry);
	if (t->other == PLATFORM_X86)
		t->other = t->platform;
	return NEXT;
}

static int default_entry(struct el_torito *t, const uint8_t *entry)
{
	t->entry = section_header;
	return consider(t, entry);
}

/** Figure 4. Most catalogues have no section: zeros follow the default entry. */
static int section_header(struct el_torito *t, const uint8_t *entry)
{
	struct reader r = rd_init(entry, ENTRY_BYTES);
	uint8_t id = rd_u8(&r);

	if (id == EXTENSION)            /* the last section's last entry goes on */
		return NEXT;
	if (t->last_section || id == 0)
		return nothing_boots(t);
	if (id != SECTION && id != LAST_SECTION)
		return fail(-EPROTO, "boot catalogue: no section begins with %02x", id);
	t->platform = rd_u8(&r);
	t->section_left = rd_le16(&r);
	t->last_section = id == LAST_SECTION;
	t->entry = t->section_left ? section_entry : section_header;
	return NEXT;
}

/** Figure 5; and figure 6, an extension of an entry, which is not counted. */
static int section_entry(struct el_torito *t, const uint8_t *entry)
{
	if (entry[0] == EXTENSION)
		return NEXT;
	if (--t->section_left == 0)
		t->entry = section_header;
	return consider(t, entry);
}

/** A hard disk's size is where its partition ends ("Hard Disk Emulation": its MBR has a single one). */
static int hard_disk(struct el_torito *t, const struct block_device *cd)
{
	struct el_torito_boot *b = &t->boot;
	struct disk_partitions table;

	disk_partitions_parse(t->block, &table);
	if (!table.signature || table.bad || !table.end)
		return damaged("its hard disk has no partition");
	if (!on_cd(cd, b->first_block, table.end) || table.end > UINT32_MAX)
		return outside(cd, "the hard disk", b->first_block, table.end);
	b->disk_sectors = (uint32_t)table.end;
	disk_geometry_hard(t->block, b->disk_sectors, &b->geometry);
	t->stage = NULL;
	return 0;
}

/** An entry was chosen: is what it names all there? */
static int chosen(struct el_torito *t, const struct block_device *cd)
{
	static const uint8_t floppies[] = { [EL_TORITO_FLOPPY_1200] = 15, [EL_TORITO_FLOPPY_1440] = 18, [EL_TORITO_FLOPPY_2880] = 36 };
	struct el_torito_boot *b = &t->boot;

	t->stage = NULL;
	if (!on_cd(cd, b->first_block, b->sectors))
		return outside(cd, "what boots", b->first_block, b->sectors);
	if (b->media == EL_TORITO_HARD_DISK) {
		t->next = b->first_block;
		t->stage = hard_disk;
	} else if (b->media != EL_TORITO_NO_EMULATION) {
		b->geometry = (struct disk_geometry){ 80, 2, floppies[b->media] };
		b->disk_sectors = 80 * 2 * floppies[b->media];
		if (!on_cd(cd, b->first_block, b->disk_sectors))
			return outside(cd, "the floppy", b->first_block, b->disk_sectors);
	}
	return 0;
}

static int catalogue(struct el_torito *t, const struct block_device *cd)
{
	int rc;

	for (unsigned at = 0; at < EL_TORITO_BLOCK; at += ENTRY_BYTES) {
		if ((rc = t->entry(t, t->block + at)) == CHOSEN)
			return chosen(t, cd);
		if (rc != NEXT)
			return rc;
	}
	if (++t->catalogue_blocks == EL_TORITO_CATALOGUE_BLOCKS)
		return damaged("it does not end");
	t->next++;
	return 0;
}

const char *el_torito_media_name(uint8_t media)
{
	static const char *const names[] = { "no emulation", "1.2 MB floppy", "1.44 MB floppy", "2.88 MB floppy", "hard disk" };

	return media <= EL_TORITO_HARD_DISK ? names[media] : "unknown media";
}
