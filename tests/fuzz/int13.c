/* SPDX-License-Identifier: BSD-2-Clause */
/* INT 13h calls by a program that means no good. The first two bytes choose the drive and how many blocks its device has; then comes a record
 * a call: AX BX CX DX SI DI DS ES (2 bytes each), the length (1) of what is put at DS:SI first, what the device does (1: its low bits how
 * often it is in progress, 8 fails, 10h is in progress for ever, 20h another call comes meanwhile), and those bytes. A DX of FFxx means
 * the drive. Whatever comes, the device is called by its contract's rules and for the caller's memory alone, and ours stays as it was. */
#include <stdlib.h>
#include <string.h>
#include "arch/x86/int13.h"
#include "arch/x86/pxe_memory.h"
#include "arch/x86/pxe_wait.h"
#include "core/errors.h"
#include "tests/host/host.h"

enum { PATTERN = 0x5a, CALLS_MAX = 64, RECORD = 18, REAL_END = 0x10fff0, RAM_END = (HOST_MEMORY_MIB - HOST_OURS_MIB) * HOST_MIB };
enum { WAITS = 7, FAILS = 8, SILENT = 0x10, NESTED = 0x20 };

static struct block_device disk, disc;
static struct int13_drive drive;
static uint8_t how;
static unsigned waited;
static struct { struct block_device *device; uint64_t first; uint32_t count; const void *data; } pending;

static void check(bool good)
{
	if (!good)
		abort();
}

/** Real-mode memory but ours, or RAM above 1 MiB. */
static void check_buffer(const uint8_t *data, uint64_t len)
{
	uint64_t at = (uint64_t)(data - host_megabyte());

	check(at + len <= RAM_END);
	check(at + len <= HOST_RESIDENT || at >= HOST_RESIDENT + HOST_RESIDENT_BYTES);
}

static int called(struct block_device *d, uint64_t first, uint32_t count, const void *data)
{
	check(block_range_ok(d, first, count));
	check_buffer(data, (uint64_t)count * d->block_bytes);
	check(!pending.device || (pending.device == d && pending.first == first && pending.count == count && pending.data == data));
	pending.device = NULL;
	if (how & SILENT || waited < (how & WAITS)) {
		waited++;
		pending.device = d;
		pending.first = first;
		pending.count = count;
		pending.data = data;
		return -EINPROGRESS;
	}
	waited = 0;
	return how & FAILS ? -EIO : 0;
}

static int disk_read(struct block_device *d, uint64_t first, uint32_t count, void *data)
{
	int rc = called(d, first, count, data);

	if (rc == 0)
		memset(data, (int)first, (size_t)count * d->block_bytes);
	return rc;
}

static int disk_write(struct block_device *d, uint64_t first, uint32_t count, const void *data)
{
	static uint8_t sink[0x10000];
	int rc = called(d, first, count, data);

	check(!d->read_only && (uint64_t)count * d->block_bytes <= sizeof(sink));
	if (rc == 0)
		memcpy(sink, data, (size_t)count * d->block_bytes);
	return rc;
}

static void disk_abandon(struct block_device *d)
{
	check(pending.device == d);
	pending.device = NULL;
}

/** A result that a BIOS could give: the carry is set if and only if AH says why. */
static void one_call(struct int13_regs *r)
{
	struct int13_regs before = *r;
	uint8_t function = (uint8_t)(r->ax >> 8);
	bool carry;

	if (!int13_call(&drive, r)) {
		check(memcmp(r, &before, sizeof(before)) == 0);
		return;
	}
	carry = r->flags & INT13_CARRY;
	check((r->flags ^ before.flags) <= INT13_CARRY && r->si == before.si && r->ds == before.ds);
	if (function == 0x15 || function == 0x41)
		check(r->ax >> 8);
	else
		check(carry == (r->ax >> 8 != 0));
	check(carry == (drive.status != 0));
}

int pxe_wait(int (*done)(void *context), void *context, uint32_t timeout_ms)
{
	for (unsigned i = 0; i < WAITS; i++) {
		struct int13_regs r = { .ax = i & 1 ? 0x0301 : 0x0201, .cx = 1, .dx = drive.number, .es = 0x3000 };
		int rc;

		if (how & NESTED)
			one_call(&r);
		rc = done(context);
		if (rc != -EINPROGRESS)
			return rc;
	}
	return -ETIMEDOUT;
}

/** @which: kind, whether read-only, whether booted from a CD; @size: how many blocks. */
static void begin(uint8_t which, uint8_t size)
{
	enum int13_kind kind = which % 3;
	static const uint8_t numbers[] = { 0x00, 0x80, 0xe0 };

	disk = (struct block_device){ .name = "disk", .block_bytes = kind == INT13_CD ? 2048 : 512, .blocks = 1 + (uint64_t)size * size * size,
		.read_only = which & 0x40, .read = disk_read, .write = disk_write, .abandon = which & 0x10 ? disk_abandon : NULL };
	disc = (struct block_device){ .name = "disc", .block_bytes = 2048, .blocks = 1000, .read_only = true, .read = disk_read };
	if (size == 0xff)
		disk.blocks = UINT64_MAX;
	drive = (struct int13_drive){ .number = numbers[kind], .count = 1, .kind = kind, .device = &disk, .patience_ms = 1 };
	drive.geometry.cylinders = kind == INT13_FLOPPY ? 80 : 1024;
	drive.geometry.heads = kind == INT13_FLOPPY ? 2 : 1 + size;
	drive.geometry.sectors = kind == INT13_FLOPPY ? 18 : 63;
	if (which & 0x80)
		drive.eltorito = (struct int13_eltorito){ .cd = &disc, .catalog = size };
	pending.device = NULL;
	waited = 0;
	memset(host_megabyte() + HOST_RESIDENT, PATTERN, HOST_RESIDENT_BYTES);
}

static void end(void)
{
	const uint8_t *ours = host_megabyte() + HOST_RESIDENT;

	for (uint32_t i = 0; i < HOST_RESIDENT_BYTES; i++)
		check(ours[i] == PATTERN);
}

static uint16_t word(const uint8_t *r, unsigned i)
{
	return (uint16_t)(r[2 * i] | r[2 * i + 1] << 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at = 2;

	if (size < 2)
		return 0;
	begin(data[0], data[1]);
	for (unsigned calls = 0; at + RECORD <= size && calls < CALLS_MAX; calls++) {
		const uint8_t *b = data + at;
		struct int13_regs r = { .ax = word(b, 0), .bx = word(b, 1), .cx = word(b, 2), .dx = word(b, 3), .si = word(b, 4), .di = word(b, 5),
			.ds = word(b, 6), .es = word(b, 7), .flags = 0x0202 };
		size_t len = b[16] < size - at - RECORD ? b[16] : size - at - RECORD;
		void *packet = pxe_real(r.ds, r.si, (uint32_t)len);

		if (packet && len)
			memcpy(packet, b + RECORD, len);
		if (r.dx >= 0xff00)
			r.dx = drive.number;
		how = b[17];
		one_call(&r);
		check(!drive.busy);
		pending.device = NULL;          /* without abandon a call that was in progress just ends */
		waited = 0;
		at += RECORD + len;
	}
	end();
	return 0;
}
