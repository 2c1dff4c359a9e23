/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads: resolve the server's name, open a transfer for what is missing, follow redirects, try again where that is promised.
 *
 * Everything that begins or ends a transfer happens in download_poll(); a transfer's callbacks only write down what came. */
#include "net/download.h"

#include "core/clock.h"   // time_reached
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/string.h"   // text_copy
#include "net/ranges.h"
#include "net/schemes.h"

enum {
	REDIRECTS_MAX = 8, BUSY_TRIES = 3, BUSY_FIRST_MS = 1000, BUSY_AFTER_MAX_S = 30,
	STALL_SAY_MS = 20000, STALL_END_MS = 30000,
};

/** One connection's share of a download. */
struct lane {
	struct transfer_user user;
	struct download *download;
	struct transfer *transfer;              /* NULL: none open */
	bool ended;
	struct transfer_end end;
};

struct download {
	struct list link;                       /* net->downloads */
	struct net *net;
	struct uri *uri;                        /* the one asked now: the last redirect's */
	const struct scheme *scheme;
	struct sink *sink;
	int rc;
	enum { RESOLVING, FETCHING, PAUSING, OVER } stage;
	unsigned address;                       /* of dns.address[], the one in use */
	struct lane lane[1];
	bool total_known;
	struct progress progress;
	unsigned redirects, busy;
	uint32_t retry_ms;                      /* PAUSING: until then */
	char words[96];
	struct dns_query dns;
	struct ranges missing;
};

/* ---- what a transfer tells ------------------------------------------------------------------------------------------------------ */

static struct lane *lane_of(struct transfer_user *user)
{
	return container_of(user, struct lane, user);
}

/** The length is known, or will not be: everything is missing. */
static int lane_begin(struct transfer_user *user, const struct transfer_info *info)
{
	struct download *d = lane_of(user)->download;

	if (info->piece.start != 0)
		return fail(-EPROTO, "the server sent bytes from %llu on", (unsigned long long)info->piece.start);
	ranges_init(&d->missing, 0, info->known ? info->total_bytes : RANGE_UNKNOWN);
	d->total_known = info->known;
	d->progress.done_bytes = 0;
	d->progress.total_bytes = info->known ? info->total_bytes : 0;
	return d->sink->size(d->sink, info->known, info->known ? info->total_bytes : 0);
}

static uint8_t *lane_at(struct transfer_user *user, uint64_t offset, size_t len)
{
	struct download *d = lane_of(user)->download;

	return d->sink->at(d->sink, offset, len);
}

static void lane_arrived(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms)
{
	struct download *d = lane_of(user)->download;

	(void)now_ms;
	ranges_remove(&d->missing, offset, offset + len);
	d->progress.done_bytes += len;
}

static void lane_ended(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms)
{
	struct lane *l = lane_of(user);

	(void)now_ms;
	l->ended = true;
	l->end = *end;
}

/* ---- stages: each function returns how the download ends, -EINPROGRESS if it does not yet -------------------------------------------- */

static void lane_close(struct lane *l, uint32_t now_ms)
{
	l->download->scheme->close(l->transfer, now_ms);
	l->transfer = NULL;
	l->ended = false;
}

static void finish(struct download *d, int rc, uint32_t now_ms)
{
	lane_close(&d->lane[0], now_ms);
	dns_stop(&d->dns);
	d->stage = OVER;
	d->rc = rc;
	d->words[0] = '\0';
}

static int resolve(struct download *d, uint32_t now_ms)
{
	dns_stop(&d->dns);
	d->stage = RESOLVING;
	d->address = 0;
	text_format(d->words, sizeof(d->words), "resolving %.60s", d->uri->host);
	dns_start(&d->dns, d->net, d->uri->host, now_ms);
	return -EINPROGRESS;
}

static int fetch(struct download *d, uint32_t now_ms)
{
	struct lane *l = &d->lane[0];
	struct transfer_request request = { d->uri, d->dns.address[d->address], { 0, RANGE_UNKNOWN }, NULL, NULL };
	int rc;

	d->stage = FETCHING;
	d->words[0] = '\0';
	l->ended = false;
	rc = d->scheme->open(&l->transfer, &l->user, d->net, &request, now_ms);
	return rc ? rc : -EINPROGRESS;
}

