/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that is read while it comes: a download into a small buffer, from which the reader takes bytes in order. However large the file, no
 * more of it is here than the buffer holds; the server waits meanwhile.
 *
 * file_stream_open() - net_poll() runs it - file_stream_read() while that gives bytes or -EAGAIN - file_stream_close() in every case.
 *
 * What breaks is gone on with as in every download. A file that has to be begun anew (TFTP, or HTTP without parts) is passed over up to
 * where the reader is; if that is not what had been read, the reading fails. */
#ifndef NET_FILE_STREAM_H
#define NET_FILE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/uri.h"
#include "net/net.h"

enum { FILE_STREAM_BUFFER_MIN = 32 << 10 };

struct file_stream;

/** Begin to fetch @uri (copied) through @buffer_bytes, FILE_STREAM_BUFFER_MIN or more. Errors as of download_start(); *@f is NULL then. */
int file_stream_open(struct file_stream **f, struct net *net, const struct uri *uri, size_t buffer_bytes, uint32_t now_ms);
/** -EINPROGRESS until the server has begun to send it, then 0, or the error that ended it. */
int file_stream_begun(const struct file_stream *f);
/** Its length, if the server said so or all of it has come. */
bool file_stream_size(const struct file_stream *f, uint64_t *bytes);
/** Would file_stream_read() give something else than -EAGAIN? */
bool file_stream_ready(const struct file_stream *f);
/** Take up to @len bytes, at least one: returns how many. 0: the file is over. -EAGAIN: nothing more is here yet. Else the error that ended it,
 *  after fail(); every byte that came before has been read by then. */
int file_stream_read(struct file_stream *f, void *data, size_t len);
/** Where the reader is. */
uint64_t file_stream_position(const struct file_stream *f);
/** Abort if it is running, and free. NULL is allowed. */
void file_stream_close(struct file_stream *f, uint32_t now_ms);

#endif
