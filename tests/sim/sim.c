/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated network: start and stop, the clock, the LAN. The fake NIC is in tests/sim/nic.c. */
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>
#include "net/eth.h"
#include "net/ipv4.h"
#include "tests/host/host.h"
#include "tests/sim/frame.h"

/* tests/unit/test.c's; a fuzz target has none, and dies instead. */
extern void test_fail(const char *file, int line, const char *fmt, ...) __attribute__((weak, format(printf, 3, 4)));

enum { START_MS = 0xffffe000, EVENTS_AT_ONCE = 200000 };       /* more events at one instant than this are a loop */

const uint8_t sim_stack_mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

/* ---- frames ------------------------------------------------------------------------------------------------------------------ */

struct sim_frame *sim_frame_new(const void *data, size_t len)
{
	struct sim_frame *f = malloc(sizeof *f + len);

	if (!f)
		host_die("sim: out of memory");
	memset(f, 0, sizeof *f);
	list_init(&f->link);
	f->len = len;
	memcpy(f->data, data, len);
	return f;
}

void sim_frames_free(struct list *frames)
{
	while (!list_empty(frames)) {
		struct sim_frame *f = list_entry(frames->next, struct sim_frame, link);

		list_remove(&f->link);
		free(f);
	}
}

static void fly(struct sim *s, struct sim_frame *f)
{
	struct list *pos = s->flying.prev;

	while (pos != &s->flying && list_entry(pos, struct sim_frame, link)->arrives_us > f->arrives_us)
		pos = pos->prev;
	list_insert(&f->link, pos->next);
}

/* ---- links ------------------------------------------------------------------------------------------------------------------- */