/** Make @uri the one to ask; takes it. */
static int set_uri(struct download *d, struct uri *uri)
{
	const struct scheme *scheme = scheme_find(uri->scheme);
	int rc = 0;

	if (!scheme)
		rc = -EPROTONOSUPPORT;
	else if (uri->host[0] == '\0')
		rc = fail(-EINVAL, "no host in the URL");
	if (rc != 0) {
		uri_free(uri);
		return rc;
	}
	uri_free(d->uri);
	d->uri = uri;
	d->scheme = scheme;
	return 0;
}

/** RFC 9110 15.4. The new URI may be relative to the old one, and of another scheme. */
static int redirect(struct download *d, const char *location)
{
	char last[160];
	struct uri *uri;
	int rc = uri_resolve(d->uri, location, &uri);

	if (rc != 0)
		return rc;
	uri_format(uri, last, sizeof(last), 1);
	if (++d->redirects > REDIRECTS_MAX) {
		uri_free(uri);
		return fail(-ELOOP, "too many redirects (%u), last: %s", REDIRECTS_MAX, last);
	}
	return set_uri(d, uri);
}

static int redirected(struct download *d, uint32_t now_ms)
{
	struct lane *l = &d->lane[0];
	const struct scheme *scheme = d->scheme;
	int rc = redirect(d, l->end.location);

	scheme->close(l->transfer, now_ms);     /* the location was its */
	l->transfer = NULL;
	return rc ? rc : resolve(d, now_ms);
}

/** The server asks for patience (429, 5xx): three times, as long as it says or 1, 2, 4 s. */
static int busy(struct download *d, uint32_t now_ms)
{
	const struct transfer_end *end = &d->lane[0].end;
	uint32_t wait_ms = (uint32_t)BUSY_FIRST_MS << d->busy;

	if (d->busy == BUSY_TRIES)
		return end->rc;
	if (end->retry_after_s)
		wait_ms = 1000 * (end->retry_after_s < BUSY_AFTER_MAX_S ? end->retry_after_s : BUSY_AFTER_MAX_S);
	d->busy++;
	lane_close(&d->lane[0], now_ms);
	d->stage = PAUSING;
	d->retry_ms = now_ms + wait_ms;
	text_format(d->words, sizeof(d->words), "server busy, try %u/%u in %u s", d->busy, BUSY_TRIES, wait_ms / 1000);
	return -EINPROGRESS;
}

/** Every byte there is has come. */
static int complete(struct download *d)
{
	if (!d->total_known) {
		ranges_remove(&d->missing, d->progress.done_bytes, RANGE_UNKNOWN);
		d->progress.total_bytes = d->progress.done_bytes;
	}
	if (ranges_empty(&d->missing))
		return 0;
	return fail(-EPROTO, "got %llu of %llu bytes", (unsigned long long)d->progress.done_bytes,
	            (unsigned long long)d->progress.total_bytes);
}

/** A server that cannot be reached may have another address; any other failure is the end. */
static int failed(struct download *d, uint32_t now_ms)
{
	const struct transfer_end *end = &d->lane[0].end;

	if (!end->connecting || d->address + 1 >= d->dns.address_count)
		return end->rc;
	lane_close(&d->lane[0], now_ms);
	d->address++;
	return fetch(d, now_ms);
}

static int ended(struct download *d, uint32_t now_ms)
{
	switch (d->lane[0].end.how) {
	case TRANSFER_DONE:
		return complete(d);
	case TRANSFER_REDIRECTED:
		return redirected(d, now_ms);
	case TRANSFER_BUSY:
		return busy(d, now_ms);
	default:
		return failed(d, now_ms);
	}
}

/** Say what it waits for; end what has been silent for too long. */
static int watch(struct download *d, uint32_t now_ms)
{
	const struct transfer *t = d->lane[0].transfer;
	uint32_t silent_ms = now_ms - d->scheme->heard_ms(t);

	if (t->stage == TRANSFER_CONNECTING)
		text_format(d->words, sizeof(d->words), "connecting to %pI4", &t->address);
	else if (silent_ms >= STALL_END_MS)
		return fail(-ETIMEDOUT, "no data for %u s from %pI4", STALL_END_MS / 1000, &t->address);
	else if (silent_ms >= STALL_SAY_MS)
		text_format(d->words, sizeof(d->words), "no data for %u s", silent_ms / 1000);
	else
		text_copy(d->words, sizeof(d->words), t->stage == TRANSFER_WAITING ? "waiting for data" : "");
	return -EINPROGRESS;
}

