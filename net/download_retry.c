/* SPDX-License-Identifier: BSD-2-Clause */
/* What is tried again. See net/download_parts.h.
 *
 * Before the server has begun to send the file (first contact) a refusal ends the download, an unreachable server after the last of
 * its addresses, one that asks for patience after three more tries. After that, and when a connection breaks before its answer, it is
 * tried again: at once at an address not tried since the last byte, else after 1, 2, 4, 8, 8... s. Every byte that was not here
 * before begins the count anew. A try is fruitless when the server said something and no byte came, or when it kept silent for 30 s or
 * through six SYNs; a server that is there no more (refused, closed without an answer, unreachable, busy) may be on its way back:
 * four such knocks are one try. Five fruitless tries end it: a server that refuses is knocked at for 143 s.
 * While the link is down nothing counts. Without CONFIG_RESUME whatever breaks ends it. */
#include <stdarg.h>

#include "core/errors.h"
#include "core/printf.h"
#include "core/random.h"
#include "net/download_parts.h"

enum weight { KNOCK, TRY };

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

void retry_say(struct download *d, const char *fmt, ...)
{
	va_list args;

	if (d->notices_said - d->notices_told == NOTICES_MAX)   /* nobody asked: the oldest goes */
		d->notices_told++;
	va_start(args, fmt);
	text_vformat(d->notice[d->notices_said++ % NOTICES_MAX], sizeof(d->notice[0]), fmt, args);
	va_end(args);
}

/** "12.3 MiB": so much of the file is here; of a part, it goes so far into the file. */
static const char *amount(const struct download *d, char buf[24])
{
	uint32_t kib = (uint32_t)((d->part.start + d->progress.done_bytes) >> 10);

	if (kib < 1024)
		text_format(buf, 24, "%u KiB", (unsigned)kib);
	else
		text_format(buf, 24, "%pK MiB", (void *)(uintptr_t)kib);
	return buf;
}

/** Why it is not going on, in a few words. */
static const char *reason(const struct download *d, int rc)
{
	if (rc == -ETIMEDOUT && d->silence_said)
		return "no data for 30 s";
	return rc == -EBUSY ? "server busy" : error_text(rc);
}

/* ---- addresses ------------------------------------------------------------------------------------------------------------------ */

/** Go to the next address that is good and not one of @skip; false, and nothing happens, when there is none. */
static bool next_address(struct download *d, uint8_t skip)
{
	for (unsigned i = 1; i <= d->dns.address_count; i++) {
		unsigned next = (d->address + i) % d->dns.address_count;

		if (!((d->dropped | skip) >> next & 1)) {
			d->address = next;
			return true;
		}
	}
	return false;
}

/* ---- again ---------------------------------------------------------------------------------------------------------------------- */

void retry_progress(struct download *d)
{
	d->tries = d->knocks = d->pauses = d->redirects = 0;
	d->retrying = d->silence_said = d->followed = d->asked_anew = false;
	d->tried = 0;
}

static int give_up(const struct download *d, int rc)
{
	unsigned long long got = d->best, wanted = download_wanted(d);

	if (!d->total_known)
		return rc;
	return fail(rc, "got %llu of %llu bytes%s, and no more in %u retries", got, wanted, rc == -ECONNABORTED ? ": truncated" : "",
	            TRIES_MAX);
}

/** RFC 8961: every next wait is longer; a little chance keeps a hall of machines from knocking all at once. */
static uint32_t backoff(struct download *d, uint32_t least_ms)
{
	uint32_t wait_ms = (uint32_t)BACKOFF_FIRST_MS << (d->pauses < 3 ? d->pauses : 3);

	_Static_assert(BACKOFF_FIRST_MS << 3 == BACKOFF_MAX_MS, "backoff() doubles three times");
	d->pauses++;
	if (wait_ms < least_ms)
		wait_ms = least_ms;
	return wait_ms + random_below(wait_ms / 8);
}

/** Wait, then ask again: @rc was the reason. */
static int pause(struct download *d, int rc, enum weight weight, uint32_t least_ms, uint32_t now_ms)
{
	const char *anew = d->progress.done_bytes && !download_resumable(d) ? " from the beginning" : "";
	uint32_t wait_ms;
	char here[24];

	if (d->retrying && (weight == TRY || ++d->knocks == KNOCKS_MAX)) {
		d->knocks = 0;
		if (++d->tries == TRIES_MAX)
			return give_up(d, rc);
	}
	wait_ms = backoff(d, least_ms);
	d->stage = PAUSING;
	d->retry_ms = now_ms + wait_ms;
	text_format(d->words, sizeof(d->words), "%s at %s; retry %u/%u%s in %u s", reason(d, rc), amount(d, here), d->tries + 1,
	            TRIES_MAX, anew, wait_ms / 1000);
	if (d->knocks == 0)
		retry_say(d, "%s", d->words);
	d->retrying = true;
	d->tried = 0;
	return -EINPROGRESS;
}

