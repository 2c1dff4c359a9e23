/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking ProxyDHCP and boot servers: whom, when, and whose answer counts. */
#include "net/boot_server.h"

#include "core/errors.h"
#include "net/pxe_answers.h"
#include "tests/unit/net/dhcp_talk.h"

#define A SIM_ADDR(10, 0, 2, 7)
#define B SIM_ADDR(10, 0, 2, 8)
#define GROUP SIM_ADDR(224, 0, 1, 2)
#define BROADCAST 0xffffffffu

static struct boot_server *const b = &s.netif.boot_server;
/* Type 15 is served by A and B. */
static const uint8_t list[] = { 0, 15, 2, 10, 0, 2, 7, 10, 0, 2, 8 };

static void configured(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	sim_add_host(&s, A);
	sim_add_host(&s, B);
	sim_add_host(&s, PROXY);
	sim_add_host(&s, SIM_GATEWAY);
}

/** The next question, sent @after_ms after the one before; its destination, 0 if there is none. */
static uint32_t asked(struct sim_packet *p, uint32_t after_ms)
{
	uint32_t start = s.now_ms;

	if (after_ms) {
		sim_advance(&s, after_ms - 1);
		EXPECT_SILENCE(&s);
		sim_advance(&s, 1);
	}
	if (!sim_take_protocol(&s, 17, p))
		return 0;
	EXPECT_EQ(p->at_ms, start + after_ms);
	EXPECT_EQ(p->src, SIM_IP);
	EXPECT_EQ(p->src_port, 68);
	EXPECT_EQ(p->dst_port, p->dst == BROADCAST ? 67 : 4011);
	return p->dst;
}

static void answer(struct reply r, uint32_t from, uint16_t src_port, uint8_t type)
{
	r.from = from;
	r.src_port = src_port;
	r.xid = b->listener.xid;
	r.dst = SIM_IP;
	reply(&r, type);
}

static const uint8_t *answered(enum pxe_answer which, uint32_t tag)
{
	const struct settings_scope *scope = pxe_answer(&s.netif, which);
	size_t len;

	return scope ? settings_find(scope, tag, NULL, false, &len) : NULL;
}

/* ---- ProxyDHCP on port 4011 ---------------------------------------------------------------------------------------------------- */

