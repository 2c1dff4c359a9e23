/* SPDX-License-Identifier: BSD-2-Clause */
/* A lease taken and renewed while somebody off the path forges what the server says: he knows our MAC, the server, and the address that it
 * will give, but not the transaction (RFC 2131 4.1). See off_path.h. */
#include "tests/unit/net/dhcp_talk.h"
#include "tests/unit/net/off_path.h"

#include "core/errors.h"

#define EVIL SIM_ADDR(6, 6, 6, 6)

/** @count messages of @type. Half of them say what the server would, but for the way out; the others another address, too. */
static void forge(uint8_t type, unsigned count, bool unicast)
{
	struct reply r = usual;

	r.unicast = unicast;
	r.gateway = EVIL;
	for (unsigned i = 0; i < count; i++) {
		r.xid = guess();
		r.yiaddr = i & 1 ? SIM_IP : SIM_ADDR(10, 0, 2, 66);
		reply(&r, type);
	}
}

TEST(of_fifty_thousand_forged_dhcp_offers_none_is_taken)
{
	struct sim_packet p;

	begin();
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	forge(DHCP_OFFER, FORGED_DHCP_OFFERS, false);
	EXPECT_EQ(take(&p), 0);                         /* nothing was asked for */
	EXPECT_EQ(dhcp->offered_ip, 0);
	EXPECT_EQ(dhcp->offers.count, 0);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	sim_discard(&s);
	sim_stop(&s);
}

TEST(of_fifty_thousand_forged_dhcp_acknowledgements_none_is_taken)
{
	struct sim_packet p;

	begin();
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	forge(DHCP_ACK, FORGED_DHCP_ACKS / 2, false);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	forge(DHCP_ACK, FORGED_DHCP_ACKS / 2, false);
	EXPECT_EQ(dhcp->rc, -EINPROGRESS);
	EXPECT_EQ(s.netif.ip, 0);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	sim_discard(&s);
	sim_stop(&s);
}

TEST(of_twenty_five_thousand_forged_dhcp_refusals_none_is_taken)
{
	struct sim_packet p;

	begin();
	EXPECT_EQ(take(&p), DHCP_DISCOVER);
	reply(&usual, DHCP_OFFER);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	forge(DHCP_NAK, FORGED_DHCP_NAKS, false);
	EXPECT_EQ(take(&p), 0);                         /* it does not start over */
	EXPECT_EQ(dhcp->naks, 0);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->rc, 0);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_discard(&s);
	sim_stop(&s);
}

TEST(of_twenty_five_thousand_forged_refusals_of_a_renewal_none_is_taken)
{
	struct sim_packet p;

	begin();
	sim_add_host(&s, SERVER);
	bind_with(&usual);
	forge(DHCP_NAK, FORGED_DHCP_NAKS_OF_RENEWALS / 2, false);       /* nobody asked */
	EXPECT_EQ(s.netif.ip, SIM_IP);
	sim_discard(&s);
	sim_advance(&s, 1800 * 1000);
	EXPECT_EQ(take(&p), DHCP_REQUEST);
	EXPECT_EQ(p.src, SIM_IP);
	forge(DHCP_NAK, FORGED_DHCP_NAKS_OF_RENEWALS - FORGED_DHCP_NAKS_OF_RENEWALS / 2, true);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(dhcp->rc, 0);
	reply(&usual, DHCP_ACK);
	EXPECT_EQ(dhcp->state, DHCP_BOUND);
	EXPECT_EQ(s.netif.ip, SIM_IP);
	EXPECT_EQ(s.netif.gateway, SIM_GATEWAY);
	sim_discard(&s);
	sim_stop(&s);
}
