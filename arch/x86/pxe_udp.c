/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE API's UDP calls (PXE 2.1). Callers open once and then write from, and read at, many ports in turn (PXELINUX has one a file), so a
 * port is open from when it is first named; of those the one not named for longest is closed when there are too many.
 *
 * What comes waits in one queue, in the order of its arrival; when that is full the newest is lost, as on any wire. UDP_READ waits for
 * nothing: its caller asks again, and has a clock. */
#include "arch/x86/pxe_transport.h"

#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "arch/x86/pxe_wait.h"
#include "core/cursor.h"
#include "core/heap.h"
#include "core/string.h"
#include "net/udp.h"

enum { PORTS = 16, QUEUE_PACKETS = 32, QUEUE_BYTES = 64 << 10, DEFAULT_PORT = 2069 };

struct port { struct udp_socket socket; uint32_t named; };
struct datagram { struct list link; uint32_t src, dst; uint16_t src_port, dst_port; size_t len; uint8_t data[]; };

static struct {
	bool open;
	struct port port[PORTS];
	uint32_t names;                         /* counts them, for the oldest */
	struct list queue;
	unsigned packets;
	size_t bytes;
} udp;

static uint16_t swapped(uint16_t field) { return be16_at((const uint8_t *)&field); }
static uint32_t swapped32(uint32_t field) { return be32_at((const uint8_t *)&field); }

static void drop(struct datagram *d)
{
	udp.packets--;
	udp.bytes -= d->len;
	list_remove(&d->link);
	heap_free(d);
}

static void input(struct udp_socket *s, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	size_t len = pkt_len(p);
	struct datagram *d;

	(void)now_ms;
	if (udp.packets == QUEUE_PACKETS || udp.bytes + len > QUEUE_BYTES || !(d = heap_alloc(sizeof(*d) + len))) {
		ip->netif->counters.rx_dropped++;
		return;
	}
	*d = (struct datagram){ .src = ip->src, .dst = ip->dst, .src_port = src_port, .dst_port = s->local_port, .len = len };
	memcpy(d->data, p->data, len);
	list_append(&udp.queue, &d->link);
	udp.packets++;
	udp.bytes += len;
}

/** The socket at @number, opened if it is not yet; NULL: somebody else has that port. */
static struct port *name_port(uint16_t number)
{
	struct port *oldest = udp.port;

	for (struct port *p = udp.port; p < udp.port + PORTS; p++) {
		if (p->socket.net && p->socket.local_port == number) {
			p->named = ++udp.names;
			return p;
		}
		if (oldest->socket.net && (!p->socket.net || udp.names - p->named > udp.names - oldest->named))
			oldest = p;
	}
	udp_close(&oldest->socket);
	oldest->socket = (struct udp_socket){ .input = input };
	oldest->named = ++udp.names;
	return udp_open(&oldest->socket, pxe_net(), number) == 0 ? oldest : NULL;
}

void pxe_udp_end(void)
{
	if (!udp.open)
		return;
	udp.open = false;
	for (unsigned i = 0; i < PORTS; i++)
		udp_close(&udp.port[i].socket);
	while (udp.packets)
		drop(list_entry(udp.queue.next, struct datagram, link));
}

uint16_t pxe_udp_open(void *block)
{
	(void)block;                            /* packets have our address, whichever the caller names */
	if (udp.open)
		return PXENV_STATUS_UDP_OPEN;
	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	memset(&udp, 0, sizeof(udp));
	list_init(&udp.queue);
	udp.open = true;
	return PXENV_STATUS_SUCCESS;
}

uint16_t pxe_udp_close(void *block)
{
	(void)block;
	if (!udp.open)
		return PXENV_STATUS_UDP_CLOSED;
	pxe_udp_end();
	return PXENV_STATUS_SUCCESS;
}

/** By the caller's gateway, if it has one on our own network for a host that is not there. */
static int find_route(const struct pxe_udp_write *write, uint32_t dst, struct ipv4_route *route)
{
	struct ipv4_route to_gateway;
	uint32_t gateway = swapped32(write->gateway);
	int rc = ipv4_route(pxe_net(), dst, route);

	if (rc == 0 && gateway && route->next_hop != dst && ipv4_route(pxe_net(), gateway, &to_gateway) == 0 &&
	    to_gateway.next_hop == gateway)
		*route = to_gateway;
	return rc;
}

uint16_t pxe_udp_write(void *block)
{
	const struct pxe_udp_write *write = block;
	uint16_t src_port = write->src_port ? swapped(write->src_port) : DEFAULT_PORT;
	uint32_t dst = swapped32(write->ip);
	const uint8_t *data = pxe_real(write->buffer.segment, write->buffer.offset, write->buffer_size);
	struct ipv4_route route;
	struct port *port;
	struct pkt *p;
	uint8_t *to;

	if (!udp.open)
		return PXENV_STATUS_UDP_CLOSED;
	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	if (!data || !(port = name_port(src_port)) || find_route(write, dst, &route) != 0)
		return PXENV_STATUS_FAILURE;
	if (write->buffer_size > route.mtu - 28u || !(p = pkt_alloc()))
		return PXENV_STATUS_OUT_OF_RESOURCES;
	if ((to = pkt_put(p, write->buffer_size)) != NULL)
		memcpy(to, data, write->buffer_size);
	udp_output_route(&port->socket, p, &route, dst, swapped(write->dest_port), pxe_now());
	pxe_poll();                             /* ARP may have to ask first */
	return to ? PXENV_STATUS_SUCCESS : PXENV_STATUS_OUT_OF_RESOURCES;
}

/** The first for @ip and @port; 0: any. */
static struct datagram *find(uint32_t ip, uint16_t port)
{
	struct list *pos;

	list_for_each(pos, &udp.queue) {
		struct datagram *d = list_entry(pos, struct datagram, link);

		if ((!ip || d->dst == ip) && (!port || d->dst_port == port))
			return d;
	}
	return NULL;
}

uint16_t pxe_udp_read(void *block)
{
	struct pxe_udp_read *read = block;
	uint32_t ip = swapped32(read->dest_ip);
	uint16_t port = swapped(read->dest_port);
	uint8_t *to = pxe_real(read->buffer.segment, read->buffer.offset, read->buffer_size);
	struct datagram *d;

	if (!udp.open)
		return PXENV_STATUS_UDP_CLOSED;
	if (!pxe_net())
		return PXENV_STATUS_UNDI_INVALID_STATE;
	if (!to || (port && !name_port(port)))
		return PXENV_STATUS_FAILURE;
	if (!(d = find(ip, port)))
		pxe_poll();
	if (!d && !(d = find(ip, port)))
		return PXENV_STATUS_FAILURE;
	if (read->buffer_size > d->len)
		read->buffer_size = (uint16_t)d->len;
	memcpy(to, d->data, read->buffer_size);
	read->src_ip = swapped32(d->src);
	read->dest_ip = swapped32(d->dst);
	read->src_port = swapped(d->src_port);
	read->dest_port = swapped(d->dst_port);
	drop(d);
	return PXENV_STATUS_SUCCESS;
}
