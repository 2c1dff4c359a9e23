/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, waiting for the link, DHCP. */
#include "usr/ifmgmt.h"

#include "config/features.h"
#include "config/net.h"
#include "core/clock.h"
#include "core/console.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "core/system.h"
#include "net/net.h"
#include "usr/boot_file.h"
#include "usr/progress.h"
#include "usr/running.h"
#include "usr/wait.h"

#define CABLE_DOUBT_MS 1000     /* without a link for so long, the cable comes to mind */
#define SETTLING_S     5        /* without an answer for so long, spanning tree does */

struct netif *ifmgmt_next(const struct netif *after)
{
	struct list *next = after ? after->link.next : the_net.netifs.next;

	return next == &the_net.netifs ? NULL : list_entry(next, struct netif, link);
}

int ifmgmt_none(void)
{
	return fail(-ENODEV, "there is no network interface");
}

int ifmgmt_find(const char *name, struct netif **netif)
{
	*netif = netif_find(&the_net, name);
	if (*netif)
		return 0;
	return ifmgmt_next(NULL) ? fail(-ENODEV, "no interface \"%s\"", name) : ifmgmt_none();
}

/* What an interface is waited for, and how the line is drawn meanwhile. */
struct patience {
	struct netif *netif;
	uint32_t started_ms;
	uint32_t until_ms;              /* shown as a countdown, if @counts_down */
	bool counts_down;
};

/** ", 52 s left", or nothing. */
static const char *time_left_text(const struct patience *p, char buf[24])
{
	uint32_t now = clock_ms();

	buf[0] = '\0';
	if (p->counts_down && !time_reached(now, p->until_ms))
		text_format(buf, 24, ", %u s left", (unsigned)((p->until_ms - now + 999) / 1000));
	return buf;
}

static int link_done(void *context)
{
	return ((struct patience *)context)->netif->link_up ? 0 : -EINPROGRESS;
}

static void link_draw(void *context)
{
	const struct patience *p = context;
	char left[24];

	if (CONFIG_SETTLING && p->counts_down && clock_ms() - p->started_ms >= CABLE_DOUBT_MS)
		progress_show("%s: no link (cable unplugged?)%s, Ctrl-C skips", p->netif->name, time_left_text(p, left));
	else
		progress_show("%s: waiting for link...", p->netif->name);
}

static int wait_for_link(struct patience *p, uint32_t timeout_ms)
{
	struct waiting w = { link_done, p, link_draw, timeout_ms };
	bool seconds = timeout_ms % 1000 == 0;
	int rc = wait_for(&w);

	if (rc == 0)
		progress_over();
	else
		progress_wipe();
	if (rc == -ETIMEDOUT)
		return fail(-ENETDOWN, "%s: no link after %u %s: is the cable plugged in?", p->netif->name,
			    (unsigned)(seconds ? timeout_ms / 1000 : timeout_ms), seconds ? "s" : "ms");
	return rc;
}

int ifmgmt_open(struct netif *netif, uint32_t timeout_ms)
{
	struct patience p = { .netif = netif };
	int rc = netif_open(netif, clock_ms());

	return rc != 0 ? rc : wait_for_link(&p, timeout_ms ? timeout_ms : CONFIG_LINK_WAIT_MS);
}

static int dhcp_done(void *context)
{
	return ((struct patience *)context)->netif->dhcp.rc;
}

/* DHCP's line: "DHCP (net0 52:54:00:12:34:56)... 8 s", at the end "ok". */
static void dhcp_draw(void *context)
{
	const struct patience *p = context;
	const struct netif *netif = p->netif;
	unsigned seconds = (unsigned)((clock_ms() - p->started_ms) / 1000);
	char left[24];

	if (CONFIG_SETTLING && netif->dhcp.naks)
		progress_show("DHCP (%s %pM)... %u s, %pI4 refused, starting over", netif->name, netif->mac, seconds,
			      &netif->dhcp.refusing_ip);        /* 79 columns hold it all */
	else if (CONFIG_SETTLING && seconds >= SETTLING_S && p->counts_down)
		progress_show("DHCP (%s %pM)... %u s, is the network settling?%s", netif->name, netif->mac, seconds, time_left_text(p, left));
	else if (seconds)
		progress_show("DHCP (%s %pM)... %u s", netif->name, netif->mac, seconds);
	else
		progress_show("DHCP (%s %pM)...", netif->name, netif->mac);
}

