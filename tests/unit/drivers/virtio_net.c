/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio-net driver against a fake device, over each transport and with and without each feature. */
#include "drivers/net/probe.h"

#include "config/net.h"
#include "core/errors.h"
#include "core/heap.h"
#include "tests/unit/drivers/virtio_device.h"

static struct nic nic;

static void setup(void)
{
	device_setup();
	memset(&nic, 0, sizeof(nic));
}
__attribute__((constructor)) static void use_setup(void) { test_setup = setup; }

static void teardown(void)
{
	EXPECT_EQ(host_heap_held(), 0);
	EXPECT_EQ(host_packets_held(), 0);
}
__attribute__((constructor)) static void use_teardown(void) { test_teardown = teardown; }

static void open_device(void)
{
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	EXPECT_EQ(device.status, 0);
	EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT(device.status & 4);
	device.dev.reads = device.dev.writes = device.queue[0].notifies = device.queue[1].notifies = 0;
}

static void close_device(void)
{
	nic.driver->close(&nic);
	EXPECT_EQ(device.status, 0);
	EXPECT_EQ(host_packets_held(), 0);
	nic_remove(&nic);
	EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
}

static struct pkt *frame_to_send(uint32_t mark, size_t length)
{
	struct pkt *p = pkt_alloc();

	memset(pkt_put(p, length), 0, length);
	memcpy(p->data, &mark, 4);
	return p;
}

static void expect_frame(uint32_t mark, size_t length)
{
	struct pkt *p = nic.driver->receive(&nic);
	uint32_t got;

	EXPECT(p != NULL);
	if (!p)
		return;
	memcpy(&got, p->data, 4);
	EXPECT_EQ(got, mark);
	EXPECT_EQ(pkt_len(p), length);
	EXPECT(!p->checksum_ok);
	pkt_free(p);
}

/* ---- transports ------------------------------------------------------------------------------------------------------------ */

static void carries_frames(void)
{
	open_device();
	EXPECT_MEM(nic.mac, device_mac, 6);
	EXPECT(nic.driver->link_up(&nic));
	for (uint32_t i = 0; i < 600; i++) {
		EXPECT(device_receive(i, 1514));
		expect_frame(i, 1514);
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(i, 60)), 0);
		nic.driver->kick(&nic);
	}
	EXPECT(!nic.driver->receive(&nic));
	EXPECT_EQ(device.sent, 600);
	for (unsigned i = 0; i < 600; i++) {
		EXPECT_EQ(device.sent_first[i], i);
		EXPECT_EQ(device.sent_length[i], 60);
	}
	close_device();
}

TEST(every_transport_carries_frames_with_each_ring_feature)
{
	static const uint64_t without[] = { 0, VIRTIO_F_ANY_LAYOUT, VIRTIO_F_EVENT_IDX, F_RING };

	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned i = 0; i < 8; i++) {
			setup();
			device.features &= ~without[i % 4];
			device.features |= i < 4 ? 0 : F_MERGING;
			kinds[kind]();
			carries_frames();
		}
}

/* ---- reset and negotiation --------------------------------------------------------------------------------------------------- */

TEST(device_that_does_not_reset_is_refused)
{
	modern_in_memory();
	device.sticky = true;
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), -EIO);
	device.sticky = false;
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	device.sticky = true;
	EXPECT_EQ(nic.driver->open(&nic), -EIO);
	EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	nic_remove(&nic);
}

TEST(device_that_is_gone_is_refused)
{
	legacy_only();
	device.dev.read = NULL;         /* all ones */
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), -EIO);
}

TEST(device_that_refuses_our_features_is_refused)
{
	modern_in_memory();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	device.refuses = true;
	EXPECT_EQ(nic.driver->open(&nic), -EIO);
	EXPECT_EQ(device.status, 0);
	nic_remove(&nic);
}

TEST(queues_of_impossible_sizes_are_refused)
{
	static const unsigned sizes[] = { 0, 1, 3, 257, 0xffff };

	legacy_only();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		device.queue[1].size = sizes[i];
		EXPECT_EQ(nic.driver->open(&nic), -EIO);
		EXPECT_EQ(device.status, 0);
		EXPECT_EQ(host_packets_held(), 0);
	}
	nic_remove(&nic);
}

TEST(legacy_queue_keeps_its_size_and_a_modern_one_is_cut)
{
	legacy_only();
	device.queue[0].size = 4096;
	carries_frames();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT_EQ(host_packets_held(), 256);    /* a large ring does not take the whole pool */
	close_device();
	setup();
	modern_in_memory();
	device.queue[0].size = 4096;
	open_device();
	EXPECT_EQ(device.queue[0].size, 1024);
	EXPECT_EQ(host_packets_held(), 256);
	close_device();
}

