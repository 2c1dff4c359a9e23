/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking PXE servers: who is asked, when, and whose answer counts. */
#include "net/boot_server.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/list.h"
#include "core/random.h"
#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/dhcp_request.h"
#include "net/ipv4.h"
#include "net/net.h"
#include "net/pxe_answers.h"
#include "net/pxe_options.h"

enum { TURN_MS = 1000, PROXY_TURN_MS = 500, ROUNDS = 3, PROXY_ROUNDS = 4 };
#define BROADCAST 0xffffffffu

static bool is_discovery(const struct boot_server *b)
{
	return b->item != PXE_NO_ITEM;
}

static void finish(struct boot_server *b, int rc)
{
	dhcp_port_close(&b->listener);
	b->rc = rc;
}

/** PXE 2.1, 43.6 bit 2: does it count? */
static bool accepted(const struct boot_server *b, uint32_t from)
{
	if (!b->listed_only)
		return true;
	for (unsigned i = 0; i < b->listed_count; i++)
		if (b->target[i] == from)
			return true;
	return false;
}

static void input(struct dhcp_listener *l, const struct dhcp_message *m, uint32_t now_ms)
{
	struct boot_server *b = container_of(l, struct boot_server, listener);

	/* Some ProxyDHCP servers answer a request by another offer. */
	if ((m->type != DHCP_ACK && m->type != DHCP_OFFER) || (!accepted(b, m->from) && !accepted(b, m->server_id))) {
		l->netif->counters.rx_dropped++;
		return;
	}
	pxe_answer_store(l->netif, is_discovery(b) ? PXE_PXEBS : PXE_PROXYDHCP, m);
	finish(b, 0);
}

static void ask(struct boot_server *b, uint32_t now_ms)
{
	struct netif *netif = b->listener.netif;
	uint32_t dst = b->target[b->asked++ % b->target_count];
	struct ipv4_header back = { .netif = netif, .src = dst, .dst = netif->ip };
	struct ipv4_route route = { netif, netif->ip, dst, netif->mtu };
	struct dhcp_request request = {
		.netif = netif, .type = DHCP_REQUEST, .xid = b->listener.xid, .waited_ms = now_ms - b->started_ms, .ciaddr = netif->ip,
		.boot_item = b->item,
	};

	b->retry_ms = now_ms + (is_discovery(b) ? TURN_MS : PROXY_TURN_MS);
	if (ipv4_is_host(dst) && !ipv4_route_back(&back, &route))
		return;                 /* no gateway */
	dhcp_port_output(&b->listener, dhcp_request_build(&request), &route, dst, dst == BROADCAST ? DHCP_SERVER_PORT : PXE_SERVER_PORT,
	                 now_ms);
}

/** Begin anew, with nobody to ask yet. */
static struct boot_server *prepare(struct netif *netif, uint32_t item, uint32_t now_ms)
{
	struct boot_server *b = &netif->boot_server;

	boot_server_stop(netif);
	memset(b, 0, sizeof *b);
	b->item = item;
	b->started_ms = now_ms;
	b->listener.input = input;
	b->listener.xid = random_u32();
	return b;
}

static int start(struct boot_server *b, struct netif *netif, uint32_t now_ms)
{
	if (!netif->open || !netif->ip)
		return b->rc = fail(-ENETUNREACH, "%s has no address: use dhcp", netif->name);
	if ((b->rc = dhcp_port_open(&b->listener, netif)) != 0)
		return b->rc;
	b->rc = -EINPROGRESS;
	ask(b, now_ms);
	return b->rc;
}

int boot_server_ask(struct netif *netif, uint32_t address, uint32_t now_ms)
{
	struct boot_server *b = prepare(netif, PXE_NO_ITEM, now_ms);

	b->target[b->target_count++] = address;
	return start(b, netif, now_ms);
}

int boot_server_discover(struct netif *netif, const struct pxe_options *options, uint16_t type, uint32_t now_ms)
{
	struct boot_server *b = prepare(netif, (uint32_t)type << 16, now_ms);
	bool any;

	b->listed_count = b->target_count = pxe_servers(options, type, b->target, BOOT_SERVERS_MAX, &any);
	b->listed_only = (options->control & PXE_LISTED_ONLY) && !any;
	if (options->multicast && !(options->control & PXE_NO_MULTICAST))
		b->target[b->target_count++] = options->multicast;
	if (!(options->control & PXE_NO_BROADCAST))
		b->target[b->target_count++] = BROADCAST;
	if (b->target_count == 0)
		return b->rc = fail(-ENETUNREACH, "no boot server of type %u is named, and none may be looked for", type);
	return start(b, netif, now_ms);
}

void boot_server_stop(struct netif *netif)
{
	if (netif->boot_server.listener.netif)
		finish(&netif->boot_server, -ECANCELED);
}

static int nobody(const struct boot_server *b)
{
	if (is_discovery(b))
		return fail(-ETIMEDOUT, "no answer from a boot server of type %u", (unsigned)(b->item >> 16));
	return fail(-ETIMEDOUT, "no answer from ProxyDHCP server %pI4, port %u", &b->target[0], PXE_SERVER_PORT);
}

void boot_server_poll(struct netif *netif, uint32_t now_ms)
{
	struct boot_server *b = &netif->boot_server;

	if (!b->listener.netif || !time_reached(now_ms, b->retry_ms))
		return;
	if (b->asked == b->target_count * (is_discovery(b) ? ROUNDS : PROXY_ROUNDS))
		finish(b, nobody(b));
	else
		ask(b, now_ms);
}

uint32_t boot_server_deadline(const struct netif *netif, uint32_t now_ms)
{
	const struct boot_server *b = &netif->boot_server;

	return b->listener.netif ? b->retry_ms : now_ms + 1000;
}
