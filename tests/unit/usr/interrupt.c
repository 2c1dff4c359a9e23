/* SPDX-License-Identifier: BSD-2-Clause */
/* Ctrl-C in every wait there is: each is entered on a simulated wire, and left within 200 ms of simulated time. */
#include "tests/unit/usr/wired.h"

#include "config/general.h"

enum { TOO_LATE_MS = 200 };

/* One wait: how it is entered, and what is seen while it lasts. */
struct wait_case {
	const char *name;
	const char *lines[4];           /* typed one after the other; the last one waits */
	const char *seen;               /* on the console when Ctrl-C is given; NULL: nothing in particular */
	uint32_t after_ms;              /* so long after the last line, or after the start */
	bool no_link, no_dhcp, no_dns, no_arp, deaf, tftp_deaf;
	bool unattended;                /* nobody asked for the shell */
	bool slow;                      /* 500 bytes a millisecond */
	bool proxy, answers_echo;
	uint32_t dies_ms, pulled_ms;    /* so long after the last line the servers die, or the cable is pulled */
	const char *filename, *script;
	const void *vendor;
	size_t vendor_len;
	const char *then;               /* what is seen when it is over, if that is no prompt */
};

static const struct wait_case *now;
static unsigned line;
static uint32_t waits_since_ms, pressed_ms, over_ms;
static bool seen;
static char shown[1000];                /* when Ctrl-C was pressed: the end of it */

static const char *next_line(void)
{
	if (pressed_ms && !over_ms)
		over_ms = clock_ms();
	if (over_ms || line >= 4 || !now->lines[line])
		return NULL;
	waits_since_ms = clock_ms();
	return now->lines[line++];
}

static bool last_line_typed(void)
{
	return now->unattended || line == 4 || (line && !now->lines[line]);
}

static void tick(uint32_t now_ms)
{
	if (pressed_ms && !over_ms && now->then && host_console_has(now->then))
		over_ms = now_ms;
	if (pressed_ms || !last_line_typed())
		return;
	if (now->dies_ms && now_ms - waits_since_ms >= now->dies_ms && !lan.tftp.deaf) {
		lan.web.refuse = lan.tftp.deaf = true;
		web_kill(&lan.web);
	}
	if (now->pulled_ms && now_ms - waits_since_ms >= now->pulled_ms)
		lan.sim.link_up = false;
	if (now_ms - waits_since_ms < now->after_ms)
		return;
	pressed_ms = now_ms;
	seen = !now->seen || host_console_has(now->seen);
	snprintf(shown, sizeof shown, "%s", host_console_plain());
	host_key(KEY_CTRL('C'));
}

#define SERVED(...) (const struct lan_file[]){ __VA_ARGS__, { 0 } }
enum { STORED_BLOCK = 65535, STORED_BLOCKS = 256 };

static const char menu[] = "\x06\x01\x03\x08\x07\0\x0f\x01\x0a\0\x02\x02\x09\x09\0\x0f\x06" "Boot A\x0a\x05\x0aPick\xff";
static const char menu_forever[] = "\x06\x01\x03\x08\x07\0\x0f\x01\x0a\0\x02\x02\x09\x09\0\x0f\x06" "Boot A\x0a\x05\xffPick\xff";
static const char menu_at_once[] = "\x06\x01\x03\x08\x07\0\x0f\x01\x0a\0\x02\x02\x09\x09\0\x0f\x06" "Boot A\x0a\x05\0Pick\xff";
#define VENDOR(v) .vendor = v, .vendor_len = sizeof v - 1, .proxy = true

