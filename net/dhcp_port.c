/* SPDX-License-Identifier: BSD-2-Clause */
/* The DHCP client port: one socket, several conversations. */
#include "net/dhcp_port.h"

#include <stddef.h>
#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/netif.h"
#include "net/pkt.h"
#include "net/udp.h"

#define MESSAGE_WORK 16                 /* each option is looked for from the start */

static struct dhcp_listener *find(struct dhcp_port *port, uint32_t xid)
{
	struct list *pos;

	list_for_each(pos, &port->listeners)
		if (list_entry(pos, struct dhcp_listener, link)->xid == xid)
			return list_entry(pos, struct dhcp_listener, link);
	return NULL;
}

static void input(struct udp_socket *s, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	struct dhcp_port *port = container_of(s, struct dhcp_port, socket);
	struct dhcp_listener *listener = NULL;
	struct dhcp_message m;

	ip->netif->work += MESSAGE_WORK;
	if (dhcp_message_parse(&m, p->data, pkt_len(p)) == 0 && memcmp(m.mac, ip->netif->mac, sizeof m.mac) == 0)
		listener = find(port, m.xid);
	if (!listener || (src_port != DHCP_SERVER_PORT && src_port != PXE_SERVER_PORT)) {
		ip->netif->counters.rx_dropped++;
		return;
	}
	m.from = ip->src;
	m.from_port = src_port;
	listener->input(listener, &m, now_ms);
}

void dhcp_port_init(struct dhcp_port *port, struct netif *netif)
{
	list_init(&port->listeners);
	port->socket.netif = netif;
	port->socket.input = input;
}

int dhcp_port_open(struct dhcp_listener *listener, struct netif *netif)
{
	struct dhcp_port *port = &netif->dhcp_port;
	int rc = list_empty(&port->listeners) ? udp_open(&port->socket, netif->net, DHCP_CLIENT_PORT) : 0;

	if (rc != 0)
		return rc;
	listener->netif = netif;
	list_append(&port->listeners, &listener->link);
	return 0;
}

void dhcp_port_close(struct dhcp_listener *listener)
{
	struct netif *netif = listener->netif;

	if (!netif)
		return;
	listener->netif = NULL;
	list_remove(&listener->link);
	if (list_empty(&netif->dhcp_port.listeners))
		udp_close(&netif->dhcp_port.socket);
}

void dhcp_port_output(struct dhcp_listener *listener, struct pkt *p, const struct ipv4_route *route, uint32_t dst, uint16_t port,
                      uint32_t now_ms)
{
	if (p)
		udp_output_route(&listener->netif->dhcp_port.socket, p, route, dst, port, now_ms);
}
