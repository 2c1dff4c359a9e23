/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole session on a simulated wire: the shell, the commands and the network stack as they are, a card, and a LAN with what they ask for:
 * DHCP and PXE at 10.0.2.2, DNS at 10.0.2.3, HTTP at 10.0.2.9, TFTP at 10.0.2.8. A line is typed when the shell asks for one, for what is
 * typed ahead belongs to what runs; the console is cleared then. Included by one file of a test program.
 *
 *     wired_begin() - fill lan - fpxe_main() - wired_end() */
#ifndef TESTS_UNIT_USR_WIRED_H
#define TESTS_UNIT_USR_WIRED_H

#include <time.h>
#include "core/clock.h"
#include "core/console.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/settings.h"
#include "net/dhcp_message.h"
#include "net/net.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tftp_server.h"
#include "tests/sim/web.h"
#include "tests/unit/test.h"
#include "usr/main.h"
#include "usr/wait.h"

#define WEB_IP  SIM_ADDR(10, 0, 2, 9)
#define TFTP_IP SIM_ADDR(10, 0, 2, 8)
#define DNS_IP  SIM_ADDR(10, 0, 2, 3)

/** What a web server has. */
struct lan_file {
	const char *path;               /* NULL: end of the list */
	const void *data;               /* NULL: server_byte(1, offset) */
	size_t len;                     /* 0, with data: strlen() */
	const char *moved;              /* 302 to there */
	const char *header;             /* lines more, each with its CRLF; or, where it begins with an H, all that is said */
	bool chunked;                   /* sent as one chunk, without a length */
};

static struct {
	struct sim sim;
	struct sim_server web;
	struct sim_tftp tftp;
	struct sim_host dns, gateway;
	/* What is as a test wants it. */
	bool dhcp_silent, dns_silent, answers_echo;
	const char *filename;           /* of the lease; NULL: none */
	bool proxy;                     /* the DHCP server is a PXE server that names no file */
	const void *vendor;             /* its option 43 */
	size_t vendor_len;
	const struct lan_file *files;
	/** The next line, when the shell asks for one; NULL: "exit". */
	const char *(*next_line)(void);
	/** Called each millisecond; NULL: not. */
	void (*tick)(uint32_t now_ms);
	/** Called with each packet that was for nobody in particular, before it is answered; NULL: not. */
	void (*heard)(const struct sim_packet *p);
	/* What happened. */
	unsigned discovers;
	bool busy;
	uint64_t left_ns, longest_ns;   /* of real time, that the firmware had a millisecond's turns for: the latest, the most */
} lan;

/* ---- the card ------------------------------------------------------------------------------------------------------------------------ */

static struct host_device lan_card;

static int lan_probe(struct nic *nic)
{
	nic->priv = &lan.sim;
	nic->mtu = 1500;
	memcpy(nic->mac, sim_stack_mac, 6);
	return 0;
}
static void lan_remove(struct nic *nic) { }
static int lan_open(struct nic *nic) { return sim_nic_driver.open(nic); }
static void lan_close(struct nic *nic) { sim_nic_driver.close(nic); }
static struct pkt *lan_receive(struct nic *nic) { return sim_nic_driver.receive(nic); }
static int lan_transmit(struct nic *nic, struct pkt *p) { return sim_nic_driver.transmit(nic, p); }
static void lan_kick(struct nic *nic) { sim_nic_driver.kick(nic); }
static bool lan_link_up(struct nic *nic) { return sim_nic_driver.link_up(nic); }
static const struct nic_id lan_ids[] = { { 0x1234, 1, "W1" } };
static const struct nic_driver lan_driver = {
	.name = "wired", .ids = lan_ids, .id_count = 1, .probe = lan_probe, .remove = lan_remove, .open = lan_open, .close = lan_close,
	.receive = lan_receive, .transmit = lan_transmit, .kick = lan_kick, .link_up = lan_link_up,
};
const struct nic_driver *const nic_drivers[] = { &lan_driver, NULL };

/* ---- DHCP, DNS, HTTP ------------------------------------------------------------------------------------------------------------------- */

static size_t lan_option(uint8_t *at, uint8_t tag, const void *data, size_t len)
{
	at[0] = tag;
	at[1] = (uint8_t)len;
	memcpy(at + 2, data, len);
	return len + 2;
}

/** What the DHCP server says to the message in @p: an offer, or, to a request, an ACK. */
static void lan_dhcp(const struct sim_packet *p)
{
	static const uint8_t lease[] = { 0, 0, 0x0e, 0x10 }, mask[] = { 255, 255, 255, 0 }, gateway[] = { 10, 0, 2, 2 }, dns[] = { 10, 0, 2, 3 };
	uint8_t b[600] = { 2, 1, 6 }, *at = b + 240, type;

	if (lan.dhcp_silent || p->data_len < 243)
		return;
	lan.discovers += p->data[242] == 1;
	type = p->data[242] == 1 ? 2 : 5;
	memcpy(b + 4, p->data + 4, 4);
	memcpy(b + 16, "\x0a\0\x02\x0f\x0a\0\x02\x08", 8);
	memcpy(b + 28, p->data + 28, 16);
	memcpy(b + 236, "\x63\x82\x53\x63", 4);
	at += lan_option(at, 53, &type, 1);
	at += lan_option(at, 54, gateway, 4);
	at += lan_option(at, 51, lease, 4);
	at += lan_option(at, 1, mask, 4);
	at += lan_option(at, 3, gateway, 4);
	at += lan_option(at, 6, dns, 4);
	if (lan.filename)
		at += lan_option(at, 67, lan.filename, strlen(lan.filename));
	if (lan.proxy)
		at += lan_option(at, 60, "PXEClient", 9);
	if (lan.vendor)
		at += lan_option(at, 43, lan.vendor, lan.vendor_len);
	*at++ = 255;
	sim_send_udp(&lan.sim, &(struct sim_udp){ .src = SIM_GATEWAY, .dst = 0xffffffff, .src_port = 67, .dst_port = 68, .data = b,
	                                          .len = (size_t)(at - b) });
}

