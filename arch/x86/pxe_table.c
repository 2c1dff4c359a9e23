/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE API's calls, and who does them. See arch/x86/pxe.h. */
#include "arch/x86/pxe.h"

#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "arch/x86/pxe_preboot.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_transport.h"
#include "arch/x86/pxe_undi.h"
#include "core/string.h"

struct pxe_state pxe_state;

const struct pxe_service pxe_services[] = {
	{ PXE_START_UNDI, sizeof(struct pxe_start_undi), pxe_start_undi },
	{ PXE_UNDI_STARTUP, sizeof(struct pxe_undi_startup), pxe_undi_startup },
	{ PXE_UNDI_CLEANUP, sizeof(struct pxe_undi_cleanup), pxe_undi_cleanup },
	{ PXE_UNDI_INITIALIZE, sizeof(struct pxe_undi_initialize), pxe_undi_initialize },
	{ PXE_UNDI_RESET_ADAPTER, sizeof(struct pxe_undi_reset), pxe_undi_reset },
	{ PXE_UNDI_SHUTDOWN, sizeof(struct pxe_undi_shutdown), pxe_undi_shutdown },
	{ PXE_UNDI_OPEN, sizeof(struct pxe_undi_open), pxe_undi_open },
	{ PXE_UNDI_CLOSE, sizeof(struct pxe_undi_close), pxe_undi_close },
	{ PXE_UNDI_TRANSMIT, sizeof(struct pxe_undi_transmit), pxe_undi_transmit },
	{ PXE_UNDI_SET_MCAST_ADDRESS, sizeof(struct pxe_undi_set_mcast), pxe_undi_set_mcast },
	{ PXE_UNDI_SET_STATION_ADDRESS, sizeof(struct pxe_undi_set_station), pxe_undi_set_station },
	{ PXE_UNDI_SET_PACKET_FILTER, sizeof(struct pxe_undi_set_filter), pxe_undi_set_filter },
	{ PXE_UNDI_GET_INFORMATION, sizeof(struct pxe_undi_get_information), pxe_undi_get_information },
	{ PXE_UNDI_GET_STATISTICS, sizeof(struct pxe_undi_get_statistics), pxe_undi_get_statistics },
	{ PXE_UNDI_CLEAR_STATISTICS, sizeof(struct pxe_undi_clear_statistics), pxe_undi_clear_statistics },
	{ PXE_UNDI_GET_MCAST_ADDRESS, sizeof(struct pxe_undi_get_mcast_address), pxe_undi_get_mcast_address },
	{ PXE_UNDI_GET_NIC_TYPE, sizeof(struct pxe_undi_get_nic_type), pxe_undi_get_nic_type },
	{ PXE_UNDI_GET_IFACE_INFO, sizeof(struct pxe_undi_get_iface_info), pxe_undi_get_iface_info },
	{ PXE_UNDI_ISR, sizeof(struct pxe_undi_isr), pxe_undi_isr },
	{ PXE_STOP_UNDI, sizeof(struct pxe_stop_undi), pxe_stop_undi },
	{ PXE_TFTP_OPEN, sizeof(struct pxe_tftp_open), pxe_tftp_open },
	{ PXE_TFTP_CLOSE, sizeof(struct pxe_tftp_close), pxe_tftp_close },
	{ PXE_TFTP_READ, sizeof(struct pxe_tftp_read), pxe_tftp_read },
	{ PXE_TFTP_READ_FILE, sizeof(struct pxe_tftp_read_file), pxe_tftp_read_file },
	{ PXE_TFTP_GET_FSIZE, sizeof(struct pxe_tftp_get_fsize), pxe_tftp_get_fsize },
	{ PXE_UDP_OPEN, sizeof(struct pxe_udp_open), pxe_udp_open },
	{ PXE_UDP_CLOSE, sizeof(struct pxe_udp_close), pxe_udp_close },
	{ PXE_UDP_READ, sizeof(struct pxe_udp_read), pxe_udp_read },
	{ PXE_UDP_WRITE, sizeof(struct pxe_udp_write), pxe_udp_write },
	{ PXE_UNLOAD_STACK, sizeof(struct pxe_unload_stack), pxe_unload_stack },
	{ PXE_GET_CACHED_INFO, sizeof(struct pxe_get_cached_info), pxe_get_cached_info },
	{ PXE_RESTART_TFTP, sizeof(struct pxe_tftp_read_file), pxe_restart_tftp },
	{ PXE_STOP_BASE, sizeof(struct pxe_stop_base), pxe_stop_base },
	{ PXE_FILE_OPEN, sizeof(struct pxe_file_open), pxe_file_open },
	{ PXE_FILE_CLOSE, sizeof(struct pxe_file_close), pxe_file_close },
	{ PXE_FILE_SELECT, sizeof(struct pxe_file_select), pxe_file_select },
	{ PXE_FILE_READ, sizeof(struct pxe_file_read), pxe_file_read },
	{ PXE_GET_FILE_SIZE, sizeof(struct pxe_get_file_size), pxe_file_size },
	{ PXE_FILE_EXEC, sizeof(struct pxe_file_exec), pxe_file_exec },
	{ PXE_FILE_API_CHECK, sizeof(struct pxe_file_api_check), pxe_file_api_check },
	{ PXE_FILE_CMDLINE, sizeof(struct pxe_file_cmdline), pxe_file_cmdline },
	{ 0, 0, 0 }
};

static uint16_t unsupported(void *block)
{
	(void)block;
	return PXENV_STATUS_UNSUPPORTED;
}

static const struct pxe_service *find(uint16_t opcode)
{
	static const struct pxe_service none = { 0, sizeof(struct pxe_plain), unsupported };

	for (const struct pxe_service *s = pxe_services; s->size; s++)
		if (s->opcode == opcode)
			return s;
	return &none;
}

/** May a call interrupt another, which waits? Those that end something could end what it waits for. */
static bool may_interrupt(uint16_t opcode)
{
	switch (opcode) {
	case PXE_UNDI_TRANSMIT: case PXE_UNDI_ISR: case PXE_UNDI_GET_INFORMATION: case PXE_UNDI_GET_STATISTICS:
	case PXE_UNDI_GET_MCAST_ADDRESS: case PXE_UNDI_GET_NIC_TYPE: case PXE_UNDI_GET_IFACE_INFO: case PXE_GET_CACHED_INFO:
	case PXE_UDP_READ: case PXE_UDP_WRITE: case PXE_FILE_API_CHECK: case PXE_FILE_CMDLINE:
		return true;
	default:
		return false;
	}
}

uint16_t pxe_call(uint16_t opcode, uint16_t segment, uint16_t offset)
{
	const struct pxe_service *s = find(opcode);
	void *callers = pxe_real(segment, offset, s->size);
	union pxe_block block;

	if (!callers)
		return PXENV_EXIT_FAILURE;
	memcpy(&block, callers, s->size);
	block.status = pxe_is_nested() && !may_interrupt(opcode) ? PXENV_STATUS_FAILURE : s->handler(&block);
	memcpy(callers, &block, s->size);
	return block.status == PXENV_STATUS_SUCCESS ? PXENV_EXIT_SUCCESS : PXENV_EXIT_FAILURE;
}
