/* SPDX-License-Identifier: BSD-2-Clause */
/* UNDI's states, transmitting, and what a caller asks about the NIC. See arch/x86/pxe_undi.h. */
#include "arch/x86/pxe_undi.h"

#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_wait.h"
#include "core/string.h"
#include "net/netif.h"

enum {
	ETH_HEADER_BYTES = 14,
	HARDWARE_ETHERNET = 1,                          /* RFC 1700 */
	NIC_BUFFERS = 32,                               /* as we tell; the rings are deeper */
	SPEED_BPS = 1000000000,
};
/* GET_IFACE_INFO's service flags */
enum {
	CAN_BROADCAST = 1, CAN_MULTICAST = 2, CAN_STATISTICS = 0x20, CAN_RESET = 0x400, CAN_OPEN_CLOSE = 0x800, CAN_INTERRUPT = 0x1000,
};

static struct nic *nic(void)
{
	return pxe_state.netif->nic;
}

/* ---- states ------------------------------------------------------------------------------------------------------------------------ */

/** The NIC runs, after a shutdown too; our stack has no address then. */
static uint16_t run(void)
{
	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	return netif_open(pxe_state.netif, pxe_now()) == 0 ? PXENV_STATUS_SUCCESS : PXENV_STATUS_UNDI_CANNOT_INITIALIZE_NIC;
}

uint16_t pxe_undi_startup(void *block)
{
	(void)block;
	return pxe_state.netif ? PXENV_STATUS_SUCCESS : PXENV_STATUS_UNDI_INVALID_STATE;
}

uint16_t pxe_undi_initialize(void *block)
{
	(void)block;
	return run();
}

