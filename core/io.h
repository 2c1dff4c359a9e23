/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: port and memory-mapped input/output, for drivers and arch/. Given by the platform (the host tests give fake devices). */
#ifndef CORE_IO_H
#define CORE_IO_H

#include <stdint.h>

uint8_t  io_in8(uint16_t port);
uint16_t io_in16(uint16_t port);
uint32_t io_in32(uint16_t port);
void io_out8(uint16_t port, uint8_t value);
void io_out16(uint16_t port, uint16_t value);
void io_out32(uint16_t port, uint32_t value);

/* Device registers in memory: @reg is a pointer that pci_map_bar() gave, plus an offset. One access each, never cached. */
uint8_t  mmio_read8(const volatile void *reg);
uint16_t mmio_read16(const volatile void *reg);
uint32_t mmio_read32(const volatile void *reg);
void mmio_write8(volatile void *reg, uint8_t value);
void mmio_write16(volatile void *reg, uint16_t value);
void mmio_write32(volatile void *reg, uint32_t value);

/** The compiler may not move memory accesses across this line (x86 needs no more towards a device). */
static inline void io_barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

/** io_barrier(), and no load is done before an earlier store is visible (MFENCE or a locked instruction). */
void io_full_barrier(void);

#endif
