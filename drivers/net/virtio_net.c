/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio-net, legacy and 1.x (Virtual I/O Device 1.1, 5.1), polled: one receive and one transmit queue.
 *
 * Every frame has a header in front. On the way in it lies in the packet's headroom right before the frame, so that p->data is the
 * Ethernet header. On the way out one header of zeros serves all frames, from a descriptor of its own. Short frames are sent as they
 * are; whoever puts them on a wire pads them.
 * Offloads are for what we receive: the device need not compute checksums (GUEST_CSUM), and where it can merge TCP segments into
 * frames of up to 64 KiB (GUEST_TSO4) the ring has large packets, each of which holds any frame whole. A NIC opened plain has neither.
 * A notification costs an exit to the hypervisor: receive buffers are handed back half a ring at a time, and the device says whether it
 * wants to hear of them. Not supported: offloads for what we send, several queues. */
#include "config/features.h"
#include "config/net.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/random.h"
#include "core/string.h"
#include "drivers/net/probe.h"
#include "drivers/net/virtio_pci.h"
#include "drivers/net/virtio_queue.h"

/* 5.1.3 feature bits */
#define NET_F_GUEST_CSUM (1u << 1)
#define NET_F_MTU        (1u << 3)
#define NET_F_MAC        (1u << 5)
#define NET_F_GUEST_TSO4 (1u << 7)
#define NET_F_MRG_RXBUF  (1u << 15)
#define NET_F_STATUS     (1u << 16)
#define NET_PLAIN        (NET_F_MAC | NET_F_STATUS | VIRTIO_F_ANY_LAYOUT | VIRTIO_F_EVENT_IDX)
#define NET_MERGING      (NET_F_GUEST_CSUM | NET_F_GUEST_TSO4 | NET_F_MRG_RXBUF)         /* all of them or none */

/* 5.1.6 the header */
enum { HDR_FLAGS = 0, HDR_NUM_BUFFERS = 10 };
enum { HDR_NEEDS_CSUM = 1, HDR_DATA_VALID = 2 };

enum { CONFIG_MAC = 0, CONFIG_STATUS = 6, CONFIG_MTU = 10 };    /* 5.1.4 */
enum { STATUS_LINK_UP = 1 };
enum { QUEUE_RX = 0, QUEUE_TX = 1 };                            /* 5.1.2 */

#define HEADER_SHORT 10         /* without num_buffers, which only MRG_RXBUF and VERSION_1 bring */
#define HEADER_BYTES 12
#define QUEUE_MAX 1024          /* entries we use of a 1.x device's queue */
#define LARGE_MIN 8             /* large packets that are worth a ring */
#define KICKS_HELD_MAX 4        /* times that frames to send may wait for received ones to be taken */
#define FRAME_MIN 14            /* less than an Ethernet header is not a frame */
#define MTU_DEFAULT 1500
#define MTU_MIN 68              /* RFC 791 */

struct net_queue {
	struct virtqueue ring;
	uint32_t notify_offset;
};

struct virtio_net {
	struct virtio virtio;
	struct net_queue rx, tx;
	uint32_t offered;               /* the device's feature bits */
	bool checksums;                 /* GUEST_CSUM was negotiated */
	unsigned large;                 /* large packets that exist for us, while merging; else 0 */
	unsigned rx_buffers;            /* receive buffers that we try to keep in the ring */
	unsigned rx_skip;               /* buffers to come that belong to a frame we refused */
	unsigned kicks_held;            /* since frames to send were last shown to the device */
	bool has_status;                /* the device reports its link */
	unsigned header_bytes;
	uint8_t header[HEADER_BYTES];   /* zeros, in front of every frame sent */
};

/* ---- probe and remove -------------------------------------------------------------------------------------------------------- */

/** The device's address, or a random one, locally administered (5.1.5). */
static void read_mac(const struct virtio *v, uint32_t features, uint8_t *mac)
{
	for (unsigned i = 0; i < NIC_MAC_BYTES; i++)
		mac[i] = features & NET_F_MAC ? virtio_config8(v, CONFIG_MAC + i) : (uint8_t)random_u32();
	if (!(features & NET_F_MAC))
		mac[0] = (uint8_t)((mac[0] & 0xfc) | 2);
}

static uint16_t read_mtu(const struct virtio *v, uint32_t features)
{
	uint16_t mtu = features & NET_F_MTU ? virtio_config16(v, CONFIG_MTU) : MTU_DEFAULT;

	return mtu < MTU_MIN || mtu > MTU_DEFAULT ? MTU_DEFAULT : mtu;
}

static int virtio_net_probe(struct nic *nic)
{
	struct virtio_net *n = heap_zalloc(sizeof(*n));
	int rc;

	if (!n)
		return fail(-ENOMEM, "virtio: no memory");
	if ((rc = virtio_open(&n->virtio, &nic->pci)) != 0)
		goto err_open;
	n->offered = virtio_features(&n->virtio);
	read_mac(&n->virtio, n->offered, nic->mac);
	nic->mtu = read_mtu(&n->virtio, n->offered);
	nic->priv = n;
	return 0;
err_open:
	heap_free(n);
	return rc;
}

