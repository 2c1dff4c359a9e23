/* SPDX-License-Identifier: BSD-2-Clause */
/* One download over HTTP on the simulated network, to be run under callgrind by tests/bench/instructions.py: instructions BYTES LOSS_PPM
 * Collected is what net_poll() does, but for what the simulated NIC does in it. Segments come in bursts, as they do from a fast LAN; a
 * millisecond of the simulated clock is the way to the server, and one is the way back. Everything is the same in each run. */
#include <stdio.h>
#include <stdlib.h>
#include "core/errors.h"
#include "core/uri.h"
#include "net/download.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"
#include "tests/sim/tcp_peer.h"

enum { SERVER_IP = SIM_ADDR(10, 0, 2, 9), SEED = 7, WAY_US = 1000, WINDOW = 256 * 1024 /* fits the NIC's ring */, MAX_MS = 3600000 };

static struct sim sim;
static struct sim_server server;
static struct download *download;
static uint8_t *file;
static size_t file_bytes;

static int file_size(struct sink *sink, bool known, uint64_t total)
{
	(void)sink;
	return known && total == file_bytes ? 0 : -ENOMEM;
}

static uint8_t *file_at(struct sink *sink, uint64_t offset, size_t len)
{
	(void)sink;
	return offset + len <= file_bytes ? file + offset : NULL;
}

static struct sink sink = { .size = file_size, .at = file_at };

static void answer(struct server_connection *c, const char *request)
{
	(void)request;
	server_sayf(c, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", file_bytes);
	server_say_file(c, SEED, 0, file_bytes);
}

static bool over(void *arg)
{
	(void)arg;
	return download_rc(download) != -EINPROGRESS;
}

static int fetch(uint32_t loss_ppm)
{
	struct uri *uri;
	int rc;

	sim_start(&sim);
	sim_configure(&sim, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	server.cwnd_max = WINDOW;
	server.answer = answer;
	server.host.to_host.delay_us = server.host.to_stack.delay_us = WAY_US;
	server.host.to_stack.loss_ppm = loss_ppm;
	sim_server_join(&server, &sim, SERVER_IP, 80);
	if ((rc = uri_parse("http://10.0.2.9/file", &uri)) != 0)
		return rc;
	if ((rc = download_start(&download, &sim.net, uri, &sink, sim.now_ms)) == 0) {
		sim_run_until(&sim, over, NULL, MAX_MS);
		rc = download_rc(download);
	}
	uri_free(uri);
	return rc;
}

int main(int argc, char **argv)
{
	int rc;

	if (argc != 3)
		return 2;
	file_bytes = strtoul(argv[1], NULL, 10);
	file = malloc(file_bytes);
	rc = fetch((uint32_t)strtoul(argv[2], NULL, 10));
	for (size_t i = 0; i < file_bytes && rc == 0; i++)
		if (file[i] != server_byte(SEED, i))
			rc = -EIO;
	printf("rc %d, %u ms, %u overruns, %u lost, %u resent\n", rc, sim.now_ms - sim.start_ms, sim.ring_overruns,
	       server.host.to_stack.lost, server.resent);
	return rc != 0 || (server.host.to_stack.loss_ppm == 0 && server.resent);
}
