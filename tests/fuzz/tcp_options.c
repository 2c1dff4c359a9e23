/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP header with any options, in memory that ends where it ends: the first byte is the data offset (low 4 bits) and whether it is made to
 * fit (the highest), the others stand behind the header's first 12 bytes. What is read agrees with a reader of another make, and comes back when
 * it is written and read again. */
#include <stdlib.h>
#include <string.h>
#include "net/ipv4.h"
#include "net/tcp_segment.h"
#include "tests/host/host.h"
#include "tests/sim/packet.h"

static void check(bool good)
{
	if (!good)
		abort();
}

/** RFC 9293 3.2: kinds 0 and 1 are a byte each, all others have their length behind them. The last of a kind counts. */
static bool read_again(struct tcp_segment *t, const uint8_t *o, size_t len)
{
	for (size_t at = 0; at < len && o[at] != 0;) {
		size_t n = o[at] == 1 ? 1 : at + 1 < len ? o[at + 1] : 0;

		if (n == 0 || n > len - at || (o[at] != 1 && n < 2))
			return false;
		if (o[at] == 2 && n == 4)
			t->mss = sim_get16(o + at + 2);
		if (o[at] == 3 && n == 3) {
			t->has_shift = true;
			t->shift = o[at + 2] > 14 ? 14 : o[at + 2];
		}
		if (o[at] == 4 && n == 2)
			t->sack_permitted = true;
		if (o[at] == 8 && n == 10) {
			t->has_timestamp = true;
			t->timestamp = sim_get32(o + at + 2);
			t->echo = sim_get32(o + at + 6);
		}
		at += n;
	}
	return true;
}

static bool same(const struct tcp_segment *a, const struct tcp_segment *b)
{
	return a->mss == b->mss && a->has_shift == b->has_shift && a->shift == b->shift && a->sack_permitted == b->sack_permitted &&
	       a->has_timestamp == b->has_timestamp && a->timestamp == b->timestamp && a->echo == b->echo;
}

static void write_and_read(const struct tcp_segment *t)
{
	struct ipv4_header ip = { .src = SIM_ADDR(10, 0, 2, 15), .dst = SIM_ADDR(10, 0, 2, 2), .protocol = IP_TCP };
	struct tcp_segment again;
	struct pkt *p = pkt_alloc();

	check(p && tcp_segment_emit(t, p, ip.src, ip.dst));
	check(checksum_good(&ip, p));
	check(tcp_segment_parse(&again, p->data, pkt_len(p)) == 0 && same(t, &again));
	check(again.seq == t->seq && again.ack == t->ack && again.src_port == t->src_port && again.dst_port == t->dst_port);
	check(again.flags == t->flags && again.window == t->window);
	check(again.data_len == t->data_len && memcmp(again.data, t->data, t->data_len) == 0);
	pkt_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcp_segment t, other = { 0 };
	size_t len = 12 + size - 1, header;
	uint8_t *bytes;
	bool good;

	if (!size || size > 1400)
		return 0;
	bytes = malloc(len);
	memcpy(bytes, "\x00\x50\xc0\x00\x01\x02\x03\x04\x05\x06\x07\x08", 12);
	memcpy(bytes + 12, data + 1, size - 1);
	if (len > 12)
		bytes[12] = (uint8_t)(data[0] << 4);
	header = (data[0] & 15) * 4u;
	if (data[0] & 0x80 && len >= 20) {
		header = len > 60 ? 60 : len & ~(size_t)3;
		bytes[12] = (uint8_t)(header << 2);
	}
	good = len >= 20 && header >= 20 && header <= len && read_again(&other, bytes + 20, header - 20);
	check((tcp_segment_parse(&t, bytes, len) == 0) == good);
	if (good) {
		check(same(&t, &other) && t.data == bytes + header && t.data_len == len - header);
		check(t.seq == 0x01020304 && t.ack == 0x05060708 && t.src_port == 80 && t.dst_port == 0xc000 && t.flags == bytes[13]);
		write_and_read(&t);
	}
	free(bytes);
	check(host_packets_held() == 0);
	return 0;
}
