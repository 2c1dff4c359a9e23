/* SPDX-License-Identifier: BSD-2-Clause */
/* UNDI: the NIC by the 16-bit driver of the PXE stack that loaded us (PXE 2.1), through core/undi.h.
 *
 * A stack reports frames by its interrupt, or says on being asked that there was one, or says nothing and has a frame all the same: so
 * each poll asks (UNDI_ISR START), and what came is fetched (PROCESS, GET_NEXT until DONE) when it says so, when the interrupt was noted,
 * and every few polls besides. */
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "core/undi.h"
#include "drivers/net/probe.h"

#define FRAME_MIN 14
#define FRAME_MAX 1514
#define QUIET_POLLS 16          /* a stack that says "not mine" is not believed more often than this in a row */
#define REPORTS_MAX 64          /* reports in one go; a stack that never says DONE does not keep us for ever */
#define FULL_RETRIES 8

struct undi {
	bool interrupt;         /* the line is hooked */
	bool fetching;          /* between PROCESS and DONE */
	unsigned irq;
	unsigned quiet;         /* polls since something was fetched */
	struct pkt *partial;    /* a frame of which more is to come */
};

static bool undi_knows(const struct pci_device *pci)
{
	struct pci_device ours;

	return undi_device(&ours) && ours.bus == pci->bus && ours.slot == pci->slot && ours.function == pci->function;
}

/** A call that has no parameters but the status. */
static uint16_t call_plain(uint16_t opcode)
{
	struct pxe_plain block = { 0 };

	return undi_call(opcode, &block, sizeof(block));
}

/** Bring the adapter up. A stack that has done so refuses one of these, which is why only the call after them decides. */
static int start_adapter(struct pxe_undi_get_information *info)
{
	struct pxe_undi_initialize initialize = { 0 };
	uint16_t status;

	call_plain(PXE_UNDI_STARTUP);
	undi_call(PXE_UNDI_INITIALIZE, &initialize, sizeof(initialize));
	status = undi_call(PXE_UNDI_GET_INFORMATION, info, sizeof(*info));
	return status ? fail(-EIO, "undi: UNDI_GET_INFORMATION: PXE status %x", status) : 0;
}

static int undi_probe(struct nic *nic)
{
	struct pxe_undi_get_information info = { 0 };
	struct undi *u;
	int rc = start_adapter(&info);

	if (rc != 0)
		return rc;
	if (info.hardware_address_len != NIC_MAC_BYTES)
		return fail(-EIO, "undi: an address of %u bytes", info.hardware_address_len);
	u = heap_zalloc(sizeof(*u));
	if (!u)
		return fail(-ENOMEM, "undi: no memory");
	memcpy(nic->mac, info.current_address, NIC_MAC_BYTES);
	if (info.mtu >= 576 && info.mtu < nic->mtu)
		nic->mtu = info.mtu;
	u->irq = info.interrupt;
	nic->priv = u;
	return 0;
}

static void undi_remove(struct nic *nic)
{
	heap_free(nic->priv);
	nic->priv = NULL;
}

static int undi_open(struct nic *nic)
{
	struct undi *u = nic->priv;
	struct pxe_undi_open open = { .packet_filter = PXE_FILTER_DIRECTED | PXE_FILTER_BROADCAST };
	uint16_t status;

	call_plain(PXE_UNDI_CLOSE);                 /* the stack may have it open, with another filter */
	status = undi_call(PXE_UNDI_OPEN, &open, sizeof(open));
	if (status)
		return fail(-EIO, "undi: UNDI_OPEN: PXE status %x", status);
	*u = (struct undi){ .irq = u->irq, .interrupt = u->irq > 0 && u->irq < 16 };
	if (u->interrupt)
		undi_interrupt_open(u->irq);
	return 0;
}

/** Append what @isr points to, one piece of a frame, to the frame that has begun. False: it is no frame, and nothing is held. */
static bool take_piece(struct undi *u, const struct pxe_undi_isr *isr)
{
	const uint8_t *bytes = undi_bytes(isr->frame, isr->buffer_len);
	uint8_t *to;

	if (!u->partial)
		u->partial = pkt_alloc();
	if (!u->partial)
		return false;
	to = bytes && isr->frame_len <= FRAME_MAX ? pkt_put(u->partial, isr->buffer_len) : NULL;
	if (to && pkt_len(u->partial) <= isr->frame_len) {
		memcpy(to, bytes, isr->buffer_len);
		return true;
	}
	pkt_free(u->partial);
	u->partial = NULL;
	return false;
}

