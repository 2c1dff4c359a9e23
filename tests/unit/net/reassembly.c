/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 reassembly. */
#include "net/reassembly.h"

#include "core/errors.h"
#include "net/net.h"
#include "net/udp.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define PEER SIM_ADDR(10, 0, 2, 7)
#define MORE 0x2000

static struct sim s;
static uint8_t whole[70000], got[2000];
static size_t got_len;
static unsigned arrived;

static void input(struct udp_socket *u, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	arrived++;
	got_len = pkt_len(p);
	memcpy(got, p->data, got_len);
}
static struct udp_socket u;

static void begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	memset(&u, 0, sizeof u);
	u.input = input;
	udp_open(&u, &s.net, 69);
	arrived = 0;
}

static void end(void)
{
	udp_close(&u);
	sim_stop(&s);
}

/** Build a UDP datagram of @len bytes in @whole (its IP payload from whole + 20); returns the IP payload's length. */
static size_t datagram(size_t len, uint8_t mark)
{
	uint8_t data[2900];
	struct sim_udp udp = { .src = PEER, .dst = SIM_IP, .src_port = 5, .dst_port = 69, .data = data, .len = len };

	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i + i / 256 + mark);
	return sim_build_udp(whole, &udp) - 20;
}

static void fragment_from(uint32_t src, uint16_t id, size_t at, size_t len, bool more)
{
	struct sim_ip4 ip = { .src = src, .dst = SIM_IP, .protocol = 17, .id = id, .fragment = (uint16_t)(at / 8 | (more ? MORE : 0)) };
	uint8_t packet[1600];

	sim_send_ip(&s, packet, sim_build_ip(packet, &ip, whole + 20 + at, len));
}

static void fragment(uint16_t id, size_t at, size_t len, bool more)
{
	fragment_from(PEER, id, at, len, more);
}

static void expect_arrived(size_t len, uint8_t mark)
{
	EXPECT_EQ(arrived, 1);
	EXPECT_EQ(got_len, len);
	for (size_t i = 0; i < got_len; i++)
		if (got[i] != (uint8_t)(i + i / 256 + mark)) {
			test_fail(__FILE__, __LINE__, "byte %zu is wrong", i);
			break;
		}
	arrived = 0;
}

TEST(reassembly_in_any_order)
{
	static const unsigned orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	size_t len;

	begin();
	for (unsigned o = 0; o < 6; o++) {
		len = datagram(1400, (uint8_t)o);
		for (unsigned i = 0; i < 3; i++) {
			size_t at = orders[o][i] * 480;

			EXPECT_EQ(arrived, 0);
			fragment((uint16_t)o, at, orders[o][i] < 2 ? 480 : len - at, orders[o][i] < 2);
		}
		expect_arrived(1400, (uint8_t)o);
		EXPECT_EQ(host_packets_held(), 0);
	}
	end();
}

TEST(reassembly_of_the_smallest_fragments)
{
	size_t len;

	begin();
	len = datagram(1000, 3);
	for (size_t at = 0; at < len; at += 8)
		fragment(9, at, at + 8 < len ? 8 : len - at, at + 8 < len);
	expect_arrived(1000, 3);
	end();
}

TEST(reassembly_of_interleaved_datagrams)
{
	size_t len;

	begin();
	for (uint16_t id = 1; id <= 4; id++) {
		len = datagram(800, (uint8_t)id);
		fragment(id, 0, 400, true);
	}
	EXPECT_EQ(host_packets_held(), 4);
	for (uint16_t id = 4; id >= 1; id--) {
		len = datagram(800, (uint8_t)id);
		fragment(id, 400, len - 400, false);
		expect_arrived(800, (uint8_t)id);
	}
	end();
}

TEST(reassembly_tells_senders_apart)
{
	size_t len;

	begin();
	len = datagram(800, 1);
	fragment_from(PEER, 7, 0, 400, true);
	fragment_from(PEER + 1, 7, 400, len - 400, false);
	EXPECT_EQ(arrived, 0);
	fragment_from(PEER, 7, 400, len - 400, false);
	expect_arrived(800, 1);
	end();
}

TEST(reassembly_takes_duplicates)
{
	size_t len;

	begin();
	len = datagram(800, 1);
	fragment(7, 0, 400, true);
	fragment(7, 0, 400, true);
	fragment(7, 400, len - 400, false);
	expect_arrived(800, 1);
	fragment(7, 400, len - 400, false);     /* CVE-2022-30790: one for a datagram just completed begins another */
	EXPECT_EQ(arrived, 0);
	fragment(7, 400, len - 400, false);
	EXPECT_EQ(arrived, 0);
	EXPECT_EQ(host_packets_held(), 1);
	sim_advance(&s, REASSEMBLY_TIMEOUT_MS);
	EXPECT_EQ(host_packets_held(), 0);
	end();
}

