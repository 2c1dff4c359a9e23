/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole downloads and queries while somebody off the path forges: nothing of his is taken, and every byte arrives. See off_path.h. */
#include <time.h>
#include "net/dns.h"
#include "net/tcp_connection.h"
#include "tests/sim/tftp_server.h"
#include "tests/unit/net/fetch_web.h"
#include "tests/unit/net/off_path.h"

static clock_t began;
static void note_time(void) { began = clock(); }
static void show_time(void)
{
	if (getenv("V"))
		printf("%s: %.1f s\n", test_name, (double)(clock() - began) / CLOCKS_PER_SEC);
}
__attribute__((constructor)) static void time_tests(void)
{
	test_setup = note_time;
	test_teardown = show_time;
}

/* ---- TCP ----------------------------------------------------------------------------------------------------------------------------- */

enum { FILE_SIZE = 2 * MB, PER_MS = 200 };

struct forgery { uint8_t flags; size_t len; bool knows_port; };

/** A port that the client uses: any of its connections'. 0: it has none at the moment. */
static uint16_t client_port(void)
{
	unsigned count = 0, which;
	struct list *pos;

	list_for_each(pos, &s.net.tcp_connections)
		count++;
	if (count == 0)
		return 0;
	which = guess() % count;
	list_for_each(pos, &s.net.tcp_connections)
		if (which-- == 0)
			return list_entry(pos, struct tcp, link)->path.local_port;
	return 0;
}

/** One segment, as from the server. Of three, one has a timestamp, which is a guess as well. False: there is no port to know. */
static bool forge_segment(const struct forgery *f)
{
	static const uint8_t evil[64] = "evil";
	uint8_t options[12] = { 1, 1, 8, 10 };
	struct sim_tcp t = { .src = SERVER_IP, .dst = SIM_IP, .src_port = 80, .dst_port = f->knows_port ? client_port() : guess_port(),
	                     .seq = guess(), .ack = guess(), .flags = f->flags, .window = 65535, .data = evil, .len = f->len };

	if (t.dst_port == 0)
		return false;
	if (guess() % 3 == 0) {
		sim_put32(options + 4, guess());
		sim_put32(options + 8, guess());
		t.options = options;
		t.options_len = sizeof options;
	}
	sim_send_tcp(&s, &t);
	return true;
}

/** Two mebibytes in a second or two, from the first SYN on under @count forgeries; the connections that it took. */
static unsigned download(const struct forgery *f, unsigned count)
{
	unsigned sent = 0, accepted;

	begin_path(FILE_SIZE, 10, 1250, 0);
	EXPECT_EQ(start("http://10.0.2.9/x"), 0);
	while (sent < count && !over(NULL)) {
		for (unsigned i = 0; i < PER_MS && sent < count; i++)
			if (forge_segment(f))
				sent++;
			else
				break;
		sim_advance(&s, 1);
	}
	EXPECT_EQ(sent, count);                 /* all of them in time */
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	to_the_end();                           /* compares the bytes */
	EXPECT_STR(notice(), "");
	EXPECT_EQ(server.resets_seen, 0);
	EXPECT_EQ(s.ring_overruns, 0);
	accepted = server.accepted;
	end();
	return accepted;
}

static void withstand(struct forgery f, unsigned count)
{
	unsigned undisturbed = download(&f, 0);

	EXPECT_EQ(download(&f, count), undisturbed);    /* no connection had to be made again */
}

TEST(of_a_hundred_thousand_forged_resets_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_RST }, FORGED_RESETS / 2);
	withstand((struct forgery){ .flags = SIM_RST | SIM_ACK }, FORGED_RESETS / 2);
}

/* RFC 5961 3.2: with the four-tuple known there are still 2^32 numbers, and not as few as there are windows in them. */
TEST(of_a_hundred_thousand_forged_resets_to_our_port_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_RST, .knows_port = true }, FORGED_RESETS_TO_THE_PORT);
}

TEST(of_a_hundred_thousand_forged_data_segments_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_ACK | SIM_PSH, .len = 64 }, FORGED_DATA);
}

