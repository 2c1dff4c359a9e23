/* SPDX-License-Identifier: BSD-2-Clause */
/* One direction of an emulated link: frames go in, and come out later, twice, changed, in another order, or not at all.
 * link_init(), then link_accept() for each frame that arrives; link_due() is the next that is to leave, link_next() takes it away.
 * Time is an argument, in nanoseconds. A frame's fate depends on the seed and on how many came before it, never on the clock: only the
 * queue's limit and a link that is down look at the time.
 * Order of what happens: size limit, loss, duplication, corruption, then the bottleneck (rate and queue), then delays. */
#ifndef TESTS_NETEM_LINK_H
#define TESTS_NETEM_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_BYTES_MAX 65600u

/** What a direction does; all zeros is a wire. */
struct link_spec {
	uint64_t delay_ns;      /* every frame's */
	uint64_t jitter_ns;     /* and up to so much more, each frame by itself: they overtake each other */
	uint64_t wander_ns;     /* and up to so much more, changing five times a second: nothing overtakes */
	uint64_t reorder_ns;    /* what a reordered frame is late by */
	double loss, duplicate, reorder, corrupt;       /* chances, 0 to 1 */
	uint64_t rate;          /* bytes a second, Ethernet header included; 0: no limit */
	uint64_t queue;         /* bytes that wait before the bottleneck; more are dropped. Only with a rate; 0: no limit */
	uint32_t size;          /* largest IP packet that passes, in bytes; 0: any */
};

struct link_counts {
	uint64_t frames, bytes;                         /* that arrived */
	uint64_t delivered, delivered_bytes;            /* that left, duplicates included */
	uint64_t lost, too_large, queue_full, link_down, overflow, absent;      /* dropped, and why; absent: nobody at the other end */
	uint64_t duplicated, reordered, corrupted;
	uint64_t most_held;                             /* bytes on the way at once */
	uint64_t latest_ns;                             /* a frame left so long after it was due: the host was busy */
};

struct frame {
	uint64_t due_ns, serial;
	uint32_t len;
	uint8_t data[];
};

/** frames[0 .. count) is a heap: no frame is due before its parent. held = the sum of their lengths. */
struct link {
	struct link_spec spec;
	struct link_counts counts;
	bool down;
	uint64_t random, seed;
	uint64_t free_ns;               /* when the bottleneck has sent what it has */
	uint64_t last_due_ns;           /* of the frames that keep their order */
	uint64_t serial, held;
	struct frame **frames;
	size_t count, room;
};

/** Parse "delay=50,loss=1,rate=12.5M,queue=256Ki" into @spec, on top of what is there. Times in ms, chances in percent, sizes in bytes,
 *  with k, M, G or Ki, Mi, Gi. False, and a line on standard error, for what it does not know. */
bool link_parse(struct link_spec *spec, const char *text);

void link_init(struct link *l, const struct link_spec *spec, uint64_t seed);

/** A frame of @len bytes arrives. It is copied. */
void link_accept(struct link *l, const void *data, size_t len, uint64_t now_ns);

/** The frame that leaves next, if it is due; else NULL. It stays the link's until link_next(). */
const struct frame *link_due(const struct link *l, uint64_t now_ns);

/** When the next frame is due; UINT64_MAX: there is none. */
uint64_t link_deadline(const struct link *l);

/** The first frame is gone: @delivered, or dropped by the caller (who counts it). */
void link_next(struct link *l, bool delivered, uint64_t now_ns);

/** Forget every frame. */
void link_free(struct link *l);

#endif
