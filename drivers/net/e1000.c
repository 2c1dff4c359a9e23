/* SPDX-License-Identifier: BSD-2-Clause */
/* Intel 8254x Gigabit Ethernet: the manual's (317453) legacy descriptors, polled.
 *
 * The driver learns everything from descriptors in memory: DD says that a frame has arrived or has been sent. In the data path it
 * reads no register at all; it writes TDT once for a batch of frames, and RDT once for a quarter of the receive ring.
 * Not supported: jumbo frames, VLAN offload, 82542. Fibre and SerDes links are set up by the manual and untested. */
#include "config/features.h"
#include "core/clock.h"
#include "core/dma.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/io.h"
#include "core/string.h"
#include "drivers/net/e1000_regs.h"
#include "drivers/net/probe.h"

#define RX_RING 256             /* powers of two, and whole 128 bytes of descriptors (RDLEN, TDLEN) */
#define TX_RING 128
#define RX_BATCH (RX_RING / 4)  /* new buffers that are worth a write of RDT */
#define FRAME_MIN 14            /* less than an Ethernet header is not a frame */

/* The rings of an open NIC. Counters run free; a slot is its counter modulo the ring. A ring holds one less than it has slots, as
 * head == tail means empty. The 82545 and 82546 must not see a ring cross 64 KiB: page alignment sees to it, here and for packets. */
struct e1000_rings {
	struct e1000_rx_desc rx[RX_RING];
	struct e1000_tx_desc tx[TX_RING];
	struct pkt *rx_pkt[RX_RING], *tx_pkt[TX_RING];
	/* rx_next <= rx_told <= rx_fill < rx_next + RX_RING: the next to arrive; RDT; the next to get a buffer */
	uint32_t rx_next, rx_told, rx_fill;
	/* tx_done <= tx_told <= tx_fill < tx_done + TX_RING: the next to be completed; TDT; the next to be queued */
	uint32_t tx_done, tx_told, tx_fill;
};
#define RINGS_ALIGN 4096

/* The receiver is enabled at probe() already, with an empty ring, and open() only gives it buffers: QEMU's card hands over
 * nothing for a second after RCTL is written, and this way the second has passed when somebody waits for a first answer. */
struct e1000 {
	volatile uint8_t *regs;
	struct e1000_rings *rings;      /* allocated for as long as the NIC is ours */
	bool ready;                     /* set up, both rings empty; false after close() */
};

static uint32_t reg_read(const struct e1000 *e, unsigned reg)
{
	return mmio_read32(e->regs + reg);
}

static void reg_write(const struct e1000 *e, unsigned reg, uint32_t value)
{
	mmio_write32(e->regs + reg, value);
}

/* ---- reset and address ------------------------------------------------------------------------------------------------------- */

/** Stop all DMA and bring the MAC to its state after power-on. The PHY, and with it the link, stays. */
static void e1000_reset(const struct e1000 *e)
{
	bool running = (reg_read(e, E1000_RCTL) | reg_read(e, E1000_TCTL)) & RCTL_EN;

	_Static_assert((int)RCTL_EN == (int)TCTL_EN, "one bit for both");
	reg_write(e, E1000_IMC, 0xffffffff);
	reg_write(e, E1000_RCTL, 0);
	reg_write(e, E1000_TCTL, 0);
	reg_read(e, E1000_STATUS);              /* the writes have arrived */
	if (running)
		clock_delay_us(10000);          /* transfers under way end */
	reg_write(e, E1000_CTRL, reg_read(e, E1000_CTRL) | CTRL_RST);
	clock_delay_us(20000);                  /* 14.3: until the EEPROM has been read again */
	reg_write(e, E1000_IMC, 0xffffffff);
	reg_read(e, E1000_ICR);
}

/** One word of the EEPROM by one of EERD's layouts; -1 when DONE does not come. */
static int32_t eeprom_read_as(const struct e1000 *e, unsigned word, unsigned address_shift, uint32_t done)
{
	reg_write(e, E1000_EERD, word << address_shift | EERD_START);
	for (unsigned tries = 0; tries < 100; tries++) {
		uint32_t value = reg_read(e, E1000_EERD);

		if (value & done)
			return (int32_t)(value >> 16);
		clock_delay_us(10);
	}
	return -1;
}

static int32_t eeprom_read(const struct e1000 *e, unsigned word)
{
	int32_t value = eeprom_read_as(e, word, EERD_ADDRESS_SHIFT, EERD_DONE);

	return value >= 0 ? value : eeprom_read_as(e, word, EERD_41_ADDRESS_SHIFT, EERD_41_DONE);
}