static void virtio_net_remove(struct nic *nic)
{
	heap_free(nic->priv);
	nic->priv = NULL;
}

/* ---- open and close ---------------------------------------------------------------------------------------------------------- */

/** Is the ring one of large packets? */
static bool merging(const struct virtio_net *n)
{
	return CONFIG_MERGING && n->large;
}

/** Give free slots buffers, up to our share, as far as the pool has some. */
static void rx_refill(struct virtio_net *n)
{
	struct virtqueue *q = &n->rx.ring;
	struct pkt *p;

	while (q->free_count > q->slots - n->rx_buffers && (p = merging(n) ? pkt_alloc_large() : pkt_alloc()) != NULL) {
		phys_t header = dma_addr(p->data) - n->header_bytes;
		uint32_t room = (uint32_t)(p->end - p->data);
		struct virtio_buffer buffers[2] = { { header, n->header_bytes + room } };

		if (q->per_slot == 2) {
			buffers[0].length = n->header_bytes;
			buffers[1] = (struct virtio_buffer){ header + n->header_bytes, room };
		}
		virtqueue_add(q, p, buffers, true);
	}
}

static void publish(const struct virtio_net *n, struct net_queue *q, unsigned index)
{
	if (virtqueue_publish(&q->ring))
		virtio_notify(&n->virtio, index, q->notify_offset);
}

static int queue_open(const struct virtio_net *n, struct net_queue *q, unsigned index, unsigned per_slot, bool event_index)
{
	unsigned size = virtio_queue_size(&n->virtio, index);
	struct virtio_queue_place place;

	if (n->virtio.modern && size > QUEUE_MAX)
		size = QUEUE_MAX;
	if (size < per_slot || (size & (size - 1)) || size > 32768)
		return fail(-EIO, "virtio: queue %u has %u entries", index, size);
	if (!virtqueue_open(&q->ring, size, per_slot, event_index))
		return fail(-ENOMEM, "virtio: no memory for queue %u", index);
	place = virtqueue_place(&q->ring);
	q->notify_offset = virtio_queue_start(&n->virtio, index, size, &place);
	return 0;
}

/** Have large packets, enough of them or none. */
static void large_open(struct virtio_net *n)
{
	n->large = pkt_large_open(CONFIG_LARGE_PACKETS);
	if (n->large < LARGE_MIN) {
		pkt_large_close(n->large);
		n->large = 0;
	}
}

/** The features to ask for. Merging needs all of its own, and packets: 5.1.6.3.1 wants buffers that hold any frame, or MRG_RXBUF; with
 *  both no frame is spread over two. */
static uint32_t wanted_features(struct virtio_net *n, bool plain)
{
	if (plain)
		return NET_PLAIN;
	if (CONFIG_MERGING && (n->offered & NET_MERGING) == NET_MERGING)
		large_open(n);
	return NET_PLAIN | (merging(n) ? NET_MERGING : NET_F_GUEST_CSUM);
}

/** 5.1.5, device initialization. */
static int start(struct virtio_net *n, bool plain)
{
	uint32_t features;
	bool one_buffer, events;
	int rc = virtio_negotiate(&n->virtio, wanted_features(n, plain), &features);

	if (rc != 0)
		return rc;
	n->has_status = features & NET_F_STATUS;
	n->checksums = features & NET_F_GUEST_CSUM;
	n->header_bytes = n->virtio.modern || merging(n) ? HEADER_BYTES : HEADER_SHORT;
	n->rx_skip = 0;
	/* 2.6.4: an old device insists on a descriptor of its own for the header */
	one_buffer = n->virtio.modern || features & VIRTIO_F_ANY_LAYOUT;
	events = features & VIRTIO_F_EVENT_IDX;
	if ((rc = queue_open(n, &n->rx, QUEUE_RX, one_buffer ? 1 : 2, events)) != 0)
		return rc;
	if ((rc = queue_open(n, &n->tx, QUEUE_TX, 2, events)) != 0)
		return rc;
	n->rx_buffers = merging(n) ? n->large : nic_rx_share();
	if (n->rx_buffers > n->rx.ring.slots)
		n->rx_buffers = n->rx.ring.slots;
	rx_refill(n);
	if (!n->rx.ring.added)
		return fail(-ENOMEM, "virtio: no packet buffers");
	virtio_start(&n->virtio);
	publish(n, &n->rx, QUEUE_RX);
	return 0;
}

static void virtio_net_close(struct nic *nic)
{
	struct virtio_net *n = nic->priv;

	virtio_reset(&n->virtio);
	nic_pci_restore(nic);
	virtqueue_close(&n->rx.ring);
	virtqueue_close(&n->tx.ring);
	if (merging(n))
		pkt_large_close(n->large);
	n->large = 0;
}

static int virtio_net_open(struct nic *nic)
{
	int rc;

	nic_pci_enable(nic, true);
	rc = start(nic->priv, nic->plain);
	if (rc != 0)
		virtio_net_close(nic);
	return rc;
}

