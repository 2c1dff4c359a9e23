/* SPDX-License-Identifier: BSD-2-Clause */
/* An interface's DHCP client port, shared by its conversations: with a DHCP server, a ProxyDHCP server, boot servers. What arrives
 * belongs to the conversation whose transaction it names; anything else, or anything ill-formed, is dropped and counted. */
#ifndef NET_DHCP_PORT_H
#define NET_DHCP_PORT_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"
#include "net/udp_socket.h"

struct dhcp_message;
struct ipv4_route;
struct netif;
struct pkt;

/** One conversation, embedded in who leads it. */
struct dhcp_listener {
	struct list link;
	struct netif *netif;            /* NULL: closed */
	uint32_t xid;                   /* may change while open */
	/** A reply with our xid and MAC; @m is valid during the call. May close the listener. */
	void (*input)(struct dhcp_listener *listener, const struct dhcp_message *m, uint32_t now_ms);
};

struct dhcp_port {
	struct udp_socket socket;       /* open while there is a listener */
	struct list listeners;
};

void dhcp_port_init(struct dhcp_port *port, struct netif *netif);
/** Hear answers (input and xid are set). Errors of udp_open(). */
int dhcp_port_open(struct dhcp_listener *listener, struct netif *netif);
/** Hear no more; harmless when closed. */
void dhcp_port_close(struct dhcp_listener *listener);
/** Send @p by @route to @dst:@port. Takes @p, which may be NULL. */
void dhcp_port_output(struct dhcp_listener *listener, struct pkt *p, const struct ipv4_route *route, uint32_t dst, uint16_t port,
                      uint32_t now_ms);

#endif
