/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for images' bytes: see image/space.h.
 *
 * Two lists tell everything: the regions, and the blocks from the highest address to the lowest. What lies between is free. */
#include "core/assert.h"
#include "core/errors.h"
#include "core/memmap.h"
#include "core/string.h"
#include "image/mib.h"
#include "image/space.h"

#define LOW_MEMORY_END 0x100000u
#define SETTLE_BYTES 0x400000u          /* moved in one go: some 10 ms on a slow machine */

static struct memmap map;
static struct list blocks;

/** A free stretch, possibly of no bytes, and the block below it (or the list's head): a block put into it is linked before that. */
struct gap { phys_t start; uint32_t size; struct list *below; };

/** A walk over all gaps, downwards. */
struct gap_walk {
	unsigned regions;       /* those not done yet; the last of them is being walked */
	struct list *node;      /* the next block */
	phys_t top;             /* end of what is left of the region */
};

static phys_t region_end(const struct mem_region *r) { return r->start + r->size; }
static struct space_block *block_of(struct list *node) { return list_entry(node, struct space_block, link); }

static void walk_region(struct gap_walk *w, unsigned regions)
{
	w->regions = regions;
	w->top = regions ? region_end(&map.region[regions - 1]) : 0;
}

static bool gap_next(struct gap_walk *w, struct gap *gap)
{
	const struct mem_region *region;
	struct space_block *b;

	if (!w->regions)
		return false;
	region = &map.region[w->regions - 1];
	gap->below = w->node;
	if (w->node != &blocks && (b = block_of(w->node))->start >= region->start) {
		gap->start = b->start + b->size;
		gap->size = w->top - gap->start;
		w->node = w->node->next;
		w->top = b->start;
	} else {
		gap->start = region->start;
		gap->size = w->top - gap->start;
		walk_region(w, w->regions - 1);
	}
	return true;
}

static struct gap_walk gaps(void)
{
	struct gap_walk w;

	w.node = blocks.next;
	walk_region(&w, map.count);
	return w;
}

void space_free_bytes(uint64_t *total, uint32_t *largest)
{
	struct gap_walk w = gaps();
	struct gap gap;

	*total = *largest = 0;
	while (gap_next(&w, &gap)) {
		*total += gap.size;
		if (gap.size > *largest)
			*largest = gap.size;
	}
}

/** Regions that touch become one; what lies in low memory is left out. */
void space_init(void)
{
	struct memmap given;
	struct mem_region r;

	list_init(&blocks);
	map.count = 0;
	memmap_storage(&given);
	for (unsigned i = 0; i < given.count; i++) {
		r = given.region[i];
		if (region_end(&r) <= LOW_MEMORY_END)
			continue;
		if (r.start < LOW_MEMORY_END) {
			r.size = region_end(&r) - LOW_MEMORY_END;
			r.start = LOW_MEMORY_END;
		}
		if (map.count && region_end(&map.region[map.count - 1]) == r.start)
			map.region[map.count - 1].size += r.size;
		else
			map.region[map.count++] = r;
	}
}

static int no_room(uint64_t needed)
{
	uint64_t total;
	uint32_t largest;

	space_free_bytes(&total, &largest);
	return fail(-ENOMEM, "need " MIB ", " MIB " free (largest gap " MIB ")", MIB_OF(needed), MIB_OF(total), MIB_OF(largest));
}

/** Let @b own the highest @size bytes of the first gap that has them; false when none has. */
static bool take(struct space_block *b, uint32_t size, uint32_t length, bool growing)
{
	struct gap_walk w = gaps();
	struct gap gap;

	assert(!b->size);
	while (gap_next(&w, &gap)) {
		if (gap.size < size)
			continue;
		b->start = gap.start + gap.size - size;
		b->size = size;
		b->length = length;
		b->growing = growing;
		b->settled = 0;
		list_insert(&b->link, gap.below);
		return true;
	}
	return false;
}

/** Bytes that a block of @length bytes of data takes. */
static uint32_t block_bytes(uint32_t length)
{
	return (length + SPACE_HEADER_ROOM + SPACE_PAGE - 1) & ~(uint32_t)(SPACE_PAGE - 1);
}

