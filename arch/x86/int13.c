/* SPDX-License-Identifier: BSD-2-Clause */
/* INT 13h: which functions there are, and those that address by cylinder, head and sector. */
#include "arch/x86/int13_parts.h"

#include "core/string.h"

static uint8_t high(uint16_t word)
{
	return (uint8_t)(word >> 8);
}

/** The block that CH, CL and DH name; false: no such sector. */
static bool chs_block(const struct int13_drive *d, const struct int13_regs *r, uint32_t *block)
{
	uint32_t sector = r->cx & 0x3f, cylinder = high(r->cx) | (r->cx & 0xc0u) << 2, head = high(r->dx);

	if (sector == 0 || sector > d->geometry.sectors || head >= d->geometry.heads || cylinder >= d->geometry.cylinders)
		return false;
	*block = (cylinder * d->geometry.heads + head) * d->geometry.sectors + sector - 1;
	return true;
}

static int reset(struct int13_drive *d, struct int13_regs *r)
{
	return INT13_OK;
}

/** The last result: old callers look for it in AL. */
static int last_status(struct int13_drive *d, struct int13_regs *r)
{
	int13_set_al(r, d->status);
	return d->status;
}

static int chs_transfer(struct int13_drive *d, struct int13_regs *r, bool write)
{
	struct int13_transfer t = { .device = d->device, .address = int13_address(r->es, r->bx), .count = int13_al(r), .write = write };
	uint32_t first;
	int result;

	int13_set_al(r, 0);
	if (t.count == 0)
		return INT13_INVALID;
	if (!chs_block(d, r, &first))
		return INT13_NOT_FOUND;
	t.first = first;
	result = int13_transfer(d, &t);
	int13_set_al(r, (uint8_t)t.done);
	return result;
}

static int read_sectors(struct int13_drive *d, struct int13_regs *r)
{
	return chs_transfer(d, r, false);
}

static int write_sectors(struct int13_drive *d, struct int13_regs *r)
{
	return chs_transfer(d, r, true);
}

/** Whether they are there: no checksums of a medium are behind them. */
static int verify_sectors(struct int13_drive *d, struct int13_regs *r)
{
	uint8_t count = int13_al(r);
	uint32_t first;

	int13_set_al(r, 0);
	if (count == 0)
		return INT13_INVALID;
	if (!chs_block(d, r, &first) || !block_range_ok(d->device, first, count))
		return INT13_NOT_FOUND;
	int13_set_al(r, count);
	return INT13_OK;
}

static int format_track(struct int13_drive *d, struct int13_regs *r)
{
	return d->device->read_only ? INT13_WRITE_PROTECTED : INT13_INVALID;
}

/** A drive that takes such a floppy, by its number in a PC's CMOS. */
static uint8_t floppy_type(const struct int13_drive *d)
{
	enum { TYPE_360K = 1, TYPE_1200K, TYPE_720K, TYPE_1440K, TYPE_2880K = 6, TRACKS_48TPI = 43, DMF_SECTORS = 21 };

	if (d->geometry.cylinders <= TRACKS_48TPI)
		return TYPE_360K;
	if (d->geometry.sectors <= 9)
		return TYPE_720K;
	if (d->geometry.sectors <= 15)
		return TYPE_1200K;
	return d->geometry.sectors <= DMF_SECTORS ? TYPE_1440K : TYPE_2880K;
}

void int13_floppy_table(const struct int13_drive *d, uint8_t table[INT13_TABLE_BYTES])
{
	static const uint8_t common[INT13_TABLE_BYTES] = {
		0xdf, 0x02,             /* step rate and head times, DMA */
		0x25,                   /* ticks until the motor is off */
		2,                      /* 512 bytes a sector */
		0, 0x1b, 0xff,          /* sectors a track, gap, any data length */
		0x6c, 0xf6,             /* gap and byte of formatting */
		0x0f, 0x08              /* time for the head in ms, for the motor in 1/8 s */
	};

	memcpy(table, common, sizeof(common));
	table[4] = (uint8_t)d->geometry.sectors;
	if (d->geometry.sectors <= 9) {
		table[5] = 0x2a;
		table[7] = 0x50;
	} else if (d->geometry.sectors <= 15) {
		table[7] = 0x54;
	} else if (floppy_type(d) == 6) {
		table[7] = 0x53;
	}
}

