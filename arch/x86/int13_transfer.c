/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks between a device and a caller's memory, in pieces that one segment holds, and waiting for those that come from far. */
#include "arch/x86/int13_parts.h"

#include <stddef.h>
#include "arch/x86/pxe_memory.h"
#include "arch/x86/pxe_wait.h"
#include "core/errors.h"
#include "core/printf.h"

/* A segment, less what its first byte may be behind a multiple of 16. */
enum { PIECE_BYTES = 0xfff0, MEGABYTE = 0x100000, SEGMENT_TOP = 0xffff, REAL_END = 0x10fff0 };

/** One call of the device, as often as it has to be made. */
struct piece { struct int13_transfer *t; uint32_t count; void *data; int rc; };

static uint32_t piece_blocks(const struct int13_transfer *t, uint32_t done)
{
	uint32_t most = PIECE_BYTES / t->device->block_bytes;

	return t->count - done < most ? t->count - done : most;
}

/** The caller's memory for @blocks behind the first @done ones; NULL: it is not the caller's, or no memory. */
static void *memory_of(const struct int13_transfer *t, uint32_t done, uint32_t blocks)
{
	uint64_t address = t->address + (uint64_t)done * t->device->block_bytes;
	uint32_t len = blocks * t->device->block_bytes, segment;

	if (address > UINT32_MAX || len > UINT32_MAX - (uint32_t)address)
		return NULL;
	if (address + len > REAL_END)
		return pxe_linear((uint32_t)address, len);
	segment = address < MEGABYTE ? (uint32_t)address >> 4 : SEGMENT_TOP;
	return pxe_real((uint16_t)segment, (uint16_t)(address - segment * 16), len);
}

/** Is all of the buffer the caller's? Looked at before the first block moves. */
static bool memory_ok(const struct int13_transfer *t)
{
	uint32_t done = 0, n;

	for (; done < t->count; done += n) {
		n = piece_blocks(t, done);
		if (!memory_of(t, done, n))
			return false;
	}
	return true;
}

static int ask(void *context)
{
	struct piece *p = context;
	struct block_device *device = p->t->device;
	uint64_t first = p->t->first + p->t->done;

	p->rc = p->t->write ? device->write(device, first, p->count, p->data) : device->read(device, first, p->count, p->data);
	return p->rc;
}

static int move(struct int13_drive *d, struct piece *p)
{
	struct block_device *device = p->t->device;
	int rc = ask(p);

	if (rc != -EINPROGRESS)
		return rc;
	d->busy = true;
	rc = pxe_wait(ask, p, d->patience_ms);
	d->busy = false;
	if (p->rc == -EINPROGRESS && device->abandon)
		device->abandon(device);
	return rc;
}

/** The caller hears a number; who sits before the screen should know more, but not with each sector that is tried. */
static void say(struct int13_drive *d, const struct block_device *device, int rc)
{
	char text[120];

	if (rc == d->said)
		return;
	d->said = rc;
	error_format(text, sizeof(text), rc);
	print("%s: %s\n", device->name, text);
}

static int result_of(struct int13_drive *d, const struct block_device *device, int rc)
{
	switch (rc) {
	case 0: return INT13_OK;
	case -EROFS: return INT13_WRITE_PROTECTED;
	case -ETIMEDOUT: return INT13_TIMEOUT;
	default:
		say(d, device, rc);
		return INT13_FAILED;
	}
}

int int13_transfer(struct int13_drive *d, struct int13_transfer *t)
{
	t->done = 0;
	if (t->write && (t->device->read_only || d->kind == INT13_CD))
		return INT13_WRITE_PROTECTED;
	if (!block_range_ok(t->device, t->first, t->count))
		return INT13_NOT_FOUND;
	if (d->busy)
		return INT13_TIMEOUT;
	if (!memory_ok(t))
		return INT13_BOUNDARY;
	while (t->done < t->count) {
		struct piece p = { .t = t, .count = piece_blocks(t, t->done) };
		int rc;

		p.data = memory_of(t, t->done, p.count);
		rc = move(d, &p);
		if (rc != 0)
			return result_of(d, t->device, rc);
		t->done += p.count;
	}
	return INT13_OK;
}
