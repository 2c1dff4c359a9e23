/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to a frame on its way through one direction of the link. */
#include "tests/netem/link.h"

#include <stdlib.h>
#include <string.h>

#define HELD_BYTES_MAX (512u << 20)     /* of frames on the way: the receiver does not take them */
#define WANDER_PERIOD_NS 200000000u

#define ETH_HEADER 14u
#define ETH_VLAN_TAG 4u

/* splitmix64: a small generator whose every seed is good */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static uint64_t draw(struct link *l)
{
	l->random += 0x9e3779b97f4a7c15u;
	return mix(l->random);
}

/** 0 <= x < 1 */
static double unit(uint64_t drawn)
{
	return (double)(drawn >> 11) / 9007199254740992.0;
}

void link_init(struct link *l, const struct link_spec *spec, uint64_t seed)
{
	memset(l, 0, sizeof *l);
	l->spec = *spec;
	l->seed = l->random = mix(seed + 1);
}

/* ---- The heap of frames on the way */

static bool sooner(const struct frame *a, const struct frame *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->serial < b->serial;
}

static void heap_add(struct link *l, struct frame *f)
{
	size_t i = l->count++;

	if (l->count > l->room) {
		l->room = l->room ? 2 * l->room : 1024;
		l->frames = realloc(l->frames, l->room * sizeof *l->frames);
		if (!l->frames)
			abort();
	}
	for (; i > 0 && sooner(f, l->frames[(i - 1) / 2]); i = (i - 1) / 2)
		l->frames[i] = l->frames[(i - 1) / 2];
	l->frames[i] = f;
}

static struct frame *heap_take(struct link *l)
{
	struct frame *first = l->frames[0], *last = l->frames[--l->count];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < l->count) {
		if (child + 1 < l->count && sooner(l->frames[child + 1], l->frames[child]))
			child++;
		if (!sooner(l->frames[child], last))
			break;
		l->frames[i] = l->frames[child];
		i = child;
	}
	l->frames[i] = last;
	return first;
}

/* ---- A frame arrives */

/** Bytes of the IP packet that a frame may carry: what a size limit looks at. */
static size_t packet_bytes(const uint8_t *data, size_t len)
{
	bool tagged = len >= ETH_HEADER && data[12] == 0x81 && data[13] == 0;
	size_t header = ETH_HEADER + (tagged ? ETH_VLAN_TAG : 0);

	return len > header ? len - header : 0;
}

/** The bytes of a frame that a checksum covers: an IPv4 packet (not the frame's padding), unless it is UDP without one (RFC 768: 0). */
static size_t checked_bytes(const uint8_t *data, size_t len)
{
	const uint8_t *ip = data + ETH_HEADER;
	size_t header, total;

	if (len < ETH_HEADER + 20 || data[12] != 0x08 || data[13] != 0 || ip[0] >> 4 != 4)
		return 0;
	header = (ip[0] & 15u) * 4;
	total = (size_t)ip[2] << 8 | ip[3];
	if (total > len - ETH_HEADER || total < header)
		return 0;
	if (ip[9] == 17 && total >= header + 8 && ip[header + 6] == 0 && ip[header + 7] == 0)
		return 0;
	return total;
}

/** When a frame of @len bytes has left the bottleneck; false: its queue is full. */
static bool bottleneck(struct link *l, size_t len, uint64_t now_ns, uint64_t *leaves_ns)
{
	double waiting;

	*leaves_ns = now_ns;
	if (l->spec.rate == 0)
		return true;
	if (l->free_ns < now_ns)
		l->free_ns = now_ns;
	waiting = (double)(l->free_ns - now_ns) * (double)l->spec.rate / 1e9;
	if (l->spec.queue && waiting + (double)len > (double)l->spec.queue)
		return false;
	l->free_ns += (uint64_t)((double)len * 1e9 / (double)l->spec.rate);
	*leaves_ns = l->free_ns;
	return true;
}

