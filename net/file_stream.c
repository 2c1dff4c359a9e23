/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that is read while it comes. See net/file_stream.h.
 *
 * The buffer holds the file's bytes from @base on: those that were taken, those that came in order, and beyond them perhaps others that came
 * early, up to @top. When half of it has been taken the rest moves to the front. */
#include "net/file_stream.h"

#include "core/crc.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/string.h"
#include "net/download.h"

/** Always base <= taken <= what came in order <= top <= base + size. While taken < read the file comes once more, and is passed over. */
struct file_stream {
	struct sink sink;
	struct download *download;
	int rc;                                 /* of ours: the file is another by now; 0 */
	bool begun, known;
	uint64_t total;
	uint64_t base, taken, top;
	uint64_t read;                          /* the reader has so many bytes, of this CRC-32 */
	uint64_t read_crc, again_crc;           /* and of those that came again */
	struct crc crc;
	size_t size;
	uint8_t *buffer;
};

static uint64_t here(const struct file_stream *f)
{
	return download_progress(f->download)->done_bytes;
}

/** So many bytes more are of no use any more. */
static void take(struct file_stream *f, size_t len)
{
	size_t gone;

	f->taken += len;
	gone = (size_t)(f->taken - f->base);
	if (gone < f->size / 2)
		return;
	memmove(f->buffer, f->buffer + gone, (size_t)(f->top - f->taken));
	f->base = f->taken;
}

/** The reader has had this. */
static void pass_over(struct file_stream *f)
{
	while (f->taken < f->read && f->taken < here(f)) {
		uint64_t end = here(f) < f->read ? here(f) : f->read;
		size_t len = (size_t)(end - f->taken);

		f->again_crc = crc_update(&f->crc, f->again_crc, f->buffer + (f->taken - f->base), len);
		take(f, len);
		if (f->taken == f->read && f->again_crc != f->read_crc)
			f->rc = -EIO;
	}
}

/* ---- the sink ------------------------------------------------------------------------------------------------------------------- */

static struct file_stream *stream_of(struct sink *sink)
{
	return container_of(sink, struct file_stream, sink);
}

static int sink_size(struct sink *sink, bool known, uint64_t total_bytes)
{
	struct file_stream *f = stream_of(sink);

	f->begun = true;
	f->known = known;
	f->total = total_bytes;
	return 0;
}

static uint8_t *sink_at(struct sink *sink, uint64_t offset, size_t len)
{
	struct file_stream *f = stream_of(sink);

	if (offset < f->base || offset + len > f->base + f->size)
		return NULL;
	if (offset + len > f->top)
		f->top = offset + len;
	return f->buffer + (offset - f->base);
}

static uint64_t sink_room(struct sink *sink)
{
	struct file_stream *f = stream_of(sink);

	if (f->download)
		pass_over(f);
	return f->base + f->size;
}

static void sink_anew(struct sink *sink)
{
	struct file_stream *f = stream_of(sink);

	f->base = f->taken = f->top = 0;
	f->again_crc = 0;
}

/* ---- for the reader ------------------------------------------------------------------------------------------------------------- */

static void free_stream(struct file_stream *f)
{
	if (f)
		heap_free(f->buffer);
	heap_free(f);
}

int file_stream_open(struct file_stream **result, struct net *net, const struct uri *uri, size_t buffer_bytes, uint32_t now_ms)
{
	struct file_stream *f = heap_zalloc(sizeof(*f));
	int rc;

	*result = NULL;
	if (!f || !(f->buffer = heap_alloc(buffer_bytes))) {
		free_stream(f);
		return fail(-ENOMEM, "no room for a file's buffer");
	}
	f->size = buffer_bytes;
	crc_init(&f->crc, CRC32_POLYNOMIAL);
	f->sink = (struct sink){ .size = sink_size, .at = sink_at, .room = sink_room, .anew = sink_anew };
	if ((rc = download_start(&f->download, net, uri, &f->sink, now_ms)) != 0) {
		free_stream(f);
		return rc;
	}
	*result = f;
	return 0;
}

int file_stream_begun(const struct file_stream *f)
{
	return f->begun ? 0 : download_rc(f->download);
}

bool file_stream_size(const struct file_stream *f, uint64_t *bytes)
{
	*bytes = f->total;
	if (f->known)
		return true;
	*bytes = here(f);
	return download_rc(f->download) == 0;
}

bool file_stream_ready(const struct file_stream *f)
{
	return f->rc || download_rc(f->download) != -EINPROGRESS || (f->taken >= f->read && f->taken < here(f));
}

/** What there is instead of bytes. */
static int nothing_here(struct file_stream *f)
{
	int rc = download_rc(f->download);

	if (rc == -EINPROGRESS && f->rc == 0)
		return -EAGAIN;
	if (f->rc || (rc == 0 && f->taken < f->read))
		return f->rc = fail(-EIO, "the file has changed on the server while it was read");
	if (rc != 0)
		download_blame(f->download);
	return rc;
}

int file_stream_read(struct file_stream *f, void *data, size_t len)
{
	uint64_t there;

	pass_over(f);
	there = f->taken < f->read ? 0 : here(f) - f->taken;
	if (len > there)
		len = (size_t)there;
	if (f->rc || len == 0)
		return nothing_here(f);
	memcpy(data, f->buffer + (f->taken - f->base), len);
	f->read_crc = crc_update(&f->crc, f->read_crc, data, len);
	f->read += len;
	take(f, len);
	return (int)len;
}

uint64_t file_stream_position(const struct file_stream *f)
{
	return f->read;
}

void file_stream_close(struct file_stream *f, uint32_t now_ms)
{
	if (!f)
		return;
	download_stop(f->download, now_ms);
	free_stream(f);
}
