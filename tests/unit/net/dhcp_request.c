/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client sends, byte by byte. */
#define _GNU_SOURCE
#include "net/dhcp_request.h"

#include "config/net.h"
#include "tests/unit/net/dhcp_talk.h"

/** Option @tag of the message that @request builds, copied to @value; its length or -1. */
static int built(const struct dhcp_request *request, uint8_t tag, uint8_t value[255])
{
	struct pkt *p = dhcp_request_build(request);
	struct sim_packet view = { .data = p->data, .data_len = pkt_len(p) };
	const uint8_t *v = NULL;
	int len = option(&view, tag, &v);

	if (len > 0)
		memcpy(value, v, (size_t)len);
	pkt_free(p);
	return len;
}

TEST(a_discover_says_what_this_rom_can_do_as_gpxe_numbers_it)
{
	struct dhcp_request request = { .netif = &s.netif, .type = DHCP_DISCOVER, .boot_item = PXE_NO_ITEM };
	uint8_t v[255];
	int len;

	sim_start(&s);
	len = built(&request, 175, v);
	for (const char *marker = "\x13\x15\x17\x18\x19\x21\x22"; *marker; marker++) { /* HTTP, TFTP, DNS, bzImage, Multiboot, PXE, ELF */
		uint8_t wanted[3] = { (uint8_t)*marker, 1, 1 };

		EXPECT(len > 0 && memmem(v, (size_t)len, wanted, 3));
	}
	EXPECT_EQ(built(&request, 43, v), -1);
	EXPECT_EQ(built(&request, 50, v), -1);
	EXPECT_EQ(built(&request, 54, v), -1);
	EXPECT(built(&request, 77, v) == (int)strlen(CONFIG_USER_CLASS) && memcmp(v, CONFIG_USER_CLASS, strlen(CONFIG_USER_CLASS)) == 0);
	len = built(&request, 55, v);
	EXPECT(len > 0 && memchr(v, 150, (size_t)len) && memchr(v, 43, (size_t)len) && memchr(v, 60, (size_t)len));
	sim_stop(&s);
}

/* PXE 2.1, 43.71: a boot server's type and layer. */
TEST(a_boot_item_is_asked_for_in_option_43)
{
	struct dhcp_request request = { .netif = &s.netif, .type = DHCP_REQUEST, .ciaddr = SIM_IP, .boot_item = 0x800f0000 };
	uint8_t v[255];

	sim_start(&s);
	EXPECT_EQ(built(&request, 43, v), 7);
	EXPECT_MEM(v, "\x47\x04\x80\x0f\x00\x00\xff", 7);
	sim_stop(&s);
}

TEST(who_has_an_address_asks_for_no_broadcast)
{
	struct dhcp_request request = { .netif = &s.netif, .type = DHCP_REQUEST, .xid = 0x01020304, .ciaddr = SIM_IP,
	                                .waited_ms = 3900, .boot_item = PXE_NO_ITEM };
	struct pkt *p;

	sim_start(&s);
	p = dhcp_request_build(&request);
	EXPECT_EQ(sim_get32(p->data + 4), 0x01020304);
	EXPECT_EQ(sim_get16(p->data + 8), 3);
	EXPECT_EQ(sim_get16(p->data + 10), 0);
	EXPECT_EQ(sim_get32(p->data + 12), SIM_IP);
	EXPECT(pkt_len(p) >= 300);
	pkt_free(p);
	request.ciaddr = 0;
	request.waited_ms = 70000000;           /* secs does not wrap */
	p = dhcp_request_build(&request);
	EXPECT_EQ(sim_get16(p->data + 8), 0xffff);
	EXPECT_EQ(sim_get16(p->data + 10), 0x8000);
	pkt_free(p);
	sim_stop(&s);
}
