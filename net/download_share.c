/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is lent what. See net/download_parts.h.
 *
 * A lane that is alone asks for all that follows. Others take their pieces from the far end of what nobody has, else of what the
 * slowest has left: so the first one goes on forwards, and its connection is cut once, where it meets them. A piece is two seconds'
 * work of its lane, and less towards the end, so that all end together. The next one is asked for before it is done. */
#include "core/errors.h"
#include "net/download_parts.h"

enum {
	SPLIT_MIN_BYTES = 2 << 20,                              /* shorter files keep to one connection */
	PIECE_MS = 2000, PIECE_MIN = 256 << 10, PIECE_MAX = 32 << 20,
	WARM_UP_ROUNDS = 4,                                     /* round trips that a new connection costs */
	GAIN_MS = 500,                                          /* for less a lane is not cut short */
	SILENT_MS = 3000,                                       /* for so long, and what it has is given to one that is free */
	BEHIND_MS = 100, BEHIND_ROUNDS = 4,                     /* and as many round trips before the end: the next request */
};

/* ---- figures -------------------------------------------------------------------------------------------------------------------- */

bool share_possible(const struct download *d)
{
	return download_resumable(d) && d->ranges && !d->alone && d->scheme->limit && d->total >= SPLIT_MIN_BYTES;
}

uint32_t share_rtt_ms(const struct download *d)
{
	uint32_t rtt_ms = 0;

	for (unsigned i = 0; i < LANES_MAX; i++)
		if (lane_rtt_ms(&d->lane[i]) > rtt_ms)
			rtt_ms = lane_rtt_ms(&d->lane[i]);
	return rtt_ms;
}

uint64_t share_rate(const struct download *d, unsigned *known)
{
	uint64_t rate = 0;

	*known = 0;
	for (unsigned i = 0; i < LANES_MAX; i++) {
		if (lane_open(&d->lane[i]) && d->lane[i].meter.rate) {
			rate += d->lane[i].meter.rate;
			++*known;
		}
	}
	return rate;
}

/** Bytes a second of @lane: as measured, else as the others bring on average; 0: nobody knows. */
static uint32_t rate_of(const struct lane *lane)
{
	unsigned known;
	uint64_t total;

	if (lane->meter.rate)
		return lane->meter.rate;
	total = share_rate(lane->download, &known);
	return known ? (uint32_t)(total / known) : 0;
}

uint32_t share_time_ms(uint64_t bytes, uint32_t rate)
{
	uint64_t ms = bytes * 1000 / (rate ? rate : 1);

	return ms < UINT32_MAX / 2 ? (uint32_t)ms : UINT32_MAX / 2;
}

/* ---- pieces --------------------------------------------------------------------------------------------------------------------- */

void share_spare(struct download *d)
{
	d->spare = d->missing;
	for_each_lane(lane, d)
		for (unsigned i = 0; i < 2; i++)
			if (lane->loan[i].transfer)
				ranges_remove(&d->spare, lane->loan[i].piece.start, lane->loan[i].piece.end);
}

bool share_extend(struct download *d)
{
	share_spare(d);
	for_each_lane(lane, d) {
		struct loan *l = lane_last(lane);
		uint64_t asked = l->asked_end < d->total ? l->asked_end : d->total;

		if (!l->transfer || l->ended || l->piece.end >= asked)
			continue;
		for (unsigned i = 0; i < d->spare.count; i++)
			if (d->spare.range[i].start == l->piece.end)
				lane_limit(lane, d->spare.range[i].end < asked ? d->spare.range[i].end : asked);
	}
	share_spare(d);
	return ranges_empty(&d->spare);
}

/** Two seconds' work for @lane, but no more than its share of what is left. */
static uint64_t piece_size(const struct lane *lane)
{
	unsigned known;
	uint64_t total = share_rate(lane->download, &known), rate = rate_of(lane), size = rate * PIECE_MS / 1000, share = size;

	if (!lane->meter.rate)
		total += rate;
	if (total >> 10)
		share = (lane->download->left >> 10) * rate / (total >> 10);
	if (size > share)
		size = share;
	if (size > PIECE_MAX)
		size = PIECE_MAX;
	return size < PIECE_MIN ? PIECE_MIN : size;
}

/** The end of the last thing that nobody has; no scrap is left of it. */
static void take_spare(const struct lane *lane, struct range *piece)
{
	const struct ranges *spare = &lane->download->spare;
	uint64_t size = piece_size(lane);

	*piece = spare->range[spare->count - 1];
	if (piece->end - piece->start >= size + PIECE_MIN / 2)
		piece->start = piece->end - size;
}

/** The one that takes longest for what it has, and how long that is. One that gets faster is not as slow as it seems, and what is cut short
 *  begins anew: it is the last to be chosen. */
static struct lane *slowest(const struct lane *helper, uint32_t *left_ms)
{
	struct lane *found = NULL;

