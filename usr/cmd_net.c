/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: dhcp, pxebs, ifopen, ifclose, ifstat, route, nslookup, ping. */
#include "usr/commands.h"

#include "core/clock.h"
#include "core/errors.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "drivers/net/probe.h"    // nic_chip_name
#include "net/icmp.h"
#include "net/net.h"
#include "usr/boot_choice.h"
#include "usr/ifmgmt.h"
#include "usr/shell.h"
#include "usr/wait.h"

/** Run @action on each interface named, or on all. Every name is checked first. */
static int for_each_interface(const struct arguments *a, int (*action)(struct netif *netif, uint32_t timeout_ms), uint32_t timeout_ms)
{
	struct netif *netif;
	int rc = 0;

	for (int i = 0; i < a->argc; i++)
		if ((rc = ifmgmt_find(a->argv[i], &netif)) != 0)
			return rc;
	for (int i = 0; rc == 0 && i < a->argc; i++) {
		ifmgmt_find(a->argv[i], &netif);
		rc = action(netif, timeout_ms);
	}
	if (a->argc > 0)
		return rc;
	if (!ifmgmt_next(NULL))
		return ifmgmt_none();
	for (netif = ifmgmt_next(NULL); rc == 0 && netif; netif = ifmgmt_next(netif))
		rc = action(netif, timeout_ms);
	return rc;
}

enum { OPTION_TIMEOUT, OPTION_CONFIGURATOR };
static const struct option dhcp_options[] = {
	{ 't', "timeout", "MS", "give up on an interface after so many milliseconds" },
	{ 'c', "configurator", "NAME", "dhcp, the only one" },
	{ 0 }
};

/** One of several interfaces: its failure is printed, and the next one is tried. */
static bool dhcp_failed(struct netif *netif, uint32_t timeout_ms, bool alone, int *rc)
{
	shell_job_begin();
	*rc = ifmgmt_dhcp(netif, timeout_ms);
	if (*rc != -ECANCELED && !alone)
		shell_job_end(netif->name, *rc);
	return *rc != 0 && *rc != -ECANCELED;
}

static int run_dhcp(const struct arguments *a)
{
	bool any = a->argc == 0 || (a->argc == 1 && strcmp(a->argv[0], "any") == 0);
	const char *configurator = a->option[OPTION_CONFIGURATOR];
	uint32_t timeout_ms = 0;
	struct netif *netif;
	int rc = command_number(a, OPTION_TIMEOUT, &timeout_ms);

	if (rc == 0 && configurator && strcmp(configurator, "dhcp") != 0)
		rc = fail(-EINVAL, "no configurator \"%s\"", configurator);
	for (int i = 0; rc == 0 && !any && i < a->argc; i++)
		rc = ifmgmt_find(a->argv[i], &netif);
	if (rc != 0)
		return rc;
	netif = ifmgmt_next(NULL);
	if (!netif)
		return ifmgmt_none();
	if (any) {
		bool alone = !ifmgmt_next(netif);

		while (netif && dhcp_failed(netif, timeout_ms, alone, &rc))
			netif = ifmgmt_next(netif);
		return rc;
	}
	for (int i = 0; i < a->argc && ifmgmt_find(a->argv[i], &netif) == 0; i++)
		if (!dhcp_failed(netif, timeout_ms, a->argc == 1, &rc))
			break;
	return rc;
}
const struct command cmd_dhcp = {
	.name = "dhcp", .alias = { "ifconf" }, .arguments = "[interface...|any]",
	.help = "Gets an address by DHCP, on the first interface where that works.",
	.options = dhcp_options, .max_args = -1, .run = run_dhcp,
};

static int run_pxebs(const struct arguments *a)
{
	struct netif *netif;
	uint32_t type;
	int rc = ifmgmt_find(a->argv[0], &netif);

	if (rc == 0 && !text_to_u32(a->argv[1], 0xffff, &type))
		rc = fail(-EINVAL, "\"%s\" is not a boot server's type, 0 to 65535", a->argv[1]);
	return rc != 0 ? rc : boot_choice_server(netif, (uint16_t)type);
}
const struct command cmd_pxebs = {
	.name = "pxebs", .arguments = "interface type",
	.help = "Looks for a PXE boot server of a type; its answer is the settings scope pxebs.", .min_args = 2, .max_args = 2,
	.run = run_pxebs,
};

static int run_ifopen(const struct arguments *a)
{
	return for_each_interface(a, ifmgmt_open, 0);
}
const struct command cmd_ifopen = {
	.name = "ifopen", .arguments = "[interface...]", .help = "Opens interfaces and waits for their links.", .max_args = -1,
	.run = run_ifopen,
};

static int close_interface(struct netif *netif, uint32_t unused)
{
	(void)unused;
	netif_close(netif);
	return 0;
}
static int run_ifclose(const struct arguments *a)
{
	return for_each_interface(a, close_interface, 0);
}
const struct command cmd_ifclose = {
	.name = "ifclose", .arguments = "[interface...]", .help = "Closes interfaces.", .max_args = -1, .run = run_ifclose,
};

