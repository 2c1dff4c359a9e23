/* SPDX-License-Identifier: BSD-2-Clause */
/* Booting an image: a script is run, anything else is planned, the network closed, and the plan carried out. */
#ifndef USR_BOOT_H
#define USR_BOOT_H

struct image;

/** Set @image->format by its contents; a packed one is unpacked first, in place of itself. -ENOEXEC (with fail()) when it is nothing
 *  that can be booted, -EPROTO when it is broken, and what unpacking returns (usr/unpack.h). */
int boot_recognise(struct image *image);
/** Boot @image, registered or not, with the registered ones as its modules, once those under way are there. Returns what a script
 *  returned, or why it could not be booted; after a failure of the last step the interfaces are closed. An unregistered @image stays
 *  the caller's; a registered script may be gone afterwards (usr/script.h). */
int boot_image(struct image *image);

#endif