/* RFC 5961 5: with the four-tuple known, one in some hundred is in a window of 16 MiB; but it must acknowledge what we said, too, and that
 * is a few hundred bytes of the 2^32. */
TEST(of_a_hundred_thousand_forged_data_segments_to_our_port_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_ACK | SIM_PSH, .len = 64, .knows_port = true }, FORGED_DATA_TO_THE_PORT);
}

TEST(of_fifty_thousand_forged_fins_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_FIN | SIM_ACK, .len = 1 }, FORGED_FINS);
}

TEST(of_fifty_thousand_forged_syns_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_SYN }, FORGED_SYNS);
}

TEST(of_fifty_thousand_forged_syns_to_our_port_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_SYN, .knows_port = true }, FORGED_SYNS_TO_THE_PORT);
}

/* From our SYN on, before the server's answer: at first the only segments that there are. */
TEST(of_fifty_thousand_forged_syn_acks_none_is_taken)
{
	withstand((struct forgery){ .flags = SIM_SYN | SIM_ACK }, FORGED_SYN_ACKS);
}

/* ---- DNS ----------------------------------------------------------------------------------------------------------------------------- */

#define DNS_SERVER SIM_ADDR(10, 0, 2, 3)

/** An answer to the question in @query: @address, by the transaction @id, to @port. */
static void answer_dns(const struct sim_packet *query, uint16_t id, uint16_t port, uint32_t address)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4 };
	uint8_t message[512];
	struct sim_udp udp = { .src = DNS_SERVER, .dst = SIM_IP, .src_port = 53, .dst_port = port, .data = message };

	memcpy(message, query->data, query->data_len);
	sim_put16(message, id);
	sim_put16(message + 2, 0x8180);
	sim_put16(message + 6, 1);
	memcpy(message + query->data_len, record, sizeof record);
	sim_put32(message + query->data_len + sizeof record, address);
	udp.len = query->data_len + sizeof record + 4;
	sim_send_udp(&s, &udp);
}

TEST(of_a_hundred_and_fifty_thousand_forged_dns_answers_none_is_taken)
{
	static struct dns_query q;
	struct sim_packet query;

	begin();
	sim_add_host(&s, DNS_SERVER);
	settings_set("dns", "10.0.2.3");
	sim_settle(&s);
	EXPECT_EQ(dns_start(&q, &s.net, "boot.example", s.now_ms), -EINPROGRESS);
	for (unsigned i = 0; i < 3; i++) {              /* it asks three times, with the same question */
		EXPECT(sim_take_protocol(&s, 17, &query) && query.dst == DNS_SERVER);
		for (unsigned j = 0; j < FORGED_DNS_ANSWERS / 3; j++)
			answer_dns(&query, (uint16_t)guess(), guess_port(), SIM_ADDR(6, 6, 6, 6));
		EXPECT_EQ(q.rc, -EINPROGRESS);
		if (i < 2) {
			sim_discard(&s);
			sim_advance(&s, 1000u << i);
		}
	}
	answer_dns(&query, sim_get16(query.data), query.src_port, SIM_ADDR(10, 1, 2, 3));
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address_count, 1);
	EXPECT_EQ(q.address[0], SIM_ADDR(10, 1, 2, 3));
	dns_stop(&q);
	end();
}

/* Two numbers of their own, both of which must be right: with one of them known the other is still searched in vain. */
TEST(a_dns_answer_with_all_right_but_the_id_or_the_port_is_not_taken)
{
	static struct dns_query q;
	struct sim_packet query;
	uint16_t id;

	begin();
	sim_add_host(&s, DNS_SERVER);
	settings_set("dns", "10.0.2.3");
	sim_settle(&s);
	EXPECT_EQ(dns_start(&q, &s.net, "boot.example", s.now_ms), -EINPROGRESS);
	EXPECT(sim_take_protocol(&s, 17, &query));
	id = sim_get16(query.data);
	for (unsigned i = 1; i < 65536; i++)
		answer_dns(&query, id ^ (uint16_t)i, query.src_port, SIM_ADDR(6, 6, 6, 6));
	for (unsigned i = 1; i < 16384; i++)
		answer_dns(&query, id, query.src_port ^ (uint16_t)i, SIM_ADDR(6, 6, 6, 6));
	EXPECT_EQ(q.rc, -EINPROGRESS);
	answer_dns(&query, id, query.src_port, SIM_ADDR(10, 1, 2, 3));
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address[0], SIM_ADDR(10, 1, 2, 3));
	dns_stop(&q);
	end();
}

