/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments on the wire: written and read back, cut at every byte, malformed in every field. */
#include "tests/unit/net/tcp_talk.h"

/* ---- parsing and writing ------------------------------------------------------------------------------------------------------------ */

static struct tcp_segment parsed;

static int parse(const void *bytes, size_t len)
{
	uint8_t *exact = malloc(len + !len);
	int rc;

	memcpy(exact, bytes, len);
	memset(&parsed, 0xa5, sizeof parsed);
	rc = tcp_segment_parse(&parsed, exact, len);
	free(exact);
	return rc;
}

/** A header with @options behind it. */
static int parse_options(const char *options, size_t len)
{
	uint8_t bytes[60] = { 0 };

	memcpy(bytes + 20, options, len);
	bytes[12] = (uint8_t)((20 + len) / 4 << 4);
	return parse(bytes, 20 + len);
}
#define OPTIONS(text) parse_options(text, sizeof(text) - 1)

TEST(what_is_written_reads_the_same)
{
	for (unsigned i = 0; i < 64; i++) {
		struct tcp_segment s1 = { .seq = 0x12345678, .ack = 0x9abcdef0, .src_port = 49152, .dst_port = 80, .window = 4321,
		                          .flags = TCP_ACK | TCP_PSH, .data = (const uint8_t *)"hello", .data_len = i & 1 ? 5 : 0 };
		struct sim_packet p;
		struct pkt *pkt;
		uint8_t packet[2048];
		size_t len;

		s1.mss = i & 2 ? 1460 : 0;
		s1.has_shift = i & 4;
		s1.shift = i & 4 ? 9 : 0;
		s1.sack_permitted = i & 8;
		s1.has_timestamp = i & 16;
		s1.timestamp = i & 16 ? 111 : 0;
		s1.echo = i & 16 ? 222 : 0;
		s1.sack_count = i & 32 && !(i & 14) ? 3 : 0;
		for (unsigned j = 0; j < s1.sack_count; j++)
			s1.sack[j] = (struct tcp_block){ 10 * j, 10 * j + 5 };
		host_reset();
		pkt = pkt_alloc();
		EXPECT(tcp_segment_emit(&s1, pkt, SIM_IP, PEER_IP));
		EXPECT_EQ(pkt_len(pkt) % 4, s1.data_len % 4);
		len = sim_build_ip(packet, &(struct sim_ip4){ .src = SIM_IP, .dst = PEER_IP, .protocol = 6 }, pkt->data, pkt_len(pkt));
		sim_parse_ip(&p, packet, len);
		EXPECT(p.ok);                           /* checksum, lengths */
		EXPECT_EQ(p.sack_count, s1.sack_count);
		EXPECT_EQ(p.mss, s1.mss);
		EXPECT_EQ(p.scale, i & 4 ? 9 : -1);
		EXPECT_EQ(p.sack_permitted, s1.sack_permitted);
		EXPECT_EQ(p.data_len, s1.data_len);
		EXPECT_EQ(parse(pkt->data, pkt_len(pkt)), 0);
		EXPECT_EQ(parsed.seq, s1.seq);
		EXPECT_EQ(parsed.ack, s1.ack);
		EXPECT_EQ(parsed.flags, s1.flags);
		EXPECT_EQ(parsed.window, s1.window);
		EXPECT_EQ(parsed.mss, s1.mss);
		EXPECT_EQ(parsed.has_shift, s1.has_shift);
		EXPECT_EQ(parsed.has_timestamp, s1.has_timestamp);
		EXPECT_EQ(parsed.timestamp, s1.timestamp);
		EXPECT_EQ(parsed.echo, s1.echo);
		EXPECT_EQ(parsed.sack_permitted, s1.sack_permitted);
		EXPECT_EQ(parsed.data_len, s1.data_len);
		pkt_free(pkt);
	}
}

TEST(a_header_cut_anywhere_is_refused)
{
	uint8_t bytes[60] = { 0 };

	bytes[12] = 0xf0;
	memset(bytes + 20, 1, 40);
	for (size_t n = 0; n < 60; n++)
		EXPECT_EQ(parse(bytes, n), -EPROTO);
	EXPECT_EQ(parse(bytes, 60), 0);
	EXPECT_EQ(parsed.data_len, 0);
	for (unsigned words = 0; words < 5; words++) {
		bytes[12] = (uint8_t)(words << 4);
		EXPECT_EQ(parse(bytes, 60), -EPROTO);
	}
}

