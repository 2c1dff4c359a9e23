/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a virtio device's registers, whatever the transport; reset and negotiation. */
#include "drivers/net/virtio_pci.h"

#include "core/errors.h"
#include "core/random.h"
#include "tests/unit/drivers/virtio_device.h"

static struct virtio v;
static uint32_t accepted;

__attribute__((constructor)) static void use_setup(void) { test_setup = device_setup; }

static int open_device(void)
{
	return virtio_open(&v, &device.dev.pci);
}

/* ---- finding the registers --------------------------------------------------------------------------------------------------- */

TEST(each_kind_of_device_is_read_and_written)
{
	for (unsigned kind = 0; kind < KINDS; kind++) {
		device_setup();
		kinds[kind]();
		EXPECT_EQ(open_device(), 0);
		EXPECT(virtio_features(&v) == (uint32_t)device.features);
		EXPECT_EQ(virtio_queue_size(&v, 1), 256);
		EXPECT_EQ(virtio_queue_size(&v, 2), 0);
		for (unsigned i = 0; i < 6; i++)
			EXPECT_EQ(virtio_config8(&v, i), device_mac[i]);
		EXPECT_EQ(virtio_config16(&v, 6), 1);
	}
}

TEST(modern_registers_come_before_legacy_ones)
{
	transitional_in_memory();
	EXPECT_EQ(open_device(), 0);
	EXPECT(v.modern);
	EXPECT(device.modern_used && !device.legacy_used);
}

TEST(legacy_registers_come_before_the_window)
{
	transitional_above_4_gib();
	EXPECT_EQ(open_device(), 0);
	EXPECT(!v.modern);
	EXPECT(device.legacy_used && !device.modern_used);
}

TEST(non_transitional_device_has_no_legacy_registers)
{
	device.dev.bar[0].io = true;
	device.dev.bar[0].size = 0x20;
	modern_behind_window();
	EXPECT_EQ(open_device(), 0);
	EXPECT(v.modern);
	EXPECT(!device.legacy_used);
}

TEST(device_without_reachable_registers_is_refused)
{
	modern_behind_window();
	device.dev.config[WINDOW_CAP + 3] = 8;  /* some other structure */
	EXPECT_EQ(open_device(), -EIO);
}

TEST(device_without_one_of_its_structures_is_refused)
{
	static const unsigned caps[] = { 0x54, 0x68 };

	for (unsigned i = 0; i < 2; i++) {
		device_setup();
		modern_in_memory();
		device.dev.config[caps[i] + 3] = 9;
		EXPECT_EQ(open_device(), -EIO);
	}
}

TEST(looping_capability_list_ends)
{
	modern_in_memory();
	device.dev.config[0x40 + 1] = 0xb0;     /* the last points to the first */
	EXPECT_EQ(open_device(), 0);
}

TEST(random_capabilities_never_hang)
{
	for (unsigned turn = 0; turn < 2000; turn++) {
		device_setup();
		device.sticky = true;           /* no further than to the reset */
		modern_in_memory();
		for (unsigned i = 0x34; i < 0x100; i++)
			if (random_below(4) == 0)
				device.dev.config[i] = (uint8_t)random_u32();
		device.dev.read = NULL;         /* the structures may be anywhere */
		device.dev.write = NULL;
		if (device.dev.config[PCI_CAPABILITIES] < 0x40 || turn % 2)
			device.dev.config[PCI_CAPABILITIES] = 0xb0;
		device.dev.bar[4].size = 1u << 20;
		for (unsigned at = 0x40; at < 0xf0; at += 4)
			device.dev.config[at + 10] = device.dev.config[at + 11] = 0;    /* offsets inside the window of addresses */
		EXPECT_EQ(open_device(), -EIO);
	}
}

TEST(msix_left_on_is_switched_off)
{
	static const uint8_t body[10] = { 0x02, 0x80 };

	legacy_only();
	host_device_capability(&device.dev, 0x11, 0xd0, body, sizeof(body));
	EXPECT_EQ(open_device(), 0);
	EXPECT_EQ(pci_read16(&device.dev.pci, 0xd2), 0x0002);
	EXPECT_EQ(virtio_config8(&v, 0), device_mac[0]);
}

/* ---- reset and negotiation --------------------------------------------------------------------------------------------------- */

TEST(reset_is_waited_for)
{
	modern_in_memory();
	device.slow_reset = 50;
	EXPECT_EQ(open_device(), 0);
	EXPECT_EQ(device.status, 0);
	EXPECT_EQ(device.slow_reset, 0);
}

TEST(device_that_does_not_reset_is_refused)
{
	modern_in_memory();
	device.sticky = true;
	EXPECT_EQ(open_device(), -EIO);
	device.sticky = false;
	EXPECT_EQ(open_device(), 0);
	device.sticky = true;
	EXPECT(!virtio_reset(&v));
	EXPECT_EQ(virtio_negotiate(&v, F_MAC, &accepted), -EIO);
}

TEST(only_what_is_wanted_and_offered_is_accepted)
{
	device.features |= F_ACCESS_PLATFORM;
	modern_in_memory();
	EXPECT_EQ(open_device(), 0);
	EXPECT_EQ(virtio_negotiate(&v, F_MAC | F_MTU, &accepted), 0);
	EXPECT(accepted == F_MAC && device.accepted == (F_MAC | F_VERSION_1 | F_ACCESS_PLATFORM));
	EXPECT_EQ(device.status, 1 | 2 | 8);
	virtio_start(&v);
	EXPECT_EQ(device.status, 1 | 2 | 4 | 8);
}

/* FEATURES_OK is a bit that legacy devices do not have. */
TEST(legacy_device_is_not_asked_whether_features_are_fine)
{
	legacy_only();
	EXPECT_EQ(open_device(), 0);
	EXPECT_EQ(virtio_negotiate(&v, F_MAC, &accepted), 0);
	EXPECT(accepted == F_MAC);
	EXPECT_EQ(device.status, 1 | 2);
}

TEST(device_that_refuses_features_is_refused)
{
	modern_in_memory();
	device.refuses = true;
	EXPECT_EQ(open_device(), 0);
	EXPECT_EQ(virtio_negotiate(&v, F_MAC, &accepted), -EIO);
}
