/* SPDX-License-Identifier: BSD-2-Clause */
/* A network for tests of usr/: NICs, DHCP and downloads as simple as can be, behind the names of the real ones. Included by one file of a
 * test program. fake_reset() - fill fake_port[], fake_file[] - run. */
#ifndef TESTS_UNIT_USR_FAKE_NET_H
#define TESTS_UNIT_USR_FAKE_NET_H

#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "core/uri.h"
#include "image/image.h"
#include "net/dhcp_message.h"
#include "net/dhcp_request.h"
#include "net/download.h"
#include "net/net.h"
#include "net/pxe_options.h"
#include "tests/host/host.h"
#include "tests/sim/packet.h"   // sim_put32
#include "tests/unit/test.h"

#define FAKE_PORTS 3
#define FAKE_VENDOR 0x1234
#define FAKE_FOREVER 0xffffffffu

/** What a PXE server says. */
struct fake_pxe {
	uint32_t from;
	bool no_class;                  /* it is another DHCP server, not a PXE server */
	const char *file;               /* NULL: none */
	const void *vendor;             /* option 43 */
	size_t vendor_len;
	uint32_t next_server;
	uint32_t after_ms;              /* of the question; FAKE_FOREVER: silent */
};

/** What a port's cable and its DHCP server do. */
struct fake_port {
	uint32_t link_after_ms;         /* from opening; FAKE_FOREVER: no link */
	uint32_t dhcp_after_ms;         /* FAKE_FOREVER: no answer */
	int dhcp_rc;
	uint32_t ip;
	const char *filename;           /* NULL: none given */
	uint32_t next_server;           /* 0: none given */
	bool no_netmask;
	uint32_t gateway;               /* 0: 10.0.2.2 */
	const struct fake_pxe *lease_pxe;       /* the lease is a PXE server's, with this option 43 */
	bool waits_for_offers;          /* autoboot without a file name; else the time for them is over already */
	const struct fake_pxe *proxy;   /* offers itself, counted from the DISCOVER; NULL: nobody does */
	const struct fake_pxe *asked;   /* answers on port 4011 */
	const struct fake_pxe *boot_server;     /* answers who looks for one */
	const char *root_path;
	const char *option_175;         /* of one sub-option of one byte: { sub, 1, value } */
	int open_rc;
	/* What happened. */
	unsigned opened, closed, removed, discovers, asks, discoveries;
	uint16_t type;                  /* of the boot server that was looked for last */
	uint32_t listed;                /* the first address that the list had for it; 0: none */
	uint32_t asked_ip;
	uint32_t opened_ms;
};
static struct fake_port fake_port[FAKE_PORTS];

/** What the servers have. */
struct fake_file {
	const char *url, *contents;     /* url NULL: end of the list */
	size_t len;                     /* 0: strlen(contents) */
	uint32_t after_ms;              /* FAKE_FOREVER: never comes */
	uint32_t over_ms;               /* it comes bit by bit in this time */
	int rc;                         /* what it ends with after half of the bytes, with these words; 0: it comes whole */
	const char *words;
	bool unknown_length;
	const char *notice;             /* said when the first byte comes */
	unsigned connections;
	const char *final_url;          /* after a redirect; NULL: url */
	unsigned fetched;
};
static struct fake_file fake_file[24];
static unsigned fake_downloads;         /* running ones */
static void (*fake_meanwhile)(uint32_t now_ms);         /* a test's own, called whenever the network has gone on; NULL: none */

/* ---- NICs ---- */

static struct host_device fake_device[FAKE_PORTS];

static struct fake_port *port_of(const struct nic *nic) { return &fake_port[nic->pci.slot]; }