/** What is left at @now_ms of @timeout_ms from @start_ms on; at least 1. */
static uint32_t time_left(uint32_t timeout_ms, uint32_t start_ms, uint32_t now_ms)
{
	uint32_t spent_ms = now_ms - start_ms;

	return spent_ms < timeout_ms ? timeout_ms - spent_ms : 1;
}

static void show_dhcp_done(const struct netif *netif, const char *how)
{
	progress_finish("DHCP (%s %pM)... %s", netif->name, netif->mac, how);
	if (settings_lost) {                    /* an address, a server or a boot file may be missing */
		settings_lost = 0;
		print("out of memory: part of what DHCP said is lost\n");
	}
	ifmgmt_show_lease(netif);
}

/** Has it a lease that who started us got, and does that say (175.178) that it is good enough? */
static bool has_cached_lease(const struct netif *netif)
{
	size_t len;
	const uint8_t *use = settings_find(&netif->settings, TAG_USE_CACHED, NULL, true, &len);

	return netif->dhcp.cached && netif->dhcp.state >= DHCP_BOUND && use && len == 1 && *use;
}

int ifmgmt_dhcp(struct netif *netif, uint32_t timeout_ms)
{
	struct patience p = { .netif = netif };
	struct waiting w = { .done = dhcp_done, .context = &p, .draw = dhcp_draw };
	uint32_t start_ms = clock_ms();
	int rc = ifmgmt_open(netif, timeout_ms);

	if (rc != 0)
		return rc;
	if (CONFIG_PROXYDHCP && has_cached_lease(netif)) {
		show_dhcp_done(netif, "using cached");
		return 0;
	}
	p.started_ms = clock_ms();
	dhcp_draw(&p);
	timeout_ms = timeout_ms ? time_left(timeout_ms, start_ms, p.started_ms) : CONFIG_DHCP_GIVE_UP_MS;
	rc = dhcp_start(netif, timeout_ms, p.started_ms);
	if (rc == -EINPROGRESS)
		rc = wait_for(&w);
	if (rc != 0) {
		dhcp_stop(netif);
		progress_wipe();
		return rc;
	}
	show_dhcp_done(netif, "ok");
	return 0;
}

/** Wait for the answer to a question that began at dhcp.started_ms and goes on beyond @patience_ms. */
static int wait_for_lease(struct patience *p, uint32_t patience_ms)
{
	struct waiting w = { .done = dhcp_done, .context = p, .draw = dhcp_draw, .timeout_ms = patience_ms };
	struct netif *netif = p->netif;
	int rc;

	p->started_ms = netif->dhcp.started_ms;
	dhcp_draw(p);
	rc = wait_for(&w);
	if (rc == 0) {
		show_dhcp_done(netif, "ok");
		return 0;
	}
	progress_wipe();
	if (rc == -ETIMEDOUT && dhcp_is_asking(netif))
		return fail(rc, "no DHCP answer on %s after %u s", netif->name, (unsigned)((clock_ms() - p->started_ms) / 1000));
	dhcp_stop(netif);
	return rc;
}

int ifmgmt_dhcp_turn(struct netif *netif, const struct ifmgmt_turn *turn)
{
	uint32_t start_ms = clock_ms();
	struct patience p = { netif, start_ms, start_ms + turn->link_ms, true };
	int rc = netif_open(netif, start_ms);

	if (turn->first && !has_cached_lease(netif))
		dhcp_stop(netif);
	if (rc == 0)
		rc = wait_for_link(&p, turn->link_ms);
	if (rc != 0)
		return rc;
	if (has_cached_lease(netif)) {
		show_dhcp_done(netif, "using cached");
		return 0;
	}
	p.until_ms = clock_ms() + turn->dhcp_ms;
	if (netif->dhcp.state == DHCP_IDLE)
		dhcp_start(netif, turn->give_up_ms, clock_ms());
	return wait_for_lease(&p, turn->dhcp_ms);
}

/** Whose boot file we are, if we are one: the reply that the program before us kept, or the lease. */
static const struct settings_scope *started_by(const struct netif *netif)
{
	const struct settings_scope *reply = CONFIG_PROXYDHCP ? pxe_answer(netif, PXE_PROXYDHCP) : NULL;

	return reply && boot_file_named(reply) ? reply : &netif->settings;
}

