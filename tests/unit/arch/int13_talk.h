/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of INT 13h share: a disk of any size whose bytes follow from where they are, and a caller in the fake first megabyte.
 *
 *     floppy(), hard_disk(), cd()     put a drive there: drive, with its disk
 *     call(ax)                        with the other registers in regs; AH is the result, carried() the flag */
#ifndef TESTS_UNIT_ARCH_INT13_TALK_H
#define TESTS_UNIT_ARCH_INT13_TALK_H

#include "arch/x86/int13.h"
#include "arch/x86/pxe_memory.h"
#include "arch/x86/pxe_wait.h"
#include "core/errors.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

enum { DATA_SEGMENT = 0x2000, PACKET_SEGMENT = 0x1000, PACKET_OFFSET = 0x0123, FENCE = 0xa5, WRITTEN_MAX = 300, PATIENCE_MS = 1000 };

/** Blocks that were written are kept, the others made up. */
static struct disk {
	struct block_device device;
	unsigned waits;                 /* each call is in progress so many times first */
	bool silent;                    /* each call is in progress for ever */
	int fails;                      /* what the call for block fails_at returns */
	uint64_t fails_at;
	unsigned calls, abandoned, waited;
	bool in_progress;
	uint64_t first;                 /* of the call in progress */
	unsigned written;
	struct { uint64_t block; uint8_t data[512]; } store[WRITTEN_MAX];
} disk;
static struct int13_drive drive;
static struct int13_regs regs;
static void (*while_waiting)(void);

static inline uint8_t disk_byte(uint64_t block, uint32_t at)
{
	return (uint8_t)(at < 8 ? block >> 8 * at : block * 37 + at * 11 + (at >> 8));
}

static inline bool is_disk(const uint8_t *data, uint64_t block, uint32_t blocks)
{
	for (uint32_t i = 0; i < blocks * disk.device.block_bytes; i++)
		if (data[i] != disk_byte(block + i / disk.device.block_bytes, i % disk.device.block_bytes))
			return false;
	return true;
}

/** The contract's rules, and what the test wants to go wrong; 1: the call is to be done. */
static inline int disk_called(uint64_t first, uint32_t count)
{
	EXPECT(block_range_ok(&disk.device, first, count));
	EXPECT(!disk.in_progress || disk.first == first);
	disk.calls++;
	disk.first = first;
	disk.in_progress = disk.silent || disk.waited < disk.waits;
	if (disk.in_progress) {
		disk.waited++;
		return -EINPROGRESS;
	}
	disk.waited = 0;
	return disk.fails && disk.fails_at >= first && disk.fails_at - first < count ? disk.fails : 1;
}

static inline int disk_read(struct block_device *d, uint64_t first, uint32_t count, void *data)
{
	int rc = disk_called(first, count);
	uint8_t *to = data;

	if (rc != 1)
		return rc;
	for (uint32_t i = 0; i < count * d->block_bytes; i++)
		to[i] = disk_byte(first + i / d->block_bytes, i % d->block_bytes);
	for (unsigned i = 0; i < disk.written; i++)
		if (disk.store[i].block >= first && disk.store[i].block - first < count)
			memcpy(to + (disk.store[i].block - first) * 512, disk.store[i].data, 512);
	return 0;
}

static inline int disk_write(struct block_device *d, uint64_t first, uint32_t count, const void *data)
{
	int rc = disk_called(first, count);

	if (rc != 1)
		return rc;
	for (uint32_t i = 0; i < count && disk.written < WRITTEN_MAX; i++) {
		disk.store[disk.written].block = first + i;
		memcpy(disk.store[disk.written++].data, (const uint8_t *)data + i * 512, 512);
	}
	return 0;
}

static inline void disk_abandon(struct block_device *d)
{
	disk.in_progress = false;
	disk.abandoned++;
}

/** Here a wait takes a millisecond a turn. */
int pxe_wait(int (*done)(void *context), void *context, uint32_t timeout_ms)
{
	for (uint32_t ms = 0; ms < 100000; ms++) {
		int rc;

		if (while_waiting)
			while_waiting();
		rc = done(context);
		if (rc != -EINPROGRESS)
			return rc;
		if (timeout_ms && ms >= timeout_ms)
			return -ETIMEDOUT;
	}
	host_die("pxe_wait: for ever");
}

