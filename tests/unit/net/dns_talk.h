/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of net/dns.c share: a resolver on a simulated LAN, and servers that say what the test wants. */
#ifndef TESTS_UNIT_NET_DNS_TALK_H
#define TESTS_UNIT_NET_DNS_TALK_H

#include "core/errors.h"
#include "net/dns.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define SERVER(n) SIM_ADDR(10, 0, 2, 100 + (n))

static struct sim s;
static struct dns_query q;

static inline void begin(unsigned servers)
{
	uint8_t list[4 * 8];

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	for (unsigned i = 0; i < servers; i++) {
		sim_put32(list + 4 * i, SERVER(i));
		sim_add_host(&s, SERVER(i));
	}
	settings_store(&s.netif.settings, TAG_DNS, NULL, list, 4 * servers);
}

static inline void end(void)
{
	dns_stop(&q);
	sim_stop(&s);
}

static inline void start(const char *name)
{
	dns_start(&q, &s.net, name, s.now_ms);
}

/** The next question: the number of the server it went to, or -1. */
static inline int take(struct sim_packet *p)
{
	return sim_take_protocol(&s, 17, p) && p->ok && p->dst_port == 53 ? (int)(p->dst - SERVER(0)) : -1;
}

/** The reply to the @len bytes of question at @question, with @flags and @count records of @records behind it; returns its length. */
static inline size_t make_reply(uint8_t *message, const void *question, size_t len, uint16_t flags, unsigned count, const void *records,
                                size_t records_len)
{
	memcpy(message, question, len);
	sim_put16(message + 2, flags);
	sim_put16(message + 6, (uint16_t)count);
	memcpy(message + len, records, records_len);
	return len + records_len;
}

/** Say @len bytes to who sent @p. */
static inline void say_bytes(const struct sim_packet *p, const void *message, size_t len)
{
	struct sim_udp udp = { .src = p->dst, .dst = p->src, .src_port = 53, .dst_port = p->src_port, .data = message, .len = len };

	sim_send_udp(&s, &udp);
}

/** Reply to @p with @flags and @count records of @records behind the question. */
static inline void reply_with(const struct sim_packet *p, uint16_t flags, unsigned count, const void *records, size_t len)
{
	uint8_t message[1472];

	say_bytes(p, message, make_reply(message, p->data, p->data_len, flags, count, records, len));
}
#define ADDRESS "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x01\x02\x03"

static inline void reply(const struct sim_packet *p)
{
	reply_with(p, 0x8180, 1, ADDRESS, 16);
}

static inline void refuse(const struct sim_packet *p, unsigned code)
{
	reply_with(p, (uint16_t)(0x8180 | code), 0, "", 0);
}

static inline void expect_failure(int rc, const char *words)
{
	char text[300];

	EXPECT_EQ(q.rc, rc);
	error_format(text, sizeof text, q.rc);
	if (!strstr(text, words))
		test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", text, words);
}

#endif