/* ---- frames ------------------------------------------------------------------------------------------------------------------ */

/** 5.1.6.4: while merging, is this buffer a frame of its own? A frame that goes on in the next ones did not fill this, for this has room
 *  for any: it is refused with all of them. */
static bool rx_whole(struct virtio_net *n, const uint8_t *header)
{
	unsigned buffers = header[HDR_NUM_BUFFERS] | header[HDR_NUM_BUFFERS + 1] << 8;

	if (n->rx_skip) {
		n->rx_skip--;
		return false;
	}
	if (buffers > 1)
		n->rx_skip = buffers - 1;
	return buffers == 1;
}

static bool rx_good(struct virtio_net *n, const struct pkt *p, const uint8_t *header, uint32_t written)
{
	bool whole = !merging(n) || rx_whole(n, header);

	return whole && written >= n->header_bytes + FRAME_MIN && written - n->header_bytes <= (uint32_t)(p->end - p->data);
}

static struct pkt *virtio_net_receive(struct nic *nic)
{
	struct virtio_net *n = nic->priv;
	uint32_t written;
	struct pkt *p;

	while ((p = virtqueue_take(&n->rx.ring, &written)) != NULL) {
		const uint8_t *header = p->data - n->header_bytes;

		if (rx_good(n, p, header, written)) {
			pkt_put(p, written - n->header_bytes);
			/* a sender on this host left it out, or the device has checked it */
			p->checksum_ok = n->checksums && (header[HDR_FLAGS] & (HDR_NEEDS_CSUM | HDR_DATA_VALID));
			nic->stats.rx++;
			return p;
		}
		nic->stats.rx_errors++;
		pkt_free(p);
	}
	return NULL;
}

static void tx_reap(struct virtio_net *n)
{
	uint32_t written;
	struct pkt *p;

	while ((p = virtqueue_take(&n->tx.ring, &written)) != NULL)
		pkt_free(p);
}

static int virtio_net_transmit(struct nic *nic, struct pkt *p)
{
	struct virtio_net *n = nic->priv;
	struct virtio_buffer buffers[2];

	if (!n->tx.ring.free_count)
		tx_reap(n);
	if (!n->tx.ring.free_count) {
		nic->stats.tx_errors++;
		pkt_free(p);
		return -ENOBUFS;
	}
	buffers[0] = (struct virtio_buffer){ dma_addr(n->header), n->header_bytes };
	buffers[1] = (struct virtio_buffer){ dma_addr(p->data), (uint32_t)pkt_len(p) };
	virtqueue_add(&n->tx.ring, p, buffers, false);
	nic->stats.tx++;
	return 0;
}

/* While received frames wait, the next kick() is near: what was queued may go with it. That thins out the notifications where they are
 * many, in a fast download, and costs nothing where there is time. A device that has run dry gets half its buffers at a time. */
static void virtio_net_kick(struct nic *nic)
{
	struct virtio_net *n = nic->priv;
	struct virtqueue *rx = &n->rx.ring;
	bool waiting = rx->taken != rx->used->index;

	tx_reap(n);
	if (!waiting || ++n->kicks_held == KICKS_HELD_MAX) {
		n->kicks_held = 0;
		publish(n, &n->tx, QUEUE_TX);
	}
	rx_refill(n);
	if (!waiting || (uint16_t)(rx->added - rx->published) >= n->rx_buffers / 2)
		publish(n, &n->rx, QUEUE_RX);
}

static bool virtio_net_link_up(struct nic *nic)
{
	const struct virtio_net *n = nic->priv;

	return !n->has_status || (virtio_config16(&n->virtio, CONFIG_STATUS) & STATUS_LINK_UP);
}

static void virtio_net_interrupt(struct nic *nic, bool on)
{
	struct virtio_net *n = nic->priv;

	nic_pci_interrupt(nic, on);
	virtqueue_interrupt(&n->rx.ring, on);
}

static bool virtio_net_interrupt_cause(struct nic *nic)
{
	return virtio_interrupt_cause(&((struct virtio_net *)nic->priv)->virtio);
}

static const struct nic_id virtio_net_ids[] = {
#define NIC_ID(vendor, device, name) { vendor, device, name },
#include "drivers/net/virtio_net_ids.h"
#undef NIC_ID
};

const struct nic_driver virtio_net_driver = {
	.name = "virtio-net", .ids = virtio_net_ids, .id_count = sizeof(virtio_net_ids) / sizeof(virtio_net_ids[0]),
	.probe = virtio_net_probe, .remove = virtio_net_remove, .open = virtio_net_open, .close = virtio_net_close,
	.receive = virtio_net_receive, .transmit = virtio_net_transmit, .kick = virtio_net_kick, .link_up = virtio_net_link_up,
	.interrupt = CONFIG_PXE ? virtio_net_interrupt : NULL, .interrupt_cause = CONFIG_PXE ? virtio_net_interrupt_cause : NULL,
	.offloads = true,
};
