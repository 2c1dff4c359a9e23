/* SPDX-License-Identifier: BSD-2-Clause */
/* The line editor: a byte a key, from 0x80 on the keys beyond ASCII; the editor's promises hold after each. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/console.h"
#include "core/lineedit.h"

static struct lineedit e;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	lineedit_init(&e);
	for (size_t i = 0; i < size; i++) {
		int key = data[i] < 0x80 ? data[i] : KEY_UP + data[i] % 8;
		size_t start, count;

		if (data[i] == 0xff)
			lineedit_insert(&e, "kernel http://192.0.2.1/boot/vmlinuz-6.1.0-amd64 quiet console=ttyS0,115200n8 and so on and on");
		else if (lineedit_key(&e, key) == LINEEDIT_ENTER) {
			lineedit_remember(&e);
			lineedit_start(&e);
		}
		lineedit_view(&e, 70, &start, &count);
		if (e.cursor > e.len || e.len >= LINE_MAX || strlen(e.line) != e.len || e.history_used > HISTORY_BYTES ||
		    start > e.cursor || e.cursor - start > 70 || start + count > e.len)
			abort();
	}
	return 0;
}
