/* SPDX-License-Identifier: BSD-2-Clause */
/* xz and LZMA2 on anything: they end, inside their buffers, whatever the size of a slice. The first byte chooses the slice and the room for
 * output; its highest bit set, the rest is LZMA2 without a container, and the next one, the CRCs of the first headers are made right first:
 * else the checks would stop most of what is tried. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/crc.h"
#include "core/errors.h"
#include "core/lzma2.h"
#include "core/unpack.h"

static void run_raw(const uint8_t *in, size_t len, uint8_t *out, size_t room, size_t slice)
{
	static const struct unpack_format raw = { .name = "raw" };
	struct unpack u = { .format = &raw, .in = in, .in_len = len, .out = out, .out_size = room };
	struct lzma2 *s = malloc(sizeof(*s));

	lzma2_start(s, &u);
	while (lzma2_run(s, u.out_pos + slice) == -EINPROGRESS)
		;
	free(s);
	if (u.in_pos > len || u.out_pos > room)
		abort();
}

static void run_packed(const uint8_t *in, size_t len, uint8_t *out, size_t room, size_t slice)
{
	struct unpack *u;

	unpack_size(&xz_format, in, len);
	u = unpack_start(&xz_format, in, len, out, room);
	while (unpack_run(u, slice) == -EINPROGRESS)
		;
	if (u->in_pos > len || u->out_pos > room)
		abort();
	unpack_stop(u);
}

/** The CRC of the @len bytes at @at, behind them. */
static void fix(uint8_t *in, size_t in_len, size_t at, size_t len)
{
	struct crc crc;
	uint32_t value;

	if (at > in_len || in_len - at < len + 4)
		return;
	crc_init(&crc, CRC32_POLYNOMIAL);
	value = (uint32_t)crc_update(&crc, 0, in + at, len);
	for (unsigned i = 0; i < 4; i++)
		in[at + len + i] = (uint8_t)(value >> 8 * i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t slice, room;
	uint8_t *in, *out;

	if (!size)
		return 0;
	slice = data[0] & 7 ? 1u << (data[0] & 7) * 2 : 1;
	room = (data[0] >> 3 & 7) * 1000u;
	in = malloc(size > 1 ? size - 1 : 1);           /* exact sizes, so that a byte too far is seen */
	out = malloc(room ? room : 1);
	memcpy(in, data + 1, size - 1);
	if (data[0] & 0x40) {
		fix(in, size - 1, 6, 2);
		if (size > 13 && in[12])
			fix(in, size - 1, 12, in[12] * 4u);
	}
	(data[0] & 0x80 ? run_raw : run_packed)(in, size - 1, out, room, slice);
	free(in);
	free(out);
	return 0;
}
