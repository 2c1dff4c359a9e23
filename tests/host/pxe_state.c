/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PXE API's calls want of the platform (arch/x86/pxe_state.h), on the host. Packets and the frame lie in "our" part of the fake first
 * megabyte. */
#include "arch/x86/pxe_state.h"

#include <string.h>
#include "tests/host/host.h"

enum { PACKETS_AT = HOST_RESIDENT + 0x1000, PACKET_ROOM = 0x800, FRAME_AT = HOST_RESIDENT + 0x4000 };

struct host_pxe host_pxe = { .unhooks = true };

__attribute__((weak)) bool pxe_unhook(void)
{
	host_pxe.unhooked++;
	return host_pxe.unhooks;
}

__attribute__((weak)) bool pxe_is_nested(void)
{
	return host_pxe.nested;
}

__attribute__((weak)) bool pxe_packet(unsigned type, struct pxe_packet *packet)
{
	uint32_t at = PACKETS_AT + (type - 1) * PACKET_ROOM;

	if (!host_pxe.packet[type - 1])
		return false;
	memcpy(host_megabyte() + at, host_pxe.packet[type - 1], host_pxe.packet_len[type - 1]);
	*packet = (struct pxe_packet){ host_megabyte() + at, (uint16_t)(at >> 4), (uint16_t)(at & 15), host_pxe.packet_len[type - 1] };
	return true;
}

__attribute__((weak)) void *pxe_frame_buffer(uint16_t *segment, uint16_t *offset)
{
	*segment = FRAME_AT >> 4;
	*offset = 0;
	return host_megabyte() + FRAME_AT;
}