static inline void drive_begin(enum int13_kind kind, uint8_t number, uint64_t blocks)
{
	host_reset();
	memset(&disk, 0, sizeof(disk));
	while_waiting = NULL;
	disk.device = (struct block_device){ .name = "disk", .block_bytes = kind == INT13_CD ? 2048 : 512, .blocks = blocks,
		.read_only = kind == INT13_CD, .read = disk_read, .write = disk_write, .abandon = disk_abandon };
	drive = (struct int13_drive){ .number = number, .count = 1, .kind = kind, .device = &disk.device, .patience_ms = PATIENCE_MS,
		.floppy_table = { 0x0040, 0x9876 } };
	regs = (struct int13_regs){ .dx = number, .es = DATA_SEGMENT, .ds = PACKET_SEGMENT, .si = PACKET_OFFSET, .flags = 0x0202 };
}

static inline void geometry(uint16_t cylinders, uint16_t heads, uint16_t sectors)
{
	drive.geometry.cylinders = cylinders;
	drive.geometry.heads = heads;
	drive.geometry.sectors = sectors;
}

static inline void floppy(void)
{
	drive_begin(INT13_FLOPPY, 0, 2880);
	geometry(80, 2, 18);
}

/** 1024 by 255 by 63 of 10 GiB. */
static inline void hard_disk(void)
{
	drive_begin(INT13_HARD_DISK, 0x80, 20971520);
	geometry(1024, 255, 63);
}

static inline void cd(void)
{
	drive_begin(INT13_CD, 0xe0, 2621440);
	drive.eltorito = (struct int13_eltorito){ .cd = &disk.device, .image = 0x1234, .catalog = 19, .load_segment = 0x7c0, .load_sectors = 4 };
}

static inline uint8_t *memory_at(uint32_t address)
{
	return host_phys(address, 1);
}

static inline uint8_t *packet_at(uint32_t offset)
{
	return memory_at(PACKET_SEGMENT * 16 + PACKET_OFFSET + offset);
}

static inline bool carried(void)
{
	return regs.flags & INT13_CARRY;
}

static inline uint8_t al(void)
{
	return (uint8_t)regs.ax;
}

/** AH. The carry must agree with it, but for those functions that leave other things there; the other flags must not change. */
static inline uint8_t call(uint16_t ax)
{
	regs.ax = ax;
	regs.flags = (uint16_t)(regs.flags ^ INT13_CARRY);      /* whatever it was */
	EXPECT(int13_call(&drive, &regs));
	EXPECT_EQ(regs.flags & ~INT13_CARRY, 0x0202);
	if (ax >> 8 != 0x15 && ax >> 8 != 0x41)
		EXPECT_EQ(carried(), regs.ax >> 8 != 0);
	return (uint8_t)(regs.ax >> 8);
}

static inline void chs(uint16_t cylinder, uint8_t head, uint8_t sector)
{
	regs.cx = (uint16_t)((cylinder & 0xff) << 8 | (cylinder >> 2 & 0xc0) | sector);
	regs.dx = (uint16_t)(head << 8 | drive.number);
}

/** A packet of EDD at DS:SI, between fences. */
static inline void packet(uint8_t size, uint16_t count, uint16_t segment, uint16_t offset, uint64_t first, uint64_t flat)
{
	memset(packet_at(0) - 32, FENCE, 96);
	*packet_at(0) = size;
	*packet_at(1) = 0;
	memcpy(packet_at(2), &count, 2);
	memcpy(packet_at(4), &offset, 2);
	memcpy(packet_at(6), &segment, 2);
	memcpy(packet_at(8), &first, 8);
	if (size > 16)
		memcpy(packet_at(16), &flat, 8);
}

static inline uint16_t packet_count(void)
{
	uint16_t count;

	memcpy(&count, packet_at(2), 2);
	return count;
}

#endif
