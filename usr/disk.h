/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks that the BIOS shows: a block device, or an image in memory, becomes one of its drives and boots.
 *
 * disk_attach() - disk_boot(), as often as one likes - disk_detach(). What the disk is, is found as for images (image/disk_shape.h); a CD is
 * shown as what its boot catalogue says: itself, or the floppy or hard disk on it (image/el_torito.h). */
#ifndef USR_DISK_H
#define USR_DISK_H

#include <stdbool.h>
#include "core/block.h"
#include "image/disk_options.h"

struct disk;
struct image;

/** Show @device, whose blocks have 512 bytes, as a drive. Takes @device in every case: it is closed by disk_detach(), or at once when this
 *  fails. Waits for the device (Ctrl-C ends that: -ECANCELED). @options: options->offset is a multiple of 512 here; options->drive is any
 *  number from 0 to 255, or -1. *@disk is NULL after an error, all with fail(): those of disk_shape_find() and el_torito_run() (but a CD
 *  that does not boot is a drive, too), the device's, drive_attach()'s, -ENOMEM. */
int disk_attach(struct block_device *device, const struct disk_options *options, struct disk **disk);
/** Its number in INT 13h. */
unsigned disk_number(const struct disk *disk);
/** What it is, for messages: "hard disk", "hybrid CD". */
const char *disk_kind_name(const struct disk *disk);
/** The attached disk with that number; the one attached last for -1. NULL. */
struct disk *disk_find(int number);
/** Boot it. All memory but ours and the attached disks' is its own then: registered images are gone. The network is shut down, unless a disk
 *  that is not in memory is attached. Comes back if it cannot, or when the boot sector gives up: -ENOEXEC by INT 18h, 0 by INT 19h, which
 *  asks for the next boot; with fail(): -ENOEXEC it has nothing to boot, -ENOMEM, -EFBIG (a script runs that lies in that memory), the
 *  device's, -ECANCELED. The disk stays attached in any case. */
int disk_boot(struct disk *disk);
/** Take the drive away, close the device, free the memory. NULL is allowed. */
void disk_detach(struct disk *disk);
/** Hide the memory that attached disks keep bytes in (block_device's memory()), where it is now: to be called before something is booted.
 *  disk_boot() does it itself. drive_hide()'s errors. */
int disk_hide_memory(void);
/** Does an attached disk need the network? */
bool disk_wants_network(void);

/** As disk_attach(), of a disk image: its bytes become the disk's, and stay @image's if that fails. */
int disk_attach_image(struct image *image, const struct disk_options *options, struct disk **disk);
/** Boot the drive @number, an attached disk or one of the BIOS's own. As disk_boot(). */
int disk_boot_drive(unsigned number);
/** Boot @image, a disk image, as its arguments say (image/disk_options.h): its bytes become the disk's, and are given back when it comes back.
 *  As disk_attach() and disk_boot(). */
int disk_boot_image(struct image *image);

#endif