static bool mac_valid(const uint8_t *mac)
{
	static const uint8_t zero[NIC_MAC_BYTES];

	return !(mac[0] & 1) && memcmp(mac, zero, NIC_MAC_BYTES) != 0;
}

/** 13.5.2: a reset loads the address from the EEPROM into RAL0/RAH0; where it did not, read words 0 to 2 ourselves (5.6.1). */
static bool e1000_read_mac(const struct e1000 *e, uint8_t *mac)
{
	uint32_t low = reg_read(e, E1000_RAL0), high = reg_read(e, E1000_RAH0);

	for (unsigned i = 0; i < NIC_MAC_BYTES; i++)
		mac[i] = (uint8_t)(i < 4 ? low >> 8 * i : high >> 8 * (i - 4));
	if ((high & RAH_AV) && mac_valid(mac))
		return true;
	for (unsigned i = 0; i < NIC_MAC_BYTES; i += 2) {
		int32_t word = eeprom_read(e, i / 2);

		if (word < 0)
			return false;
		mac[i] = (uint8_t)word;
		mac[i + 1] = (uint8_t)(word >> 8);
	}
	return mac_valid(mac);
}

/* ---- set-up ------------------------------------------------------------------------------------------------------------------ */

/** Give empty slots buffers, up to our share, as far as the pool has some. A slot stays empty when it has none: what arrives is worth
 *  more in the hands of the stack than dropped for the sake of a full ring. */
static void rx_refill(struct e1000_rings *r)
{
	unsigned limit = nic_rx_share() < RX_RING - 1 ? nic_rx_share() : RX_RING - 1;
	struct pkt *p;

	while (r->rx_fill - r->rx_next < limit && (p = pkt_alloc()) != NULL) {
		unsigned slot = r->rx_fill++ % RX_RING;

		r->rx_pkt[slot] = p;
		r->rx[slot].address = dma_addr(p->data);
		r->rx[slot].status = 0;
	}
}

/* RDT is worth a write when a batch came together, or when the NIC is about to run dry. */
static void rx_tell(const struct e1000 *e, struct e1000_rings *r)
{
	if (r->rx_fill - r->rx_told < RX_BATCH && r->rx_told - r->rx_next >= RX_BATCH)
		return;
	if (r->rx_fill == r->rx_told)
		return;
	io_barrier();
	r->rx_told = r->rx_fill;
	reg_write(e, E1000_RDT, r->rx_told % RX_RING);
}

/** 14.3: let the MAC follow the PHY. The PHY is not touched, so a link that is up stays up. */
static void set_link(const struct e1000 *e)
{
	uint32_t ctrl = reg_read(e, E1000_CTRL);

	ctrl &= ~(uint32_t)(CTRL_LRST | CTRL_ILOS | CTRL_FORCE_SPEED | CTRL_FORCE_DUPLEX);
	if (reg_read(e, E1000_STATUS) & STATUS_TBIMODE)
		reg_write(e, E1000_TXCW, TXCW_ANE | TXCW_FULL_DUPLEX);
	reg_write(e, E1000_CTRL, ctrl | CTRL_SLU | CTRL_ASDE | CTRL_FD);
}

/** 14.4: address filter, an empty ring, and go. Buffers are 2048 bytes to the NIC and end 64 bytes sooner in truth (PKT_DATA_MAX), but
 *  without LPE it discards what is longer than 1522 bytes, so it never writes there. */
static void start_receiver(const struct e1000 *e, const struct e1000_rings *r, const uint8_t *mac)
{
	reg_write(e, E1000_RAL0, mac[0] | mac[1] << 8 | mac[2] << 16 | (uint32_t)mac[3] << 24);
	reg_write(e, E1000_RAH0, mac[4] | mac[5] << 8 | RAH_AV);
	for (unsigned i = 0; i < E1000_MTA_WORDS; i++)
		reg_write(e, E1000_MTA + 4 * i, 0);
	reg_write(e, E1000_RXCSUM, RXCSUM_TUOFLD);
	reg_write(e, E1000_RDTR, 0);
	reg_write(e, E1000_RDBAL, dma_addr(r->rx));
	reg_write(e, E1000_RDBAH, 0);
	reg_write(e, E1000_RDLEN, sizeof(r->rx));
	reg_write(e, E1000_RDH, 0);
	reg_write(e, E1000_RDT, 0);
	reg_write(e, E1000_RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC);
}

