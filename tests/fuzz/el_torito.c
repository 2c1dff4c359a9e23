/* SPDX-License-Identifier: BSD-2-Clause */
/* El Torito on any CD: what is said to boot lies on it and has its place in memory. The first byte chooses the size of blocks, and whether the
 * checksum of the catalogue is made right first: else it would stop most of what is tried. The others are the CD from block 17 on. */
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "image/el_torito.h"
#include "image/memory_disk.h"

#define FRONT (17 * 2048)

static void fix_checksum(uint8_t *cd, size_t len)
{
	uint64_t at;
	unsigned sum = 0;

	if (len < FRONT + 75)
		return;
	at = ((uint64_t)cd[FRONT + 74] << 24 | cd[FRONT + 73] << 16 | cd[FRONT + 72] << 8 | cd[FRONT + 71]) * 2048;
	if (at + 32 > len)
		return;
	for (unsigned i = 0; i < 32; i++)
		if (i / 2 != 14)
			sum += i & 1 ? cd[at + i] << 8 : cd[at + i];
	cd[at + 28] = (uint8_t)-sum;
	cd[at + 29] = (uint8_t)(-sum >> 8);
}

static void check(const struct el_torito_boot *b, const struct block_device *cd)
{
	uint64_t first = (uint64_t)b->first_block * 4, all = cd->blocks * (cd->block_bytes / 512);
	uint32_t at = b->segment * 16u;

	if (!b->sectors || first + b->sectors > all || at < 0x500 || at + b->sectors * 512u > 0xa0000)
		abort();
	if (b->media > EL_TORITO_HARD_DISK || (b->media == EL_TORITO_NO_EMULATION) != (b->disk_sectors == 0))
		abort();
	if (b->disk_sectors && (first + b->disk_sectors > all || !b->geometry.heads || !b->geometry.sectors ||
	                        (uint64_t)b->geometry.cylinders * b->geometry.heads * b->geometry.sectors < b->disk_sectors))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memory_disk disk;
	static struct el_torito t;
	uint8_t *cd;
	int rc;

	if (!size || size > 1 << 20)
		return 0;
	cd = calloc(1, FRONT + size - 1);
	memcpy(cd + FRONT, data + 1, size - 1);
	if (data[0] & 2)
		fix_checksum(cd, FRONT + size - 1);
	memory_disk_init(&disk, "cd", cd, FRONT + size - 1, 0, data[0] & 1 ? 512 : 2048, true);
	el_torito_init(&t);
	rc = el_torito_run(&t, &disk.device);
	if (rc == 0)
		check(&t.boot, &disk.device);
	else if (rc != -ENOEXEC && rc != -EPROTO && rc != -ENOTSUP)
		abort();
	free(cd);
	return 0;
}
