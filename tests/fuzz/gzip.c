/* SPDX-License-Identifier: BSD-2-Clause */
/* gzip and zlib files around DEFLATE streams of any contents, their checks made right: the first byte says what stands in the header
 * (RFC 1952 2.3.1: its flags), the second the slice, whether it is zlib, and how many members follow one another. What the stream unpacks to
 * by itself comes out, once for each; a stream that is none is refused; and one changed bit of a check is noticed. */
#include <stdlib.h>
#include <string.h>
#include "core/crc.h"
#include "core/errors.h"
#include "core/inflate.h"
#include "core/unpack.h"

enum { ROOM = 60000, MEMBERS_MAX = 4, FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16 };

static uint8_t plain[ROOM], out[MEMBERS_MAX * ROOM], file[MEMBERS_MAX * (ROOM + 400)];

static void check(bool good)
{
	if (!good)
		abort();
}

/** What the DEFLATE stream is by itself; how many bytes of @in it is go to *@used. */
static int unpack_plain(const uint8_t *in, size_t len, size_t *used, size_t *plain_len)
{
	static const struct unpack_format raw = { .name = "raw" };
	struct unpack u = { .format = &raw, .in = in, .in_len = len, .out = plain, .out_size = ROOM };
	struct inflate *s = malloc(sizeof(*s));
	int rc;

	inflate_start(s, &u);
	while ((rc = inflate_run(s, u.out_pos + 4096)) == -EINPROGRESS)
		;
	free(s);
	*used = u.in_pos;
	*plain_len = u.out_pos;
	return rc;
}

static size_t put(size_t n, const void *data, size_t len)
{
	memcpy(file + n, data, len);
	return n + len;
}

static size_t put32(size_t n, uint32_t value, bool high_first)
{
	for (unsigned i = 0; i < 4; i++)
		file[n + i] = (uint8_t)(value >> 8 * (high_first ? 3 - i : i));
	return n + 4;
}

static size_t put_gzip(size_t n, const struct crc *crc, uint8_t flags, const uint8_t *in, size_t used, size_t plain_len)
{
	const uint8_t head[10] = { 0x1f, 0x8b, 8, flags & (FHCRC | FEXTRA | FNAME | FCOMMENT), 1, 2, 3, 4, 0, 3 };
	size_t start = n;

	n = put(n, head, sizeof(head));
	if (flags & FEXTRA)
		n = put(n, "\x05\0extra", 7);
	if (flags & FNAME)
		n = put(n, "name", 5);
	if (flags & FCOMMENT)
		n = put(n, "comment", 8);
	if (flags & FHCRC) {
		uint32_t sum = (uint32_t)crc_update(crc, 0, file + start, n - start);

		file[n++] = (uint8_t)sum;
		file[n++] = (uint8_t)(sum >> 8);
	}
	n = put(n, in, used);
	n = put32(n, (uint32_t)crc_update(crc, 0, plain, plain_len), false);
	return put32(n, (uint32_t)plain_len, false);
}

static size_t put_zlib(const uint8_t *in, size_t used, size_t plain_len)
{
	uint32_t a = 1, b = 0;          /* RFC 1950 9 */
	size_t n = put(0, "\x78\x9c", 2);

	for (size_t i = 0; i < plain_len; i++) {
		a = (a + plain[i]) % 65521;
		b = (b + a) % 65521;
	}
	n = put(n, in, used);
	return put32(n, b << 16 | a, true);
}

static int unpack_file(size_t len, size_t slice, size_t *out_len)
{
	const struct unpack_format *format = unpack_recognise(file, len);
	uint8_t *exact = malloc(len);
	struct unpack *u;
	int rc;

	check(format != NULL);
	memcpy(exact, file, len);
	unpack_size(format, exact, len);
	u = unpack_start(format, exact, len, out, sizeof(out));
	while ((rc = unpack_run(u, slice)) == -EINPROGRESS)
		;
	*out_len = u->out_pos;
	unpack_stop(u);
	free(exact);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct crc crc;
	size_t used, plain_len, n = 0, out_len, slice;
	unsigned members;

	if (size < 3 || size > 30000)
		return 0;
	if (!crc.ones)
		crc_init(&crc, CRC32_POLYNOMIAL);
	members = data[1] & 0x80 ? 1 : 1 + (data[1] >> 3) % MEMBERS_MAX;
	slice = 1u << 2 * (data[1] & 7);
	if (unpack_plain(data + 2, size - 2, &used, &plain_len) != 0)
		used = plain_len = 0;
	if (!used) {
		n = put_gzip(0, &crc, data[0], data + 2, size - 2, plain_len);
		check(unpack_file(n, slice, &out_len) != 0 || out_len == 0);
		return 0;
	}
	if (data[1] & 0x80)
		n = put_zlib(data + 2, used, plain_len);
	else
		for (unsigned i = 0; i < members; i++)
			n = put_gzip(n, &crc, data[0], data + 2, used, plain_len);
	check(unpack_file(n, slice, &out_len) == 0 && out_len == members * plain_len);
	for (unsigned i = 0; i < members; i++)
		check(memcmp(out + i * plain_len, plain, plain_len) == 0);
	file[n - 1 - data[0] % 4] ^= (uint8_t)(1 << data[1] % 8);
	check(unpack_file(n, slice, &out_len) == -EPROTO);
	return 0;
}