int space_alloc(struct space_block *b, uint64_t length)
{
	uint32_t len = (uint32_t)length;

	return len == length && block_bytes(len) > len && take(b, block_bytes(len), len, false) ? 0 : no_room(length);
}

bool space_growing(void)
{
	struct list *node;

	list_for_each(node, &blocks)
		if (block_of(node)->growing)
			return true;
	return false;
}

int space_grow(struct space_block *b)
{
	uint64_t total;
	uint32_t largest;

	if (space_growing())
		return fail(-EBUSY, "another download of unknown length is under way");
	space_free_bytes(&total, &largest);
	return largest > SPACE_HEADER_ROOM && take(b, largest, 0, true) ? 0 : no_room(SPACE_PAGE);
}

/* From the last byte down, for the way is up. */
bool space_settle(struct space_block *b, uint32_t length)
{
	uint32_t size = block_bytes(length), left = length - b->settled, len = left < SETTLE_BYTES ? left : SETTLE_BYTES;
	phys_t start = b->start + b->size - size;

	assert(b->growing && size <= b->size && b->settled <= length);
	left -= len;
	memmove(phys_ptr(start + SPACE_HEADER_ROOM + left, len), phys_ptr(space_phys(b) + left, len), len);
	b->settled += len;
	if (left)
		return false;
	b->start = start;
	b->size = size;
	b->length = length;
	b->growing = false;
	return true;
}

void space_free(struct space_block *b)
{
	if (!b->size)
		return;
	list_remove(&b->link);
	*b = (struct space_block){ .size = 0 };
}

void space_take(struct space_block *to, struct space_block *from)
{
	space_free(to);
	if (!from->size)
		return;
	*to = *from;
	list_insert(&to->link, &from->link);
	space_free(from);
}

uint8_t *space_at(const struct space_block *b, uint64_t offset, size_t len)
{
	uint32_t end = b->growing ? b->size - SPACE_HEADER_ROOM : b->length;

	if (!b->size || offset > end || len > end - offset)
		return NULL;
	return phys_ptr(space_phys(b) + (phys_t)offset, (uint32_t)len);
}

static void reverse_words(uint32_t *first, uint32_t count)
{
	for (uint32_t *last = first + count; first + 1 < last; ) {
		uint32_t word = *first;

		*first++ = *--last;
		*last = word;
	}
}

/** Exchange two neighbours in place: three reversals need no memory. */
static void exchange(struct space_block *low, struct space_block *high)
{
	uint32_t low_words = low->size / 4, high_words = high->size / 4;
	uint32_t *words = phys_ptr(low->start, low->size + high->size);

	reverse_words(words, low_words + high_words);
	reverse_words(words, high_words);
	reverse_words(words + high_words, low_words);
	high->start = low->start;
	low->start += high->size;
	list_remove(&low->link);
	list_insert(&low->link, &high->link);
}

/** Slide the blocks of @region to its top, or to one that is fixed, without gaps, keeping their order. */
static void squash(const struct mem_region *region)
{
	phys_t top = region_end(region);
	struct list *node;

	list_for_each(node, &blocks) {
		struct space_block *b = block_of(node);

		if (b->start < region->start || b->start >= region_end(region))
			continue;
		if (b->fixed) {
			top = b->start;
			continue;
		}
		top -= b->size;
		memmove(phys_ptr(top, b->size), phys_ptr(b->start, b->size), b->size);
		b->start = top;
	}
}

/** Exchange one pair of neighbours that stand in the wrong order; false when there is none. */
static bool exchange_a_pair(void)
{
	struct list *node;

	list_for_each(node, &blocks) {
		struct space_block *high = block_of(node), *low = block_of(node->next);

		if (node->next == &blocks || low->start + low->size != high->start || low->rank <= high->rank || low->fixed || high->fixed)
			continue;
		exchange(low, high);
		return true;
	}
	return false;
}

void space_arrange(void)
{
	struct list *node;

	for (unsigned i = 0; i < map.count; i++)
		squash(&map.region[i]);
	while (exchange_a_pair())
		;
	list_for_each(node, &blocks)
		block_of(node)->rank = 0;
}
