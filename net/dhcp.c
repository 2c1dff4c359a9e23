/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP client: dhcp_start() - one function per event and state - dhcp_stop(). Messages as bytes: net/dhcp_request.c,
 * net/dhcp_message.c.
 *
 *     IDLE -> SELECTING (DISCOVER) -> REQUESTING (REQUEST) -> BOUND -> RENEWING -> REBINDING -> SELECTING ...
 * An address that the interface had stays while it asks for a new one, and when it asks in vain. */
#include "net/dhcp.h"

#include "config/features.h"
#include "config/net.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/log.h"
#include "core/random.h"
#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/dhcp_request.h"
#include "net/net.h"
#include "net/pxe_answers.h"

enum {
	INTERVAL_MIN_MS = 1000,
	INTERVAL_MAX_MS = 4000,         /* a switch port that begins to forward is noticed within 5 s */
	REQUEST_TRIES = 4, NAKS_MAX = 5, DECLINES_MAX = 2,
	LEASE_MIN_S = 60, LEASE_MAX_S = 2000000,        /* the clock wraps: 23 days are forever */
};

/** A message of @type as the state wants it (RFC 2131 table 5), or NULL. */
static struct pkt *build(const struct dhcp *d, uint8_t type, uint32_t now_ms)
{
	bool requesting = d->state == DHCP_REQUESTING;
	struct dhcp_request request = {
		.netif = d->netif, .type = type, .xid = d->listener.xid,
		.waited_ms = now_ms - d->started_ms, .ciaddr = d->state > DHCP_REQUESTING ? d->offered_ip : 0,
		.requested_ip = requesting ? d->offered_ip : 0, .server_id = requesting ? d->server_ip : 0, .boot_item = PXE_NO_ITEM,
	};

	return dhcp_request_build(&request);
}

/** Send a message; to the lease's server alone while renewing, else to all. */
static void send_type(struct dhcp *d, uint8_t type, uint32_t now_ms)
{
	struct netif *netif = d->netif;
	struct ipv4_header server = { .netif = netif, .src = d->server_ip, .dst = netif->ip };
	struct ipv4_route route = { netif, 0, 0xffffffff, netif->mtu };
	uint32_t dst = 0xffffffff;
	struct pkt *p = build(d, type, now_ms);

	if (CONFIG_PROXYDHCP && p && d->state == DHCP_SELECTING)
		dhcp_cache_store(netif, DHCP_CACHED_DISCOVER, p->data, pkt_len(p));
	if (d->state == DHCP_REBINDING)
		route.src = netif->ip;
	if (d->state == DHCP_RENEWING && ipv4_route_back(&server, &route))
		dst = d->server_ip;
	dhcp_port_output(&d->listener, p, &route, dst, DHCP_SERVER_PORT, now_ms);
	d->tries++;
}

/** Send the message of this state. */
static void send(struct dhcp *d, uint32_t now_ms)
{
	send_type(d, d->state == DHCP_SELECTING ? DHCP_DISCOVER : DHCP_REQUEST, now_ms);
}

/** RFC 2131 4.1: each wait is longer than the one before, and no two machines wait alike. */
static void set_retry(struct dhcp *d, uint32_t now_ms)
{
	d->retry_ms = now_ms + d->interval_ms - d->interval_ms / 8 + random_below(d->interval_ms / 4);
	d->interval_ms *= 2;
	if (d->interval_ms > INTERVAL_MAX_MS)
		d->interval_ms = INTERVAL_MAX_MS;
}

static void enter(struct dhcp *d, enum dhcp_state state)
{
	d->state = state;
	d->tries = 0;
	d->interval_ms = INTERVAL_MIN_MS;
}

static void discover(struct dhcp *d, uint32_t now_ms)
{
	d->offered_ip = 0;
	d->discovers++;
	d->discovered_ms = now_ms;
	send(d, now_ms);
	set_retry(d, now_ms);
}

static void start_selecting(struct dhcp *d, uint32_t now_ms)
{
	enter(d, DHCP_SELECTING);
	d->listener.xid = random_u32();
	discover(d, now_ms);
}

