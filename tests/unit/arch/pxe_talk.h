/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of the PXE API share: a caller with its parameter block and its data in the fake first megabyte. */
#ifndef TESTS_UNIT_ARCH_PXE_TALK_H
#define TESTS_UNIT_ARCH_PXE_TALK_H

#include "arch/x86/pxe.h"
#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

enum { BLOCK_SEGMENT = 0x1000, BLOCK_OFFSET = 0x0123, DATA_SEGMENT = 0x2000, FENCE_BYTES = 64, FENCE = 0xa5 };

/** A place of the caller's data: @offset in DATA_SEGMENT. */
static inline struct pxe_far far(uint16_t offset)
{
	return (struct pxe_far){ offset, DATA_SEGMENT };
}

static inline uint8_t *data_at(uint16_t offset)
{
	return host_megabyte() + DATA_SEGMENT * 16 + offset;
}

/** Call @opcode with @size bytes of @block in the caller's memory; what came back is in @block. Nothing beside it may have changed.
 *  Returns the status; AX must agree with it. */
static inline unsigned call_sized(uint16_t opcode, void *block, size_t size)
{
	uint8_t *at = host_megabyte() + BLOCK_SEGMENT * 16 + BLOCK_OFFSET;
	uint16_t ax, status;

	memset(at - FENCE_BYTES, FENCE, size + 2 * FENCE_BYTES);
	memcpy(at, block, size);
	ax = pxe_call(opcode, BLOCK_SEGMENT, BLOCK_OFFSET);
	memcpy(block, at, size);
	memcpy(&status, at, sizeof(status));
	for (unsigned i = 0; i < FENCE_BYTES; i++)
		if (at[-1 - (int)i] != FENCE || at[size + i] != FENCE)
			test_fail(__FILE__, __LINE__, "opcode %02x wrote beside its block", opcode);
	EXPECT_EQ(ax, status == PXENV_STATUS_SUCCESS ? PXENV_EXIT_SUCCESS : PXENV_EXIT_FAILURE);
	return status;
}
#define call(opcode, block) call_sized((opcode), (block), sizeof(*(block)))

#endif
