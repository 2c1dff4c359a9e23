/* SPDX-License-Identifier: BSD-2-Clause */
/* A PXE program's session with a TFTP server at 10.0.2.10 and a web server at 10.0.2.9, both with a file of @size bytes. */
#ifndef TESTS_UNIT_ARCH_PXE_SERVERS_H
#define TESTS_UNIT_ARCH_PXE_SERVERS_H

#include "arch/x86/pxe_transport.h"
#include "tests/sim/tftp_server.h"
#include "tests/sim/web.h"
#include "tests/unit/arch/pxe_session.h"

enum { SEED = 3 };
static struct sim_tftp tftp;
static struct sim_server web;
static struct web_file web_file;

/* As they stand in a parameter block. */
static inline uint32_t net32(uint32_t ip) { return __builtin_bswap32(ip); }
static inline uint16_t net16(uint16_t port) { return __builtin_bswap16(port); }
#define TFTP_SERVER net32(SIM_ADDR(10, 0, 2, 10))

static inline void answer_web(struct server_connection *c, const char *request)
{
	if (strstr(request, "/missing"))
		server_sayf(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	else
		web_answer(c, request, &web_file);
}

static inline void servers_begin(uint32_t size)
{
	host_reset();
	session_begin();
	memset(&tftp, 0, sizeof(tftp));
	tftp.seed = SEED;
	tftp.len = size;
	tftp.size_max = 1468;
	tftp.window_max = 64;
	tftp.knows_total = true;
	sim_tftp_join(&tftp, &s, SIM_ADDR(10, 0, 2, 10));
	memset(&web, 0, sizeof(web));
	web_file = (struct web_file){ .seed = SEED, .size = size, .etag = "\"1\"" };
	web.answer = answer_web;
	sim_server_join(&web, &s, SIM_ADDR(10, 0, 2, 9), 80);
}

static inline void servers_end(void)
{
	pxe_transport_end();
	pxe_file_set_cmdline(NULL);
	sim_advance(&s, 2000);
	sim_server_leave(&web);
	session_end();
}

static inline bool is_file(const uint8_t *data, uint64_t offset, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != server_byte(SEED, offset + i))
			return false;
	return true;
}

#endif
