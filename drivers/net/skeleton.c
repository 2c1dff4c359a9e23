/* SPDX-License-Identifier: BSD-2-Clause */
/* A skeleton to start a driver from: it compiles, is in no list, and drives a card that does not exist.
 *
 * To make it a driver for yours: copy it to drivers/net/<name>.c; write the IDs into drivers/net/<name>_ids.h, one NIC_ID() a line;
 * name the struct at the end <name>_driver; add a line to drivers/net/list.c and one to config/drivers.h. Nothing else has to know.
 *
 * The card: registers in BAR 0, two rings of 16-byte descriptors. A descriptor belongs to the card while OWNED is set; the card clears it
 * when it has received into the buffer or sent it. Name the registers beside the sections of their datasheet. */
#include "core/clock.h"
#include "core/dma.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/io.h"
#include "core/string.h"
#include "drivers/net/probe.h"

enum {
	REG_CONTROL = 0x00,     /* datasheet 4.1 */
	REG_STATUS  = 0x04,     /* 4.2 */
	REG_DOORBELL = 0x08,    /* 4.3: look at the rings again */
	REG_RX_RING = 0x10,     /* 4.4: physical addresses */
	REG_TX_RING = 0x14,
	REG_MAC     = 0x18,     /* 4.5: six bytes */
};
enum { CONTROL_RESET = 1, CONTROL_RUN = 2, STATUS_LINK = 1 };
enum { DESC_OWNED = 1u << 31, DESC_ERROR = 1u << 30, DESC_LENGTH = 0xffff };

struct skeleton_desc { uint32_t address, reserved, length, flags; };

/* Ring sizes are powers of two, so that counters may run free. */
#define RX_RING 64
#define TX_RING 32

struct skeleton {
	volatile uint8_t *regs;
	struct skeleton_desc *rx, *tx;                  /* NULL when closed */
	struct pkt *rx_pkt[RX_RING], *tx_pkt[TX_RING];
	uint32_t rx_next, rx_fill;                      /* rx_next <= rx_fill <= rx_next + RX_RING */
	uint32_t tx_done, tx_fill;                      /* tx_done <= tx_fill <= tx_done + TX_RING */
	bool news;                                      /* descriptors that the card was not told of */
};

/** After this the card does no DMA and raises no interrupt. Wait with clock_delay_us(), and never for ever. */
static void skeleton_reset(const struct skeleton *s)
{
	mmio_write32(s->regs + REG_CONTROL, CONTROL_RESET);
	clock_delay_us(1000);
}

/* probe() finds registers and MAC and leaves the card silent. Decoding is on, bus mastering off. What it allocates, remove() frees; when it
 * fails it has freed everything itself. */
static int skeleton_probe(struct nic *nic)
{
	struct skeleton *s = heap_zalloc(sizeof(*s));

	if (!s)
		return fail(-ENOMEM, "skeleton: no memory");
	s->regs = pci_map_bar(&nic->pci, 0);
	if (!s->regs) {
		heap_free(s);
		return fail(-EIO, "skeleton: no registers");
	}
	skeleton_reset(s);
	for (unsigned i = 0; i < NIC_MAC_BYTES; i++)
		nic->mac[i] = mmio_read8(s->regs + REG_MAC + i);
	nic->priv = s;
	return 0;
}

static void skeleton_remove(struct nic *nic)
{
	heap_free(nic->priv);
	nic->priv = NULL;
}

/* Free slots get buffers, up to our share of the pool and as far as it has some; the rest come with a later kick(). Fields first, then
 * the owner. */
static void rx_refill(struct skeleton *s)
{
	struct pkt *p;

	while (s->rx_fill - s->rx_next < RX_RING && s->rx_fill - s->rx_next < nic_rx_share() && (p = pkt_alloc()) != NULL) {
		unsigned slot = s->rx_fill++ % RX_RING;

		s->rx_pkt[slot] = p;
		s->rx[slot].address = dma_addr(p->data);
		io_barrier();
		s->rx[slot].flags = DESC_OWNED;
		s->news = true;
	}
}

/* close() first stops the card, then frees what the card might have written to. It also serves open() as its undoing. */
static void skeleton_close(struct nic *nic)
{
	struct skeleton *s = nic->priv;

	skeleton_reset(s);
	nic_pci_restore(nic);
	for (unsigned i = 0; i < RX_RING; i++)
		pkt_free(s->rx_pkt[i]);
	for (unsigned i = 0; i < TX_RING; i++)
		pkt_free(s->tx_pkt[i]);
	heap_free(s->rx);
	heap_free(s->tx);
	*s = (struct skeleton){ .regs = s->regs };
}

