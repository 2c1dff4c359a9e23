/* SPDX-License-Identifier: BSD-2-Clause */
/* 64-bit division for a build without libgcc; gcc and clang call these names by themselves for u64 / and %. */
#ifndef CORE_MATH64_H
#define CORE_MATH64_H

#include <stdint.h>

/** @n / @d, and the remainder unless @remainder is NULL. @d != 0. */
uint64_t math_divide(uint64_t n, uint64_t d, uint64_t *remainder);

#endif
