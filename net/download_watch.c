/* SPDX-License-Identifier: BSD-2-Clause */
/* What is looked at all the time: silence, a trickle, the link. See net/download_parts.h. */
#include "core/clock.h"   // time_earlier
#include "core/errors.h"
#include "core/printf.h"
#include "core/string.h"   // text_copy
#include "net/download_parts.h"

/** A server that trickles, its header too, is not given up, but it is said. One that is silent does not come so far. */
static void watch_trickle(struct download *d, const struct transfer *t, uint32_t now_ms)
{
	if (!CONFIG_RESUME || (t->stage != TRANSFER_CONNECTING && now_ms - d->trickle_ms < TRICKLE_MS))
		return;
	if (t->stage != TRANSFER_CONNECTING && d->gained - d->trickle_gained < TRICKLE_BYTES)
		retry_say(d, "only %u bytes in %u s from %pI4", (unsigned)(d->gained - d->trickle_gained), TRICKLE_MS / 1000,
		          &t->address);
	d->trickle_ms = now_ms;
	d->trickle_gained = d->gained;
}

static void say_what_is_waited_for(struct download *d, const struct transfer *t, uint32_t silent_ms)
{
	if (t->stage == TRANSFER_CONNECTING) {
		text_format(d->words, sizeof(d->words), "connecting to %pI4", &t->address);
	} else if (silent_ms >= STALL_SAY_MS) {
		text_format(d->words, sizeof(d->words), "no data for %u s", silent_ms / 1000);
		if (CONFIG_RESUME && !d->silence_said)
			retry_say(d, "no data for %u s from %pI4", STALL_SAY_MS / 1000, &t->address);
		d->silence_said = true;
	} else {
		text_copy(d->words, sizeof(d->words), t->stage == TRANSFER_WAITING ? "waiting for data" : "");
	}
}

int watch_poll(struct download *d, uint32_t now_ms)
{
	uint32_t least_ms = UINT32_MAX;
	struct lane *heard = NULL;

	for_each_lane(lane, d) {
		const struct transfer *t = lane->loan[lane->now].transfer;
		uint32_t silent_ms;
		int rc;

		if (!t || lane->loan[lane->now].ended)
			continue;
		silent_ms = lane_silent_ms(lane, now_ms);
		if (t->stage != TRANSFER_CONNECTING && silent_ms >= STALL_END_MS) {
			rc = retry_stalled(lane, now_ms);
			if (rc != -EINPROGRESS || d->stage != FETCHING)
				return rc;
		} else if (silent_ms < least_ms) {
			least_ms = silent_ms;
			heard = lane;
		}
	}
	if (heard) {
		say_what_is_waited_for(d, heard->loan[heard->now].transfer, least_ms);
		watch_trickle(d, heard->loan[heard->now].transfer, now_ms);
	}
	return -EINPROGRESS;
}

/* ---- the link ------------------------------------------------------------------------------------------------------------------- */

static void link_lost(struct download *d)
{
	bool counts = d->total_known && d->total && !download_is_part(d);
	unsigned percent = counts ? (unsigned)(d->progress.done_bytes * 100 / d->total) : 0;

	d->unlinked = true;
	if (percent)
		retry_say(d, "%s: link lost at %u %%: waiting", d->netif->name, percent);
	else
		retry_say(d, "%s: link lost: waiting", d->netif->name);
	text_format(d->words, sizeof(d->words), "waiting for the link of %s", d->netif->name);
}

/** Connections of before may have given up meanwhile, or be about to, and a new one is quicker than their timers. But one that
 *  cannot be gone on with by another is kept. */
static void link_back(struct download *d, uint32_t now_ms)
{
	d->unlinked = false;
	d->linked_ms = d->trickle_ms = now_ms;
	d->trickle_gained = d->gained;
	retry_say(d, "%s: link up, resuming", d->netif->name);
	if (d->begun && !download_resumable(d) && d->stage == FETCHING)
		return;
	lanes_close(d, now_ms);
	d->stage = PAUSING;
	d->retry_ms = now_ms;
}

bool watch_link(struct download *d, uint32_t now_ms)
{
	bool down = CONFIG_RESUME && d->netif && d->netif->open && !d->netif->link_up;

	if (down && !d->unlinked)
		link_lost(d);
	else if (CONFIG_RESUME && !down && d->unlinked)
		link_back(d, now_ms);
	return !down;
}

uint32_t watch_deadline(const struct download *d, uint32_t now_ms)
{
	uint32_t deadline = time_earlier(now_ms + 1000, d->trickle_ms + TRICKLE_MS);

	if (d->unlinked)
		return now_ms + 1000;
	for (unsigned i = 0; i < LANES_MAX; i++) {
		const struct loan *l = &d->lane[i].loan[d->lane[i].now];
		uint32_t silent_ms;

		if (!l->transfer)
			continue;
		if (l->ended)
			return now_ms;
		if (l->transfer->stage == TRANSFER_CONNECTING)
			continue;
		silent_ms = lane_silent_ms(&d->lane[i], now_ms);
		deadline = time_earlier(deadline, now_ms + (silent_ms < STALL_SAY_MS ? STALL_SAY_MS : STALL_END_MS) - silent_ms);
	}
	return deadline;
}
