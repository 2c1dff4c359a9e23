/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching: what a reference means, waiting for it, and the live lines meanwhile. */
#include "usr/fetch.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/printf.h"
#include "core/settings.h"
#include "usr/fetch_job.h"
#include "usr/ifmgmt.h"
#include "usr/live.h"
#include "usr/shell.h"
#include "usr/wait.h"

/* Files with a line of their own; with the others' and the total's line these are LIVE_ROWS. */
#define SHOWN_MAX (CONFIG_BACKGROUND ? LIVE_ROWS - 2 : 1)

static struct uri *base;

/* ---- live lines ----------------------------------------------------------------------------------------------------------------- */

/** While somebody waits and wants to see. */
static struct {
	bool on;
	unsigned ended;                 /* files that were brought since */
	uint64_t ended_bytes;
	struct transfer total;
	char what[16];
} display;

static void display_begin(void)
{
	display.on = true;
	display.ended = 0;
	display.ended_bytes = 0;
	progress_begin(&display.total, display.what, clock_ms());
}

static void display_end(void)
{
	display.on = false;
	progress_wipe();
}

static bool is_shown(const struct fetch *f)
{
	return !f->options.quiet && f->stage != FETCH_OVER;
}

/** How many have a line, and how far they are together. */
static unsigned survey(struct progress *sum)
{
	bool known = true;
	unsigned count = 0;
	struct list *pos;

	*sum = (struct progress){ display.ended_bytes, display.ended_bytes, 0 };
	list_for_each(pos, &fetch_jobs) {
		const struct fetch *f = list_entry(pos, const struct fetch, link);

		if (!is_shown(f))
			continue;
		known &= f->progress.total_bytes != 0;
		sum->done_bytes += f->progress.done_bytes;
		sum->total_bytes += f->progress.total_bytes;
		sum->connections += f->progress.connections;
		count++;
	}
	if (!known)
		sum->total_bytes = 0;
	return count;
}

/** Draw those that have a line; returns how many. */
static unsigned draw_files(uint32_t now_ms)
{
	struct list *pos;
	unsigned row = 0;

	list_for_each(pos, &fetch_jobs) {
		struct fetch *f = list_entry(pos, struct fetch, link);

		if (is_shown(f) && row < SHOWN_MAX)
			progress_update(row++, &f->transfer, &f->progress, fetch_job_state(f), now_ms);
		else if (is_shown(f))
			progress_sample(&f->transfer, &f->progress, now_ms);
	}
	return row;
}

static void draw_all(uint32_t now_ms)
{
	struct progress sum;
	unsigned count = survey(&sum), hidden = count > SHOWN_MAX ? count - SHOWN_MAX : 0, row;

	progress_keep(count - hidden + (hidden > 0) + (count > 1));
	row = draw_files(now_ms);
	if (hidden)
		progress_more(row++, hidden);
	text_format(display.what, sizeof(display.what), "%u files", count + display.ended);
	if (count > 1)
		progress_update(row, &display.total, &sum, "", now_ms);
	else
		progress_sample(&display.total, &sum, now_ms);
}

static void display_draw(void *context)
{
	(void)context;
	if (CONFIG_BACKGROUND)
		draw_all(clock_ms());
	else
		draw_files(clock_ms());
}

/** Lines of what happened to @f, which stay. */
static void display_notices(struct fetch *f)
{
	const char *notice;

	if (!display.on || !is_shown(f))
		return;
	while (f->download && (notice = download_notice(f->download)) != NULL)
		progress_say(f->shown, notice);
}

/** @f was brought. */
static void display_file_end(struct fetch *f, uint32_t now_ms)
{
	if (!display.on || f->options.quiet)
		return;
	display.ended++;
	display.ended_bytes += f->progress.done_bytes;
	progress_end(&f->transfer, &f->progress, now_ms);
}

/* ---- going on, and waiting for it ------------------------------------------------------------------------------------------------ */

void fetch_poll(uint32_t now_ms)
{
	struct list *pos, *next;

	list_for_each_safe(pos, next, &fetch_jobs) {
		struct fetch *f = list_entry(pos, struct fetch, link);

		display_notices(f);
		fetch_job_poll(f, now_ms);
		if (f->rc != 0)
			continue;
		display_file_end(f, now_ms);
		fetch_job_end(f);
	}
}

bool fetch_under_way(void)
{
	struct list *pos;

	list_for_each(pos, &fetch_jobs)
		if (list_entry(pos, struct fetch, link)->rc == -EINPROGRESS)
			return true;
	return false;
}

static int image_done(void *context)
{
	const struct image *image = context;

	return image->source ? fetch_job_of(image)->rc : 0;
}

/** The first error, or -EINPROGRESS while there are jobs. */
static int all_done(void *context)
{
	struct list *pos;

	(void)context;
	list_for_each(pos, &fetch_jobs) {
		int rc = list_entry(pos, struct fetch, link)->rc;

		if (rc != -EINPROGRESS)
			return rc;
	}
	return list_empty(&fetch_jobs) ? 0 : -EINPROGRESS;
}

