/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw LZMA1 decoder and the inverse of xz's x86 filter, as the ROM's payload is packed (see core/lzma.h): lzma_decode(), then
 * lzma_x86_unfilter().
 *
 * This file is compiled a second time into the ROM's loader, which runs where it happens to lie: no tables, no static data, no calls out of
 * this file. It is written for size. */
#include "core/lzma.h"
#include "core/errors.h"   // EPROTO

#define FOR_EACH_BIT static
#define POSITIONS 1
#define POSITION(d, at) 0
#define LITERAL_SET(d, at, before) ((before) >> (8 - LZMA_LC))
#include "core/lzma_decoder.h"
#include "core/x86_filter.h"

_Static_assert(LITERAL + (LITERAL_SIZE << LZMA_LC) <= LZMA_PROBS, "the caller's scratch memory holds every context");
_Static_assert(LZMA_LP == 0 && LZMA_PB == 0, "contexts do not depend on the position");

int lzma_decode(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len, uint16_t probs[LZMA_PROBS])
{
	struct lzma_decoder d;

	d.context = probs;
	if (!lzma_begin(&d, in, in_len))
		return -EPROTO;
	lzma_reset(&d, LITERAL + (LITERAL_SIZE << LZMA_LC));
	lzma_packets(&d, out, 0, out_len, out_len);
	return d.bad ? -EPROTO : 0;
}

void lzma_x86_unfilter(uint8_t *data, size_t len)
{
	unsigned mask = 0;

	x86_unfilter(data, len, 0, len, 0, &mask);
}
