/* SPDX-License-Identifier: BSD-2-Clause */
/* The DNS resolver, talking with servers on a simulated LAN. */
#include "tests/unit/net/dns_talk.h"

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

/* RFC 1035 4.2.1, and what is longer all the same */
TEST(dns_answers_of_512_bytes_and_of_a_whole_packet_are_read)
{
	static const size_t sizes[] = { 512, 1472 };
	uint8_t records[1472];
	struct sim_packet p;

	for (unsigned i = 0; i < 2; i++) {
		size_t len = sizes[i] - (12 + 14 + 4), text = len - 16 - 12;

		memcpy(records, "\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x00", 12);     /* TXT */
		sim_put16(records + 10, (uint16_t)text);
		memset(records + 12, 't', text);
		memcpy(records + 12 + text, ADDRESS, 16);
		begin(1);
		start("boot.example");
		EXPECT_EQ(take(&p), 0);
		reply_with(&p, 0x8180, 2, records, len);
		EXPECT_EQ(q.rc, 0);
		EXPECT_EQ(q.address[0], SIM_ADDR(10, 1, 2, 3));
		end();
	}
}

/* RFC 1035 4.1.1, RFC 2136 2.2: every code but "no such name" is the next server's turn. */
TEST(dns_every_other_code_is_the_next_servers_turn)
{
	struct sim_packet p;

	for (unsigned code = 1; code < 16; code++) {
		begin(2);
		start("boot.example");
		EXPECT_EQ(take(&p), 0);
		refuse(&p, code);
		EXPECT_EQ(q.rc, code == 3 ? -ENOENT : -EINPROGRESS);
		EXPECT_EQ(take(&p), code == 3 ? -1 : 1);
		end();
	}
}

/* A failing server's records are not believed. */
TEST(dns_addresses_beside_an_error_are_not_used)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	reply_with(&p, 0x8182, 1, ADDRESS, 16);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	EXPECT_EQ(take(&p), 1);
	reply_with(&p, 0x8183, 1, ADDRESS, 16);
	EXPECT_EQ(q.rc, -ENOENT);
	EXPECT_EQ(q.address_count, 0);
	end();
}

/* RFC 6604 3: the code is that of the chain's last name. */
TEST(dns_alias_of_no_name_is_no_such_name)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	reply_with(&p, 0x8183, 1, "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x02" "w3" "\xc0\x11", 17);
	expect_failure(-ENOENT, "no such name as boot.example");
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_asks_an_alias_by_a_new_id)
{
	struct sim_packet p;
	unsigned same = 0;

	for (unsigned i = 0; i < 50; i++) {
		uint16_t id;

		begin(1);
		start("boot.example");
		EXPECT_EQ(take(&p), 0);
		id = sim_get16(p.data);
		reply_with(&p, 0x8180, 1, "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x02" "w3" "\xc0\x11", 17);
		EXPECT_EQ(take(&p), 0);
		same += sim_get16(p.data) == id || sim_get16(p.data) == (uint16_t)(id + 1);
		end();
	}
	EXPECT(same <= 1);
}

TEST(dns_asks_without_edns_and_for_recursion)
{
	struct sim_packet p;

	begin(1);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	EXPECT_MEM(p.data + 2, "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10); /* RD alone; one question; no OPT (RFC 6891 6.1.1) */
	EXPECT_EQ(p.data_len, 12 + 14 + 4);
	end();
}

/* The longest that can be asked about, and a byte more. */
TEST(dns_longest_name_is_asked_about_and_no_longer_one)
{
	struct sim_packet p;
	char name[300];

	for (unsigned i = 0; i < sizeof name; i++)
		name[i] = i % 64 == 63 ? '.' : 'a';
	begin(1);
	name[253] = '\0';
	start(name);
	EXPECT_EQ(take(&p), 0);
	EXPECT_EQ(p.data_len, 12 + 255 + 4);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	dns_stop(&q);
	name[253] = 'a';
	name[254] = '\0';
	start(name);
	expect_failure(-EINVAL, "is not a host name");
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_search_domain_that_makes_a_name_too_long_is_an_error)
{
	char domain[250];

	begin(1);
	for (unsigned i = 0; i < sizeof domain; i++)
		domain[i] = i % 2 ? '.' : 'd';
	settings_store(&s.netif.settings, TAG_DOMAIN, NULL, domain, 249);
	start("boot");
	expect_failure(-EINVAL, "\"boot\" is not a host name");
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_addresses_that_are_almost_dotted_quads_are_asked_about)
{
	static const char *const names[] = { "10.0.2", "10.0.2.256", "1.2.3.4.5", "0x0a.0.0.1" };
	struct sim_packet p;

	begin(1);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		start(names[i]);
		EXPECT_EQ(q.rc, -EINPROGRESS);
		EXPECT_EQ(take(&p), 0);
		dns_stop(&q);
	}
	end();
}

