/* SPDX-License-Identifier: BSD-2-Clause */
/* PXE API calls by a program that means no good, one record a call: opcode (2 bytes), segment and offset of its block (2 each), how long it then
 * stays away (1, in 10 ms), the block's length (1) and bytes, which are put there if that is the program's memory. On the LAN are a TFTP and
 * a web server. Whatever comes, AX is 0 or 1, our memory stays as it was, and the API answers the next call.
 * FILE_EXEC is left out: the shell has a target of its own. Opcode PUT calls nothing: names are put so, which a status would overwrite. */
#include <stdlib.h>
#include <string.h>
#include "arch/x86/pxe.h"
#include "arch/x86/pxe_memory.h"
#include "core/pxe_params.h"
#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_transport.h"
#include "arch/x86/pxe_undi.h"
#include "arch/x86/pxe_wait.h"
#include "core/errors.h"
#include "tests/host/host.h"
#include "tests/sim/tftp_server.h"
#include "tests/sim/web.h"

enum { OURS = HOST_RESIDENT + 0x6000 /* before that tests/host/pxe_state.c keeps what programs may read */, PATTERN = 0x5a };
enum { CALLS_MAX = 64, PUT = 0xffff };

static struct sim s;
static struct sim_tftp tftp;
static struct sim_server web;

/** Patience of a fuzzer. */
int pxe_wait(int (*done)(void *context), void *context, uint32_t timeout_ms)
{
	int rc = -EINPROGRESS;

	for (unsigned i = 0; i < 4 && rc == -EINPROGRESS; i++) {
		sim_advance(&s, 500);
		rc = done(context);
	}
	return rc == -EINPROGRESS ? -ETIMEDOUT : rc;
}

static void answer(struct server_connection *c, const char *request)
{
	static struct web_file file = { .seed = 1, .size = 200000, .etag = "\"1\"" };

	web_answer(c, request, &file);
}

static void begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	host_pxe_sim = &s;
	host_pxe_poll_ms = 1;
	memset(&pxe_state, 0, sizeof(pxe_state));
	pxe_state.netif = &s.netif;
	tftp = (struct sim_tftp){ .seed = 1, .len = 200000, .size_max = 1468, .window_max = 64, .knows_total = true };
	sim_tftp_join(&tftp, &s, SIM_ADDR(10, 0, 2, 10));
	memset(&web, 0, sizeof(web));
	web.answer = answer;
	sim_server_join(&web, &s, SIM_ADDR(10, 0, 2, 9), 80);
	memset(host_megabyte(), 0, OURS);               /* nothing of the input before is left */
	memset(host_megabyte() + OURS, PATTERN, HOST_RESIDENT + HOST_RESIDENT_BYTES - OURS);
}

static void end(void)
{
	pxe_transport_end();
	pxe_undi_end();
	pxe_state.netif = NULL;
	sim_advance(&s, 3000);
	sim_server_leave(&web);
	host_pxe_sim = NULL;
	sim_stop(&s);
}

static void one_call(uint16_t opcode, uint16_t segment, uint16_t offset, const uint8_t *block, size_t len)
{
	void *at = pxe_real(segment, offset, (uint32_t)len);

	if (at && len)
		memcpy(at, block, len);
	if (opcode != PUT && opcode != PXE_FILE_EXEC && pxe_call(opcode, segment, offset) > PXENV_EXIT_FAILURE)
		abort();
}

static void check_ours(void)
{
	const uint8_t *ours = host_megabyte() + OURS;

	for (uint32_t i = 0; i < HOST_RESIDENT + HOST_RESIDENT_BYTES - OURS; i++)
		if (ours[i] != PATTERN)
			abort();
}

static void check_answers(void)
{
	struct pxe_file_api_check check = { .size = sizeof(check), .magic = PXE_FILE_MAGIC_ASKED }, *there = pxe_real(0x3000, 0, sizeof(check));

	memcpy(there, &check, sizeof(check));
	if (pxe_call(PXE_FILE_API_CHECK, 0x3000, 0) != PXENV_EXIT_SUCCESS || there->magic != PXE_FILE_MAGIC_ANSWERED)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at = 0;

	begin();
	for (unsigned calls = 0; at + 8 <= size && calls < CALLS_MAX; calls++) {
		const uint8_t *r = data + at;
		size_t len = r[7] < size - at - 8 ? r[7] : size - at - 8;

		one_call((uint16_t)(r[0] | r[1] << 8), (uint16_t)(r[2] | r[3] << 8), (uint16_t)(r[4] | r[5] << 8), r + 8, len);
		check_answers();
		sim_advance(&s, 10u * r[6]);
		at += 8 + len;
	}
	check_ours();
	end();
	return 0;
}
