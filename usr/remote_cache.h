/* SPDX-License-Identifier: BSD-2-Clause */
/* A file on a server, read here and there: a few windows on it are in memory, and filled by streams. A stream is a download that fills one
 * window after the other, in order: when a reader goes on where it had stopped, the next windows are asked for while it reads the first, each
 * twice as large as the one before, so that its connection never rests. One who reads elsewhere has another stream; the old one ends by itself.
 *
 * remote_cache_init() - remote_cache_open() - net_poll() and remote_cache_ready() until that is not -EINPROGRESS - remote_cache_seek() and
 * remote_cache_read() for each piece - remote_cache_close() in every case. There is one reader at a time. */
#ifndef USR_REMOTE_CACHE_H
#define USR_REMOTE_CACHE_H

#include <stdint.h>
#include "net/download.h"

struct net;
struct space_block;
struct uri;

enum { REMOTE_CACHE_WINDOWS = 6, REMOTE_CACHE_STREAMS = 3, REMOTE_CACHE_LEAST = REMOTE_CACHE_WINDOWS * (32 << 10) };

struct remote_stream {
	struct sink sink;
	struct remote_cache *cache;
	struct download *download;              /* NULL: free */
	struct range range;
	unsigned used;                          /* the cache's count of uses when it was given a window last */
};

/** Bytes of the file, in memory as far as they have come. */
struct remote_window {
	struct range range;
	struct remote_stream *stream;           /* that brings it; NULL: all are here */
	unsigned used;                          /* the cache's count of uses when it was of use last */
};

struct remote_cache {
	const char *name;
	const struct space_block *memory;
	struct download *head;                  /* of which all others are parts; it stays */
	uint64_t total;                         /* the file's length, once it is ready */
	uint32_t window_bytes;
	struct remote_stream stream[REMOTE_CACHE_STREAMS];
	struct remote_window window[REMOTE_CACHE_WINDOWS];
	unsigned uses;
	uint64_t expected;                      /* where a reader in order reads next */
	uint32_t run;                           /* bytes to ask for there */
	uint64_t fetched;                       /* bytes, so far, of what is in windows or was */
	int rc;                                 /* for good: -ESTALE */
};

/** An empty cache of at most @bytes, REMOTE_CACHE_LEAST or more: the first ones of @memory's data, which stays the caller's and may move.
 *  @name, for messages, stays the caller's, too. Returns how many it takes. */
uint32_t remote_cache_init(struct remote_cache *c, const char *name, const struct space_block *memory, uint32_t bytes);
/** Begin to fetch the head of @uri (copied). download_start()'s errors. */
int remote_cache_open(struct remote_cache *c, struct net *net, const struct uri *uri);
/** -EINPROGRESS until the head is there, then 0 and c->total, or the error, with fail(): -ENOTSUP, the file cannot be had in parts. */
int remote_cache_ready(struct remote_cache *c);
/** Words for what the head waits for, "". */
const char *remote_cache_state(const struct remote_cache *c);
/** A piece is going to be read from @offset on. Who goes on in order will want what follows. */
void remote_cache_seek(struct remote_cache *c, uint64_t offset);
/** Bring [@offset, @end), which is in the file, to @data; *@done bytes of it are there, 0 before the first call. 0, -EINPROGRESS (call again), or
 *  the error, with fail(): -ESTALE for good, and never a byte of another version of the file. What befalls the stream that is waited for is said
 *  on the console; one that fails is begun anew, for a server may come back, unless that says that the file is not to be had. */
int remote_cache_read(struct remote_cache *c, uint64_t offset, uint64_t end, void *data, uint64_t *done);
void remote_cache_close(struct remote_cache *c);

#endif
