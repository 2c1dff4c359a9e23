/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads, their life: resolve the server's name, ask for the file, follow redirects, end. The parts are named in
 * net/download_parts.h. */
#include "net/download.h"

#include "core/clock.h"   // time_reached
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/string.h"
#include "net/download_parts.h"

static void finish(struct download *d, int rc, uint32_t now_ms)
{
	lanes_close(d, now_ms);
	dns_stop(&d->dns);
	if (d->stage != OVER)
		error_copy(&d->error);
	d->stage = OVER;
	d->rc = rc;
	d->words[0] = '\0';
	d->progress.connections = 0;
}

/* ---- the server ----------------------------------------------------------------------------------------------------------------- */

static int resolve(struct download *d, uint32_t now_ms)
{
	dns_stop(&d->dns);
	d->stage = RESOLVING;
	d->address = d->old_count = 0;
	d->tried = d->dropped = d->old_dropped = 0;
	text_format(d->words, sizeof(d->words), "resolving %.60s", d->uri->host);
	dns_start(&d->dns, d->net, d->uri->host, now_ms);
	return -EINPROGRESS;
}

/** The server may have moved: ask for its addresses again. */
static int resolve_again(struct download *d, uint32_t now_ms)
{
	unsigned count = d->dns.rc == 0 ? d->dns.address_count : 0;
	uint8_t dropped = d->dropped;

	memcpy(d->old_address, d->dns.address, sizeof(d->old_address));
	resolve(d, now_ms);
	d->old_count = count;
	d->old_dropped = dropped;
	return -EINPROGRESS;
}

/** What was known of the old addresses goes for the new ones; where none can be had the old ones do. */
static int resolved(struct download *d, uint32_t now_ms)
{
	if (CONFIG_RESUME && d->dns.rc != 0 && d->old_count) {
		memcpy(d->dns.address, d->old_address, sizeof(d->old_address));
		d->dns.address_count = d->old_count;
		d->dns.rc = 0;
	}
	for (unsigned i = 0; CONFIG_RESUME && i < d->old_count; i++)
		for (unsigned j = 0; j < d->dns.address_count; j++)
			if (d->dns.address[j] == d->old_address[i])
				d->dropped |= (uint8_t)((d->old_dropped >> i & 1) << j);
	return d->dns.rc ? retry_unreachable(d, d->dns.rc, now_ms) : download_fetch(d, now_ms);
}

static void free_uri(struct download *d)
{
	if (d->uri != d->first)
		uri_free(d->uri);
}

int download_set_uri(struct download *d, struct uri *uri)
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
	free_uri(d);
	d->uri = uri;
	d->scheme = scheme;
	return 0;
}

/** RFC 9110 15.4. The new URI may be relative to the old one, and of another scheme. */
static int follow(struct download *d, const char *location)
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
	return download_set_uri(d, uri);
}

int download_redirect(struct lane *lane, uint32_t now_ms)
{
	struct download *d = lane->download;
	const struct scheme *scheme = d->scheme;
	struct transfer *t = lane->loan[lane->now].transfer;
	int rc = follow(d, lane->loan[lane->now].end.location);

	scheme->close(t, now_ms);               /* the location was its, and the scheme may be another now */
	lane->loan[lane->now].transfer = NULL;
	return rc ? rc : resolve(d, now_ms);
}

int download_ask_anew(struct download *d, uint32_t now_ms)
{
	d->redirects = 0;
	d->asked_anew = true;
	free_uri(d);
	d->uri = d->first;
	d->scheme = scheme_find(d->uri->scheme);
	return resolve(d, now_ms);
}

/* ---- asking --------------------------------------------------------------------------------------------------------------------- */

void download_restart(struct download *d)
{
	d->begun = d->total_known = false;
	d->validator[0] = '\0';
	d->total = RANGE_UNKNOWN;
	d->left = download_wanted(d);
	d->progress.done_bytes = d->progress.total_bytes = 0;
	ranges_init(&d->missing, 0, d->left);
	room_forget(d);
}

/** Where the packets go, for its link. */
static void note_way(struct download *d)
{
	struct ipv4_route route;

	d->netif = ipv4_route(d->net, d->dns.address[d->address], &route) == 0 ? route.netif : NULL;
}

