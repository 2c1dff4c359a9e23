/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of INT 13h share: int13.c knows the functions, int13_transfer.c moves blocks, int13_edd.c and int13_cd.c are the functions
 * with packets. Functions return what AH will be, with the carry set unless it is INT13_OK. */
#ifndef ARCH_X86_INT13_PARTS_H
#define ARCH_X86_INT13_PARTS_H

#include "arch/x86/int13.h"

/** A result for functions that leave something else in AH although they succeeded. */
enum { INT13_AH_IS_SET = 0x100 };

static inline uint8_t int13_al(const struct int13_regs *r) { return (uint8_t)r->ax; }
static inline void int13_set_al(struct int13_regs *r, uint8_t al) { r->ax = (uint16_t)((r->ax & 0xff00) | al); }
static inline void int13_set_ah(struct int13_regs *r, uint8_t ah) { r->ax = (uint16_t)(ah << 8 | (r->ax & 0xff)); }

/** @count blocks (at least 1) of @device from @first on, to or from the caller's memory at @address; @done of them were moved. */
struct int13_transfer {
	struct block_device *device;
	uint64_t first, address;
	uint32_t count, done;
	bool write;
};
int int13_transfer(struct int13_drive *d, struct int13_transfer *t);
/** Where segment and offset lead; transfers go on behind the segment's end. */
static inline uint32_t int13_address(uint16_t segment, uint16_t offset) { return segment * 16u + offset; }

/* EDD 3.0: packets at DS:SI */
int int13_edd_check(struct int13_drive *d, struct int13_regs *r);
int int13_edd_read(struct int13_drive *d, struct int13_regs *r);
int int13_edd_write(struct int13_drive *d, struct int13_regs *r);
int int13_edd_verify(struct int13_drive *d, struct int13_regs *r);
int int13_edd_lock(struct int13_drive *d, struct int13_regs *r);
int int13_edd_eject(struct int13_drive *d, struct int13_regs *r);
int int13_edd_seek(struct int13_drive *d, struct int13_regs *r);
int int13_edd_parameters(struct int13_drive *d, struct int13_regs *r);
int int13_edd_changed(struct int13_drive *d, struct int13_regs *r);
int int13_edd_configure(struct int13_drive *d, struct int13_regs *r);

/* El Torito: packets at DS:SI */
enum { INT13_ALL_EMULATIONS = 0x7f };
int int13_cd_status(struct int13_drive *d, struct int13_regs *r);
int int13_cd_catalog(struct int13_drive *d, struct int13_regs *r);

#endif
