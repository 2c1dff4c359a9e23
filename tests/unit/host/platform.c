/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's platform itself. */
#include "tests/host/host.h"
#include "tests/unit/test.h"
#include "core/assert.h"
#include "core/clock.h"
#include "core/console.h"
#include "core/dma.h"
#include "core/entropy.h"
#include "core/io.h"

__attribute__((constructor)) static void setup(void)
{
	test_setup = host_reset;
}

TEST(clock_moves_only_when_told)
{
	EXPECT_EQ(clock_ms(), 1000);
	EXPECT_EQ(clock_ms(), 1000);
	host_clock_advance(999);
	EXPECT_EQ(clock_ms(), 1999);
	clock_delay_us(1500);
	EXPECT_EQ(clock_us(), 2000500);
	host_clock_set(0xffffffff);
	host_clock_advance(2);
	EXPECT_EQ(clock_ms(), 1);
}

TEST(console_keeps_output_and_plays_keys)
{
	for (const char *s = "a\033[1mb\033[0m\n"; *s; s++)
		console_putc(*s);
	EXPECT_STR(host_console_plain(), "ab\n");
	EXPECT(host_console_has("ab"));
	host_type("x\n");
	host_key_after(50, KEY_UP);
	EXPECT_EQ(console_getkey(), 'x');
	EXPECT_EQ(console_getkey(), '\r');
	EXPECT_EQ(console_getkey(), -1);
	host_clock_advance(50);
	EXPECT_EQ(console_getkey(), KEY_UP);
	EXPECT_EQ(console_getkey(), -1);
}

TEST(memory_is_addressed_physically)
{
	struct memmap storage, final;
	uint8_t *p;

	memmap_storage(&storage);
	memmap_final(&final);
	EXPECT_EQ(storage.region[0].start, HOST_MIB);
	EXPECT_EQ(final.region[0].start + final.region[0].size, HOST_MEMORY_MIB * HOST_MIB);
	p = phys_ptr(storage.region[0].start, 4);
	p[3] = 7;
	EXPECT_EQ(dma_addr(p), HOST_MIB);
	EXPECT_EQ(*(uint8_t *)host_phys(HOST_MIB + 3, 1), 7);
	host_reset();
	EXPECT_EQ(*(uint8_t *)host_phys(HOST_MIB + 3, 1), 0);
}

static uint32_t answer(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes)
{
	return dev->pci.slot * 0x1000 + bar * 0x100 + offset + bytes;
}

TEST(devices_are_found_and_answer)
{
	struct host_device dev = { .pci = { .slot = 3, .vendor = 0x8086, .device = 0x100e, .class_code = 0x020000 },
		.bar = { { .size = 0x20000 }, { .io = true, .size = 64 } }, .read = answer };
	struct pci_device found;
	uint32_t cursor = 0;

	host_device_add(&dev);
	host_device_capability(&dev, 0x09, 0x50, "\x10", 1);
	host_device_capability(&dev, 0x11, 0x40, "\x20", 1);
	EXPECT(pci_next(&cursor, &found));
	EXPECT_EQ(pci_read32(&found, 0), 0x100e8086);
	EXPECT_EQ(pci_read32(&found, 8) >> 8, 0x020000);
	EXPECT_EQ(mmio_read32((const volatile uint8_t *)pci_map_bar(&found, 0) + 8), 0x300c);
	EXPECT_EQ(io_in16((uint16_t)(pci_io_bar(&found, 1) + 4)), 0x3106);
	EXPECT_EQ(io_in8(0x1234), 0xff);
	EXPECT_EQ(dev.reads, 2);
	EXPECT_EQ(pci_find_capability(&found, 0x09, 0), 0x50);
	EXPECT_EQ(pci_find_capability(&found, 0x05, 0), 0);
	EXPECT(!pci_next(&cursor, &found));
}

TEST(reboot_and_assertion_come_back)
{
	volatile int turn = 0;

	switch (host_catch()) {
	case HOST_STAYED: system_reboot(true); break;
	case HOST_REBOOTED: turn++; break;
	default: EXPECT(false);
	}
	EXPECT_EQ(turn, 1);
	EXPECT(host_system.rebooted_warm);
	switch (host_catch()) {
	case HOST_STAYED: assert(turn == 2); break;
	case HOST_ASSERTED: turn++; break;
	default: EXPECT(false);
	}
	EXPECT_STR(host_system.assertion, __FILE__);
}

TEST(a_plan_is_kept_and_can_be_carried_out)
{
	uint8_t low[4] = { 1, 2, 3, 4 };
	struct load_plan plan = { .count = 2, .move = { { 0x200000, 0x100000, 8 }, { 0x200004, PLAN_ZERO, 2 } },
		.low = low, .low_len = 4, .low_dst = 0x90000 };

	memcpy(host_phys(0x100000, 8), "abcdefgh", 8);
	EXPECT_EQ(plan_execute(&plan), 0);
	host_plan_run();
	EXPECT_MEM(host_phys(0x200000, 8), "abcd\0\0gh", 8);
	EXPECT_MEM(host_phys(0x90000, 4), low, 4);
}

TEST(entropy_is_the_same_every_time)
{
	uint8_t a[16], b[16];

	entropy_gather(a, sizeof(a));
	host_reset();
	entropy_gather(b, sizeof(b));
	EXPECT_MEM(a, b, sizeof(a));
}
