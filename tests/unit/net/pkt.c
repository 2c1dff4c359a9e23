/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet buffers and their pool. */
#include "net/pkt.h"

#include "core/heap.h"
#include "core/list.h"
#include "tests/host/host.h"
#include "tests/unit/test.h"

TEST(pkt_starts_empty_behind_its_headroom)
{
	struct pkt *p = pkt_alloc();

	EXPECT_EQ(pkt_len(p), 0);
	EXPECT_EQ(p->data - p->head, PKT_HEADROOM);
	EXPECT_EQ(p->end - p->head, PKT_BUFFER_BYTES);
	EXPECT_EQ((uintptr_t)p->head % 64, 0);
	EXPECT_EQ((uintptr_t)p->head / 4096, (uintptr_t)(p->end - 1) / 4096);
	pkt_free(p);
}

TEST(pkt_push_pull_put_trim_stay_inside)
{
	struct pkt *p = pkt_alloc();
	uint8_t *was = p->data;

	EXPECT(pkt_put(p, PKT_DATA_MAX + 1) == NULL);
	EXPECT(pkt_put(p, PKT_DATA_MAX) == was);
	EXPECT(pkt_put(p, 1) == NULL);
	EXPECT(pkt_pull(p, PKT_DATA_MAX + 1) == NULL);
	EXPECT_EQ(pkt_len(p), PKT_DATA_MAX);
	EXPECT(pkt_pull(p, 10) == was);
	EXPECT_EQ(pkt_len(p), PKT_DATA_MAX - 10);
	EXPECT(pkt_push(p, PKT_HEADROOM + 11) == NULL);
	EXPECT(pkt_push(p, PKT_HEADROOM + 10) == p->head);
	pkt_trim(p, 5000);
	EXPECT_EQ(pkt_len(p), PKT_BUFFER_BYTES);
	pkt_trim(p, 3);
	EXPECT_EQ(pkt_len(p), 3);
	pkt_free(p);
	pkt_free(NULL);
}

TEST(pkt_pool_runs_dry_and_fills_again)
{
	struct list held;
	struct pkt *p;
	size_t count = 0, all = pkt_pool_total();

	list_init(&held);
	EXPECT_EQ(pkt_pool_free(), all);
	while ((p = pkt_alloc()) != NULL) {
		list_append(&held, &p->link);
		count++;
	}
	EXPECT_EQ(count, all);
	EXPECT_EQ(pkt_pool_free(), 0);
	while (!list_empty(&held)) {
		p = list_entry(held.next, struct pkt, link);
		list_remove(&p->link);
		pkt_free(p);
	}
	EXPECT_EQ(pkt_pool_free(), all);
}

TEST(pkt_freed_twice_is_our_own_bug)
{
	struct pkt *p = pkt_alloc();

	pkt_free(p);
	if (host_catch() == HOST_STAYED) {
		pkt_free(p);
		EXPECT(!"freed twice unnoticed");
	}
	EXPECT(host_system.assertion);
}

TEST(large_packets_come_from_the_heap_and_go_back_there)
{
	struct pkt *p, *q;

	EXPECT(!pkt_alloc_large());
	EXPECT_EQ(pkt_large_open(2), 2);
	p = pkt_alloc_large();
	q = pkt_alloc_large();
	EXPECT(p && q && !pkt_alloc_large());
	EXPECT(pkt_is_large(p));
	EXPECT_EQ(pkt_len(p), 0);
	EXPECT_EQ(p->data - p->head, PKT_HEADROOM);
	EXPECT_EQ((uintptr_t)p->head % 64, 0);
	memset(pkt_put(p, PKT_LARGE_DATA_MAX), 1, PKT_LARGE_DATA_MAX);
	memset(pkt_put(q, PKT_LARGE_DATA_MAX), 2, PKT_LARGE_DATA_MAX);
	EXPECT(p->data[0] == 1 && p->tail[-1] == 1 && q->data[0] == 2 && q->tail[-1] == 2);
	pkt_free(p);
	EXPECT(pkt_alloc_large() == p);
	EXPECT_EQ(pkt_pool_free(), pkt_pool_total());
	pkt_free(p);
	pkt_large_close(2);             /* one is free, one in use */
	EXPECT(!pkt_alloc_large());
	EXPECT(host_heap_held() > 65536);
	pkt_free(q);
	EXPECT_EQ(host_heap_held(), 0);
}

TEST(large_packets_leave_the_heap_its_half)
{
	size_t before = heap_free_bytes();
	unsigned count = pkt_large_open(100000);

	EXPECT(count > 0 && count < before / 2 / PKT_LARGE_DATA_MAX + 1);
	EXPECT(heap_free_bytes() >= before / 2);
	EXPECT(heap_free_bytes() < before / 2 + 70000);
	EXPECT(pkt_large_open(100000) > 0);     /* half of what is left */
	pkt_large_close(count);
	EXPECT(heap_free_bytes() < before);
	host_reset();
}

TEST(small_and_large_are_told_apart)
{
	struct pkt *p = pkt_alloc();

	EXPECT(!pkt_is_large(p));
	pkt_free(p);
}