int download_fetch(struct download *d, uint32_t now_ms)
{
	struct range piece;
	int rc;

	if (!download_resumable(d))
		download_restart(d);
	piece = d->missing.range[0];
	d->stage = FETCHING;
	d->tried |= (uint8_t)(1u << d->address);
	d->silence_said = false;
	d->linked_ms = d->trickle_ms = now_ms;
	d->trickle_gained = d->gained;
	growth_reset(d, now_ms);
	note_way(d);
	rc = lane_lend(&d->lane[0], &piece, now_ms);
	return rc ? retry_unreachable(d, rc, now_ms) : -EINPROGRESS;
}

/* ---- running -------------------------------------------------------------------------------------------------------------------- */

/** Has every byte come? What brings a file as a whole says so itself, for it may have more than it announced, or not say how much. */
static bool complete(const struct download *d)
{
	const struct loan *l = &d->lane[0].loan[d->lane[0].now];

	if (d->begun && d->total_known && d->ranges)
		return ranges_empty(&d->missing);
	return d->begun && l->transfer && l->ended && l->end.how == TRANSFER_DONE && (!d->total_known || ranges_empty(&d->missing));
}

static int fetching(struct download *d, uint32_t now_ms)
{
	int rc;

	if (complete(d)) {
		if (!download_is_part(d))
			d->progress.total_bytes = d->progress.done_bytes;
		return 0;
	}
	if (!watch_link(d, now_ms))
		return -EINPROGRESS;
	for_each_lane(lane, d)
		while (d->stage == FETCHING && lane_open(lane) && lane->loan[lane->now].ended)
			if ((rc = retry_ended(lane, now_ms)) != -EINPROGRESS)
				return rc;
	if (d->stage == FETCHING && (rc = share_poll(d, now_ms)) != -EINPROGRESS)
		return rc;
	if (CONFIG_RESUME && d->stage == FETCHING)
		growth_poll(d, now_ms);
	return d->stage == FETCHING ? watch_poll(d, now_ms) : -EINPROGRESS;
}

static void step(struct download *d, uint32_t now_ms)
{
	int rc = -EINPROGRESS;

	if (CONFIG_PXE && d->stage != OVER)
		room_poll(d, now_ms);
	if (d->stage == RESOLVING && d->dns.rc != -EINPROGRESS)
		rc = resolved(d, now_ms);
	else if (d->stage == PAUSING && watch_link(d, now_ms) && time_reached(now_ms, d->retry_ms) && !room_is_short(d))
		rc = CONFIG_RESUME && (d->dns.rc || d->pauses > 1) ? resolve_again(d, now_ms) : download_fetch(d, now_ms);
	if (rc == -EINPROGRESS && d->stage == FETCHING)
		rc = fetching(d, now_ms);
	d->progress.connections = lanes_count(d);
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
		return time_earlier(growth_deadline(d, now_ms), watch_deadline(d, now_ms));
	case PAUSING:
		return d->unlinked || room_is_short(d) ? now_ms + 1000 : d->retry_ms;
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

struct download *download_new(struct net *net, const struct uri *uri, struct sink *sink, int *rc)
{
	struct download *d = heap_zalloc(sizeof(*d));
	struct uri *copy = uri_copy(uri);

	if (!d || !copy) {
		uri_free(copy);
		heap_free(d);
		*rc = fail(-ENOMEM, "no room for a download");
		return NULL;
	}
	if ((*rc = download_set_uri(d, copy)) != 0) {
		heap_free(d);
		return NULL;
	}
	d->first = copy;
	d->net = net;
	d->sink = sink;
	d->rc = -EINPROGRESS;
	list_init(&d->dns.link);
	for_each_lane(lane, d)
		lane_init(lane, d);
	return d;
}

void download_begin(struct download *d, uint32_t now_ms)
{
	room_begin(d);
	download_restart(d);
	list_append(&d->net->downloads, &d->link);
	resolve(d, now_ms);
}

bool download_scheme_known(const struct uri *uri)
{
	return scheme_find(uri->scheme) != NULL;
}

int download_start(struct download **result, struct net *net, const struct uri *uri, struct sink *sink, uint32_t now_ms)
{
	int rc;

	*result = download_new(net, uri, sink, &rc);
	if (*result)
		download_begin(*result, now_ms);
	return rc;
}

int download_rc(const struct download *d)
{
	return d->rc;
}

void download_blame(const struct download *d)
{
	error_give(&d->error);
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
	return !CONFIG_RESUME || d->notices_told == d->notices_said ? NULL : d->notice[d->notices_told++ % NOTICES_MAX];
}

void download_stop(struct download *d, uint32_t now_ms)
{
	if (!d)
		return;
	finish(d, d->rc, now_ms);
	list_remove(&d->link);
	free_uri(d);
	uri_free(d->first);
	heap_free(d);
}
