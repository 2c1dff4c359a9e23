/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PXE stack tells programs of itself (PXE 2.1), and what is to be believed of it. */
#ifndef ARCH_X86_PARENT_STACK_H
#define ARCH_X86_PARENT_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* !PXE's segments, in their order. */
enum {
	PXE_SEGMENT_STACK, PXE_SEGMENT_UNDI_DATA, PXE_SEGMENT_UNDI_CODE, PXE_SEGMENT_UNDI_WRITE, PXE_SEGMENT_BASE_DATA, PXE_SEGMENT_BASE_CODE,
	PXE_SEGMENT_BASE_WRITE, PXE_SEGMENTS,
};

struct pxe_segment { uint16_t selector; uint32_t address; uint16_t size; } __attribute__((packed));
struct pxe_structure {
	char signature[4];
	uint8_t length, checksum, revision, reserved;
	uint32_t undi_rom_id, base_rom_id, entry_16, entry_32, status_callout;
	uint8_t reserved2, segment_count;
	uint16_t first_selector;
	struct pxe_segment segment[PXE_SEGMENTS];
} __attribute__((packed));
struct pxenv_structure {
	char signature[6];
	uint16_t version;
	uint8_t length, checksum;
	uint32_t entry;
	uint32_t protected_offset;
	uint16_t protected_selector, stack_segment, stack_size, base_code_segment, base_code_size, base_data_segment, base_data_size;
	uint16_t undi_data_segment, undi_data_size, undi_code_segment, undi_code_size;
	uint32_t pxe;
} __attribute__((packed));
_Static_assert(offsetof(struct pxe_structure, segment) == 0x20 && sizeof(struct pxenv_structure) == 0x2c, "PXE 2.1's structures");

/** Is that a !PXE structure, whole and with its checksum? */
bool parent_pxe_good(const struct pxe_structure *pxe);
/** A PXENV+ structure? Ones before PXE 2.1 are shorter. */
bool parent_pxenv_good(const struct pxenv_structure *pxenv);

/** Where base memory ends, in KiB, once the segments from @first to the last are free, if it ends at @base_kib now: what lies at its end, and
 *  what lies at the end of that. @base_kib where @handler, an interrupt's, lies in what would be free. */
uint16_t parent_free_kib(const struct pxe_structure *pxe, unsigned first, unsigned base_kib, uint32_t handler);

#endif
