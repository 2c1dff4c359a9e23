/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP client: dhcp_start() - one function per event and state - dhcp_stop(). Messages as bytes: net/dhcp_message.c.
 *
 *     IDLE -> SELECTING (DISCOVER) -> REQUESTING (REQUEST) -> BOUND -> RENEWING -> REBINDING -> SELECTING ...
 * An address that the interface had stays while it asks for a new one, and when it asks in vain. */
#include "net/dhcp.h"

#include "config/net.h"
#include "core/clock.h"
#include "core/cursor.h"
#include "core/errors.h"
#include "core/log.h"
#include "core/random.h"
#include "core/string.h"
#include "net/dhcp_message.h"
#include "net/net.h"
#include "net/udp.h"

enum {
	INTERVAL_MIN_MS = 1000,
	INTERVAL_MAX_MS = 4000,         /* a switch port that begins to forward is noticed within 5 s */
	REQUEST_TRIES = 4, NAKS_MAX = 5,
	LEASE_MIN_S = 60, LEASE_MAX_S = 2000000,        /* the clock wraps: 23 days are forever */
	MESSAGE_MIN = 300,              /* RFC 951's size, that some relays still insist on */
	FLAG_BROADCAST = 0x8000,
};

static const uint8_t parameters[] = {
	TAG_NETMASK, TAG_GATEWAY, TAG_DNS, 7, TAG_HOSTNAME, TAG_DOMAIN, TAG_ROOT_PATH, TAG_MTU, OPTION_VENDOR, TAG_LEASE_TIME,
	TAG_DHCP_SERVER, OPTION_T1, OPTION_T2, TAG_VENDOR_CLASS, OPTION_SERVER_NAME, TAG_FILENAME,
	150 /* TFTP server */, OPTION_FPXE, 203 /* initiator name */, 209, 210 /* PXELINUX's configuration file and path */,
};

/* Option 175's sub-options that say what we can do, and which card we are: the last five bytes are filled in. */
enum { FEATURE_HTTP = 19, FEATURE_DNS = 23, FEATURE_BZIMAGE = 24, FPXE_BUS_ID = 177 };
static const uint8_t features[] = { FEATURE_HTTP, 1, 1, FEATURE_DNS, 1, 1, FEATURE_BZIMAGE, 1, 1 };

static void put_option(struct writer *w, uint8_t tag, const void *value, size_t len)
{
	wr_fields(w, "11", tag, (uint32_t)len);
	wr_bytes(w, value, len);
}

static void put_ipv4(struct writer *w, uint8_t tag, uint32_t ip)
{
	wr_fields(w, "114", tag, 4, ip);
}

static void put_features(struct writer *w, const struct netif *netif)
{
	size_t len = 0;
	const uint8_t *bus_id = settings_find(&netif->settings, 0, "busid", false, &len);

	wr_fields(w, "11", OPTION_FPXE, (uint32_t)(sizeof features + 2 + len));
	wr_bytes(w, features, sizeof features);
	put_option(w, FPXE_BUS_ID, bus_id, len);
}

static const uint8_t identity[] = {
	OPTION_MAX_SIZE, 2, DHCP_MESSAGE_MAX >> 8, DHCP_MESSAGE_MAX & 0xff,
	OPTION_ARCHITECTURE, 2, 0, 0 /* x86 BIOS */,
	OPTION_UNDI, 3, 1, 2, 1,
};

