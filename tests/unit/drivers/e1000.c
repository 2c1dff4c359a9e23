/* SPDX-License-Identifier: BSD-2-Clause */
/* The e1000 driver against a card made of its datasheet: registers, an EEPROM, rings it walks by DMA. */
#include "drivers/net/e1000_regs.h"
#include "drivers/net/probe.h"

#include "core/errors.h"
#include "core/heap.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

#define REGS_BYTES 0x20000
#define SENT_MAX 4096
#define FRAME_MAX 1522
#define PHY_RST (1u << 31)
#define COMMAND_FOUND (PCI_COMMAND_MEMORY | PCI_COMMAND_IO)

static const uint8_t card_mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

static struct card {
	struct host_device dev;
	uint32_t reg[REGS_BYTES / 4];
	uint16_t eeprom[3];
	uint32_t eerd_done;             /* which layout it has; 0: never done */
	unsigned eerd_shift;
	bool autoload;                  /* a reset loads RAL0 and RAH0 */
	bool stuck;                     /* sends nothing */
	unsigned resets, phy_writes, rctl_writes, rdt_writes, tdt_writes;
	unsigned sent;
	uint32_t sent_first[SENT_MAX];  /* the first four bytes of each frame sent */
	uint16_t sent_length[SENT_MAX];
} card;
static struct nic nic;

static uint32_t *reg(unsigned offset)
{
	return &card.reg[offset / 4];
}

static void must_be_master(void)
{
	EXPECT(pci_read16(&card.dev.pci, PCI_COMMAND) & PCI_COMMAND_MASTER);
}

static void card_reset(void)
{
	card.resets++;
	*reg(E1000_RCTL) = *reg(E1000_TCTL) = *reg(E1000_RAH0) = *reg(E1000_RAL0) = 0;
	*reg(E1000_RDH) = *reg(E1000_RDT) = *reg(E1000_TDH) = *reg(E1000_TDT) = 0;
	*reg(E1000_CTRL) = 0;
	if (!card.autoload)
		return;
	*reg(E1000_RAL0) = card.eeprom[0] | (uint32_t)card.eeprom[1] << 16;
	*reg(E1000_RAH0) = card.eeprom[2] | RAH_AV;
}

static void card_send(void)
{
	while (!card.stuck && (*reg(E1000_TCTL) & TCTL_EN) && *reg(E1000_TDH) != *reg(E1000_TDT)) {
		struct e1000_tx_desc *d = host_phys(*reg(E1000_TDBAL) + 16 * *reg(E1000_TDH), 16);

		must_be_master();
		EXPECT_EQ(d->command, TXD_EOP | TXD_IFCS | TXD_RS);
		EXPECT(card.sent < SENT_MAX);
		memcpy(&card.sent_first[card.sent], host_phys((phys_t)d->address, d->length), 4);
		card.sent_length[card.sent++] = d->length;
		d->status |= TXD_DD;
		*reg(E1000_TDH) = (*reg(E1000_TDH) + 1) % (*reg(E1000_TDLEN) / 16);
	}
}

/** A frame from the wire; false when the card has no descriptor. */
static bool card_receive_as(const void *frame, uint16_t length, uint8_t status, uint8_t errors)
{
	uint32_t head = *reg(E1000_RDH);
	struct e1000_rx_desc *d;

	if (!(*reg(E1000_RCTL) & RCTL_EN) || head == *reg(E1000_RDT))
		return false;
	must_be_master();
	d = host_phys(*reg(E1000_RDBAL) + 16 * head, 16);
	memcpy(host_phys((phys_t)d->address, FRAME_MAX), frame, length < FRAME_MAX ? length : FRAME_MAX);
	d->length = length;
	d->errors = errors;
	d->status = status;
	*reg(E1000_RDH) = (head + 1) % (*reg(E1000_RDLEN) / 16);
	return true;
}

static bool card_receive(uint32_t mark, uint16_t length)
{
	uint8_t frame[FRAME_MAX] = { 0 };

	memcpy(frame, &mark, 4);
	return card_receive_as(frame, length, RXD_DD | RXD_EOP, 0);
}

static uint32_t card_read(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes)
{
	EXPECT_EQ(bar, 0);
	EXPECT_EQ(bytes, 4);
	EXPECT(pci_read16(&dev->pci, PCI_COMMAND) & PCI_COMMAND_MEMORY);
	return *reg(offset);
}

