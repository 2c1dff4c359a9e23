/* SPDX-License-Identifier: BSD-2-Clause */
/* The DNS resolver, talking with servers on a simulated LAN. */
#include "net/dns.h"

#include "core/errors.h"
#include "net/dns_message.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define SERVER(n) SIM_ADDR(10, 0, 2, 100 + (n))

static struct sim s;
static struct dns_query q;

static void begin(unsigned servers)
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

static void end(void)
{
	dns_stop(&q);
	sim_stop(&s);
}

static void start(const char *name)
{
	dns_start(&q, &s.net, name, s.now_ms);
}

/** The next question: the number of the server it went to, or -1. */
static int take(struct sim_packet *p)
{
	return sim_take_protocol(&s, 17, p) && p->ok && p->dst_port == 53 ? (int)(p->dst - SERVER(0)) : -1;
}

/** Reply to @p with @flags and @count records of @records behind the question. */
static void reply_with(const struct sim_packet *p, uint16_t flags, unsigned count, const void *records, size_t len)
{
	uint8_t message[1400];
	struct sim_udp udp = { .src = p->dst, .dst = p->src, .src_port = 53, .dst_port = p->src_port, .data = message };

	memcpy(message, p->data, p->data_len);
	sim_put16(message + 2, flags);
	sim_put16(message + 6, (uint16_t)count);
	memcpy(message + p->data_len, records, len);
	udp.len = p->data_len + len;
	sim_send_udp(&s, &udp);
}
#define ADDRESS "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x01\x02\x03"

static void reply(const struct sim_packet *p)
{
	reply_with(p, 0x8180, 1, ADDRESS, 16);
}

static void refuse(const struct sim_packet *p, unsigned code)
{
	reply_with(p, (uint16_t)(0x8180 | code), 0, "", 0);
}

static void expect_failure(int rc, const char *words)
{
	char text[300];

	EXPECT_EQ(q.rc, rc);
	error_format(text, sizeof text, q.rc);
	if (!strstr(text, words))
		test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", text, words);
}

TEST(dns_resolves_a_name)
{
	struct sim_packet p;

	begin(1);
	start("boot.example");
	EXPECT_EQ(q.rc, -EINPROGRESS);
	EXPECT_EQ(take(&p), 0);
	EXPECT(p.src_port >= 49152);
	EXPECT_EQ(p.data_len, 12 + 14 + 4);
	EXPECT_MEM(p.data + 2, "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04" "boot" "\x07" "example" "\x00\x00\x01\x00\x01", 28);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address_count, 1);
	EXPECT_EQ(q.address[0], SIM_ADDR(10, 1, 2, 3));
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_does_not_ask_about_addresses)
{
	begin(1);
	start("192.0.2.7");
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address[0], SIM_ADDR(192, 0, 2, 7));
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_refuses_names_that_are_none)
{
	static const char *const names[] = { "", ".", "a..b", "has space", "a\x01", "::1" };
	char name[400];

	begin(1);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		start(names[i]);
		EXPECT_EQ(q.rc, -EINVAL);
		dns_stop(&q);
	}
	memset(name, 'x', sizeof name);
	name[64] = '\0';
	start(name);
	EXPECT_EQ(q.rc, -EINVAL);
	name[64] = 'x';
	name[399] = '\0';
	start(name);
	expect_failure(-EINVAL, "is not a host name");
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_without_a_server)
{
	begin(0);
	start("boot.example");
	expect_failure(-ENETUNREACH, "no DNS server");
	end();
}

TEST(dns_without_a_way)
{
	sim_start(&s);
	settings_set("dns", "10.0.2.3");
	start("boot.example");
	expect_failure(-ENETUNREACH, "no interface has an address");
	end();
}

