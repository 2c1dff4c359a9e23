/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is lent what, and how many lanes there are. See net/download_parts.h.
 *
 * A lane that is alone asks for all that follows. Others take their pieces from the far end of what nobody has, else of what the
 * slowest has left: so the first one goes on forwards, and its connection is cut once, where it meets them. A piece is two seconds'
 * work of its lane, and less towards the end, so that all end together. One lane is opened at a time; their number stays if the total
 * rate rose by a tenth, and as long as a server still feels its way nothing is said against its lane. */
#include "config/net.h"
#include "core/clock.h"   // time_earlier
#include "core/errors.h"
#include "core/settings.h"
#include "net/download_parts.h"

_Static_assert(CONFIG_CONNECTIONS >= 1 && CONFIG_CONNECTIONS <= 16, "1 to 16 connections");

enum {
	FIRST_FLIGHT = 14600, FLIGHT_MAX = 4 << 20,             /* bytes: RFC 6928; what Linux servers buffer */
	SPLIT_MIN_BYTES = 2 << 20, SPLIT_MIN_MS = 2000,         /* shorter downloads keep to one connection */
	PIECE_MS = 2000, PIECE_MIN = 256 << 10, PIECE_MAX = 32 << 20,
	TRIAL_MS = 1000, TRIAL_ROUNDS = 4,                      /* whichever is longer */
	REST_FIRST_MS = 2000, REST_MAX_MS = 64000,              /* after a trial that failed */
	MEND_MS = 1000, LOST_MAX = 3,                           /* before a lost lane is replaced; so often in vain */
	WARM_UP_ROUNDS = 4,                                     /* round trips that a new connection costs */
	GAIN_MS = 500,                                          /* for less a lane is not cut short */
	SILENT_MS = 3000,                                       /* for so long, and what it has is given to one that is free */
	BEHIND_MS = 100,                                        /* and two round trips before the end: the next request */
};

/* ---- figures -------------------------------------------------------------------------------------------------------------------- */

static unsigned lanes_max(void)
{
	size_t len;
	const uint8_t *value = settings_find(settings_root(), TAG_CONNECTIONS, NULL, true, &len);
	unsigned count = value && len ? value[len - 1] : CONFIG_CONNECTIONS;

	return count < 1 ? 1 : count > LANES_MAX ? LANES_MAX : count;
}

/** Pieces need a server that gives them, and something to know the file by. */
static bool may_split(const struct download *d)
{
	return download_resumable(d) && d->ranges && !d->alone && d->scheme->limit && d->total >= SPLIT_MIN_BYTES;
}

static uint32_t rtt_of(const struct lane *lane)
{
	const struct transfer *t = lane->loan[lane->now].transfer;

	return t ? t->rtt_ms : 0;
}

static uint32_t rtt_max(const struct download *d)
{
	uint32_t rtt_ms = 0;

	for (unsigned i = 0; i < LANES_MAX; i++)
		if (rtt_of(&d->lane[i]) > rtt_ms)
			rtt_ms = rtt_of(&d->lane[i]);
	return rtt_ms;
}

static uint64_t rate_total(const struct download *d, unsigned *known)
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
	total = rate_total(lane->download, &known);
	return known ? (uint32_t)(total / known) : 0;
}

static uint32_t time_for(uint64_t bytes, uint32_t rate)
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
	uint64_t total = rate_total(lane->download, &known), rate = rate_of(lane), size = rate * PIECE_MS / 1000, share = size;

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
		ms = time_for(lane_left(lane), lane->meter.rate);
		if (!found || (lane->meter.rising == found->meter.rising ? ms > *left_ms : found->meter.rising)) {
			*left_ms = ms;
			found = lane;
		}
	}
	return found;
}

/** How long a new connection takes until it brings something: a handshake, a request, and twice as much each round trip (RFC 5681 3.1). */
static uint32_t warm_up_ms(const struct download *d)
{
	return WARM_UP_ROUNDS * rtt_max(d);
}

