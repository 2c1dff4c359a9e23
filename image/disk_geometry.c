/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk's geometry: see image/disk_geometry.h. */
#include "image/disk_geometry.h"

#include "core/cursor.h"

#define PARTITIONS_AT 446
#define SIGNATURE_AT 510
#define PROTECTIVE 0xee                 /* a partition of this type stands for a GPT, and says nothing true */
#define SATURATED 1023                  /* the cylinder of what lies beyond CHS */
#define LARGE (1u << 21)                /* sectors: 1 GiB, memdisk's border between its two guesses */

/* Usual floppies; those of more than 36 sectors a track are memdisk's extension. By size. */
static const struct { uint8_t cylinders, heads, sectors; } floppies[] = {
	{ 40, 1, 8 }, { 40, 1, 9 }, { 40, 2, 8 }, { 40, 2, 9 }, { 80, 2, 8 }, { 80, 2, 9 }, { 80, 2, 15 }, { 80, 2, 18 },
	{ 80, 2, 20 }, { 80, 2, 21 }, { 82, 2, 21 }, { 83, 2, 21 }, { 80, 2, 22 }, { 80, 2, 23 }, { 80, 2, 24 }, { 80, 2, 36 },
	{ 80, 2, 39 }, { 80, 2, 40 }, { 80, 2, 44 }, { 80, 2, 48 },
};
#define FLOPPIES (sizeof(floppies) / sizeof(*floppies))

void disk_geometry_fill(struct disk_geometry *g, uint32_t total)
{
	unsigned cylinder = (unsigned)g->heads * g->sectors;

	g->cylinders = total ? (total - 1) / cylinder + 1 : 1;
}

/** @total sectors as two sides of 80 to 84 tracks, or of 40 to 42, without a rest? */
static bool whole_tracks(uint32_t total, struct disk_geometry *g)
{
	for (unsigned tracks = 80; tracks != 43; tracks = tracks == 84 ? 40 : tracks + 1) {
		if (total % (2 * tracks) || total / (2 * tracks) < 8 || total / (2 * tracks) > 63)
			continue;
		*g = (struct disk_geometry){ tracks, 2, (uint16_t)(total / (2 * tracks)) };
		return true;
	}
	return false;
}

bool disk_geometry_floppy(uint32_t total, struct disk_geometry *g)
{
	unsigned i, size = 0;

	for (i = 0; i < FLOPPIES; i++) {
		size = (unsigned)floppies[i].cylinders * floppies[i].heads * floppies[i].sectors;
		if (size >= total)
			break;
	}
	if ((i == FLOPPIES || size != total) && whole_tracks(total, g))
		return false;
	if (i == FLOPPIES) {
		*g = (struct disk_geometry){ 0, 2, 63 };
		disk_geometry_fill(g, total);
		return false;
	}
	/* the beginning of a floppy, if it is not all of it */
	*g = (struct disk_geometry){ floppies[i].cylinders, floppies[i].heads, floppies[i].sectors };
	return size == total;
}

uint8_t disk_floppy_type(const struct disk_geometry *g)
{
	if (g->sectors > 24)
		return 6;
	if (g->sectors > 15)
		return 4;
	if (g->sectors > 9)
		return 2;
	return g->cylinders > 42 ? 3 : 1;
}

/** Cylinder, head and sector as a partition table has them. */
struct chs { unsigned cylinder, head, sector; };
struct partition { uint8_t flag, type; struct chs first, last; uint32_t start, sectors; };

static struct chs read_chs(struct reader *r)
{
	unsigned head = rd_u8(r), sector = rd_u8(r), cylinder = rd_u8(r);

	return (struct chs){ (sector & 0xc0) << 2 | cylinder, head, sector & 63 };
}

static struct partition partition_of(const uint8_t *mbr, unsigned number)
{
	struct reader r = rd_init(mbr + PARTITIONS_AT + number * 16, 16);
	struct partition p;

	p.flag = rd_u8(&r);
	p.first = read_chs(&r);
	p.type = rd_u8(&r);
	p.last = read_chs(&r);
	p.start = rd_le32(&r);
	p.sectors = rd_le32(&r);
	return p;
}

void disk_partitions_parse(const uint8_t *mbr, struct disk_partitions *table)
{
	*table = (struct disk_partitions){ .signature = mbr[SIGNATURE_AT] == 0x55 && mbr[SIGNATURE_AT + 1] == 0xaa };
	for (unsigned i = 0; i < DISK_PARTITIONS; i++) {
		struct partition p = partition_of(mbr, i);
		uint64_t end = (uint64_t)p.start + p.sectors;

		if ((p.flag & 0x7f) && !table->bad)
			table->bad = (uint8_t)(i + 1);
		if (!p.sectors)
			continue;
		table->count++;
		if (p.type == PROTECTIVE || end <= table->end)
			continue;
		table->last = (uint8_t)(i + 1);
		table->end = end;
	}
}

