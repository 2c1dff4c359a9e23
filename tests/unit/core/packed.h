/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of packed formats share: data of several kinds, the real tools, unpacking in slices. Every buffer has exactly its size, so that
 * the sanitizer sees a byte too far. */
#ifndef TESTS_UNIT_CORE_PACKED_H
#define TESTS_UNIT_CORE_PACKED_H

#include <unistd.h>
#include "core/errors.h"
#include "core/unpack.h"
#include "tests/unit/test.h"

/** Some bytes on malloc()'s heap. */
struct bytes { uint8_t *data; size_t len; };

__attribute__((unused)) static struct bytes bytes_of(const void *data, size_t len)
{
	struct bytes b = { malloc(len ? len : 1), len };

	if (len)
		memcpy(b.data, data, len);
	return b;
}

/** @a, then @b. Frees both. */
__attribute__((unused)) static struct bytes joined(struct bytes a, struct bytes b)
{
	struct bytes all = { malloc(a.len + b.len ? a.len + b.len : 1), a.len + b.len };

	memcpy(all.data, a.data, a.len);
	memcpy(all.data + a.len, b.data, b.len);
	free(a.data);
	free(b.data);
	return all;
}

__attribute__((unused)) static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/** Literals, and copies of 1 to 300 bytes from anywhere before. */
__attribute__((unused)) static struct bytes mixed(size_t len, uint32_t seed)
{
	struct bytes b = { malloc(len ? len : 1), len };

	for (size_t i = 0; i < len; ) {
		size_t n = next(&seed) % 300 + 1, back = i ? next(&seed) % i + 1 : 0;

		if (next(&seed) % 3 == 0 || !i)
			b.data[i++] = (uint8_t)next(&seed);
		else
			for (; n && i < len; n--, i++)
				b.data[i] = b.data[i - back];
	}
	return b;
}

__attribute__((unused)) static struct bytes noise(size_t len, uint32_t seed)
{
	struct bytes b = { malloc(len ? len : 1), len };

	for (size_t i = 0; i < len; i++)
		b.data[i] = (uint8_t)next(&seed);
	return b;
}

/** What @tool, given a file's name, writes. Frees @plain if told so. */
__attribute__((unused)) static struct bytes packed_by(const char *tool, struct bytes plain, bool free_plain)
{
	char name[] = "/tmp/fpxe-packed-XXXXXX", command[200];
	int fd = mkstemp(name);
	size_t room = plain.len * 2 + 100000;
	uint8_t *data = malloc(room);
	struct bytes b;
	FILE *f;

	EXPECT(fd >= 0 && write(fd, plain.data, plain.len) == (ssize_t)plain.len);
	close(fd);
	snprintf(command, sizeof(command), "env -u XZ_OPT -u XZ_DEFAULTS -u GZIP %s %s", tool, name);
	f = popen(command, "r");
	b = bytes_of(data, f ? fread(data, 1, room, f) : 0);
	EXPECT(f && pclose(f) == 0);
	unlink(name);
	free(data);
	if (free_plain)
		free(plain.data);
	return b;
}

/** Unpack @in to @room bytes at most, @slice at a time: the result, and in *@out what came out, to be freed. */
__attribute__((unused)) static int unpacked(const struct unpack_format *format, struct bytes in, size_t room, size_t slice, struct bytes *out)
{
	struct bytes exact_in = bytes_of(in.data, in.len);
	uint8_t *exact_out = malloc(room ? room : 1);
	struct unpack *u = unpack_start(format, exact_in.data, exact_in.len, exact_out, room);
	size_t calls = 0;
	int rc;

	while ((rc = unpack_run(u, slice)) == -EINPROGRESS && ++calls < 100000000)
		;
	EXPECT(u->out_pos <= room && u->in_pos <= in.len);
	*out = bytes_of(exact_out, u->out_pos);
	unpack_stop(u);
	free(exact_in.data);
	free(exact_out);
	return rc;
}

/** Does @in unpack to just @plain, in slices of several sizes, and say so before? */
__attribute__((unused)) static void unpacks_to(const struct unpack_format *format, struct bytes in, struct bytes plain)
{
	static const size_t slices[] = { 1, 777, 65536, 1 << 30 };

	EXPECT(unpack_recognise(in.data, in.len) == format);
	for (size_t i = plain.len > 10000 ? 1 : 0; i < sizeof(slices) / sizeof(*slices); i++) {
		struct bytes out;

		EXPECT_EQ(unpacked(format, in, plain.len, slices[i], &out), 0);
		EXPECT_EQ(out.len, plain.len);
		if (out.len == plain.len)
			EXPECT_MEM(out.data, plain.data, plain.len);
		free(out.data);
	}
}

/** Is @in refused with @rc and these words in the error? */
__attribute__((unused)) static void refused(const struct unpack_format *format, struct bytes in, size_t room, int rc, const char *words)
{
	char text[ERROR_DETAIL_MAX + 100];
	struct bytes out;

	error_clear();
	EXPECT_EQ(unpacked(format, in, room, 1000, &out), rc);
	error_format(text, sizeof(text), rc);
	if (!strstr(text, words))
		test_fail(__FILE__, __LINE__, "the error is \"%s\", wanted \"%s\"", text, words);
	free(out.data);
}

/** Is @in, cut anywhere, refused as one that ends early? From @from bytes on, which recognising it needs. */
__attribute__((unused)) static void refused_if_cut(const struct unpack_format *format, struct bytes in, size_t from, size_t room)
{
	for (size_t len = from; len < in.len; len++) {
		struct bytes cut = { in.data, len }, out;

		error_clear();
		EXPECT_EQ(unpacked(format, cut, room, 1 << 20, &out), -EPROTO);
		free(out.data);
	}
}

/** Is every single wrong bit of @in found, or without effect? */
__attribute__((unused)) static void refused_if_changed(const struct unpack_format *format, struct bytes in, struct bytes plain)
{
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		struct bytes out;
		int rc;

		in.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		rc = unpacked(format, in, plain.len, 1 << 20, &out);
		EXPECT(rc == 0 || rc == -EPROTO || rc == -ENOMEM || rc == -ENOTSUP);
		if (rc == 0) {
			EXPECT_EQ(out.len, plain.len);
			EXPECT(out.len != plain.len || memcmp(out.data, plain.data, plain.len) == 0);
		}
		free(out.data);
		in.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

#endif
