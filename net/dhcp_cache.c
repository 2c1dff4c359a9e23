/* SPDX-License-Identifier: BSD-2-Clause */
/* The last messages of an interface's DHCP client, kept as bytes. */
#include "net/dhcp_cache.h"

#include "config/features.h"
#include "core/errors.h"
#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/netif.h"
#include "net/pxe_answers.h"

const struct dhcp_packet *dhcp_cached(const struct netif *netif, enum dhcp_cached which)
{
	const struct dhcp_packet *p = &netif->dhcp_cache.packet[which - 1];

	if (which == DHCP_CACHED_REPLY && p->len == 0)
		p--;
	return p->len ? p : NULL;
}

void dhcp_cache_store(struct netif *netif, enum dhcp_cached which, const void *data, size_t len)
{
	struct dhcp_packet *p = &netif->dhcp_cache.packet[which - 1];

	p->len = (uint16_t)(len < sizeof p->data ? len : sizeof p->data);
	memcpy(p->data, data, p->len);
}

void dhcp_cache_forget(struct netif *netif, enum dhcp_cached which)
{
	for (unsigned i = which; i <= DHCP_CACHED_REPLY; i++)
		netif->dhcp_cache.packet[i - 1].len = 0;
}

int dhcp_use_cached_reply(struct netif *netif, const void *reply, size_t len)
{
	const struct dhcp_packet *ack = dhcp_cached(netif, DHCP_CACHED_ACK);
	struct dhcp_message m;

	if (ack && ack->len == len && memcmp(ack->data, reply, len) == 0)
		return 0;               /* there was no reply, and the ACK is shown in its place */
	if (dhcp_message_parse(&m, reply, len) != 0 || memcmp(m.mac, netif->mac, sizeof m.mac) != 0)
		return -EPROTO;
	if (CONFIG_PROXYDHCP)
		pxe_answer_store(netif, PXE_PROXYDHCP, &m);
	return 0;
}
