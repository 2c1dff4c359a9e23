/* SPDX-License-Identifier: BSD-2-Clause */
/* Booting an image: a script is run, a PXE program called, anything else planned, the network closed, and the plan
 * carried out. */
#ifndef USR_BOOT_H
#define USR_BOOT_H

struct image;

/** Set @image->format by its contents; a packed one is unpacked first, in place of itself. -ENOEXEC (with fail()) when it is nothing
 *  that can be booted, -EPROTO when it is broken, and what unpacking returns (usr/unpack.h). */
int boot_recognise(struct image *image);
/** Fetch what is at @url and boot it; relative references are to it from now on. Errors of fetching and booting, with fail(). */
int boot_url(const char *url);
/** Boot @image, registered or not, with the registered ones as its modules, once those under way are there. Returns what a script
 *  returned, or why it could not be booted; after a failure of the last step the interfaces are closed. A PXE program returns what it
 *  says; all registered images are gone then. An unregistered @image stays the caller's; a registered script may be gone afterwards, too
 *  (usr/script.h). */
int boot_image(struct image *image);
/** Free all registered images: what is to be called has all memory but ours. */
void boot_free_images(void);

#endif