static void step(struct download *d, uint32_t now_ms)
{
	int rc = -EINPROGRESS;

	if (d->stage == RESOLVING && d->dns.rc != -EINPROGRESS)
		rc = d->dns.rc ? d->dns.rc : fetch(d, now_ms);
	else if (d->stage == PAUSING && time_reached(now_ms, d->retry_ms))
		rc = fetch(d, now_ms);
	if (rc == -EINPROGRESS && d->stage == FETCHING)
		rc = d->lane[0].ended ? ended(d, now_ms) : watch(d, now_ms);
	if (rc != -EINPROGRESS)
		finish(d, rc, now_ms);
}

void download_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->downloads)
		step(list_entry(pos, struct download, link), now_ms);
	for (unsigned i = 0; schemes[i]; i++)
		if (schemes[i]->poll)
			schemes[i]->poll(net, now_ms);
}

/** When step() has something to do that no packet brings. */
static uint32_t due(const struct download *d, uint32_t now_ms)
{
	switch (d->stage) {
	case RESOLVING:
		return d->dns.rc == -EINPROGRESS ? now_ms + 1000 : now_ms;
	case FETCHING:
		return d->lane[0].ended ? now_ms : now_ms + 1000;
	case PAUSING:
		return d->retry_ms;
	default:
		return now_ms + 1000;
	}
}

uint32_t download_deadline(const struct net *net, uint32_t now_ms)
{
	uint32_t deadline = now_ms + 1000;
	const struct list *pos;

	list_for_each(pos, &net->downloads)
		deadline = time_earlier(deadline, due(list_entry(pos, const struct download, link), now_ms));
	for (unsigned i = 0; schemes[i]; i++)
		if (schemes[i]->deadline)
			deadline = time_earlier(deadline, schemes[i]->deadline(net, now_ms));
	return deadline;
}

void download_shutdown(struct net *net, uint32_t now_ms)
{
	struct list *pos, *tmp;

	list_for_each_safe(pos, tmp, &net->downloads) {
		struct download *d = list_entry(pos, struct download, link);

		if (d->stage != OVER)
			finish(d, -ENETDOWN, now_ms);
	}
	for (unsigned i = 0; schemes[i]; i++)
		if (schemes[i]->shutdown)
			schemes[i]->shutdown(net, now_ms);
}

/* ---- for usr/ ------------------------------------------------------------------------------------------------------------------- */

int download_start(struct download **result, struct net *net, const struct uri *uri, struct sink *sink, uint32_t now_ms)
{
	struct download *d = heap_zalloc(sizeof(*d));
	struct uri *copy = uri_copy(uri);
	int rc;

	*result = NULL;
	if (!d || !copy) {
		uri_free(copy);
		heap_free(d);
		return fail(-ENOMEM, "no room for a download");
	}
	if ((rc = set_uri(d, copy)) != 0) {
		heap_free(d);
		return rc;
	}
	d->net = net;
	d->sink = sink;
	d->rc = -EINPROGRESS;
	list_init(&d->dns.link);
	d->lane[0].download = d;
	d->lane[0].user = (struct transfer_user){ lane_begin, lane_at, lane_arrived, lane_ended };
	list_append(&net->downloads, &d->link);
	resolve(d, now_ms);
	*result = d;
	return 0;
}

int download_rc(const struct download *d)
{
	return d->rc;
}

const struct progress *download_progress(const struct download *d)
{
	return &d->progress;
}

const struct uri *download_final_uri(const struct download *d)
{
	return d->uri;
}

const char *download_state(const struct download *d)
{
	return d->words;
}

const char *download_notice(struct download *d)
{
	(void)d;
	return NULL;
}

void download_stop(struct download *d, uint32_t now_ms)
{
	if (!d)
		return;
	finish(d, d->rc, now_ms);
	list_remove(&d->link);
	uri_free(d->uri);
	heap_free(d);
}
