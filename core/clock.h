/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: the clock. Given by the platform; read by usr/ (and drivers for delays), never by core/, net/ or image/, which are
 * handed the time. Milliseconds since power-on of this program, wrapping after 49 days: compare with time_reached(). */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/** Milliseconds, monotonic, wraps at 2^32. */
uint32_t clock_ms(void);

/** Microseconds, monotonic; for measurements (bench, `time`) and delays. */
uint64_t clock_us(void);

/** Busy-wait for at least @us microseconds (drivers: a few µs to some ms). Also reads as elapsed in clock_ms(). */
void clock_delay_us(uint32_t us);

/** Is @now at or past @t? Safe across the 32-bit wrap. */
static inline bool time_reached(uint32_t now_ms, uint32_t t_ms)
{
	return (int32_t)(now_ms - t_ms) >= 0;
}

/** The earlier of two times. */
static inline uint32_t time_earlier(uint32_t a_ms, uint32_t b_ms)
{
	return time_reached(a_ms, b_ms) ? b_ms : a_ms;
}

#endif