/* open() does not touch a link that is up: autonegotiation takes seconds. */
static int skeleton_open(struct nic *nic)
{
	struct skeleton *s = nic->priv;

	nic_pci_enable(nic, true);
	skeleton_reset(s);
	s->rx = heap_alloc_aligned(RX_RING * sizeof(*s->rx), 4096);
	s->tx = heap_alloc_aligned(TX_RING * sizeof(*s->tx), 4096);
	if (!s->rx || !s->tx) {
		skeleton_close(nic);
		return fail(-ENOMEM, "skeleton: no memory for rings");
	}
	memset(s->rx, 0, RX_RING * sizeof(*s->rx));
	memset(s->tx, 0, TX_RING * sizeof(*s->tx));
	rx_refill(s);
	mmio_write32(s->regs + REG_RX_RING, dma_addr(s->rx));
	mmio_write32(s->regs + REG_TX_RING, dma_addr(s->tx));
	mmio_write32(s->regs + REG_CONTROL, CONTROL_RUN);
	return 0;
}

static uint32_t desc_flags(const struct skeleton_desc *d)
{
	return *(const volatile uint32_t *)&d->flags;
}

/* receive() looks at memory only: a register read costs an exit to the hypervisor, or a microsecond of the bus. Bad frames are counted. */
static struct pkt *skeleton_receive(struct nic *nic)
{
	struct skeleton *s = nic->priv;

	while (s->rx_next != s->rx_fill) {
		unsigned slot = s->rx_next % RX_RING;
		struct pkt *p = s->rx_pkt[slot];
		uint32_t flags = desc_flags(&s->rx[slot]), length;

		if (flags & DESC_OWNED)
			return NULL;
		io_barrier();           /* the length after the owner */
		length = s->rx[slot].length & DESC_LENGTH;
		s->rx_next++;
		s->rx_pkt[slot] = NULL;
		if (!(flags & DESC_ERROR) && length <= PKT_DATA_MAX) {
			pkt_put(p, length);
			p->checksum_ok = false;
			nic->stats.rx++;
			return p;
		}
		nic->stats.rx_errors++;
		pkt_free(p);
	}
	return NULL;
}

static void tx_reap(struct skeleton *s)
{
	while (s->tx_done != s->tx_fill && !(desc_flags(&s->tx[s->tx_done % TX_RING]) & DESC_OWNED)) {
		pkt_free(s->tx_pkt[s->tx_done % TX_RING]);
		s->tx_pkt[s->tx_done++ % TX_RING] = NULL;
	}
}

/* transmit() takes the packet, whatever happens; it is freed when the card has sent it. */
static int skeleton_transmit(struct nic *nic, struct pkt *p)
{
	struct skeleton *s = nic->priv;
	unsigned slot;

	if (s->tx_fill - s->tx_done == TX_RING)
		tx_reap(s);
	if (s->tx_fill - s->tx_done == TX_RING) {
		nic->stats.tx_errors++;
		pkt_free(p);
		return -ENOBUFS;
	}
	slot = s->tx_fill++ % TX_RING;
	s->tx_pkt[slot] = p;
	s->tx[slot].address = dma_addr(p->data);
	s->tx[slot].length = (uint32_t)pkt_len(p);
	io_barrier();
	s->tx[slot].flags = DESC_OWNED;
	s->news = true;
	nic->stats.tx++;
	return 0;
}

/* kick() ends a batch: one register write for all that was queued and all buffers that were given back. */
static void skeleton_kick(struct nic *nic)
{
	struct skeleton *s = nic->priv;

	tx_reap(s);
	rx_refill(s);
	if (!s->news)
		return;
	io_barrier();
	mmio_write32(s->regs + REG_DOORBELL, 1);
	s->news = false;
}

static bool skeleton_link_up(struct nic *nic)
{
	const struct skeleton *s = nic->priv;

	return mmio_read32(s->regs + REG_STATUS) & STATUS_LINK;
}

/* A real driver includes its <name>_ids.h here, as drivers/net/e1000.c does. */
static const struct nic_id skeleton_ids[] = { { 0xffff, 0xffff, "skeleton" } };

extern const struct nic_driver skeleton_driver;         /* yours is declared in drivers/net/list.c */
const struct nic_driver skeleton_driver = {
	.name = "skeleton", .ids = skeleton_ids, .id_count = sizeof(skeleton_ids) / sizeof(skeleton_ids[0]),
	.probe = skeleton_probe, .remove = skeleton_remove, .open = skeleton_open, .close = skeleton_close,
	.receive = skeleton_receive, .transmit = skeleton_transmit, .kick = skeleton_kick, .link_up = skeleton_link_up,
};
