/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, waiting for the link, DHCP. */
#include "usr/ifmgmt.h"

#include "config/net.h"
#include "core/clock.h"
#include "core/console.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "net/net.h"
#include "usr/progress.h"
#include "usr/wait.h"

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

static int link_done(void *context)
{
	return ((struct netif *)context)->link_up ? 0 : -EINPROGRESS;
}

static void link_draw(void *context)
{
	progress_show("%s: waiting for link...", ((struct netif *)context)->name);
}

static int wait_for_link(struct netif *netif, uint32_t timeout_ms)
{
	struct waiting w = { link_done, netif, link_draw, timeout_ms ? timeout_ms : CONFIG_LINK_WAIT_MS };
	bool seconds = w.timeout_ms % 1000 == 0;
	int rc = wait_for(&w);

	if (rc == 0)
		progress_over();
	else
		progress_wipe();
	if (rc == -ETIMEDOUT)
		return fail(-ENETDOWN, "%s: no link after %u %s: is the cable plugged in?", netif->name,
			    (unsigned)(seconds ? w.timeout_ms / 1000 : w.timeout_ms), seconds ? "s" : "ms");
	return rc;
}

int ifmgmt_open(struct netif *netif, uint32_t timeout_ms)
{
	int rc = netif_open(netif, clock_ms());

	return rc != 0 ? rc : wait_for_link(netif, timeout_ms);
}

/* DHCP's line: "DHCP (net0 52:54:00:12:34:56)... 8 s", at the end "ok". */
struct dhcp_line { struct netif *netif; uint32_t started_ms; };

static int dhcp_done(void *context)
{
	return ((struct dhcp_line *)context)->netif->dhcp.rc;
}

static void dhcp_draw(void *context)
{
	struct dhcp_line *line = context;
	unsigned seconds = (unsigned)((clock_ms() - line->started_ms) / 1000);

	if (seconds)
		progress_show("DHCP (%s %pM)... %u s", line->netif->name, line->netif->mac, seconds);
	else
		progress_show("DHCP (%s %pM)...", line->netif->name, line->netif->mac);
}

/** What is left at @now_ms of @timeout_ms from @start_ms on; at least 1. */
static uint32_t time_left(uint32_t timeout_ms, uint32_t start_ms, uint32_t now_ms)
{
	uint32_t spent_ms = now_ms - start_ms;

	return spent_ms < timeout_ms ? timeout_ms - spent_ms : 1;
}

int ifmgmt_dhcp(struct netif *netif, uint32_t timeout_ms)
{
	uint32_t start_ms = clock_ms();
	struct dhcp_line line = { .netif = netif };
	struct waiting w = { .done = dhcp_done, .context = &line, .draw = dhcp_draw };
	int rc = ifmgmt_open(netif, timeout_ms);

	if (rc != 0)
		return rc;
	line.started_ms = clock_ms();
	dhcp_draw(&line);
	timeout_ms = timeout_ms ? time_left(timeout_ms, start_ms, line.started_ms) : CONFIG_DHCP_GIVE_UP_MS;
	rc = dhcp_start(netif, timeout_ms, line.started_ms);
	if (rc == -EINPROGRESS)
		rc = wait_for(&w);
	if (rc != 0) {
		dhcp_stop(netif);
		progress_wipe();
		return rc;
	}
	progress_finish("DHCP (%s %pM)... ok", netif->name, netif->mac);
	ifmgmt_show_lease(netif);
	return 0;
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
		return wait_for_link(waited_for, 0);
	return ifmgmt_next(NULL) ? fail(-ENETUNREACH, "no interface has an address: use dhcp") : ifmgmt_none();
}

void ifmgmt_print_safe(const char *text)
{
	for (; *text; text++)
		console_putc(text_is_print(*text) ? *text : '?');
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
	uint32_t dns;

	print("%s: %pI4", netif->name, &netif->ip);
	if (prefix >= 0)
		print("/%d", prefix);
	else
		print("/%pI4", &netif->netmask);
	if (netif->gateway)
		print(", gateway %pI4", &netif->gateway);
	if (settings_find_ipv4(&netif->settings, TAG_DNS, true, &dns))
		print(", DNS %pI4", &dns);
	text_format(name, sizeof(name), "%s/filename", netif->name);
	if (settings_get(name, file, sizeof(file), NULL) > 0) {
		print(", boot file ");
		ifmgmt_print_safe(file);
	}
	print("\n");
}