TEST(dns_passes_over_servers_to_which_there_is_no_way)
{
	struct sim_packet p;

	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, 0);
	sim_add_host(&s, SERVER(0));
	settings_store(&s.netif.settings, TAG_DNS, NULL, "\xc0\x00\x02\x01\x0a\x00\x02\x64", 8);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	EXPECT_EQ(s.now_ms, s.start_ms);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	dns_stop(&q);
	settings_store(&s.netif.settings, TAG_DNS, NULL, "\xc0\x00\x02\x01\xc0\x00\x02\x02", 8);
	start("boot.example");
	sim_settle(&s);
	sim_advance(&s, 1);
	expect_failure(-ENETUNREACH, "192.0.2.2 is not on our network and there is no gateway");
	end();
}

TEST(dns_uses_the_search_domain_for_single_labels)
{
	struct sim_packet p;

	begin(1);
	settings_store(&s.netif.settings, TAG_DOMAIN, NULL, "lan.example", 11);
	start("boot");
	EXPECT_EQ(take(&p), 0);
	EXPECT_MEM(p.data + 12, "\x04" "boot" "\x03" "lan" "\x07" "example" "\x00", 18);
	EXPECT_STR(q.name, "boot.lan.example");
	dns_stop(&q);
	start("boot.");
	EXPECT_EQ(take(&p), 0);
	EXPECT_MEM(p.data + 12, "\x04" "boot" "\x00", 6);
	end();
}

/* RFC 5452: from the server asked, to the port and about the question and by the id that it was asked. */
TEST(dns_hears_only_the_server_it_asked)
{
	struct sim_packet p, forged;
	uint8_t data[100];

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	memcpy(data, p.data, p.data_len);
	p.data = data;
	forged = p, forged.dst = SERVER(1);
	reply(&forged);
	forged = p, forged.src_port = p.src_port + 1;
	reply(&forged);
	data[1] ^= 1;
	reply(&p);
	data[1] ^= 1, data[13] ^= 1;
	reply(&p);
	data[13] ^= 1;
	reply_with(&p, 0x0180, 1, ADDRESS, 16); /* a question */
	EXPECT_EQ(q.rc, -EINPROGRESS);
	data[14] ^= 0x20;                       /* another case is the same name */
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	end();
}

TEST(dns_from_another_port_is_not_heard)
{
	struct sim_packet p;
	uint8_t message[100];
	struct sim_udp udp = { .src = SERVER(0), .dst = SIM_IP, .src_port = 54, .data = message };

	begin(1);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	memcpy(message, p.data, p.data_len);
	sim_put16(message + 2, 0x8180);
	sim_put16(message + 6, 1);
	memcpy(message + p.data_len, ADDRESS, 16);
	udp.len = p.data_len + 16;
	udp.dst_port = p.src_port;
	sim_send_udp(&s, &udp);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	end();
}

TEST(dns_ids_and_ports_differ)
{
	uint16_t ids[20], ports[20];
	unsigned same = 0;

	begin(1);
	for (unsigned i = 0; i < 20; i++) {
		start("boot.example");
		ids[i] = q.id;
		ports[i] = q.socket.local_port;
		for (unsigned k = 0; k < i; k++)
			same += ids[k] == ids[i] || ports[k] == ports[i];
		dns_stop(&q);
	}
	EXPECT(same <= 2);
	end();
}

TEST(dns_three_dead_servers_and_a_live_one)
{
	struct sim_packet p;

	begin(4);
	start("boot.example");
	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(take(&p), i);
		if (i < 3)
			sim_advance(&s, 1000);
	}
	EXPECT(s.now_ms - s.start_ms <= 6000);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	end();
}

TEST(dns_silent_server_is_asked_three_times)
{
	static const uint32_t at[] = { 0, 1000, 3000 };
	struct sim_packet p;

	begin(1);
	start("boot.example");
	sim_advance(&s, 6999);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	for (unsigned i = 0; i < 3; i++) {
		EXPECT_EQ(take(&p), 0);
		EXPECT_EQ(p.at_ms - s.start_ms, at[i]);
	}
	sim_advance(&s, 1);
	expect_failure(-ETIMEDOUT, "no answer about boot.example from DNS server 10.0.2.100");
	sim_advance(&s, 10000);
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_no_such_name_ends_it)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	take(&p);
	refuse(&p, 3);
	expect_failure(-ENOENT, "no such name as boot.example (DNS server 10.0.2.100)");
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_no_address_ends_it)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	take(&p);
	refuse(&p, 0);
	expect_failure(-ENOENT, "boot.example has no IPv4 address");
	end();
}