TEST(a_proxy_is_asked_by_unicast_and_answers)
{
	struct reply r = proxy_reply();
	struct sim_packet p;
	const uint8_t *v;

	configured();
	EXPECT_EQ(boot_server_ask(&s.netif, PROXY, s.now_ms), -EINPROGRESS);
	EXPECT_EQ(asked(&p, 0), PROXY);
	EXPECT(option(&p, 53, &v) == 1 && *v == DHCP_REQUEST);
	EXPECT_EQ(sim_get32(p.data + 12), SIM_IP);
	EXPECT_EQ(option(&p, 43, &v), -1);
	EXPECT_EQ(option(&p, 60, &v), 32);
	r.file = "pxe/first";
	answer(r, PROXY, 4011, DHCP_ACK);
	EXPECT_EQ(b->rc, 0);
	EXPECT(answered(PXE_PROXYDHCP, 67) && memcmp(answered(PXE_PROXYDHCP, 67), "pxe/first", 9) == 0);
	sim_advance(&s, 5000);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

/* Some answer by an offer, and without a server id. */
TEST(a_proxy_that_answers_by_an_offer)
{
	struct reply r = proxy_reply();
	struct sim_packet p;

	configured();
	boot_server_ask(&s.netif, PROXY, s.now_ms);
	asked(&p, 0);
	r.server = 0;
	r.file = "f";
	answer(r, PROXY, 4011, DHCP_OFFER);
	EXPECT_EQ(b->rc, 0);
	EXPECT(answered(PXE_PROXYDHCP, 54) && sim_get32(answered(PXE_PROXYDHCP, 54)) == PROXY);
	sim_stop(&s);
}

TEST(a_silent_proxy_is_given_two_seconds)
{
	struct sim_packet p;
	char text[300];

	configured();
	boot_server_ask(&s.netif, PROXY, s.now_ms);
	EXPECT_EQ(asked(&p, 0), PROXY);
	for (unsigned i = 0; i < 3; i++)
		EXPECT_EQ(asked(&p, 500), PROXY);
	sim_advance(&s, 499);
	EXPECT_EQ(b->rc, -EINPROGRESS);
	sim_advance(&s, 1);
	EXPECT_EQ(b->rc, -ETIMEDOUT);
	error_format(text, sizeof text, b->rc);
	EXPECT(strstr(text, "no answer from ProxyDHCP server 10.0.2.9, port 4011"));
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(without_an_address_nobody_is_asked)
{
	sim_start(&s);
	EXPECT_EQ(boot_server_ask(&s.netif, PROXY, s.now_ms), -ENETUNREACH);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

/* ---- boot servers --------------------------------------------------------------------------------------------------------------- */

static struct pxe_options listed(uint8_t control, uint32_t multicast)
{
	return (struct pxe_options){ .control = control, .multicast = multicast, .servers = { list, sizeof list } };
}

TEST(the_listed_ones_then_the_group_then_everybody_three_times)
{
	struct pxe_options o = listed(0, GROUP);
	static const uint32_t order[] = { A, B, GROUP, BROADCAST };
	struct sim_packet p;
	const uint8_t *v;
	char text[300];

	configured();
	EXPECT_EQ(boot_server_discover(&s.netif, &o, 15, s.now_ms), -EINPROGRESS);
	for (unsigned i = 0; i < 12; i++) {
		EXPECT_EQ(asked(&p, i ? 1000 : 0), order[i % 4]);
		EXPECT(option(&p, 43, &v) == 7 && memcmp(v, "\x47\x04\0\x0f\0\0\xff", 7) == 0);
		if (p.dst == GROUP)
			EXPECT_MEM(p.eth_dst, "\x01\x00\x5e\x00\x01\x02", 6);
		if (p.dst == BROADCAST)
			EXPECT_MEM(p.eth_dst, "\xff\xff\xff\xff\xff\xff", 6);
	}
	sim_advance(&s, 1000);
	EXPECT_EQ(b->rc, -ETIMEDOUT);
	error_format(text, sizeof text, b->rc);
	EXPECT(strstr(text, "no answer from a boot server of type 15"));
	sim_stop(&s);
}

TEST(control_bits_leave_ways_out)
{
	static const struct { uint8_t control; uint32_t group, targets[4]; } cases[] = {
		{ PXE_NO_BROADCAST, GROUP, { A, B, GROUP } },
		{ PXE_NO_MULTICAST, GROUP, { A, B, BROADCAST } },
		{ PXE_NO_BROADCAST | PXE_NO_MULTICAST, GROUP, { A, B } },
		{ 0, 0, { A, B, BROADCAST } },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pxe_options o = listed(cases[i].control, cases[i].group);
		struct sim_packet p;

		configured();
		boot_server_discover(&s.netif, &o, 15, s.now_ms);
		for (unsigned j = 0; j < 4 && cases[i].targets[j]; j++)
			EXPECT_EQ(asked(&p, j ? 1000 : 0), cases[i].targets[j]);
		EXPECT_EQ(asked(&p, 1000), A);
		sim_stop(&s);
	}
}

TEST(nobody_left_to_ask_is_an_error_at_once)
{
	struct pxe_options o = listed(PXE_NO_BROADCAST | PXE_NO_MULTICAST, GROUP);
	char text[300];

	configured();
	EXPECT_EQ(boot_server_discover(&s.netif, &o, 16, s.now_ms), -ENETUNREACH);
	error_format(text, sizeof text, b->rc);
	EXPECT(strstr(text, "no boot server of type 16 is named"));
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(the_first_answer_wins_whoever_was_asked_last)
{
	struct pxe_options o = listed(0, 0);
	struct reply r = proxy_reply();
	struct sim_packet p;

	configured();
	boot_server_discover(&s.netif, &o, 15, s.now_ms);
	EXPECT_EQ(asked(&p, 0), A);
	EXPECT_EQ(asked(&p, 1000), B);
	r.server = A;
	r.file = "from-A";
	r.siaddr = A;
	answer(r, A, 4011, DHCP_ACK);
	EXPECT_EQ(b->rc, 0);
	EXPECT(answered(PXE_PXEBS, 67) && memcmp(answered(PXE_PXEBS, 67), "from-A", 6) == 0);
	EXPECT(!answered(PXE_PROXYDHCP, 67));
	sim_stop(&s);
}

/* 43.6 bit 2. */
TEST(listed_servers_only_means_the_answers_too)
{
	struct pxe_options o = listed(PXE_LISTED_ONLY, 0);
	struct reply r = proxy_reply();
	struct sim_packet p;

	configured();
	boot_server_discover(&s.netif, &o, 15, s.now_ms);
	asked(&p, 0);
	r.server = SIM_ADDR(10, 0, 2, 66);
	answer(r, SIM_ADDR(10, 0, 2, 66), 67, DHCP_ACK);
	EXPECT_EQ(b->rc, -EINPROGRESS);
	answer(r, B, 67, DHCP_ACK);             /* listed, and it need not be the one asked */
	EXPECT_EQ(b->rc, 0);
	sim_stop(&s);
}

/* A type without addresses is anybody's, even so. */
TEST(a_type_that_is_anybodys)
{
	static const uint8_t any[] = { 0, 15, 0 };
	struct pxe_options o = { .control = PXE_LISTED_ONLY, .servers = { any, sizeof any } };
	struct reply r = proxy_reply();
	struct sim_packet p;

	configured();
	boot_server_discover(&s.netif, &o, 15, s.now_ms);
	EXPECT_EQ(asked(&p, 0), BROADCAST);
	answer(r, PROXY, 67, DHCP_ACK);
	EXPECT_EQ(b->rc, 0);
	sim_stop(&s);
}

TEST(naks_and_others_answers_change_nothing)
{
	struct pxe_options o = listed(0, 0);
	struct reply r = proxy_reply();
	struct sim_packet p;

	configured();
	boot_server_discover(&s.netif, &o, 15, s.now_ms);
	asked(&p, 0);
	answer(r, A, 4011, DHCP_NAK);
	answer(r, A, 69, DHCP_ACK);
	r.wrong_mac = true;
	answer(r, A, 4011, DHCP_ACK);
	r.wrong_mac = false;
	r.xid = b->listener.xid ^ 1;
	r.dst = SIM_IP;
	r.src_port = 4011;
	reply(&r, DHCP_ACK);
	EXPECT_EQ(b->rc, -EINPROGRESS);
	EXPECT(!pxe_answer(&s.netif, PXE_PXEBS));
	sim_stop(&s);
}

/* The lease's client hears its own answers meanwhile, and neither closes the other's port. */
TEST(beside_a_lease)
{
	struct pxe_options o = listed(0, 0);
	struct reply r = proxy_reply(), lease = usual;
	struct sim_packet p;

	begin();
	lease.lease_s = 80;
	bind_with(&lease);
	sim_add_host(&s, SERVER);
	sim_add_host(&s, A);
	sim_advance(&s, 39999);
	boot_server_discover(&s.netif, &o, 15, s.now_ms);
	EXPECT_EQ(asked(&p, 0), A);
	sim_advance(&s, 1);
	EXPECT(sim_take_protocol(&s, 17, &p) && p.dst == SERVER);
	lease.ciaddr = SIM_IP;
	lease.unicast = true;
	reply(&lease, DHCP_ACK);
	EXPECT_EQ(dhcp->state, DHCP_BOUND);
	answer(r, A, 4011, DHCP_ACK);
	EXPECT_EQ(b->rc, 0);
	EXPECT(pxe_answer(&s.netif, PXE_PXEBS));
	boot_server_ask(&s.netif, PROXY, s.now_ms);
	netif_close(&s.netif);
	EXPECT_EQ(b->rc, -ECANCELED);
	sim_stop(&s);
}