static const struct wait_case cases[] = {
	{ "ifopen: no link", { "ifopen" }, .seen = "net0: waiting for link...", .after_ms = 3000, .no_link = true },
	{ "dhcp: no link", { "dhcp" }, .seen = "net0: waiting for link...", .after_ms = 3000, .no_link = true },
	{ "dhcp: no answer", { "dhcp" }, .seen = "DHCP (net0 52:54:00:12:34:56)... 7 s", .after_ms = 7900, .no_dhcp = true },
	{ "autoboot: no link", { "autoboot" }, .seen = "net0: no link (cable unplugged?), ", .after_ms = 9000, .no_link = true },
	{ "autoboot: no DHCP answer", { "autoboot" }, .seen = "is the network settling?, ", .after_ms = 9000, .no_dhcp = true },
	{ "autoboot: ProxyDHCP offers", { "autoboot" }, .seen = "waiting for ProxyDHCP...", .after_ms = 1000, .filename = NULL },
	{ "autoboot: the ProxyDHCP server's answer", { "autoboot" }, .seen = "ProxyDHCP (net0 10.0.2.2)...", .after_ms = 700, .proxy = true },
	{ "PXE: the prompt's countdown", { "autoboot" }, .seen = "Pick (", .after_ms = 2000, VENDOR(menu) },
	{ "PXE: the menu", { "autoboot" }, .seen = "Boot: A. Boot A", .after_ms = 100000, VENDOR(menu_forever) },
	{ "PXE: the boot server", { "autoboot" }, .seen = "PXEBS (net0 type 15)...", .after_ms = 1000, VENDOR(menu_at_once) },
	{ "pxebs", { "dhcp", "pxebs net0 15" }, .seen = "PXEBS (net0 type 15)...", .after_ms = 1000, VENDOR(menu_at_once) },
	{ "untouched: no link", .seen = "net0: no link (cable unplugged?), ", .after_ms = 9000, .no_link = true, .unattended = true,
	  .then = "cancelled by user" },
	{ "untouched: no DHCP answer", .seen = "is the network settling?, ", .after_ms = 9000, .no_dhcp = true, .unattended = true,
	  .then = "cancelled by user" },
	{ "untouched: the boot file", .seen = "http://10.0.2.9/stall", .after_ms = 5000, .unattended = true, .filename = "http://10.0.2.9/stall",
	  .then = "cancelled by user" },
	{ "untouched: the last chance for Ctrl-B", .seen = "Press Ctrl-B", .after_ms = 500, .unattended = true,
	  .filename = "http://10.0.2.9/missing" },
	{ "an embedded script's sleep", .after_ms = 5000, .unattended = true, .script = "#!fpxe\nsleep 60\n", .then = "cancelled by user" },
	{ "DNS: nslookup", { "dhcp", "nslookup boot.example" }, .after_ms = 1500, .no_dns = true },
	{ "DNS: a download's server", { "dhcp", "kernel http://boot.example/x" }, .seen = "resolving", .after_ms = 1500, .no_dns = true },
	{ "ARP: nobody has the address", { "dhcp", "kernel http://10.0.2.9/stall" }, .seen = "connecting", .after_ms = 400, .no_arp = true },
	{ "TCP: no answer to the SYN", { "dhcp", "kernel http://10.0.2.9/stall" }, .seen = "connecting", .after_ms = 9000, .deaf = true },
	{ "HTTP: the header", { "dhcp", "kernel http://10.0.2.9/headless" }, .after_ms = 9000 },
	{ "HTTP: the body", { "dhcp", "kernel http://10.0.2.9/stall" }, .seen = "http://10.0.2.9/stall", .after_ms = 9000 },
	{ "HTTP: the body, fast", { "dhcp", "initrd http://10.0.2.9/long" }, .seen = "http://10.0.2.9/long", .after_ms = 1000, .slow = true },
	{ "HTTP: after 503, until the time it names", { "dhcp", "kernel http://10.0.2.9/busy" }, .seen = "server busy", .after_ms = 4000 },
	{ "HTTP: between two tries", { "dhcp", "kernel http://10.0.2.9/stall" }, .seen = "retry", .after_ms = 4000, .dies_ms = 1000 },
	{ "HTTP: the cable is pulled", { "dhcp", "kernel http://10.0.2.9/long" }, .after_ms = 9000, .slow = true, .pulled_ms = 1000 },
	{ "TFTP: no answer", { "dhcp", "kernel tftp://10.0.2.8/x" }, .after_ms = 3500, .tftp_deaf = true },
	{ "TFTP: the next block", { "dhcp", "kernel tftp://10.0.2.8/x" }, .after_ms = 3500, .slow = true, .dies_ms = 500 },
	{ "TFTP: while blocks come", { "dhcp", "kernel tftp://10.0.2.8/x" }, .seen = "tftp://10.0.2.8/x", .after_ms = 1500, .slow = true },
	{ "chain", { "dhcp", "chain http://10.0.2.9/stall" }, .seen = "http://10.0.2.9/stall", .after_ms = 3000 },
	{ "memdisk", { "dhcp", "memdisk http://10.0.2.9/stall" }, .seen = "http://10.0.2.9/stall", .after_ms = 3000 },
	{ "imgwait", { "dhcp", "initrd --background http://10.0.2.9/stall", "imgwait" }, .seen = "stall", .after_ms = 3000 },
	{ "boot: a kernel that is still coming", { "dhcp", "kernel --background http://10.0.2.9/stall", "boot" }, .seen = "stall", .after_ms = 3000 },
	{ "sanboot: no answer", { "dhcp", "sanboot http://10.0.2.9/stall" }, .seen = "10.0.2.9", .after_ms = 3000, .deaf = true },
	{ "sanhook: no answer", { "dhcp", "sanhook http://10.0.2.9/stall" }, .seen = "10.0.2.9", .after_ms = 3000, .deaf = true },
	{ "sanhook: the header", { "dhcp", "sanhook http://10.0.2.9/headless" }, .seen = "10.0.2.9", .after_ms = 3000 },
	{ "sanhook: the first sectors", { "dhcp", "sanhook http://10.0.2.9/long" }, .after_ms = 5000, .slow = true, .dies_ms = 15 },
	{ "ping: no answer", { "dhcp", "ping -t 30000 10.0.2.2" }, .after_ms = 9000 },
	{ "ping: nobody has the address", { "dhcp", "ping -t 30000 10.0.2.77" }, .after_ms = 500 },
	{ "ping: until the next second", { "dhcp", "ping -c 10 10.0.2.2" }, .seen = "seq 3", .after_ms = 2500, .answers_echo = true },
	{ "sleep", { "sleep 100" }, .after_ms = 50000 },
	{ "time sleep", { "time sleep 100" }, .after_ms = 50000 },
	{ "a script's sleep", { "dhcp", "chain http://10.0.2.9/sleeps" }, .after_ms = 5000 },
	{ "a script of many lines", { "dhcp", "chain http://10.0.2.9/echoes" }, .seen = "again", .after_ms = 400 },
	{ "a digest", { "dhcp", "initrd http://10.0.2.9/large", "sha256sum large" }, .after_ms = 10 },
	{ "unpacking", { "dhcp", "initrd http://10.0.2.9/packed", "imgextract packed" }, .after_ms = 10 },
};

