/* SPDX-License-Identifier: BSD-2-Clause */
/* core/unpack.c: formats by their first bytes, and the end of memory. */
#include "tests/unit/core/packed.h"

#include "core/heap.h"

static const struct unpack_format *recognised(const char *start, size_t len)
{
	struct bytes exact = bytes_of(start, len);
	const struct unpack_format *format = unpack_recognise(exact.data, exact.len);

	free(exact.data);
	return format;
}

TEST(formats_are_recognised_by_their_first_bytes)
{
	EXPECT(recognised("\x1f\x8b\x08\0", 4) == &gzip_format);
	EXPECT(recognised("\x78\x01\x4b", 3) == &zlib_format);
	EXPECT(recognised("\x78\x9c\x03", 3) == &zlib_format);
	EXPECT(recognised("\xfd" "7zXZ\0", 6) == &xz_format);
	EXPECT(recognised("\x08\x1d\x03", 3) == &zlib_format);  /* a window of 256 bytes */
}

TEST(other_bytes_are_not)
{
	static const char *const others[] = { "MZ\x90", "\x7f" "ELF", "#!fpxe\n", "#!ipxe\n", "070701", "<html>", "\x28\xb5\x2f\xfd", "BZh9" };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		EXPECT(!recognised(others[i], strlen(others[i])));
	EXPECT(!recognised("\x78\x9c\x07", 3));         /* no such block */
	EXPECT(!recognised("\x78\x9d\x03", 3));         /* no multiple of 31 */
	EXPECT(!recognised("\x88\x1c\x03", 3));         /* too large a window */
	EXPECT(!recognised("\xfd" "7zXZ", 5));
	for (size_t len = 0; len < 3; len++) {
		EXPECT(!recognised("\x1f\x8b\x08", len));
		EXPECT(!recognised("\x78\x9c\x03", len));
	}
}

TEST(no_memory_for_the_decoder_is_said_by_null)
{
	uint8_t out[10];

	heap_fail_after(1);
	EXPECT(!unpack_start(&gzip_format, (const uint8_t *)"\x1f\x8b\x08", 3, out, sizeof(out)));
	unpack_stop(NULL);
}
