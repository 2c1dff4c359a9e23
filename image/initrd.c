/* SPDX-License-Identifier: BSD-2-Clause */
/* Initial RAM disks: see image/initrd.h.
 *
 * They were stored from the top of memory down, in the order of the commands, and are wanted upwards in that order, so they may
 * have to pass each other with no memory to spare. Three cases, from the usual to the rare: their place does not touch where
 * they are, or only so that an order of moves exists; there is such a place, lower down; or they are sorted in place first.
 * Sorted means that sources and destinations come in one order. Then an order of moves always exists: those that move upwards
 * from the last to the first, those that move downwards from the first to the last; an upward move ends below the source of a
 * downward neighbour and the other way round. */
#include "config/features.h"
#include "core/errors.h"
#include "core/memmap.h"
#include "core/string.h"
#include "image/cpio.h"
#include "image/initrd.h"


static bool is_initrd(const struct image *kernel, const struct image *image)
{
	return image != kernel && !(image->format && image->format->script);
}

struct image *initrd_next(const struct image *kernel, const struct image *after)
{
	struct image *image = image_next(after);

	while (image && !is_initrd(kernel, image))
		image = image_next(image);
	return image;
}

/** What comes behind an initrd begins at a multiple of 4. The last one ends where its file does: memdisk looks for gzip's trailer there. */
static uint32_t padding(const struct image *kernel, const struct image *image)
{
	if (!*image->arguments && !initrd_next(kernel, image))
		return 0;
	return -image->block.length & (INITRD_ALIGN - 1);
}

/** Write @image's header and padding beside its bytes, and say where the whole begins and how long it is. A block is whole pages:
 *  the padding is inside it. */
static int wrap(const struct image *kernel, const struct image *image, phys_t *start, uint32_t *len)
{
	const struct space_block *b = &image->block;
	uint8_t *room;
	int header = 0;

	*start = *len = 0;
	if (!b->size)
		return *image->arguments && !image->source ? fail(-EINVAL, "%s is empty", image->name) : 0;
	if (*image->arguments && !CONFIG_WRAP)
		return fail(-ENOTSUP, "%s: this ROM puts no files into initrds", image->name);
	if (*image->arguments) {
		room = phys_ptr(b->start, SPACE_HEADER_ROOM);
		if ((header = cpio_headers(image->arguments, b->length, room, SPACE_HEADER_ROOM)) < 0)
			return header;
		memmove(room + SPACE_HEADER_ROOM - header, room, (size_t)header);
	}
	if (padding(kernel, image))
		memset(phys_ptr(space_phys(b) + b->length, padding(kernel, image)), 0, padding(kernel, image));
	*start = space_phys(b) - (phys_t)header;
	*len = (uint32_t)header + b->length + padding(kernel, image);
	return 0;
}

int initrd_size(const struct image *kernel, uint32_t *bytes)
{
	const struct image *image = NULL;
	phys_t start;
	uint32_t len;
	int rc;

	*bytes = 0;
	while ((image = initrd_next(kernel, image)) != NULL) {
		if ((rc = wrap(kernel, image, &start, &len)) != 0)
			return rc;
		*bytes += len;
	}
	return 0;
}

static uint32_t higher(uint32_t a, uint32_t b) { return a > b ? a : b; }
static uint32_t lower(uint32_t a, uint32_t b) { return a < b ? a : b; }

uint32_t initrd_room(phys_t start)
{
	struct memmap map;

	memmap_final(&map);
	for (const struct mem_region *r = map.region; r < map.region + map.count; r++)
		if (start - r->start < r->size)
			return r->start + r->size - start;
	return 0;
}

bool initrd_stays(const struct image *kernel, const struct initrd_limits *limits, phys_t *dst)
{
	const struct image *only = initrd_next(kernel, NULL);
	uint32_t len;

	if (!only || initrd_next(kernel, only) || *only->arguments)
		return false;
	*dst = space_phys(&only->block);
	len = only->block.length;
	return *dst >= limits->floor && *dst + len <= limits->ceiling && len <= initrd_room(*dst);
}

bool initrd_place(const struct initrd_limits *limits, uint64_t bytes, phys_t *dst, uint32_t *largest)
{
	phys_t floor, ceiling;
	struct memmap map;

	*largest = 0;
	memmap_final(&map);
	for (unsigned i = map.count; i-- > 0; ) {
		floor = higher(map.region[i].start, limits->floor);
		ceiling = lower(map.region[i].start + map.region[i].size, limits->ceiling);
		if (ceiling <= floor)           /* also where rounding up would wrap */
			continue;
		floor = (floor + SPACE_PAGE - 1) & ~(phys_t)(SPACE_PAGE - 1);
		if (ceiling <= floor)
			continue;
		*largest = higher(*largest, ceiling - floor);
		if (ceiling - floor >= bytes) {
			*dst = (ceiling - (uint32_t)bytes) & ~(phys_t)(SPACE_PAGE - 1);
			return true;
		}
	}
	return false;
}

phys_t initrd_lowest(const struct image *kernel)
{
	const struct image *image = NULL;
	phys_t lowest = UINT32_MAX;

	while ((image = initrd_next(kernel, image)) != NULL)
		if (image->block.size)
			lowest = lower(lowest, image->block.start);
	return lowest;
}

int initrd_plan(const struct image *kernel, phys_t dst, struct load_plan *plan)
{
	const struct image *image = NULL;
	phys_t start;
	uint32_t len;
	int rc;

	while ((image = initrd_next(kernel, image)) != NULL) {
		if ((rc = wrap(kernel, image, &start, &len)) != 0 || (rc = plan_move(plan, dst, start, len)) != 0)
			return rc;
		dst += len;
	}
	return 0;
}

void initrd_arrange(const struct image *kernel)
{
	struct image *image = NULL;
	unsigned rank = 0;

	while ((image = initrd_next(kernel, image)) != NULL)
		image->block.rank = ++rank;
	space_arrange();
}
