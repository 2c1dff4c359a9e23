/* SPDX-License-Identifier: BSD-2-Clause */
/* Preboot services; see arch/x86/pxe_preboot.h.
 *
 * Programs take leave in more than one way: by UNDI_SHUTDOWN, UNLOAD_STACK, STOP_UNDI (PXELINUX), without the last (GRUB), or they go on to
 * start UNDI again (iPXE's undionly.kpxe, which reads the memory map in between). So what hides us stays until STOP_UNDI. */
#include "arch/x86/pxe_preboot.h"

#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_transport.h"
#include <stddef.h>
#include "core/cursor.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/netif.h"

uint16_t pxe_start_undi(void *block)
{
	(void)block;
	return pxe_state.netif ? PXENV_STATUS_SUCCESS : PXENV_STATUS_LOADER_UNDI_START;
}

uint16_t pxe_stop_undi(void *block)
{
	(void)block;
	if (!pxe_state.netif)
		return PXENV_STATUS_SUCCESS;
	if (pxe_state.netif->open)
		return PXENV_STATUS_KEEP_UNDI;
	pxe_transport_end();
	return pxe_unhook() ? PXENV_STATUS_SUCCESS : PXENV_STATUS_KEEP_UNDI;
}

uint16_t pxe_stop_base(void *block)
{
	(void)block;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_unload_stack(void *block)
{
	(void)block;
	pxe_transport_end();
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_get_cached_info(void *block)
{
	struct pxe_get_cached_info *get = block;
	struct pxe_packet packet;
	void *to;

	if (get->packet_type < PXE_CACHED_DISCOVER || get->packet_type > PXE_CACHED_REPLY)
		return PXENV_STATUS_UNSUPPORTED;
	if (!pxe_packet(get->packet_type, &packet))
		return PXENV_STATUS_FAILURE;
	if (get->buffer_size == 0) {
		get->buffer = (struct pxe_far){ packet.offset, packet.segment };
		get->buffer_size = get->buffer_limit = packet.len;
		return PXENV_STATUS_SUCCESS;
	}
	if (get->buffer_size > packet.len)
		get->buffer_size = packet.len;
	get->buffer_limit = packet.len;
	to = pxe_real(get->buffer.segment, get->buffer.offset, get->buffer_size);
	if (!to)
		return PXENV_STATUS_FAILURE;
	memcpy(to, packet.data, get->buffer_size);
	return PXENV_STATUS_SUCCESS;
}

/** The file's URL goes to pxe_state; false when it does not fit, or there is no name. */
static bool name_restart(const struct pxe_tftp_read_file *file)
{
	struct text_buffer t = { pxe_state.restart_url, sizeof(pxe_state.restart_url), 0 };
	struct reader r = rd_init((const uint8_t *)file + offsetof(struct pxe_tftp_read_file, server), 4);

	return pxe_tftp_url(&t, rd_be32(&r), 0, file->name, sizeof(file->name)) && (size_t)t.len < sizeof(pxe_state.restart_url);
}

/* The file's address is the program's place by custom (0:7C00), and our loader knows no other. */
uint16_t pxe_restart_tftp(void *block)
{
	const struct pxe_tftp_read_file *file = block;

	if (!pxe_state.netif || pxe_is_nested() || !name_restart(file))
		return PXENV_STATUS_FAILURE;
	pxe_state.restart = true;
	return PXENV_STATUS_SUCCESS;
}
