/* SPDX-License-Identifier: BSD-2-Clause */
/* Images: bytes with a name. The registry holds them in the order they were registered; `boot` consumes them.
 *
 * image_alloc() - fill its block (usr/fetch.c) - image_register() - image_free(). */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"
#include "image/plan.h"
#include "image/space.h"

/** Who brings an image's bytes. */
struct image_source {
	/** The image is about to be freed: stop, and forget it. */
	void (*stop)(struct image_source *source);
};

struct image {
	struct list link;
	char *name;                     /* on the heap; unique among registered images */
	char *arguments;                /* command line, without the name; "" when none; on the heap */
	char *uri;                      /* where it came from, its password in it: never shown; "" when made here; on the heap */
	struct space_block block;
	struct image_source *source;    /* its bytes are still to come, or failed to: not to be read; NULL: they are all there */
	bool selected;                  /* by `kernel`/`imgselect`: what `boot` boots */
	bool autofree;                  /* `boot` frees it when it returns */
	const struct image_format *format; /* recognised when registered; NULL: just bytes (an initrd) */
};

/** A kind of image. probe() looks at the bytes alone; plan() says what goes where (image/plan.h). Scripts and disks have no plan. */
struct image_format {
	const char *name;               /* "bzImage", "script" */
	bool script;
	bool disk;                      /* booted by way of the BIOS (usr/disk.h) */
	bool unmarked;                  /* any bytes may be one: only asked of what is to be booted */
	/** 0 if it is one of ours, -ENOEXEC if not, -EPROTO if it is one but broken (with fail()). */
	int (*probe)(const struct image *image);
	/** Plan to boot @image with the other registered images as its modules. Errors with fail(). */
	int (*plan)(const struct image *image, struct load_plan *plan);
	/** Could @image be booted, as far as memory goes, with one more module of @more bytes? -ENOMEM with figures. NULL: any time. */
	int (*fits)(const struct image *image, uint64_t more);
};

/** The formats in this build, NULL-terminated, in the order they are asked. image/formats.c */
extern const struct image_format *const image_formats[];

/** A new, empty, unregistered image; NULL when out of memory. @name and @uri are copied. */
struct image *image_alloc(const char *name, const char *uri);
/** Set @image->format by its contents; NULL: just bytes. -EPROTO with fail(): it is one of ours, but broken. */
int image_recognise(struct image *image);
/** Recognise @image, unless its bytes are still to come, and put it last in the registry, replacing one of the same name. Takes @image in
 *  every case. */
int image_register(struct image *image);
/** Unregister (if registered) and free. NULL is allowed. */
void image_free(struct image *image);
/** Replace the command line (copied). -ENOMEM. */
int image_set_arguments(struct image *image, const char *arguments);
/** By name, or by URI; NULL. */
struct image *image_find(const char *name);
/** Make @image the one that `boot` boots; NULL: none. */
void image_select(struct image *image);
/** The selected image, else the only one that has a format; NULL. */
struct image *image_selected(void);
/** Could the selected image be booted with one more module of @bytes? 0 or -ENOMEM with figures; 0 too when none is selected. To be
 *  asked before such a module is fetched: where it is stored is no sign that it can be used. */
int image_fits(uint64_t bytes);
/** Registered images in order: image_next(NULL) is the first. */
struct image *image_next(const struct image *after);
/** The image's bytes: @len of them at @offset; NULL when it is shorter, or not all there. */
const uint8_t *image_bytes(const struct image *image, uint32_t offset, size_t len);
/** fail(-ENOEXEC) with what it looks like instead: empty, HTML, too short, ELF, PE, gzip, text, its first bytes. */
int image_not_bootable(const struct image *image);

#endif
