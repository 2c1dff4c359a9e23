/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a test's packets to a file that wireshark and tcpdump read, if SIM_PCAP names a folder. */
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>

/* tests/unit/test.c's, where it is linked. */
extern const char *test_name __attribute__((weak));

FILE *sim_pcap_open(void)
{
	/* magic for microseconds, version 2.4, whole packets, Ethernet */
	static const uint32_t header[6] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1 };
	static char last[200];
	static unsigned again;
	const char *dir = getenv("SIM_PCAP"), *name = &test_name && test_name ? test_name : "sim";
	char path[500];
	FILE *f;

	if (!dir)
		return NULL;
	again = strncmp(last, name, sizeof last - 1) == 0 ? again + 1 : 1;
	snprintf(last, sizeof last, "%s", name);
	if (again > 1)
		snprintf(path, sizeof path, "%s/%s-%u.pcap", dir, name, again);
	else
		snprintf(path, sizeof path, "%s/%s.pcap", dir, name);
	f = fopen(path, "wb");
	if (f)
		fwrite(header, sizeof header, 1, f);
	else
		perror(path);
	return f;
}

void sim_pcap_write(FILE *f, uint64_t at_us, const void *frame, size_t len)
{
	uint32_t record[4] = { (uint32_t)(at_us / 1000000), (uint32_t)(at_us % 1000000), (uint32_t)len, (uint32_t)len };

	if (!f)
		return;
	fwrite(record, sizeof record, 1, f);
	fwrite(frame, len, 1, f);
}
