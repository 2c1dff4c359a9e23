/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting within a PXE call, on the simulated network: its clock goes on by a millisecond at a time. */
#include "arch/x86/pxe_wait.h"

#include <stddef.h>
#include "core/clock.h"
#include "core/errors.h"
#include "tests/host/host.h"
#include "tests/sim/sim.h"

struct sim *host_pxe_sim;
uint32_t host_pxe_poll_ms;

__attribute__((weak)) uint32_t pxe_now(void)
{
	return host_pxe_sim ? host_pxe_sim->now_ms : clock_ms();
}

__attribute__((weak)) struct netif *pxe_netif(void)
{
	return host_pxe_sim ? &host_pxe_sim->netif : NULL;
}

__attribute__((weak)) void pxe_poll(void)
{
	if (host_pxe_sim)
		sim_advance(host_pxe_sim, host_pxe_poll_ms);
}

__attribute__((weak)) int pxe_wait(int (*done)(void *context), void *context, uint32_t timeout_ms)
{
	uint32_t start = pxe_now();

	for (;;) {
		int rc;

		if (host_pxe_sim)
			sim_settle(host_pxe_sim);
		if ((rc = done(context)) != -EINPROGRESS)
			return rc;
		if (!host_pxe_sim || (timeout_ms && pxe_now() - start >= timeout_ms))
			return -ETIMEDOUT;
		sim_advance(host_pxe_sim, 1);
	}
}
