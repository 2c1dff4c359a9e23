/* SPDX-License-Identifier: BSD-2-Clause */
/* The DHCP client, talking with a server on a simulated LAN. */
#define _GNU_SOURCE
#include "tests/unit/net/dhcp_talk.h"

#include "config/net.h"
#include "core/errors.h"
#include "core/heap.h"
#include "net/eth.h"

TEST(dhcp_takes_the_first_complete_offer_without_waiting)
{
	struct sim_packet p;

	begin();
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	EXPECT_EQ(p.at_ms, s.start_ms);
	EXPECT_EQ(p.src, 0);
	EXPECT_EQ(p.dst, 0xffffffff);
	EXPECT_MEM(p.eth_dst, eth_broadcast, 6);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.now_ms, s.start_ms);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.netmask, SIM_NETMASK);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	EXPECT(sim_take(&s, &p) && p.type == ETH_TYPE_ARP && p.arp_sender_ip == SIM_IP && p.arp_target_ip == SIM_IP);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

/* RFC 4578 2, RFC 2132; what servers choose a boot file by. */
TEST(dhcp_says_who_it_is)
{
	static const uint8_t client_id[] = { 1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	static const uint8_t bus_id[] = { 177, 5, 1, 0x80, 0x86, 0x10, 0x0e };
	struct sim_packet p;
	const uint8_t *v = NULL;
	int len;

	begin();
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	EXPECT_EQ(p.src_port, 68);
	EXPECT(p.data_len >= 300 && p.data_len <= 548);
	EXPECT_MEM(p.data, "\x01\x01\x06\x00", 4);
	EXPECT_EQ(sim_get32(p.data + 4), dhcp->listener.xid);
	EXPECT_EQ(sim_get16(p.data + 10), 0x8000);
	EXPECT_MEM(p.data + 28, sim_stack_mac, 6);
	EXPECT(option(&p, 57, &v) == 2 && sim_get16(v) == 1472);
	EXPECT(option(&p, 93, &v) == 2 && sim_get16(v) == 0);
	EXPECT(option(&p, 94, &v) == 3 && memcmp(v, "\x01\x02\x01", 3) == 0);
	EXPECT(option(&p, 60, &v) == 32 && memcmp(v, "PXEClient:Arch:00000:UNDI:002001", 32) == 0);
	EXPECT(option(&p, 77, &v) == (int)strlen(CONFIG_USER_CLASS) && memcmp(v, CONFIG_USER_CLASS, strlen(CONFIG_USER_CLASS)) == 0);
	EXPECT(option(&p, 61, &v) == 7 && memcmp(v, client_id, 7) == 0);
	EXPECT_EQ(option(&p, 97, &v), -1);
	len = option(&p, 55, &v);
	for (const char *wanted = "\x01\x03\x06\x0f\x11\x1a\x2b\x42\x43\xaf\xd2"; *wanted; wanted++)
		EXPECT(memchr(v, *wanted, (size_t)len));
	len = option(&p, 175, &v);
	EXPECT(len > 7 && memcmp(v + len - 7, bus_id, 7) == 0);
	EXPECT(len > 7 && memmem(v, (size_t)len, "\x13\x01\x01", 3));
	sim_stop(&s);
}

TEST(dhcp_sends_the_uuid_when_the_machine_has_one)
{
	static const uint8_t uuid[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	struct sim_packet p;
	const uint8_t *v;

	sim_start(&s);
	settings_store(settings_root(), 0, "uuid", uuid, sizeof uuid);
	dhcp_start(&s.netif, 60000, s.now_ms);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	EXPECT(option(&p, 97, &v) == 17 && v[0] == 0 && memcmp(v + 1, uuid, 16) == 0);
	sim_stop(&s);
}

/* RFC 2131 4.3.2: in SELECTING the request names server and address, and no ciaddr. */
TEST(dhcp_request_names_server_and_address)
{
	struct sim_packet p;
	const uint8_t *v;
	uint32_t xid;

	begin();
	take(&p);
	xid = sim_get32(p.data + 4);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	EXPECT_EQ(sim_get32(p.data + 4), xid);
	EXPECT_EQ(sim_get32(p.data + 12), 0);
	EXPECT(option(&p, 50, &v) == 4 && sim_get32(v) == SIM_IP);
	EXPECT(option(&p, 54, &v) == 4 && sim_get32(v) == SERVER);
	sim_stop(&s);
}

TEST(dhcp_xids_differ_each_time)
{
	uint32_t first;

	begin();
	first = dhcp->listener.xid;
	dhcp_start(&s.netif, 60000, s.now_ms);
	EXPECT(dhcp->listener.xid != first);
	sim_stop(&s);
}

/* RFC 2131 4.1: growing waits with jitter; secs rises. */
TEST(dhcp_repeats_with_backoff_and_gives_up_in_time)
{
	uint32_t last = 0, gap, tries = 0;
	struct sim_packet p;
	char text[300];

	begin();
	sim_advance(&s, 59999);
	EXPECT_EQ(dhcp->rc, -EINPROGRESS);
	while (take(&p) == DHCP_DISCOVER) {
		gap = tries ? p.at_ms - last : 0;
		last = p.at_ms;
		EXPECT_EQ(sim_get16(p.data + 8), (p.at_ms - s.start_ms) / 1000);
		if (tries == 1)
			EXPECT(gap >= 875 && gap <= 1125);
		if (tries == 2)
			EXPECT(gap >= 1750 && gap <= 2250);
		if (tries > 2)
			EXPECT(gap >= 3500 && gap <= 4500);
		tries++;
	}
	EXPECT(tries >= 14 && tries <= 19);
	sim_advance(&s, 1);
	EXPECT_EQ(dhcp->rc, -ETIMEDOUT);
	error_format(text, sizeof text, dhcp->rc);
	EXPECT(strstr(text, "no DHCP answer on net0 after"));
	EXPECT(!strstr(text, "link"));
	sim_advance(&s, 20000);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(dhcp_says_so_when_there_is_no_link)
{
	char text[300];

	sim_start(&s);
	s.link_up = false;
	dhcp_start(&s.netif, 5000, s.now_ms);
	sim_advance(&s, 5000);
	error_format(text, sizeof text, dhcp->rc);
	EXPECT(strstr(text, "no link"));
	sim_stop(&s);
}

TEST(dhcp_asks_again_when_the_link_comes_up)
{
	struct sim_packet p;

	sim_start(&s);
	s.link_up = false;
	dhcp_start(&s.netif, 60000, s.now_ms);
	sim_advance(&s, 20000);
	EXPECT_SILENCE(&s);
	s.link_up = true;
	sim_advance(&s, 250);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	sim_stop(&s);
}

TEST(dhcp_needs_an_open_interface)
{
	sim_start(&s);
	netif_close(&s.netif);
	EXPECT_EQ(dhcp_start(&s.netif, 60000, s.now_ms), -ENETDOWN);
	sim_stop(&s);
}

TEST(dhcp_repeats_a_request_then_discovers_again)
{
	struct sim_packet p;
	unsigned requests = 0;
	int type;

	begin();
	take(&p);
	reply(&usual, DHCP_OFFER);
	sim_advance(&s, 15000);
	while ((type = take(&p)) == DHCP_REQUEST)
		requests++;
	EXPECT_EQ(requests, 4);
	EXPECT_EQ(type, DHCP_DISCOVER);
	sim_advance(&s, 45000);
	EXPECT_EQ(dhcp->rc, -ETIMEDOUT);
	sim_stop(&s);
}

TEST(dhcp_says_who_offered_but_did_not_confirm)
{
	struct sim_packet p;
	char text[300];

	sim_start(&s);
	dhcp_start(&s.netif, 3000, s.now_ms);
	take(&p);
	reply(&usual, DHCP_OFFER);
	sim_advance(&s, 3000);
	error_format(text, sizeof text, dhcp->rc);
	EXPECT(strstr(text, "10.0.2.2 offered 10.0.2.15"));
	sim_stop(&s);
}

/* An offer without a mask waits a second for a better one, and is then taken with its class's mask. */
TEST(dhcp_takes_an_offer_without_mask_when_no_better_comes)
{
	struct reply bare = usual;
	struct sim_packet p;

	begin();
	take(&p);
	bare.mask = 0;
	bare.gateway = 0;
	reply(&bare, DHCP_OFFER);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1125);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&bare, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.netif.netmask, 0xff000000);
	EXPECT_EQ(s.netif.gateway, 0);
	sim_stop(&s);
}

TEST(dhcp_prefers_a_complete_offer_that_comes_later)
{
	struct reply bare = usual, other = usual;
	struct sim_packet p;
	const uint8_t *v;

	begin();
	take(&p);
	bare.mask = 0xff00ff00;                 /* not ones followed by zeros: as good as none */
	reply(&bare, DHCP_OFFER);
	EXPECT_SILENCE(&s);
	other.server = SIM_ADDR(10, 0, 2, 3);
	other.yiaddr = SIM_ADDR(10, 0, 2, 77);
	reply(&other, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	EXPECT(option(&p, 54, &v) == 4 && sim_get32(v) == other.server);
	sim_stop(&s);
}

static void expect_ignored_offer(const struct reply *r)
{
	reply(r, DHCP_OFFER);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_EQ(dhcp->offered_ip, 0);
	EXPECT_SILENCE(&s);
}

TEST(dhcp_ignores_offers_that_cannot_be_meant)
{
	static const uint32_t bad_addresses[] = {
		0, 0xffffffff, SIM_ADDR(224, 0, 0, 5), SIM_ADDR(127, 0, 0, 1), SIM_ADDR(240, 0, 0, 1), SIM_ADDR(0, 0, 0, 7),
		SIM_ADDR(10, 0, 2, 255),
	};
	struct sim_packet p;
	struct reply r;

	begin();
	take(&p);
	for (unsigned i = 0; i < sizeof bad_addresses / sizeof *bad_addresses; i++) {
		r = usual;
		r.yiaddr = bad_addresses[i];
		expect_ignored_offer(&r);
	}
	r = usual, r.server = 0, r.from = SERVER;
	expect_ignored_offer(&r);
	r = usual, r.xid = dhcp->listener.xid + 1;
	expect_ignored_offer(&r);
	r = usual, r.wrong_mac = true;
	expect_ignored_offer(&r);
	r = usual, r.bad_cookie = true;
	expect_ignored_offer(&r);
	r = usual, r.src_port = 6767;
	expect_ignored_offer(&r);
	reply(&usual, DHCP_ACK);                /* unsolicited */
	reply(&usual, DHCP_NAK);
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

TEST(dhcp_ignores_answers_nobody_asked_for_when_bound)
{
	struct reply other = usual;

	begin();
	bind_with(&usual);
	other.yiaddr = SIM_ADDR(10, 0, 2, 99);
	reply(&other, DHCP_OFFER);
	reply(&other, DHCP_ACK);
	reply(&other, DHCP_NAK);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(dhcp->state, DHCP_BOUND);
	EXPECT_SILENCE(&s);
	sim_stop(&s);
}

/* A server that sends to the address it offers, broadcast flag or not. */
TEST(dhcp_hears_unicast_answers)
{
	struct reply r = usual;

	begin();
	r.unicast = true;
	bind_with(&r);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

TEST(dhcp_ignores_the_wrong_servers_answers_to_a_request)
{
	struct reply other = usual;
	struct sim_packet p;

	begin();
	take(&p);
	reply(&usual, DHCP_OFFER);
	take(&p);
	other.server = SIM_ADDR(10, 0, 2, 3);
	reply(&other, DHCP_NAK);
	reply(&other, DHCP_ACK);
	other = usual;
	other.yiaddr = SIM_ADDR(10, 0, 2, 16);
	reply(&other, DHCP_ACK);
	EXPECT_EQ(dhcp->state, DHCP_REQUESTING);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	sim_stop(&s);
}

TEST(dhcp_starts_over_after_a_nak_and_ends_after_five)
{
	struct sim_packet p;
	char text[300];
	unsigned naks = 0;

	begin();
	while (dhcp->rc == -EINPROGRESS && naks < 20) {
		int type = take(&p);

		if (type == DHCP_DISCOVER)
			reply(&usual, DHCP_OFFER);
		else if (type == DHCP_REQUEST)
			naks++, reply(&usual, DHCP_NAK);
		else
			sim_advance(&s, 100);
	}
	EXPECT_EQ(naks, 5);
	EXPECT_EQ(dhcp->rc, -EACCES);
	error_format(text, sizeof text, dhcp->rc);
	EXPECT(strstr(text, "10.0.2.2 refused 10.0.2.15 (NAK)"));
	EXPECT(s.now_ms - s.start_ms >= 3000 && s.now_ms - s.start_ms <= 6000);
	sim_stop(&s);
}

/* Of two servers, one of which refuses what it offers, the other wins, though it answers later. */
static void claim(uint32_t ip)
{
	struct sim_arp arp = { .op = 2, .sender_ip = ip, .target_ip = 0 };

	memcpy(arp.sender_mac, "\x02\0\0\0\0\x07", 6);
	sim_send_arp(&s, &arp);
}

/* RFC 2131 4.4.1, 4.4.4, RFC 5227 2.1 */
TEST(dhcp_declines_an_address_that_somebody_has)
{
	struct sim_packet p;
	struct reply other = usual;
	const uint8_t *v;

	other.yiaddr = SIM_IP + 1;
	begin();
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	reply(&usual, DHCP_OFFER);
	EXPECT(sim_take(&s, &p) && p.type == ETH_TYPE_ARP && p.arp_sender_ip == 0 && p.arp_target_ip == SIM_IP);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	claim(SIM_IP);
	EXPECT_SILENCE(&s);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(take(&p), DHCP_DECLINE);
	EXPECT_EQ(p.dst, 0xffffffff);
	EXPECT_EQ(sim_get32(p.data + 12), 0);
	EXPECT(option(&p, 50, &v) == 4 && sim_get32(v) == SIM_IP);
	EXPECT(option(&p, 54, &v) == 4 && sim_get32(v) == SERVER);
	EXPECT_EQ(option(&p, 61, &v), 7);
	EXPECT_EQ(option(&p, 55, &v), -1);
	EXPECT_EQ(option(&p, 60, &v), -1);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	EXPECT_EQ(dhcp->rc, -EINPROGRESS);
	EXPECT_EQ(s.netif.ip, 0);
	reply(&other, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	claim(SIM_IP);                          /* not the one that is asked for now */
	reply(&other, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.netif.ip, SIM_IP + 1);
	sim_stop(&s);
}

/* Something answers for every address: a switch that is set up so. */
TEST(dhcp_takes_what_it_is_given_after_two_declines)
{
	struct sim_packet p;

	begin();
	for (unsigned i = 0; i < 3; i++) {
		EXPECT_EQ(take(&p), DHCP_DISCOVER);
		reply(&usual, DHCP_OFFER);
		EXPECT_EQ(take(&p), DHCP_REQUEST);
		claim(SIM_IP);
		reply(&usual, DHCP_ACK);
		if (i < 2)
			EXPECT_EQ(take(&p), DHCP_DECLINE);
	}
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

TEST(dhcp_turns_to_another_server_after_a_nak)
{
	struct reply good = usual;
	struct sim_packet p;

	begin();
	take(&p);
	reply(&usual, DHCP_OFFER);
	take(&p);
	reply(&usual, DHCP_NAK);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	reply(&usual, DHCP_OFFER);
	good.server = SIM_ADDR(10, 0, 2, 3);
	sim_advance(&s, 100);
	EXPECT_SILENCE(&s);
	reply(&good, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&good, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	sim_stop(&s);
}

/* ---- options ----------------------------------------------------------------------------------------------------------------- */

TEST(dhcp_stores_the_lease)
{
	struct reply r = usual;

	begin();
	r.siaddr = SIM_ADDR(10, 0, 2, 9);
	r.file = "pxelinux.0";
	r.sname = "boothost";
	add_option(&r, 6, "\x0a\x00\x02\x03\x0a\x00\x02\x04", 8);
	add_option(&r, 15, "example.org\0", 12);
	add_option(&r, 210, "http://boot/", 12);
	add_option(&r, 43, "\x06\x01\x08\xff", 4);
	add_option(&r, 175, "\xbd\x01\x80\xb1\x00", 5);
	bind_with(&r);
	EXPECT_SETTING(TAG_IP, "\x0a\x00\x02\x0f");
	EXPECT_SETTING(TAG_NEXT_SERVER, "\x0a\x00\x02\x09");
	EXPECT_SETTING(TAG_FILENAME, "pxelinux.0");
	EXPECT_SETTING(66, "boothost");
	EXPECT_SETTING(6, "\x0a\x00\x02\x03\x0a\x00\x02\x04");
	EXPECT_SETTING(15, "example.org");
	EXPECT_SETTING(210, "http://boot/");
	EXPECT_SETTING(SETTING_TAG(43, 6), "\x08");
	EXPECT_SETTING(SETTING_TAG(175, 189), "\x80");
	EXPECT_SETTING(SETTING_TAG(175, 177), "");
	sim_stop(&s);
}

TEST(dhcp_mtu_is_kept_within_reason)
{
	static const struct { const char *value; uint16_t mtu; } cases[] = {
		{ "\x05\x78", 1400 }, { "\x02\x40", 576 }, { "\x00\x44", 576 }, { "\x00\x00", 576 }, { "\x23\x28", 1500 }, { "\xff\xff", 1500 },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reply r = usual;

		begin();
		add_option(&r, 26, cases[i].value, 2);
		bind_with(&r);
		EXPECT_EQ(s.netif.mtu, cases[i].mtu);
		sim_stop(&s);
	}
}

TEST(dhcp_keeps_old_address_while_and_when_asking_in_vain)
{
	begin();
	bind_with(&usual);
	dhcp_start(&s.netif, 10000, s.now_ms);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_advance(&s, 10000);
	EXPECT_EQ(dhcp->rc, -ETIMEDOUT);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	sim_stop(&s);
}

TEST(dhcp_lease_goes_when_the_interface_is_closed)
{
	const uint8_t *v;

	begin();
	bind_with(&usual);
	netif_close(&s.netif);
	EXPECT_EQ(s.netif.ip, 0);
	EXPECT_EQ(setting(TAG_IP, &v), (size_t)-1);
	EXPECT_EQ(dhcp->state, DHCP_IDLE);
	sim_stop(&s);
}

/* ---- the lease's time -------------------------------------------------------------------------------------------------------- */

TEST(dhcp_renews_from_its_server_at_half_time)
{
	struct reply r = usual;
	struct sim_packet p;
	const uint8_t *v;

	begin();
	bind_with(&usual);
	sim_add_host(&s, SERVER);
	sim_advance(&s, 1799000);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1000);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	EXPECT_EQ(p.dst, SERVER);
	EXPECT_EQ(p.src, SIM_IP);
	EXPECT_EQ(sim_get32(p.data + 12), SIM_IP);
	EXPECT_EQ(sim_get16(p.data + 10), 0);
	EXPECT_EQ(option(&p, 50, &v), -1);      /* RFC 2131 table 5 */
	EXPECT_EQ(option(&p, 54, &v), -1);
	r.ciaddr = SIM_IP;
	r.unicast = true;
	reply(&r, DHCP_ACK);
	EXPECT_EQ(dhcp->state, DHCP_BOUND);
	EXPECT_SILENCE(&s);
	sim_advance(&s, 1799000);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

TEST(dhcp_rebinds_then_loses_the_lease)
{
	struct reply r = usual;
	struct sim_packet p;
	unsigned renewing = 0, rebinding = 0;

	begin();
	r.lease_s = 80;
	bind_with(&r);
	sim_add_host(&s, SERVER);
	sim_advance(&s, 79999);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	while (take(&p) == DHCP_REQUEST) {
		uint32_t at_s = (p.at_ms - s.start_ms) / 1000;

		EXPECT(at_s >= 40);
		EXPECT_EQ(p.dst, at_s < 70 ? SERVER : 0xffffffff);
		at_s < 70 ? renewing++ : rebinding++;
	}
	EXPECT(renewing >= 3 && renewing <= 8);
	EXPECT(rebinding >= 2 && rebinding <= 4);
	sim_advance(&s, 1);
	EXPECT_EQ(s.netif.ip, 0);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	EXPECT_EQ(dhcp->rc, -EINPROGRESS);
	sim_stop(&s);
}

TEST(dhcp_takes_any_servers_word_while_rebinding)
{
	struct reply r = usual;

	begin();
	r.lease_s = 80;
	bind_with(&r);
	sim_add_host(&s, SERVER);
	sim_advance(&s, 71000);
	EXPECT_EQ(dhcp->state, DHCP_REBINDING);
	r.server = SIM_ADDR(10, 0, 2, 3);
	reply(&r, DHCP_ACK);
	EXPECT_EQ(dhcp->state, DHCP_BOUND);
	EXPECT_EQ(dhcp->server_ip, r.server);
	sim_stop(&s);
}

TEST(dhcp_nak_while_renewing_ends_the_lease)
{
	struct reply r = usual;
	struct sim_packet p;

	begin();
	r.lease_s = 80;
	bind_with(&r);
	sim_add_host(&s, SERVER);
	sim_advance(&s, 41000);
	sim_discard(&s);
	reply(&r, DHCP_NAK);
	EXPECT_EQ(s.netif.ip, 0);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	sim_stop(&s);
}

TEST(dhcp_lease_without_end_and_lease_of_no_time)
{
	struct reply r = usual;

	begin();
	r.lease_s = 0xffffffff;
	bind_with(&r);
	sim_advance(&s, 900000000);             /* 10 days */
	EXPECT_SILENCE(&s);
	sim_stop(&s);
	begin();
	r.lease_s = 0;                          /* the option is left out */
	add_option(&r, 51, "\0\0\0\0", 4);
	bind_with(&r);
	sim_advance(&s, 29000);
	EXPECT_SILENCE(&s);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_stop(&s);
}

TEST(dhcp_on_two_interfaces_at_once)
{
	static struct sim other;
	static struct netif second;
	struct sim_packet p;

	sim_start(&s);
	sim_start_wire(&other, s.now_ms);
	memset(&second, 0, sizeof second);
	other.nic.mac[5]++;
	netif_init(&second, &s.net, &other.nic);
	EXPECT_STR(second.name, "net1");
	netif_open(&second, s.now_ms);
	EXPECT_EQ(dhcp_start(&s.netif, 60000, s.now_ms), -EINPROGRESS);
	EXPECT_EQ(dhcp_start(&second, 60000, s.now_ms), -EINPROGRESS);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	EXPECT(sim_take(&other, &p) && p.dst_port == 67);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(second.dhcp.rc, -EINPROGRESS);
	netif_close(&second);
	settings_detach(&second.lease);
	settings_detach(&second.settings);
	list_remove(&second.link);
	sim_stop(&other);
	sim_stop(&s);
}

/* Every length of a message, and bytes of chance behind a good header: nothing breaks, and a good server still serves. */
TEST(dhcp_survives_every_truncation_and_then_binds)
{
	struct reply r = usual;
	uint8_t message[1500];
	struct sim_packet p;
	size_t len;

	begin();
	take(&p);
	r.xid = dhcp->listener.xid;
	r.server = 0;                           /* not usable, so that the state stays */
	r.type = DHCP_OFFER;
	add_option(&r, 43, "\x06\x01\x08\x47\xff", 5);
	add_option(&r, 52, "\x03", 1);
	len = build(message, &r);
	for (size_t n = 0; n <= len; n++) {
		struct sim_udp udp = { .src = SERVER, .dst = 0xffffffff, .src_port = 67, .dst_port = 68, .data = message, .len = n };

		sim_send_udp(&s, &udp);
	}
	for (size_t n = 240; n < len; n++)
		for (unsigned value = 0; value < 256; value += 51) {
			struct sim_udp udp = { .src = SERVER, .dst = 0xffffffff, .src_port = 67, .dst_port = 68, .data = message, .len = len };
			uint8_t saved = message[n];

			message[n] = (uint8_t)value;
			sim_send_udp(&s, &udp);
			message[n] = saved;
		}
	EXPECT_EQ(dhcp->state, DHCP_SELECTING);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	sim_stop(&s);
}

TEST(dhcp_survives_lack_of_packets_and_of_memory)
{
	struct pkt *hoard[CONFIG_PACKETS];
	unsigned count = 0;
	struct sim_packet p;

	sim_start(&s);
	while (count < CONFIG_PACKETS && (hoard[count] = pkt_alloc()) != NULL)
		count++;
	dhcp_start(&s.netif, 60000, s.now_ms);
	sim_advance(&s, 500);
	EXPECT_SILENCE(&s);
	while (count > 0)
		pkt_free(hoard[--count]);
	sim_advance(&s, 700);
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	reply(&usual, DHCP_OFFER);
	take(&p);
	heap_fail_after(1);
	reply(&usual, DHCP_ACK);
	heap_fail_after(0);
	EXPECT_EQ(dhcp->rc, 0);
	sim_stop(&s);
}