/** The interface that the lease @ack of @len bytes is for takes it; NULL: it is for none. */
static struct netif *take_lease(const void *ack, size_t len)
{
	for (struct netif *netif = ifmgmt_next(NULL); netif; netif = ifmgmt_next(netif)) {
		int rc = dhcp_use_cached(netif, ack, len, clock_ms());

		if (rc == -ENETDOWN && netif_open(netif, clock_ms()) == 0)
			rc = dhcp_use_cached(netif, ack, len, clock_ms());
		if (rc == 0)
			return netif;
	}
	return NULL;
}

void ifmgmt_take_over(void)
{
	uint8_t *packet = heap_alloc(DHCP_MESSAGE_MAX);
	size_t len = packet ? system_cached_packet(DHCP_CACHED_ACK, packet, DHCP_MESSAGE_MAX) : 0;
	struct netif *netif = len ? take_lease(packet, len) : NULL;
	char *url = NULL;

	if (netif) {
		len = system_cached_packet(DHCP_CACHED_REPLY, packet, DHCP_MESSAGE_MAX);
		if (CONFIG_PROXYDHCP && len)
			dhcp_use_cached_reply(netif, packet, len);
		print("Taken over: ");
		ifmgmt_show_lease(netif);
		if (CONFIG_CIRCLES && boot_file_url(started_by(netif), &url) == 0)
			running_set_program(url);
		heap_free(url);
	}
	heap_free(packet);
}

/** Has @netif an address among its settings, whether or not it took effect yet? */
static bool has_address(const struct netif *netif)
{
	uint32_t ip;

	return settings_find_ipv4(&netif->settings, TAG_IP, true, &ip) && ip != 0;
}

int ifmgmt_ready(void)
{
	struct netif *netif, *waited_for = NULL;
	int rc;

	for (netif = ifmgmt_next(NULL); netif; netif = ifmgmt_next(netif)) {
		if (!has_address(netif))
			continue;
		rc = netif_open(netif, clock_ms());
		if (rc != 0)
			return rc;
		if (netif->link_up)
			return 0;
		if (!waited_for)
			waited_for = netif;
	}
	if (waited_for)
		return ifmgmt_open(waited_for, 0);
	return ifmgmt_next(NULL) ? fail(-ENETUNREACH, "no interface has an address: use dhcp") : ifmgmt_none();
}

void ifmgmt_print_bytes(const char *text, size_t len)
{
	for (; len; len--, text++)
		console_putc(text_is_print(*text) ? *text : '?');
}

void ifmgmt_print_safe(const char *text)
{
	ifmgmt_print_bytes(text, strlen(text));
}

/** Bits of @mask; -1 when they are not the leading ones. */
static int prefix_length(uint32_t mask)
{
	int bits = 0;

	for (; mask & 0x80000000u; mask <<= 1)
		bits++;
	return mask ? -1 : bits;
}

void ifmgmt_show_lease(const struct netif *netif)
{
	int prefix = prefix_length(netif->netmask);
	char file[128], name[24];
	uint32_t dns, mask, server;

	print("%s: %pI4", netif->name, &netif->ip);
	if (prefix >= 0)
		print("/%d", prefix);
	else
		print("/%pI4", &netif->netmask);
	if (!settings_find_ipv4(&netif->settings, TAG_NETMASK, true, &mask) || mask != netif->netmask)
		print(" (guessed: no netmask given)");
	if (settings_find_ipv4(&netif->settings, TAG_DHCP_SERVER, true, &server))
		print(" from %pI4", &server);
	if (netif->gateway)
		print(", gateway %pI4", &netif->gateway);
	if (netif->gateway && (netif->gateway ^ netif->ip) & netif->netmask)
		print(" (not on this network)");
	if (settings_find_ipv4(&netif->settings, TAG_DNS, true, &dns))
		print(", DNS %pI4", &dns);
	text_format(name, sizeof(name), "%s/filename", netif->name);
	if (settings_get(name, file, sizeof(file), NULL) > 0) {
		print(", boot file ");
		ifmgmt_print_safe(file);
	}
	print("\n");
}