/** Every name is the web server's. */
static void lan_dns(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	uint8_t answer[600], whole[700];
	struct sim_packet p;

	sim_parse_ip(&p, packet, len);
	if (lan.dns_silent || p.protocol != 17 || p.dst_port != 53 || p.data_len < 17 || p.data_len > 500)
		return;
	memcpy(answer, p.data, p.data_len);
	memcpy(answer + 2, "\x81\x80\0\x01\0\x01\0\0\0\0", 10);
	memcpy(answer + p.data_len, "\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\x02\x09", 16);
	sim_host_output(host, whole, sim_build_udp(whole, &(struct sim_udp){ .src = DNS_IP, .dst = p.src, .src_port = 53, .dst_port = p.src_port,
	                                                                      .data = answer, .len = p.data_len + 16 }));
}

static void lan_web(struct server_connection *c, const char *request)
{
	size_t path_len = strcspn(request + 4, " ");
	const struct lan_file *f = lan.files;
	size_t len;

	while (f && f->path && (strlen(f->path) != path_len || strncmp(f->path, request + 4, path_len) != 0))
		f++;
	if (!f || !f->path) {
		server_sayf(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
		return;
	}
	if (f->moved) {
		server_sayf(c, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", f->moved);
		return;
	}
	if (f->header && *f->header == 'H') {
		server_say(c, f->header, strlen(f->header));
		return;
	}
	len = f->len || !f->data ? f->len : strlen(f->data);
	if (!f->header && !f->data) {
		struct web_file web = { .seed = 1, .size = len, .etag = "\"1\"" };

		web_answer(c, request, &web);
		return;
	}
	if (f->chunked)
		server_sayf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n", len);
	else
		server_sayf(c, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", f->header ? f->header : "", len);
	if (f->data)
		server_say(c, f->data, len);
	else
		server_say_file(c, 1, 0, len);
	if (f->chunked)
		server_sayf(c, "\r\n0\r\n\r\n");
}

/** What went to nobody in particular: broadcasts, and echo requests. */
static void lan_take(const struct sim_packet *p)
{
	uint8_t packet[SIM_FRAME_MAX];

	if (lan.heard)
		lan.heard(p);
	if (p->type == 0x800 && p->protocol == 17 && p->dst_port == 67)
		lan_dhcp(p);
	else if (p->type == 0x800 && p->protocol == 1 && p->icmp_type == 8 && lan.answers_echo)
		sim_send_ip(&lan.sim, packet, sim_build_icmp(packet, p->dst, p->src, 0, 0, sim_get32(p->payload + 4), p->payload + 8,
		                                             p->payload_len - 8));
}

/* ---- the session ----------------------------------------------------------------------------------------------------------------------- */

static bool lan_at_prompt(void)
{
	static const char prompt[] = "fPXE> ";
	const char *text = host_console_text();
	size_t len = strlen(text);

	return len >= sizeof prompt - 1 && strcmp(text + len - (sizeof prompt - 1), prompt) == 0;
}

static uint64_t lan_real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Reading the clock moves it, and so does a test's own hook: within this there is no other. */
static void lan_time(uint32_t now_ms)
{
	uint64_t ns = lan.left_ns ? lan_real_ns() - lan.left_ns : 0;
	struct sim_packet p;

	if (lan.busy)
		return;
	lan.busy = true;
	lan.longest_ns = ns > lan.longest_ns ? ns : lan.longest_ns;
	sim_run_wire(&lan.sim, now_ms);
	while (sim_take(&lan.sim, &p))
		lan_take(&p);
	if (lan.tick)
		lan.tick(now_ms);
	if (host_keys_left() == 0 && lan_at_prompt()) {
		const char *line = lan.next_line ? lan.next_line() : NULL;

		host_console_clear();
		host_type(line ? line : "exit");
		host_key('\r');
	}
	lan.left_ns = lan_real_ns();
	lan.busy = false;
}

/** A new machine, on a new LAN. */
static inline void wired_begin(void)
{
	host_reset();
	memset(&lan, 0, sizeof lan);
	sim_start_wire(&lan.sim, clock_ms());
	sim_server_join(&lan.web, &lan.sim, WEB_IP, 80);
	lan.web.answer = lan_web;
	lan.tftp.seed = 1;
	lan.tftp.len = 20000;
	lan.tftp.size_max = 1468;
	sim_tftp_join(&lan.tftp, &lan.sim, TFTP_IP);
	lan.dns.ip = DNS_IP;
	lan.dns.input = lan_dns;
	sim_host_join(&lan.sim, &lan.dns);
	lan.gateway.ip = SIM_GATEWAY;
	sim_host_join(&lan.sim, &lan.gateway);
	lan_card = (struct host_device){ .pci = { .vendor = 0x1234, .device = 1, .class_code = 0x020000 } };
	host_device_add(&lan_card);
	host_clock_step(100);
	host_on_time = lan_time;
	host_system.entry.shell = true;
	wait_watch_shell_key(false);
	wait_forget_shell_key();
	host_leaks_from_here();
}

/** Nothing is left behind. */
static inline void wired_end(void)
{
	host_on_time = NULL;
	settings_wipe(settings_root());
	EXPECT_EQ(host_heap_held(), 0);
	EXPECT_EQ(host_packets_held(), 0);
	while (wait_key(1) >= 0)
		;
	sim_server_leave(&lan.web);
	sim_stop(&lan.sim);
}

#endif
