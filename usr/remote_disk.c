/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks on a server: see usr/remote_disk.h.
 *
 * The cache is a few windows on the file, filled by streams. A stream is a download that fills one window after the other, in order: when a reader
 * goes on where it had stopped, the next windows are asked for while it reads the first, each twice as large as the one before, so that
 * its connection never rests. One who reads elsewhere has another stream; the old one ends by itself. */
#include "usr/remote_disk.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/overlay.h"
#include "core/printf.h"
#include "core/string.h"
#include "core/uri.h"
#include "image/space.h"
#include "net/download.h"

enum {
	SECTOR = 512,
	WINDOWS = 6, AHEAD = 2,                 /* fetched ahead of the reader */
	STREAMS = 3,
	WINDOW_MIN = 32 << 10, WINDOW_MAX = 1 << 20,
	HEAD_BYTES = WINDOW_MIN,
	CACHE_MAX = 16 << 20,                   /* half of it for windows, the rest for what is written */
	NEAR = 64 << 10,                        /* a reader that leaves out so much goes on in order all the same */
};

struct stream {
	struct sink sink;
	struct remote_disk *disk;
	struct download *download;              /* NULL: free */
	struct range range;
	unsigned used;                          /* the disk's count of uses when it was given a window last */
};

/** Bytes of the file, in memory as far as they have come. */
struct window {
	struct range range;
	struct stream *stream;                  /* that brings it; NULL: all are here */
	unsigned used;                          /* the disk's count of uses when it was of use last */
};

/** What a call brought so far, until it is over. */
struct call { uint64_t first; uint32_t count; uint64_t done; };

struct remote_disk {
	struct block_device device;
	struct net *net;
	char *name;
	struct download *head;                  /* of which all others are parts; it stays */
	uint64_t total;
	uint32_t window_bytes;
	struct stream stream[STREAMS];
	struct window window[WINDOWS];          /* whose bytes are the first in memory */
	struct space_block memory;
	unsigned uses;
	uint64_t expected;                      /* where a reader in order reads next */
	uint32_t run;                           /* bytes to ask for there */
	uint64_t fetched;
	int rc;                                 /* for good: -ESTALE */
	struct call call;
	struct overlay overlay;
};

static struct remote_disk *disk_of(const struct block_device *device)
{
	return container_of((struct block_device *)(uintptr_t)device, struct remote_disk, device);
}

/* ---- windows ------------------------------------------------------------------------------------------------------------------------ */

#define for_each_window(w, d) for (struct window *w = (d)->window; w < (d)->window + WINDOWS; w++)

static uint8_t *bytes_of(const struct remote_disk *d, const struct window *w)
{
	return space_at(&d->memory, (uint64_t)(w - d->window) * d->window_bytes, d->window_bytes);
}

static uint8_t *written_to(const struct remote_disk *d)
{
	return space_at(&d->memory, (uint64_t)WINDOWS * d->window_bytes, d->overlay.pages_max * OVERLAY_PAGE);
}

static struct window *window_with(struct remote_disk *d, uint64_t offset)
{
	for_each_window(w, d)
		if (offset >= w->range.start && offset < w->range.end)
			return w;
	return NULL;
}

/** Bytes before this offset are in @w. */
static uint64_t arrived(const struct window *w)
{
	uint64_t to;

	if (!w->stream)
		return w->range.end;
	to = w->stream->range.start + download_progress(w->stream->download)->done_bytes;
	return to < w->range.start ? w->range.start : to > w->range.end ? w->range.end : to;
}

/** The one that was of no use for longest. */
static struct window *oldest_window(struct remote_disk *d)
{
	struct window *oldest = d->window;

	for_each_window(w, d)
		if (d->uses - w->used > d->uses - oldest->used)
			oldest = w;
	return oldest;
}

/* ---- streams ------------------------------------------------------------------------------------------------------------------------ */