/* RFC 4578: who we are, as every PXE client says it; servers choose the boot file by it. */
static void put_identity(struct writer *w, const struct netif *netif)
{
	size_t len = 0;
	const uint8_t *uuid = settings_find(settings_root(), 0, "uuid", true, &len);

	wr_bytes(w, identity, sizeof identity);
	put_option(w, TAG_VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001", 32);
	put_option(w, TAG_USER_CLASS, CONFIG_USER_CLASS, sizeof CONFIG_USER_CLASS - 1);
	put_option(w, OPTION_PARAMETERS, parameters, sizeof parameters);
	put_features(w, netif);
	wr_fields(w, "111", OPTION_CLIENT_ID, 7, 1);                    /* Ethernet */
	wr_bytes(w, netif->mac, sizeof netif->mac);
	if (uuid && len == 16) {
		wr_fields(w, "111", OPTION_UUID, 17, 0);
		wr_bytes(w, uuid, 16);
	}
}

static void put_header(struct writer *w, const struct dhcp *d, bool bound, uint32_t now_ms)
{
	uint32_t secs = (now_ms - d->started_ms) / 1000;

	wr_fields(w, "1111422", 1, 1, 6, 0, d->xid, secs > 0xffff ? 0xffff : secs,
	          bound ? 0 : FLAG_BROADCAST);                          /* BOOTREQUEST, Ethernet, 6 bytes, no hops */
	wr_fields(w, "4444", bound ? d->offered_ip : 0, 0, 0, 0);       /* ciaddr; yiaddr, siaddr, giaddr */
	wr_bytes(w, d->netif->mac, 6);
	memset(wr_space(w, 10 + 64 + 128), 0, 10 + 64 + 128);           /* the rest of chaddr, sname, file */
	wr_be32(w, DHCP_COOKIE);
}

/** A DISCOVER or REQUEST as the state wants it (RFC 2131 table 5), or NULL. */
static struct pkt *build(const struct dhcp *d, uint32_t now_ms)
{
	struct pkt *p = pkt_alloc();
	struct writer w;

	if (!p)
		return NULL;
	w = wr_init(pkt_put(p, DHCP_MESSAGE_MAX), DHCP_MESSAGE_MAX);
	put_header(&w, d, d->state > DHCP_REQUESTING, now_ms);
	put_option(&w, OPTION_MESSAGE_TYPE, d->state == DHCP_SELECTING ? "\x01" : "\x03", 1);
	if (d->state == DHCP_REQUESTING) {
		put_ipv4(&w, OPTION_REQUESTED_IP, d->offered_ip);
		put_ipv4(&w, TAG_DHCP_SERVER, d->server_ip);
	}
	put_identity(&w, d->netif);
	wr_u8(&w, OPTION_END);
	while (w.data < p->data + MESSAGE_MIN)
		wr_u8(&w, OPTION_PAD);
	pkt_trim(p, (size_t)(w.data - p->data));
	return p;
}

/** Send the message of this state; to the lease's server alone while renewing, else to all. */
static void send(struct dhcp *d, uint32_t now_ms)
{
	struct netif *netif = d->netif;
	struct ipv4_header server = { .netif = netif, .src = d->server_ip, .dst = netif->ip };
	struct ipv4_route route = { netif, 0, 0xffffffff, netif->mtu };
	uint32_t dst = 0xffffffff;
	struct pkt *p = build(d, now_ms);

	if (d->state == DHCP_REBINDING)
		route.src = netif->ip;
	if (d->state == DHCP_RENEWING && ipv4_route_back(&server, &route))
		dst = d->server_ip;
	if (p)
		udp_output_route(&d->socket, p, &route, dst, DHCP_SERVER_PORT, now_ms);
	d->tries++;
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
	send(d, now_ms);
	set_retry(d, now_ms);
}

static void start_selecting(struct dhcp *d, uint32_t now_ms)
{
	enter(d, DHCP_SELECTING);
	d->xid = random_u32();
	discover(d, now_ms);
}

static void start_requesting(struct dhcp *d, uint32_t now_ms)
{
	enter(d, DHCP_REQUESTING);
	log_info(DHCP, "%s: dhcp: requesting %pI4 from %pI4\n", d->netif->name, (void *)&d->offered_ip, (void *)&d->server_ip);
	send(d, now_ms);
	set_retry(d, now_ms);
}

static void finish(struct dhcp *d, int rc)
{
	udp_close(&d->socket);
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

static void bind(struct dhcp *d, const struct dhcp_message *m, uint32_t now_ms)
{
	struct netif *netif = d->netif;
	bool renewed = d->state > DHCP_BOUND;

	random_stir(&now_ms, sizeof now_ms);
	set_lease_times(d, m, now_ms);
	settings_wipe(&netif->lease);
	dhcp_message_store(m, &netif->lease);
	netif_apply_settings(netif);
	enter(d, DHCP_BOUND);
	d->rc = 0;
	if (!renewed)
		arp_announce(netif);
}

static void lose_lease(struct dhcp *d, uint32_t now_ms)
{
	settings_wipe(&d->netif->lease);
	netif_apply_settings(d->netif);
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

/* RFC 2131 4.4.1, 4.4.5: only the server that was asked can answer; while rebinding any may. */
static void answer_input(struct dhcp *d, const struct dhcp_message *m, uint32_t now_ms)
{
	if (m->server_id != d->server_ip) {
		if (d->state != DHCP_REBINDING || m->type != DHCP_ACK || m->server_id == 0)
			return;
	}
	if (m->type == DHCP_NAK) {
		refused(d, now_ms);
	} else if (m->type == DHCP_ACK && m->yiaddr == d->offered_ip) {
		d->server_ip = m->server_id;
		bind(d, m, now_ms);
	}
}

static void input(struct udp_socket *s, const struct ipv4_header *ip, uint16_t src_port, struct pkt *p, uint32_t now_ms)
{
	struct dhcp *d = container_of(s, struct dhcp, socket);
	struct dhcp_message m;

	if (src_port != DHCP_SERVER_PORT || dhcp_message_parse(&m, p->data, pkt_len(p)) != 0 || m.xid != d->xid ||
	    memcmp(m.mac, d->netif->mac, sizeof m.mac) != 0) {
		ip->netif->counters.rx_dropped++;
		return;
	}
	if (d->state == DHCP_SELECTING)
		selecting_input(d, &m, now_ms);
	else if (d->state != DHCP_BOUND)
		answer_input(d, &m, now_ms);
}

int dhcp_start(struct netif *netif, uint32_t give_up_ms, uint32_t now_ms)
{
	struct dhcp *d = &netif->dhcp;

	dhcp_stop(netif);
	if (!netif->open)
		return d->rc = fail(-ENETDOWN, "%s is not open", netif->name);
	memset(d, 0, sizeof *d);
	d->netif = d->socket.netif = netif;
	d->socket.input = input;
	if ((d->rc = udp_open(&d->socket, netif->net, DHCP_CLIENT_PORT)) != 0)
		return d->rc;
	d->rc = -EINPROGRESS;
	d->started_ms = now_ms;
	d->give_up_ms = now_ms + give_up_ms;
	start_selecting(d, now_ms);
	return d->rc;
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
		d->xid = random_u32();
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