/** Wait for @image, or all (NULL). */
static int wait_for_jobs(const struct image *image, uint32_t timeout_ms, bool quiet)
{
	struct waiting w = { image ? image_done : all_done, (void *)image, quiet ? NULL : display_draw, timeout_ms };
	int rc;

	if (!quiet)
		display_begin();
	rc = wait_for(&w);
	display_end();
	return rc;
}

/** Say what happened to those that failed, of @only or of all images (NULL), and free them. Returns the last error, 0 when there is none. */
static int report(const struct image *only)
{
	struct list *pos, *next;
	int rc = 0;

	list_for_each_safe(pos, next, &fetch_jobs) {
		struct fetch *f = list_entry(pos, struct fetch, link);

		if (f->rc == -EINPROGRESS || (only && f->image != only))
			continue;
		rc = f->rc;
		shell_job_begin();
		error_give(&f->error);
		shell_job_end(f->shown, rc);
		image_free(f->image);
	}
	return rc;
}

int fetch_wait(const struct image *image, uint32_t timeout_ms, bool quiet)
{
	int rc, failed;

	if (!CONFIG_BACKGROUND || (image ? !image->source : list_empty(&fetch_jobs)))
		return 0;
	rc = wait_for_jobs(image, timeout_ms, quiet);
	if (rc == 0 || rc == -ECANCELED)
		return rc;
	failed = report(image);
	return failed ? failed : fail(-ETIMEDOUT, "not complete yet: imgstat shows how far");
}

void fetch_describe(const struct image *image, char *buf, unsigned size)
{
	const struct fetch *f = fetch_job_of(image);
	struct text_buffer text = { buf, size, 0 };

	if (f->stage == FETCH_OVER) {
		error_give(&f->error);
		text_append(&text, "failed: ");
		error_format(buf + text.len, size - (unsigned)text.len, f->rc);
		error_clear();
	} else if (f->stage != FETCH_LOADING) {
		text_append(&text, "%s", fetch_job_state(f));
	} else if (f->progress.total_bytes) {
		text_append(&text, "fetching %u %%", (unsigned)(f->progress.done_bytes * 100 / f->progress.total_bytes));
	} else {
		text_append(&text, "fetching, %llu bytes", (unsigned long long)f->progress.done_bytes);
	}
}

/* ---- beginning ------------------------------------------------------------------------------------------------------------------- */

/** Where nothing else is known a name is one of a file on the TFTP server that DHCP named, as in gPXE. */
static int resolve_next_server(const char *reference, struct uri **uri)
{
	struct uri *server;
	uint32_t ip;
	char text[24];
	int rc;

	if (!CONFIG_TFTP || !settings_find_ipv4(settings_root(), TAG_NEXT_SERVER, true, &ip))
		return fail(-ENOENT, "no image of that name, and not a URL");
	text_format(text, sizeof(text), "tftp://%pI4/", &ip);
	if ((rc = uri_parse(text, &server)) != 0)
		return rc;
	rc = uri_resolve(server, reference, uri);
	uri_free(server);
	return rc;
}

int fetch_resolve(const char *reference, struct uri **uri)
{
	if (fetch_is_absolute(reference))
		return uri_parse(reference, uri);
	return base ? uri_resolve(base, reference, uri) : resolve_next_server(reference, uri);
}

/** Begin to fetch @uri into a new image. */
static int begin(const struct uri *uri, const struct fetch_options *options, struct image **image)
{
	const char *name = options->name ? options->name : uri_filename(uri);
	struct fetch_options wanted = *options;
	int rc = expect_fragment(&wanted.expect, uri->fragment);

	wanted.background &= CONFIG_BACKGROUND;
	if (rc == 0)
		rc = ifmgmt_ready();
	if (rc != 0)
		return rc;
	*image = image_alloc(*name ? name : uri->host, "");
	rc = *image ? fetch_job_start(*image, uri, &wanted, clock_ms()) : -ENOMEM;
	if (rc != 0) {
		image_free(*image);
		*image = NULL;
	}
	return rc;
}

int fetch_image(const char *reference, const struct fetch_options *options, struct image **image)
{
	struct uri *uri;
	int rc;

	*image = NULL;
	rc = fetch_resolve(reference, &uri);
	if (rc != 0)
		return rc;
	rc = begin(uri, options, image);
	uri_free(uri);
	if (rc != 0 || (CONFIG_BACKGROUND && options->background))
		return rc;
	rc = wait_for_jobs(*image, 0, options->quiet);
	if (rc != 0) {
		if (rc != -ECANCELED)
			error_give(&fetch_job_of(*image)->error);
		image_free(*image);
		*image = NULL;
	}
	return rc;
}

bool fetch_is_absolute(const char *word)
{
	const char *c = word;

	while (*c && *c != ':' && *c != '/' && *c != '?' && *c != '#')
		c++;
	return *c == ':' && c > word;
}

struct uri *fetch_set_base(const char *text)
{
	struct uri *before = base;

	if (!text || !*text || uri_parse(text, &base) != 0)
		base = NULL;
	return before;
}

void fetch_restore_base(struct uri *before)
{
	uri_free(base);
	base = before;
}
