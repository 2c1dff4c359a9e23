/* SPDX-License-Identifier: BSD-2-Clause */
/* Split virtqueues: layout, order, and who is to be told of what. */
#include "drivers/net/virtio_queue.h"

#include "core/errors.h"
#include "core/heap.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

static struct virtqueue q;
static uint32_t written;

static void setup(void)
{
	host_reset();
	memset(&q, 0, sizeof(q));
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

static void teardown(void)
{
	virtqueue_close(&q);
	EXPECT_EQ(host_heap_held(), 0);
	EXPECT_EQ(host_packets_held(), 0);
}
__attribute__((constructor)) static void use_teardown(void) { test_teardown = teardown; }

static struct pkt *add(uint32_t address)
{
	struct virtio_buffer buffers[2] = { { address, 10 }, { address + 10, 100 } };
	struct pkt *p = pkt_alloc();

	virtqueue_add(&q, p, buffers, true);
	return p;
}

/** The device is done with the chain at @head. */
static void complete(unsigned head, uint32_t length)
{
	q.used->ring[q.used->index % q.size].id = head;
	q.used->ring[q.used->index % q.size].length = length;
	q.used->index++;
}

static volatile uint16_t *avail_event(void)
{
	return (volatile uint16_t *)&q.used->ring[q.size];
}

/* 2.6.2: descriptors, available ring, and the used ring on the next 4 KiB. */
TEST(parts_lie_where_legacy_devices_expect_them)
{
	static const struct { unsigned size; uint32_t avail, used; } cases[] = {
		{ 2, 32, 4096 }, { 128, 2048, 4096 }, { 256, 4096, 8192 }, { 1024, 16384, 20480 }, { 32768, 524288, 593920 },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct virtio_queue_place place;

		EXPECT(virtqueue_open(&q, cases[i].size, 1, false));
		place = virtqueue_place(&q);
		EXPECT_EQ(place.desc % 4096, 0);
		EXPECT_EQ(place.avail - place.desc, cases[i].avail);
		EXPECT_EQ(place.used - place.desc, cases[i].used);
		virtqueue_close(&q);
	}
}

TEST(no_memory_leaves_nothing)
{
	heap_fail_after(1);
	EXPECT(!virtqueue_open(&q, 256, 1, false));
}

TEST(pairs_of_descriptors_are_chained)
{
	EXPECT(virtqueue_open(&q, 8, 2, false));
	EXPECT_EQ(q.slots, 4);
	add(0x1000);
	add(0x2000);
	for (unsigned i = 0; i < 2; i++) {
		const struct virtq_desc *d = &q.desc[q.avail->ring[i]];

		EXPECT_EQ(d[0].flags, 1 | 2);
		EXPECT_EQ(d[0].next, q.avail->ring[i] + 1);
		EXPECT_EQ(d[0].address, 0x1000 * (i + 1));
		EXPECT_EQ(d[0].length, 10);
		EXPECT_EQ(d[1].flags, 2);
		EXPECT_EQ(d[1].address, 0x1000 * (i + 1) + 10);
		EXPECT_EQ(d[1].length, 100);
	}
}

TEST(nothing_is_shown_before_it_is_published)
{
	EXPECT(virtqueue_open(&q, 8, 1, false));
	EXPECT(!virtqueue_publish(&q));
	add(0x1000);
	add(0x2000);
	EXPECT_EQ(q.avail->index, 0);
	EXPECT(virtqueue_publish(&q));
	EXPECT_EQ(q.avail->index, 2);
	EXPECT(!virtqueue_publish(&q));
}

TEST(completions_in_any_order)
{
	struct pkt *p[4];

	EXPECT(virtqueue_open(&q, 8, 2, false));
	for (unsigned i = 0; i < 4; i++)
		p[i] = add(0x1000);
	EXPECT_EQ(q.free_count, 0);
	virtqueue_publish(&q);
	EXPECT(!virtqueue_take(&q, &written));
	for (unsigned i = 4; i-- > 0;)
		complete(q.avail->ring[i], 100 + i);
	for (unsigned i = 4; i-- > 0;) {
		EXPECT(virtqueue_take(&q, &written) == p[i]);
		EXPECT_EQ(written, 100 + i);
		pkt_free(p[i]);
	}
	EXPECT_EQ(q.free_count, 4);
}

TEST(completions_of_what_was_never_given_are_skipped)
{
	static const unsigned ids[] = { 8, 0xffff, 0xffffffff, 0x80000000 };
	struct pkt *p;

	EXPECT(virtqueue_open(&q, 8, 2, false));
	p = add(0x1000);
	virtqueue_publish(&q);
	for (unsigned i = 0; i < 4; i++)
		complete(ids[i], 1);
	complete(q.avail->ring[0], 60);
	complete(q.avail->ring[0], 60);         /* twice */
	EXPECT(virtqueue_take(&q, &written) == p);
	EXPECT(!virtqueue_take(&q, &written));
	EXPECT_EQ(q.free_count, 4);
	pkt_free(p);
}

TEST(indices_run_over_the_end_of_16_bits)
{
	EXPECT(virtqueue_open(&q, 4, 1, true));
	for (unsigned i = 0; i < 70000; i++) {
		struct pkt *p = add(0x1000);

		EXPECT_EQ(virtqueue_publish(&q), i % 65536 == 0);       /* avail_event stays 0 */
		complete(q.avail->ring[i % 4], 60);
		EXPECT(virtqueue_take(&q, &written) == p);
		pkt_free(p);
	}
}

/* ---- who wants to be told ---------------------------------------------------------------------------------------------------- */

TEST(flag_tells_whether_to_notify)
{
	EXPECT(virtqueue_open(&q, 8, 1, false));
	EXPECT_EQ(q.avail->flags, 1);           /* and we want no interrupt */
	add(0x1000);
	q.used->flags = 1;
	EXPECT(!virtqueue_publish(&q));
	add(0x1000);
	q.used->flags = 0;
	EXPECT(virtqueue_publish(&q));
}

TEST(event_index_tells_when_to_notify)
{
	EXPECT(virtqueue_open(&q, 8, 1, true));
	EXPECT_EQ(q.avail->flags, 0);
	q.used->flags = 1;                      /* means nothing with EVENT_IDX */
	*avail_event() = 2;
	add(0x1000);
	add(0x1000);
	EXPECT(!virtqueue_publish(&q));         /* 0 and 1 */
	add(0x1000);
	EXPECT(virtqueue_publish(&q));          /* 2 */
	add(0x1000);
	EXPECT(!virtqueue_publish(&q));
	*avail_event() = 5;
	for (unsigned i = 0; i < 4; i++)
		add(0x1000);
	EXPECT(virtqueue_publish(&q));          /* 4 to 7 */
}

/* The device asked just before it could see the index, and we looked before we could see it ask. */
TEST(a_device_that_asks_too_late_is_notified_by_the_next_look)
{
	EXPECT(virtqueue_open(&q, 8, 1, true));
	add(0x1000);
	EXPECT(virtqueue_publish(&q));          /* 0 */
	add(0x1000);
	EXPECT(!virtqueue_publish(&q));         /* 1, of which it did not want to hear as yet */
	*avail_event() = 1;
	EXPECT(virtqueue_publish(&q));
	EXPECT(!virtqueue_publish(&q));         /* once */
	virtqueue_close(&q);
	EXPECT(virtqueue_open(&q, 8, 1, false));
	q.used->flags = 1;
	add(0x1000);
	EXPECT(!virtqueue_publish(&q));
	q.used->flags = 0;
	EXPECT(virtqueue_publish(&q));
	EXPECT(!virtqueue_publish(&q));
}

TEST(what_the_device_was_seen_twice_not_to_want_is_settled)
{
	EXPECT(virtqueue_open(&q, 8, 1, true));
	*avail_event() = 7;
	add(0x1000);
	EXPECT(!virtqueue_publish(&q));
	EXPECT(!virtqueue_publish(&q));
	*avail_event() = 0;
	EXPECT(!virtqueue_publish(&q));
	add(0x1000);
	EXPECT(!virtqueue_publish(&q));
}

/* 2.6.7: an interrupt is sent when the used index passes used_event; ours is always the one behind. */
TEST(event_index_asks_for_no_interrupt)
{
	EXPECT(virtqueue_open(&q, 4, 1, true));
	for (unsigned i = 0; i < 10; i++) {
		uint16_t before = q.used->index, event;

		add(0x1000);
		virtqueue_publish(&q);
		event = q.avail->ring[q.size];
		complete(q.avail->ring[i % 4], 60);
		EXPECT(!((uint16_t)(q.used->index - event - 1) < (uint16_t)(q.used->index - before)));
		pkt_free(virtqueue_take(&q, &written));
	}
}
