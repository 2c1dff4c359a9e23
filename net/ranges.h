/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of byte ranges: what of a file is missing. Pure; bounded. */
#ifndef NET_RANGES_H
#define NET_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#define RANGES_MAX 64
#define RANGE_UNKNOWN UINT64_MAX        /* the end of a file whose length is not known yet */

struct range { uint64_t start, end; };  /* [start, end) */

/** Invariant: range[0].start < range[0].end < range[1].start < ...: sorted, apart, none empty. */
struct ranges { unsigned count; struct range range[RANGES_MAX]; };

/** Make @set exactly [start, end); the empty set when they are equal. */
void ranges_init(struct ranges *set, uint64_t start, uint64_t end);
/** Unite with [start, end). When that would be one range too many, the gap to a neighbour is filled too: the set is never too small. */
void ranges_add(struct ranges *set, uint64_t start, uint64_t end);
/** Take [start, end) away. False, and nothing is done, when that would make one range too many. */
bool ranges_remove(struct ranges *set, uint64_t start, uint64_t end);
/** Bytes in the set. */
uint64_t ranges_total(const struct ranges *set);
static inline bool ranges_empty(const struct ranges *set) { return set->count == 0; }

#endif
