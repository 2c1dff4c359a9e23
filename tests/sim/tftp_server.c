/* SPDX-License-Identifier: BSD-2-Clause */
/* A TFTP server for simulated downloads. */
#include "tests/sim/tftp_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/sim/tcp_peer.h"

enum { RRQ = 1, DATA = 3, ACK = 4, ERROR = 5, OACK = 6, PORT = 69, TRIES = 30 };

static void output(struct sim_tftp *server, const struct sim_tftp_transfer *t, const void *data, size_t len)
{
	uint8_t packet[SIM_FRAME_MAX];
	struct sim_udp udp = { .src = server->host.ip, .dst = t->client_ip, .src_port = t->id, .dst_port = t->client_port, .data = data, .len = len };

	sim_host_output(&server->host, packet, sim_build_udp(packet, &udp));
}

static uint16_t number(const struct sim_tftp *server, uint32_t block)
{
	return (uint16_t)(server->wraps_to_1 && block > 65535 ? (block - 1) % 65535 + 1 : block);
}

static void send_block(struct sim_tftp *server, const struct sim_tftp_transfer *t, uint32_t block)
{
	uint8_t message[1500];
	uint32_t offset = (block - 1) * t->size, len = server->len - offset < t->size ? server->len - offset : t->size;

	sim_put16(message, DATA);
	sim_put16(message + 2, number(server, block));
	for (uint32_t i = 0; i < len; i++)
		message[4 + i] = server_byte(server->seed, offset + i);
	output(server, t, message, 4 + len);
	server->blocks_sent++;
}

/** The window behind what was acknowledged, or the options. */
static void send_window(struct sim_tftp *server, struct sim_tftp_transfer *t, uint32_t now_ms)
{
	t->timer_ms = now_ms + (server->retry_ms ? server->retry_ms : 1000);
	if (t->options) {
		output(server, t, t->oack, t->oack_len);
		return;
	}
	t->sent = t->acked;
	while (t->sent < t->acked + t->window && t->sent < t->blocks)
		send_block(server, t, ++t->sent);
}

static struct sim_tftp_transfer *new_transfer(struct sim_tftp *server)
{
	for (struct sim_tftp_transfer *t = server->transfer; t < server->transfer + SIM_TFTP_TRANSFERS; t++)
		if (!t->in_use) {
			memset(t, 0, sizeof *t);
			t->id = (uint16_t)(30000 + server->next_id++);
			return t;
		}
	return NULL;
}

static void put_option(struct sim_tftp_transfer *t, const char *name, uint32_t value)
{
	int len = snprintf((char *)t->oack + t->oack_len, sizeof t->oack - t->oack_len, "%s%c%u", name, 0, value);

	t->oack_len += (size_t)len + 1;
}

/** Options as names and values, each ended by a NUL, in @data. */
static void negotiate(struct sim_tftp *server, struct sim_tftp_transfer *t, const char *data, const char *end)
{
	sim_put16(t->oack, OACK);
	t->oack_len = 2;
	while (data < end) {
		const char *value = data + strlen(data) + 1;
		uint32_t asked = value < end ? (uint32_t)strtoul(value, NULL, 10) : 0;

		if (strcmp(data, "blksize") == 0 && server->size_max)
			put_option(t, data, t->size = asked < server->size_max ? asked : server->size_max);
		else if (strcmp(data, "windowsize") == 0 && server->window_max)
			put_option(t, data, t->window = asked < server->window_max ? asked : server->window_max);
		else if (strcmp(data, "tsize") == 0 && server->knows_total)
			put_option(t, data, server->len);
		data = value < end ? value + strlen(value) + 1 : end;
	}
	t->options = t->oack_len > 2;
}

static void request(struct sim_tftp *server, const struct sim_packet *p, uint32_t now_ms)
{
	const char *mode = (const char *)p->data + 2 + strlen((const char *)p->data + 2) + 1, *end = (const char *)p->data + p->data_len;
	const char *options = mode + strlen(mode) + 1;
	struct sim_tftp_transfer *t = new_transfer(server);

	server->requests++;
	if (!t)
		return;
	t->client_ip = p->src;
	t->client_port = p->src_port;
	t->size = 512;
	t->window = 1;
	if (options < end && server->refuses) {
		uint8_t error[] = { 0, ERROR, 0, (uint8_t)(server->refuses - 1), 'n', 'o', 0 };

		output(server, t, error, sizeof error);
		return;
	}
	t->in_use = true;
	negotiate(server, t, options, end);
	t->blocks = server->len / t->size + 1;
	send_window(server, t, now_ms);
}

