/* SPDX-License-Identifier: BSD-2-Clause */
/* Bringing the host's platform to its state at program start. */
#include "tests/host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include "core/random.h"

/* Only if the program under test has it. */
extern void random_stir(const void *data, size_t len) __attribute__((weak));

void host_die(const char *what)
{
	fflush(stdout);
	fprintf(stderr, "host: %s\n", what);
	abort();
}

void host_reset(void)
{
	static const char seed[] = "the same in every test";

	host_clock_reset();
	host_console_reset();
	host_drives_reset();
	host_device_reset();
	host_entropy_reset();
	host_system_reset();
	host_memory(HOST_MEMORY_MIB);
	host_pxe_sim = NULL;
	host_pxe_poll_ms = 0;
	if (random_stir)
		random_stir(seed, sizeof(seed));
}

__attribute__((constructor)) static void ready_before_main(void)
{
	host_reset();
}