static struct window *window_of(struct sink *sink, uint64_t offset)
{
	struct stream *s = container_of(sink, struct stream, sink);
	struct window *w = window_with(s->disk, offset);

	return w && w->stream == s ? w : NULL;
}

static int sink_size(struct sink *sink, bool known, uint64_t total_bytes)
{
	return 0;
}

static uint8_t *sink_at(struct sink *sink, uint64_t offset, size_t len)
{
	struct window *w = window_of(sink, offset);

	return w && len <= w->range.end - offset ? bytes_of(container_of(sink, struct stream, sink)->disk, w) + (offset - w->range.start) : NULL;
}

static uint64_t sink_together(struct sink *sink, uint64_t offset)
{
	const struct window *w = window_of(sink, offset);

	return w ? w->range.end : offset;
}

/** @w has what it has, and gets no more. */
static void settle(struct remote_disk *d, struct window *w)
{
	w->range.end = arrived(w);
	d->fetched += w->range.end - w->range.start;
	w->stream = NULL;
}

/** @s is free, and its windows go on without it. */
static void end_stream(struct stream *s)
{
	struct remote_disk *d = s->disk;

	if (!s->download)
		return;
	for_each_window(w, d)
		if (w->stream == s)
			settle(d, w);
	if (s->download != d->head)
		download_stop(s->download, clock_ms());
	s->download = NULL;
}

static void empty(struct remote_disk *d, struct window *w)
{
	if (w->stream && arrived(w) < w->range.end)
		end_stream(w->stream);
	else if (w->stream)
		settle(d, w);
	w->range = (struct range){ 0, 0 };
}

/** One that fills up to @offset and can go on; else a free one, or the one that was of no use for longest. */
static struct stream *stream_for(struct remote_disk *d, uint64_t offset)
{
	struct stream *oldest = d->stream;

	for (struct stream *s = d->stream; s < d->stream + STREAMS; s++) {
		if (s->download && s->range.end == offset && download_rc(s->download) == -EINPROGRESS)
			return s;
		if (!s->download || (oldest->download && d->uses - s->used > d->uses - oldest->used))
			oldest = s;
	}
	end_stream(oldest);
	return oldest;
}

/** Have a window filled with @bytes from @offset on, as far as the file goes and no other has them. */
static int ask(struct remote_disk *d, uint64_t offset, uint32_t bytes)
{
	struct window *w = oldest_window(d);
	struct stream *s;
	uint64_t end = d->total - offset < bytes ? d->total : offset + bytes;

	for_each_window(other, d)
		if (other->range.start > offset && other->range.start < end)
			end = other->range.start;
	empty(d, w);
	s = stream_for(d, offset);
	*w = (struct window){ { offset, end }, s, ++d->uses };
	s->used = d->uses;
	if (s->download && download_extend_part(s->download, end)) {
		s->range.end = end;
		return 0;
	}
	s->range = w->range;
	return download_start_part(&s->download, d->head, &s->range, &s->sink, clock_ms());
}

/* ---- trouble ------------------------------------------------------------------------------------------------------------------------ */

static void say_notices(const struct remote_disk *d)
{
	for (const struct stream *s = d->stream; s < d->stream + STREAMS; s++)
		for (const char *notice; s->download && (notice = download_notice(s->download)) != NULL;)
			print("%s: %s\n", d->device.name, notice);
}

/** @s has ended with @rc, and its windows have not all they should: whoever reads will ask again, for a server may come back. Not if it has another
 *  file by now, or none. */
static int failed(struct remote_disk *d, struct stream *s, int rc)
{
	char text[120];
	bool lasting;

	download_blame(s->download);
	error_format(text, sizeof(text), rc);
	say_notices(d);
	end_stream(s);
	if (rc == -ESTALE)
		d->rc = rc;
	lasting = rc == -ESTALE || rc == -ENOENT || rc == -EACCES || rc == -ENOMEM;
	print("%s: %s%s\n", d->device.name, text, lasting ? "" : "; still trying");
	return lasting ? rc : 0;
}

