/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking of anything ends, inside its buffers, whatever length it is told; or, one time in eight, anything comes back
 * that was packed. The first two bytes are which, and the length. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/mix.h"
#include "core/x86_calls.h"

static struct mix mix;

static void comes_back(const uint8_t *data, size_t len)
{
	size_t room = 2 * len + 100;
	uint8_t *code = malloc(len + 1), *packed = malloc(room), *out = malloc(len + 1);

	memcpy(code, data, len);
	x86_calls_to_places(code, len);
	room = mix_encode(&mix, packed, room, code, len);
	if (mix_decode(&mix, out, len, packed, room) != 0)
		abort();
	x86_calls_to_distances(out, len);
	if (memcmp(out, data, len) != 0)
		abort();
	free(code);
	free(packed);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t out_len;
	uint8_t *in, *out;

	if (size < 2)
		return 0;
	out_len = (size_t)(data[0] & 15) << 8 | data[1];
	in = malloc(size - 2 ? size - 2 : 1);           /* exact sizes, so that a byte too far is seen */
	out = calloc(1, out_len ? out_len : 1);
	memcpy(in, data + 2, size - 2);
	if (data[0] >> 5 == 7)
		comes_back(in, size - 2);
	else
		mix_decode(&mix, out, out_len, in, size - 2);
	free(in);
	free(out);
	return 0;
}
