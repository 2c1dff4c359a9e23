/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks whose images stay on a server, by URL. */
#ifndef USR_SAN_H
#define USR_SAN_H

struct disk;
struct disk_options;

/** Show the disk at @reference (usr/fetch.h) as a drive, and say so in a line; all of it is fetched, which is said too, where its sectors cannot
 *  be had one by one. *@disk is the caller's, for disk_detach(). Needs an interface with an address. Errors with fail(): fetch_resolve()'s,
 *  remote_disk_open()'s, disk_attach()'s, -ECANCELED. */
int san_attach(const char *reference, const struct disk_options *options, struct disk **disk);
/** Boot the disk at @reference; it is taken away when it comes back. As san_attach() and disk_boot(). */
int san_boot(const char *reference);

#endif
