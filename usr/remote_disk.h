/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk whose image stays on an HTTP server: its sectors are fetched as they are read, by range requests over kept connections, and further ones
 * ahead of a reader who goes through it in order (usr/remote_cache.h). It takes an eighth of the memory that is free: half of that for what was
 * fetched, half for what is written, which is never sent.
 *
 * remote_disk_open() - net_poll() and remote_disk_ready() until that is not -EINPROGRESS - the device's calls, until its close(). If the server
 * goes away it is waited for, with a line on the console; if it has another file by now no sector of that is given out (-ESTALE). */
#ifndef USR_REMOTE_DISK_H
#define USR_REMOTE_DISK_H

#include <stdbool.h>
#include <stdint.h>
#include "core/block.h"

struct net;
struct uri;

/** Begin to fetch the head of @uri (copied). *@device, blocks of 512 bytes, is there to be closed, and not to be called before it is ready.
 *  -ENOMEM, and as download_start(), with fail(); then it is NULL. */
int remote_disk_open(struct block_device **device, struct net *net, const struct uri *uri, bool read_only);
/** -EINPROGRESS until the head is there, then 0 and device->blocks, or the error, with fail(): -ENOTSUP, it cannot be had in parts. */
int remote_disk_ready(struct block_device *device);
/** Words for what it waits for, "". */
const char *remote_disk_state(const struct block_device *device);
/** How much was fetched so far, the head included. */
uint64_t remote_disk_fetched(const struct block_device *device);

#endif