/* RFC 5722's rule; "teardrop": what overlaps spoils the whole. */
TEST(reassembly_drops_overlaps)
{
	static const struct { size_t at, len; } overlap[] = { { 392, 400 }, { 0, 408 }, { 8, 400 } };
	size_t len;

	begin();
	for (unsigned i = 0; i < sizeof overlap / sizeof *overlap; i++) {
		len = datagram(1000, 1);
		fragment((uint16_t)i, 0, 400, true);
		fragment((uint16_t)i, overlap[i].at, overlap[i].len, true);
		fragment((uint16_t)i, 400, len - 400, false);
		fragment((uint16_t)i, 800, len - 800, false);
		EXPECT_EQ(arrived, 0);
	}
	end();
}

TEST(reassembly_drops_contradicting_ends)
{
	size_t len;

	begin();
	len = datagram(1000, 1);
	fragment(1, 400, 200, false);           /* ends at 600 */
	fragment(1, 400, len - 400, false);     /* ends later */
	fragment(1, 0, 400, true);
	EXPECT_EQ(arrived, 0);
	fragment(2, 800, 200, true);
	fragment(2, 400, 200, false);           /* ends before what is there */
	fragment(2, 0, 400, true);
	EXPECT_EQ(arrived, 0);
	fragment(3, 400, 200, false);
	fragment(3, 600, 200, true);            /* goes on behind the end */
	fragment(3, 0, 400, true);
	EXPECT_EQ(arrived, 0);
	end();
}

/* CVE-2022-28733, CVE-2022-30552, CVE-2020-17438: fragments of nothing, of odd lengths, beyond all bounds. */
TEST(reassembly_drops_impossible_fragments)
{
	size_t len;

	begin();
	len = datagram(1000, 1);
	fragment(1, 0, 0, true);
	fragment(2, 8, 0, false);
	fragment(3, 0, 401, true);
	fragment(4, 0xfff8, 1000, false);       /* "ping of death" */
	fragment(5, 1600, 400, false);          /* beyond what a packet holds */
	fragment(5, 0, len, true);
	EXPECT_EQ(arrived, 0);
	EXPECT(host_packets_held() <= REASSEMBLY_DATAGRAMS);
	sim_advance(&s, REASSEMBLY_TIMEOUT_MS);
	EXPECT_EQ(host_packets_held(), 0);
	end();
}

/* CVE-2022-30552: fragments of 0 to 8 bytes, first, in the middle and last. */
TEST(reassembly_of_fragments_of_a_few_bytes)
{
	begin();
	for (size_t tiny = 0; tiny <= 8; tiny++) {
		uint16_t id = (uint16_t)(100 + 10 * tiny);
		size_t len = datagram(56 - 8 + tiny, 1);        /* 56 + tiny bytes in all */

		fragment(id, 0, tiny, true);
		EXPECT_EQ(arrived, 0);
		fragment((uint16_t)(id + 1), 8, tiny, true);
		EXPECT_EQ(arrived, 0);
		fragment((uint16_t)(id + 2), 0, 56, true);
		fragment((uint16_t)(id + 2), 56, tiny, false);
		EXPECT_EQ(len, 56 + tiny);
		EXPECT_EQ(arrived, tiny > 0);                   /* one of nothing ends nothing */
		if (tiny)
			expect_arrived(48 + tiny, 1);
	}
	EXPECT(host_packets_held() <= REASSEMBLY_DATAGRAMS);
	end();
}

/* RFC 5722: one that covers its neighbours on both sides. */
TEST(reassembly_drops_what_overlaps_on_both_sides)
{
	size_t len;

	begin();
	len = datagram(1000, 1);
	fragment(1, 0, 200, true);
	fragment(1, 400, 200, true);
	fragment(1, 192, 216, true);
	fragment(1, 200, 200, true);
	fragment(1, 600, len - 600, false);
	EXPECT_EQ(arrived, 0);
	fragment(2, 400, 200, true);
	fragment(2, 8, len - 8, false);         /* covers all there is */
	fragment(2, 0, 8, true);
	EXPECT_EQ(arrived, 0);
	end();
}

/* Their lengths add up to the whole's, and 200 bytes are missing. */
TEST(reassembly_is_not_deceived_by_overlaps_that_make_up_for_a_hole)
{
	size_t len;

	begin();
	len = datagram(1000, 1);
	fragment(1, 0, 400, true);
	fragment(1, 200, 400, true);
	fragment(1, 800, len - 800, false);
	EXPECT_EQ(400 + 400 + len - 800, len);
	EXPECT_EQ(arrived, 0);
	end();
}

/* CVE-2020-17438, "ping of death": every place beyond what a datagram may hold. */
TEST(reassembly_drops_what_ends_beyond_all_bounds)
{
	datagram(1000, 1);
	begin();
	for (size_t at = 1984; at < 0x10000; at += 8) {
		fragment(1, at, 64, at % 16 == 0);
		EXPECT(host_packets_held() <= 1);
	}
	EXPECT_EQ(arrived, 0);
	sim_advance(&s, REASSEMBLY_TIMEOUT_MS);
	EXPECT_EQ(host_packets_held(), 0);
	end();
}

