/* SPDX-License-Identifier: BSD-2-Clause */
/* pack AT_0 AT_1000000 MEMORY_LEN OUT: for the build (pack.sh), run where the build runs. From the payload's bytes as linked at two bases,
 * make OUT.packed, and OUT.defs with what the image says of it.
 *
 * An address in the payload differs between the two by one in its top byte; all else is the same. So no table of addresses is needed: each
 * one's top byte becomes a mark that the loader looks for, chosen so that nothing else in the payload looks like a marked address. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/mix.h"
#include "core/x86_calls.h"

enum { ROOM = 1 << 22 };

static uint8_t bytes[ROOM], higher[ROOM], packed[ROOM], again[ROOM];
static bool address[ROOM];
static struct mix mix;

static void stop(const char *name, const char *why)
{
	fprintf(stderr, "%s: %s\n", name, why);
	exit(1);
}

static size_t read_all(const char *name, uint8_t *to)
{
	FILE *f = fopen(name, "rb");
	size_t len = f ? fread(to, 1, ROOM, f) : 0;

	if (!f || len == 0 || len == ROOM)
		stop(name, "cannot be read, or is too long");
	fclose(f);
	return len;
}

static void write_all(const char *out, const char *suffix, const void *data, size_t len)
{
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s.%s", out, suffix);
	f = fopen(name, "wb");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
		stop(name, "cannot be written");
}

static void find_addresses(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == higher[i])
			continue;
		if (i < 3 || (uint8_t)(higher[i] - bytes[i]) != 1)
			stop(name, "a difference is no address");
		address[i - 3] = true;
	}
}

/** Would the loader, looking for @mark, find just the addresses? The bytes have it already. */
static bool marks_just_addresses(unsigned mark, size_t len, uint32_t memory)
{
	for (size_t i = 0; i + 4 <= len; i++) {
		bool found = bytes[i + 3] == mark && (uint32_t)(bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16) < memory;

		if (found != address[i])
			return false;
		if (found)
			i += 3;
	}
	return true;
}

static unsigned mark_addresses(const char *name, size_t len, uint32_t memory)
{
	for (unsigned mark = 255; mark > 0; mark--) {
		for (size_t i = 0; i < len; i++)
			if (address[i])
				bytes[i + 3] = (uint8_t)mark;
		if (marks_just_addresses(mark, len, memory))
			return mark;
	}
	stop(name, "no byte marks all addresses and nothing else");
	return 0;
}

int main(int argc, char **argv)
{
	size_t len, packed_len;
	uint32_t memory;
	unsigned mark;
	char defs[200];

	if (argc != 5)
		stop(argv[0], "AT_0 AT_1000000 MEMORY_LEN OUT");
	memory = (uint32_t)strtoul(argv[3], NULL, 0);
	len = read_all(argv[1], bytes);
	if (read_all(argv[2], higher) != len)
		stop(argv[4], "the two links differ in size");
	find_addresses(argv[4], len);
	mark = mark_addresses(argv[4], len, memory);
	memcpy(higher, bytes, len);
	x86_calls_to_places(bytes, len);
	packed_len = mix_encode(&mix, packed, ROOM, bytes, len);
	if (mix_decode(&mix, again, len, packed, packed_len) != 0)
		stop(argv[4], "does not unpack");
	x86_calls_to_distances(again, len);
	if (memcmp(again, higher, len) != 0)
		stop(argv[4], "unpacks to something else");
	write_all(argv[4], "packed", packed, packed_len);
	snprintf(defs, sizeof(defs), "-DADDRESS_MARK=%u -DBINARY_LEN=%zu -DMEMORY_LEN=%u\n", mark, len, memory);
	write_all(argv[4], "defs", defs, strlen(defs));
	return 0;
}
