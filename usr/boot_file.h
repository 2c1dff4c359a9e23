/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot file that a server named, as a URL: it is one itself, or a file of the TFTP server. */
#ifndef USR_BOOT_FILE_H
#define USR_BOOT_FILE_H

#include <stdbool.h>

struct netif;
struct settings_scope;

/** Does @scope, or whoever set it by hand for all, name a boot file? */
bool boot_file_named(const struct settings_scope *scope);
/** Its URL, on the heap. -ENOENT with fail() when there is none, -EPROTONOSUPPORT when this ROM cannot fetch it. The TFTP server is the
 *  next-server, else option 66's name, else option 150's address, else the server that answered. */
int boot_file_url(const struct settings_scope *scope, char **url);
/** Print what @scope names, and who it was: "x" of 10.0.2.2. */
void boot_file_show(const struct settings_scope *scope);

#endif
