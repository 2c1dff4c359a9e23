/* SPDX-License-Identifier: BSD-2-Clause */
/* core/lzma2.c: chunks one by one, right and wrong. What xz makes of data of all kinds is in xz.c. */
#include "tests/unit/core/packed.h"

#include "core/lzma2.h"

static const struct unpack_format raw = { .name = "raw" };
static char error[ERROR_DETAIL_MAX + 100];
static size_t used;

/** Decode @in, which stays the caller's; what came out is *@out. */
static int run(struct bytes in, size_t room, size_t slice, struct bytes *out)
{
	struct bytes exact = bytes_of(in.data, in.len);
	struct unpack u = { .format = &raw, .in = exact.data, .in_len = exact.len, .out = malloc(room ? room : 1), .out_size = room };
	struct lzma2 *s = malloc(sizeof(*s));
	int rc;

	error_clear();
	lzma2_start(s, &u);
	while ((rc = lzma2_run(s, u.out_pos + slice)) == -EINPROGRESS)
		;
	used = u.in_pos;
	*out = (struct bytes){ u.out, u.out_pos };
	error_format(error, sizeof(error), rc);
	free(exact.data);
	free(s);
	return rc;
}

static void comes_out(const void *in, size_t in_len, const char *wanted)
{
	for (size_t slice = 1; slice <= 1000; slice *= 10) {
		struct bytes out;

		EXPECT_EQ(run((struct bytes){ (uint8_t *)in, in_len }, strlen(wanted), slice, &out), 0);
		EXPECT_EQ(out.len, strlen(wanted));
		EXPECT_MEM(out.data, wanted, strlen(wanted));
		EXPECT_EQ(used, in_len);
		free(out.data);
	}
}

static void is_refused(const void *in, size_t in_len, const char *words)
{
	struct bytes out;

	EXPECT_EQ(run((struct bytes){ (uint8_t *)in, in_len }, 1000, 1000, &out), -EPROTO);
	if (!strstr(error, words))
		test_fail(__FILE__, __LINE__, "the error is \"%s\", wanted \"%s\"", error, words);
	free(out.data);
}

TEST(chunks_of_bytes_as_they_are)
{
	comes_out("\0", 1, "");
	comes_out("\x01\0\x04hello\x02\0\0!\x01\0\0?\0", 17, "hello!?");
}

TEST(a_first_chunk_that_refers_to_something_before_is_refused)
{
	is_refused("\x02\0\x04hello\0", 9, "impossible LZMA2 chunk");
	is_refused("\x80\0\0\0\x05\0\0\0\0\0\0\0", 12, "impossible LZMA2 chunk");
	is_refused("\xc0\0\0\0\x05\x5d\0\0\0\0\0\0\0", 13, "impossible LZMA2 chunk");
}

TEST(lzma_without_properties_is_refused)
{
	is_refused("\x01\0\x04hello\x80\0\0\0\x05\0\0\0\0\0\0\0", 20, "impossible LZMA2 chunk");
	is_refused("\x01\0\x04hello\xa0\0\0\0\x05\0\0\0\0\0\0\0", 20, "impossible LZMA2 chunk");
}

TEST(control_bytes_from_3_to_7f_are_refused)
{
	for (unsigned control = 3; control < 0x80; control++) {
		uint8_t in[10] = { (uint8_t)control };

		is_refused(in, sizeof(in), "impossible LZMA2 chunk");
	}
}

TEST(properties_that_cannot_be_are_refused)
{
	for (unsigned properties = 0; properties < 256; properties++) {
		uint8_t in[14] = { 0xe0, 0, 0, 0, 6, (uint8_t)properties };
		bool can_be = properties < 225 && properties % 9 + properties / 9 % 5 <= 4;

		is_refused(in, sizeof(in), can_be ? "wrong LZMA data" : "impossible LZMA2 chunk");
	}
}

TEST(chunks_cut_anywhere_end_early)
{
	struct bytes plain = mixed(3000, 3), in = packed_by("xz --format=raw --lzma2=preset=6 -c", plain, false);

	for (size_t len = 0; len < in.len; len++) {
		struct bytes out;

		EXPECT_EQ(run((struct bytes){ in.data, len }, plain.len, 100000, &out), -EPROTO);
		EXPECT(strstr(error, "ends early"));
		free(out.data);
	}
	free(in.data);
	free(plain.data);
}

TEST(a_chunk_that_does_not_end_with_its_input_is_refused)
{
	struct bytes plain = mixed(3000, 3), in = packed_by("xz --format=raw --lzma2=preset=6 -c", plain, false), out;

	EXPECT_EQ(in.data[0] & 0xe0, 0xe0);
	in.data[2]--;                           /* one byte of output less */
	EXPECT_EQ(run(in, plain.len, 100000, &out), -EPROTO);
	EXPECT(strstr(error, "wrong LZMA data"));
	free(out.data);
	in.data[2] += 2;                        /* one more */
	EXPECT_EQ(run(in, plain.len + 1, 100000, &out), -EPROTO);
	EXPECT(strstr(error, "wrong LZMA data"));
	free(out.data);
	free(in.data);
	free(plain.data);
}

TEST(more_output_than_room_is_refused_before_it_is_made)
{
	struct bytes plain = mixed(3000, 3), in = packed_by("xz --format=raw --lzma2=preset=6 -c", plain, false), out;

	for (size_t room = 0; room < 3000; room += 123) {
		EXPECT_EQ(run(in, room, 100000, &out), -ENOMEM);
		EXPECT_EQ(out.len, 0);
		free(out.data);
	}
	EXPECT_EQ(run((struct bytes){ (uint8_t *)"\x01\0\x04hello\0", 9 }, 4, 1, &out), -ENOMEM);
	EXPECT_EQ(out.len, 0);
	free(out.data);
	free(in.data);
	free(plain.data);
}

TEST(any_bit_wrong_ends_inside_the_buffers)
{
	struct bytes plain = mixed(800, 8), in = packed_by("xz --format=raw --lzma2=preset=6 -c", plain, false);

	for (size_t bit = 0; bit < in.len * 8; bit++) {
		struct bytes out;
		int rc;

		in.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		rc = run(in, plain.len, 1 << 20, &out);
		EXPECT(rc == 0 || rc == -EPROTO || rc == -ENOMEM);
		free(out.data);
		in.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	free(in.data);
	free(plain.data);
}