/** Does it name a place at all? */
static bool named(const struct chs *chs)
{
	return chs->sector && chs->head < 255;
}

/** Are @chs and @sector the same place of a disk of geometry @g, as far as @chs can say? */
static bool same_place(const struct chs *chs, uint32_t sector, const struct disk_geometry *g)
{
	if (!named(chs) || chs->cylinder == SATURATED)
		return true;
	return chs->head < g->heads && chs->sector <= g->sectors &&
	       (chs->cylinder * g->heads + chs->head) * g->sectors + chs->sector - 1 == sector;
}

/** The two ways to say where a partition lies agree in all of them. */
static bool table_agrees(const uint8_t *mbr, const struct disk_geometry *g)
{
	for (unsigned i = 0; i < DISK_PARTITIONS; i++) {
		struct partition p = partition_of(mbr, i);

		if (!p.sectors || p.type == PROTECTIVE)
			continue;
		if (!same_place(&p.first, p.start, g) || !same_place(&p.last, p.start + p.sectors - 1, g))
			return false;
	}
	return true;
}

/** The largest head and sector that ends a partition: memdisk's guess, right where partitions end with a cylinder. False: none says. */
static bool largest_end(const uint8_t *mbr, struct disk_geometry *g)
{
	*g = (struct disk_geometry){ 0 };
	for (unsigned i = 0; i < DISK_PARTITIONS; i++) {
		struct partition p = partition_of(mbr, i);

		if (!p.sectors || p.type == PROTECTIVE || !named(&p.last))
			continue;
		if (p.last.head >= g->heads)
			g->heads = (uint16_t)(p.last.head + 1);
		if (p.last.sector > g->sectors)
			g->sectors = (uint16_t)p.last.sector;
	}
	return g->heads;
}

/** Of those that are common, the one that the table agrees with; @g as it was when there is none. */
static void common_geometry(const uint8_t *mbr, struct disk_geometry *g)
{
	static const uint8_t common[][2] = { { 255, 63 }, { 64, 32 }, { 16, 63 }, { 32, 63 }, { 64, 63 }, { 128, 63 }, { 240, 63 } };

	for (unsigned i = 0; i < sizeof(common) / sizeof(*common); i++) {
		struct disk_geometry other = { 0, common[i][0], common[i][1] };

		if (table_agrees(mbr, &other)) {
			*g = other;
			break;
		}
	}
}

void disk_geometry_hard(const uint8_t *mbr, uint32_t total, struct disk_geometry *g)
{
	struct disk_partitions table;

	disk_partitions_parse(mbr, &table);
	if (!table.signature || table.bad || !largest_end(mbr, g))
		*g = total > LARGE ? (struct disk_geometry){ 0, 255, 63 } : (struct disk_geometry){ 0, 64, 32 };
	else if (!table_agrees(mbr, g))
		common_geometry(mbr, g);
	disk_geometry_fill(g, total);
}

/** A power of two, as sectors of a cluster are? */
static bool power_of_two(unsigned n)
{
	return n && !(n & (n - 1));
}

/* Microsoft's FAT specification, "Boot Sector and BPB Structure" */
bool disk_bpb_parse(const uint8_t *sector, struct disk_bpb *bpb)
{
	struct reader r = rd_init(sector + 11, DISK_SECTOR - 11);
	bool jump = sector[0] == 0xe9 || (sector[0] == 0xeb && sector[2] == 0x90);
	bool sense = rd_le16(&r) == DISK_SECTOR;
	unsigned fats, media;

	sense &= power_of_two(rd_u8(&r));
	sense &= rd_le16(&r) != 0;              /* reserved sectors: this one at least */
	fats = rd_u8(&r);
	rd_skip(&r, 2);
	bpb->total_sectors = rd_le16(&r);
	media = rd_u8(&r);
	rd_skip(&r, 2);
	bpb->sectors = rd_le16(&r);
	bpb->heads = rd_le16(&r);
	rd_skip(&r, 4);
	if (!bpb->total_sectors)
		bpb->total_sectors = rd_le32(&r);
	return jump && sense && (fats == 1 || fats == 2) && (media == 0xf0 || media >= 0xf8) && bpb->total_sectors && bpb->heads &&
	       bpb->heads <= 255 && bpb->sectors && bpb->sectors <= 63;
}
