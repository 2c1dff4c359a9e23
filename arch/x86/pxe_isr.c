/* SPDX-License-Identifier: BSD-2-Clause */
/* UNDI_ISR (PXE 2.1): received frames, one a call, by interrupt or by polling.
 *
 * START, from the caller's interrupt handler: was it ours? The NIC is silenced then. PROCESS and GET_NEXT, outside of it: one
 * event each until there are none (DONE), when the NIC may interrupt again. A caller that polls leaves START out. */
#include "arch/x86/pxe_undi.h"

#include "core/pxe_params.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_wait.h"
#include "build/layout.h"
#include "core/string.h"
#include "net/netif.h"

enum {
	ETH_HEADER_BYTES = 14, ETH_TYPE_AT = 12,
	BUFFERS_HELD_MAX = 32,          /* frames after which the NIC gets its buffers back though more are waiting */
};

static void allow_interrupt(bool on)
{
	struct nic *nic = pxe_state.netif->nic;

	if (nic->driver->interrupt && pxe_state.unmasked != on)
		nic->driver->interrupt(nic, on);
	pxe_state.unmasked = on;
}

void pxe_undi_end(void)
{
	if (!pxe_state.undi_open)
		return;
	if (pxe_netif())
		allow_interrupt(false);
	pkt_free(pxe_state.waiting);
	pxe_state.waiting = NULL;
	pxe_state.transmitted = 0;
	pxe_state.undi_open = false;
}

/** Is there a frame? It stays for next_frame(). */
static bool frame_waits(void)
{
	struct nic *nic = pxe_state.netif->nic;

	if (!pxe_state.waiting)
		pxe_state.waiting = nic->driver->receive(nic);
	return pxe_state.waiting != NULL;
}

static void give_buffers_back(void)
{
	struct nic *nic = pxe_state.netif->nic;

	pxe_state.held = 0;
	nic->driver->kick(nic);
}

/** Was the interrupt ours? A NIC that gives none is asked for frames. */
static uint16_t start(void)
{
	struct nic *nic = pxe_state.netif->nic;
	bool ours = nic->driver->interrupt_cause ? nic->driver->interrupt_cause(nic) && pxe_state.unmasked : frame_waits();

	if (ours)
		allow_interrupt(false);
	return ours ? PXE_ISR_OUT_OURS : PXE_ISR_OUT_NOT_OURS;
}

static uint8_t protocol_of(const uint8_t *frame)
{
	switch (frame[ETH_TYPE_AT] << 8 | frame[ETH_TYPE_AT + 1]) {
	case 0x0800: return PXE_PROTOCOL_IP;
	case 0x0806: return PXE_PROTOCOL_ARP;
	case 0x8035: return PXE_PROTOCOL_RARP;
	default: return PXE_PROTOCOL_OTHER;
	}
}

static uint8_t kind_of(const uint8_t *frame)
{
	static const uint8_t broadcast[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	return !(frame[0] & 1) ? PXE_PACKET_DIRECTED :
	       memcmp(frame, broadcast, sizeof(broadcast)) == 0 ? PXE_PACKET_BROADCAST : PXE_PACKET_MULTICAST;
}

/** Put the waiting frame where the caller can read it. False: it is none that a caller could take. */
static bool show_frame(struct pxe_undi_isr *isr)
{
	struct pkt *p = pxe_state.waiting;
	size_t len = pkt_len(p);
	bool fits = len >= ETH_HEADER_BYTES && len <= PXE_FRAME_LEN;
	uint16_t segment, offset;

	if (fits) {
		memcpy(pxe_frame_buffer(&segment, &offset), p->data, len);
		isr->buffer_len = isr->frame_len = (uint16_t)len;
		isr->header_len = ETH_HEADER_BYTES;
		isr->frame = (struct pxe_far){ offset, segment };
		isr->protocol = protocol_of(p->data);
		isr->packet_type = kind_of(p->data);
	}
	pkt_free(p);
	pxe_state.waiting = NULL;
	if (++pxe_state.held == BUFFERS_HELD_MAX)
		give_buffers_back();
	return fits;
}

/** The next event: a frame has been sent, a frame has come, or there is nothing more. */
static uint16_t next_event(struct pxe_undi_isr *isr)
{
	if (pxe_state.transmitted) {
		pxe_state.transmitted--;
		return PXE_ISR_OUT_TRANSMIT;
	}
	do {
		while (frame_waits()) {
			allow_interrupt(false);
			if (show_frame(isr))
				return PXE_ISR_OUT_RECEIVE;
		}
		give_buffers_back();
		allow_interrupt(true);
	} while (frame_waits());                /* what came in between raises none */
	return PXE_ISR_OUT_DONE;
}

uint16_t pxe_undi_isr(void *block)
{
	struct pxe_undi_isr *isr = block;

	if (!pxe_netif() || !pxe_state.undi_open)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	switch (isr->function) {
	case PXE_ISR_IN_START:
		isr->function = start();
		return PXENV_STATUS_SUCCESS;
	case PXE_ISR_IN_PROCESS:
	case PXE_ISR_IN_GET_NEXT:
		isr->function = next_event(isr);
		return PXENV_STATUS_SUCCESS;
	default:
		return PXENV_STATUS_UNDI_INVALID_PARAMETER;
	}
}
