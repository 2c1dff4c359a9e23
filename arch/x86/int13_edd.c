/* SPDX-License-Identifier: BSD-2-Clause */
/* INT 13h by block number: Enhanced Disk Drive Specification 3.0. There is no device parameter table extension: the drive has no ports. */
#include "arch/x86/int13_parts.h"

#include "arch/x86/pxe_memory.h"
#include "core/string.h"

enum { NOWHERE = 0xffff };              /* this segment and offset: the address is the flat one */

struct edd_packet {
	uint8_t size, reserved;
	uint16_t count, offset, segment;
	uint64_t first, flat;
} __attribute__((packed));
enum { PACKET_BYTES = 16, PACKET_FLAT_BYTES = 24 };
_Static_assert(sizeof(struct edd_packet) == PACKET_FLAT_BYTES, "as in EDD");

struct edd_parameters {
	uint16_t size, flags;
	uint32_t cylinders, heads, sectors;
	uint64_t blocks;
	uint16_t block_bytes;
	uint32_t dpte;
} __attribute__((packed));
enum { PARAMETERS_BYTES = 0x1a, PARAMETERS_DPTE_BYTES = 0x1e };
_Static_assert(sizeof(struct edd_parameters) == PARAMETERS_DPTE_BYTES, "as in EDD");

int int13_edd_check(struct int13_drive *d, struct int13_regs *r)
{
	enum { ASKED = 0x55aa, ANSWERED = 0xaa55, VERSION_30 = 0x30, PACKETS = 1, LOCKING = 2, EDD = 4, FLAT_64 = 8 };

	if (r->bx != ASKED)
		return INT13_INVALID;
	r->bx = ANSWERED;
	r->cx = PACKETS | EDD | FLAT_64 | (d->kind == INT13_CD ? LOCKING : 0);
	int13_set_ah(r, VERSION_30);
	return INT13_AH_IS_SET;
}

/** A copy of the caller's packet; false: it is none. */
static bool packet_read(const struct int13_regs *r, struct edd_packet *p)
{
	const uint8_t *at = pxe_real(r->ds, r->si, 1);
	uint8_t len;

	if (!at || *at < PACKET_BYTES)
		return false;
	len = *at < PACKET_FLAT_BYTES ? PACKET_BYTES : PACKET_FLAT_BYTES;
	at = pxe_real(r->ds, r->si, len);
	if (!at)
		return false;
	memset(p, 0, sizeof(*p));
	memcpy(p, at, len);
	return true;
}

/** How many blocks were moved is told in the packet. */
static void packet_write_count(const struct int13_regs *r, uint16_t count)
{
	uint8_t *at = pxe_real(r->ds, r->si, PACKET_BYTES);

	memcpy(at + 2, &count, sizeof(count));
}

static bool packet_address(const struct edd_packet *p, uint64_t *address)
{
	bool flat = p->segment == NOWHERE && p->offset == NOWHERE;

	*address = flat ? p->flat : int13_address(p->segment, p->offset);
	return !flat || p->size >= PACKET_FLAT_BYTES;
}

static int edd_transfer(struct int13_drive *d, struct int13_regs *r, bool write)
{
	struct int13_transfer t = { .device = d->device, .write = write };
	struct edd_packet p;
	int result;

	if (!packet_read(r, &p))
		return INT13_INVALID;
	t.first = p.first;
	t.count = p.count;
	if (!packet_address(&p, &t.address))
		result = INT13_INVALID;
	else
		result = p.count ? int13_transfer(d, &t) : INT13_OK;    /* of nothing: not even the address is looked at */
	packet_write_count(r, (uint16_t)t.done);
	return result;
}

int int13_edd_read(struct int13_drive *d, struct int13_regs *r)
{
	return edd_transfer(d, r, false);
}

int int13_edd_write(struct int13_drive *d, struct int13_regs *r)
{
	enum { VERIFY = 2 };            /* what was written reads back so, in any case */

	return int13_al(r) <= VERIFY ? edd_transfer(d, r, true) : INT13_INVALID;
}