/** The end of what the slowest has: so much that both are done at the same time, if that is sooner by more than it costs. */
static struct lane *take_over(const struct lane *helper, struct range *piece)
{
	uint32_t left_ms, start_ms, rate = rate_of(helper);
	struct lane *victim = slowest(helper, &left_ms);
	uint64_t size, full, left;

	if (lane_open(helper))
		start_ms = time_for(lane_left(helper), rate);           /* it comes after what it has */
	else
		start_ms = warm_up_ms(helper->download);
	if (!victim || left_ms <= start_ms + GAIN_MS)
		return NULL;
	left = lane_last(victim)->piece.end - lane_last(victim)->piece.start;
	size = (uint64_t)(left_ms - start_ms) * victim->meter.rate / 1000 * rate / ((uint64_t)victim->meter.rate + rate);
	full = piece_size(helper);
	if (size >= full)
		size = full;
	else if (time_for(size, victim->meter.rate) < GAIN_MS)
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

		if (lane == helper || !l->transfer || l->ended || lane_silent_ms(lane, now_ms) < SILENT_MS + 4 * rtt_of(lane))
			continue;
		share_lost(lane, true, now_ms);
		return true;
	}
	return false;
}

/** Lend @lane what there is for it; -ENOENT if there is nothing. */
static int lend(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;
	struct lane *victim = NULL;
	struct range piece;
	bool only = !CONFIG_RESUME || lanes_count(d) == lane_open(lane);
	int rc;

	share_spare(d);
	if (!only && !may_split(d))
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

/* ---- the number of lanes -------------------------------------------------------------------------------------------------------- */

static void measure(struct download *d, uint32_t now_ms)
{
	d->growth.stage = GROWTH_MEASURES;
	d->growth.began = false;
	d->growth.trial = NULL;
	d->growth.since_ms = now_ms;
	d->growth.bytes = d->gained;
}

static void rest(struct download *d, uint32_t ms, uint32_t now_ms)
{
	d->growth.stage = GROWTH_RESTS;
	d->growth.trial = NULL;
	d->growth.since_ms = now_ms + ms;
}

/** After a trial that was not worth it: longer each time. */
static void rest_longer(struct download *d, uint32_t now_ms)
{
	rest(d, d->growth.rest_ms, now_ms);
	if (d->growth.rest_ms < REST_MAX_MS)
		d->growth.rest_ms *= 2;
}

void share_reset(struct download *d, uint32_t now_ms)
{
	if (!CONFIG_RESUME)
		return;
	d->growth = (struct growth){ .proven = 1, .rest_ms = REST_FIRST_MS };
	measure(d, now_ms);
}

void share_lost(struct lane *lane, bool fruitful, uint32_t now_ms)
{
	struct download *d = lane->download;
	struct growth *g = &d->growth;

	lane_close(lane, now_ms);
	g->lost = fruitful ? 0 : g->lost + 1;
	if (lane == g->trial) {
		rest_longer(d, now_ms);
		return;
	}
	if (g->lost >= LOST_MAX)                /* the server wants no more of them */
		g->proven = lanes_count(d);
	rest(d, MEND_MS << (g->lost < LOST_MAX ? g->lost : LOST_MAX), now_ms);
}

static uint32_t interval(const struct download *d)
{
	uint32_t rounds_ms = TRIAL_ROUNDS * rtt_max(d);

	return rounds_ms > TRIAL_MS ? rounds_ms : TRIAL_MS;
}

/** How often a trial is looked at: one that pays is known before its interval is over. */
static uint32_t look(const struct download *d)
{
	return interval(d) / 4;
}

static uint32_t rate_since(const struct download *d, uint32_t now_ms)
{
	uint64_t rate = (d->gained - d->growth.bytes) * 1000 / (now_ms - d->growth.since_ms);

	return rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
}

static struct lane *free_lane(struct download *d)
{
	for_each_lane(lane, d)
		if (!lane_open(lane) && !lane->idle)
			return lane;
	return NULL;
}

static unsigned lanes_busy(const struct download *d)
{
	unsigned count = lanes_count(d);

	for (unsigned i = 0; i < LANES_MAX; i++)
		count += d->lane[i].idle;
	return count;
}

/** How long the only lane takes for what is left if its server goes on to send twice as much each round trip. */
static uint32_t rising_ms(const struct lane *lane)
{
	uint64_t flight = (uint64_t)lane->meter.rate * rtt_of(lane) / 1000 + FIRST_FLIGHT, left = lane->download->left;
	uint32_t rounds = 1;

	for (; left > flight && rounds * rtt_of(lane) <= SPLIT_MIN_MS; rounds++) {
		left -= flight;
		flight = 2 * flight < FLIGHT_MAX ? 2 * flight : FLIGHT_MAX;
	}
	return rounds * rtt_of(lane);
}

/** Is too little left, at @rate or at the latest figures, for one lane more? */
static bool soon_over(struct download *d, uint32_t rate)
{
	unsigned known;
	uint64_t latest = rate_total(d, &known);

	if (latest > rate && latest < UINT32_MAX)
		rate = (uint32_t)latest;
	for_each_lane(lane, d)
		if (lane_open(lane) && lane->meter.rising && lanes_count(d) == 1 && rising_ms(lane) <= SPLIT_MIN_MS)
			return true;
	return time_for(d->left, rate) <= SPLIT_MIN_MS + warm_up_ms(d);
}

static struct lane *open_one(struct download *d, uint32_t now_ms)
{
	struct lane *lane = free_lane(d);

	if (!lane)
		return NULL;
	lane_init(lane, d);
	return lend(lane, now_ms) == 0 ? lane : NULL;
}

/** Lanes that had paid and were lost need no new trial. */
static void mend(struct download *d, uint32_t now_ms)
{
	unsigned known;
	uint64_t rate = rate_total(d, &known);

	while (lanes_busy(d) < d->growth.proven && lanes_busy(d) < lanes_max() && !soon_over(d, (uint32_t)rate) && open_one(d, now_ms))
		;
	measure(d, now_ms);
}

/** The total is @rate bytes a second: see what it is with one lane more, if that can pay. */
static void try_one_more(struct download *d, uint32_t rate, uint32_t now_ms)
{
	struct growth *g = &d->growth;

	measure(d, now_ms);
	if (lanes_busy(d) >= lanes_max() || soon_over(d, rate))
		return;
	g->trial = open_one(d, now_ms);
	if (!g->trial) {
		rest_longer(d, now_ms);
		return;
	}
	g->stage = GROWTH_OPENS;
	g->before = rate;
}

/** Did the trial pay: is the total, @rate since it began, higher by a tenth? When it is lower by a tenth in the end, what was measured
 *  before was not steady (the first second of a lossy path is the best): then by a tenth than what the others bring now. */
static bool paid(const struct growth *g, uint32_t rate, bool in_the_end)
{
	uint32_t own = g->trial->meter.rate < rate ? g->trial->meter.rate : rate;

	if (in_the_end && rate < g->before - g->before / 10)
		return own >= (rate - own) / 10;
	return rate >= g->before + g->before / 10;
}

/** One lane less: not the newest, which may by now bring what the others lost to it. */
static void retire_slowest(struct download *d)
{
	struct lane *slow = d->growth.trial;

	for_each_lane(lane, d)
		if (lane_open(lane) && !lane->retiring && lane->meter.rate < slow->meter.rate)
			slow = lane;
	slow->retiring = true;
	slow->idle = false;
}

/** Go on with the trial: look at what follows, or, @anew, at nothing that was. */
static void look_again(struct download *d, bool anew, uint32_t now_ms)
{
	struct growth *g = &d->growth;

	g->since_ms = now_ms;
	g->bytes = d->gained;
	if (anew) {
		g->tried_ms = now_ms;
		g->tried_bytes = d->gained;
	}
}

/** A trial pays, is still getting faster, or has had its time. Before its time it must be plain, in the last look alone too: bytes come in
 *  bursts where some were lost. */
static void judge(struct download *d, uint32_t now_ms)
{
	struct growth *g = &d->growth;
	bool in_the_end = now_ms - g->tried_ms >= interval(d), plain = rate_since(d, now_ms) >= g->before + g->before / 4;

	g->since_ms = g->tried_ms;
	g->bytes = g->tried_bytes;
	if ((plain || in_the_end) && paid(g, rate_since(d, now_ms), in_the_end)) {
		g->proven = lanes_busy(d);
		try_one_more(d, rate_since(d, now_ms), now_ms);
	} else if (g->trial->meter.rising || !in_the_end) {
		look_again(d, in_the_end, now_ms);
	} else {
		retire_slowest(d);
		rest_longer(d, now_ms);
	}
}

static void grow(struct download *d, uint32_t now_ms)
{
	struct growth *g = &d->growth;

	switch (g->stage) {
	case GROWTH_RESTS:
		if (time_reached(now_ms, g->since_ms))
			mend(d, now_ms);
		break;
	case GROWTH_MEASURES:
		if (!g->began) {
			g->began = d->gained != g->bytes;
			g->bytes = d->gained;
			g->since_ms = now_ms;
		} else if (now_ms - g->since_ms >= interval(d))
			try_one_more(d, rate_since(d, now_ms), now_ms);
		break;
	case GROWTH_OPENS:
		if (!g->trial->meter.bytes && !g->trial->meter.rate)
			break;
		g->stage = GROWTH_TRIES;
		look_again(d, true, now_ms);
		break;
	case GROWTH_TRIES:
		if (now_ms - g->since_ms >= look(d))
			judge(d, now_ms);
		break;
	}
}

/* ---- running -------------------------------------------------------------------------------------------------------------------- */

/** Is what it has nearly done, and nothing asked for behind it? */
static bool wants_more(const struct lane *lane)
{
	const struct loan *l = &lane->loan[lane->now];
	const struct download *d = lane->download;

	if (!CONFIG_RESUME || !l->transfer || !l->began || l->ended || l->none_behind || lane->loan[!lane->now].transfer)
		return false;
	return !lane->retiring && !d->one_by_one && lane->meter.rate &&
	       time_for(lane_left(lane), lane->meter.rate) <= 4 * rtt_of(lane) + BEHIND_MS;
}

/** The next piece, before this one is done. A lane that was cut short may just go on. */
static void lend_behind(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;

	if (lanes_count(d) == 1 && share_extend(d))
		return;
	if (lend(lane, now_ms) == -EAGAIN)
		lane->loan[lane->now].none_behind = true;
}

int share_poll(struct download *d, uint32_t now_ms)
{
	int rc;

	if (!download_resumable(d))
		return -EINPROGRESS;
	for_each_lane(lane, d) {
		if (CONFIG_RESUME && lane_open(lane)) {
			meter_sample(&lane->meter, rtt_of(lane), now_ms);
			if (wants_more(lane))
				lend_behind(lane, now_ms);
		} else if (lane->idle && (rc = lend(lane, now_ms)) != 0 && rc != -ENOENT) {
			lane->idle = false;
			if (lanes_count(d) == 0)
				return retry_unreachable(d, rc, now_ms);
		}
	}
	if (may_split(d))
		grow(d, now_ms);
	return -EINPROGRESS;
}

uint32_t share_deadline(const struct download *d, uint32_t now_ms)
{
	const struct growth *g = &d->growth;

	if (!CONFIG_RESUME || !may_split(d) || g->stage == GROWTH_OPENS || (g->stage == GROWTH_MEASURES && !g->began))
		return now_ms + 1000;
	return g->stage == GROWTH_RESTS ? g->since_ms : g->since_ms + (g->stage == GROWTH_TRIES ? look(d) : interval(d));
}
