/* SPDX-License-Identifier: BSD-2-Clause */
/* The decoder on anything: it ends, inside its buffers, whatever length it is told. The first two bytes are the length. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/lzma.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t out_len;
	uint8_t *in, *out;
	uint16_t *probs;

	if (size < 2)
		return 0;
	out_len = (size_t)data[0] << 8 | data[1];
	in = malloc(size - 2 ? size - 2 : 1);           /* exact sizes, so that a byte too far is seen */
	out = calloc(1, out_len ? out_len : 1);
	probs = malloc(LZMA_PROBS * sizeof(*probs));
	memcpy(in, data + 2, size - 2);
	lzma_decode(out, out_len, in, size - 2, probs);
	lzma_x86_unfilter(out, out_len);
	free(in);
	free(out);
	free(probs);
	return 0;
}
