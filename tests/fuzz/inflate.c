/* SPDX-License-Identifier: BSD-2-Clause */
/* DEFLATE, gzip and zlib on anything: they end, inside their buffers, whatever the size of a slice. The first byte chooses the slice and the
 * room for output; its highest bit set, the rest is a DEFLATE stream without a container, whose checks would stop most of what is tried. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/errors.h"
#include "core/inflate.h"
#include "core/unpack.h"

static void run_raw(const uint8_t *in, size_t len, uint8_t *out, size_t room, size_t slice)
{
	static const struct unpack_format raw = { .name = "raw" };
	struct unpack u = { .format = &raw, .in = in, .in_len = len, .out = out, .out_size = room };
	struct inflate *s = malloc(sizeof(*s));

	inflate_start(s, &u);
	while (inflate_run(s, u.out_pos + slice) == -EINPROGRESS)
		;
	free(s);
	if (u.in_pos > len || u.out_pos > room)
		abort();
}

static void run_packed(const uint8_t *in, size_t len, uint8_t *out, size_t room, size_t slice)
{
	const struct unpack_format *format = unpack_recognise(in, len);
	struct unpack *u;

	if (!format)
		return;
	unpack_size(format, in, len);
	u = unpack_start(format, in, len, out, room);
	while (unpack_run(u, slice) == -EINPROGRESS)
		;
	if (u->in_pos > len || u->out_pos > room)
		abort();
	unpack_stop(u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t slice, room;
	uint8_t *in, *out;

	if (!size)
		return 0;
	slice = data[0] & 7 ? 1u << (data[0] & 7) * 2 : 1;
	room = (data[0] >> 3 & 15) * 1000u;
	in = malloc(size > 1 ? size - 1 : 1);           /* exact sizes, so that a byte too far is seen */
	out = malloc(room ? room : 1);
	memcpy(in, data + 1, size - 1);
	(data[0] & 0x80 ? run_raw : run_packed)(in, size - 1, out, room, slice);
	free(in);
	free(out);
	return 0;
}