static int parameters(struct int13_drive *d, struct int13_regs *r)
{
	uint16_t cylinder = (uint16_t)(d->geometry.cylinders - 1);

	int13_set_al(r, 0);
	r->cx = (uint16_t)((cylinder & 0xff) << 8 | (cylinder >> 2 & 0xc0) | d->geometry.sectors);
	r->dx = (uint16_t)((d->geometry.heads - 1) << 8 | d->count);
	if (d->kind == INT13_FLOPPY) {
		r->bx = floppy_type(d);
		r->es = d->floppy_table.segment;
		r->di = d->floppy_table.offset;
	}
	return INT13_OK;
}

static int seek(struct int13_drive *d, struct int13_regs *r)
{
	uint32_t block;

	return chs_block(d, r, &block) ? INT13_OK : INT13_NOT_FOUND;
}

static int drive_type(struct int13_drive *d, struct int13_regs *r)
{
	enum { TYPE_CHANGE_LINE = 2 /* or another removable medium */, TYPE_HARD_DISK = 3 };
	uint32_t sectors = (uint32_t)d->geometry.cylinders * d->geometry.heads * d->geometry.sectors;

	int13_set_ah(r, d->kind == INT13_HARD_DISK ? TYPE_HARD_DISK : TYPE_CHANGE_LINE);
	if (d->kind == INT13_HARD_DISK) {
		r->cx = (uint16_t)(sectors >> 16);
		r->dx = (uint16_t)sectors;
	}
	return INT13_AH_IS_SET;
}

enum {
	FLOPPY = 1 << INT13_FLOPPY, HARD_DISK = 1 << INT13_HARD_DISK, CD = 1 << INT13_CD,
	SECTORS = FLOPPY | HARD_DISK, EXTENDED = HARD_DISK | CD, ALL = FLOPPY | HARD_DISK | CD
};

static const struct function { uint8_t ah, kinds; int (*run)(struct int13_drive *d, struct int13_regs *r); } functions[] = {
	{ 0x00, ALL, reset },
	{ 0x01, ALL, last_status },
	{ 0x02, SECTORS, read_sectors },
	{ 0x03, SECTORS, write_sectors },
	{ 0x04, SECTORS, verify_sectors },
	{ 0x05, SECTORS, format_track },
	{ 0x08, SECTORS, parameters },
	{ 0x0c, HARD_DISK, seek },
	{ 0x0d, EXTENDED, reset },
	{ 0x10, EXTENDED, reset },              /* ready: always */
	{ 0x11, EXTENDED, reset },
	{ 0x15, ALL, drive_type },
	{ 0x16, FLOPPY, reset },                /* not changed: never */
	{ 0x41, EXTENDED, int13_edd_check },
	{ 0x42, EXTENDED, int13_edd_read },
	{ 0x43, EXTENDED, int13_edd_write },
	{ 0x44, EXTENDED, int13_edd_verify },
	{ 0x45, EXTENDED, int13_edd_lock },
	{ 0x46, EXTENDED, int13_edd_eject },
	{ 0x47, EXTENDED, int13_edd_seek },
	{ 0x48, EXTENDED, int13_edd_parameters },
	{ 0x49, EXTENDED, int13_edd_changed },
	{ 0x4b, ALL, int13_cd_status },
	{ 0x4d, ALL, int13_cd_catalog },
	{ 0x4e, EXTENDED, int13_edd_configure },
};

/** All from 41h on but El Torito's. */
static bool is_edd(uint8_t ah)
{
	return ah > 0x40 && ah != 0x4b && ah != 0x4d;
}

static int run(struct int13_drive *d, struct int13_regs *r)
{
	if (d->no_edd && is_edd(high(r->ax)))
		return INT13_INVALID;
	for (unsigned i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (functions[i].ah == high(r->ax))
			return functions[i].kinds & 1 << d->kind ? functions[i].run(d, r) : INT13_INVALID;
	return INT13_INVALID;
}

/** Ending all emulations is meant for each drive that is one. */
static bool is_meant(const struct int13_drive *d, const struct int13_regs *r)
{
	uint8_t number = (uint8_t)r->dx;

	if (d->ended)
		return false;
	return number == d->number || (number == INT13_ALL_EMULATIONS && r->ax == 0x4b00 && d->eltorito.cd);
}

bool int13_call(struct int13_drive *d, struct int13_regs *r)
{
	int result;

	if (!is_meant(d, r))
		return false;
	result = run(d, r);
	if (result == INT13_AH_IS_SET)
		result = INT13_OK;
	else
		int13_set_ah(r, (uint8_t)result);
	d->status = (uint8_t)result;
	r->flags = (uint16_t)((r->flags & ~INT13_CARRY) | (result == INT13_OK ? 0 : INT13_CARRY));
	return true;
}
