/* SPDX-License-Identifier: BSD-2-Clause */
/* A TFTP message, read in memory that ends where it ends; then what a server and others send, one record a packet, to a client that asks for
 * a file. A record: who sends it and when (1 byte), its length (2), its bytes; or, with the highest bit set, DATA: its number (2), its length
 * (2). The books must balance whatever comes. */
#include <stdlib.h>
#include <string.h>
#include "core/cursor.h"
#include "core/errors.h"
#include "net/tftp.h"
#include "net/tftp_message.h"
#include "tests/sim/sim.h"

enum { ROOM = 1 << 20, SERVER_ID = 3000, PACKET_MAX = 1472 };
#define SERVER SIM_ADDR(10, 0, 2, 9)
#define OTHER  SIM_ADDR(10, 0, 2, 10)

static struct sim s;
static struct transfer *transfer;
static uint16_t client;
static struct {
	struct transfer_user user;
	struct transfer_info info;
	unsigned begun, ended;
	uint64_t arrived;
} talk;
static uint8_t memory[ROOM];

static void check(bool condition)
{
	if (!condition)
		abort();
}

static int talk_begin(struct transfer_user *user, const struct transfer_info *info)
{
	check(!talk.begun && !talk.ended);
	talk.begun++;
	talk.info = *info;
	return info->known && info->total_bytes > ROOM ? -ENOMEM : 0;
}

static uint8_t *talk_at(struct transfer_user *user, uint64_t offset, size_t len)
{
	check(talk.begun && !talk.ended && len && (!talk.info.known || offset + len <= talk.info.total_bytes));
	return offset + len <= ROOM ? memory + offset : NULL;
}

static void talk_arrived(struct transfer_user *user, uint64_t offset, uint64_t len, uint32_t now_ms)
{
	check(!talk.ended && offset == talk.arrived && len && offset + len <= ROOM);
	talk.arrived += len;
}

static void talk_ended(struct transfer_user *user, const struct transfer_end *end, uint32_t now_ms)
{
	check(!talk.ended && (end->how == TRANSFER_DONE) == (end->rc == 0));
	if (end->how == TRANSFER_DONE)
		check(!talk.info.known || talk.arrived == talk.info.total_bytes);
	talk.ended++;
}

/** Where the stack's next datagrams come from; they are lost. Not one is for the other host. */
static void look(void)
{
	struct sim_packet p;

	while (sim_take_protocol(&s, 17, &p)) {
		check(p.ok && p.dst == SERVER);
		if (p.dst_port == 69)
			client = p.src_port;
	}
}

static void record(struct reader *r)
{
	uint8_t message[PACKET_MAX] = { 0 }, how = rd_u8(r);
	struct sim_udp udp = { .src = SERVER, .dst = SIM_IP, .src_port = SERVER_ID, .dst_port = client, .data = message };
	uint16_t number = how & 0x80 ? rd_be16(r) : 0;

	udp.len = rd_be16(r);
	if (how & 0x80) {
		sim_put16(message, TFTP_DATA);
		sim_put16(message + 2, number);
		udp.len = udp.len % (PACKET_MAX - TFTP_HEADER_BYTES + 1) + TFTP_HEADER_BYTES;
	} else {
		if (udp.len > rd_left(r))
			udp.len = rd_left(r);
		if (udp.len > PACKET_MAX)
			udp.len = PACKET_MAX;
		rd_copy(r, message, udp.len);
	}
	if ((how & 3) == 1)
		udp.src_port++;
	if ((how & 3) == 2)
		udp.src = OTHER;
	sim_advance(&s, (how >> 2 & 31) * 50u);
	look();
	sim_send_udp(&s, &udp);
	look();
}

static void converse(const uint8_t *data, size_t len)
{
	struct transfer_request request = { .address = SERVER, .piece = { 0, RANGE_UNKNOWN } };
	struct reader r = rd_init(data, len);
	struct uri *uri;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	sim_add_host(&s, SERVER);
	sim_add_host(&s, OTHER);
	memset(&talk, 0, sizeof talk);
	talk.user = (struct transfer_user){ talk_begin, talk_at, talk_arrived, talk_ended };
	check(uri_parse("tftp://10.0.2.9/f", &uri) == 0);
	request.uri = uri;
	check(tftp_scheme.open(&transfer, &talk.user, &s.net, &request, s.now_ms) == 0);
	look();
	while (rd_left(&r))
		record(&r);
	if (!(len & 1)) {
		sim_advance(&s, 120000);
		look();
		check(talk.ended);
	}
	tftp_scheme.close(transfer, s.now_ms);
	uri_free(uri);
	sim_discard(&s);
	sim_stop(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tftp_message m;

	if (size > 8192)
		return 0;
	if (tftp_message_parse(&m, data, size) == 0) {
		check(m.opcode == TFTP_DATA || m.opcode == TFTP_ERROR || m.opcode == TFTP_OACK);
		check(m.opcode != TFTP_ERROR || strlen(m.text) <= TFTP_TEXT_MAX);
		check(m.opcode != TFTP_DATA || m.len == size - TFTP_HEADER_BYTES);
	}
	converse(data, size);
	return 0;
}