/** The only lane is closed, for the reason @rc. */
static int again(struct download *d, int rc, enum weight weight, uint32_t least_ms, uint32_t now_ms)
{
	char here[24];

	d->why = rc;
	d->tried |= (uint8_t)(1u << d->address);
	if (next_address(d, d->tried)) {
		if (d->contact)
			retry_say(d, "%s at %s; going on at %pI4", reason(d, rc), amount(d, here), &d->dns.address[d->address]);
		return download_fetch(d, now_ms);
	}
	next_address(d, 0);                     /* round again, from the one after this */
	return pause(d, rc, d->contact ? weight : TRY, least_ms, now_ms);
}

int retry_unreachable(struct download *d, int rc, uint32_t now_ms)
{
	if (!CONFIG_RESUME || !d->contact || rc == -ENOMEM || rc == -EINVAL)
		return rc;
	return again(d, rc, KNOCK, 0, now_ms);
}

/** From the first byte; @why is said. */
static int restart(struct download *d, const char *why, uint32_t now_ms)
{
	lanes_close(d, now_ms);
	if (download_is_part(d) && d->contact)
		return fail(-ESTALE, "%s, of which only parts were fetched", why);
	if (++d->restarts > RESTARTS_MAX)
		return fail(-EPROTO, "%s: %u times, and never the whole file", why, RESTARTS_MAX);
	retry_say(d, "%s, restarting", why);
	download_restart(d);
	return download_fetch(d, now_ms);
}

/** The file is another one by now: what was here of the old one counts for nothing. */
static int changed(struct download *d, uint32_t now_ms)
{
	d->best = 0;
	return restart(d, "file changed on server", now_ms);
}

/* ---- one of several ------------------------------------------------------------------------------------------------------------- */

/** The others go on. A server that sends something else than pieces of this file is asked for no more of them; and if it has
 *  another file by now, what nobody has asked for yet cannot be had any more, unless somebody has. */
static int lost(struct lane *lane, uint32_t now_ms)
{
	const struct loan *l = &lane->loan[lane->now];
	struct download *d = lane->download;
	int answer = l->answer;

	growth_lost(lane, l->fruitful, now_ms);
	if (answer == ANSWER_GOOD)
		return -EINPROGRESS;
	d->alone = true;
	return share_extend(d) || answer != ANSWER_CHANGED ? -EINPROGRESS : changed(d, now_ms);
}

/* ---- the only one --------------------------------------------------------------------------------------------------------------- */

/** It answered, with something else than the piece. */
static int other_answer(struct download *d, int answer, uint32_t address, uint32_t now_ms)
{
	if (address != d->home)
		d->dropped |= (uint8_t)(1u << d->address);
	if (address == d->home || d->dropped == (1u << d->dns.address_count) - 1) {
		if (answer == ANSWER_CHANGED)
			return changed(d, now_ms);
		d->alone = true;
		return restart(d, "no parts to be had from the server", now_ms);
	}
	/* Entity tags made of inode numbers differ from server to server: that is no reason to begin anew. */
	retry_say(d, "%pI4 has another version of the file", &address);
	return again(d, d->why, KNOCK, 0, now_ms);
}

/** The server asks for patience (429, 5xx): at first three times, as long as it says or 1, 2, 4 s; later as it is with every try. */
static int busy(struct download *d, const struct transfer_end *end, uint32_t now_ms)
{
	uint32_t after_s = end->retry_after_s < BUSY_AFTER_MAX_S ? end->retry_after_s : BUSY_AFTER_MAX_S, wait_ms;

	if (CONFIG_RESUME && d->contact)
		return pause(d, -EBUSY, KNOCK, 1000 * after_s, now_ms);
	if (d->busy == BUSY_TRIES)
		return end->rc;
	wait_ms = after_s ? 1000 * after_s : (uint32_t)BACKOFF_FIRST_MS << d->busy;
	d->busy++;
	d->stage = PAUSING;
	d->retry_ms = now_ms + wait_ms;
	text_format(d->words, sizeof(d->words), "server busy, try %u/%u in %u s", d->busy, BUSY_TRIES, wait_ms / 1000);
	return -EINPROGRESS;
}

