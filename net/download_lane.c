/* SPDX-License-Identifier: BSD-2-Clause */
/* Lanes: a connection's share of a download, the pieces lent to it, and what its transfers tell. See net/download_parts.h.
 *
 * Bytes count once, by the set of those missing: what came before, or was given to somebody else since, adds nothing. */
#include "core/errors.h"
#include "core/string.h"
#include "net/download_parts.h"

enum { METER_MS = 500 };

/* ---- rates ---------------------------------------------------------------------------------------------------------------------- */

void meter_sample(struct meter *m, uint32_t min_ms, uint32_t now_ms)
{
	uint32_t ms = now_ms - m->since_ms;
	uint64_t rate;

	if (ms < METER_MS || ms < min_ms)
		return;
	rate = (uint64_t)m->bytes * 1000 / ms;
	if (rate > UINT32_MAX)
		rate = UINT32_MAX;
	m->rising = rate / 5 > m->rate / 4;
	m->rate = rate < m->rate ? m->rate / 2 + (uint32_t)rate / 2 : (uint32_t)rate;
	m->bytes = 0;
	m->since_ms = now_ms;
}

/* ---- what a transfer tells ------------------------------------------------------------------------------------------------------ */

static struct loan *loan_of(struct transfer_user *user)
{
	return container_of(user, struct loan, user);
}

/** The first answer: this is the file. */
static int take_file(struct loan *l, const struct transfer_info *info)
{
	struct download *d = l->lane->download;
	int rc;

	if (info->piece.start != 0)
		return fail(-EPROTO, "the server sent bytes from %llu on", (unsigned long long)info->piece.start);
	if (info->ranges && !info->known)               /* RFC 9110 14.4: "bytes 0-99/" and a star: there may be more */
		return fail(-EPROTO, "the server sent a part and does not say of how many bytes");
	if ((d->total_known = info->known) != false)
		d->total = d->progress.total_bytes = info->total_bytes;
	d->ranges = info->ranges;
	d->home = l->lane->address;
	if (!text_copy(d->validator, sizeof(d->validator), info->validator))
		d->validator[0] = '\0';
	if (download_is_part(d) && d->part.end > d->total)
		d->part.end = d->total;
	ranges_init(&d->missing, 0, download_wanted(d));
	d->left = download_wanted(d);
	l->piece.end = info->piece.end < d->total ? info->piece.end : d->total;
	rc = download_is_part(d) ? part_check(d) : 0;
	if (rc == 0)
		rc = d->sink->size(d->sink, info->known, d->progress.total_bytes);
	if (rc != 0)
		l->answer = ANSWER_NO_ROOM;
	else
		d->begun = d->contact = true;
	return rc;
}

/** RFC 9110 13.1.5, 15.3.7: is a later answer the piece that was asked for, of the same file? The scheme has filled in a validator that was
 *  left out; one that is none, a weak entity tag say, is another. */
static int judge(const struct loan *l, const struct transfer_info *info)
{
	const struct download *d = l->lane->download;
	bool same = strcmp(info->validator, d->validator) == 0, same_total = info->known && info->total_bytes == d->total;
	bool other_total = info->known && !same_total;

	if (!same || other_total)
		return ANSWER_CHANGED;
	if (info->ranges)
		return same_total && info->piece.start == l->piece.start ? ANSWER_GOOD : ANSWER_ODD;
	return l->piece.start == 0 && l->piece.end == d->total && same_total ? ANSWER_GOOD : ANSWER_WHOLE;
}

static int lane_begin(struct transfer_user *user, const struct transfer_info *info)
{
	struct loan *l = loan_of(user);
	struct download *d = l->lane->download;

	l->began = true;
	if (!CONFIG_RESUME || !d->begun)
		return take_file(l, info);
	l->answer = judge(l, info);
	if (l->answer != ANSWER_GOOD)
		return -EPROTO;                         /* what it means for the download is told where that ends */
	if (info->piece.end < l->piece.end)
		l->piece.end = info->piece.end;
	return 0;
}

static uint8_t *lane_at(struct transfer_user *user, uint64_t offset, size_t len)
{
	struct download *d = loan_of(user)->lane->download;

	return d->sink->at(d->sink, offset, len);
}

/** [@start, @end), of which the last bytes came now, are here; returns how many of them were missing. */
static uint64_t take_bytes(struct download *d, uint64_t start, uint64_t end)
{
	uint64_t before = d->left;

	if (!d->total_known) {
		uint64_t done = d->progress.done_bytes;

		d->progress.done_bytes = end;
		return end - done;
	}
	ranges_remove(&d->missing, start, end);         /* when the set is too small for it, this is made up for at the piece's end */
	d->left = ranges_total(&d->missing);
	d->progress.done_bytes = download_wanted(d) - d->left;
	return before - d->left;
}

