/* SPDX-License-Identifier: BSD-2-Clause */
/* Two names being looked up, with servers that answer, answer nonsense, are silent or send ICMP, and others that guess. The first byte is how many
 * servers there are (2 bits) and what the search domain is. Then a record each: who sends (2 bits), to which of the two, whether id, port or question
 * are as they must be, rcode (1 byte), how many records (1), time that goes by (1); a DNS record: its name, type and value (3 bytes).
 * Only who was asked is believed, addresses are those that were said, and each question ends. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "core/settings.h"
#include "net/dns_message.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"

enum { QUERIES = 2, HEAD = 4, SAID_MAX = 256 };

static struct sim s;
static struct dns_query query[QUERIES];
static const char *const names[QUERIES] = { "a.example", "host" };
static uint32_t said[SAID_MAX];
static unsigned said_count;
static const uint8_t *in;
static size_t left;

static void check(bool good)
{
	if (!good)
		abort();
}

static uint8_t next(void)
{
	return left ? (left--, *in++) : 0;
}

/** One of a few names, whole or by a pointer to the question, itself, or nowhere. */
static size_t put_name(uint8_t *at, uint8_t which, size_t offset)
{
	static const char *const text[] = { "\1a\7example", "\4host", "\4host\7example", "\1b\7example", "\1c", "\77" };

	if ((which & 7) < 6) {
		memcpy(at, text[which & 7], strlen(text[which & 7]) + 1);
		return strlen(text[which & 7]) + 1;
	}
	sim_put16(at, (uint16_t)(0xc000 | ((which & 7) == 6 ? 12 : (offset + (which >> 3)) & 0x3fff)));
	return 2;
}

static size_t put_record(uint8_t *m, size_t n, bool right)
{
	static const uint16_t types[] = { 1, 5, 1, 5, 28, 41, 1, 6 };
	uint8_t name = next(), kind = next(), value = next();
	uint16_t type = types[kind & 7];
	size_t rd;

	n += put_name(m + n, name, n);
	sim_put16(m + n, type);
	sim_put16(m + n + 2, kind & 8 ? 3 : 1);
	sim_put32(m + n + 4, 60);
	rd = n + 10;
	if (type == 5) {
		n = rd + put_name(m + rd, value, rd);
	} else {
		sim_put32(m + rd, SIM_ADDR(192, 0, 2, value));
		n = rd + 4;
		if (right && said_count < SAID_MAX)
			said[said_count++] = SIM_ADDR(192, 0, 2, value);
	}
	sim_put16(m + rd - 2, (uint16_t)(n - rd + (kind & 16 ? (int8_t)value : 0)));
	return n;
}

/** A reply to what is asked now, as far as @how does not spoil it. */
static void reply(struct dns_query *q, uint8_t how, uint8_t rcode, unsigned count)
{
	uint8_t m[1400] = { 0 };
	bool right = !(how & 0x0f);
	struct sim_udp udp = { .src = how & 1 ? SIM_ADDR(10, 0, 2, 77) : q->server_ip, .dst = SIM_IP, .src_port = how & 2 ? 5353 : 53,
	                       .dst_port = q->socket.local_port, .data = m };
	size_t n = dns_message_emit(m, how & 4 ? (uint16_t)(q->id + 1) : q->id, how & 8 ? "not.asked" : q->target);
	int rc = q->rc;

	sim_put16(m + 2, (uint16_t)(0x8180 | (rcode & 15) | (rcode & 0x10 ? 0x0200 : 0)));
	sim_put16(m + 6, (uint16_t)(count + (rcode >> 5)));
	for (unsigned i = 0; i < count; i++)
		n = put_record(m, n, right);
	udp.len = n;
	sim_send_udp(&s, &udp);
	check(right || q->rc == rc);
}

static void icmp(const struct dns_query *q)
{
	uint8_t packet[100], quote[28] = { 0x45 };

	quote[9] = 17;
	sim_put32(quote + 12, SIM_IP);
	sim_put32(quote + 16, q->server_ip);
	sim_put16(quote + 20, q->socket.local_port);
	sim_put16(quote + 22, 53);
	sim_send_ip(&s, packet, sim_build_icmp(packet, q->server_ip, SIM_IP, 3, 3, 0, quote, sizeof(quote)));
}

static void record(void)
{
	uint8_t how = next(), rcode = next(), count = next() & 31, time = next();
	struct dns_query *q = &query[how >> 4 & 1];

	if (q->rc == -EINPROGRESS && how & 0x20)
		icmp(q);
	else if (q->rc == -EINPROGRESS && how & 0x40)
		settings_set("dns", "192.0.2.200 10.0.2.4");
	else if (q->rc == -EINPROGRESS)
		reply(q, how, rcode, count);
	sim_advance(&s, time & 1 ? time * 10u : 0);
	sim_discard(&s);
}

static void check_result(const struct dns_query *q)
{
	check(q->rc != -EINPROGRESS && (q->rc == 0) == (q->address_count > 0) && q->address_count <= DNS_ADDRESSES_MAX);
	for (unsigned i = 0; i < q->address_count; i++) {
		unsigned at = 0;

		while (at < said_count && said[at] != q->address[i])
			at++;
		check(at < said_count || said_count == SAID_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const servers[] = { "10.0.2.2", "10.0.2.3 10.0.2.2", "192.0.2.53 10.0.2.2 10.0.2.3",
	                                       "10.0.2.2 0.0.0.0 10.0.2.3 10.0.2.4" };
	static const char *const domains[] = { NULL, "example", "a.b.c.example.", "bad..domain" };

	in = data;
	left = size;
	said_count = 0;
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	for (unsigned i = 2; i < 5; i++)
		sim_add_host(&s, SIM_ADDR(10, 0, 2, i));
	settings_set("dns", servers[next() & 3]);
	if (domains[next() & 3])
		settings_set("domain", domains[size > 1 ? data[1] & 3 : 0]);
	for (unsigned i = 0; i < QUERIES; i++)
		dns_start(&query[i], &s.net, names[i], s.now_ms);
	sim_settle(&s);
	sim_discard(&s);
	while (left >= HEAD)
		record();
	sim_advance(&s, 200000);
	for (unsigned i = 0; i < QUERIES; i++) {
		check_result(&query[i]);
		dns_stop(&query[i]);
	}
	settings_wipe(settings_root());
	sim_discard(&s);
	sim_stop(&s);
	return 0;
}
