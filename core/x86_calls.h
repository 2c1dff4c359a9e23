/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the same function look the same: the four bytes behind each byte E8h or E9h (CALL and JMP, relative) hold a distance, and become
 * the place that it leads to, counted from the first byte of all. Both ways work on any bytes and undo each other. Position-independent. */
#ifndef CORE_X86_CALLS_H
#define CORE_X86_CALLS_H

#include <stddef.h>
#include <stdint.h>

/** @len: less than 2^20. */
void x86_calls_to_places(uint8_t *code, size_t len);
void x86_calls_to_distances(uint8_t *code, size_t len);

#endif