static int fake_probe(struct nic *nic)
{
	nic->mac[0] = 0x52;
	nic->mac[5] = nic->pci.slot;
	nic->mtu = 1500;
	return 0;
}
static void fake_remove(struct nic *nic) { port_of(nic)->removed++; }
static int fake_open(struct nic *nic)
{
	port_of(nic)->opened++;
	port_of(nic)->opened_ms = clock_ms();
	return port_of(nic)->open_rc;
}
static void fake_close(struct nic *nic) { port_of(nic)->closed++; }
static struct pkt *fake_receive(struct nic *nic) { return NULL; }
static int fake_transmit(struct nic *nic, struct pkt *p)
{
	pkt_free(p);
	return 0;
}
static void fake_kick(struct nic *nic) { }
static bool fake_link_up(struct nic *nic)
{
	return port_of(nic)->link_after_ms != FAKE_FOREVER && clock_ms() - port_of(nic)->opened_ms >= port_of(nic)->link_after_ms;
}
static const struct nic_id fake_ids[] = { { FAKE_VENDOR, 1, "F1" } };
static const struct nic_driver fake_driver = {
	.name = "fake", .ids = fake_ids, .id_count = 1, .probe = fake_probe, .remove = fake_remove, .open = fake_open, .close = fake_close,
	.receive = fake_receive, .transmit = fake_transmit, .kick = fake_kick, .link_up = fake_link_up,
};
const struct nic_driver *const nic_drivers[] = { &fake_driver, NULL };

/** Plug a card in at slot @slot. */
static void fake_plug(unsigned slot)
{
	fake_device[slot] = (struct host_device){
		.pci = { .slot = slot, .vendor = FAKE_VENDOR, .device = 1, .class_code = 0x020000 },
	};
	host_device_add(&fake_device[slot]);
}

/* ---- DHCP ---- */

/** @pxe's message: its parts, as the wire has them, in @bytes. */
static void fake_message(struct dhcp_message *m, uint8_t *bytes, const struct netif *netif, const struct fake_pxe *pxe)
{
	size_t n = 240;

	memset(bytes, 0, DHCP_MESSAGE_MAX);
	memcpy(bytes, "\x02\x01\x06", 3);
	sim_put32(bytes + 20, pxe->next_server);
	memcpy(bytes + 28, netif->mac, 6);
	if (pxe->file)
		strcpy((char *)bytes + 108, pxe->file);
	memcpy(bytes + 236, "\x63\x82\x53\x63\x35\x01\x02\x36\x04", 9);
	sim_put32(bytes + 245, pxe->from);
	n = 249;
	if (!pxe->no_class) {
		memcpy(bytes + n, "\x3c\x09PXEClient", 11);
		n += 11;
	}
	if (pxe->vendor) {
		bytes[n++] = 43;
		bytes[n++] = (uint8_t)pxe->vendor_len;
		memcpy(bytes + n, pxe->vendor, pxe->vendor_len);
		n += pxe->vendor_len;
	}
	bytes[n++] = 255;
	dhcp_message_parse(m, bytes, n);
	m->from = pxe->from;
}
static void fake_answer(struct netif *netif, enum pxe_answer which, const struct fake_pxe *pxe)
{
	uint8_t bytes[DHCP_MESSAGE_MAX];
	struct dhcp_message m;

	fake_message(&m, bytes, netif, pxe);
	pxe_answer_store(netif, which, &m);
}
static int fake_question(struct netif *netif, const struct fake_pxe *pxe, uint32_t item, uint32_t now_ms)
{
	netif->boot_server.item = item;
	netif->boot_server.started_ms = now_ms;
	return netif->boot_server.rc = -EINPROGRESS;
}
int boot_server_ask(struct netif *netif, uint32_t address, uint32_t now_ms)
{
	port_of(netif->nic)->asks++;
	port_of(netif->nic)->asked_ip = address;
	return fake_question(netif, port_of(netif->nic)->asked, PXE_NO_ITEM, now_ms);
}
int boot_server_discover(struct netif *netif, const struct pxe_options *options, uint16_t type, uint32_t now_ms)
{
	bool any;

	port_of(netif->nic)->discoveries++;
	port_of(netif->nic)->type = type;
	port_of(netif->nic)->listed = 0;
	pxe_servers(options, type, &port_of(netif->nic)->listed, 1, &any);
	if (!netif->ip)
		return netif->boot_server.rc = fail(-ENETUNREACH, "%s has no address", netif->name);
	return fake_question(netif, port_of(netif->nic)->boot_server, (uint32_t)type << 16, now_ms);
}
void boot_server_stop(struct netif *netif) { }
void boot_server_poll(struct netif *netif, uint32_t now_ms)
{
	struct boot_server *b = &netif->boot_server;
	bool asking = b->item == PXE_NO_ITEM;
	const struct fake_pxe *pxe = asking ? port_of(netif->nic)->asked : port_of(netif->nic)->boot_server;

	if (b->rc != -EINPROGRESS)
		return;
	if (pxe && pxe->after_ms != FAKE_FOREVER && time_reached(now_ms, b->started_ms + pxe->after_ms)) {
		fake_answer(netif, asking ? PXE_PROXYDHCP : PXE_PXEBS, pxe);
		b->rc = 0;
	} else if (time_reached(now_ms, b->started_ms + 2000)) {
		b->rc = fail(-ETIMEDOUT, "no PXE server answered");
	}
}
uint32_t boot_server_deadline(const struct netif *netif, uint32_t now_ms) { return now_ms + 1000; }
/** Other values take the place of freed ones, so that who still reads those sees it. */
__attribute__((unused)) static void fake_spoil_freed(void)
{
	enum { BLOCKS = 1000, BLOCK_BYTES = 16 };
	void *block[BLOCKS];

	for (unsigned i = 0; i < BLOCKS; i++)
		if ((block[i] = heap_alloc(BLOCK_BYTES)) != NULL)
			memset(block[i], 0xee, BLOCK_BYTES);
	for (unsigned i = 0; i < BLOCKS; i++)
		heap_free(block[i]);
}
/** The lease says it is a PXE server's. */
static void fake_lease_pxe(struct netif *netif, const struct fake_pxe *pxe)
{
	uint8_t bytes[DHCP_MESSAGE_MAX];
	struct dhcp_message m;

	fake_message(&m, bytes, netif, pxe);
	dhcp_message_store(&m, &netif->lease);
}
/** Offers beside the lease come when their time has come. */
static void fake_offers(struct netif *netif, uint32_t now_ms)
{
	const struct fake_pxe *proxy = port_of(netif->nic)->proxy;

	if (netif->dhcp.state == DHCP_BOUND && proxy && !pxe_answer(netif, PXE_PROXYDHCP) && proxy->after_ms != FAKE_FOREVER &&
	    time_reached(now_ms, netif->dhcp.started_ms + proxy->after_ms))
		fake_answer(netif, PXE_PROXYDHCP, proxy);
}