TEST(smallest_queues_work)
{
	device.features &= ~F_RING;     /* two descriptors a frame: one frame at a time */
	legacy_only();
	device.queue[0].size = device.queue[1].size = 2;
	carries_frames();
}

TEST(open_without_memory_undoes_itself)
{
	modern_in_memory();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	for (unsigned n = 1; n <= 2; n++) {
		heap_fail_after(n);
		EXPECT_EQ(nic.driver->open(&nic), -ENOMEM);
		EXPECT_EQ(device.status, 0);
		EXPECT_EQ(host_packets_held(), 0);
		EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
	}
	nic_remove(&nic);
	heap_fail_after(1);
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), -ENOMEM);
}

TEST(open_without_packets_is_refused)
{
	static struct pkt *all[4096];
	unsigned count = 0;

	modern_in_memory();
	EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
	while ((all[count] = pkt_alloc()) != NULL)
		count++;
	EXPECT_EQ(nic.driver->open(&nic), -ENOMEM);
	EXPECT_EQ(device.status, 0);
	while (count)
		pkt_free(all[--count]);
	nic_remove(&nic);
}

/* ---- offloads ---------------------------------------------------------------------------------------------------------------- */

#define F_EVERYTHING (F_MERGING | F_CSUM | F_HOST_TSO4 | F_GUEST_TSO6 | F_GUEST_ECN | F_GUEST_UFO)
#define F_OFFLOADS_OF(features) ((features) & F_EVERYTHING)

/* 5.1.3.1: what depends on what. */
TEST(segments_are_merged_only_where_checksums_and_buffers_allow)
{
	static const struct { uint64_t offered, accepted; } cases[] = {
		{ 0, 0 },
		{ F_GUEST_CSUM, F_GUEST_CSUM },
		{ F_GUEST_TSO4, 0 },
		{ F_MRG_RXBUF, 0 },
		{ F_GUEST_TSO4 | F_MRG_RXBUF, 0 },
		{ F_GUEST_CSUM | F_GUEST_TSO4, F_GUEST_CSUM },
		{ F_GUEST_CSUM | F_MRG_RXBUF, F_GUEST_CSUM },
		{ F_MERGING, F_MERGING },
		{ F_EVERYTHING, F_MERGING },
	};

	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			setup();
			device.features |= cases[i].offered;
			kinds[kind]();
			open_device();
			EXPECT_EQ(F_OFFLOADS_OF(device.accepted), cases[i].accepted);
			close_device();
		}
}

TEST(a_nic_opened_plain_has_no_offloads)
{
	for (unsigned kind = 0; kind < KINDS; kind++) {
		setup();
		device.features |= F_EVERYTHING;
		kinds[kind]();
		open_device();
		EXPECT_EQ(F_OFFLOADS_OF(device.accepted), F_MERGING);
		EXPECT(host_heap_held() > CONFIG_LARGE_PACKETS * MERGED_MAX);
		nic.driver->close(&nic);
		nic.plain = true;
		EXPECT_EQ(nic.driver->open(&nic), 0);
		EXPECT_EQ(F_OFFLOADS_OF(device.accepted), 0);
		EXPECT(host_heap_held() < MERGED_MAX);
		device.header_flags = 1;
		EXPECT(device_receive(3, 60));
		expect_frame(3, 60);                    /* whose checksum is nobody's word */
		nic.driver->close(&nic);
		nic.plain = false;
		EXPECT_EQ(nic.driver->open(&nic), 0);
		EXPECT_EQ(F_OFFLOADS_OF(device.accepted), F_MERGING);
		close_device();
	}
}

/* 5.1.6.4.1: NEEDS_CSUM is a packet that never was on a wire, DATA_VALID one that was checked. */
TEST(a_checksum_is_good_when_the_device_says_so)
{
	static const struct { uint64_t features; uint8_t flags; bool ok; } cases[] = {
		{ F_GUEST_CSUM, 0, false }, { F_GUEST_CSUM, 1, true }, { F_GUEST_CSUM, 2, true }, { F_GUEST_CSUM, 4, false },
		{ F_MERGING, 0, false }, { F_MERGING, 1, true }, { F_MERGING, 3, true }, { 0, 3, false },
	};

	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			struct pkt *p;

			setup();
			device.features |= cases[i].features;
			kinds[kind]();
			open_device();
			device.header_flags = cases[i].flags;
			EXPECT(device_receive(1, 60));
			p = nic.driver->receive(&nic);
			EXPECT(p && p->checksum_ok == cases[i].ok);
			pkt_free(p);
			close_device();
		}
}