TEST(dns_failing_servers_are_passed_over_at_once)
{
	struct sim_packet p;

	begin(3);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	refuse(&p, 2);
	EXPECT_EQ(take(&p), 1);
	refuse(&p, 5);
	EXPECT_EQ(take(&p), 2);
	EXPECT_EQ(s.now_ms, s.start_ms);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	end();
}

TEST(dns_all_servers_fail)
{
	struct sim_packet p;

	begin(3);
	start("boot.example");
	while (take(&p) >= 0)
		refuse(&p, p.dst == SERVER(2) ? 5 : 2);
	expect_failure(-EPROTO, "DNS server 10.0.2.102 cannot resolve boot.example (code 5)");
	EXPECT_EQ(s.now_ms, s.start_ms);
	end();
}

TEST(dns_closed_port_is_passed_over_at_once)
{
	uint8_t packet[100];
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	sim_send_ip(&s, packet, sim_build_icmp(packet, SERVER(0), SIM_IP, 3, 3, 0, p.ip, 28));
	EXPECT_EQ(take(&p), 1);
	EXPECT_EQ(s.now_ms, s.start_ms);
	end();
}

TEST(dns_truncated_answer_is_used_if_it_says_enough)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	take(&p);
	reply_with(&p, 0x8380, 9, ADDRESS, 16);
	EXPECT_EQ(q.rc, 0);
	EXPECT_EQ(q.address_count, 1);
	dns_stop(&q);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	reply_with(&p, 0x8380, 0, "", 0);
	EXPECT_EQ(take(&p), 1);
	end();
}

TEST(dns_malformed_answer_is_the_next_servers_turn)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	reply_with(&p, 0x8180, 1, "\xc0\xff", 2);
	EXPECT_EQ(take(&p), 1);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	end();
}

TEST(dns_asks_about_an_alias)
{
	struct sim_packet p;
	uint16_t id;

	begin(1);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	id = q.id;
	reply_with(&p, 0x8180, 1, "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x02" "w3" "\xc0\x11", 17);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	EXPECT_EQ(take(&p), 0);
	EXPECT(q.id != id);
	EXPECT_MEM(p.data + 12, "\x02" "w3" "\x07" "example" "\x00", 12);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	EXPECT_STR(q.name, "boot.example");
	end();
}

TEST(dns_alias_chains_end)
{
	struct sim_packet p;
	unsigned asked = 0;

	begin(1);
	start("boot.example");
	while (asked < 50 && take(&p) == 0) {
		asked++;
		if (asked % 2)
			reply_with(&p, 0x8180, 1, "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x02" "w3" "\xc0\x11", 17);
		else
			reply_with(&p, 0x8180, 1, "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x07\x04" "boot" "\xc0\x0f", 19);
	}
	expect_failure(-ELOOP, "boot.example: more than 8 aliases");
	EXPECT_EQ(asked, 9);
	end();
}

TEST(dns_stop_in_the_middle)
{
	struct sim_packet p;

	begin(1);
	start("boot.example");
	take(&p);
	dns_stop(&q);
	EXPECT_EQ(q.rc, -ECANCELED);
	reply(&p);
	sim_advance(&s, 10000);
	EXPECT_EQ(q.rc, -ECANCELED);
	end();
}

TEST(dns_two_questions_at_once)
{
	static struct dns_query second;
	struct sim_packet p;
	struct { uint8_t data[100]; struct sim_packet p; } first;

	begin(1);
	start("boot.example");
	dns_start(&second, &s.net, "else.example", s.now_ms);
	EXPECT_EQ(take(&p), 0);
	memcpy(first.data, p.data, p.data_len);
	first.p = p;
	first.p.data = first.data;
	EXPECT_EQ(take(&p), 0);
	reply(&p);
	EXPECT_EQ(second.rc, 0);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	reply(&first.p);
	EXPECT_EQ(q.rc, 0);
	dns_stop(&second);
	end();
}
