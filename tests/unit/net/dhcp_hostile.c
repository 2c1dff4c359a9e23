/* SPDX-License-Identifier: BSD-2-Clause */
/* The DHCP client among servers, relays and others that do what they should not. */
#include "tests/unit/net/dhcp_talk.h"

#include "core/errors.h"
#include "core/heap.h"

#define OTHER SIM_ADDR(10, 0, 2, 3)

/** Send @len raw bytes from the server's port to the client's. */
static void say_bytes(const uint8_t *bytes, size_t len)
{
	struct sim_udp udp = { .src = SERVER, .dst = 0xffffffff, .src_port = 67, .dst_port = 68, .data = bytes, .len = len };

	sim_send_udp(&s, &udp);
}

/** The bytes of @r as @type, with the client's xid. */
static size_t bytes_of(uint8_t *bytes, const struct reply *r, uint8_t type)
{
	struct reply copy = *r;

	copy.type = type;
	copy.xid = r->xid ? r->xid : dhcp->listener.xid;
	return build(bytes, &copy);
}

/** A good server comes by: the client must still take its lease. */
static void expect_a_good_server_serves(void)
{
	struct sim_packet p;

	sim_discard(&s);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.netmask, SIM_NETMASK);
	sim_stop(&s);
}

/* ---- whose answer it is ------------------------------------------------------------------------------------------------------ */

TEST(each_message_type_counts_in_its_own_state_alone)
{
	struct sim_packet p;

	begin();
	take(&p);
	for (unsigned type = 0; type < 256; type++)
		if (type != DHCP_OFFER)
			reply(&usual, (uint8_t)type);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_EQ(dhcp->offered_ip, 0);
	EXPECT_SILENCE(&s);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	for (unsigned type = 0; type < 256; type++)
		if (type != DHCP_ACK && type != DHCP_NAK)
			reply(&usual, (uint8_t)type);
	EXPECT_EQ(dhcp->state, DHCP_REQUESTING);
	EXPECT_SILENCE(&s);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	sim_stop(&s);
}

/* A relay or a switch that sends our own message back. */
TEST(our_own_message_is_no_answer)
{
	struct sim_packet p;
	uint8_t own[600];

	begin();
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	memcpy(own, p.data, p.data_len);
	say_bytes(own, p.data_len);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_SILENCE(&s);
	expect_a_good_server_serves();
}

TEST(a_nak_that_names_no_server_is_ignored)
{
	struct reply nameless = usual;
	struct sim_packet p;

	begin();
	take(&p);
	reply(&usual, DHCP_OFFER);
	take(&p);
	nameless.server = 0;
	nameless.from = SERVER;
	reply(&nameless, DHCP_NAK);
	EXPECT_EQ(dhcp->state, DHCP_REQUESTING);
	EXPECT_EQ(dhcp->naks, 0);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	sim_stop(&s);
}

TEST(a_nak_without_an_end_marker_is_one)
{
	struct reply nak = usual;
	struct sim_packet p;

	begin();
	take(&p);
	reply(&usual, DHCP_OFFER);
	take(&p);
	nak.no_end = true;
	nak.mask = nak.gateway = nak.lease_s = nak.yiaddr = 0;
	reply(&nak, DHCP_NAK);
	EXPECT_EQ(dhcp->naks, 1);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	sim_stop(&s);
}