uint16_t pxe_undi_shutdown(void *block)
{
	(void)block;
	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	pxe_undi_end();
	netif_close(pxe_state.netif);
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_cleanup(void *block)
{
	return pxe_undi_shutdown(block);
}

/** All multicast frames, or none: lists are not filtered by. */
static uint16_t set_multicast(const struct pxe_mcast *mcast)
{
	if (mcast->count > PXE_MCAST_MAX)
		return PXENV_STATUS_UNDI_INVALID_PARAMETER;
	if (nic()->driver->multicast)
		nic()->driver->multicast(nic(), mcast->count > 0);
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_open(void *block)
{
	const struct pxe_undi_open *open = block;
	uint16_t status = run();

	if (status == PXENV_STATUS_SUCCESS)
		status = set_multicast(&open->mcast);
	if (status != PXENV_STATUS_SUCCESS)
		return status;
	pxe_state.undi_open = true;
	if (nic()->driver->interrupt)
		nic()->driver->interrupt(nic(), true);
	pxe_state.unmasked = true;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_close(void *block)
{
	(void)block;
	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	pxe_undi_end();
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_reset(void *block)
{
	struct pxe_undi_reset *reset = block;
	bool was_open = pxe_state.undi_open;
	struct pxe_undi_open open = { .mcast = reset->mcast };
	uint16_t status = run();

	if (status != PXENV_STATUS_SUCCESS)
		return status;
	pxe_undi_end();
	if (netif_restart(pxe_state.netif) != 0)
		return PXENV_STATUS_UNDI_CANNOT_INITIALIZE_NIC;
	return was_open ? pxe_undi_open(&open) : set_multicast(&reset->mcast);
}

uint16_t pxe_undi_set_mcast(void *block)
{
	const struct pxe_undi_set_mcast *set = block;

	return pxe_netif() && pxe_state.undi_open ? set_multicast(&set->mcast) : PXENV_STATUS_UNDI_INVALID_STATE;
}

uint16_t pxe_undi_set_station(void *block)
{
	const struct pxe_undi_set_station *set = block;

	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	return memcmp(set->address, nic()->mac, NIC_MAC_BYTES) == 0 ? PXENV_STATUS_SUCCESS : PXENV_STATUS_UNSUPPORTED;
}

uint16_t pxe_undi_set_filter(void *block)
{
	(void)block;
	return pxe_state.undi_open ? PXENV_STATUS_SUCCESS : PXENV_STATUS_UNDI_INVALID_STATE;
}

/* ---- transmitting ------------------------------------------------------------------------------------------------------------------ */

/** Append @len bytes of the caller's; false when they are not its to send, or too many. */
static bool append(struct pkt *p, const struct pxe_far *from, uint16_t len)
{
	const void *data = pxe_real(from->segment, from->offset, len);
	uint8_t *to = data && pkt_len(p) + len <= (size_t)nic()->mtu + ETH_HEADER_BYTES + 4 ? pkt_put(p, len) : NULL;

	if (to)
		memcpy(to, data, len);
	return to != NULL;
}

/** The Ethernet header of a frame that comes without one. */
static bool append_header(struct pkt *p, const struct pxe_undi_transmit *t)
{
	static const uint16_t types[] = { 0, 0x0800, 0x0806, 0x8035 };          /* by PXE_PROTOCOL_* */
	const uint8_t *destination = pxe_real(t->dest_address.segment, t->dest_address.offset, NIC_MAC_BYTES);
	uint8_t *header;

	if (t->protocol > PXE_PROTOCOL_RARP || t->xmit_flag > PXE_XMIT_BROADCAST || (t->xmit_flag == PXE_XMIT_DESTADDR && !destination))
		return false;
	header = pkt_put(p, ETH_HEADER_BYTES);
	if (t->xmit_flag == PXE_XMIT_BROADCAST)
		memset(header, 0xff, NIC_MAC_BYTES);
	else
		memcpy(header, destination, NIC_MAC_BYTES);
	memcpy(header + NIC_MAC_BYTES, nic()->mac, NIC_MAC_BYTES);
	header[12] = (uint8_t)(types[t->protocol] >> 8);
	header[13] = (uint8_t)types[t->protocol];
	return true;
}

/** The frame as the blocks describe it. */
static bool gather(struct pkt *p, const struct pxe_undi_transmit *t)
{
	enum { HEAD_BYTES = sizeof(struct pxe_tbd) - sizeof(((struct pxe_tbd *)0)->block) };
	const struct pxe_tbd *tbd = pxe_real(t->tbd.segment, t->tbd.offset, HEAD_BYTES);
	struct pxe_tbd copy;

	if (!tbd || tbd->block_count > PXE_DATA_BLOCKS_MAX)
		return false;
	memset(&copy, 0, sizeof(copy));
	memcpy(&copy, tbd, HEAD_BYTES);
	tbd = pxe_real(t->tbd.segment, t->tbd.offset, HEAD_BYTES + copy.block_count * (uint32_t)sizeof(copy.block[0]));
	if (!tbd)
		return false;
	memcpy(copy.block, tbd->block, copy.block_count * sizeof(copy.block[0]));
	if (t->protocol != PXE_PROTOCOL_UNKNOWN && !append_header(p, t))
		return false;
	if (!append(p, &copy.immediate, copy.immediate_len))
		return false;
	for (unsigned i = 0; i < copy.block_count; i++)
		if (copy.block[i].pointer_type != 1 || !append(p, &copy.block[i].data, copy.block[i].len))
			return false;
	return pkt_len(p) >= ETH_HEADER_BYTES;
}

uint16_t pxe_undi_transmit(void *block)
{
	struct pkt *p;

	if (!pxe_netif() || !pxe_state.undi_open)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	p = pkt_alloc();
	if (!p)
		return PXENV_STATUS_OUT_OF_RESOURCES;
	if (!gather(p, block)) {
		pkt_free(p);
		return PXENV_STATUS_UNDI_INVALID_PARAMETER;
	}
	if (nic()->driver->transmit(nic(), p) != 0)
		return PXENV_STATUS_OUT_OF_RESOURCES;
	nic()->driver->kick(nic());
	pxe_state.transmitted++;
	return PXENV_STATUS_SUCCESS;
}

/* ---- information ------------------------------------------------------------------------------------------------------------------- */

/** The first BAR of ports; 0: none. */
static uint16_t io_base(void)
{
	uint16_t port = 0;

	for (unsigned i = 0; i < 6 && !port; i++)
		port = pci_io_bar(&nic()->pci, i);
	return port;
}

/** The PIC's input that the NIC raises; 0: none. */
static uint8_t interrupt_line(void)
{
	uint8_t line = nic()->driver->interrupt ? pci_read8(&nic()->pci, PCI_INTERRUPT_LINE) : 0;

	return line < 16 ? line : 0;
}

uint16_t pxe_undi_get_information(void *block)
{
	struct pxe_undi_get_information *info = block;

	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	memset(info, 0, sizeof(*info));
	info->base_io = io_base();
	info->interrupt = interrupt_line();
	info->mtu = nic()->mtu;
	info->hardware_type = HARDWARE_ETHERNET;
	info->hardware_address_len = NIC_MAC_BYTES;
	memcpy(info->current_address, nic()->mac, NIC_MAC_BYTES);
	memcpy(info->permanent_address, nic()->mac, NIC_MAC_BYTES);
	info->receive_buffers = info->transmit_buffers = NIC_BUFFERS;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_get_statistics(void *block)
{
	struct pxe_undi_get_statistics *s = block;

	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	s->transmitted = nic()->stats.tx;
	s->received = nic()->stats.rx;
	s->crc_errors = nic()->stats.rx_errors;
	s->resource_errors = nic()->stats.tx_errors;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_clear_statistics(void *block)
{
	(void)block;
	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	memset(&nic()->stats, 0, sizeof(nic()->stats));
	return PXENV_STATUS_SUCCESS;
}

/** RFC 1112 6.4. */
uint16_t pxe_undi_get_mcast_address(void *block)
{
	struct pxe_undi_get_mcast_address *get = block;
	const uint8_t *ip = (const uint8_t *)block + sizeof(get->status);

	if ((ip[0] & 0xf0) != 0xe0)
		return PXENV_STATUS_UNDI_INVALID_PARAMETER;
	memset(get->address, 0, sizeof(get->address));
	memcpy(get->address, (const uint8_t[]){ 0x01, 0x00, 0x5e, ip[1] & 0x7f, ip[2], ip[3] }, NIC_MAC_BYTES);
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_get_nic_type(void *block)
{
	struct pxe_undi_get_nic_type *get = block;
	const struct pci_device *pci;

	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	pci = &nic()->pci;
	get->type = PXE_NIC_PCI;
	get->pci = (struct pxe_nic_pci){
		.vendor = pci->vendor, .device = pci->device,
		.base_class = (uint8_t)(pci->class_code >> 16), .sub_class = (uint8_t)(pci->class_code >> 8),
		.interface = (uint8_t)pci->class_code, .revision = pci_read8(pci, PCI_REVISION),
		.bus_device_function = pci_bus_address(pci),
		.sub_vendor = pci_read16(pci, PCI_SUBSYSTEM), .sub_device = pci_read16(pci, PCI_SUBSYSTEM + 2),
	};
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_undi_get_iface_info(void *block)
{
	struct pxe_undi_get_iface_info *info = block;

	if (!pxe_state.netif)
		return PXENV_STATUS_UNDI_INVALID_STATE;
	memset(info, 0, sizeof(*info));
	memcpy(info->type, "DIX+802.3", 10);
	info->speed = SPEED_BPS;
	info->flags = CAN_BROADCAST | CAN_MULTICAST | CAN_STATISTICS | CAN_RESET | CAN_OPEN_CLOSE |
	              (interrupt_line() ? CAN_INTERRUPT : 0);
	return PXENV_STATUS_SUCCESS;
}