static void start_requesting(struct dhcp *d, uint32_t now_ms)
{
	enter(d, DHCP_REQUESTING);
	if (CONFIG_DECLINE)
		arp_probe(d->netif, d->offered_ip);
	log_info(DHCP, "%s: dhcp: requesting %pI4 from %pI4\n", d->netif->name, (void *)&d->offered_ip, (void *)&d->server_ip);
	send(d, now_ms);
	set_retry(d, now_ms);
}

static void finish(struct dhcp *d, int rc)
{
	dhcp_port_close(&d->listener);
	d->state = DHCP_IDLE;
	d->rc = rc;
}

/** RFC 2131 4.4.1: is it an offer, of an address one can use, from a server that can be named in the request? */
static bool offer_usable(const struct dhcp_message *m)
{
	uint32_t mask = m->netmask;
	bool broadcast = mask != 0 && ~mask > 1 && (m->yiaddr & ~mask) == ~mask;

	return m->type == DHCP_OFFER && m->server_id != 0 && ipv4_is_host(m->yiaddr) && !broadcast;
}

/* The first complete offer is taken at once; one without a mask, or from a server that refused before, only when the time for
 * others to come is over. */
static void selecting_input(struct dhcp *d, const struct dhcp_message *m, uint32_t now_ms)
{
	bool complete = m->netmask != 0 && m->server_id != d->refusing_ip;

	if (!offer_usable(m) || (d->offered_ip && !complete))
		return;
	d->offered_ip = m->yiaddr;
	d->server_ip = m->server_id;
	if (complete)
		start_requesting(d, now_ms);
}

/** RFC 2131 4.4.5: when to renew (T1), to ask anyone (T2), to give up; T1 and T2 as the server says if that makes sense. */
static void set_lease_times(struct dhcp *d, const struct dhcp_message *m, uint32_t now_ms)
{
	uint32_t lease_s = m->lease_s, t1_s = m->t1_s, t2_s = m->t2_s;

	if (lease_s < LEASE_MIN_S)
		lease_s = LEASE_MIN_S;
	if (lease_s > LEASE_MAX_S)
		lease_s = LEASE_MAX_S;
	if (t1_s == 0 || t1_s >= t2_s || t2_s >= lease_s) {
		t1_s = lease_s / 2;
		t2_s = lease_s - lease_s / 8;
	}
	d->t1_ms = now_ms + t1_s * 1000;
	d->t2_ms = now_ms + t2_s * 1000;
	d->expires_ms = now_ms + lease_s * 1000;
}

/** The best offer beside the lease becomes the scope "proxydhcp". */
static void publish_offers(struct dhcp *d)
{
	int best = CONFIG_PROXYDHCP ? dhcp_offers_best(&d->offers, d->server_ip) : -1;
	struct dhcp_message m;

	if (best < 0 || d->published == (unsigned)best + 1)
		return;
	d->published = (unsigned)best + 1;
	dhcp_offers_get(&d->offers, (unsigned)best, &m);
	pxe_answer_store(d->netif, PXE_PROXYDHCP, &m);
}

static void bind(struct dhcp *d, const struct dhcp_message *m, uint32_t now_ms)
{
	struct netif *netif = d->netif;
	bool renewed = d->state > DHCP_BOUND;

	random_stir(&now_ms, sizeof now_ms);
	set_lease_times(d, m, now_ms);
	settings_wipe(&netif->lease);
	dhcp_message_store(m, &netif->lease);
	if (CONFIG_PROXYDHCP)
		dhcp_cache_store(netif, DHCP_CACHED_ACK, m->data, m->len);
	netif_apply_settings(netif);
	enter(d, DHCP_BOUND);
	d->rc = 0;
	if (!renewed)
		arp_announce(netif);
	publish_offers(d);
	if (!netif->ip)                         /* there was no memory for it */
		d->rc = -ENOMEM;
}

static void lose_lease(struct dhcp *d, uint32_t now_ms)
{
	settings_wipe(&d->netif->lease);
	netif_apply_settings(d->netif);
	if (CONFIG_PROXYDHCP)
		pxe_answers_forget(d->netif);
	d->offers.count = d->published = 0;
	d->rc = -EINPROGRESS;
	d->started_ms = now_ms;
	d->give_up_ms = now_ms + CONFIG_DHCP_GIVE_UP_MS;
	start_selecting(d, now_ms);
}