/** 14.5. */
static void start_transmitter(const struct e1000 *e, const struct e1000_rings *r)
{
	reg_write(e, E1000_TDBAL, dma_addr(r->tx));
	reg_write(e, E1000_TDBAH, 0);
	reg_write(e, E1000_TDLEN, sizeof(r->tx));
	reg_write(e, E1000_TDH, 0);
	reg_write(e, E1000_TDT, 0);
	reg_write(e, E1000_TIPG, TIPG_GAP);
	reg_write(e, E1000_TCTL, TCTL_EN | TCTL_PSP | TCTL_CT | TCTL_COLD);
}

/** After a reset: both rings running, and empty. */
static void prepare(struct e1000 *e, const uint8_t *mac)
{
	memset(e->rings, 0, sizeof(*e->rings));
	set_link(e);
	start_transmitter(e, e->rings);
	start_receiver(e, e->rings, mac);
	e->ready = true;
}

static bool answers(const struct e1000 *e)
{
	return reg_read(e, E1000_STATUS) != 0xffffffff;
}

/* ---- probe and remove -------------------------------------------------------------------------------------------------------- */

static int e1000_probe(struct nic *nic)
{
	struct e1000 *e = heap_zalloc(sizeof(*e));
	int rc;

	if (!e)
		return fail(-ENOMEM, "e1000: no memory");
	e->rings = heap_alloc_aligned(sizeof(*e->rings), RINGS_ALIGN);
	if (!e->rings) {
		rc = fail(-ENOMEM, "e1000: no memory");
		goto err_rings;
	}
	e->regs = pci_map_bar(&nic->pci, 0);
	if (!e->regs || !answers(e)) {
		rc = fail(-EIO, "e1000: registers do not answer");
		goto err_regs;
	}
	e1000_reset(e);
	if (!e1000_read_mac(e, nic->mac)) {
		rc = fail(-EIO, "e1000: no MAC address in the EEPROM");
		goto err_regs;
	}
	prepare(e, nic->mac);
	nic->priv = e;
	return 0;
err_regs:
	heap_free(e->rings);
err_rings:
	heap_free(e);
	return rc;
}

static void e1000_remove(struct nic *nic)
{
	struct e1000 *e = nic->priv;

	nic_pci_enable(nic, false);
	e1000_reset(e);
	heap_free(e->rings);
	heap_free(e);
	nic->priv = NULL;
}

/* ---- open and close ---------------------------------------------------------------------------------------------------------- */

static int e1000_open(struct nic *nic)
{
	struct e1000 *e = nic->priv;

	nic_pci_enable(nic, true);
	if (!answers(e)) {
		nic_pci_restore(nic);
		return fail(-EIO, "e1000: registers do not answer");
	}
	if (!e->ready) {
		e1000_reset(e);
		prepare(e, nic->mac);
	}
	rx_refill(e->rings);
	if (!e->rings->rx_fill) {
		nic_pci_restore(nic);
		return fail(-ENOMEM, "e1000: no packet buffers");
	}
	rx_tell(e, e->rings);
	return 0;
}

static void e1000_close(struct nic *nic)
{
	struct e1000 *e = nic->priv;
	struct e1000_rings *r = e->rings;

	e1000_reset(e);
	e->ready = false;
	nic_pci_restore(nic);
	for (unsigned i = 0; i < RX_RING; i++)
		pkt_free(r->rx_pkt[i]);
	for (unsigned i = 0; i < TX_RING; i++)
		pkt_free(r->tx_pkt[i]);
	memset(r->rx_pkt, 0, sizeof(r->rx_pkt));        /* given back once, however often this is called */
	memset(r->tx_pkt, 0, sizeof(r->tx_pkt));
}

/* ---- frames ------------------------------------------------------------------------------------------------------------------ */

/** 3.2.3: is it one whole good frame? Lengths are checked though the NIC keeps them: no device writes past our buffer unnoticed. */
static bool rx_good(const struct e1000_rx_desc *d)
{
	return (d->status & RXD_EOP) && !(d->errors & RXD_ERROR_FRAME) && d->length >= FRAME_MIN && d->length <= PKT_DATA_MAX;
}

/** 3.2.9: the NIC computed the TCP or UDP checksum, and it was right. */
static bool rx_checksum_ok(const struct e1000_rx_desc *d)
{
	return (d->status & (RXD_IXSM | RXD_TCPCS)) == RXD_TCPCS && !(d->errors & RXD_ERROR_TCPE);
}

