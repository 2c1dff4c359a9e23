/* SPDX-License-Identifier: BSD-2-Clause */
/* Sinks that have no place for every byte at a time: see net/download_parts.h and struct sink.
 *
 * How a server is kept waiting is its scheme's: the TCP window closes, a TFTP acknowledgement is held back. A server that has no patience
 * breaks the connection in the end; what is missing is then asked for again, but not before there is room. */
#include "net/download_parts.h"

enum { SHORT_BYTES = 8 << 10 };         /* a few packets: for less nothing is asked for */

static uint64_t room(struct download *d)
{
	return CONFIG_PXE && d->sink->room ? d->sink->room(d->sink) : 0;
}

void room_begin(struct download *d)
{
	if (CONFIG_PXE && d->sink->room)
		d->alone = d->one_by_one = true;
}

void room_forget(struct download *d)
{
	if (!CONFIG_PXE || !d->sink->room)
		return;
	d->sink->anew(d->sink);
	d->hold = room(d);
}

bool room_is_short(const struct download *d)
{
	return CONFIG_PXE && d->hold && (!d->total_known || d->hold < d->total) && d->hold < d->progress.done_bytes + SHORT_BYTES;
}

void room_poll(struct download *d, uint32_t now_ms)
{
	struct loan *l = &d->lane[0].loan[d->lane[0].now];
	uint64_t before = d->hold;

	d->hold = room(d);
	if (d->hold != before && l->transfer)
		d->scheme->hold(l->transfer, d->hold, now_ms);
	if (!room_is_short(d))
		return;
	d->linked_ms = d->trickle_ms = now_ms;
	d->trickle_gained = d->gained;
}
