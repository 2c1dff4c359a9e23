/* SPDX-License-Identifier: BSD-2-Clause */
/* Choosing among what the servers say. */
#include "usr/boot_choice.h"

#include "config/features.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/settings.h"
#include "core/string.h"
#include "core/uri.h"
#include "net/dhcp_message.h"
#include "net/download.h"
#include "net/net.h"
#include "net/pxe_options.h"
#include "usr/boot_file.h"
#include "usr/ifmgmt.h"
#include "usr/progress.h"
#include "usr/pxemenu.h"
#include "usr/wait.h"

#define OFFERS_WAIT_MS 2000     /* from the DISCOVER on: PXE 2.1's ProxyDHCP servers answer it, too */

enum saying { SAYS_NOTHING, SAYS_ASK /* on port 4011 */, SAYS_MENU, SAYS_FILE };

static bool is_pxe_server(const struct settings_scope *scope)
{
	size_t len;
	const uint8_t *class = settings_find(scope, TAG_VENDOR_CLASS, NULL, true, &len);

	return class && len >= sizeof(PXE_CLASS) - 1 && memcmp(class, PXE_CLASS, sizeof(PXE_CLASS) - 1) == 0;
}

/** What @scope comes to. A menu goes before a file, unless the server says that the file is meant (43.6 bit 3). */
static enum saying what_says(const struct settings_scope *scope)
{
	bool file = boot_file_named(scope);
	struct pxe_options options;

	if (!CONFIG_PROXYDHCP || !is_pxe_server(scope))
		return file ? SAYS_FILE : SAYS_NOTHING;
	pxe_options_read(&options, scope);
	if (options.menu.data && !(file && options.control & PXE_JUST_BOOT))
		return SAYS_MENU;
	return file ? SAYS_FILE : SAYS_ASK;
}

static int offer_came(void *context)
{
	return pxe_answer(context, PXE_PROXYDHCP) ? 0 : -EINPROGRESS;
}

static void draw_offers(void *context)
{
	progress_show("%s: no boot file yet, waiting for ProxyDHCP...", ((struct netif *)context)->name);
}

/** Wait until something is offered beside the lease, unless that says (175.176) that nothing will be. */
static int wait_for_offers(struct netif *netif)
{
	uint32_t spent_ms = clock_ms() - netif->dhcp.discovered_ms;
	struct waiting w = { offer_came, netif, draw_offers, spent_ms < OFFERS_WAIT_MS ? OFFERS_WAIT_MS - spent_ms : 1 };
	size_t len;
	const uint8_t *none = settings_find(&netif->settings, TAG_NO_PROXYDHCP, NULL, true, &len);
	int rc = none && len == 1 && *none ? 0 : wait_for(&w);

	progress_wipe();
	return rc == -ETIMEDOUT ? 0 : rc;
}

/* A question to PXE servers and its line: "PXEBS (net0 type 15)..." */
struct question { struct netif *netif; const char *what; char detail[24]; };

static int question_done(void *context)
{
	return ((struct question *)context)->netif->boot_server.rc;
}

static void question_draw(void *context)
{
	struct question *q = context;

	progress_show("%s (%s %s)...", q->what, q->netif->name, q->detail);
}

/** Wait for the answer to what was begun with @rc. */
static int wait_for_answer(struct question *q, int rc)
{
	struct waiting w = { .done = question_done, .context = q, .draw = question_draw };

	question_draw(q);
	if (rc == -EINPROGRESS)
		rc = wait_for(&w);
	boot_server_stop(q->netif);
	if (rc != 0) {
		progress_wipe();
		return rc;
	}
	progress_finish("%s (%s %s)... ok", q->what, q->netif->name, q->detail);
	return 0;
}

/** *@scope becomes the answer that just came, unless a lease that ended at that moment took it along. */
static int take_answer(const struct netif *netif, enum pxe_answer which, const struct settings_scope **scope)
{
	*scope = pxe_answer(netif, which);
	return *scope ? 0 : fail(-ENETUNREACH, "%s lost its lease", netif->name);
}

/** Ask the PXE server that *@scope is from for what it left out. */
static int ask_proxy(struct netif *netif, const struct settings_scope **scope)
{
	struct question q = { netif, "ProxyDHCP", "" };
	uint32_t server = 0;
	int rc;

	settings_find_ipv4(*scope, TAG_DHCP_SERVER, true, &server);
	text_format(q.detail, sizeof(q.detail), "%pI4", &server);
	rc = wait_for_answer(&q, boot_server_ask(netif, server, clock_ms()));
	return rc != 0 ? rc : take_answer(netif, PXE_PROXYDHCP, scope);
}

/** Look for a boot server of @type, as @options say. */
static int discover(struct netif *netif, const struct pxe_options *options, uint16_t type)
{
	struct question q = { netif, "PXEBS", "" };

	text_format(q.detail, sizeof(q.detail), "type %u", type);
	return wait_for_answer(&q, boot_server_discover(netif, options, type, clock_ms()));
}

