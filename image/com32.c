/* SPDX-License-Identifier: BSD-2-Clause */
/* COM32: see image/com32.h. */
#include "image/com32.h"

#include "core/errors.h"
#include "core/string.h"

/* Up to Syslinux 4 they begin with mov eax, 21cd4cffh, which as a DOS program just ends; from 5 on they are shared objects: ELF32, ET_DYN,
 * EM_386. */
static const uint8_t old[5] = { 0xb8, 0xff, 0x4c, 0xcd, 0x21 };
static const uint8_t elf[5] = { 0x7f, 'E', 'L', 'F', 1 }, shared[4] = { 3, 0, 3, 0 };

static int com32_probe(const struct image *image)
{
	const uint8_t *start = image_bytes(image, 0, 20);

	if (!start || (memcmp(start, old, sizeof(old)) != 0 &&
	               (memcmp(start, elf, sizeof(elf)) != 0 || memcmp(start + 16, shared, sizeof(shared)) != 0)))
		return -ENOEXEC;
	return fail(-ENOTSUP, "%s is a COM32 module, which only Syslinux runs: chain pxelinux.0 with a configuration that names it", image->name);
}

const struct image_format com32_format = { .name = "COM32", .probe = com32_probe };
