/* SPDX-License-Identifier: BSD-2-Clause */
/* Initial RAM disks: see image/initrd.h.
 *
 * They were stored from the top of memory down, in the order of the commands, and are wanted upwards in that order, so they may
 * have to pass each other with no memory to spare. Three cases, from the usual to the rare: their place does not touch where
 * they are, or only so that an order of moves exists; there is such a place, lower down; or they are sorted in place first.
 * Sorted means that sources and destinations come in one order. Then an order of moves always exists: those that move upwards
 * from the last to the first, those that move downwards from the first to the last; an upward move ends below the source of a
 * downward neighbour and the other way round. */
#include "core/errors.h"
#include "core/memmap.h"
#include "core/string.h"
#include "image/cpio.h"
#include "image/initrd.h"

#define INITRD_ALIGN 4

static bool is_initrd(const struct image *kernel, const struct image *image)
{
	return image != kernel && !(image->format && image->format->script);
}

static struct image *initrd_next(const struct image *kernel, const struct image *after)
{
	struct image *image = image_next(after);

	while (image && !is_initrd(kernel, image))
		image = image_next(image);
	return image;
}

/** Where the cpio headers of @image end: in front of its data. Their length, or a negative error. */
static int header_length(const struct image *image, uint8_t *room)
{
	if (!*image->arguments)
		return 0;
	if (!image->block.size)
		return fail(-EINVAL, "%s is empty", image->name);
	return cpio_headers(image->arguments, image->block.length, room, SPACE_HEADER_ROOM);
}

static uint32_t padding(const struct image *image)
{
	return -image->block.length & (INITRD_ALIGN - 1);
}

/** Write @image's header and padding beside its bytes, and say where the whole begins and how long it is. A block is whole pages:
 *  the padding is inside it. */
static int wrap(const struct image *image, phys_t *start, uint32_t *len)
{
	const struct space_block *b = &image->block;
	uint8_t *room;
	int header;

	*start = *len = 0;
	if (!b->size)
		return header_length(image, NULL);
	room = phys_ptr(b->start, SPACE_HEADER_ROOM);
	if ((header = header_length(image, room)) < 0)
		return header;
	memmove(room + SPACE_HEADER_ROOM - header, room, (size_t)header);
	if (padding(image))
		memset(phys_ptr(space_phys(b) + b->length, padding(image)), 0, padding(image));
	*start = space_phys(b) - (phys_t)header;
	*len = (uint32_t)header + b->length + padding(image);
	return 0;
}

int initrd_size(const struct image *kernel, uint64_t *bytes)
{
	const struct image *image = NULL;
	phys_t start;
	uint32_t len;
	int rc;

	*bytes = 0;
	while ((image = initrd_next(kernel, image)) != NULL) {
		if ((rc = wrap(image, &start, &len)) != 0)
			return rc;
		*bytes += len;
	}
	return 0;
}

static uint64_t region_end(const struct mem_region *r) { return (uint64_t)r->start + r->size; }
static uint64_t higher(uint64_t a, uint64_t b) { return a > b ? a : b; }
static uint64_t lower(uint64_t a, uint64_t b) { return a < b ? a : b; }

bool initrd_stays(const struct image *kernel, const struct initrd_limits *limits, phys_t *dst)
{
	const struct image *only = initrd_next(kernel, NULL);
	struct memmap map;
	uint64_t end;

	if (!only || initrd_next(kernel, only) || *only->arguments)
		return false;
	*dst = space_phys(&only->block);
	end = (uint64_t)*dst + only->block.length + padding(only);
	memmap_final(&map);
	for (unsigned i = 0; i < map.count; i++)
		if (*dst >= higher(map.region[i].start, limits->floor) &&
		    end <= lower(region_end(&map.region[i]), limits->ceiling))
			return true;
	return false;
}

bool initrd_place(const struct initrd_limits *limits, uint64_t bytes, phys_t *dst, uint64_t *largest)
{
	uint64_t floor, ceiling;
	struct memmap map;

	*largest = 0;
	memmap_final(&map);
	for (unsigned i = map.count; i-- > 0; ) {
		floor = higher(map.region[i].start, limits->floor);
		floor = (floor + SPACE_PAGE - 1) & ~(uint64_t)(SPACE_PAGE - 1);
		ceiling = lower(region_end(&map.region[i]), limits->ceiling);
		if (ceiling <= floor)
			continue;
		if (ceiling - floor >= bytes) {
			*dst = (phys_t)(ceiling - bytes) & ~(phys_t)(SPACE_PAGE - 1);
			return true;
		}
		*largest = higher(*largest, ceiling - floor);
	}
	return false;
}

phys_t initrd_lowest(const struct image *kernel)
{
	const struct image *image = NULL;
	phys_t lowest = UINT32_MAX;

	while ((image = initrd_next(kernel, image)) != NULL)
		if (image->block.size)
			lowest = (phys_t)lower(lowest, image->block.start);
	return lowest;
}

int initrd_plan(const struct image *kernel, phys_t dst, struct load_plan *plan)
{
	const struct image *image = NULL;
	phys_t start;
	uint32_t len;
	int rc;

	while ((image = initrd_next(kernel, image)) != NULL) {
		if ((rc = wrap(image, &start, &len)) != 0 || (rc = plan_move(plan, dst, start, len)) != 0)
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