int boot_choice_server(struct netif *netif, uint16_t type)
{
	const struct settings_scope *scope = pxe_answer(netif, PXE_PROXYDHCP);
	struct pxe_options options;

	pxe_options_read(&options, scope && is_pxe_server(scope) ? scope : &netif->settings);
	return discover(netif, &options, type);
}

/** Let the menu of @scope lead to a boot server, whose answer becomes *@scope; NULL for none: the choice is to boot locally. */
static int follow_menu(struct netif *netif, const struct settings_scope **scope)
{
	struct pxe_options options;
	uint16_t type;
	uint32_t server;
	int rc = pxe_options_copy(&options, *scope);    /* the lease may be renewed, or end, while somebody chooses */

	if (rc != 0)
		return rc;
	if (settings_find_ipv4(*scope, TAG_DHCP_SERVER, true, &server))
		print("%s: boot menu of %pI4\n", netif->name, &server);
	rc = pxemenu_choose(&options, &type);
	if (rc == 0 && type != PXE_LOCAL_BOOT)
		rc = discover(netif, &options, type);
	pxe_options_free(&options);
	if (rc != 0)
		return rc;
	if (type != PXE_LOCAL_BOOT)
		return take_answer(netif, PXE_PXEBS, scope);
	print("%s: the choice is to boot locally\n", netif->name);
	*scope = NULL;
	return 0;
}

/** Go from the lease to whoever says most: *@scope is theirs. */
static int find_speaker(struct netif *netif, const struct settings_scope **scope)
{
	const struct settings_scope *proxy;
	int rc = 0;

	*scope = &netif->settings;
	if (what_says(*scope) > SAYS_ASK || boot_file_named(settings_root()))
		return 0;
	if (what_says(*scope) == SAYS_NOTHING)
		rc = wait_for_offers(netif);
	proxy = pxe_answer(netif, PXE_PROXYDHCP);
	if (proxy)
		*scope = proxy;
	return rc == 0 && what_says(*scope) == SAYS_ASK ? ask_proxy(netif, scope) : rc;
}

static bool is_fetched(const char *path)
{
	struct uri *uri;
	bool known = uri_parse(path, &uri) == 0;

	if (known) {
		known = download_scheme_known(uri);
		uri_free(uri);
	}
	return known;
}

/** Without a boot file the root-path may name a disk: of a scheme that we have. */
static int choose_disk(const struct netif *netif, struct boot_choice *choice)
{
	size_t len = 0;
	const uint8_t *path = settings_find(&netif->settings, TAG_ROOT_PATH, NULL, true, &len);

	if (!path || !len)
		return fail(-ENOENT, "DHCP gave %pI4 but no boot file (options 67 and 43 are empty)", &netif->ip);
	choice->url = heap_alloc(len + 1);
	if (!choice->url)
		return -ENOMEM;
	text_format(choice->url, len + 1, "%.*s", (int)len, (const char *)path);
	choice->disk = CONFIG_SAN && is_fetched(choice->url);
	if (choice->disk) {
		print("%s: booting the disk \"", netif->name);
		ifmgmt_print_safe(choice->url);
		print("\" (root-path)\n");
		return 0;
	}
	return fail(-ENOENT, "DHCP gave %pI4 but no boot file, and root-path \"%s\" is no disk's URL", &netif->ip, choice->url);
}

/** One line: what is taken, and whose; what others offered. */
static void show_choice(const struct netif *netif, const struct settings_scope *scope)
{
	bool lease = scope == &netif->settings;
	struct dhcp_message m;
	uint32_t taken = 0, ip;

	print("%s: booting ", netif->name);
	boot_file_show(scope);
	settings_find_ipv4(scope, TAG_DHCP_SERVER, true, &taken);
	if (!lease && settings_find_ipv4(&netif->lease, TAG_DHCP_SERVER, false, &ip) && ip != taken)
		print("; DHCP server %pI4 names none", &ip);
	for (unsigned i = 0; dhcp_offers_get(&netif->dhcp.offers, i, &m); i++)
		if (m.from != taken && m.server_id != taken && m.server_id != netif->dhcp.server_ip)
			print("; not what %pI4 offers%s", &m.from, m.pxe ? " (PXE)" : "");
	print("\n");
}

/** Take the file that @scope names, and say so. */
static int choose_file(const struct netif *netif, const struct settings_scope *scope, struct boot_choice *choice)
{
	if (CONFIG_PROXYDHCP)
		show_choice(netif, scope);
	return boot_file_url(scope, &choice->url);
}

int boot_choice(struct netif *netif, struct boot_choice *choice)
{
	const struct settings_scope *scope = &netif->settings;
	int rc = CONFIG_PROXYDHCP ? find_speaker(netif, &scope) : 0;

	*choice = (struct boot_choice){ 0 };
	if (rc == 0 && CONFIG_PROXYDHCP && what_says(scope) == SAYS_MENU) {
		rc = follow_menu(netif, &scope);
		if (rc != 0 || !scope)
			return rc;
		if (!boot_file_named(scope))
			return fail(-ENOENT, "the boot server names no file");
	}
	if (rc == 0)
		rc = boot_file_named(scope) ? choose_file(netif, scope, choice) : choose_disk(netif, choice);
	return rc;
}