/** What one report brought: a whole frame, or NULL. */
static struct pkt *take_frame(struct nic *nic, const struct pxe_undi_isr *isr)
{
	struct undi *u = nic->priv;
	struct pkt *p;

	if (!take_piece(u, isr)) {
		nic->stats.rx_errors++;
		return NULL;
	}
	p = u->partial;
	if (pkt_len(p) < isr->frame_len)
		return NULL;
	u->partial = NULL;
	if (pkt_len(p) < FRAME_MIN) {
		pkt_free(p);
		nic->stats.rx_errors++;
		return NULL;
	}
	p->checksum_ok = false;
	nic->stats.rx++;
	return p;
}

static bool isr_call(struct pxe_undi_isr *isr, uint16_t function)
{
	*isr = (struct pxe_undi_isr){ .function = function };
	return undi_call(PXE_UNDI_ISR, isr, sizeof(*isr)) == 0;
}

/** Is there something to fetch? */
static bool something_came(struct undi *u)
{
	struct pxe_undi_isr isr;
	bool ours = isr_call(&isr, PXE_ISR_IN_START) && isr.function == PXE_ISR_OUT_OURS;

	return ours || undi_interrupt_came() || u->quiet++ >= QUIET_POLLS;
}

static void fetched_all(struct undi *u)
{
	u->fetching = false;
	undi_interrupt_done();
}

static struct pkt *undi_receive(struct nic *nic)
{
	struct undi *u = nic->priv;
	uint16_t function = PXE_ISR_IN_GET_NEXT;
	struct pxe_undi_isr isr;
	struct pkt *p;

	if (!u->fetching) {
		if (!something_came(u))
			return NULL;
		u->fetching = true;
		u->quiet = 0;
		function = PXE_ISR_IN_PROCESS;
	}
	for (unsigned reports = 0; reports < REPORTS_MAX; reports++, function = PXE_ISR_IN_GET_NEXT) {
		if (!isr_call(&isr, function) || isr.function == PXE_ISR_OUT_DONE || isr.function == PXE_ISR_OUT_BUSY) {
			fetched_all(u);
			return NULL;
		}
		p = isr.function == PXE_ISR_OUT_RECEIVE ? take_frame(nic, &isr) : NULL;
		if (p)
			return p;
	}
	fetched_all(u);
	return NULL;
}

static void undi_close(struct nic *nic)
{
	struct undi *u = nic->priv;
	struct pkt *p;

	for (unsigned i = 0; u->fetching && i < REPORTS_MAX; i++) {     /* UNDI_CLOSE in the middle of reports confuses some stacks */
		p = undi_receive(nic);
		pkt_free(p);
	}
	call_plain(PXE_UNDI_CLOSE);
	if (u->interrupt)
		undi_interrupt_close();
	pkt_free(u->partial);
	*u = (struct undi){ .irq = u->irq };
}

/** Send @p. A stack whose buffers are full says so until it has seen the interrupt of a frame sent. */
static uint16_t send(const struct pkt *p)
{
	struct pxe_undi_transmit transmit = { 0 };
	struct pxe_tbd buffer = { .immediate_len = (uint16_t)pkt_len(p) };
	uint16_t status = 0;

	for (unsigned tries = 0; tries < FULL_RETRIES; tries++) {
		buffer.immediate = undi_share(sizeof(buffer), p->data, pkt_len(p));
		transmit = (struct pxe_undi_transmit){ .tbd = undi_share(0, &buffer, sizeof(buffer)) };
		status = undi_call(PXE_UNDI_TRANSMIT, &transmit, sizeof(transmit));
		if (!status)
			return 0;
	}
	return status;
}

static int undi_transmit(struct nic *nic, struct pkt *p)
{
	uint16_t status = pkt_len(p) <= FRAME_MAX ? send(p) : 1;

	pkt_free(p);
	if (status) {
		nic->stats.tx_errors++;
		return -ENOBUFS;
	}
	nic->stats.tx++;
	return 0;
}

/* Each frame went out at once. */
static void undi_kick(struct nic *nic)
{
}

/* UNDI does not say: a link that is down shows in nobody answering. */
static bool undi_link_up(struct nic *nic)
{
	return true;
}

extern const struct nic_driver undi_driver;
const struct nic_driver undi_driver = {
	.name = "undi", .knows = undi_knows, .probe = undi_probe, .remove = undi_remove, .open = undi_open, .close = undi_close,
	.receive = undi_receive, .transmit = undi_transmit, .kick = undi_kick, .link_up = undi_link_up,
};