int dhcp_start(struct netif *netif, uint32_t give_up_ms, uint32_t now_ms)
{
	port_of(netif->nic)->discovers++;
	pxe_answers_forget(netif);
	netif->dhcp.cached = false;
	netif->dhcp.started_ms = now_ms;
	netif->dhcp.discovered_ms = now_ms - (port_of(netif->nic)->waits_for_offers ? 0 : 2000);
	netif->dhcp.give_up_ms = now_ms + give_up_ms;
	netif->dhcp.state = DHCP_SELECTING;
	return netif->dhcp.rc = -EINPROGRESS;
}
void dhcp_stop(struct netif *netif)
{
	netif->dhcp.state = DHCP_IDLE;
}
void dhcp_poll(struct netif *netif, uint32_t now_ms)
{
	const struct fake_port *port = port_of(netif->nic);
	uint8_t ip[4] = { port->ip >> 24, port->ip >> 16, port->ip >> 8, port->ip }, mask[4] = { 255, 255, 255, 0 };
	uint32_t by = port->gateway ? port->gateway : 0x0a000202;
	uint8_t gateway[4] = { by >> 24, by >> 16, by >> 8, by };

	fake_offers(netif, now_ms);
	if (netif->dhcp.state != DHCP_SELECTING || netif->dhcp.rc != -EINPROGRESS)
		return;
	if (port->dhcp_after_ms == FAKE_FOREVER) {
		if (time_reached(now_ms, netif->dhcp.give_up_ms))
			netif->dhcp.state = DHCP_IDLE, netif->dhcp.rc = fail(-ETIMEDOUT, "no DHCP server answered");
		return;
	}
	if (!time_reached(now_ms, netif->dhcp.started_ms + port->dhcp_after_ms))
		return;
	netif->dhcp.rc = port->dhcp_rc;
	if (port->dhcp_rc != 0)
		return;
	netif->dhcp.state = DHCP_BOUND;
	settings_store(&netif->lease, TAG_IP, NULL, ip, 4);
	if (!port->no_netmask)
		settings_store(&netif->lease, TAG_NETMASK, NULL, mask, 4);
	settings_store(&netif->lease, TAG_GATEWAY, NULL, gateway, 4);
	settings_store(&netif->lease, TAG_DNS, NULL, "\x0a\0\x02\x03", 4);
	settings_store(&netif->lease, TAG_DHCP_SERVER, NULL, "\x0a\0\x02\x02", 4);
	if (port->lease_pxe)
		fake_lease_pxe(netif, port->lease_pxe);
	if (port->root_path)
		settings_store(&netif->lease, TAG_ROOT_PATH, NULL, port->root_path, strlen(port->root_path));
	if (port->option_175)
		settings_store(&netif->lease, SETTING_TAG(175, (uint8_t)port->option_175[0]), NULL, port->option_175 + 2, 1);
	if (port->filename)
		settings_store(&netif->lease, TAG_FILENAME, NULL, port->filename, strlen(port->filename));
	if (port->next_server) {
		sim_put32(ip, port->next_server);
		settings_store(&netif->lease, TAG_NEXT_SERVER, NULL, ip, 4);
	}
	netif_apply_settings(netif);
}
int dhcp_use_cached(struct netif *netif, const void *ack, size_t len, uint32_t now_ms)
{
	struct dhcp_message m;

	if (dhcp_message_parse(&m, ack, len) != 0 || memcmp(m.mac, netif->mac, 6) != 0)
		return -EPROTO;
	if (!netif->open)
		return -ENETDOWN;
	netif->dhcp.state = DHCP_BOUND;
	netif->dhcp.cached = true;
	netif->dhcp.rc = 0;
	dhcp_message_store(&m, &netif->lease);
	netif_apply_settings(netif);
	return 0;
}
bool dhcp_is_asking(const struct netif *netif) { return netif->dhcp.state == DHCP_SELECTING && netif->dhcp.rc == -EINPROGRESS; }
void dhcp_link_up(struct netif *netif, uint32_t now_ms) { }
uint32_t dhcp_deadline(const struct netif *netif, uint32_t now_ms) { return now_ms + 1000; }

