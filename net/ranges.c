/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of byte ranges. See net/ranges.h. */
#include "net/ranges.h"

#include "core/string.h"

void ranges_init(struct ranges *set, uint64_t start, uint64_t end)
{
	set->range[0] = (struct range){ start, end };
	set->count = start < end;
}

/** Put [start, end) in place of ranges @first to @last - 1. */
static void replace(struct ranges *set, unsigned first, unsigned last, uint64_t start, uint64_t end)
{
	memmove(&set->range[first + 1], &set->range[last], (set->count - last) * sizeof(set->range[0]));
	set->count -= last - first;
	set->count++;
	set->range[first] = (struct range){ start, end };
}

void ranges_add(struct ranges *set, uint64_t start, uint64_t end)
{
	unsigned first = 0, last;

	if (start >= end)
		return;
	while (first < set->count && set->range[first].end < start)
		first++;
	for (last = first; last < set->count && set->range[last].start <= end; last++) {
		if (set->range[last].start < start)
			start = set->range[last].start;
		if (set->range[last].end > end)
			end = set->range[last].end;
	}
	if (last == first && set->count == RANGES_MAX) {
		if (first == set->count)
			start = set->range[--first].start;
		else
			end = set->range[last++].end;
	}
	replace(set, first, last, start, end);
}

bool ranges_remove(struct ranges *set, uint64_t start, uint64_t end)
{
	unsigned i = 0;

	while (start < end && i < set->count) {
		struct range *r = &set->range[i], whole = *r;

		if (whole.end <= start || whole.start >= end) {
			i++;
		} else if (whole.start < start && whole.end > end) {
			if (set->count == RANGES_MAX)
				return false;
			r->end = start;
			replace(set, i + 1, i + 1, end, whole.end);
			return true;
		} else if (whole.start < start) {
			r->end = start;
		} else if (whole.end > end) {
			r->start = end;
		} else {
			set->count--;
			memmove(r, r + 1, (set->count - i) * sizeof(*r));
		}
	}
	return true;
}

uint64_t ranges_total(const struct ranges *set)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < set->count; i++)
		total += set->range[i].end - set->range[i].start;
	return total;
}