int int13_edd_verify(struct int13_drive *d, struct int13_regs *r)
{
	struct edd_packet p;

	if (!packet_read(r, &p))
		return INT13_INVALID;
	if (p.count == 0 || block_range_ok(d->device, p.first, p.count))
		return INT13_OK;
	packet_write_count(r, 0);
	return INT13_NOT_FOUND;
}

int int13_edd_seek(struct int13_drive *d, struct int13_regs *r)
{
	struct edd_packet p;

	if (!packet_read(r, &p))
		return INT13_INVALID;
	return block_range_ok(d->device, p.first, 1) ? INT13_OK : INT13_NOT_FOUND;
}

/** Locks are counted; a hard disk has nothing to be locked in. */
int int13_edd_lock(struct int13_drive *d, struct int13_regs *r)
{
	enum { LOCK, UNLOCK, STATUS };
	uint8_t what = int13_al(r);

	if (what > STATUS)
		return INT13_INVALID;
	if (d->kind == INT13_CD && what == LOCK) {
		if (d->locks == UINT8_MAX)
			return INT13_LOCKS_EXCEEDED;
		d->locks++;
	} else if (d->kind == INT13_CD && what == UNLOCK) {
		if (d->locks == 0)
			return INT13_NOT_LOCKED;
		d->locks--;
	}
	int13_set_al(r, d->locks > 0);
	return INT13_OK;
}

int int13_edd_eject(struct int13_drive *d, struct int13_regs *r)
{
	if (d->kind != INT13_CD)
		return INT13_NOT_REMOVABLE;
	return d->locks ? INT13_LOCKED : INT13_EJECT_FAILED;
}

int int13_edd_parameters(struct int13_drive *d, struct int13_regs *r)
{
	enum { ANY_BOUNDARY = 1, GEOMETRY = 2, REMOVABLE = 4, VERIFIES = 8, LOCKABLE = 0x20 };
	struct edd_parameters p = { .blocks = d->device->blocks, .block_bytes = (uint16_t)d->device->block_bytes, .dpte = UINT32_MAX };
	uint16_t size;
	void *at = pxe_real(r->ds, r->si, sizeof(size));

	if (!at)
		return INT13_INVALID;
	memcpy(&size, at, sizeof(size));
	if (size < PARAMETERS_BYTES)
		return INT13_INVALID;
	p.size = size < PARAMETERS_DPTE_BYTES ? PARAMETERS_BYTES : PARAMETERS_DPTE_BYTES;
	if (d->kind == INT13_CD) {
		p.flags = ANY_BOUNDARY | REMOVABLE | LOCKABLE;
		p.cylinders = p.heads = p.sectors = UINT32_MAX;         /* 0 would be divided by */
	} else {
		p.flags = ANY_BOUNDARY | GEOMETRY | VERIFIES;
		p.cylinders = d->geometry.cylinders;
		p.heads = d->geometry.heads;
		p.sectors = d->geometry.sectors;
	}
	at = pxe_real(r->ds, r->si, p.size);
	if (!at)
		return INT13_INVALID;
	memcpy(at, &p, p.size);
	return INT13_OK;
}

/** Never: it is the disk that it was. */
int int13_edd_changed(struct int13_drive *d, struct int13_regs *r)
{
	return INT13_OK;
}

/** Switching prefetch or DMA off, or to the slowest or default mode of transfer, is done as soon as it is said: there is none of them. */
int int13_edd_configure(struct int13_drive *d, struct int13_regs *r)
{
	enum { NO_PREFETCH = 1, SLOWEST = 3, DEFAULT = 4, NO_DMA = 6, THIS_DRIVE_ONLY = 0 };

	switch (int13_al(r)) {
	case NO_PREFETCH: case SLOWEST: case DEFAULT: case NO_DMA:
		int13_set_al(r, THIS_DRIVE_ONLY);
		return INT13_OK;
	default:
		return INT13_INVALID;
	}
}