static int show_interface(struct netif *netif, uint32_t unused)
{
	const struct nic *nic = netif->nic;
	const struct netif_counters *n = &netif->counters;

	(void)unused;
	print("%s: %pM %s %s %04x:%04x on PCI %02x:%02x.%x (%s)\n", netif->name, netif->mac, nic->driver->name, nic_chip_name(&nic->pci),
	      nic->pci.vendor, nic->pci.device, nic->pci.bus, nic->pci.slot, nic->pci.function, netif->open ? "open" : "closed");
	print("  link %s, RX %u (%u KiB, %u dropped, %u errors), TX %u (%u dropped, %u errors)\n",
	      !netif->open ? "unknown" : netif->link_up ? "up" : "down", (unsigned)n->rx, (unsigned)n->rx_bytes_kib,
	      (unsigned)n->rx_dropped, (unsigned)nic->stats.rx_errors, (unsigned)n->tx, (unsigned)n->tx_dropped,
	      (unsigned)nic->stats.tx_errors);
	return 0;
}
static int run_ifstat(const struct arguments *a)
{
	return for_each_interface(a, show_interface, 0);
}
const struct command cmd_ifstat = {
	.name = "ifstat", .arguments = "[interface...]", .help = "Shows interfaces, links and counters.", .max_args = -1,
	.run = run_ifstat,
};

static int run_route(const struct arguments *a)
{
	(void)a;
	for (struct netif *netif = ifmgmt_next(NULL); netif; netif = ifmgmt_next(netif)) {
		netif_apply_settings(netif);
		if (!netif->ip)
			continue;
		print("%s: %pI4/%pI4", netif->name, &netif->ip, &netif->netmask);
		if (netif->gateway)
			print(" gw %pI4", &netif->gateway);
		print("%s\n", netif->open ? "" : " (closed)");
	}
	return 0;
}
const struct command cmd_route = {
	.name = "route", .arguments = "", .help = "Shows the addresses and gateways in use.", .run = run_route,
};

static int query_done(void *context)
{
	return ((struct dns_query *)context)->rc;
}

/** Look @name up into @q, which is stopped again. */
static int look_up(struct dns_query *q, const char *name)
{
	struct waiting w = { .done = query_done, .context = q };
	int rc = ifmgmt_ready();

	if (rc != 0)
		return rc;
	rc = dns_start(q, &the_net, name, clock_ms());
	if (rc == -EINPROGRESS)
		rc = wait_for(&w);
	dns_stop(q);
	return rc;
}

static int run_nslookup(const struct arguments *a)
{
	const char *name = a->argv[a->argc - 1];
	struct dns_query q;
	char text[16];
	int rc = look_up(&q, name);

	if (rc != 0)
		return rc;
	if (a->argc == 1) {
		for (unsigned i = 0; i < q.address_count; i++)
			print("%s: %pI4\n", name, &q.address[i]);
		return 0;
	}
	text_format(text, sizeof(text), "%pI4", &q.address[0]);
	return settings_set(a->argv[0], text);
}
const struct command cmd_nslookup = {
	.name = "nslookup", .arguments = "[setting] name", .help = "Looks a name up, and stores its address in the setting.",
	.min_args = 1, .max_args = 2, .run = run_nslookup,
};

enum { PING_COUNT, PING_SIZE, PING_TIMEOUT, PING_QUIET };
static const struct option ping_options[] = {
	{ 'c', "count", "N", "send so many (4)" },
	{ 's', "size", "BYTES", "of data in each (56)" },
	{ 't', "timeout", "MS", "wait so long for each answer (1000)" },
	{ 'q', "quiet", NULL, "print only an error" },
	{ 0 }
};

static int ping_done(void *context)
{
	return ((struct ping *)context)->rc;
}

/** Send one echo request and print its answer, unless we are to be @quiet. */
static int ping_once(uint32_t dst, uint32_t size, uint32_t timeout_ms, unsigned number, bool quiet)
{
	struct ping ping;
	struct waiting w = { .done = ping_done, .context = &ping };
	int rc = ping_start(&ping, &the_net, dst, (uint16_t)size, timeout_ms, clock_ms());

	if (rc == 0 || rc == -EINPROGRESS)
		rc = wait_for(&w);
	ping_stop(&ping);
	if (quiet)
		return rc;
	if (rc == 0)
		print("%u bytes from %pI4: seq %u, ttl %u, %u ms\n", (unsigned)size, &ping.from, number, ping.ttl,
		      (unsigned)ping.round_trip_ms);
	else if (rc == -ETIMEDOUT)
		print("no answer: seq %u\n", number);
	return rc;
}

static int run_ping(const struct arguments *a)
{
	uint32_t count = 4, size = 56, timeout_ms = 1000, answers = 0;
	struct dns_query q;
	int rc = command_number(a, PING_COUNT, &count);

	if (rc == 0)
		rc = command_number(a, PING_SIZE, &size);
	if (rc == 0)
		rc = command_number(a, PING_TIMEOUT, &timeout_ms);
	if (rc == 0 && size > 1400)
		rc = fail(-EINVAL, "at most 1400 bytes");
	if (rc == 0)
		rc = look_up(&q, a->argv[0]);
	for (uint32_t i = 1; rc == 0 && i <= count; i++) {
		uint32_t start = clock_ms(), spent;

		rc = ping_once(q.address[0], size, timeout_ms, (unsigned)i, a->option[PING_QUIET] != NULL);
		answers += rc == 0;
		spent = clock_ms() - start;
		if (rc == -ETIMEDOUT)
			rc = 0;
		if (rc == 0 && i < count && spent < 1000)
			rc = wait_ms(1000 - spent);
	}
	if (rc == 0 && count && !answers)
		rc = fail(-ETIMEDOUT, "no answer from %pI4", &q.address[0]);
	return rc;
}
const struct command cmd_ping = {
	.name = "ping", .arguments = "host", .help = "Sends echo requests.", .options = ping_options, .min_args = 1, .max_args = 1,
	.run = run_ping,
};
