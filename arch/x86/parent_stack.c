/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking at a PXE stack's structures; see parent_stack.h. */
#include "arch/x86/parent_stack.h"

#include "core/string.h"

#define BASE_KIB_MAX 640

static bool adds_up_to_zero(const void *structure, unsigned len)
{
	const uint8_t *bytes = structure;
	uint8_t sum = 0;

	while (len-- > 0)
		sum = (uint8_t)(sum + bytes[len]);
	return sum == 0;
}

bool parent_pxe_good(const struct pxe_structure *pxe)
{
	return memcmp(pxe->signature, "!PXE", 4) == 0 && pxe->length >= sizeof(*pxe) && adds_up_to_zero(pxe, pxe->length);
}

bool parent_pxenv_good(const struct pxenv_structure *pxenv)
{
	return memcmp(pxenv->signature, "PXENV+", 6) == 0 && pxenv->length >= offsetof(struct pxenv_structure, undi_code_size) &&
	       adds_up_to_zero(pxenv, pxenv->length);
}

/** If the @size bytes at @address lie at base memory's end @kib, where they end in KiB; else @kib. */
static unsigned free_segment(unsigned kib, uint32_t address, uint32_t size)
{
	unsigned end = (address + size + 1023) >> 10;

	return size && address >> 10 <= kib && end > kib && end <= BASE_KIB_MAX ? end : kib;
}

uint16_t parent_free_kib(const struct pxe_structure *pxe, unsigned first, unsigned base_kib, uint32_t handler)
{
	unsigned kib = base_kib, before;

	do {
		before = kib;
		for (unsigned i = first; i < PXE_SEGMENTS && i < pxe->segment_count; i++)
			kib = free_segment(kib, pxe->segment[i].address, pxe->segment[i].size);
	} while (kib != before);
	return (uint16_t)(handler >= base_kib << 10 && handler < kib << 10 ? base_kib : kib);
}