/* ---- downloads ---- */

struct download {
	struct list link;
	struct uri *uri;
	struct sink *sink;
	struct fake_file *file;
	struct progress progress;
	uint32_t started_ms;
	int rc;
	bool begun;
	const char *notice;
};

int download_start(struct download **d, struct net *net, const struct uri *uri, struct sink *sink, uint32_t now_ms)
{
	char text[256];

	*d = NULL;
	if (strcmp(uri->scheme, "http") != 0 && strcmp(uri->scheme, "tftp") != 0)
		return fail(-EPROTONOSUPPORT, "no \"%s\" here (have: http)", uri->scheme);
	*d = calloc(1, sizeof(**d));
	uri_format(uri, text, sizeof(text), 0);
	for ((*d)->file = fake_file; (*d)->file->url && strcmp((*d)->file->url, text) != 0; (*d)->file++)
		;
	if (uri_parse((*d)->file->final_url ? (*d)->file->final_url : text, &(*d)->uri) != 0) {
		free(*d);
		*d = NULL;
		return -ENOMEM;
	}
	(*d)->sink = sink;
	(*d)->started_ms = now_ms;
	(*d)->rc = -EINPROGRESS;
	list_append(&net->downloads, &(*d)->link);
	fake_downloads++;
	return 0;
}
static void fake_begin(struct download *d, size_t len)
{
	d->file->fetched++;
	d->begun = true;
	d->progress.connections = d->file->connections ? d->file->connections : 1;
	d->rc = d->sink->size(d->sink, !d->file->unknown_length, d->file->unknown_length ? 0 : len);
	if (d->rc != 0)
		return;
	d->rc = -EINPROGRESS;
	d->progress.total_bytes = d->file->unknown_length ? 0 : len;
	d->notice = d->file->notice;
}
/** Bring @d as far as it is at @ms after its first byte. */
static void fake_deliver(struct download *d, uint32_t ms)
{
	size_t len = d->file->len ? d->file->len : strlen(d->file->contents);
	size_t done = d->progress.done_bytes, until = ms >= d->file->over_ms ? len : (uint64_t)len * ms / d->file->over_ms;
	uint8_t *at;

	if (!d->begun)
		fake_begin(d, len);
	if (d->rc != -EINPROGRESS)
		return;
	if (d->file->rc && until > len / 2)
		until = len / 2;
	at = d->sink->at(d->sink, done, until - done);
	if (!at && until > done) {
		d->rc = fail(-ENOMEM, "no room at the sink");
		return;
	}
	for (size_t i = done; i < until; i++)
		*at++ = (uint8_t)(d->file->contents ? d->file->contents[i] : 0);
	d->progress.done_bytes = until;
	if (d->file->rc && until == len / 2)
		d->rc = fail(d->file->rc, "%s", d->file->words);
	else if (until == len)
		d->rc = 0;
}
void download_poll(struct net *net, uint32_t now_ms)
{
	struct list *pos;

	list_for_each(pos, &net->downloads) {
		struct download *d = list_entry(pos, struct download, link);

		if (d->rc != -EINPROGRESS)
			continue;
		if (!d->file->url)
			d->rc = fail(-ENOENT, "404 Not Found");
		else if (d->file->after_ms != FAKE_FOREVER && time_reached(now_ms, d->started_ms + d->file->after_ms))
			fake_deliver(d, now_ms - d->started_ms - d->file->after_ms);
	}
	if (fake_meanwhile)
		fake_meanwhile(now_ms);
}
void download_blame(const struct download *d)
{
	if (d->file->url && d->file->words)
		fail(d->file->rc, "%s", d->file->words);
}
int download_rc(const struct download *d) { return d->rc; }
bool download_scheme_known(const struct uri *uri) { return strcmp(uri->scheme, "http") == 0 || strcmp(uri->scheme, "tftp") == 0; }
const struct progress *download_progress(const struct download *d) { return &d->progress; }
const struct uri *download_final_uri(const struct download *d) { return d->uri; }
const char *download_state(const struct download *d) { return d->begun ? "" : "connecting"; }
const char *download_notice(struct download *d)
{
	const char *notice = d->notice;

	d->notice = NULL;
	return notice;
}
void download_stop(struct download *d, uint32_t now_ms)
{
	if (!d)
		return;
	list_remove(&d->link);
	uri_free(d->uri);
	free(d);
	fake_downloads--;
}
/* The fake server gives no parts: tests of disks that stay on a server have a simulated one (remote_disk.c). */
int download_start_head(struct download **d, struct net *net, const struct uri *uri, uint64_t bytes, struct sink *sink, uint32_t now_ms)
{
	*d = NULL;
	return fail(-ENOTSUP, "the server gives no parts of files");
}
int download_start_part(struct download **d, const struct download *of, const struct range *part, struct sink *sink, uint32_t now_ms)
{
	*d = NULL;
	return fail(-ENOTSUP, "the server gives no parts of files");
}
bool download_extend_part(struct download *d, uint64_t end) { return false; }
uint32_t download_deadline(const struct net *net, uint32_t now_ms) { return now_ms + 1000; }
void download_shutdown(struct net *net, uint32_t now_ms) { }

/** Everything as at start: no cards, no files; ports that work at once. */
static void fake_reset(void)
{
	host_reset();
	host_clock_step(100);
	memset(fake_file, 0, sizeof(fake_file));
	for (unsigned i = 0; i < FAKE_PORTS; i++)
		fake_port[i] = (struct fake_port){ .ip = 0x0a00020f + i };
	fake_downloads = 0;
	fake_meanwhile = NULL;
}

#endif
