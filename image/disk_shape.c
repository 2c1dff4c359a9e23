/* SPDX-License-Identifier: BSD-2-Clause */
/* What a disk image is: see image/disk_shape.h. */
#include "image/disk_shape.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"

#define DESCRIPTOR_AT (16 * DISK_CD_BLOCK)      /* ISO 9660, 6.7.1: where the volume descriptors begin */
#define FLOPPY_SECTORS_MAX 8192                 /* 4 MiB, memdisk's border: from there on it is a hard disk */

/** An image to be looked at. Sector 0 is there in any case, with zeros where the image ends. */
struct look {
	const uint8_t *start;
	size_t start_bytes;
	uint64_t bytes;                 /* from the disk's beginning on */
	uint32_t sectors;               /* that hold them; UINT32_MAX: more than that */
	uint8_t sector[DISK_SECTOR];
	struct disk_partitions table;
	struct disk_bpb bpb;
	bool has_bpb;
};

/** Blocks that hold @bytes, which may be any number. */
static uint64_t blocks_of(uint64_t bytes, uint32_t block_bytes)
{
	uint64_t whole = bytes / block_bytes;

	return whole + (whole * block_bytes != bytes);
}

static uint32_t sectors_of(uint64_t bytes)
{
	uint64_t sectors = blocks_of(bytes, DISK_SECTOR);

	return sectors > UINT32_MAX ? UINT32_MAX : (uint32_t)sectors;
}

static void look_at(struct look *l, const void *start, size_t start_bytes, uint64_t bytes)
{
	memset(l, 0, sizeof(*l));
	l->start = start;
	l->start_bytes = start_bytes < bytes ? start_bytes : (size_t)bytes;
	l->bytes = bytes;
	l->sectors = sectors_of(bytes);
	memcpy(l->sector, start, l->start_bytes < DISK_SECTOR ? l->start_bytes : DISK_SECTOR);
	disk_partitions_parse(l->sector, &l->table);
	l->has_bpb = disk_bpb_parse(l->sector, &l->bpb);
}

/** Do @len bytes at @at say @wanted? */
static bool says(const struct look *l, size_t at, const void *wanted, size_t len)
{
	return at <= l->start_bytes && len <= l->start_bytes - at && !memcmp(l->start + at, wanted, len);
}

static bool has_partitions(const struct look *l)
{
	return l->table.signature && !l->table.bad && l->table.count;
}

/** 8.1: a volume descriptor's second field, in either of the two sectors that matter. */
static bool is_cd(const struct look *l)
{
	return says(l, DESCRIPTOR_AT + 1, "CD001", 5) || says(l, DESCRIPTOR_AT + DISK_CD_BLOCK + 1, "CD001", 5);
}

static bool is_dosemu(const struct look *l)
{
	return says(l, 0, "DOSEMU", 7);
}

