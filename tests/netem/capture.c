/* SPDX-License-Identifier: BSD-2-Clause */
/* pcap, the nanosecond kind. */
#include "tests/netem/capture.h"

FILE *capture_open(const char *path, uint32_t snap)
{
	/* magic for nanoseconds, version 2.4, the zone, the precision, bytes kept, Ethernet */
	const uint32_t header[6] = { 0xa1b23c4d, 4u << 16 | 2, 0, 0, snap, 1 };
	FILE *f = fopen(path, "wb");

	if (f)
		fwrite(header, sizeof header, 1, f);
	else
		perror(path);
	return f;
}

void capture_write(FILE *f, uint64_t unix_ns, const void *frame, size_t len, uint32_t snap)
{
	uint32_t kept = len < snap ? (uint32_t)len : snap;
	uint32_t record[4] = { (uint32_t)(unix_ns / 1000000000), (uint32_t)(unix_ns % 1000000000), kept, (uint32_t)len };

	if (!f)
		return;
	fwrite(record, sizeof record, 1, f);
	fwrite(frame, kept, 1, f);
}