static void refused(struct dhcp *d, uint32_t now_ms)
{
	if (d->state > DHCP_BOUND) {
		lose_lease(d, now_ms);
		return;
	}
	d->refusing_ip = d->server_ip;
	if (++d->naks == NAKS_MAX)
		finish(d, fail(-EACCES, "DHCP server %pI4 refused %pI4 (NAK), as it did %u times", &d->server_ip, &d->offered_ip, d->naks));
	else
		start_selecting(d, now_ms);
}

/* RFC 2131 4.4.1 has us look whether the address is somebody's, and decline it then. Whoever has it is asked along with the request, so
 * nobody waits; nor for ten seconds before asking anew, which is to bound the traffic: so does DECLINES_MAX, which also has us go on where
 * something answers for every address. */
static bool declined(struct dhcp *d, uint32_t now_ms)
{
	if (!CONFIG_DECLINE || d->state != DHCP_REQUESTING || !d->netif->probe_answered || d->declines == DECLINES_MAX)
		return false;
	log_warn(DHCP, "%s: dhcp: %pI4 is in use already\n", d->netif->name, (void *)&d->offered_ip);
	d->declines++;
	send_type(d, DHCP_DECLINE, now_ms);
	start_selecting(d, now_ms);
	return true;
}

/* RFC 2131 4.4.1, 4.4.5: only the server that was asked can answer; while rebinding any may. */
static void answer_input(struct dhcp *d, const struct dhcp_message *m, uint32_t now_ms)
{
	if (m->server_id != d->server_ip) {
		if (d->state != DHCP_REBINDING || m->type != DHCP_ACK || m->server_id == 0)
			return;
	}
	if (m->type == DHCP_NAK) {
		refused(d, now_ms);
	} else if (m->type == DHCP_ACK && m->yiaddr == d->offered_ip && !declined(d, now_ms)) {
		d->server_ip = m->server_id;
		bind(d, m, now_ms);
	}
}

static void input(struct dhcp_listener *l, const struct dhcp_message *m, uint32_t now_ms)
{
	struct dhcp *d = container_of(l, struct dhcp, listener);

	if (m->from_port != DHCP_SERVER_PORT) {
		l->netif->counters.rx_dropped++;
		return;
	}
	if (CONFIG_PROXYDHCP)
		dhcp_offers_add(&d->offers, m);         /* while one server is talked with, and after */
	if (d->state == DHCP_SELECTING)
		selecting_input(d, m, now_ms);
	else if (d->state == DHCP_BOUND)
		publish_offers(d);
	else
		answer_input(d, m, now_ms);
}

/** Begin anew, with the port open. */
static int prepare(struct netif *netif, uint32_t now_ms)
{
	struct dhcp *d = &netif->dhcp;

	dhcp_stop(netif);
	if (!netif->open)
		return d->rc = fail(-ENETDOWN, "%s is not open", netif->name);
	if (CONFIG_PROXYDHCP) {
		boot_server_stop(netif);
		pxe_answers_forget(netif);
		dhcp_cache_forget(netif, DHCP_CACHED_DISCOVER);
	}
	memset(d, 0, sizeof *d);
	d->netif = netif;
	d->listener.input = input;
	d->started_ms = now_ms;
	return d->rc = dhcp_port_open(&d->listener, netif);
}

int dhcp_start(struct netif *netif, uint32_t give_up_ms, uint32_t now_ms)
{
	struct dhcp *d = &netif->dhcp;

	if (prepare(netif, now_ms) != 0)
		return d->rc;
	d->rc = -EINPROGRESS;
	d->give_up_ms = now_ms + give_up_ms;
	start_selecting(d, now_ms);
	return d->rc;
}