static void card_write(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes, uint32_t value)
{
	(void)dev, (void)bar, (void)bytes;
	*reg(offset) = value;
	switch (offset) {
	case E1000_CTRL:
		card.phy_writes += (value & PHY_RST) != 0;
		if (value & CTRL_RST)
			card_reset();
		break;
	case 0x20:              /* MDIC: talking to the PHY */
		card.phy_writes++;
		break;
	case E1000_EERD:
		if (card.eerd_done && (value & EERD_START) && (value >> card.eerd_shift & 0xff) < 3)
			*reg(offset) = value | card.eerd_done | (uint32_t)card.eeprom[value >> card.eerd_shift & 0xff] << 16;
		break;
	case E1000_RCTL:
		card.rctl_writes++;
		break;
	case E1000_TDT:
		card.tdt_writes++;
		card_send();
		break;
	case E1000_RDT:
		card.rdt_writes++;
		break;
	}
}

static void setup(void)
{
	host_reset();
	memset(&card, 0, sizeof(card));
	memset(&nic, 0, sizeof(nic));
	card.dev.pci = (struct pci_device){ .slot = 3, .vendor = 0x8086, .device = 0x100e, .class_code = 0x020000 };
	card.dev.bar[0].size = REGS_BYTES;
	card.dev.config[PCI_COMMAND] = COMMAND_FOUND;
	card.dev.read = card_read;
	card.dev.write = card_write;
	memcpy(card.eeprom, card_mac, 6);
	card.autoload = true;
	card.eerd_done = EERD_DONE;
	card.eerd_shift = EERD_ADDRESS_SHIFT;
	*reg(E1000_STATUS) = STATUS_LU;
	host_device_add(&card.dev);
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

static void teardown(void)
{
	EXPECT_EQ(host_heap_held(), 0);
	EXPECT_EQ(host_packets_held(), 0);
}
__attribute__((constructor)) static void use_teardown(void) { test_teardown = teardown; }

static void open_card(void)
{
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), 0);
	EXPECT_EQ(nic.driver->open(&nic), 0);
	card.rdt_writes = card.tdt_writes = card.dev.reads = card.dev.writes = 0;
}

static void close_card(void)
{
	nic.driver->close(&nic);
	nic_remove(&nic);
	EXPECT_EQ(pci_read16(&card.dev.pci, PCI_COMMAND), COMMAND_FOUND);
}

static struct pkt *frame_to_send(uint32_t mark, size_t length)
{
	struct pkt *p = pkt_alloc();

	memset(pkt_put(p, length), 0, length);
	memcpy(p->data, &mark, 4);
	return p;
}

static uint32_t mark_of(const struct pkt *p)
{
	uint32_t mark;

	memcpy(&mark, p->data, 4);
	return mark;
}

/* ---- probe ------------------------------------------------------------------------------------------------------------------- */

/* The receiver is on, but has no buffer, and the card is no bus master. */
TEST(probe_reads_the_loaded_address_and_leaves_the_card_silent)
{
	*reg(E1000_RCTL) = RCTL_EN;     /* as another system left it */
	*reg(E1000_MTA + 4 * 127) = 0xffffffff;
	*reg(E1000_RAL0) = 0x12345678;
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), 0);
	EXPECT_MEM(nic.mac, card_mac, 6);
	EXPECT_EQ(nic.mtu, 1500);
	EXPECT_EQ(card.resets, 1);
	EXPECT(!card_receive(1, 60));
	EXPECT_EQ(*reg(E1000_TDH), *reg(E1000_TDT));
	EXPECT_EQ(*reg(E1000_MTA + 4 * 127), 0);
	EXPECT_EQ(pci_read16(&card.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	EXPECT_EQ(host_packets_held(), 0);
	nic_remove(&nic);
	EXPECT_EQ(*reg(E1000_RCTL) | *reg(E1000_TCTL), 0);
}

TEST(address_from_the_eeprom_where_a_reset_loads_none)
{
	card.autoload = false;
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), 0);
	EXPECT_MEM(nic.mac, card_mac, 6);
	nic_remove(&nic);
}

TEST(address_from_the_eeprom_of_an_82541)
{
	card.autoload = false;
	card.eerd_done = EERD_41_DONE;
	card.eerd_shift = EERD_41_ADDRESS_SHIFT;
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), 0);
	EXPECT_MEM(nic.mac, card_mac, 6);
	nic_remove(&nic);
}