/* ---- TFTP: two ports of their own, the client's and the server's, once the server has answered --------------------------------------- */

#define TFTP_IP SIM_ADDR(10, 0, 2, 10)

static struct sim_tftp tftp;

static void begin_tftp(void)
{
	begin();
	tftp = (struct sim_tftp){ .seed = SEED, .len = FILE_SIZE, .size_max = 1468, .window_max = 64, .knows_total = true };
	sim_tftp_join(&tftp, &s, TFTP_IP);
	tftp.host.to_host.delay_us = tftp.host.to_stack.delay_us = 50000;       /* 64 blocks in 100 ms: two seconds and more */
	EXPECT_EQ(start("tftp://10.0.2.10/f"), 0);
}

/** The rest of it comes as well, and by that one request. */
static void end_tftp(void)
{
	EXPECT_EQ(download_rc(d), -EINPROGRESS);
	sim_run_until(&s, over, NULL, 100000);
	EXPECT_EQ(download_rc(d), 0);
	EXPECT(file_is(SEED, FILE_SIZE));
	EXPECT_EQ(tftp.requests, 1);
	EXPECT_EQ(s.ring_overruns, 0);
	sim_advance(&s, 1000);                          /* our last words reach it */
	sim_host_leave(&tftp.host);
	end();
}

static void forge_tftp(uint16_t from, uint16_t to, const void *message, size_t len)
{
	sim_send_udp(&s, &(struct sim_udp){ .src = TFTP_IP, .dst = SIM_IP, .src_port = from, .dst_port = to, .data = message, .len = len });
}

/** @count messages with this beginning and a number that is a guess, while the file comes. Any port may be the server's: 69 is one. */
static void withstand_tftp(const char *start_bytes, size_t start_len, bool numbered, unsigned count)
{
	uint8_t message[600] = { 0 };
	unsigned sent = 0;

	begin_tftp();
	while (download_progress(d)->done_bytes == 0 && !over(NULL))
		sim_advance(&s, 1);
	memcpy(message, start_bytes, start_len);
	while (sent < count && !over(NULL)) {
		for (unsigned i = 0; i < 40 && sent < count; i++, sent++) {
			if (numbered)
				sim_put16(message + 2, (uint16_t)(guess() % 2000));
			forge_tftp(guess() % 2 ? 69 : (uint16_t)guess(), guess_port(), message, numbered ? 516 : start_len);
		}
		sim_advance(&s, 1);
	}
	EXPECT_EQ(sent, count);
	end_tftp();
}

TEST(of_seventy_thousand_forged_tftp_blocks_none_is_taken)
{
	withstand_tftp("\0\3", 2, true, FORGED_TFTP_BLOCKS);
}

TEST(of_twenty_thousand_forged_tftp_errors_none_is_taken)
{
	withstand_tftp("\0\5\0\1No such file", 17, false, FORGED_TFTP_ERRORS);
}

TEST(of_ten_thousand_forged_tftp_option_acknowledgements_none_is_taken)
{
	withstand_tftp("\0\6blksize\0008\0", 12, false, FORGED_TFTP_OPTIONS);
}

/* Until the server has answered, from whichever port, ours is all that is random: RFC 1350 has nothing else. */
TEST(a_tftp_answer_to_any_port_but_ours_is_not_taken)
{
	struct list *pos;
	uint16_t port = 0;

	begin_tftp();
	sim_settle(&s);
	list_for_each(pos, &s.net.udp_sockets)
		port = list_entry(pos, struct udp_socket, link)->local_port;
	EXPECT(port >= 49152);
	for (unsigned i = 1; i < 16384; i++)
		forge_tftp(69, port ^ (uint16_t)i, "\0\5\0\1No such file", 17);
	end_tftp();
}
