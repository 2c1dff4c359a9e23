/* SPDX-License-Identifier: BSD-2-Clause */
/* How many lanes there are. See net/download_parts.h.
 *
 * Never more than one, where the download would soon be over with those there are. Else one is opened at a time: the total rate is
 * measured, once it is there for a second or four round trips the rate is measured again, and it stays if that rose by a tenth; as long
 * as its server still feels its way nothing is said against it. A lane that was lost is replaced without a trial. */
#include "config/net.h"
#include "core/clock.h"   // time_reached
#include "core/settings.h"
#include "net/download_parts.h"

_Static_assert(CONFIG_CONNECTIONS >= 1 && CONFIG_CONNECTIONS <= 16, "1 to 16 connections");

enum {
	FIRST_FLIGHT = 14600, FLIGHT_MAX = 4 << 20,             /* bytes: RFC 6928; what Linux servers buffer */
	SOON_MS = 2000,                                         /* a download that is over by then needs no lane more */
	TRIAL_MS = 1000, TRIAL_ROUNDS = 4,                      /* whichever is longer */
	FAR_MS = 150,                                           /* round trips: rising takes the better part of two seconds there */
	REST_FIRST_MS = 2000, REST_MAX_MS = 64000,              /* after a trial that failed */
	MEND_MS = 1000, LOST_MAX = 3,                           /* before a lost lane is replaced; so often in vain */
};

static unsigned lanes_max(void)
{
	size_t len;
	const uint8_t *value = settings_find(settings_root(), TAG_CONNECTIONS, NULL, true, &len);
	unsigned count = value && len ? value[len - 1] : CONFIG_CONNECTIONS;

	return count < 1 ? 1 : count > LANES_MAX ? LANES_MAX : count;
}

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

void growth_reset(struct download *d, uint32_t now_ms)
{
	if (!CONFIG_RESUME)
		return;
	d->growth = (struct growth){ .proven = 1, .rest_ms = REST_FIRST_MS };
	measure(d, now_ms);
}

void growth_lost(struct lane *lane, bool fruitful, uint32_t now_ms)
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
	uint32_t rounds_ms = TRIAL_ROUNDS * share_rtt_ms(d);

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
	uint64_t flight = (uint64_t)lane->meter.rate * lane_rtt_ms(lane) / 1000 + FIRST_FLIGHT, left = lane->download->left;
	uint32_t rounds = 1;

	for (; left > flight && rounds * lane_rtt_ms(lane) <= 2 * SOON_MS; rounds++) {
		left -= flight;
		flight = 2 * flight < FLIGHT_MAX ? 2 * flight : FLIGHT_MAX;
	}
	return rounds * lane_rtt_ms(lane);
}

/** Is there one lane, of a server so far away that it will not do however fast it gets? Then the first second says nothing more. */
static bool plainly_long(const struct download *d)
{
	const struct lane *only = d->lane;

	return d->growth.proven == 1 && lanes_count(d) == 1 && lane_open(only) && only->meter.rate && only->meter.rising &&
	       lane_rtt_ms(only) >= FAR_MS && rising_ms(only) > 2 * SOON_MS;
}

/** Is too little left, at @rate or at the latest figures, for one lane more? */
static bool soon_over(struct download *d, uint32_t rate)
{
	unsigned known;
	uint64_t latest = share_rate(d, &known);

	if (latest > rate && latest < UINT32_MAX)
		rate = (uint32_t)latest;
	for_each_lane(lane, d)
		if (lane_open(lane) && lane->meter.rising && lanes_count(d) == 1 && rising_ms(lane) <= SOON_MS)
			return true;
	return share_time_ms(d->left, rate) <= SOON_MS + share_warm_up_ms(d);
}

static struct lane *open_one(struct download *d, uint32_t now_ms)
{
	struct lane *lane = free_lane(d);

	if (!lane)
		return NULL;
	lane_init(lane, d);
	return share_lend(lane, now_ms) == 0 ? lane : NULL;
}

/** Lanes that had paid and were lost need no new trial. */
static void mend(struct download *d, uint32_t now_ms)
{
	unsigned known;
	uint64_t rate = share_rate(d, &known);

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

void growth_poll(struct download *d, uint32_t now_ms)
{
	struct growth *g = &d->growth;

	if (!share_possible(d))
		return;
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
		} else if (now_ms - g->since_ms >= (plainly_long(d) ? look(d) : interval(d)))
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

uint32_t growth_deadline(const struct download *d, uint32_t now_ms)
{
	const struct growth *g = &d->growth;

	if (!CONFIG_RESUME || !share_possible(d) || g->stage == GROWTH_OPENS || (g->stage == GROWTH_MEASURES && !g->began))
		return now_ms + 1000;
	return g->stage == GROWTH_RESTS ? g->since_ms : g->since_ms + (g->stage == GROWTH_TRIES ? look(d) : interval(d));
}