TEST(merged_frame_is_handed_over_whole)
{
	static uint8_t frame[MERGED_MAX];
	static const uint32_t lengths[] = { 14, 60, 1514, 2048, 4096, 32768, 65535, MERGED_MAX };

	for (unsigned i = 0; i < MERGED_MAX; i++)
		frame[i] = (uint8_t)(i * 7 + i / 256);
	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned i = 0; i < 2 * sizeof(lengths) / sizeof(lengths[0]); i++) {
			uint32_t length = lengths[i / 2];
			struct pkt *p;

			setup();
			device.features |= F_MERGING;
			device.features &= i & 1 ? ~0ull : ~(uint64_t)VIRTIO_F_ANY_LAYOUT;
			kinds[kind]();
			open_device();
			EXPECT(device_receive_as(frame, length, 12 + length));
			p = nic.driver->receive(&nic);
			EXPECT(p && pkt_len(p) == length && pkt_is_large(p));
			EXPECT_MEM(p->data, frame, length);
			pkt_free(p);
			close_device();
		}
}

/** Receive what there is, giving packets back; how many there were. */
static unsigned take_all(void)
{
	unsigned count = 0;
	struct pkt *p;

	while ((p = nic.driver->receive(&nic)) != NULL) {
		EXPECT(p->head <= p->data && p->data <= p->tail && p->tail <= p->end);
		pkt_free(p);
		count++;
	}
	nic.driver->kick(&nic);
	return count;
}

/* No buffer was full, so no frame may go on in the next one. */
TEST(a_frame_spread_over_buffers_is_refused_with_all_of_them)
{
	uint8_t frame[60] = { 0 };

	device.features |= F_MERGING;
	modern_in_memory();
	open_device();
	device.num_buffers = 3;
	EXPECT(device_receive(1, 60));
	device.num_buffers = 1;         /* data, in the next two */
	EXPECT(device_receive(2, 60));
	EXPECT(device_receive_as(frame, 60, 12 + 60));
	EXPECT(device_receive(4, 60));
	expect_frame(4, 60);
	EXPECT_EQ(nic.stats.rx_errors, 3);
	device.num_buffers = 0;
	EXPECT(device_receive(5, 60));
	device.num_buffers = 1;
	EXPECT(device_receive(6, 60));
	expect_frame(6, 60);
	EXPECT_EQ(nic.stats.rx_errors, 4);
	close_device();
}

TEST(a_new_opening_forgets_a_frame_in_parts)
{
	device.features |= F_MERGING;
	modern_in_memory();
	open_device();
	device.num_buffers = 100;
	EXPECT(device_receive(1, 60));
	EXPECT_EQ(take_all(), 0);
	nic.driver->close(&nic);
	EXPECT_EQ(nic.driver->open(&nic), 0);
	device.num_buffers = 1;
	EXPECT(device_receive(2, 60));
	expect_frame(2, 60);
	close_device();
}

/* Lengths, counts and descriptors by chance: whatever a device says, no packet is longer than its buffer, and none is lost. */
TEST(a_device_that_lies_breaks_nothing)
{
	static const uint32_t lengths[16] = { 0, 1, 11, 12, 25, 26, 72, 1526, 2048, 4096, 65535, 12 + MERGED_MAX, 13 + MERGED_MAX, 70000,
	                                      0x7fffffff, 0xffffffff };
	uint8_t frame[60] = { 0 };
	uint32_t x = 2026;

	for (unsigned round = 0; round < 40; round++) {
		setup();
		device.features |= round & 1 ? F_MERGING : F_GUEST_CSUM;
		device.features &= round & 2 ? ~0ull : ~(uint64_t)F_RING;
		kinds[round % KINDS]();
		open_device();
		for (unsigned turn = 0; turn < 500; turn++) {
			x = x * 1664525 + 1013904223;
			device.num_buffers = x >> 30 ? 1 : (uint16_t)(x >> 8);
			device.header_flags = (uint8_t)(x >> 5);
			if ((x >> 20) % 8 == 0)
				device_push(&device.queue[0], x >> 12, lengths[(x >> 16) % 16]);
			else
				device_receive_as(frame, 60, (x >> 24) % 4 ? header_bytes() + 60 : lengths[(x >> 16) % 16]);
			if ((x >> 12) % 4 == 0)
				take_all();
		}
		take_all();
		close_device();
		EXPECT_EQ(host_heap_held(), 0);
	}
}

