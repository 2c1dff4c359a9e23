/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract between a NIC's driver and everyone else.
 *
 * Lifecycle: probe() once per PCI function (finds registers, reads the MAC; the NIC is left silent) - open() - receive(),
 * transmit(), kick() while open - close() (all DMA stopped, the NIC reset) - open() may follow again - remove() (the function's PCI
 * command register is put back as probe() found it). Polled; interrupts are for a PXE program that has its own stack. Drivers keep their own
 * state in nic->priv. */
#ifndef NET_NIC_H
#define NET_NIC_H

#include <stdbool.h>
#include <stdint.h>
#include "core/pci.h"
#include "net/pkt.h"

#define NIC_MAC_BYTES 6

/* Why frames were lost, as far as the driver knows. */
struct nic_stats { uint32_t rx, tx, rx_errors, tx_errors; };

struct nic {
	const struct nic_driver *driver;
	struct pci_device pci;
	uint16_t pci_command;               /* the command register as probe() found it */
	uint8_t mac[NIC_MAC_BYTES];         /* set by probe() */
	uint16_t mtu;                       /* largest IP packet the NIC carries; 1500 unless it says otherwise */
	bool plain;                         /* set before open(), by netif_open_plain(): frames come as on the wire, whole and with their checksums */
	struct nic_stats stats;
	void *priv;                         /* the driver's, allocated by probe(), freed by remove() */
};

struct nic_id { uint16_t vendor, device; const char *name; };

struct nic_driver {
	const char *name;                   /* "e1000" */
	const struct nic_id *ids;
	unsigned id_count;

	/** Is this function ours and alive? Fills @nic->mac, mtu, priv. -ENODEV when not; -EIO dead hardware, -ENOMEM (with fail()). */
	int (*probe)(struct nic *nic);
	/** Undo probe(). */
	void (*remove)(struct nic *nic);

	/** Allocate rings, fill the receive ring from the packet pool, start. Never restarts autonegotiation on a link that is up.
	 *  Unless @nic->plain, the NIC may merge TCP segments into large packets, and hand over packets whose TCP or UDP checksum nobody
	 *  computed (checksum_ok): good for our own stack. Whoever hands frames on to others opens plain.
	 *  Errors: -ENOMEM, -EIO (with fail()); then nothing is left running or allocated. */
	int (*open)(struct nic *nic);
	/** Stop all DMA, reset the NIC, give every packet and ring back. */
	void (*close)(struct nic *nic);

	/** The next received frame (without CRC; at most PKT_DATA_MAX bytes, a merged one PKT_LARGE_DATA_MAX), which becomes the caller's,
	 *  or NULL. Looks at descriptors in memory only: reads no device register. Refills the ring from the pool as it goes; the device
	 *  learns of it by kick(). */
	struct pkt *(*receive)(struct nic *nic);
	/** Queue a frame (at least 14 bytes, at most mtu + 18; short ones are padded by the NIC or driver). Takes @p in every case.
	 *  -ENOBUFS when the ring is full (counted in tx_errors). The device learns of it by kick(). Completed frames are freed here. */
	int (*transmit)(struct nic *nic, struct pkt *p);
	/** Tell the device about new transmit and receive descriptors, once per batch; free what was sent. Cheap when there are none. */
	void (*kick)(struct nic *nic);

	/** Is the link up? Reads a register: call it a few times a second at most. */
	bool (*link_up)(struct nic *nic);

	/* What a PXE program may want; each of these may be NULL. While open only. */
	/** Let the NIC raise its PCI interrupt for frames received and sent, or not; open() leaves it off. */
	void (*interrupt)(struct nic *nic, bool on);
	/** Read the cause of the interrupt, which acknowledges it: was it ours? NULL where interrupt() is. */
	bool (*interrupt_cause)(struct nic *nic);
	/** Receive every multicast frame, or none; open() leaves it at none. NULL: they all come at any time. */
	void (*multicast)(struct nic *nic, bool all);
	bool offloads;                      /* opened plain or not makes a difference */

	/** Instead of IDs: is @pci the function it drives, through others who own its registers? They are left alone then. NULL: by IDs. */
	bool (*knows)(const struct pci_device *pci);
};

/** The drivers in this build, NULL-terminated; the first that knows an ID wins. drivers/net/list.c */
extern const struct nic_driver *const nic_drivers[];

#endif