/* splitmix64: any seed will do */
static uint64_t link_random(struct sim_link *link)
{
	uint64_t z = link->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool chance(struct sim_link *link, uint32_t ppm)
{
	return ppm && link_random(link) % 1000000 < ppm;
}

/** When the frame has left the sender, 0 if the queue in front of the link is full. */
static bool leave(struct sim_link *link, uint64_t now_us, size_t len, uint64_t *left_us)
{
	uint64_t start = link->busy_until_us > now_us ? link->busy_until_us : now_us;

	*left_us = now_us;
	if (!link->rate_bytes_per_ms)
		return true;
	if (link->queue_bytes && (start - now_us) * link->rate_bytes_per_ms / 1000 > link->queue_bytes)
		return false;
	*left_us = link->busy_until_us = start + len * 1000 / link->rate_bytes_per_ms;
	return true;
}

static void corrupt(struct sim_link *link, struct sim_frame *f)
{
	size_t bits = (f->len - ETH_HEADER_BYTES) * 8, bit = bits ? link_random(link) % bits : 0;

	if (!bits)
		return;
	f->data[ETH_HEADER_BYTES + bit / 8] ^= (uint8_t)(1 << bit % 8);
	link->corrupted++;
}

static void carry(struct sim *s, struct sim_link *link, struct sim_host *to, const void *data, size_t len)
{
	struct sim_packet p;
	struct sim_frame *f;
	uint64_t at;

	sim_parse_frame(&p, data, len);
	if ((link->drop && link->drop(link, &p)) || !leave(link, s->now_us, len, &at) || chance(link, link->loss_ppm)) {
		link->lost++;
		return;
	}
	link->carried++;
	at += link->delay_us + (link->jitter_us ? link_random(link) % link->jitter_us : 0);
	if (at < link->last_arrival_us)
		at = link->last_arrival_us;
	link->last_arrival_us = at;
	for (unsigned copies = chance(link, link->duplicate_ppm) ? 2 : 1; copies > 0; copies--) {
		f = sim_frame_new(data, len);
		f->to = to;
		f->arrives_us = at;
		link->duplicated += copies - 1;
		if (chance(link, link->reorder_ppm)) {
			f->arrives_us += link->reorder_us;
			link->reordered++;
		}
		if (chance(link, link->corrupt_ppm))
			corrupt(link, f);
		fly(s, f);
	}
}

/* ---- hosts ------------------------------------------------------------------------------------------------------------------- */

void sim_mac(uint32_t ip, uint8_t mac[6])
{
	mac[0] = 0x02;
	mac[1] = 0;
	sim_put32(mac + 2, ip);
}

void sim_host_join(struct sim *s, struct sim_host *host)
{
	host->sim = s;
	sim_mac(host->ip, host->mac);
	list_append(&s->hosts, &host->link);
}

void sim_host_leave(struct sim_host *host)
{
	struct list *pos;

	list_for_each(pos, &host->sim->flying)
		if (list_entry(pos, struct sim_frame, link)->to == host)
			host_die("sim: a host left while a frame was on its way to it");
	list_remove(&host->link);
}

struct sim_host *sim_add_host(struct sim *s, uint32_t ip)
{
	struct sim_host *host = &s->own[s->own_count++];

	if (s->own_count > sizeof s->own / sizeof s->own[0])
		host_die("sim: too many hosts");
	host->ip = ip;
	sim_host_join(s, host);
	return host;
}

void sim_host_output(struct sim_host *host, const void *packet, size_t len)
{
	uint8_t frame[SIM_FRAME_MAX];

	if (len > sizeof frame - ETH_HEADER_BYTES)
		host_die("sim: a packet longer than a frame");
	len = sim_build_frame(frame, sim_stack_mac, host->mac, ETH_TYPE_IPV4, packet, len);
	carry(host->sim, &host->to_stack, NULL, frame, len);
}

static void answer_arp(struct sim_host *host, const struct sim_packet *p)
{
	struct sim_arp arp = { .op = SIM_ARP_REPLY, .sender_ip = host->ip, .target_ip = p->arp_sender_ip };
	uint8_t frame[64], body[28];

	memcpy(arp.sender_mac, host->mac, 6);
	memcpy(arp.target_mac, p->arp_sender_mac, 6);
	carry(host->sim, &host->to_stack, NULL, frame,
	      sim_build_frame(frame, p->eth_src, host->mac, ETH_TYPE_ARP, body, sim_build_arp(body, &arp)));
}

static void arrive_at_host(struct sim_host *host, const struct sim_frame *f, uint32_t now_ms)
{
	struct sim_packet p;

	sim_parse_frame(&p, f->data, f->len);
	if (p.type == ETH_TYPE_ARP)
		answer_arp(host, &p);
	else if (host->input)
		host->input(host, f->data + ETH_HEADER_BYTES, f->len - ETH_HEADER_BYTES, now_ms);
}

/** Whose frame of the stack's is it? NULL: sim_take()'s. */
static struct sim_host *addressee(struct sim *s, const struct sim_packet *p)
{
	struct list *pos;

	list_for_each(pos, &s->hosts) {
		struct sim_host *host = list_entry(pos, struct sim_host, link);
		bool asked = p->type == ETH_TYPE_ARP && p->arp_op == SIM_ARP_REQUEST && p->arp_target_ip == host->ip;

		if ((asked && !host->silent) || (host->input && p->type == ETH_TYPE_IPV4 && memcmp(p->eth_dst, host->mac, 6) == 0))
			return host;
	}
	return NULL;
}

/* From tests/sim/nic.c's kick(). */
void sim_wire_output(struct sim *s, struct sim_frame *f)
{
	struct sim_host *host;
	struct sim_packet p;

	sim_pcap_write(s->pcap, s->now_us, f->data, f->len);
	sim_parse_frame(&p, f->data, f->len);
	host = addressee(s, &p);
	if (host) {
		carry(s, &host->to_host, host, f->data, f->len);
		free(f);
	} else {
		f->arrives_us = s->now_us;
		list_append(&s->sent, &f->link);
	}
}

/* ---- the clock --------------------------------------------------------------------------------------------------------------- */

static bool deliver_due(struct sim *s)
{
	bool any = false;

	while (!list_empty(&s->flying)) {
		struct sim_frame *f = list_entry(s->flying.next, struct sim_frame, link);

		if (f->arrives_us > s->now_us)
			break;
		list_remove(&f->link);
		any = true;
		if (!f->to) {
			sim_nic_arrive(s, f);
			continue;
		}
		arrive_at_host(f->to, f, s->now_ms);
		free(f);
	}
	return any;
}

static bool poll_hosts(struct sim *s)
{
	struct list *pos, *tmp;
	bool any = false;

	list_for_each_safe(pos, tmp, &s->hosts) {
		struct sim_host *host = list_entry(pos, struct sim_host, link);

		if (host->deadline && (int32_t)(s->now_ms - host->deadline(host, s->now_ms)) >= 0) {
			host->poll(host, s->now_ms);
			any = true;
		}
	}
	return any;
}

/** All that is due now. Timers that stay due are looked at again a millisecond later. */
static void run_instant(struct sim *s)
{
	unsigned events = 0;

	poll_hosts(s);
	do {
		deliver_due(s);
		if (!s->wire_only)
			net_poll(&s->net, s->now_ms);
		if (++events > EVENTS_AT_ONCE)
			host_die("sim: things go on forever without time passing");
	} while ((!s->wire_only && s->ring_count) ||
	         (!list_empty(&s->flying) && list_entry(s->flying.next, struct sim_frame, link)->arrives_us <= s->now_us));
}

static uint64_t timer_us(const struct sim *s, uint32_t deadline_ms)
{
	int32_t wait = (int32_t)(deadline_ms - s->now_ms);

	return (s->now_us / 1000 + (wait > 0 ? (uint32_t)wait : 1)) * 1000;
}

static uint64_t next_event_us(struct sim *s)
{
	uint64_t next = s->wire_only ? SIM_FOREVER : timer_us(s, net_deadline(&s->net, s->now_ms)), at;
	struct list *pos;

	list_for_each(pos, &s->hosts) {
		struct sim_host *host = list_entry(pos, struct sim_host, link);

		at = host->deadline ? timer_us(s, host->deadline(host, s->now_ms)) : SIM_FOREVER;
		next = at < next ? at : next;
	}
	if (list_empty(&s->flying))
		return next;
	at = list_entry(s->flying.next, struct sim_frame, link)->arrives_us;
	return at < next ? at : next;
}

static bool run_until(struct sim *s, uint64_t end_us, bool (*done)(void *arg), void *arg)
{
	for (;;) {
		uint64_t next;

		run_instant(s);
		if (done && done(arg))
			return true;
		next = next_event_us(s);
		if (s->now_us >= end_us)
			return false;
		s->now_us = next < end_us ? next : end_us;
		s->now_ms = s->start_ms + (uint32_t)(s->now_us / 1000);
	}
}

void sim_settle(struct sim *s)
{
	run_until(s, s->now_us, NULL, NULL);
}

void sim_advance(struct sim *s, uint32_t ms)
{
	run_until(s, s->now_us + (uint64_t)ms * 1000, NULL, NULL);
}

bool sim_run_until(struct sim *s, bool (*done)(void *arg), void *arg, uint32_t max_ms)
{
	return run_until(s, s->now_us + (uint64_t)max_ms * 1000, done, arg);
}

void sim_run_wire(struct sim *s, uint32_t now_ms)
{
	run_until(s, (uint64_t)(now_ms - s->start_ms) * 1000, NULL, NULL);
}

/* ---- talking to the stack ---------------------------------------------------------------------------------------------------- */

bool sim_take(struct sim *s, struct sim_packet *p)
{
	if (!s->wire_only)
		sim_settle(s);
	free(s->taken);
	s->taken = NULL;
	if (list_empty(&s->sent))
		return false;
	s->taken = list_entry(s->sent.next, struct sim_frame, link);
	list_remove(&s->taken->link);
	sim_parse_frame(p, s->taken->data, s->taken->len);
	p->at_ms = s->start_ms + (uint32_t)(s->taken->arrives_us / 1000);
	return true;
}

bool sim_take_arp(struct sim *s, struct sim_packet *p)
{
	while (sim_take(s, p))
		if (p->type == ETH_TYPE_ARP)
			return true;
	return false;
}

bool sim_take_protocol(struct sim *s, uint8_t protocol, struct sim_packet *p)
{
	while (sim_take(s, p))
		if (p->type == ETH_TYPE_IPV4 && p->protocol == protocol)
			return true;
	return false;
}

void sim_discard(struct sim *s)
{
	if (!s->wire_only)
		sim_settle(s);
	sim_frames_free(&s->sent);
}

bool sim_silent(struct sim *s, char *what, size_t size)
{
	struct sim_packet p;

	if (!sim_take(s, &p))
		return true;
	sim_describe(&p, what, size);
	return false;
}

void sim_send_frame(struct sim *s, const void *frame, size_t len)
{
	sim_nic_arrive(s, sim_frame_new(frame, len));
	if (!s->wire_only)
		sim_settle(s);
}

void sim_send_ip(struct sim *s, const void *packet, size_t len)
{
	uint8_t frame[SIM_FRAME_MAX], src[6];
	uint32_t dst = len >= 20 ? sim_get32((const uint8_t *)packet + 16) : 0;
	bool broadcast = dst == 0xffffffff || (dst & 255) == 255;

	if (len > sizeof frame - ETH_HEADER_BYTES)
		host_die("sim: a packet longer than a frame");
	sim_mac(len >= 20 ? sim_get32((const uint8_t *)packet + 12) : 0, src);
	len = sim_build_frame(frame, broadcast ? eth_broadcast : sim_stack_mac, src, ETH_TYPE_IPV4, packet, len);
	sim_send_frame(s, frame, len);
}

void sim_send_udp(struct sim *s, const struct sim_udp *udp)
{
	uint8_t packet[SIM_FRAME_MAX + 512];

	sim_send_ip(s, packet, sim_build_udp(packet, udp));
}

void sim_send_tcp(struct sim *s, const struct sim_tcp *tcp)
{
	uint8_t packet[SIM_FRAME_MAX + 512];

	sim_send_ip(s, packet, sim_build_tcp(packet, tcp));
}

void sim_send_arp(struct sim *s, const struct sim_arp *arp)
{
	uint8_t frame[64], body[28];

	sim_send_frame(s, frame, sim_build_frame(frame, arp->broadcast ? eth_broadcast : sim_stack_mac, arp->sender_mac, ETH_TYPE_ARP,
	                                         body, sim_build_arp(body, arp)));
}

/* ---- start and stop ---------------------------------------------------------------------------------------------------------- */

void sim_start_wire(struct sim *s, uint32_t now_ms)
{
	memset(s, 0, sizeof *s);
	list_init(&s->hosts);
	list_init(&s->sent);
	list_init(&s->transmitting);
	list_init(&s->ring);
	list_init(&s->flying);
	s->start_ms = s->now_ms = now_ms;
	s->wire_only = true;
	s->link_up = true;
	s->pcap = sim_pcap_open();
	s->nic.driver = &sim_nic_driver;
	s->nic.priv = s;
	s->nic.mtu = 1500;
	s->nic.pci.vendor = 0x8086;
	s->nic.pci.device = 0x100e;
	memcpy(s->nic.mac, sim_stack_mac, 6);
}

void sim_start(struct sim *s)
{
	host_leaks_from_here();
	sim_start_wire(s, START_MS);
	s->wire_only = false;
	net_init(&s->net);
	netif_init(&s->netif, &s->net, &s->nic);
	netif_open(&s->netif, s->now_ms);
}

static void complain_of_leaks(void)
{
	size_t packets = host_packets_held(), blocks = host_heap_held();

	if (!packets && !blocks)
		return;
	if (!test_fail)
		host_die("sim: the stack still holds packets or heap blocks");
	test_fail(__FILE__, __LINE__, "the stack still holds %zu packets and %zu heap blocks", packets, blocks);
}

void sim_stop(struct sim *s)
{
	if (!s->wire_only) {
		net_shutdown(&s->net, s->now_ms);
		settings_detach(&s->netif.lease);
		settings_detach(&s->netif.settings);
		settings_wipe(settings_root());
		if (s->nic_open)
			host_die("sim: net_shutdown() left the NIC open");
		complain_of_leaks();
	}
	sim_frames_free(&s->sent);
	sim_frames_free(&s->transmitting);
	sim_frames_free(&s->ring);
	sim_frames_free(&s->flying);
	free(s->taken);
	if (s->pcap)
		fclose(s->pcap);
}

static void store_address(struct sim *s, uint32_t tag, uint32_t ip)
{
	uint8_t value[4];

	sim_put32(value, ip);
	if (ip)
		settings_store(&s->netif.settings, tag, NULL, value, sizeof value);
}

void sim_configure(struct sim *s, uint32_t ip, uint32_t netmask, uint32_t gateway)
{
	store_address(s, TAG_IP, ip);
	store_address(s, TAG_NETMASK, netmask);
	store_address(s, TAG_GATEWAY, gateway);
	netif_apply_settings(&s->netif);
}