/** The synchronisation that a sector begins with where an image has all its 2352 bytes. */
static bool is_raw_cd(const struct look *l)
{
	return says(l, 0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
}

static int no_disk(const char *why)
{
	return fail(-ENOEXEC, "not a disk image: %s", why);
}

static int truncated(const struct look *l, uint64_t promised, const char *who)
{
	return fail(-EPROTO, "truncated disk image: %llu bytes, %s %llu", (unsigned long long)l->bytes, who, (unsigned long long)promised);
}

/** A disk that has a boot sector and is no CD. */
static int guess_kind(const struct look *l, enum disk_kind *kind)
{
	struct disk_geometry g;

	if ((uint32_t)l->bytes % DISK_SECTOR)
		return fail(-ENOEXEC, "not a disk image: %llu bytes are no whole sectors of %u", (unsigned long long)l->bytes, DISK_SECTOR);
	if (!l->table.signature && !l->has_bpb)
		return no_disk("no boot sector (55AAh at byte 510), no CD's volume descriptor");
	if (disk_geometry_floppy(l->sectors, &g))
		*kind = DISK_FLOPPY;
	else if (has_partitions(l))
		*kind = DISK_HARD;
	else
		*kind = l->sectors < FLOPPY_SECTORS_MAX ? DISK_FLOPPY : DISK_HARD;
	if (*kind == DISK_HARD && !l->has_bpb && l->table.bad)
		return fail(-ENOEXEC, "not a disk image: no MBR: partition %u begins with %02x, not 00 or 80", l->table.bad,
			    l->sector[446 + (l->table.bad - 1) * 16]);
	return 0;
}

/** Is all there that the boot sector promises? */
static int check_size(const struct look *l, enum disk_kind kind)
{
	if (kind == DISK_HARD && has_partitions(l)) {
		if (l->table.end > l->sectors)
			return fail(-EPROTO, "truncated disk image: %u sectors, partition %u ends at %llu", l->sectors, l->table.last,
				    (unsigned long long)l->table.end);
	} else if (l->has_bpb && l->bpb.total_sectors > l->sectors) {
		return truncated(l, (uint64_t)l->bpb.total_sectors * DISK_SECTOR, "its boot sector promises");
	}
	return 0;
}

static int find_kind(const struct look *l, enum disk_kind *kind)
{
	int rc;

	if (is_cd(l)) {
		*kind = DISK_CD;
		return 0;
	}
	if (is_dosemu(l)) {
		*kind = DISK_HARD;
		return 0;
	}
	if (is_raw_cd(l))
		return fail(-ENOTSUP, "a CD's sectors of 2352 bytes (.bin): only 2048 (.iso)");
	rc = guess_kind(l, kind);
	return rc ? rc : check_size(l, *kind);
}

/** ISO 9660, 8.4: the primary volume descriptor says how large the volume is. Images may be longer. */
static int cd_shape(const struct look *l, struct disk_shape *shape)
{
	struct reader r;
	uint64_t blocks;

	if (!is_cd(l))
		return no_disk("no CD's volume descriptor at sector 16");
	shape->hybrid = has_partitions(l);
	shape->block_bytes = DISK_CD_BLOCK;
	if (!says(l, DESCRIPTOR_AT, "\1" "CD001", 6))
		return 0;
	r = rd_init(l->start + DESCRIPTOR_AT, l->start_bytes - DESCRIPTOR_AT);
	rd_skip(&r, 80);
	blocks = rd_le32(&r);
	rd_skip(&r, 44);
	blocks *= rd_le16(&r);
	return rd_ok(&r) && blocks > l->bytes ? truncated(l, blocks, "its volume descriptor promises") : 0;
}

/** DOSEMU's header: heads, sectors, cylinders and where the disk begins, after seven bytes of magic. */
static int dosemu_shape(const struct look *l, struct disk_shape *shape)
{
	struct reader r = rd_init(l->start + 7, l->start_bytes - 7);
	uint32_t heads = rd_le32(&r), sectors = rd_le32(&r), cylinders = rd_le32(&r), header = rd_le32(&r);

	if (!rd_ok(&r) || !heads || heads > 255 || !sectors || sectors > 63 || !cylinders || header < 23 || header >= l->bytes)
		return fail(-EPROTO, "DOSEMU header: %u cylinders, %u heads, %u sectors at byte %u make no disk", cylinders, heads, sectors, header);
	shape->offset += header;
	shape->geometry = (struct disk_geometry){ cylinders, (uint16_t)heads, (uint16_t)sectors };
	return 0;
}

/** FAT's geometry is what the file system's own code will use. */
static void find_geometry(const struct look *l, struct disk_shape *shape)
{
	struct disk_geometry *g = &shape->geometry;

	if (l->has_bpb && !(shape->kind == DISK_HARD && has_partitions(l))) {
		*g = (struct disk_geometry){ 0, l->bpb.heads, l->bpb.sectors };
		disk_geometry_fill(g, l->sectors);
	} else if (shape->kind == DISK_FLOPPY) {
		disk_geometry_floppy(l->sectors, g);
	} else {
		disk_geometry_hard(l->sector, l->sectors, g);
	}
}

/** c=, h= and s= stand above what was found; cylinders that are not said follow from the others. */
static void take_geometry(const struct disk_options *o, uint32_t total, struct disk_geometry *g)
{
	if (o->heads)
		g->heads = o->heads;
	if (o->sectors)
		g->sectors = o->sectors;
	if (o->heads || o->sectors)
		disk_geometry_fill(g, total);
	if (o->cylinders)
		g->cylinders = o->cylinders;
}

int disk_shape_find(const void *start, size_t start_bytes, uint64_t length, const struct disk_options *o, struct disk_shape *shape)
{
	struct look l;
	int rc = 0;

	if (!length)
		return no_disk("empty");
	if (o->offset >= length)
		return fail(-EINVAL, "offset=%llu: the image has %llu bytes", (unsigned long long)o->offset, (unsigned long long)length);
	look_at(&l, start, start_bytes, length - o->offset);
	*shape = (struct disk_shape){ .kind = o->kind, .offset = o->offset, .block_bytes = DISK_SECTOR };
	if (shape->kind == DISK_ANY && (rc = find_kind(&l, &shape->kind)) != 0)
		return rc;
	if (shape->kind == DISK_CD)
		rc = cd_shape(&l, shape);
	else if (shape->kind == DISK_HARD && is_dosemu(&l))
		rc = dosemu_shape(&l, shape);
	else
		find_geometry(&l, shape);
	if (rc != 0)
		return rc;
	shape->blocks = blocks_of(length - shape->offset, shape->block_bytes);
	if (shape->kind != DISK_CD)
		take_geometry(o, sectors_of(length - shape->offset), &shape->geometry);
	return 0;
}

const char *disk_shape_name(const struct disk_shape *shape)
{
	static const char *const names[] = { [DISK_CD] = "CD", [DISK_FLOPPY] = "floppy", [DISK_HARD] = "hard disk" };

	return shape->hybrid ? "hybrid CD" : names[shape->kind];
}
