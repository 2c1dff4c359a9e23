/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of one URL into an image: see usr/fetch_job.h. */
#include "usr/fetch_job.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/heap.h"
#include "core/printf.h"
#include "usr/unpack.h"
#include "usr/wait.h"

struct list fetch_jobs = { &fetch_jobs, &fetch_jobs };

/* ---- the sink ------------------------------------------------------------------------------------------------------------------- */

/** Memory is chosen as soon as the length is known, before the body comes. A download that begins anew may find another length. While
 *  another image owns the largest gap no room is no error: this one then waits for its end. */
static int sink_size(struct sink *sink, bool known, uint64_t total_bytes)
{
	struct fetch *f = container_of(sink, struct fetch, sink);
	struct space_block *block = &f->image->block;
	int rc = known && f->options.module ? image_fits(total_bytes) : 0;

	f->unknown = !known;
	if (rc != 0)
		return rc;
	if (known && block->size && !block->growing && block->length == total_bytes)
		return 0;
	space_free(block);
	rc = known ? space_alloc(block, total_bytes) : space_grow(block);
	f->crowded = rc != 0 && space_growing();
	return rc;
}

static uint8_t *sink_at(struct sink *sink, uint64_t offset, size_t len)
{
	return space_at(&container_of(sink, struct fetch, sink)->image->block, offset, len);
}

/* ---- stages: each function returns how the job ends, -EINPROGRESS if it does not yet ------------------------------------------------ */

static int load(struct fetch *f, uint32_t now_ms)
{
	int rc = download_start(&f->download, &the_net, f->uri, &f->sink, now_ms);

	f->stage = FETCH_LOADING;
	f->crowded = false;
	return rc ? rc : -EINPROGRESS;
}

static void stop_download(struct fetch *f, uint32_t now_ms)
{
	download_stop(f->download, now_ms);
	f->download = NULL;
}

/** Is there a job that has the largest gap, or is about to take it? */
static bool gap_is_wanted(void)
{
	const struct list *pos;

	if (space_growing())
		return true;
	list_for_each(pos, &fetch_jobs) {
		const struct fetch *f = list_entry(pos, const struct fetch, link);

		if (f->stage == FETCH_LOADING && f->unknown)
			return true;
	}
	return false;
}

/** @uri as text on the heap; NULL when out of memory. */
static char *uri_text(const struct uri *uri, bool hide_password)
{
	size_t size = (size_t)uri_format(uri, NULL, 0, hide_password) + 1;
	char *text = heap_alloc(size);

	if (text)
		uri_format(uri, text, size, hide_password);
	return text;
}

/** Note where it came from in the end. */
static int note_uri(struct fetch *f)
{
	char *text = uri_text(download_final_uri(f->download), false);

	if (!text)
		return -ENOMEM;
	heap_free(f->image->uri);
	f->image->uri = text;
	return 0;
}

static int loading(struct fetch *f, uint32_t now_ms)
{
	int rc = download_rc(f->download);

	f->progress = *download_progress(f->download);
	if (rc == -EINPROGRESS)
		return rc;
	if (rc == 0)
		rc = note_uri(f);
	else
		download_blame(f->download);
	stop_download(f, now_ms);
	if (rc != 0 && f->crowded) {
		f->stage = FETCH_WAITING;
		return -EINPROGRESS;
	}
	if (rc != 0)
		return rc;
	f->stage = FETCH_CHECKING;
	expect_begin(&f->options.expect);
	return -EINPROGRESS;
}

/** What came in the foreground is recognised by the command that waited for it; what is packed, by boot: unpacking takes time and memory. */
static int recognise(struct fetch *f)
{
	int rc = 0;

	f->image->source = NULL;
	if (CONFIG_BACKGROUND && f->options.background) {
		rc = image_recognise(f->image);
		if (rc == 0 && f->options.bootable && !f->image->format && !unpack_is_packed(f->image))
			rc = image_not_bootable(f->image);
	}
	f->image->source = &f->source;
	return rc;
}

/** What a body of unknown length did not need is given back first. */
static int checking(struct fetch *f)
{
	struct space_block *block = &f->image->block;
	int rc;

	if (block->growing && !space_settle(block, (uint32_t)f->progress.done_bytes))
		return -EINPROGRESS;
	rc = !CONFIG_DIGESTS ? 0 : expect_run(&f->options.expect, block);

	return rc ? rc : recognise(f);
}

static int step(struct fetch *f, uint32_t now_ms)
{
	if (f->options.timeout_ms && now_ms - f->transfer.started_ms >= f->options.timeout_ms)
		return fail(-ETIMEDOUT, "not complete after %u ms", (unsigned)f->options.timeout_ms);
	if (f->stage == FETCH_WAITING)
		return gap_is_wanted() ? -EINPROGRESS : load(f, now_ms);
	return f->stage == FETCH_LOADING ? loading(f, now_ms) : checking(f);
}

void fetch_job_poll(struct fetch *f, uint32_t now_ms)
{
	if (f->stage == FETCH_OVER)
		return;
	f->rc = step(f, now_ms);
	if (f->rc == -EINPROGRESS)
		return;
	f->stage = FETCH_OVER;
	if (f->rc == 0)
		return;
	error_take(&f->error);
	stop_download(f, now_ms);
	space_free(&f->image->block);
}

/* ---- beginning and end ---------------------------------------------------------------------------------------------------------- */

struct fetch *fetch_job_of(const struct image *image)
{
	return container_of(image->source, struct fetch, source);
}

void fetch_job_end(struct fetch *f)
{
	f->image->source = NULL;
	list_remove(&f->link);
	stop_download(f, clock_ms());
	uri_free(f->uri);
	heap_free(f->shown);
	heap_free(f);
}

static void stop_source(struct image_source *source)
{
	fetch_job_end(container_of(source, struct fetch, source));
}

int fetch_job_start(struct image *image, const struct uri *uri, const struct fetch_options *options, uint32_t now_ms)
{
	struct fetch *f = heap_zalloc(sizeof(*f));
	int rc;

	if (!f)
		return -ENOMEM;
	f->source.stop = stop_source;
	f->image = image;
	image->source = &f->source;
	f->options = *options;
	f->options.name = NULL;
	f->sink = (struct sink){ .size = sink_size, .at = sink_at };
	f->uri = uri_copy(uri);
	f->shown = uri_text(uri, true);
	list_append(&fetch_jobs, &f->link);
	progress_begin(&f->transfer, f->shown, now_ms);
	f->rc = f->uri && f->shown ? load(f, now_ms) : -ENOMEM;
	rc = f->rc;
	if (rc == -EINPROGRESS)
		return 0;
	fetch_job_end(f);
	return rc;
}

const char *fetch_job_state(const struct fetch *f)
{
	switch (f->stage) {
	case FETCH_WAITING:
		return "waiting for memory";
	case FETCH_LOADING:
		return download_state(f->download);
	case FETCH_CHECKING:
		return "checking";
	default:
		return "";
	}
}
