/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a function's driver; its command register. */
#include "drivers/net/probe.h"

#include "core/errors.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

static struct host_device card;

static void setup(void)
{
	host_reset();
	card = (struct host_device){ .pci = { .slot = 3, .vendor = 0x8086, .device = 0x100e }, .bar[0] = { .size = 0x20000 } };
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

TEST(every_id_finds_its_driver)
{
	for (const struct nic_driver *const *driver = nic_drivers; *driver; driver++)
		for (unsigned i = 0; i < (*driver)->id_count; i++) {
			struct pci_device pci = { .vendor = (*driver)->ids[i].vendor, .device = (*driver)->ids[i].device };

			EXPECT(nic_driver_find(&pci) == *driver);
			EXPECT_STR(nic_chip_name(&pci), (*driver)->ids[i].name);
		}
}

TEST(the_ids_of_qemus_cards)
{
	struct pci_device e1000 = { .vendor = 0x8086, .device = 0x100e }, virtio = { .vendor = 0x1af4, .device = 0x1041 };

	EXPECT_STR(nic_driver_find(&e1000)->name, "e1000");
	EXPECT_STR(nic_chip_name(&e1000), "82540EM");
	EXPECT_STR(nic_driver_find(&virtio)->name, "virtio-net");
	virtio.device = 0x1000;
	EXPECT_STR(nic_driver_find(&virtio)->name, "virtio-net");
}

TEST(unknown_card_has_no_driver)
{
	struct pci_device block = { .vendor = 0x1af4, .device = 0x1001 };
	struct nic nic;

	EXPECT(!nic_driver_find(&block));
	EXPECT(!nic_chip_name(&block));
	EXPECT_EQ(nic_probe(&nic, &block), -ENODEV);
}

TEST(failed_probe_leaves_the_command_register_as_found)
{
	struct nic nic;

	card.config[PCI_COMMAND] = PCI_COMMAND_MASTER;
	host_device_add(&card);         /* its registers read all ones */
	EXPECT_EQ(nic_probe(&nic, &card.pci), -EIO);
	EXPECT_EQ(pci_read16(&card.pci, PCI_COMMAND), PCI_COMMAND_MASTER);
	EXPECT_EQ(host_heap_held(), 0);
}

TEST(bus_mastering_only_when_asked_for)
{
	struct nic nic = { .pci = card.pci, .pci_command = PCI_COMMAND_MASTER | 0x100 };

	host_device_add(&card);
	nic_pci_enable(&nic, false);
	EXPECT_EQ(pci_read16(&card.pci, PCI_COMMAND), PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_OFF | 0x100);
	nic_pci_enable(&nic, true);
	EXPECT(pci_read16(&card.pci, PCI_COMMAND) & PCI_COMMAND_MASTER);
	nic_pci_restore(&nic);
	EXPECT_EQ(pci_read16(&card.pci, PCI_COMMAND), PCI_COMMAND_MASTER | 0x100);
}
