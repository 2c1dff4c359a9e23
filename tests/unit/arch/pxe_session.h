/* SPDX-License-Identifier: BSD-2-Clause */
/* A PXE program's session on the simulated network: session_begin() - calls - session_end(). */
#ifndef TESTS_UNIT_ARCH_PXE_SESSION_H
#define TESTS_UNIT_ARCH_PXE_SESSION_H

#include "arch/x86/pxe_state.h"
#include "arch/x86/pxe_undi.h"
#include "tests/sim/sim.h"
#include "tests/unit/arch/pxe_talk.h"

static struct sim s;

static inline void session_begin(void)
{
	sim_start(&s);
	sim_configure(&s, SIM_IP, SIM_NETMASK, SIM_GATEWAY);
	host_pxe_sim = &s;
	memset(&pxe_state, 0, sizeof(pxe_state));
	pxe_state.netif = &s.netif;
}

static inline void session_end(void)
{
	pxe_undi_end();
	pxe_state.netif = NULL;
	host_pxe_sim = NULL;
	sim_stop(&s);
}

static inline unsigned undi_open(void)
{
	struct pxe_undi_open open = { .packet_filter = PXE_FILTER_DIRECTED | PXE_FILTER_BROADCAST };

	return call(PXE_UNDI_OPEN, &open);
}

#endif
