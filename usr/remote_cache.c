/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows on a file, and the streams that fill them: see usr/remote_cache.h. */
#include "usr/remote_cache.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/list.h"     // container_of
#include "core/printf.h"
#include "core/string.h"
#include "image/space.h"

enum {
	AHEAD = 2,                              /* windows, fetched ahead of the reader */
	WINDOW_MIN = REMOTE_CACHE_LEAST / REMOTE_CACHE_WINDOWS, WINDOW_MAX = 1 << 20,
	HEAD_BYTES = WINDOW_MIN,
	NEAR = 64 << 10,                        /* a reader that leaves out so much goes on in order all the same */
};

/* ---- windows ------------------------------------------------------------------------------------------------------------------------ */

#define for_each_window(w, c) for (struct remote_window *w = (c)->window; w < (c)->window + REMOTE_CACHE_WINDOWS; w++)
#define for_each_stream(s, c) for (struct remote_stream *s = (c)->stream; s < (c)->stream + REMOTE_CACHE_STREAMS; s++)

static uint8_t *bytes_of(const struct remote_cache *c, const struct remote_window *w)
{
	return space_at(c->memory, (uint64_t)(w - c->window) * c->window_bytes, c->window_bytes);
}

static struct remote_window *window_with(struct remote_cache *c, uint64_t offset)
{
	for_each_window(w, c)
		if (offset >= w->range.start && offset < w->range.end)
			return w;
	return NULL;
}

/** Bytes before this offset are in @w. */
static uint64_t arrived(const struct remote_window *w)
{
	uint64_t to;

	if (!w->stream)
		return w->range.end;
	to = w->stream->range.start + download_progress(w->stream->download)->done_bytes;
	return to < w->range.start ? w->range.start : to > w->range.end ? w->range.end : to;
}

/** The one that was of no use for longest. */
static struct remote_window *oldest_window(struct remote_cache *c)
{
	struct remote_window *oldest = c->window;

	for_each_window(w, c)
		if (c->uses - w->used > c->uses - oldest->used)
			oldest = w;
	return oldest;
}

/* ---- streams ------------------------------------------------------------------------------------------------------------------------ */

static struct remote_window *window_of(struct sink *sink, uint64_t offset)
{
	struct remote_stream *s = container_of(sink, struct remote_stream, sink);
	struct remote_window *w = window_with(s->cache, offset);

	return w && w->stream == s ? w : NULL;
}

static int sink_size(struct sink *sink, bool known, uint64_t total_bytes)
{
	return 0;
}

static uint8_t *sink_at(struct sink *sink, uint64_t offset, size_t len)
{
	struct remote_window *w = window_of(sink, offset);

	if (!w || len > w->range.end - offset)
		return NULL;
	return bytes_of(container_of(sink, struct remote_stream, sink)->cache, w) + (offset - w->range.start);
}

static uint64_t sink_together(struct sink *sink, uint64_t offset)
{
	const struct remote_window *w = window_of(sink, offset);

	return w ? w->range.end : offset;
}

/** @w has what it has, and gets no more. */
static void settle(struct remote_cache *c, struct remote_window *w)
{
	w->range.end = arrived(w);
	c->fetched += w->range.end - w->range.start;
	w->stream = NULL;
}

/** @s is free, and its windows go on without it. */
static void end_stream(struct remote_stream *s)
{
	struct remote_cache *c = s->cache;

	if (!s->download)
		return;
	for_each_window(w, c)
		if (w->stream == s)
			settle(c, w);
	if (s->download != c->head)
		download_stop(s->download, clock_ms());
	s->download = NULL;
}

static void empty(struct remote_cache *c, struct remote_window *w)
{
	if (w->stream && arrived(w) < w->range.end)
		end_stream(w->stream);
	else if (w->stream)
		settle(c, w);
	w->range = (struct range){ 0, 0 };
}

/** One that fills up to @offset and can go on; else a free one, or the one that was of no use for longest. */
static struct remote_stream *stream_for(struct remote_cache *c, uint64_t offset)
{
	struct remote_stream *oldest = c->stream;

	for_each_stream(s, c) {
		if (s->download && s->range.end == offset && download_rc(s->download) == -EINPROGRESS)
			return s;
		if (!s->download || (oldest->download && c->uses - s->used > c->uses - oldest->used))
			oldest = s;
	}
	end_stream(oldest);
	return oldest;
}

/** Have a window filled with @bytes from @offset on, as far as the file goes and no other has them. */
static int ask(struct remote_cache *c, uint64_t offset, uint32_t bytes)
{
	struct remote_window *w = oldest_window(c);
	struct range range = { offset, c->total - offset < bytes ? c->total : offset + bytes };
	struct remote_stream *s;
	int rc;

	for_each_window(other, c)
		if (other->range.start > offset && other->range.start < range.end)
			range.end = other->range.start;
	empty(c, w);
	s = stream_for(c, offset);
	if (s->download && download_extend_part(s->download, range.end)) {
		s->range.end = range.end;
	} else {
		end_stream(s);
		rc = download_start_part(&s->download, c->head, &range, &s->sink, clock_ms());
		if (rc != 0)
			return rc;
		s->range = range;
	}
	*w = (struct remote_window){ range, s, ++c->uses };
	s->used = c->uses;
	return 0;
}

/* ---- trouble ------------------------------------------------------------------------------------------------------------------------ */

/** What befalls the stream that is waited for. The others' trouble is the same, or nobody's yet. */
static void say_notices(struct remote_cache *c, const struct remote_stream *awaited)
{
	for_each_stream(s, c)
		for (const char *notice; s->download && (notice = download_notice(s->download)) != NULL;)
			if (s == awaited)
				print("%s: %s\n", c->name, notice);
}

