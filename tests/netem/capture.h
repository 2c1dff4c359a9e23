/* SPDX-License-Identifier: BSD-2-Clause */
/* A capture file for wireshark and tcpdump, with nanoseconds: what the second end receives and sends. */
#ifndef TESTS_NETEM_CAPTURE_H
#define TESTS_NETEM_CAPTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** NULL, and a line on standard error: @path can't be written. Of each frame @snap bytes are kept. */
FILE *capture_open(const char *path, uint32_t snap);

/** A frame passed at @unix_ns (nanoseconds since 1970). @f may be NULL: nothing happens. */
void capture_write(FILE *f, uint64_t unix_ns, const void *frame, size_t len, uint32_t snap);

#endif