/** Which block between the last acknowledged and the last sent has @wire as its number? False: none. */
static bool find_block(const struct sim_tftp *server, const struct sim_tftp_transfer *t, uint16_t wire, uint32_t *block)
{
	for (*block = t->acked; *block <= t->sent; ++*block)
		if (number(server, *block) == wire)
			return true;
	return false;
}

static void acknowledged(struct sim_tftp *server, struct sim_tftp_transfer *t, uint16_t wire, uint32_t now_ms)
{
	uint32_t block;

	server->acks++;
	if (t->options) {
		t->options = wire != 0;
		t->tries = 0;
		send_window(server, t, now_ms);
		return;
	}
	if (!find_block(server, t, wire, &block) || (block == t->acked && t->window == 1 && !server->apprentice))
		return;
	if (block > t->acked)
		t->tries = 0;
	t->acked = block;
	if (block == t->blocks)
		t->in_use = false;
	else
		send_window(server, t, now_ms);
}

/** Nobody is at the port that @p is for (RFC 1122 4.1.3.1). */
static void unreachable(struct sim_tftp *server, const struct sim_packet *p)
{
	uint8_t packet[128];

	sim_host_output(&server->host, packet, sim_build_icmp(packet, server->host.ip, p->src, 3, 3, 0, p->ip, 28));
}

static void input(struct sim_host *host, const uint8_t *packet, size_t len, uint32_t now_ms)
{
	struct sim_tftp *server = (struct sim_tftp *)host;
	struct sim_packet p;

	sim_parse_ip(&p, packet, len);
	if (!p.ok || p.protocol != 17 || p.data_len < 4 || server->deaf)
		return;
	if (p.dst_port == PORT && !server->dead) {
		if (sim_get16(p.data) == RRQ && p.data[p.data_len - 1] == 0)
			request(server, &p, now_ms);
		return;
	}
	for (struct sim_tftp_transfer *t = server->transfer; t < server->transfer + SIM_TFTP_TRANSFERS; t++) {
		if (!t->in_use || t->id != p.dst_port || t->client_port != p.src_port || t->client_ip != p.src)
			continue;
		if (sim_get16(p.data) == ACK) {
			acknowledged(server, t, sim_get16(p.data + 2), now_ms);
		} else if (sim_get16(p.data) == ERROR) {
			server->errors++;
			server->error = sim_get16(p.data + 2);
			t->in_use = false;
		}
		return;
	}
	unreachable(server, &p);
}

static void poll(struct sim_host *host, uint32_t now_ms)
{
	struct sim_tftp *server = (struct sim_tftp *)host;

	for (struct sim_tftp_transfer *t = server->transfer; t < server->transfer + SIM_TFTP_TRANSFERS; t++) {
		if (!t->in_use || (int32_t)(now_ms - t->timer_ms) < 0)
			continue;
		if (++t->tries == TRIES)
			t->in_use = false;
		else
			send_window(server, t, now_ms);
	}
}

static uint32_t deadline(struct sim_host *host, uint32_t now_ms)
{
	struct sim_tftp *server = (struct sim_tftp *)host;
	uint32_t next = now_ms + 1000;

	for (struct sim_tftp_transfer *t = server->transfer; t < server->transfer + SIM_TFTP_TRANSFERS; t++)
		if (t->in_use && (int32_t)(next - t->timer_ms) > 0)
			next = t->timer_ms;
	return next;
}

void sim_tftp_join(struct sim_tftp *server, struct sim *s, uint32_t ip)
{
	server->host.ip = ip;
	server->host.input = input;
	server->host.poll = poll;
	server->host.deadline = deadline;
	sim_host_join(s, &server->host);
}

void sim_tftp_restart(struct sim_tftp *server)
{
	for (unsigned i = 0; i < SIM_TFTP_TRANSFERS; i++)
		server->transfer[i].in_use = false;
}