/** See to the streams that have ended. */
static int look_after(struct remote_disk *d)
{
	for (struct stream *s = d->stream; s < d->stream + STREAMS; s++) {
		int rc = s->download ? download_rc(s->download) : -EINPROGRESS;

		if (rc == 0)
			end_stream(s);
		else if (rc != -EINPROGRESS && (rc = failed(d, s, rc)) != 0)
			return rc;
	}
	return d->rc ? fail(d->rc, "%s has changed on the server", d->device.name) : 0;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------ */

/** Where the reader is tells how much it will want: twice as much as before if it goes on in order. */
static void judge_reader(struct remote_disk *d, uint64_t offset)
{
	bool in_order = offset >= d->expected && offset - d->expected <= NEAR;

	if (!in_order)
		d->run = WINDOW_MIN;
	else if (d->run < d->window_bytes)
		d->run *= 2;
}

/** A reader in order will want what follows: ask for it now. */
static int ask_ahead(struct remote_disk *d, uint64_t offset)
{
	int rc = 0;

	if (d->run == WINDOW_MIN)
		return 0;
	for (unsigned i = 0; i <= AHEAD && offset < d->total && rc == 0; i++) {
		if (!window_with(d, offset))
			rc = ask(d, offset, d->run);
		if (rc == 0)
			offset = window_with(d, offset)->range.end;
	}
	return rc;
}

/** Take what is here of [offset, end); how many bytes that are, or an error. */
static int take(struct remote_disk *d, uint64_t offset, uint64_t end, uint8_t *data)
{
	struct window *w;
	uint64_t here;

	if (offset >= d->total) {               /* the last sector is filled up with zeros */
		memset(data, 0, (size_t)(end - offset));
		return (int)(end - offset);
	}
	w = window_with(d, offset);
	if (!w)
		return ask(d, offset, d->run > end - offset ? d->run : end - offset < d->window_bytes ? (uint32_t)(end - offset) : d->window_bytes);
	w->used = ++d->uses;
	here = arrived(w);
	if (here <= offset)
		return 0;
	if (here > end)
		here = end;
	memcpy(data, bytes_of(d, w) + (offset - w->range.start), (size_t)(here - offset));
	return (int)(here - offset);
}

static int remote_read(struct block_device *device, uint64_t first, uint32_t count, void *data)
{
	struct remote_disk *d = disk_of(device);
	uint64_t start = first * SECTOR, end = start + (uint64_t)count * SECTOR;
	int n = look_after(d);

	if (d->call.first != first || d->call.count != count) {
		d->call = (struct call){ first, count, 0 };
		judge_reader(d, start);
	}
	while (n == 0 && start + d->call.done < end) {
		n = take(d, start + d->call.done, end, (uint8_t *)data + d->call.done);
		if (n <= 0)
			break;
		d->call.done += (unsigned)n;
		n = 0;
	}
	if (n == 0 && start + d->call.done < end) {
		say_notices(d);
		return -EINPROGRESS;
	}
	d->call.count = 0;
	if (n != 0)
		return n;
	d->expected = end;
	overlay_apply(&d->overlay, written_to(d), first, count, data);
	return ask_ahead(d, end);
}

static int remote_write(struct block_device *device, uint64_t first, uint32_t count, const void *data)
{
	struct remote_disk *d = disk_of(device);

	if (device->read_only)
		return fail(-EROFS, "%s is read-only", device->name);
	if (!overlay_write(&d->overlay, written_to(d), first, count, data))
		return fail(-EIO, "no memory is left for what is written to %s", device->name);
	return 0;
}

static void remote_memory(const struct block_device *device, uint32_t *start, uint32_t *len)
{
	const struct remote_disk *d = disk_of(device);

	*start = d->memory.start;
	*len = d->memory.size;
}

static void remote_abandon(struct block_device *device)
{
	disk_of(device)->call.count = 0;
}

static void remote_close(struct block_device *device)
{
	struct remote_disk *d = disk_of(device);

	for (struct stream *s = d->stream; s < d->stream + STREAMS; s++)
		end_stream(s);
	space_free(&d->memory);
	download_stop(d->head, clock_ms());
	overlay_free(&d->overlay);
	heap_free(d->name);
	heap_free(d);
}

/* ---- the beginning ------------------------------------------------------------------------------------------------------------------ */

/** An eighth of the memory that is free. */
static int make_cache(struct remote_disk *d)
{
	uint32_t largest, bytes, least = 2 * WINDOWS * WINDOW_MIN;
	uint64_t total;
	int rc;

	space_free_bytes(&total, &largest);
	bytes = total / 8 > CACHE_MAX ? CACHE_MAX : total / 8 < least ? least : (uint32_t)total / 8;
	for (d->window_bytes = WINDOW_MAX; d->window_bytes > WINDOW_MIN && d->window_bytes > bytes / 2 / WINDOWS; d->window_bytes /= 2)
		;
	overlay_init(&d->overlay, (bytes - WINDOWS * d->window_bytes) / OVERLAY_PAGE);
	rc = space_alloc(&d->memory, bytes);
	d->memory.fixed = rc == 0;              /* hidden from what boots, where it lies */
	return rc;
}

static char *name_of(const struct uri *uri)
{
	const char *slash = uri->path ? strrchr(uri->path, '/') : NULL;

	return heap_strdup(slash && slash[1] ? slash + 1 : "disk");
}

int remote_disk_open(struct block_device **device, struct net *net, const struct uri *uri, bool read_only)
{
	struct remote_disk *d = heap_zalloc(sizeof(*d));
	int rc;

	*device = NULL;
	if (!d)
		return fail(-ENOMEM, "no room for a disk");
	d->net = net;
	d->run = WINDOW_MIN;
	d->name = name_of(uri);
	d->device = (struct block_device){ d->name, SECTOR, 0, read_only, remote_read, remote_write, remote_memory, remote_abandon,
	                                    remote_close };
	overlay_init(&d->overlay, 0);
	rc = d->name ? make_cache(d) : -ENOMEM;
	for (struct stream *s = d->stream; s < d->stream + STREAMS; s++) {
		s->sink = (struct sink){ .size = sink_size, .at = sink_at, .together = sink_together };
		s->disk = d;
	}
	d->stream[0].range = d->window[0].range = (struct range){ 0, HEAD_BYTES };
	d->window[0].stream = d->stream;
	if (rc == 0)
		rc = download_start_head(&d->head, net, uri, HEAD_BYTES, &d->stream[0].sink, clock_ms());
	if (rc != 0) {
		remote_close(&d->device);
		return rc;
	}
	d->stream[0].download = d->head;
	*device = &d->device;
	return 0;
}

int remote_disk_ready(struct block_device *device)
{
	struct remote_disk *d = disk_of(device);
	int rc = download_rc(d->head);

	if (rc == -EINPROGRESS) {
		say_notices(d);
		return rc;
	}
	if (rc != 0) {
		download_blame(d->head);
		return rc;
	}
	d->total = download_progress(d->head)->total_bytes;
	if (d->total < HEAD_BYTES)
		d->window[0].range.end = d->total;
	end_stream(&d->stream[0]);
	d->expected = HEAD_BYTES;
	d->device.blocks = (d->total + SECTOR - 1) / SECTOR;
	return 0;
}

const char *remote_disk_state(const struct block_device *device)
{
	const struct remote_disk *d = disk_of(device);

	return d->stream[0].download ? download_state(d->head) : "";
}

uint64_t remote_disk_fetched(const struct block_device *device)
{
	return disk_of(device)->fetched;
}