TEST(card_without_an_address_is_refused)
{
	card.autoload = false;
	card.eerd_done = 0;
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), -EIO);
	card.eerd_done = EERD_DONE;
	memset(card.eeprom, 0xff, 6);   /* an empty EEPROM */
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), -EIO);
	memset(card.eeprom, 0, 6);
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), -EIO);
}

TEST(card_that_is_gone_is_refused)
{
	*reg(E1000_STATUS) = 0xffffffff;
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), -EIO);
	*reg(E1000_STATUS) = STATUS_LU;
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), 0);
	*reg(E1000_STATUS) = 0xffffffff;        /* pulled out meanwhile */
	EXPECT_EQ(nic.driver->open(&nic), -EIO);
	EXPECT(!nic.driver->link_up(&nic));
	EXPECT_EQ(pci_read16(&card.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	nic_remove(&nic);
}

TEST(card_whose_registers_cannot_be_reached_is_refused)
{
	card.dev.config[PCI_BAR0] |= 4;         /* a 64-bit BAR ... */
	card.dev.config[PCI_BAR0 + 4] = 1;      /* ... above 4 GiB */
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), -EIO);
}

/* QEMU's card is deaf for a second after each write of RCTL: one write, at probe(), long before the first frame is sent. */
TEST(first_open_does_not_write_rctl)
{
	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), 0);
	card.rctl_writes = card.resets = 0;
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT_EQ(card.rctl_writes, 0);
	EXPECT_EQ(card.resets, 0);
	EXPECT(card_receive(1, 60));
	close_card();
}

/* ---- open and close ---------------------------------------------------------------------------------------------------------- */

TEST(open_does_not_touch_the_phy)
{
	open_card();
	EXPECT_EQ(card.phy_writes, 0);
	EXPECT(*reg(E1000_CTRL) & CTRL_SLU);
	EXPECT_EQ(*reg(E1000_RCTL), RCTL_EN | RCTL_BAM | RCTL_SECRC);
	EXPECT_EQ(*reg(E1000_RAH0), 0x5634 | RAH_AV);
	EXPECT(nic.driver->link_up(&nic));
	*reg(E1000_STATUS) = 0;
	EXPECT(!nic.driver->link_up(&nic));
	close_card();
}

TEST(fibre_negotiates_in_hardware)
{
	*reg(E1000_STATUS) |= STATUS_TBIMODE;
	open_card();
	EXPECT_EQ(*reg(E1000_TXCW), TXCW_ANE | TXCW_FULL_DUPLEX);
	close_card();
}

TEST(close_stops_the_card_and_it_opens_again)
{
	open_card();
	for (unsigned round = 0; round < 3; round++) {
		EXPECT(card_receive(1, 60));
		card.stuck = true;
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(2, 60)), 0);
		nic.driver->kick(&nic);
		card.stuck = false;
		card.resets = 0;
		nic.driver->close(&nic);
		EXPECT_EQ(card.resets, 1);
		EXPECT_EQ(*reg(E1000_RCTL) | *reg(E1000_TCTL), 0);
		EXPECT_EQ(pci_read16(&card.dev.pci, PCI_COMMAND), COMMAND_FOUND);
		EXPECT_EQ(host_packets_held(), 0);
		EXPECT(!card_receive(3, 60));
		EXPECT_EQ(nic.driver->open(&nic), 0);
		EXPECT(!nic.driver->receive(&nic));
	}
	close_card();
}

/* Packets go back to the pool once: another's, taken from there since, stay his. */
TEST(close_twice_frees_once)
{
	static struct pkt *all[4096];
	unsigned count = 0;

	open_card();
	card.stuck = true;
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(2, 60)), 0);
	nic.driver->kick(&nic);
	nic.driver->close(&nic);
	nic.driver->close(&nic);        /* they are in the pool */
	EXPECT_EQ(host_packets_held(), 0);
	while ((all[count] = pkt_alloc()) != NULL)
		count++;
	nic.driver->close(&nic);        /* they are somebody's */
	EXPECT_EQ(host_packets_held(), count);
	while (count)
		pkt_free(all[--count]);
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT(card_receive(1, 60));
	close_card();
}

TEST(a_card_that_does_not_open_again_may_be_closed)
{
	open_card();
	nic.driver->close(&nic);
	*reg(E1000_STATUS) = 0xffffffff;
	EXPECT_EQ(nic.driver->open(&nic), -EIO);
	close_card();
}