static struct pkt *e1000_receive(struct nic *nic)
{
	struct e1000_rings *r = ((struct e1000 *)nic->priv)->rings;

	while (r->rx_next != r->rx_told) {
		unsigned slot = r->rx_next % RX_RING;
		const struct e1000_rx_desc *d = &r->rx[slot];
		struct pkt *p = r->rx_pkt[slot];

		if (!(*(const volatile uint8_t *)&d->status & RXD_DD))
			return NULL;
		io_barrier();           /* the rest is read after DD */
		r->rx_next++;
		r->rx_pkt[slot] = NULL;
		if (rx_good(d)) {
			pkt_put(p, d->length);
			p->checksum_ok = rx_checksum_ok(d);
			nic->stats.rx++;
			return p;
		}
		nic->stats.rx_errors++;
		pkt_free(p);
	}
	return NULL;
}

static void tx_reap(struct e1000_rings *r)
{
	while (r->tx_done != r->tx_told) {
		unsigned slot = r->tx_done % TX_RING;

		if (!(*(const volatile uint8_t *)&r->tx[slot].status & TXD_DD))
			return;
		pkt_free(r->tx_pkt[slot]);
		r->tx_pkt[slot] = NULL;
		r->tx_done++;
	}
}

static int e1000_transmit(struct nic *nic, struct pkt *p)
{
	struct e1000_rings *r = ((struct e1000 *)nic->priv)->rings;
	unsigned slot;

	if (r->tx_fill - r->tx_done == TX_RING - 1)
		tx_reap(r);
	if (r->tx_fill - r->tx_done == TX_RING - 1) {
		nic->stats.tx_errors++;
		pkt_free(p);
		return -ENOBUFS;
	}
	slot = r->tx_fill++ % TX_RING;
	r->tx_pkt[slot] = p;
	r->tx[slot] = (struct e1000_tx_desc){
		.address = dma_addr(p->data), .length = (uint16_t)pkt_len(p), .command = TXD_EOP | TXD_IFCS | TXD_RS,
	};
	nic->stats.tx++;
	return 0;
}

static void e1000_kick(struct nic *nic)
{
	const struct e1000 *e = nic->priv;
	struct e1000_rings *r = e->rings;

	tx_reap(r);
	if (r->tx_fill != r->tx_told) {
		io_barrier();
		r->tx_told = r->tx_fill;
		reg_write(e, E1000_TDT, r->tx_told % TX_RING);
	}
	rx_refill(r);
	rx_tell(e, r);
}

static bool e1000_link_up(struct nic *nic)
{
	uint32_t status = reg_read(nic->priv, E1000_STATUS);

	return status != 0xffffffff && (status & STATUS_LU);
}

#define CAUSES (CAUSE_TXDW | CAUSE_RXDMT0 | CAUSE_RXO | CAUSE_RXT0)

static void e1000_interrupt(struct nic *nic, bool on)
{
	nic_pci_interrupt(nic, on);
	reg_write(nic->priv, on ? E1000_IMS : E1000_IMC, CAUSES);
}

static bool e1000_interrupt_cause(struct nic *nic)
{
	uint32_t cause = reg_read(nic->priv, E1000_ICR);

	return cause != 0xffffffff && (cause & CAUSES);
}

/** 13.5.1: a table with all its bits set lets everything pass. */
static void e1000_multicast(struct nic *nic, bool all)
{
	for (unsigned i = 0; i < E1000_MTA_WORDS; i++)
		reg_write(nic->priv, E1000_MTA + 4 * i, all ? 0xffffffff : 0);
}

static const struct nic_id e1000_ids[] = {
#define NIC_ID(vendor, device, name) { vendor, device, name },
#include "drivers/net/e1000_ids.h"
#undef NIC_ID
};

const struct nic_driver e1000_driver = {
	.name = "e1000", .ids = e1000_ids, .id_count = sizeof(e1000_ids) / sizeof(e1000_ids[0]),
	.probe = e1000_probe, .remove = e1000_remove, .open = e1000_open, .close = e1000_close,
	.receive = e1000_receive, .transmit = e1000_transmit, .kick = e1000_kick, .link_up = e1000_link_up,
	.interrupt = CONFIG_PXE ? e1000_interrupt : NULL, .interrupt_cause = CONFIG_PXE ? e1000_interrupt_cause : NULL,
	.multicast = CONFIG_PXE ? e1000_multicast : NULL,
};
