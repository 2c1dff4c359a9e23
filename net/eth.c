/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet II framing: eth_parse() on the way in, eth_output() on the way out. */
#include "net/eth.h"

#include "core/cursor.h"
#include "core/errors.h"
#include "core/string.h"

const uint8_t eth_broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

enum { ETH_TYPE_MIN = 0x0600 };         /* IEEE 802.3 3.2.6: below, it is a length (LLC) */

/** memcmp() takes the bytes one by one, and this is asked of every frame. */
static bool same_mac(const uint8_t *a, const uint8_t *b)
{
	return be32_at(a + 2) == be32_at(b + 2) && be16_at(a) == be16_at(b);
}

int eth_parse(const struct netif *netif, struct pkt *p)
{
	const uint8_t *header = pkt_pull(p, ETH_HEADER_BYTES);
	uint16_t type;

	if (!header)
		return -EPROTO;
	type = be16_at(header + 12);
	if (!(header[0] & 1) && !same_mac(header, netif->mac))
		return -EPROTO;
	if (header[6] & 1 || type < ETH_TYPE_MIN)       /* a group is nobody's source address */
		return -EPROTO;
	return type;
}

int eth_output(struct netif *netif, struct pkt *p, const uint8_t dst[6], uint16_t type)
{
	uint8_t *header = pkt_push(p, ETH_HEADER_BYTES);
	int rc;

	if (!netif->open || !header) {
		pkt_free(p);
		netif->counters.tx_dropped++;
		return netif->open ? -ENOBUFS : -ENETDOWN;
	}
	memcpy(header, dst, 6);
	memcpy(header + 6, netif->mac, 6);
	header[12] = (uint8_t)(type >> 8);
	header[13] = (uint8_t)type;
	rc = netif->nic->driver->transmit(netif->nic, p);
	if (rc == 0)
		netif->counters.tx++;
	else
		netif->counters.tx_dropped++;
	return rc;
}
