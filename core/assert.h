/* SPDX-License-Identifier: BSD-2-Clause */
/* assert() is for our own bugs, never for input: it prints file and line and halts (the host aborts). */
#ifndef CORE_ASSERT_H
#define CORE_ASSERT_H

#define assert(condition) ((condition) ? (void)0 : assert_failed(__FILE__, __LINE__))

/** Seam: say so and stop. */
void assert_failed(const char *file, int line) __attribute__((noreturn, cold));

#endif
