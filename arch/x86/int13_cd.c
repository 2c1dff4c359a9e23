/* SPDX-License-Identifier: BSD-2-Clause */
/* INT 13h of what was booted from a CD: "El Torito" Bootable CD-ROM Format Specification 1.0, chapter 4. */
#include "arch/x86/int13_parts.h"

#include "arch/x86/pxe_memory.h"
#include "core/string.h"

struct cd_packet {
	uint8_t size, media, drive, controller;
	uint32_t image;
	uint16_t device, cache_segment, load_segment, load_sectors;
	uint8_t chs[3];                 /* as CH, CL and DH of 08h */
} __attribute__((packed));
_Static_assert(sizeof(struct cd_packet) == 0x13, "as in El Torito");

struct catalog_packet {
	uint8_t size, count;            /* blocks of 2048 bytes */
	uint16_t offset, segment;
	uint16_t first;                 /* in the catalogue */
} __attribute__((packed));
_Static_assert(sizeof(struct catalog_packet) == 8, "as in El Torito");

static void packet_of(const struct int13_drive *d, struct cd_packet *p)
{
	uint16_t cylinder = (uint16_t)(d->geometry.cylinders - 1);

	*p = (struct cd_packet){ .size = sizeof(*p), .media = d->eltorito.media, .drive = d->number, .image = d->eltorito.image,
		.load_segment = d->eltorito.load_segment, .load_sectors = d->eltorito.load_sectors };
	if (d->kind == INT13_CD)
		return;
	p->chs[0] = (uint8_t)cylinder;
	p->chs[1] = (uint8_t)((cylinder >> 2 & 0xc0) | d->geometry.sectors);
	p->chs[2] = (uint8_t)(d->geometry.heads - 1);
}

/** 4Bh. A drive without emulation stays, for it is the CD. */
int int13_cd_status(struct int13_drive *d, struct int13_regs *r)
{
	enum { END, STATUS };
	struct cd_packet p;
	void *at = pxe_real(r->ds, r->si, sizeof(p));

	if (!d->eltorito.cd || int13_al(r) > STATUS || !at)
		return INT13_INVALID;
	packet_of(d, &p);
	memcpy(at, &p, sizeof(p));
	if (int13_al(r) == END && d->kind != INT13_CD)
		d->ended = true;
	return INT13_OK;
}

int int13_cd_catalog(struct int13_drive *d, struct int13_regs *r)
{
	struct int13_transfer t = { .device = d->eltorito.cd };
	struct catalog_packet p;
	const void *at = pxe_real(r->ds, r->si, sizeof(p));

	if (!t.device || int13_al(r) != 0 || !at)
		return INT13_INVALID;
	memcpy(&p, at, sizeof(p));
	if (p.size < sizeof(p))
		return INT13_INVALID;
	t.first = (uint64_t)d->eltorito.catalog + p.first;
	t.count = p.count;
	t.address = int13_address(p.segment, p.offset);
	return p.count ? int13_transfer(d, &t) : INT13_OK;
}