/* Whole megabytes that the heap does not have: then there are fewer packets, or frames of the usual size. */
TEST(a_small_heap_gets_what_fits)
{
	static const struct { size_t heap; bool merging; } cases[] = {
		{ 8 * HOST_MIB, true }, { 2 * HOST_MIB, true }, { HOST_MIB, false }, { HOST_MIB / 4, false },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup();
		host_heap_size(cases[i].heap);
		device.features |= F_MERGING;
		modern_in_memory();
		open_device();
		EXPECT_EQ(F_OFFLOADS_OF(device.accepted), cases[i].merging ? F_MERGING : F_GUEST_CSUM);
		EXPECT(host_heap_held() < cases[i].heap * 3 / 4);
		EXPECT(device_receive(1, 60));
		expect_frame(1, 60);
		close_device();
		EXPECT_EQ(host_heap_held(), 0);
	}
}

TEST(a_frame_still_in_use_outlives_the_nic)
{
	struct pkt *p;

	device.features |= F_MERGING;
	modern_in_memory();
	open_device();
	EXPECT(device_receive(1, 60));
	p = nic.driver->receive(&nic);
	EXPECT(p != NULL);
	close_device();
	EXPECT_EQ(pkt_len(p), 60);
	EXPECT(host_heap_held() > 0);
	pkt_free(p);
	EXPECT_EQ(host_heap_held(), 0);
}

/* ---- configuration ----------------------------------------------------------------------------------------------------------- */

TEST(device_without_an_address_gets_a_local_one)
{
	device.features &= ~F_MAC;
	modern_in_memory();
	open_device();
	EXPECT_EQ(nic.mac[0] & 3, 2);
	close_device();
}

TEST(mtu_is_the_devices_when_it_is_smaller)
{
	static const struct { uint16_t offered, taken; } cases[] = { { 1460, 1460 }, { 1500, 1500 }, { 9000, 1500 }, { 67, 1500 }, { 68, 68 } };

	device.features |= F_MTU;
	modern_in_memory();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(device.config + 10, &cases[i].offered, 2);
		EXPECT_EQ(nic_probe(&nic, &device.dev.pci), 0);
		EXPECT_EQ(nic.mtu, cases[i].taken);
		nic_remove(&nic);
	}
}

TEST(link_is_the_devices_word_or_up)
{
	modern_in_memory();
	open_device();
	device.config[6] = 0;
	EXPECT(!nic.driver->link_up(&nic));
	nic.driver->close(&nic);
	device.features &= ~F_STATUS;
	EXPECT_EQ(nic.driver->open(&nic), 0);
	EXPECT(nic.driver->link_up(&nic));
	close_device();
}

/* ---- frames ------------------------------------------------------------------------------------------------------------------ */

TEST(received_frame_is_handed_over_whole)
{
	for (unsigned kind = 0; kind < KINDS; kind++) {
		uint8_t frame[FRAME_MAX];
		struct pkt *p;

		setup();
		kinds[kind]();
		open_device();
		for (unsigned i = 0; i < FRAME_MAX; i++)
			frame[i] = (uint8_t)(i * 7);
		EXPECT(device_receive_as(frame, FRAME_MAX, header_bytes() + FRAME_MAX));
		p = nic.driver->receive(&nic);
		EXPECT(p && pkt_len(p) == FRAME_MAX);
		EXPECT_MEM(p->data, frame, FRAME_MAX);
		pkt_free(p);
		close_device();
	}
}

TEST(frames_of_impossible_lengths_are_dropped_and_counted)
{
	static const uint32_t claims[] = { 0, 11, 12, 12 + 13, 12 + PKT_DATA_MAX + 1, 0xffffffff };
	uint8_t frame[60] = { 0 };

	modern_in_memory();
	open_device();
	for (unsigned i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
		EXPECT(device_receive_as(frame, 60, claims[i]));
	EXPECT(device_receive(7, 60));
	expect_frame(7, 60);
	EXPECT_EQ(nic.stats.rx_errors, sizeof(claims) / sizeof(claims[0]));
	close_device();
}

/* A device that names descriptors we never gave it, or gives one back twice. */
TEST(completions_of_nothing_are_ignored)
{
	unsigned head;

	modern_in_memory();
	open_device();
	head = *ring16(device.queue[0].avail + 4);
	device_push(&device.queue[0], 256, 60);
	device_push(&device.queue[0], 0xffffffff, 60);
	EXPECT(device_receive(1, 60));
	device_push(&device.queue[0], head, 72);        /* the one just given back */
	expect_frame(1, 60);
	EXPECT(!nic.driver->receive(&nic));
	device_push(&device.queue[1], 3, 0);
	nic.driver->kick(&nic);
	close_device();
}

TEST(frames_queued_together_cost_one_notification)
{
	modern_in_memory();
	open_device();
	for (unsigned i = 0; i < 20; i++)
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(i, 60 + i)), 0);
	EXPECT_EQ(device.sent, 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 20);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.queue[1].notifies, 1);
	EXPECT_EQ(device.dev.writes, 1);
	EXPECT_EQ(device.dev.reads, 0);
	close_device();
}