/* RFC 2131 4.1: so that an answer to the question before is not taken for one to this. */
TEST(each_attempt_has_its_own_xid_and_the_old_one_is_deaf)
{
	struct reply late = usual;
	struct sim_packet p;
	uint32_t before;

	begin();
	take(&p);
	before = sim_get32(p.data + 4);
	reply(&usual, DHCP_OFFER);
	take(&p);
	EXPECT_EQ(sim_get32(p.data + 4), before);
	reply(&usual, DHCP_NAK);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	EXPECT(sim_get32(p.data + 4) != before);
	late.xid = before;
	reply(&late, DHCP_OFFER);
	reply(&late, DHCP_ACK);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(requests_count_their_seconds_from_the_first_discover)
{
	struct sim_packet p;

	begin();
	sim_advance(&s, 5000);
	sim_discard(&s);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	EXPECT_EQ(sim_get16(p.data + 8), 5);
	sim_stop(&s);
}

/* URGENT/11's forged DHCP (CVE-2019-12264): what nobody asked for assigns nothing, in no state. */
static void forge(uint32_t xid)
{
	struct reply forged = usual;

	forged.yiaddr = SIM_ADDR(10, 6, 6, 6);
	forged.xid = xid;
	for (unsigned type = DHCP_OFFER; type <= 8; type++) {
		reply(&forged, (uint8_t)type);
		forged.unicast = !forged.unicast;
	}
}

TEST(unsolicited_answers_change_nothing_before_anything_was_asked)
{
	sim_start(&s);
	forge(0x12345678);
	EXPECT_EQ(dhcp->state, DHCP_IDLE);
	EXPECT_EQ(s.netif.ip, 0);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(unsolicited_answers_change_nothing_after_it_was_given_up)
{
	uint32_t xid;

	sim_start(&s);
	dhcp_start(&s.netif, 1500, s.now_ms);
	xid = dhcp->listener.xid;
	sim_advance(&s, 1500);
	EXPECT_EQ(dhcp->rc, -ETIMEDOUT);
	sim_discard(&s);
	forge(xid);
	EXPECT_EQ(dhcp->state, DHCP_IDLE);
	EXPECT_EQ(s.netif.ip, 0);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(unsolicited_answers_change_nothing_while_requesting)
{
	struct sim_packet p;

	begin();
	take(&p);
	reply(&usual, DHCP_OFFER);
	take(&p);
	forge(dhcp->listener.xid ^ 1);
	EXPECT_EQ(dhcp->state, DHCP_REQUESTING);
	EXPECT_EQ(dhcp->offered_ip, SIM_IP);
	EXPECT_EQ(s.netif.ip, 0);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(unsolicited_answers_change_nothing_while_renewing_and_rebinding)
{
	struct reply r = usual;
	uint32_t bound_xid;

	begin();
	r.lease_s = 80;
	bound_xid = dhcp->listener.xid;
	bind_with(&r);
	sim_add_host(&s, SERVER);
	sim_advance(&s, 41000);
	EXPECT_EQ(dhcp->state, DHCP_RENEWING);
	EXPECT(dhcp->listener.xid != bound_xid);
	forge(bound_xid);
	EXPECT_EQ(dhcp->state, DHCP_RENEWING);
	sim_advance(&s, 30000);
	EXPECT_EQ(dhcp->state, DHCP_REBINDING);
	forge(bound_xid);
	forge(dhcp->listener.xid ^ 0x80000000);
	EXPECT_EQ(dhcp->state, DHCP_REBINDING);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

/* Even with the right xid an answer may only prolong the address that we have. */
TEST(another_address_is_not_taken_by_renewing)
{
	struct reply r = usual;

	begin();
	r.lease_s = 80;
	bind_with(&r);
	sim_add_host(&s, SERVER);
	sim_advance(&s, 41000);
	r.yiaddr = SIM_ADDR(10, 0, 2, 99);
	reply(&r, DHCP_ACK);
	EXPECT_EQ(dhcp->state, DHCP_RENEWING);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

/* ---- relays ------------------------------------------------------------------------------------------------------------------ */

/** Send @r as a relay does: from its own address and MAC, its address in giaddr. */
static void relayed(const struct reply *r, uint8_t type, uint8_t hops, uint32_t dst)
{
	uint8_t bytes[1500], packet[1600], frame[1700];
	size_t len = bytes_of(bytes, r, type);
	struct sim_udp udp = { .src = SIM_GATEWAY, .dst = dst, .src_port = 67, .dst_port = 68, .data = bytes, .len = len };

	bytes[3] = hops;
	sim_put32(bytes + 24, SIM_GATEWAY);
	len = sim_build_udp(packet, &udp);
	sim_send_frame(&s, frame, sim_build_frame(frame, dst == 0xffffffff ? eth_broadcast : sim_stack_mac,
	                                          (const uint8_t *)"\x02\x00\x00\x00\x09\x09", ETH_TYPE_IPV4, packet, len));
}

TEST(a_relays_answers_are_taken_broadcast_or_not)
{
	for (unsigned unicast = 0; unicast < 2; unicast++) {
		struct reply far = usual;
		struct sim_packet p;
		const uint8_t *v;

		begin();
		take(&p);
		far.server = SIM_ADDR(192, 0, 2, 67);   /* it is elsewhere */
		relayed(&far, DHCP_OFFER, 1, unicast ? SIM_IP : 0xffffffff);
		EXPECT_EQ(take(&p), DHCP_REQUEST);
		EXPECT_EQ(p.dst, 0xffffffff);
		EXPECT(option(&p, 54, &v) == 4 && sim_get32(v) == far.server);
		EXPECT_EQ(sim_get32(p.data + 24), 0);   /* giaddr is the relay's to fill in */
		relayed(&far, DHCP_ACK, 1, unicast ? SIM_IP : 0xffffffff);
		EXPECT_EQ(dhcp->rc, 0);
		EXPECT_EQ(s.netif.ip, SIM_IP);
		sim_stop(&s);
	}
}

TEST(a_server_behind_a_relay_is_asked_to_renew_by_the_gateway)
{
	struct reply far = usual;
	struct sim_packet p;
	uint8_t gateway_mac[6];

	begin();
	far.server = SIM_ADDR(192, 0, 2, 67);
	far.from = SIM_GATEWAY;
	bind_with(&far);
	sim_add_host(&s, SIM_GATEWAY);
	sim_advance(&s, 1800000);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	EXPECT_EQ(p.dst, far.server);
	sim_mac(SIM_GATEWAY, gateway_mac);
	EXPECT_MEM(p.eth_dst, gateway_mac, 6);
	sim_stop(&s);
}

TEST(what_went_through_too_many_relays_is_ignored)
{
	struct sim_packet p;

	begin();
	take(&p);
	relayed(&usual, DHCP_OFFER, 17, 0xffffffff);
	relayed(&usual, DHCP_OFFER, 255, 0xffffffff);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_SILENCE(&s);
	expect_a_good_server_serves();
}

/* ---- addresses and masks ----------------------------------------------------------------------------------------------------- */

TEST(an_address_without_a_mask_has_its_classes)
{
	static const struct { uint32_t ip, mask; } cases[] = {
		{ SIM_ADDR(10, 0, 2, 15), 0xff000000 }, { SIM_ADDR(126, 1, 1, 1), 0xff000000 }, { SIM_ADDR(128, 0, 0, 1), 0xffff0000 },
		{ SIM_ADDR(172, 16, 5, 5), 0xffff0000 }, { SIM_ADDR(191, 255, 0, 1), 0xffff0000 }, { SIM_ADDR(192, 168, 1, 9), 0xffffff00 },
		{ SIM_ADDR(223, 255, 255, 1), 0xffffff00 },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reply bare = usual;
		struct sim_packet p;

		begin();
		take(&p);
		bare.mask = 0;
		bare.yiaddr = cases[i].ip;
		reply(&bare, DHCP_OFFER);
		sim_advance(&s, 1125);
		EXPECT_EQ(take(&p), DHCP_REQUEST);
		reply(&bare, DHCP_ACK);
		EXPECT_EQ(s.netif.ip, cases[i].ip);
		EXPECT_EQ(s.netif.netmask, cases[i].mask);
		sim_stop(&s);
	}
}

/* Point to point, as clouds hand it out: one address, and a gateway elsewhere. */
TEST(a_host_route_lease_is_taken)
{
	struct reply r = usual;
	struct ipv4_route route;

	begin();
	r.mask = 0xffffffff;
	r.gateway = SIM_ADDR(169, 254, 1, 1);
	bind_with(&r);
	EXPECT_EQ(s.netif.netmask, 0xffffffff);
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(192, 0, 2, 1), &route), 0);
	EXPECT_EQ(route.next_hop, r.gateway);
	sim_stop(&s);
}

TEST(a_gateway_that_is_no_hosts_address_is_none)
{
	static const uint32_t bad[] = {
		0xffffffff, SIM_ADDR(127, 0, 0, 1), SIM_ADDR(224, 0, 0, 2), SIM_ADDR(0, 0, 0, 1), SIM_ADDR(255, 255, 255, 0),
	};

	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct reply r = usual;

		begin();
		r.gateway = bad[i];
		bind_with(&r);
		EXPECT_EQ(s.netif.gateway, 0);
		sim_stop(&s);
	}
}

/* ---- lengths ----------------------------------------------------------------------------------------------------------------- */

/* CVE-2018-20679, CVE-2026-88833, CVE-2009-0692: options of 4 bytes that have others. */
static void lengths_of_option(uint8_t tag, const uint8_t lengths[5])
{
	for (unsigned i = 0; i < 5; i++) {
		struct reply r = usual;
		uint8_t value[255];
		struct sim_packet p;

		memset(value, 10, sizeof value);
		if (tag == 1)
			r.mask = 0;
		else if (tag == 3)
			r.gateway = 0;
		else if (tag == 51)
			r.lease_s = 0;
		else if (tag == 54)
			r.server = 0, r.from = SERVER;
		begin();
		take(&p);
		add_option(&r, tag, value, lengths[i]);
		reply(&r, DHCP_OFFER);
		sim_advance(&s, 1125);
		if (tag == 54) {
			EXPECT_EQ(dhcp->state, DHCP_SELECTING);
		} else {
			EXPECT_EQ(dhcp->state, DHCP_REQUESTING);
			reply(&r, DHCP_ACK);
			EXPECT_EQ(dhcp->rc, 0);
			EXPECT_EQ(s.netif.netmask, tag == 1 ? 0xff000000 : SIM_NETMASK);
			EXPECT_EQ(s.netif.gateway, tag == 3 ? (lengths[i] < 4 ? 0 : 0x0a0a0a0a) : SIM_GATEWAY);
			EXPECT_EQ(s.netif.ip, SIM_IP);
		}
		sim_stop(&s);
	}
}
static const uint8_t wrong_lengths[5] = { 0, 1, 3, 5, 255 };

TEST(a_netmask_of_another_length_is_none) { lengths_of_option(1, wrong_lengths); }
TEST(a_list_of_routers_counts_as_far_as_it_is_whole) { lengths_of_option(3, wrong_lengths); }
TEST(name_servers_of_odd_lengths_do_no_harm) { lengths_of_option(6, wrong_lengths); }
TEST(a_lease_time_of_another_length_is_none) { lengths_of_option(51, wrong_lengths); }
TEST(a_server_id_of_another_length_is_none) { lengths_of_option(54, wrong_lengths); }

/* EDK2's boundary check that releases did not have: a message of every length, up to all that a frame can hold. */
TEST(offers_of_every_length_leave_a_client_that_can_be_served)
{
	uint8_t bytes[1500];
	struct reply r = usual;
	struct sim_packet p;

	begin();
	take(&p);
	r.server = 0;                           /* not usable, so that the state stays */
	memset(bytes, 0, sizeof bytes);
	bytes_of(bytes, &r, DHCP_OFFER);
	memset(bytes + 243, 0xd2, sizeof bytes - 243);  /* options of 210 bytes, one behind the other */
	for (size_t len = 0; len <= 1472; len++)
		say_bytes(bytes, len);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_SILENCE(&s);
	expect_a_good_server_serves();
}

/* One of the most bytes that we announce is taken whole: its last option counts. */
TEST(a_lease_of_1472_bytes_is_taken_to_its_last_option)
{
	uint8_t bytes[1500];
	struct sim_packet p;
	size_t len;

	begin();
	take(&p);
	for (uint8_t type = DHCP_OFFER; type != 0; type = type == DHCP_OFFER ? DHCP_ACK : 0) {
		len = bytes_of(bytes, &usual, type) - 1;
		memset(bytes + len, 0, sizeof bytes - len);     /* a run of pads */
		memcpy(bytes + 1472 - 6, "\x0f\x04last", 6);
		say_bytes(bytes, 1472);
		sim_discard(&s);
	}
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_SETTING(15, "last");
	sim_stop(&s);
}

/* A value joined from parts may have up to 1472 bytes; one that would be longer is left out, and only that. */
TEST(an_option_longer_than_any_message_is_left_out)
{
	static uint8_t bytes[9000];
	struct settings_scope scope = { 0 };
	struct dhcp_message m;
	size_t at, have = 0;

	begin();
	at = bytes_of(bytes, &usual, DHCP_ACK) - 1;
	for (unsigned i = 0; i < 30; i++, at += 257) {
		memset(bytes + at, 'a', 257);
		bytes[at] = 67;
		bytes[at + 1] = 255;
	}
	memcpy(bytes + at, "\x0f\x03lan\xff", 6);
	EXPECT_EQ(dhcp_message_parse(&m, bytes, sizeof bytes), 0);
	EXPECT(!dhcp_message_has_file(&m));
	settings_attach(&scope, settings_root(), "test");
	dhcp_message_store(&m, &scope);
	EXPECT(settings_find(&scope, 67, NULL, false, &have) == NULL);
	EXPECT(settings_find(&scope, 15, NULL, false, &have) != NULL && have == 3);
	settings_detach(&scope);
	sim_stop(&s);
}

TEST(a_joined_value_has_exactly_the_bytes_there_is_room_for)
{
	struct reply r = usual;
	struct dhcp_message m;
	uint8_t bytes[1500], value[10];
	size_t len;

	begin();
	add_option(&r, 210, "abcde", 5);
	add_option(&r, 210, "fghi", 4);
	len = bytes_of(bytes, &r, DHCP_ACK);
	EXPECT_EQ(dhcp_message_parse(&m, bytes, len), 0);
	EXPECT_EQ(dhcp_message_option(&m, 210, value, 8), -1);
	EXPECT_EQ(dhcp_message_option(&m, 210, value, 9), 9);
	EXPECT_EQ(dhcp_message_option(&m, 210, value, 10), 9);
	EXPECT_MEM(value, "abcdefghi", 9);
	sim_stop(&s);
}

/* CVE-2025-0624: names as long as options can make them. */
TEST(names_of_the_greatest_length_are_stored_whole)
{
	static const uint8_t tags[] = { 17, 66, 67, 210 };
	char name[601];

	memset(name, 'n', sizeof name);
	for (unsigned i = 0; i < sizeof tags; i++) {
		struct reply r = usual;
		const uint8_t *v;

		begin();
		for (unsigned part = 0; part < 2; part++)
			add_option(&r, tags[i], name, 255);
		bind_with(&r);
		EXPECT_EQ(setting(tags[i], &v), 510);
		EXPECT_MEM(v, name, 510);
		sim_stop(&s);
	}
}

/* ---- options that we have no use for ----------------------------------------------------------------------------------------- */

/** Bind with @len bytes of option @tag: gateway and address are as if it were not there. */
static void does_no_harm(uint8_t tag, const char *bytes, size_t len)
{
	struct ipv4_route route;
	struct reply r = usual;

	begin();
	add_option(&r, tag, bytes, len);
	bind_with(&r);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	EXPECT_EQ(s.netif.netmask, SIM_NETMASK);
	EXPECT_EQ(ipv4_route(&s.net, SIM_ADDR(192, 0, 2, 1), &route), 0);
	EXPECT_EQ(route.next_hop, SIM_GATEWAY);
	sim_stop(&s);
}
#define DOES_NO_HARM(tag, bytes) does_no_harm(tag, bytes, sizeof(bytes) - 1)

/* RFC 3442: neither asked for nor used, so widths beyond 32 bits and routes cut short mean nothing. */
TEST(classless_routes_good_and_bad_are_not_used)
{
	DOES_NO_HARM(121, "\x00\x0a\x00\x02\x63");                              /* a default route */
	DOES_NO_HARM(121, "\x18\xc0\x00\x02\x0a\x00\x02\x63");
	DOES_NO_HARM(121, "\x21\xc0\x00\x02\x01\x00\x0a\x00\x02\x63");          /* 33 bits */
	DOES_NO_HARM(121, "\xff\xc0\x00\x02");
	DOES_NO_HARM(121, "\x20\xc0\x00");
	DOES_NO_HARM(121, "");
	DOES_NO_HARM(249, "\x00\x0a\x00\x02\x63");                              /* Microsoft's number for it */
}

TEST(static_routes_good_and_bad_are_not_used)
{
	DOES_NO_HARM(33, "\xc0\x00\x02\x01\x0a\x00\x02\x63");
	DOES_NO_HARM(33, "\x00\x00\x00\x00\x0a\x00\x02\x63");
	DOES_NO_HARM(33, "\xc0\x00\x02\x01\x0a");
	DOES_NO_HARM(33, "");
}

/* CVE-2020-7461: a search list is kept as the bytes it came in and expanded by nobody. */
TEST(domain_search_lists_are_not_expanded)
{
	char loops[255];

	for (size_t i = 0; i < sizeof loops; i++)
		loops[i] = i % 2 ? 0 : '\xc0';
	DOES_NO_HARM(119, "\x03" "lan\x00");
	DOES_NO_HARM(119, "\xc0\x00");                                          /* itself */
	DOES_NO_HARM(119, "\x03" "lan\xc0\x00");
	DOES_NO_HARM(119, "\xc0\xff");                                          /* beyond the end */
	DOES_NO_HARM(119, "\x3f" "short");
	does_no_harm(119, loops, sizeof loops);
}

TEST(a_domain_search_list_in_two_options_is_kept_as_its_bytes)
{
	struct reply r = usual;

	begin();
	add_option(&r, 119, "\x03" "la", 3);
	add_option(&r, 119, "n\xc0\x00", 3);
	bind_with(&r);
	EXPECT_SETTING(119, "\x03" "lan\xc0\x00");
	sim_stop(&s);
}

/* ---- options in the header's fields ------------------------------------------------------------------------------------------ */

/** Bind by messages whose options lie in file and sname too. */
static void overloaded(uint8_t overload, const char *file, size_t file_len, const char *sname, size_t sname_len)
{
	struct reply r = usual;
	struct sim_packet p;
	uint8_t bytes[1500];
	size_t len;

	r.mask = 0;
	add_option(&r, 52, &overload, 1);
	begin();
	take(&p);
	for (uint8_t type = DHCP_OFFER; type != 0; type = type == DHCP_OFFER ? DHCP_ACK : 0) {
		len = bytes_of(bytes, &r, type);
		memcpy(bytes + 108, file, file_len);
		memcpy(bytes + 44, sname, sname_len);
		say_bytes(bytes, len);
		if (type == DHCP_OFFER)
			EXPECT_EQ(take(&p), DHCP_REQUEST);      /* at once: with its mask the offer is complete */
	}
	EXPECT_EQ(dhcp->rc, 0);
}

TEST(a_mask_in_the_file_field_completes_an_offer)
{
	overloaded(1, "\x01\x04\xff\xff\xff\x00\xff", 7, "server", 6);
	EXPECT_EQ(s.netif.netmask, SIM_NETMASK);
	EXPECT_SETTING(66, "server");
	sim_stop(&s);
}

TEST(a_mask_in_the_name_field_completes_an_offer)
{
	overloaded(2, "file", 4, "\x01\x04\xff\xff\xff\x00\xff", 7);
	EXPECT_EQ(s.netif.netmask, SIM_NETMASK);
	EXPECT_SETTING(67, "file");
	sim_stop(&s);
}

TEST(a_mask_divided_between_file_and_name_completes_an_offer)
{
	overloaded(3, "\x01\x02\xff\xff\xff", 5, "\x01\x02\xff\x00\xff", 5);
	EXPECT_EQ(s.netif.netmask, SIM_NETMASK);
	sim_stop(&s);
}

/* ---- the lease's time -------------------------------------------------------------------------------------------------------- */

TEST(a_lease_of_a_minute_lasts_through_ten_minutes)
{
	struct reply r = usual;
	struct sim_packet p;
	unsigned renewals = 0;

	begin();
	r.lease_s = 60;
	bind_with(&r);
	r.ciaddr = SIM_IP;
	r.unicast = true;
	sim_add_host(&s, SERVER);
	for (unsigned second = 0; second < 600; second++) {
		sim_advance(&s, 1000);
		EXPECT_EQ(s.netif.ip, SIM_IP);
		while (take(&p) == DHCP_REQUEST) {
			renewals++;
			reply(&r, DHCP_ACK);
		}
	}
	EXPECT_EQ(renewals, 20);                /* at half of each */
	sim_stop(&s);
}

/* RFC 2131 4.4.5: T1 before T2 before the end, or else half and seven eighths. */
TEST(renewal_times_that_make_no_sense_are_replaced)
{
	static const struct { uint32_t t1, t2, renews_s; } cases[] = {
		{ 100, 200, 100 }, { 200, 100, 400 }, { 100, 900, 400 }, { 0, 500, 400 }, { 100, 100, 400 }, { 0xffffffff, 0xffffffff, 400 },
		{ 100, 800, 400 }, { 1, 799, 1 },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reply r = usual;
		struct sim_packet p;

		begin();
		r.lease_s = 800;
		put4(r.options, 58, cases[i].t1);
		put4(r.options + 6, 59, cases[i].t2);
		r.options_len = 12;
		bind_with(&r);
		sim_add_host(&s, SERVER);
		sim_advance(&s, cases[i].renews_s * 1000 - 1);
		EXPECT_EQ(take(&p), 0);
		sim_advance(&s, 1);
		EXPECT_EQ(take(&p), DHCP_REQUEST);
		sim_stop(&s);
	}
}

/* ---- several servers --------------------------------------------------------------------------------------------------------- */

/* Whatever the order in which they answer: the best of those that came is the best. */
TEST(the_best_offer_does_not_depend_on_the_order)
{
	static const uint8_t orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct reply offers[3];

	offers[0] = usual, offers[0].server = OTHER, offers[0].file = "other-lease";
	offers[1] = proxy_reply(), offers[1].server = SIM_ADDR(10, 0, 2, 8);
	offers[2] = proxy_reply(), offers[2].file = "proxy-file";
	for (unsigned i = 0; i < 6; i++) {
		struct dhcp_message m;
		int best;

		begin();
		bind_with(&usual);
		for (unsigned n = 0; n < 3; n++)
			reply(&offers[orders[i][n]], DHCP_OFFER);
		best = dhcp_offers_best(&dhcp->offers, SERVER);
		EXPECT(best >= 0 && dhcp_offers_get(&dhcp->offers, (unsigned)best, &m) && m.from == PROXY);
		sim_stop(&s);
	}
}

TEST(a_thousand_servers_take_no_more_than_their_places)
{
	struct reply r = proxy_reply();

	begin();
	r.file = "x";
	for (uint32_t i = 0; i < 1000; i++) {
		r.server = SIM_ADDR(10, 1, 0, 1) + i;
		reply(&r, DHCP_OFFER);
	}
	EXPECT_EQ(dhcp->offers.count, DHCP_OFFERS_MAX);
	EXPECT_EQ(host_packets_held(), 0);
	expect_a_good_server_serves();
}

TEST(a_malformed_answer_before_a_good_one_takes_nothing_from_it)
{
	uint8_t bytes[1500];
	struct sim_packet p;
	size_t len;

	begin();
	take(&p);
	len = bytes_of(bytes, &usual, DHCP_OFFER);
	bytes[241] = 200;                       /* the message type's length: past the end */
	say_bytes(bytes, len);
	bytes[241] = 0;
	say_bytes(bytes, len);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_SILENCE(&s);
	expect_a_good_server_serves();
}