static uint64_t due_time(struct link *l, uint64_t leaves_ns, bool late, double jitter)
{
	uint64_t due = leaves_ns + l->spec.delay_ns;

	if (l->spec.wander_ns)
		due += (uint64_t)(unit(mix(l->seed ^ leaves_ns / WANDER_PERIOD_NS)) * (double)l->spec.wander_ns);
	if (due < l->last_due_ns)
		due = l->last_due_ns;
	l->last_due_ns = due;
	return due + (uint64_t)(jitter * (double)l->spec.jitter_ns) + (late ? l->spec.reorder_ns : 0);
}

/** Put one frame on its way. NULL: there was no room for it, which is counted. */
static struct frame *send_on(struct link *l, const void *data, size_t len, uint64_t now_ns, bool late, double jitter)
{
	struct frame *f;
	uint64_t leaves_ns;

	if (l->held + len > HELD_BYTES_MAX) {
		l->counts.overflow++;
		return NULL;
	}
	if (!bottleneck(l, len, now_ns, &leaves_ns)) {
		l->counts.queue_full++;
		return NULL;
	}
	f = malloc(sizeof *f + len);
	if (!f)
		abort();
	f->due_ns = due_time(l, leaves_ns, late, jitter);
	f->serial = l->serial++;
	f->len = (uint32_t)len;
	memcpy(f->data, data, len);
	heap_add(l, f);
	l->held += len;
	if (l->held > l->counts.most_held)
		l->counts.most_held = l->held;
	return f;
}

/** Turn one bit over that the receiver's checksums see. */
static void corrupt(struct link *l, struct frame *f, uint64_t drawn)
{
	size_t bits = 8 * checked_bytes(f->data, f->len);
	size_t bit = bits ? drawn % bits : 0;

	if (!bits)
		return;
	f->data[ETH_HEADER + bit / 8] ^= (uint8_t)(1u << bit % 8);
	l->counts.corrupted++;
}

void link_accept(struct link *l, const void *data, size_t len, uint64_t now_ns)
{
	/* Drawn for every frame, whatever is switched on: a frame's fate does not depend on another's kind of trouble. */
	bool loses = unit(draw(l)) < l->spec.loss, doubles = unit(draw(l)) < l->spec.duplicate;
	bool late = unit(draw(l)) < l->spec.reorder, spoils = unit(draw(l)) < l->spec.corrupt;
	uint64_t bit = draw(l);
	double jitter = unit(draw(l)), jitter_again = unit(draw(l));
	struct frame *f;

	l->counts.frames++;
	l->counts.bytes += len;
	if (l->down) {
		l->counts.link_down++;
		return;
	}
	if (l->spec.size && packet_bytes(data, len) > l->spec.size) {
		l->counts.too_large++;
		return;
	}
	if (loses) {
		l->counts.lost++;
		return;
	}
	f = send_on(l, data, len, now_ns, late, jitter);
	if (f && late)
		l->counts.reordered++;
	if (f && spoils)
		corrupt(l, f, bit);
	if (doubles && send_on(l, data, len, now_ns, false, jitter_again))
		l->counts.duplicated++;
}

/* ---- A frame leaves */

const struct frame *link_due(const struct link *l, uint64_t now_ns)
{
	return l->count && l->frames[0]->due_ns <= now_ns ? l->frames[0] : NULL;
}

uint64_t link_deadline(const struct link *l)
{
	return l->count ? l->frames[0]->due_ns : UINT64_MAX;
}

void link_next(struct link *l, bool delivered, uint64_t now_ns)
{
	struct frame *f = heap_take(l);

	l->held -= f->len;
	if (delivered) {
		l->counts.delivered++;
		l->counts.delivered_bytes += f->len;
		if (now_ns - f->due_ns > l->counts.latest_ns)
			l->counts.latest_ns = now_ns - f->due_ns;
	}
	free(f);
}

void link_free(struct link *l)
{
	while (l->count)
		free(heap_take(l));
	free(l->frames);
	l->frames = NULL;
	l->held = l->room = 0;
}