TEST(options_that_claim_no_or_too_much_room_spoil_the_segment)
{
	EXPECT_EQ(OPTIONS("\x08\x00\x00\x00"), -EPROTO);
	EXPECT_EQ(OPTIONS("\x08\x01\x00\x00"), -EPROTO);
	EXPECT_EQ(OPTIONS("\x08\x0a\x00\x00"), -EPROTO);
	EXPECT_EQ(OPTIONS("\x01\x01\x01\x08"), -EPROTO);
	EXPECT_EQ(OPTIONS("\xfd\xff\x00\x00"), -EPROTO);
	EXPECT_EQ(OPTIONS("\x00\x08\x00\x00"), 0);     /* behind the end nothing counts */
	EXPECT_EQ(OPTIONS("\xfd\x02\x01\x01"), 0);
}

TEST(options_of_a_wrong_length_are_skipped)
{
	EXPECT_EQ(OPTIONS("\x02\x03\x05\x01"), 0);
	EXPECT_EQ(parsed.mss, 0);
	EXPECT_EQ(OPTIONS("\x03\x04\x09\x09"), 0);
	EXPECT(!parsed.has_shift);
	EXPECT_EQ(OPTIONS("\x04\x03\x01\x00"), 0);
	EXPECT(!parsed.sack_permitted);
	EXPECT_EQ(OPTIONS("\x08\x04\x00\x01"), 0);
	EXPECT(!parsed.has_timestamp);
	EXPECT_EQ(OPTIONS("\x05\x0a\x00\x00\x00\x01\x00\x00\x00\x02\x01\x01"), 0);
}

TEST(a_shift_is_at_most_fourteen)
{
	EXPECT_EQ(OPTIONS("\x03\x03\x0e\x00"), 0);
	EXPECT_EQ(parsed.shift, 14);
	EXPECT_EQ(OPTIONS("\x03\x03\x0f\x00"), 0);
	EXPECT_EQ(parsed.shift, 14);
	EXPECT_EQ(OPTIONS("\x03\x03\xff\x00"), 0);
	EXPECT_EQ(parsed.shift, 14);
}

TEST(a_segment_that_does_not_fit_is_not_written)
{
	static uint8_t data[PKT_DATA_MAX];
	struct tcp_segment big = { .data = data, .data_len = sizeof data - 19 };
	struct pkt *p;

	host_reset();
	p = pkt_alloc();
	EXPECT(!tcp_segment_emit(&big, p, SIM_IP, PEER_IP));
	big.data_len--;
	EXPECT(tcp_segment_emit(&big, p, SIM_IP, PEER_IP));
	pkt_free(p);
}

/* ---- to a live connection -------------------------------------------------------------------------------------------------------------- */

TEST(broken_segments_are_dropped_in_silence)
{
	struct sim_tcp good, t;

	talk_open(PEER_ALL);
	good = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq,
	                         .ack = peer.ack, .flags = SIM_ACK, .data = "evil", .len = 4 };
	t = good;
	t.bad_checksum = true;
	sim_send_tcp(&s, &t);
	for (int words = -5; words <= 10; words++) {
		t = good;
		t.data_offset_error = words;
		if (words != 0 && words != 1)           /* one more word eats the data */
			sim_send_tcp(&s, &t);
	}
	EXPECT_EQ(talk.received, 0);
	t = good;
	t.options = "\x08\x00\x00\x00";                 /* an option of no length */
	t.options_len = 4;
	sim_send_tcp(&s, &t);
	t.options = "\x08\x01\x00\x00";
	sim_send_tcp(&s, &t);
	t.options = "\x01\x01\x08\x0a";                 /* one that goes on past the header */
	sim_send_tcp(&s, &t);
	t.options = "\x01\x01\x01\x08";                 /* one without its length */
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.received, 0);
	EXPECT_SILENCE(&s);
	t.options = "\xfd\x04\x00\x00\x08\x03\x00\x00";        /* one unknown, one of a wrong length, the end */
	t.options_len = 8;
	sim_send_tcp(&s, &t);
	EXPECT_EQ(talk.received, 4);
	talk_end();
}

TEST(every_truncation_of_a_segment_is_dropped)
{
	uint8_t packet[2048], options[12] = { 1, 1, 8, 10 };
	struct sim_tcp t;
	size_t len;

	talk_open(PEER_ALL);
	t = (struct sim_tcp){ .src = PEER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = peer.stack_port, .seq = peer.seq, .ack = peer.ack,
	                      .flags = SIM_ACK, .options = options, .options_len = 12 };
	len = sim_build_tcp(packet, &t);
	s.verifies_checksums = true;                    /* as if the NIC had said the checksum is good */
	for (size_t n = 0; n < len - 20; n++) {
		struct sim_ip4 ip = { .src = PEER_IP, .dst = SIM_IP, .protocol = 6 };
		uint8_t cut[2048];

		sim_send_ip(&s, cut, sim_build_ip(cut, &ip, packet + 20, n));
	}
	EXPECT_EQ(talk.closed, 0);
	EXPECT_SILENCE(&s);
	talk_end();
}