/** A gzip file of @STORED_BLOCKS stored blocks; its end is of no interest. */
static const void *packed(size_t *len)
{
	static uint8_t file[10 + STORED_BLOCKS * (5 + STORED_BLOCK) + 8] = "\x1f\x8b\x08";
	uint8_t *at = file + 10;

	for (unsigned i = 0; i < STORED_BLOCKS; i++, at += 5 + STORED_BLOCK)
		memcpy(at, i + 1 < STORED_BLOCKS ? "\0\xff\xff\0\0" : "\x01\xff\xff\0\0", 5);
	*len = sizeof file;
	return file;
}

static const char *many_echoes(void)
{
	enum { LINES = 20000 };
	static char text[8 + LINES * 11];

	if (!*text) {
		strcpy(text, "#!fpxe\n");
		for (unsigned i = 0; i < LINES; i++)
			memcpy(text + 7 + i * 11, "echo again\n", 12);
	}
	return text;
}

static void lay(const struct wait_case *c)
{
	now = c;
	line = 0;
	waits_since_ms = clock_ms();
	pressed_ms = over_ms = 0;
	seen = false;
	lan.next_line = next_line;
	lan.tick = tick;
	lan.sim.link_up = !c->no_link;
	lan.dhcp_silent = c->no_dhcp;
	lan.dns_silent = c->no_dns;
	lan.answers_echo = c->answers_echo;
	lan.proxy = c->proxy;
	lan.vendor = c->vendor;
	lan.vendor_len = c->vendor_len;
	lan.filename = c->filename;
	lan.web.deaf = c->deaf;
	lan.web.host.silent = c->no_arp;
	lan.tftp.deaf = c->tftp_deaf;
	lan.tftp.len = c->slow ? 10 << 20 : 20000;
	if (c->slow)
		lan.web.host.to_stack.rate_bytes_per_ms = lan.tftp.host.to_stack.rate_bytes_per_ms = 500;
	host_system.entry.shell = !c->unattended;
	host_system.embedded_script = c->script;
}

TEST(ctrl_c_reaches_every_wait_within_200_ms)
{
	uint32_t longest_ms = 0;
	uint64_t longest_ns = 0;
	const char *busiest = "";
	size_t packed_len;
	const void *packed_file = packed(&packed_len);

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		wired_begin();
		lan.files = SERVED(
			{ .path = "/stall",
			  .header = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nAccept-Ranges: bytes\r\nContent-Length: 100000\r\n\r\n#!fpxe" },
			{ .path = "/headless", .header = "HTTP/1.1 200" },
			{ .path = "/busy", .header = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n" },
			{ .path = "/long", .len = 40 << 20 },
			{ .path = "/sleeps", .data = "#!fpxe\nsleep 30\nsleep 30\n" },
			{ .path = "/echoes", .data = many_echoes() },
			{ .path = "/large", .len = 24 << 20 },
			{ .path = "/packed", .data = packed_file, .len = packed_len });
		lay(&cases[i]);
		fpxe_main();
		if (!over_ms && pressed_ms)
			over_ms = clock_ms();
		if (!pressed_ms || !seen || over_ms - pressed_ms > TOO_LATE_MS || !host_console_has(cases[i].then ? cases[i].then : ""))
			test_fail(__FILE__, __LINE__, "%s: pressed %u, seen %u, %u ms:\n%s", cases[i].name, pressed_ms != 0, seen,
			          over_ms - pressed_ms, shown);
		longest_ms = over_ms - pressed_ms > longest_ms ? over_ms - pressed_ms : longest_ms;
		if (lan.longest_ns > longest_ns) {
			longest_ns = lan.longest_ns;
			busiest = cases[i].name;
		}
		wired_end();
	}
	printf("%zu waits, left within %u ms; the most that a millisecond of them cost here: %u us (%s)\n", sizeof cases / sizeof *cases,
	       longest_ms, (unsigned)(longest_ns / 1000), busiest);
}