static void lane_arrived(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms)
{
	struct loan *l = loan_of(user);
	struct lane *lane = l->lane;
	struct download *d = lane->download;

	if (CONFIG_RESUME && !l->fruitful && !lane->meter.rate)
		lane->meter = (struct meter){ .since_ms = now_ms };
	l->fruitful = true;
	lane->meter.bytes += (uint32_t)len;
	if (l->piece.start < offset + len)
		l->piece.start = offset + len;
	d->gained += take_bytes(d, l->lent_start, offset + len);
	if (d->progress.done_bytes > d->best) {
		d->best = d->progress.done_bytes;
		retry_progress(d);
	}
}

static void lane_ended(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms)
{
	struct loan *l = loan_of(user);

	(void)now_ms;
	l->ended = true;
	l->end = *end;
	error_copy(&l->lane->download->error);
}

/* ---- loans ---------------------------------------------------------------------------------------------------------------------- */

void lane_init(struct lane *lane, struct download *d)
{
	*lane = (struct lane){ .download = d };
}

int lane_lend(struct lane *lane, const struct range *piece, uint32_t now_ms)
{
	struct download *d = lane->download;
	struct transfer *before = lane->loan[lane->now].transfer;
	struct loan *l = &lane->loan[before ? !lane->now : lane->now];
	struct transfer_request request = { d->uri, before ? lane->address : d->dns.address[d->address], *piece, NULL, before, d->hold };
	int rc;

	if (CONFIG_SAN && d->sink->together && d->sink->together(d->sink, piece->start) < piece->end)
		request.piece.end = d->sink->together(d->sink, piece->start);
	*l = (struct loan){ .user = { lane_begin, lane_at, lane_arrived, lane_ended }, .lane = lane, .piece = request.piece };
	l->lent_start = piece->start;
	l->asked_end = request.piece.end;
	l->behind = before != NULL;
	if (request.piece.end == d->total)
		request.piece.end = RANGE_UNKNOWN;
	if (d->begun)
		request.validator = d->validator;
	if (!before) {
		lane->address = request.address;
		lane->idle = lane->retiring = false;
		lane->meter.since_ms = now_ms;
		lane->meter.bytes = 0;
	}
	rc = d->scheme->open(&l->transfer, &l->user, d->net, &request, now_ms);
	if (rc != 0)
		l->transfer = NULL;
	return rc;
}

void lane_limit(struct lane *lane, uint64_t end)
{
	struct loan *l = lane_last(lane);

	l->piece.end = end;
	lane->download->scheme->limit(l->transfer, end);
}

static void loan_close(struct loan *l, uint32_t now_ms)
{
	l->lane->download->scheme->close(l->transfer, now_ms);
	l->transfer = NULL;
}

void lane_next(struct lane *lane, uint32_t now_ms)
{
	loan_close(&lane->loan[lane->now], now_ms);
	if (lane->loan[!lane->now].transfer)
		lane->now = !lane->now;
}

void lane_close(struct lane *lane, uint32_t now_ms)
{
	if (lane->loan[!lane->now].transfer)
		loan_close(&lane->loan[!lane->now], now_ms);
	if (lane->loan[lane->now].transfer)
		loan_close(&lane->loan[lane->now], now_ms);
	lane->idle = lane->retiring = false;
	lane->meter = (struct meter){ .since_ms = now_ms };
}

void lanes_close(struct download *d, uint32_t now_ms)
{
	for_each_lane(lane, d)
		lane_close(lane, now_ms);
}

unsigned lanes_count(const struct download *d)
{
	unsigned count = 0;

	for (unsigned i = 0; i < LANES_MAX; i++)
		count += lane_open(&d->lane[i]);
	return count;
}

uint32_t lane_silent_ms(const struct lane *lane, uint32_t now_ms)
{
	const struct download *d = lane->download;
	uint32_t silent_ms = now_ms - d->scheme->heard_ms(lane->loan[lane->now].transfer), linked_ms = now_ms - d->linked_ms;

	return silent_ms < linked_ms ? silent_ms : linked_ms;
}

uint64_t lane_left(const struct lane *lane)
{
	uint64_t left = 0;

	for (unsigned i = 0; i < 2; i++)
		if (lane->loan[i].transfer && lane->loan[i].piece.start < lane->loan[i].piece.end)
			left += lane->loan[i].piece.end - lane->loan[i].piece.start;
	return left;
}