TEST(frames_to_send_wait_a_little_while_received_ones_do)
{
	modern_in_memory();
	open_device();
	EXPECT(device_receive(0, 60));
	EXPECT(device_receive(1, 60));
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(7, 60)), 0);
	for (unsigned i = 0; i < 3; i++)
		nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 1);
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(8, 60)), 0);
	expect_frame(0, 60);
	expect_frame(1, 60);
	nic.driver->kick(&nic);         /* nothing waits */
	EXPECT_EQ(device.sent, 2);
	close_device();
}

TEST(full_transmit_ring_refuses_and_drains)
{
	unsigned taken = 0;

	modern_in_memory();
	open_device();
	while (taken < 1000 && nic.driver->transmit(&nic, frame_to_send(taken, 60)) == 0)
		taken++;
	EXPECT_EQ(taken, 128);
	EXPECT_EQ(nic.stats.tx_errors, 1);
	nic.driver->kick(&nic);
	EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(taken, 60)), 0);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.sent, 129);
	close_device();
}

TEST(receiving_costs_no_register_access)
{
	for (unsigned events = 0; events < 2; events++) {
		setup();
		device.features &= events ? ~0ull : ~(uint64_t)VIRTIO_F_EVENT_IDX;
		modern_in_memory();
		open_device();
		for (uint32_t i = 0; i < 100000; i++) {
			EXPECT(device_receive(i, 60));
			expect_frame(i, 60);
			nic.driver->kick(&nic);
		}
		EXPECT_EQ(device.dev.reads, 0);
		EXPECT(device.dev.writes <= 3);         /* an old wish to be notified comes round in 65,536 frames */
		close_device();
	}
}

/* The sender is faster: whenever there is a buffer the device fills it, and asks to be told when it has none. */
TEST(device_run_dry_is_notified_twice_a_ring)
{
	uint32_t in = 0, out = 0;

	modern_in_memory();
	open_device();
	for (unsigned turn = 0; turn < 400; turn++) {
		while (device_receive(in, 60))
			in++;
		for (unsigned i = 0; i < 64 && out < in; i++)
			expect_frame(out++, 60);
		nic.driver->kick(&nic);
	}
	EXPECT_EQ(out, 25600);
	EXPECT(device.queue[0].notifies <= 2 * 25600 / 256 + 2);
	EXPECT(device.queue[0].notifies > 0);
	close_device();
}

TEST(empty_pool_starves_the_ring_and_a_full_one_feeds_it)
{
	static struct pkt *held[4096];
	unsigned count = 0;
	uint32_t in = 0, out = 0;
	struct pkt *p;

	modern_in_memory();
	open_device();
	while ((p = pkt_alloc()) != NULL)
		held[count++] = p;
	while (in < 1000 && device_receive(in, 60))
		in++;
	EXPECT_EQ(in, 256);
	while ((p = nic.driver->receive(&nic)) != NULL) {
		held[count++] = p;
		out++;
	}
	EXPECT_EQ(out, 256);
	nic.driver->kick(&nic);
	EXPECT(!device_receive(in, 60));
	while (count)
		pkt_free(held[--count]);
	nic.driver->kick(&nic);
	EXPECT_EQ(device.queue[0].notifies, 1);
	EXPECT(device_receive(in, 60));
	expect_frame(in, 60);
	close_device();
}

TEST(close_gives_back_what_was_under_way)
{
	device.features &= ~F_RING;
	device.want_notify = true;
	legacy_only();
	open_device();
	for (unsigned round = 0; round < 3; round++) {
		EXPECT(device_receive(1, 60));
		EXPECT_EQ(nic.driver->transmit(&nic, frame_to_send(2, 60)), 0);
		nic.driver->close(&nic);
		EXPECT_EQ(device.status, 0);
		EXPECT_EQ(host_packets_held(), 0);
		EXPECT_EQ(pci_read16(&device.dev.pci, PCI_COMMAND), COMMAND_FOUND);
		EXPECT(!device_receive(3, 60));
		EXPECT_EQ(nic.driver->open(&nic), 0);
		EXPECT(!nic.driver->receive(&nic));
	}
	close_device();
}