	*left_ms = 0;
	for_each_lane(lane, helper->download) {
		uint32_t ms;

		if (lane == helper || !lane_open(lane) || lane_last(lane)->ended || !lane->meter.rate)
			continue;
		ms = share_time_ms(lane_left(lane), lane->meter.rate);
		if (!found || (lane->meter.rising == found->meter.rising ? ms > *left_ms : found->meter.rising)) {
			*left_ms = ms;
			found = lane;
		}
	}
	return found;
}

/* A handshake, a request, and twice as much each round trip (RFC 5681 3.1). */
uint32_t share_warm_up_ms(const struct download *d)
{
	return WARM_UP_ROUNDS * share_rtt_ms(d);
}

/** The end of what the slowest has: so much that both are done at the same time, if that is sooner by more than it costs. */
static struct lane *take_over(const struct lane *helper, struct range *piece)
{
	uint32_t left_ms, start_ms, rate = rate_of(helper);
	struct lane *victim = slowest(helper, &left_ms);
	uint64_t size, full, left;

	if (lane_open(helper))
		start_ms = share_time_ms(lane_left(helper), rate);           /* it comes after what it has */
	else
		start_ms = share_warm_up_ms(helper->download);
	if (!victim || left_ms <= start_ms + GAIN_MS)
		return NULL;
	left = lane_last(victim)->piece.end - lane_last(victim)->piece.start;
	size = (uint64_t)(left_ms - start_ms) * victim->meter.rate / 1000 * rate / ((uint64_t)victim->meter.rate + rate);
	full = piece_size(helper);
	if (size >= full)
		size = full;
	else if (share_time_ms(size, victim->meter.rate) < GAIN_MS)
		return NULL;
	if (size >= left)
		return NULL;
	*piece = (struct range){ lane_last(victim)->piece.end - size, lane_last(victim)->piece.end };
	return victim;
}

/** With nothing else to do: a lane that has brought nothing for a while loses what it has. */
static bool take_from_silent(const struct lane *helper, uint32_t now_ms)
{
	for_each_lane(lane, helper->download) {
		const struct loan *l = &lane->loan[lane->now];

		if (lane == helper || !l->transfer || l->ended || lane_silent_ms(lane, now_ms) < SILENT_MS + 4 * lane_rtt_ms(lane))
			continue;
		growth_lost(lane, true, now_ms);
		return true;
	}
	return false;
}

int share_lend(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;
	struct lane *victim = NULL;
	struct range piece;
	bool only = !CONFIG_RESUME || lanes_count(d) == lane_open(lane);
	int rc;

	share_spare(d);
	if (!only && !share_possible(d))
		return -ENOENT;
	if (ranges_empty(&d->spare) && !only && !(victim = take_over(lane, &piece)) && !lane_open(lane) && take_from_silent(lane, now_ms))
		share_spare(d);
	if (!ranges_empty(&d->spare)) {
		piece = d->spare.range[0];
		if (!only)
			take_spare(lane, &piece);
	} else if (!victim) {
		return -ENOENT;
	}
	rc = lane_lend(lane, &piece, now_ms);
	if (rc == 0 && victim)
		lane_limit(victim, piece.start);
	return rc;
}

/* ---- running -------------------------------------------------------------------------------------------------------------------- */

/** Is what it has nearly done, and nothing asked for behind it? */
static bool wants_more(const struct lane *lane)
{
	const struct loan *l = &lane->loan[lane->now];
	const struct download *d = lane->download;

	if (!CONFIG_RESUME || !l->transfer || !l->began || l->ended || l->none_behind || lane->loan[!lane->now].transfer)
		return false;
	if (lane->retiring || d->one_by_one)
		return false;
	return download_is_part(d) || (lane->meter.rate &&
	       share_time_ms(lane_left(lane), lane->meter.rate) <= BEHIND_ROUNDS * lane_rtt_ms(lane) + BEHIND_MS);
}

/** The next piece, before this one is done. A lane that was cut short may just go on. */
static void lend_behind(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;

	if (lanes_count(d) == 1 && share_extend(d))
		return;
	if (share_lend(lane, now_ms) == -EAGAIN)
		lane->loan[lane->now].none_behind = true;
}

int share_poll(struct download *d, uint32_t now_ms)
{
	int rc;

	if (!download_resumable(d))
		return -EINPROGRESS;
	for_each_lane(lane, d) {
		if (CONFIG_RESUME && lane_open(lane)) {
			meter_sample(&lane->meter, lane_rtt_ms(lane), now_ms);
			if (wants_more(lane))
				lend_behind(lane, now_ms);
		} else if (lane->idle && (rc = share_lend(lane, now_ms)) != 0 && rc != -ENOENT) {
			lane->idle = false;
			if (lanes_count(d) == 0)
				return retry_unreachable(d, rc, now_ms);
		}
	}
	return -EINPROGRESS;
}
