/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of net/tftp.c share: one transfer, with a user that writes down what it is told, and a server that is the test. */
#ifndef TESTS_UNIT_NET_TFTP_TALK_H
#define TESTS_UNIT_NET_TFTP_TALK_H

#include "core/errors.h"
#include "core/heap.h"
#include "net/tftp.h"
#include "net/tftp_message.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define SERVER_IP SIM_ADDR(10, 0, 2, 9)
#define OTHER_IP  SIM_ADDR(10, 0, 2, 10)
enum { SERVER_ID = 3000, TALK_ROOM = 1 << 20 };

static struct sim s;
static struct uri *uri;
static struct transfer *transfer;
static struct talk {
	struct transfer_user user;
	unsigned begun, ended;
	struct transfer_info info;
	struct transfer_end end;
	uint64_t arrived;
	uint64_t room;                          /* bytes that there is memory for */
	int begin_rc;
	uint8_t bytes[TALK_ROOM];
} talk;
static uint16_t client;                         /* the port of the stack's last request */

static int talk_begin(struct transfer_user *user, const struct transfer_info *info)
{
	talk.begun++;
	talk.info = *info;
	EXPECT_STR(info->validator, "");
	return talk.begin_rc ? fail(talk.begin_rc, "no room") : 0;
}

static uint8_t *talk_at(struct transfer_user *user, uint64_t offset, size_t len)
{
	EXPECT_EQ(talk.begun, 1);
	EXPECT(len > 0);
	return offset + len <= talk.room ? talk.bytes + offset : NULL;
}

static void talk_arrived(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms)
{
	EXPECT_EQ(offset, talk.arrived);
	EXPECT(len > 0);
	talk.arrived += len;
}

static void talk_ended(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms)
{
	talk.ended++;
	talk.end = *end;
}

static inline void begin(void)
{
	host_reset();
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, SERVER_IP);
	sim_add_host(&s, OTHER_IP);
	memset(&talk, 0, sizeof talk);
	talk.user = (struct transfer_user){ talk_begin, talk_at, talk_arrived, talk_ended };
	talk.room = TALK_ROOM;
	transfer = NULL;
	error_clear();
}

static inline void end(void)
{
	tftp_scheme.close(transfer, s.now_ms);
	uri_free(uri);
	uri = NULL;
	sim_discard(&s);
	sim_stop(&s);
}

static inline int open_url(const char *text)
{
	struct transfer_request request = { .address = SERVER_IP, .piece = { 0, RANGE_UNKNOWN } };
	int rc = uri_parse(text, &uri);

	request.uri = uri;
	return rc ? rc : tftp_scheme.open(&transfer, &talk.user, &s.net, &request, s.now_ms);
}

/** The next datagram of the stack's. */
static inline bool take(struct sim_packet *p)
{
	return sim_take_protocol(&s, 17, p) && p->ok && p->dst == SERVER_IP;
}

/** Is the next thing that the stack sends a request of @len bytes that are @text? */
static inline bool expect_request(const char *text, size_t len)
{
	struct sim_packet p;

	if (!take(&p) || p.dst_port != 69 || p.data_len != len || memcmp(p.data, text, len) != 0)
		return false;
	client = p.src_port;
	return true;
}
#define WHOLE_REQUEST(name) "\0\1" name "\0octet\0blksize\0" "1468\0tsize\0" "0\0windowsize\0" "64"
#define PLAIN_REQUEST(name) "\0\1" name "\0octet"
#define EXPECT_WHOLE_REQUEST() EXPECT(expect_request(WHOLE_REQUEST("f"), sizeof WHOLE_REQUEST("f")))
#define EXPECT_PLAIN_REQUEST() EXPECT(expect_request(PLAIN_REQUEST("f"), sizeof PLAIN_REQUEST("f")))

/** The number that the next datagram acknowledges, at the server's port; -1: it is something else, or nothing. */
static inline int take_ack(void)
{
	struct sim_packet p;

	if (!take(&p) || p.src_port != client || p.dst_port != SERVER_ID || p.data_len != 4 || sim_get16(p.data) != TFTP_ACK)
		return -1;
	return sim_get16(p.data + 2);
}

/** The code of the error that the next datagram is, at @port; -1: it is something else, or nothing. */
static inline int take_error(uint16_t port)
{
	struct sim_packet p;

	if (!take(&p) || p.dst_port != port || p.data_len < 5 || sim_get16(p.data) != TFTP_ERROR || p.data[p.data_len - 1] != 0)
		return -1;
	return sim_get16(p.data + 2);
}

static inline void say_as(uint32_t ip, uint16_t port, const void *data, size_t len)
{
	sim_send_udp(&s, &(struct sim_udp){ .src = ip, .dst = SIM_IP, .src_port = port, .dst_port = client, .data = data, .len = len });
}
#define SAY(literal) say_as(SERVER_IP, SERVER_ID, literal, sizeof(literal))            /* its last NUL is the literal's */

/** What byte @at of the file is. */
static inline uint8_t talk_byte(uint64_t at) { return (uint8_t)(at * 7 + at / 256 * 13 + at / 65536); }

/** DATA @number, with @len bytes of the file from @offset on. */
static inline void say_data(uint16_t number, uint64_t offset, size_t len)
{
	uint8_t message[4 + 1472];

	sim_put16(message, TFTP_DATA);
	sim_put16(message + 2, number);
	for (size_t i = 0; i < len; i++)
		message[4 + i] = talk_byte(offset + i);
	say_as(SERVER_IP, SERVER_ID, message, 4 + len);
}

/** Block @n of a file of @total bytes in blocks of @size. */
static inline void say_block(uint16_t n, size_t size, size_t total)
{
	size_t offset = (size_t)(n - 1) * size;

	say_data(n, offset, total - offset < size ? total - offset : size);
}

static inline bool file_is(size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (talk.bytes[i] != talk_byte(i))
			return false;
	return talk.arrived == len;
}

/** Did it end well, with a file of @len bytes? */
static inline bool done(size_t len)
{
	return talk.ended == 1 && talk.end.how == TRANSFER_DONE && file_is(len) && transfer->stage == TRANSFER_OVER;
}

/** Did it fail with @rc and @words? */
static inline bool failed(int rc, const char *words)
{
	char text[400];

	error_format(text, sizeof text, talk.end.rc);
	if (talk.ended == 1 && talk.end.how == TRANSFER_FAILED && talk.end.rc == rc && strstr(text, words))
		return true;
	printf("ended %u times, how %d: %s\n", talk.ended, talk.end.how, text);
	return false;
}

/** Ask for "f" at the server; the request is taken. */
static inline void ask(void)
{
	begin();
	EXPECT_EQ(open_url("tftp://10.0.2.9/f"), 0);
	EXPECT_WHOLE_REQUEST();
}

/** The server agrees to the options in the literal; its acknowledgement is taken. */
#define AGREE(literal) (SAY("\0\6" literal), EXPECT_EQ(take_ack(), 0))

#endif
