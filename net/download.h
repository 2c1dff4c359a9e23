/* SPDX-License-Identifier: BSD-2-Clause */
/* A download: one resource named by a URI, fetched into a sink. It is a set of missing byte ranges; connections, as many as pay and at
 * most as the setting "connections" says, are lent a piece of it each. What a broken one did not bring is asked for again. This is
 * what usr/ uses; schemes are listed in net/schemes.c.
 *
 * download_start() - net_poll() runs it until rc is not -EINPROGRESS - download_stop() in every case. */
#ifndef NET_DOWNLOAD_H
#define NET_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include "core/uri.h"
#include "net/net.h"
#include "net/ranges.h"

/** Where the bytes go: memory addressed by offset. */
struct sink {
	/** The total length is known now (@known) or will not be until the end. Reserve room. An error (with fail()) ends the
	 *  download. Called again, with the same or another length, when a download begins anew. */
	int (*size)(struct sink *sink, bool known, uint64_t total_bytes);
	/** Memory for [@offset, @offset + @len), or NULL when there is no room. Asked anew each time, for the memory may move. */
	uint8_t *(*at)(struct sink *sink, uint64_t offset, size_t len);
	/** NULL: every byte has its place. Else: bytes from the offset that this returns on have none yet. It grows as those before are taken
	 *  away, which download_poll() sees. Such a download has one connection, brings its bytes in order as progress->done_bytes tells,
	 *  keeps the server waiting when there is no room, and goes on however long that took. The first room is 16 KiB or more. */
	uint64_t (*room)(struct sink *sink);
	/** With room: what came is forgotten, the next byte that comes is the file's first. Also called in the beginning. */
	void (*anew)(struct sink *sink);
	/** NULL: all bytes lie one behind the other. Else: those from @offset on do up to what this returns, and no request goes beyond. */
	uint64_t (*together)(struct sink *sink, uint64_t offset);
};

struct progress {
	uint64_t done_bytes, total_bytes;       /* total 0: unknown; of a part, too, it is the file's */
	unsigned connections;                   /* in use now */
};

struct download;                        /* net/download.c; on the heap, so that usr/ need not know its parts */

/** Has @uri a scheme that can be fetched? If not fail() has said which can. */
bool download_scheme_known(const struct uri *uri);
/** Begin to fetch @uri (copied) into @sink for @net. Errors at once: -EPROTONOSUPPORT (with the schemes there are), -EINVAL,
 *  -ENOMEM; *@d is NULL then. */
int download_start(struct download **d, struct net *net, const struct uri *uri, struct sink *sink, uint32_t now_ms);
/** Begin to fetch the first @bytes of it, and to learn whether other parts can be had: -ENOTSUP ends it where not. */
int download_start_head(struct download **d, struct net *net, const struct uri *uri, uint64_t bytes, struct sink *sink, uint32_t now_ms);
/** Begin to fetch @part of the file whose head @of has fetched, from where that was found. Its bytes come in order, over one connection; the sink
 *  is not told the size. If the file is another by now that ends it: -ESTALE. @of may be stopped before. */
int download_start_part(struct download **d, const struct download *of, const struct range *part, struct sink *sink, uint32_t now_ms);
/** Let @d, which fetches a part, go on to @end, in the same connection if it can. False when it is over already. */
bool download_extend_part(struct download *d, uint64_t end);
/** -EINPROGRESS, 0 when every byte is in the sink, or the error. */
int download_rc(const struct download *d);
/** Put the words of its error, which others may have overwritten, back in place for error_format(). */
void download_blame(const struct download *d);
/** How far it is; valid until download_stop(). */
const struct progress *download_progress(const struct download *d);
/** The URI that answered in the end (after redirects). Owned by @d. */
const struct uri *download_final_uri(const struct download *d);
/** Words for what it is waiting for: "resolving boot.example", "connecting to 10.0.2.2", "waiting for data", "". Static or @d's. */
const char *download_state(const struct download *d);
/** A line that tells what happened to it ("connection reset at 12.3 MiB; retry 1/5 in 1 s"), each once; NULL when there is nothing new.
 *  Valid until the next poll. */
const char *download_notice(struct download *d);
/** Abort if running (RST, nothing further is written to the sink) and free. NULL is allowed. */
void download_stop(struct download *d, uint32_t now_ms);

/** net.c runs all of @net's downloads and idle connections through these. */
void download_poll(struct net *net, uint32_t now_ms);
uint32_t download_deadline(const struct net *net, uint32_t now_ms);
void download_shutdown(struct net *net, uint32_t now_ms);

#endif