int dhcp_use_cached(struct netif *netif, const void *ack, size_t len, uint32_t now_ms)
{
	struct dhcp *d = &netif->dhcp;
	struct dhcp_message m;

	if (dhcp_message_parse(&m, ack, len) != 0 || m.type != DHCP_ACK || !ipv4_is_host(m.yiaddr) ||
	    memcmp(m.mac, netif->mac, sizeof m.mac) != 0)
		return -EPROTO;
	if (prepare(netif, now_ms) != 0)
		return d->rc;
	d->offered_ip = m.yiaddr;
	d->server_ip = m.server_id;
	bind(d, &m, now_ms);
	d->cached = true;
	return 0;
}

bool dhcp_is_asking(const struct netif *netif)
{
	return netif->dhcp.state == DHCP_SELECTING || netif->dhcp.state == DHCP_REQUESTING;
}

void dhcp_stop(struct netif *netif)
{
	if (netif->dhcp.state != DHCP_IDLE)
		finish(&netif->dhcp, -ECANCELED);
}

void dhcp_link_up(struct netif *netif, uint32_t now_ms)
{
	if (!dhcp_is_asking(netif))
		return;
	netif->dhcp.interval_ms = INTERVAL_MIN_MS;
	netif->dhcp.retry_ms = now_ms;
}

static void give_up(struct dhcp *d)
{
	if (d->state == DHCP_REQUESTING)
		finish(d, fail(-ETIMEDOUT, "DHCP server %pI4 offered %pI4 but did not confirm it", &d->server_ip, &d->offered_ip));
	else
		finish(d, fail(-ETIMEDOUT, "no DHCP answer on %s after %u tries%s", d->netif->name, d->discovers,
		               d->netif->link_up ? "" : ": no link (cable unplugged?)"));
}

static void asking_poll(struct dhcp *d, uint32_t now_ms)
{
	if (time_reached(now_ms, d->give_up_ms)) {
		give_up(d);
	} else if (!time_reached(now_ms, d->retry_ms)) {
		return;
	} else if (d->state == DHCP_SELECTING && d->offered_ip) {
		start_requesting(d, now_ms);
	} else if (d->state == DHCP_SELECTING) {
		discover(d, now_ms);
	} else if (d->tries == REQUEST_TRIES) {
		start_selecting(d, now_ms);
	} else {
		send(d, now_ms);
		set_retry(d, now_ms);
	}
}

/** RFC 2131 4.4.5: ask again when half of the time that is left has passed. */
static void ask_to_extend(struct dhcp *d, uint32_t until_ms, uint32_t now_ms)
{
	uint32_t half = (until_ms - now_ms) / 2;

	if (d->tries > 0 && !time_reached(now_ms, d->retry_ms))
		return;
	send(d, now_ms);
	d->retry_ms = now_ms + (half < INTERVAL_MAX_MS ? INTERVAL_MAX_MS : half);
}

static void bound_poll(struct dhcp *d, uint32_t now_ms)
{
	if (time_reached(now_ms, d->expires_ms)) {
		lose_lease(d, now_ms);
		return;
	}
	if (d->state == DHCP_BOUND && time_reached(now_ms, d->t1_ms)) {
		enter(d, DHCP_RENEWING);
		d->started_ms = now_ms;
		d->listener.xid = random_u32();
	}
	if (d->state == DHCP_RENEWING && time_reached(now_ms, d->t2_ms))
		enter(d, DHCP_REBINDING);
	if (d->state != DHCP_BOUND)
		ask_to_extend(d, d->state == DHCP_RENEWING ? d->t2_ms : d->expires_ms, now_ms);
}

void dhcp_poll(struct netif *netif, uint32_t now_ms)
{
	if (dhcp_is_asking(netif))
		asking_poll(&netif->dhcp, now_ms);
	else if (netif->dhcp.state != DHCP_IDLE)
		bound_poll(&netif->dhcp, now_ms);
}

uint32_t dhcp_deadline(const struct netif *netif, uint32_t now_ms)
{
	const struct dhcp *d = &netif->dhcp;
	uint32_t deadline = now_ms + 1000;

	if (dhcp_is_asking(netif))
		return time_earlier(time_earlier(deadline, d->give_up_ms), d->retry_ms);
	if (d->state == DHCP_BOUND)
		deadline = time_earlier(deadline, d->t1_ms);
	else if (d->state != DHCP_IDLE)
		deadline = time_earlier(deadline, d->retry_ms);
	return deadline;
}
