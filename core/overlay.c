/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/overlay.h"

#include "core/heap.h"
#include "core/string.h"

enum { PAGE_SECTORS = OVERLAY_PAGE / OVERLAY_SECTOR };

struct page {
	struct list link;
	uint64_t number;                /* its first sector is number * PAGE_SECTORS */
	uint8_t written;                /* a bit a sector */
	uint32_t place;                 /* in the caller's memory, by pages */
};

void overlay_init(struct overlay *o, uint32_t pages_max)
{
	o->pages = 0;
	o->pages_max = pages_max;
	for (unsigned i = 0; i < OVERLAY_BUCKETS; i++)
		list_init(&o->bucket[i]);
}

static struct page *find(const struct overlay *o, uint64_t number)
{
	const struct list *bucket = &o->bucket[number % OVERLAY_BUCKETS], *pos;

	list_for_each(pos, bucket) {
		struct page *p = list_entry(pos, struct page, link);

		if (p->number == number)
			return p;
	}
	return NULL;
}

/** Make sure that there is a page of that number. */
static bool have_page(struct overlay *o, uint64_t number)
{
	struct page *p = find(o, number);

	if (p)
		return true;
	if (o->pages == o->pages_max || !(p = heap_alloc(sizeof(*p))))
		return false;
	p->number = number;
	p->written = 0;
	p->place = o->pages++;
	list_append(&o->bucket[number % OVERLAY_BUCKETS], &p->link);
	return true;
}

bool overlay_write(struct overlay *o, uint8_t *memory, uint64_t first, uint32_t count, const void *data)
{
	const uint8_t *bytes = data;

	for (uint64_t number = first / PAGE_SECTORS; number <= (first + count - 1) / PAGE_SECTORS; number++)
		if (!have_page(o, number))
			return false;
	for (uint64_t sector = first; sector < first + count; sector++, bytes += OVERLAY_SECTOR) {
		struct page *p = find(o, sector / PAGE_SECTORS);

		memcpy(memory + p->place * OVERLAY_PAGE + sector % PAGE_SECTORS * OVERLAY_SECTOR, bytes, OVERLAY_SECTOR);
		p->written |= (uint8_t)(1u << sector % PAGE_SECTORS);
	}
	return true;
}

void overlay_apply(const struct overlay *o, const uint8_t *memory, uint64_t first, uint32_t count, void *data)
{
	uint8_t *bytes = data;

	for (uint64_t sector = first; sector < first + count; sector++, bytes += OVERLAY_SECTOR) {
		const struct page *p = find(o, sector / PAGE_SECTORS);

		if (p && p->written >> sector % PAGE_SECTORS & 1)
			memcpy(bytes, memory + p->place * OVERLAY_PAGE + sector % PAGE_SECTORS * OVERLAY_SECTOR, OVERLAY_SECTOR);
	}
}

void overlay_free(struct overlay *o)
{
	for (unsigned i = 0; i < OVERLAY_BUCKETS; i++)
		while (!list_empty(&o->bucket[i])) {
			struct page *p = list_entry(o->bucket[i].next, struct page, link);

			list_remove(&p->link);
			heap_free(p);
		}
}