/** A redirect where the file's first bytes had been found is followed once, then the original URL is asked anew. */
static int redirected(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;

	if (!CONFIG_RESUME || !d->contact || d->uri == d->first || !d->followed) {
		d->followed = d->contact && d->uri != d->first;
		return download_redirect(lane, now_ms);
	}
	lane_close(lane, now_ms);
	if (!d->asked_anew)
		return download_ask_anew(d, now_ms);
	return pause(d, -ELOOP, TRY, 0, now_ms);
}

/** The server said no, after having said yes: a redirect's target may be good for a while only, a file may be about to be replaced. */
static int refused(struct download *d, int rc, bool part, uint32_t now_ms)
{
	if (part && (rc == -ERANGE || rc == -EPROTO) && !d->refused_part) {
		d->refused_part = d->alone = true;
		return restart(d, "rest of the file refused by the server", now_ms);
	}
	if (d->uri != d->first && !d->asked_anew)
		return download_ask_anew(d, now_ms);
	return pause(d, rc, TRY, 0, now_ms);
}

static int failed(struct lane *lane, uint32_t now_ms)
{
	const struct loan l = lane->loan[lane->now];
	struct download *d = lane->download;
	bool unanswered = l.end.connecting ? l.end.rc != -ETIMEDOUT : !l.began;

	lane_close(lane, now_ms);
	if (l.answer == ANSWER_NO_ROOM || l.end.rc == -ENOMEM)
		return l.end.rc;
	if (CONFIG_RESUME && l.answer != ANSWER_GOOD)
		return other_answer(d, l.answer, lane->address, now_ms);
	if (l.end.connecting && !d->contact)
		return next_address(d, d->tried) ? download_fetch(d, now_ms) : l.end.rc;
	if (!CONFIG_RESUME)
		return l.end.rc;
	if (l.end.rc == -EMSGSIZE) {            /* nobody's fault, and known for the next connection: no reason to wait */
		retry_say(d, "path from %pI4 drops full-size packets: asking for smaller ones", &lane->address);
		return download_fetch(d, now_ms);
	}
	if (l.end.connecting || l.end.broken)
		return again(d, l.end.rc, unanswered ? KNOCK : TRY, 0, now_ms);
	return d->contact && !l.began ? refused(d, l.end.rc, l.piece.start > 0, now_ms) : l.end.rc;
}

/** It ended well; what was lent and did not come is missing still. */
static int done(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;
	bool fruitful = lane->loan[lane->now].fruitful;

	lane_next(lane, now_ms);
	if (lane_open(lane))
		return -EINPROGRESS;
	lane->idle = !lane->retiring || lanes_count(d) == 0;
	if (lanes_count(d) > 0 || (fruitful && download_resumable(d)))
		return -EINPROGRESS;
	lane->idle = false;
	fail(-EPROTO, "the answer ended before the file");
	return CONFIG_RESUME ? pause(d, -EPROTO, TRY, 0, now_ms) : -EPROTO;
}

/** RFC 9112 9.3.2: a server may end a connection after any answer, and what was asked for behind that is asked for again. */
static void ended_behind(struct lane *lane, uint32_t now_ms)
{
	bool retiring = lane->retiring;

	lane->download->one_by_one = true;
	lane_close(lane, now_ms);
	lane->idle = !retiring || lanes_count(lane->download) == 0;
}

int retry_ended(struct lane *lane, uint32_t now_ms)
{
	const struct loan *l = &lane->loan[lane->now];
	const struct transfer_end *end = &l->end;

	download_blame(lane->download);         /* others may have failed since */
	if (end->how == TRANSFER_DONE)
		return done(lane, now_ms);
	if (CONFIG_RESUME && l->behind && !l->began && end->how == TRANSFER_FAILED && end->broken) {
		ended_behind(lane, now_ms);
		return -EINPROGRESS;
	}
	if (lanes_several(lane->download))
		return lost(lane, now_ms);
	if (end->how == TRANSFER_REDIRECTED)
		return redirected(lane, now_ms);
	if (end->how == TRANSFER_BUSY) {
		struct transfer_end copy = *end;

		lane_close(lane, now_ms);
		return busy(lane->download, &copy, now_ms);
	}
	return failed(lane, now_ms);
}

int retry_stalled(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;
	uint32_t address = lane->address;

	if (lanes_several(d)) {
		growth_lost(lane, false, now_ms);
		return -EINPROGRESS;
	}
	lane_close(lane, now_ms);
	fail(-ETIMEDOUT, "no data for %u s from %pI4", STALL_END_MS / 1000, &address);
	return CONFIG_RESUME ? again(d, -ETIMEDOUT, TRY, 0, now_ms) : -ETIMEDOUT;
}