/* RFC 4291 2.2: addresses of IPv6, which is not spoken here, are no names. */
TEST(dns_ipv6_addresses_are_not_asked_about)
{
	static const char *const names[] = { "::", "::1", "2001:db8::1", "fe80::5054:ff:fe12:3456", "::ffff:10.0.2.2", "1:2:3:4:5:6:7:8" };

	begin(1);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		start(names[i]);
		expect_failure(-EINVAL, "is not a host name");
		dns_stop(&q);
	}
	EXPECT_SILENCE(&s);
	end();
}

/* CVE-2018-12178: whatever part of an answer arrives, it ends well or is not believed, and the next server is asked. */
TEST(dns_answer_cut_at_every_byte_is_not_believed)
{
	static const char records[] = "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x05\x02" "w3" "\xc0\x11"
	                              "\x02" "w3" "\xc0\x11\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x00\x00\x01";
	uint8_t message[200];
	struct sim_packet p;
	size_t whole = 12 + 14 + 4 + sizeof records - 1;

	for (size_t len = 0; len <= whole; len++) {
		begin(2);
		start("boot.example");
		EXPECT_EQ(take(&p), 0);
		EXPECT_EQ(make_reply(message, p.data, p.data_len, 0x8180, 2, records, sizeof records - 1), whole);
		say_bytes(&p, message, len);
		EXPECT_EQ(q.rc, len == whole ? 0 : -EINPROGRESS);
		if (len < whole) {
			EXPECT_EQ(q.address_count, 0);
			sim_advance(&s, len < 12 + 14 + 4 ? 1000 : 0);  /* without its question it is nobody's */
			EXPECT_EQ(take(&p), 1);
			reply(&p);
		}
		EXPECT_EQ(q.rc, 0);
		end();
	}
}

TEST(dns_answer_that_comes_twice_counts_once)
{
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	refuse(&p, 2);
	refuse(&p, 2);
	EXPECT_EQ(q.refusals, 1);
	EXPECT_EQ(take(&p), 1);
	EXPECT_SILENCE(&s);
	end();
}

TEST(dns_late_answer_of_the_server_before_is_not_heard)
{
	struct { uint8_t data[100]; struct sim_packet p; } first;
	struct sim_packet p;

	begin(2);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	memcpy(first.data, p.data, p.data_len);
	first.p = p;
	first.p.data = first.data;
	sim_advance(&s, 1000);
	EXPECT_EQ(take(&p), 1);
	reply(&first.p);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	end();
}

/* RFC 5737, 1122 3.2.1.3: what no server can have as its address is passed over in the list. */
TEST(dns_servers_that_no_host_can_be_are_left_out)
{
	struct sim_packet p;

	begin(1);
	settings_store(&s.netif.settings, TAG_DNS, NULL, "\x00\x00\x00\x00\xff\xff\xff\xff\xe0\x00\x00\x01\x7f\x00\x00\x01"
	                                                 "\x0a\x00\x02\x64", 20);
	start("boot.example");
	EXPECT_EQ(take(&p), 0);
	EXPECT_EQ(s.now_ms, s.start_ms);
	reply(&p);
	EXPECT_EQ(q.rc, 0);
	end();
}

/* RFC 1035 7.1: the round after this one gives each server twice the time. */
TEST(dns_silent_servers_are_asked_in_turn_for_three_rounds)
{
	static const uint32_t at[] = { 0, 1000, 2000, 3000, 5000, 7000, 9000, 13000, 17000 };
	struct sim_packet p;

	begin(3);
	start("boot.example");
	sim_advance(&s, 20999);
	EXPECT_EQ(q.rc, -EINPROGRESS);
	for (unsigned i = 0; i < 9; i++) {
		EXPECT_EQ(take(&p), (int)(i % 3));
		EXPECT_EQ(p.at_ms - s.start_ms, at[i]);
	}
	sim_advance(&s, 1);
	expect_failure(-ETIMEDOUT, "no answer about boot.example from DNS server 10.0.2.102");
	end();
}