TEST(probe_without_memory_undoes_itself)
{
	for (unsigned n = 1; n <= 2; n++) {
		heap_fail_after(n);
		EXPECT_EQ(nic_probe(&nic, &card.dev.pci), -ENOMEM);
		EXPECT_EQ(host_heap_held(), 0);
		EXPECT_EQ(pci_read16(&card.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	}
}

TEST(open_without_packets_is_refused)
{
	static struct pkt *all[4096];
	unsigned count = 0;

	EXPECT_EQ(nic_probe(&nic, &card.dev.pci), 0);
	while ((all[count] = pkt_alloc()) != NULL)
		count++;
	EXPECT_EQ(nic.driver->open(&nic), -ENOMEM);
	while (count)
		pkt_free(all[--count]);
	nic_remove(&nic);
}

/* ---- receiving --------------------------------------------------------------------------------------------------------------- */

TEST(received_frame_is_handed_over_whole)
{
	uint8_t frame[FRAME_MAX];
	struct pkt *p;

	for (unsigned i = 0; i < FRAME_MAX; i++)
		frame[i] = (uint8_t)(i * 7);
	open_card();
	EXPECT(!nic.driver->receive(&nic));
	EXPECT(card_receive_as(frame, 1514, RXD_DD | RXD_EOP, 0));
	p = nic.driver->receive(&nic);
	EXPECT(p != NULL);
	EXPECT_EQ(pkt_len(p), 1514);
	EXPECT_MEM(p->data, frame, 1514);
	EXPECT_EQ(p->data - p->head, PKT_HEADROOM);
	EXPECT(!p->checksum_ok);
	EXPECT_EQ(nic.stats.rx, 1);
	pkt_free(p);
	EXPECT(!nic.driver->receive(&nic));
	close_card();
}

/* A register access costs an exit to the hypervisor: 10,000 frames, one poll each, are 10,000 / 64 writes of RDT. */
TEST(frames_cost_no_register_read_and_few_writes)
{
	open_card();
	for (uint32_t i = 0; i < 10000; i++) {
		struct pkt *p;

		EXPECT(card_receive(i, 1514));
		p = nic.driver->receive(&nic);
		EXPECT(p && mark_of(p) == i);
		pkt_free(p);
		nic.driver->kick(&nic);
	}
	EXPECT_EQ(card.dev.reads, 0);
	EXPECT(card.dev.writes <= 10000 / 64 + 1);
	EXPECT_EQ(card.rdt_writes, card.dev.writes);
	close_card();
}

TEST(bad_frames_are_dropped_and_counted)
{
	static const struct { uint16_t length; uint8_t status, errors; } bad[] = {
		{ 60, RXD_DD, 0 },                              /* goes on in the next descriptor */
		{ 60, RXD_DD | RXD_EOP, 0x01 },                 /* CRC */
		{ 60, RXD_DD | RXD_EOP, 0x02 },                 /* symbol */
		{ 60, RXD_DD | RXD_EOP, 0x80 },                 /* data */
		{ 13, RXD_DD | RXD_EOP, 0 },                    /* no Ethernet header */
		{ 0, RXD_DD | RXD_EOP, 0 },
		{ PKT_DATA_MAX + 1, RXD_DD | RXD_EOP, 0 },      /* past our buffer */
		{ 0xffff, RXD_DD | RXD_EOP, 0 },
	};
	uint8_t frame[FRAME_MAX] = { 0 };
	struct pkt *p;

	open_card();
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(card_receive_as(frame, bad[i].length, bad[i].status, bad[i].errors));
	EXPECT(card_receive(77, 60));
	p = nic.driver->receive(&nic);
	EXPECT(p && mark_of(p) == 77);
	pkt_free(p);
	EXPECT_EQ(nic.stats.rx_errors, sizeof(bad) / sizeof(bad[0]));
	EXPECT_EQ(nic.stats.rx, 1);
	close_card();
}

TEST(checksum_is_trusted_only_when_computed_and_right)
{
	static const struct { uint8_t status, errors; bool ok; } cases[] = {
		{ RXD_TCPCS, 0, true },
		{ RXD_TCPCS, RXD_ERROR_TCPE, false },
		{ RXD_TCPCS | RXD_IXSM, 0, false },
		{ 0x40, 0, false },             /* IPCS: only the IP header */
		{ 0, 0, false },
	};
	uint8_t frame[60] = { 0 };

	open_card();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pkt *p;

		EXPECT(card_receive_as(frame, 60, RXD_DD | RXD_EOP | cases[i].status, cases[i].errors));
		p = nic.driver->receive(&nic);
		EXPECT(p && p->checksum_ok == cases[i].ok);
		pkt_free(p);
	}
	close_card();
}

/* The stack holds every packet there is: the ring gives up all it has, and is full again when packets come back. */
TEST(empty_pool_starves_the_ring_and_a_full_one_feeds_it)
{
	static struct pkt *held[4096];
	unsigned count = 0, received = 0;
	struct pkt *p;

	open_card();
	while ((p = pkt_alloc()) != NULL)
		held[count++] = p;
	while (card_receive(received, 60)) {
		p = nic.driver->receive(&nic);
		EXPECT(p && mark_of(p) == received);
		received++;
		held[count++] = p;
		nic.driver->kick(&nic);
	}
	EXPECT_EQ(received, 255);
	pkt_free(held[--count]);
	nic.driver->kick(&nic);         /* one is enough to go on */
	EXPECT(card_receive(1000, 60));
	while (count)
		pkt_free(held[--count]);
	nic.driver->kick(&nic);
	for (unsigned i = 1; i < 255; i++)
		EXPECT(card_receive(1000 + i, 60));
	for (unsigned i = 0; i < 255; i++) {
		p = nic.driver->receive(&nic);
		EXPECT(p && mark_of(p) == 1000 + i);
		pkt_free(p);
	}
	close_card();
}

/* ---- sending ----------------------------------------------------------------------------------------------------------------- */

TEST(frames_queued_together_cost_one_write)
{
	open_card();
	for (unsigned i = 0; i < 20; i++)
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(i, 60 + i)), 0);
	EXPECT_EQ(card.sent, 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(card.sent, 20);
	EXPECT_EQ(card.tdt_writes, 1);
	EXPECT_EQ(card.dev.reads, 0);
	for (unsigned i = 0; i < 20; i++) {
		EXPECT_EQ(card.sent_first[i], i);
		EXPECT_EQ(card.sent_length[i], 60 + i);
	}
	EXPECT_EQ(nic.stats.tx, 20);
	nic.driver->kick(&nic);
	EXPECT_EQ(card.tdt_writes, 1);
	EXPECT_EQ(host_packets_held(), 255);    /* all but the receive ring's came back */
	close_card();
}