/* CVE-2022-28733: a fragment whose total length is less than its header. */
TEST(reassembly_hears_of_no_fragment_shorter_than_its_header)
{
	char options[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };

	begin();
	for (int total = 0; total < 28; total++) {
		struct sim_ip4 ip = { .src = PEER, .dst = SIM_IP, .protocol = 17, .id = 1, .fragment = total % 2 ? MORE : 8, .options = options,
		                      .options_len = 8, .total_length_error = total - 28 };
		uint8_t packet[100];

		sim_send_ip(&s, packet, sim_build_ip(packet, &ip, "", 0));
		EXPECT_EQ(host_packets_held(), 0);
	}
	EXPECT_EQ(s.netif.counters.rx_dropped, 28);
	end();
}

TEST(reassembly_tells_protocols_apart)
{
	struct sim_ip4 other = { .src = PEER, .dst = SIM_IP, .protocol = 1, .id = 7, .fragment = 400 / 8 };
	uint8_t packet[1600];
	size_t len;

	begin();
	len = datagram(800, 1);
	fragment(7, 0, 400, true);
	sim_send_ip(&s, packet, sim_build_ip(packet, &other, whole + 420, len - 400));
	EXPECT_EQ(arrived, 0);
	fragment(7, 400, len - 400, false);
	expect_arrived(800, 1);
	end();
}

/* RFC 792 would have us say so; a machine that boots is no router's ear. */
TEST(reassembly_that_takes_too_long_ends_in_silence)
{
	begin();
	sim_add_host(&s, PEER);
	datagram(800, 1);
	fragment(7, 0, 400, true);
	fragment(8, 400, 400, true);
	sim_advance(&s, REASSEMBLY_TIMEOUT_MS - 1);
	EXPECT_EQ(host_packets_held(), 2);
	sim_advance(&s, 1);
	EXPECT_EQ(host_packets_held(), 0);
	EXPECT_SILENCE(&s);
	end();
}

TEST(reassembly_hundred_thousand_first_fragments_leave_all_memory_as_it_was)
{
	size_t heap, packets;

	begin();
	datagram(800, 1);
	heap = host_heap_held();
	packets = host_packets_held();
	for (unsigned i = 0; i < 100000; i++)
		fragment_from(SIM_ADDR(11, 0, 0, 1) + i, (uint16_t)i, 0, 400, true);
	EXPECT_EQ(host_packets_held() - packets, REASSEMBLY_DATAGRAMS);
	EXPECT_EQ(host_heap_held(), heap);
	sim_advance(&s, REASSEMBLY_TIMEOUT_MS);
	EXPECT_EQ(host_packets_held(), packets);
	EXPECT_EQ(host_heap_held(), heap);
	end();
}

TEST(reassembly_ends_after_its_time)
{
	size_t len;

	begin();
	len = datagram(800, 1);
	fragment(7, 0, 400, true);
	sim_advance(&s, REASSEMBLY_TIMEOUT_MS + 1000);
	EXPECT_EQ(host_packets_held(), 0);
	fragment(7, 400, len - 400, false);
	EXPECT_EQ(arrived, 0);
	fragment(7, 0, 400, true);
	expect_arrived(800, 1);
	end();
}

TEST(reassembly_flood_takes_no_more_than_its_places)
{
	size_t len;

	begin();
	len = datagram(800, 1);
	for (unsigned i = 0; i < 5000; i++)
		fragment_from(PEER + i % 100, (uint16_t)(1000 + i), 0, 400, true);
	EXPECT_EQ(host_packets_held(), REASSEMBLY_DATAGRAMS);
	fragment(7, 0, 400, true);
	fragment(7, 400, len - 400, false);
	expect_arrived(800, 1);
	end();
}

TEST(reassembly_without_packets_drops)
{
	static struct pkt *hoard[2000];
	struct ipv4_header h;
	unsigned count = 0;

	begin();
	h = (struct ipv4_header){ .netif = &s.netif, .src = PEER, .dst = SIM_IP, .protocol = 17 };
	while ((hoard[count] = pkt_alloc()) != NULL)
		count++;
	pkt_put(hoard[0], 80);
	EXPECT_EQ(reassembly_input(&h, 1, 0, true, hoard[0], s.now_ms), -EINPROGRESS);
	while (count > 1)
		pkt_free(hoard[--count]);
	EXPECT_EQ(host_packets_held(), 0);
	end();
}

TEST(reassembly_is_forgotten_with_its_interface)
{
	begin();
	datagram(800, 1);
	fragment(7, 0, 400, true);
	netif_close(&s.netif);
	EXPECT_EQ(host_packets_held(), 0);
	end();
}
