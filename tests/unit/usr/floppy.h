/* SPDX-License-Identifier: BSD-2-Clause */
/* A floppy's image on the server of the made-up network. */
#ifndef TESTS_UNIT_USR_FLOPPY_H
#define TESTS_UNIT_USR_FLOPPY_H

#include "tests/unit/usr/session.h"

/** A boot sector with a FAT header, and zeros. */
static void serve_floppy(const char *url)
{
	static const uint8_t start[] = { 0xeb, 0x3c, 0x90, 'S', 'Y', 'S', 'L', 'I', 'N', 'U', 'X', 0x00, 0x02, 0x01, 0x01, 0x00, 0x02, 0xe0, 0x00,
	                                 0x40, 0x0b, 0xf0, 0x09, 0x00, 0x12, 0x00, 0x02, 0x00 };
	static uint8_t floppy[1440 << 10];

	memcpy(floppy, start, sizeof start);
	floppy[510] = 0x55;
	floppy[511] = 0xaa;
	fake_file[0] = (struct fake_file){ .url = url, .contents = (const char *)floppy, .len = sizeof floppy };
}

#endif