TEST(full_ring_refuses_and_drains)
{
	unsigned taken = 0;

	open_card();
	card.stuck = true;
	while (nic.driver->transmit(&nic, frame_to_send(taken, 60)) == 0) {
		taken++;
		nic.driver->kick(&nic);
	}
	EXPECT_EQ(taken, 127);
	EXPECT_EQ(nic.stats.tx_errors, 1);
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(0, 60)), -ENOBUFS);
	card.stuck = false;
	card_send();
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(taken, 60)), 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(card.sent, 128);
	for (unsigned i = 0; i < 128; i++)
		EXPECT_EQ(card.sent_first[i], i);
	close_card();
}

/* Frames come and go in any order of events: each arrives once, in order. */
TEST(random_traffic_arrives_once_and_in_order)
{
	uint32_t seed = 1, in = 0, out = 0, queued = 0;

	open_card();
	for (unsigned turn = 0; turn < 20000; turn++) {
		struct pkt *p;

		seed = seed * 1664525 + 1013904223;
		switch (seed >> 29) {
		case 0: case 1: case 2:
			in += card_receive(in, 60);
			break;
		case 3: case 4:
			if ((p = nic.driver->receive(&nic)) != NULL) {
				EXPECT_EQ(mark_of(p), out);
				out++;
				pkt_free(p);
			}
			break;
		case 5:
			if (queued < SENT_MAX)
				queued += nic.driver->transmit(&nic, frame_to_send(queued, 60)) == 0;
			break;
		case 6:
			card.stuck = !card.stuck;
			card_send();
			break;
		default:
			nic.driver->kick(&nic);
		}
	}
	card.stuck = false;
	nic.driver->kick(&nic);
	card_send();
	EXPECT_EQ(card.sent, queued);
	for (unsigned i = 0; i < queued; i++)
		EXPECT_EQ(card.sent_first[i], i);
	EXPECT(out > 3000);
	EXPECT_EQ(nic.stats.rx, out);
	close_card();
}
