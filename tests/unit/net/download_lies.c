/* SPDX-License-Identifier: BSD-2-Clause */
/* Downloads from servers that say less than the truth, and a last connection that was to be the first to go. */
#include "net/download_parts.h"
#include "tests/sim/web.h"
#include "tests/unit/net/fetch.h"

/* RFC 9110 14.4: a star instead of the total. */
TEST(a_part_of_a_file_of_unknown_length_is_not_the_whole)
{
	begin();
	EXPECT_EQ(exchange("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/*\r\nContent-Length: 10\r\n\r\n0123456789", false), -EPROTO);
	EXPECT(said("a part and does not say of how many bytes"));
	end();
}

/* ---- TFTP ----------------------------------------------------------------------------------------------------------------------- */

enum { BLOCK = 512, SERVER_ID = 3000 };

static struct { struct sim_host host; const char *tsize; unsigned bytes, heard, errors; } tftp;

static void tftp_say(struct sim_host *host, uint16_t client, const void *data, size_t len)
{
	struct sim_udp udp = { .src = host->ip, .dst = SIM_IP, .src_port = SERVER_ID, .dst_port = client, .data = data, .len = len };
	uint8_t packet[700];

	sim_host_output(host, packet, sim_build_udp(packet, &udp));
}

/** A file of tftp.bytes zeros, announced as tftp.tsize. */
static void tftp_input(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	uint8_t text[64] = { 0, 6, 't', 's', 'i', 'z', 'e' }, data[4 + BLOCK] = { 0, 3 };
	struct sim_packet p;
	unsigned left;

	sim_parse_ip(&p, packet, len);
	if (p.protocol != 17)
		return;
	if (p.dst_port == 69) {
		strcpy((char *)text + 8, tftp.tsize);
		tftp_say(host, p.src_port, text, 9 + strlen(tftp.tsize));
	} else if (p.data[1] == 5) {
		tftp.errors++;
	} else if (sim_get16(p.data + 2) * BLOCK <= tftp.bytes) {
		tftp.heard = sim_get16(p.data + 2);
		left = tftp.bytes - tftp.heard * BLOCK;
		sim_put16(data + 2, (uint16_t)(tftp.heard + 1));
		tftp_say(host, p.src_port, data, 4 + (left < BLOCK ? left : BLOCK));
	} else {
		tftp.heard = sim_get16(p.data + 2);
	}
}

static int fetch_by_tftp(unsigned bytes, const char *tsize)
{
	begin();
	memset(&tftp, 0, sizeof tftp);
	tftp.host = (struct sim_host){ .ip = SIM_ADDR(10, 0, 2, 7), .input = tftp_input };
	tftp.bytes = bytes;
	tftp.tsize = tsize;
	sim_host_join(&s, &tftp.host);
	return fetch("tftp://10.0.2.7/x");
}

TEST(a_tftp_file_is_over_with_its_last_block_and_not_before)
{
	EXPECT_EQ(fetch_by_tftp(2 * BLOCK, "1024"), 0);
	EXPECT_EQ(tftp.heard, 3);                       /* the empty block was heard, too */
	EXPECT_EQ(tftp.errors, 0);
	end();
}

TEST(a_tftp_file_longer_than_announced_is_refused_even_at_the_end_of_a_block)
{
	EXPECT_EQ(fetch_by_tftp(3 * BLOCK + 100, "1024"), -EPROTO);
	EXPECT(said("more than the 1024 bytes that were announced"));
	end();
}

/* ---- connections ---------------------------------------------------------------------------------------------------------------- */

static struct web_file file;

static void answer_web(struct server_connection *c, const char *request)
{
	web_answer(c, request, &file);
}

TEST(a_connection_that_was_not_to_go_on_does_if_it_is_the_last)
{
	struct lane *last;

	begin();
	server.answer = answer_web;
	server.cwnd_max = 256 << 10;
	server.host.to_stack = (struct sim_link){ .delay_us = 10000, .rate_bytes_per_ms = 1000, .queue_bytes = 128 << 10 };
	server.host.to_host.delay_us = 10000;
	file = (struct web_file){ .seed = SEED, .size = 15 << 20, .etag = "\"v1\"" };
	EXPECT_EQ(settings_set("connections", "2"), 0);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	last = &d->lane[1];
	for (unsigned i = 0; i < 1000 && (!lane_open(last) || !lane_left(last) || lane_left(last) >= 900000); i++)
		sim_advance(&s, 10);
	EXPECT_EQ(lanes_count(d), 2);
	last->retiring = true;
	web_break(&server.connection[0], server.connection[0].nxt - server.connection[0].data_seq, WEB_RESET);
	sim_run_until(&s, over, NULL, 60000);           /* it is done before the other is replaced */
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, 15 << 20));
	end();
}