/** The reader's stream has ended with @rc: it asks again, for a server may come back. Not if that does not have the file any more. */
static int failed(struct remote_cache *c, struct remote_stream *s, int rc)
{
	char text[120];

	say_notices(c, s);
	download_blame(s->download);
	if (rc == -ENOENT || rc == -EACCES || rc == -ENOMEM)
		return rc;
	error_format(text, sizeof(text), rc);
	print("%s: %s; still trying\n", c->name, text);
	return 0;
}

/** See to the streams that have ended; @awaited is the one whose bytes come next. If one was told of another file, none is asked any more. */
static int look_after(struct remote_cache *c, const struct remote_stream *awaited)
{
	int result = 0;

	for_each_stream(s, c) {
		int rc = s->download ? download_rc(s->download) : -EINPROGRESS;

		if (rc == -EINPROGRESS)
			continue;
		if (rc == -ESTALE)
			c->rc = rc;
		else if (rc != 0 && s == awaited)
			result = failed(c, s, rc);
		end_stream(s);
	}
	return c->rc ? fail(c->rc, "%s has changed on the server", c->name) : result;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------ */

/** Who goes on in order will want twice as much as before. */
void remote_cache_seek(struct remote_cache *c, uint64_t offset)
{
	bool in_order = offset >= c->expected && offset - c->expected <= NEAR;

	if (!in_order)
		c->run = WINDOW_MIN;
	else if (c->run < c->window_bytes)
		c->run *= 2;
}

/** A reader in order will want what follows: ask for it now. If that cannot be done it will ask itself, and learn why not. */
static void ask_ahead(struct remote_cache *c, uint64_t offset)
{
	if (c->run == WINDOW_MIN)
		return;
	for (unsigned i = 0; i <= AHEAD && offset < c->total; i++) {
		if (!window_with(c, offset) && ask(c, offset, c->run) != 0)
			return;
		offset = window_with(c, offset)->range.end;
	}
}

/** How much to ask for where a reader wants [@offset, @end) and nothing is here. */
static uint32_t wanted(const struct remote_cache *c, uint64_t offset, uint64_t end)
{
	if (c->run > end - offset)
		return c->run;
	return end - offset < c->window_bytes ? (uint32_t)(end - offset) : c->window_bytes;
}

/** Take what is here of [@offset, @end), and ask for what is not; how many bytes that are, or an error. */
static int take(struct remote_cache *c, uint64_t offset, uint64_t end, uint8_t *data)
{
	struct remote_window *w = window_with(c, offset);
	uint64_t here;

	if (!w)
		return ask(c, offset, wanted(c, offset, end));
	w->used = ++c->uses;
	here = arrived(w);
	if (here > end)
		here = end;
	if (here <= offset)
		return 0;
	memcpy(data, bytes_of(c, w) + (offset - w->range.start), (size_t)(here - offset));
	return (int)(here - offset);
}

/** Whose bytes come next for who waits at @offset. */
static struct remote_stream *awaited_at(struct remote_cache *c, uint64_t offset)
{
	struct remote_window *w = window_with(c, offset);

	return w ? w->stream : NULL;
}

int remote_cache_read(struct remote_cache *c, uint64_t offset, uint64_t end, void *data, uint64_t *done)
{
	int n = look_after(c, awaited_at(c, offset + *done));

	if (n != 0)
		return n;
	while (offset + *done < end) {
		n = take(c, offset + *done, end, (uint8_t *)data + *done);
		if (n < 0)
			return n;
		if (n == 0) {
			say_notices(c, awaited_at(c, offset + *done));
			return -EINPROGRESS;
		}
		*done += (unsigned)n;
	}
	c->expected = end;
	ask_ahead(c, end);
	return 0;
}

/* ---- coming and going --------------------------------------------------------------------------------------------------------------- */

uint32_t remote_cache_init(struct remote_cache *c, const char *name, const struct space_block *memory, uint32_t bytes)
{
	*c = (struct remote_cache){ .name = name, .memory = memory, .window_bytes = WINDOW_MAX, .run = WINDOW_MIN };
	while (c->window_bytes > WINDOW_MIN && c->window_bytes > bytes / REMOTE_CACHE_WINDOWS)
		c->window_bytes /= 2;
	for_each_stream(s, c) {
		s->sink = (struct sink){ .size = sink_size, .at = sink_at, .together = sink_together };
		s->cache = c;
	}
	return REMOTE_CACHE_WINDOWS * c->window_bytes;
}

int remote_cache_open(struct remote_cache *c, struct net *net, const struct uri *uri)
{
	struct remote_stream *s = c->stream;
	int rc = download_start_head(&c->head, net, uri, HEAD_BYTES, &s->sink, clock_ms());

	if (rc != 0)
		return rc;
	s->download = c->head;
	s->range = (struct range){ 0, HEAD_BYTES };
	c->window[0] = (struct remote_window){ s->range, s, 0 };
	return 0;
}

int remote_cache_ready(struct remote_cache *c)
{
	int rc = download_rc(c->head);

	if (rc == -EINPROGRESS) {
		say_notices(c, c->stream);
		return rc;
	}
	if (rc != 0) {
		download_blame(c->head);
		return rc;
	}
	c->total = download_progress(c->head)->total_bytes;
	if (c->total < HEAD_BYTES)
		c->window[0].range.end = c->total;
	end_stream(c->stream);
	c->expected = HEAD_BYTES;
	return 0;
}

const char *remote_cache_state(const struct remote_cache *c)
{
	return c->stream[0].download ? download_state(c->head) : "";
}

void remote_cache_close(struct remote_cache *c)
{
	for_each_stream(s, c)
		end_stream(s);
	download_stop(c->head, clock_ms());
	c->head = NULL;
}
