/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE API's calls, and who does them. See arch/x86/pxe.h. */
#include "arch/x86/pxe.h"

#include "arch/x86/pxe_memory.h"
#include "arch/x86/pxe_params.h"
#include "core/string.h"

const struct pxe_service pxe_services[] = {
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

uint16_t pxe_call(uint16_t opcode, uint16_t segment, uint16_t offset)
{
	const struct pxe_service *s = find(opcode);
	void *callers = pxe_real(segment, offset, s->size);
	union pxe_block block;

	if (!callers)
		return PXENV_EXIT_FAILURE;
	memcpy(&block, callers, s->size);
	block.status = s->handler(&block);
	memcpy(callers, &block, s->size);
	return block.status == PXENV_STATUS_SUCCESS ? PXENV_EXIT_SUCCESS : PXENV_EXIT_FAILURE;
}
