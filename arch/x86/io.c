/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports and device registers: core/io.h for the processor we run on. */
#include "core/io.h"

uint8_t io_in8(uint16_t port) { uint8_t v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port)); return v; }
uint16_t io_in16(uint16_t port) { uint16_t v; __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port)); return v; }
uint32_t io_in32(uint16_t port) { uint32_t v; __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port)); return v; }
void io_out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" :: "a"(value), "Nd"(port)); }
void io_out16(uint16_t port, uint16_t value) { __asm__ volatile("outw %0, %1" :: "a"(value), "Nd"(port)); }
void io_out32(uint16_t port, uint32_t value) { __asm__ volatile("outl %0, %1" :: "a"(value), "Nd"(port)); }

uint8_t mmio_read8(const volatile void *reg) { return *(const volatile uint8_t *)reg; }
uint16_t mmio_read16(const volatile void *reg) { return *(const volatile uint16_t *)reg; }
uint32_t mmio_read32(const volatile void *reg) { return *(const volatile uint32_t *)reg; }
void mmio_write8(volatile void *reg, uint8_t value) { *(volatile uint8_t *)reg = value; }
void mmio_write16(volatile void *reg, uint16_t value) { *(volatile uint16_t *)reg = value; }
void mmio_write32(volatile void *reg, uint32_t value) { *(volatile uint32_t *)reg = value; }

/** A locked instruction orders loads after stores on every processor we run on; MFENCE needs SSE2. */
void io_full_barrier(void)
{
	__asm__ volatile("lock addl $0, (%%esp)" ::: "memory", "cc");
}
