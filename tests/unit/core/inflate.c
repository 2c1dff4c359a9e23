/* SPDX-License-Identifier: BSD-2-Clause */
/* core/inflate.c: blocks of every type written bit by bit, what RFC 1951 allows and what it does not. What gzip makes is in gzip.c. */
#include "tests/unit/core/packed.h"

#include "core/inflate.h"

/** Bits as DEFLATE has them, the lowest first. */
struct bits { uint8_t data[4000]; size_t count; };

static void put(struct bits *b, unsigned value, unsigned n)
{
	for (; n; n--, value >>= 1, b->count++)
		b->data[b->count / 8] |= (uint8_t)((value & 1) << b->count % 8);
}

/** A code, whose first bit is its highest. */
static void put_code(struct bits *b, unsigned code, unsigned n)
{
	while (n--)
		put(b, code >> n & 1, 1);
}

static void put_header(struct bits *b, bool last, unsigned type)
{
	put(b, last, 1);
	put(b, type, 2);
}

/** RFC 1951 3.2.6 */
static void put_fixed(struct bits *b, unsigned symbol)
{
	if (symbol < 144)
		put_code(b, 0x30 + symbol, 8);
	else if (symbol < 256)
		put_code(b, 0x190 + symbol - 144, 9);
	else if (symbol < 280)
		put_code(b, symbol - 256, 7);
	else
		put_code(b, 0xc0 + symbol - 280, 8);
}

static void put_fixed_text(struct bits *b, const char *text)
{
	for (; *text; text++)
		put_fixed(b, (uint8_t)*text);
}

static const struct unpack_format raw = { .name = "raw" };
static char output[1000];
static char error[ERROR_DETAIL_MAX + 100];
static size_t used;

/** Inflate what was written into @room bytes; the result. */
static int run_in(struct bits *b, size_t room)
{
	struct bytes in = bytes_of(b->data, (b->count + 7) / 8);
	struct unpack u = { .format = &raw, .in = in.data, .in_len = in.len, .out = malloc(room ? room : 1), .out_size = room };
	struct inflate *s = malloc(sizeof(*s));
	int rc;

	error_clear();
	inflate_start(s, &u);
	while ((rc = inflate_run(s, u.out_pos + 1)) == -EINPROGRESS)
		;
	memcpy(output, u.out, u.out_pos);
	output[u.out_pos] = '\0';
	used = u.in_pos;
	error_format(error, sizeof(error), rc);
	free(u.out);
	free(in.data);
	free(s);
	return rc;
}

static int run(struct bits *b)
{
	return run_in(b, sizeof(output) - 1);
}

static void expect_error(struct bits *b, const char *words)
{
	EXPECT_EQ(run(b), -EPROTO);
	if (!strstr(error, words))
		test_fail(__FILE__, __LINE__, "the error is \"%s\", wanted \"%s\"", error, words);
}

TEST(a_stored_block_begins_at_a_byte)
{
	struct bits b = { .count = 0 };

	put_header(&b, true, 0);
	put(&b, 0x1f, 5);               /* what is skipped may be anything */
	put(&b, 5, 16);
	put(&b, 0xfffa, 16);
	for (const char *c = "hello"; *c; c++)
		put(&b, (uint8_t)*c, 8);
	put(&b, 0xffff, 16);            /* not ours */
	EXPECT_EQ(run(&b), 0);
	EXPECT_STR(output, "hello");
	EXPECT_EQ(used, 10);
}

TEST(stored_blocks_of_nothing_pass)
{
	struct bits b = { .count = 0 };

	for (unsigned i = 0; i < 200; i++) {
		put_header(&b, i == 199, 0);
		put(&b, 0, 5);
		put(&b, 0, 16);
		put(&b, 0xffff, 16);
	}
	EXPECT_EQ(run(&b), 0);
	EXPECT_STR(output, "");
	EXPECT_EQ(used, 1000);
}

TEST(a_stored_block_whose_length_is_not_confirmed_is_refused)
{
	struct bits b = { .count = 0 };

	put_header(&b, true, 0);
	put(&b, 0, 5);
	put(&b, 5, 16);
	put(&b, 0xfffb, 16);
	put(&b, 0, 40);
	expect_error(&b, "raw wrong length of a stored block at byte 5 of 10");
}

TEST(a_stored_block_cut_anywhere_ends_early)
{
	for (unsigned cut = 0; cut < 10; cut++) {
		struct bits b = { .count = 0 };

		put_header(&b, true, 0);
		put(&b, 0, 5);
		put(&b, 5, 16);
		put(&b, 0xfffa, 16);
		put(&b, 0x616161, 40);
		b.count = cut * 8;
		expect_error(&b, "ends early");
	}
}

TEST(fixed_codes_and_overlapping_copies)
{
	struct bits b = { .count = 0 };

	put_header(&b, false, 1);
	put_fixed_text(&b, "ab\xff");
	put_fixed(&b, 261);             /* 7 bytes */
	put_code(&b, 2, 5);             /* from 3 before */
	put_fixed(&b, 256);
	put_header(&b, true, 1);        /* reaches back into the block before */
	put_fixed(&b, 257);
	put_code(&b, 0, 5);
	put_fixed(&b, 256);
	EXPECT_EQ(run(&b), 0);
	EXPECT_STR(output, "ab\xff" "ab\xff" "ab\xff" "a" "aaa");
}

/* RFC 1951 3.2.5's table: each length symbol with the lowest and the highest of its extra bits. */
TEST(every_length_is_what_the_table_says)
{
	static const uint16_t base[] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
		227, 258 };
	static const uint8_t extra[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };

	for (unsigned i = 0; i < 29; i++)
		for (unsigned high = 0; high < 2; high++) {
			struct bits b = { .count = 0 };
			unsigned more = high ? (1u << extra[i]) - 1 : 0;

			put_header(&b, true, 1);
			put_fixed_text(&b, "x");
			put_fixed(&b, 257 + i);
			put(&b, more, extra[i]);
			put_code(&b, 0, 5);
			put_fixed(&b, 256);
			EXPECT_EQ(run(&b), 0);
			EXPECT_EQ(strlen(output), 1 + base[i] + more);
		}
}

/* The same for distances, up to what is there to reach back to. */
TEST(every_distance_is_what_the_table_says)
{
	static const uint16_t base[] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
		4097, 6145, 8193, 12289, 16385, 24577 };
	static const uint8_t extra[] = { 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13 };
	struct inflate *s = malloc(sizeof(*s));
	uint8_t *out = malloc(40000);

	for (unsigned i = 0; i < 30; i++)
		for (unsigned high = 0; high < 2; high++) {
			struct bits b = { .count = 0 };
			unsigned more = high ? (1u << extra[i]) - 1 : 0, distance = base[i] + more;
			struct unpack u = { .format = &raw, .in = b.data, .out = out, .out_size = 40000, .out_pos = 0 };

			for (unsigned at = 0; at < 32768; at++)
				out[at] = (uint8_t)(at ^ at >> 8);
			put_header(&b, true, 1);
			put_fixed(&b, 257);
			put_code(&b, i, 5);
			put(&b, more, extra[i]);
			put_fixed(&b, 256);
			u.in_len = (b.count + 7) / 8;
			inflate_start(s, &u);           /* all 32 KiB count as this stream's own */
			u.out_pos = 32768;
			EXPECT_EQ(inflate_run(s, 40000), 0);
			EXPECT_EQ(u.out_pos, 32771);
			for (unsigned k = 0; k < 3; k++)
				EXPECT_EQ(out[32768 + k], out[32768 + k - distance]);
		}
	free(s);
	free(out);
}

TEST(a_copy_from_before_the_beginning_is_refused)
{
	struct bits b = { .count = 0 };

	put_header(&b, true, 1);
	put_fixed_text(&b, "ab");
	put_fixed(&b, 257);
	put_code(&b, 2, 5);
	put_fixed(&b, 256);
	expect_error(&b, "distance beyond the beginning");
}

TEST(symbols_that_mean_nothing_are_refused)
{
	for (unsigned symbol = 286; symbol <= 287; symbol++) {
		struct bits b = { .count = 0 };

		put_header(&b, true, 1);
		put_fixed_text(&b, "abcd");
		put_fixed(&b, symbol);
		put(&b, 0, 30);
		expect_error(&b, "wrong code");
	}
	for (unsigned symbol = 30; symbol <= 31; symbol++) {
		struct bits b = { .count = 0 };

		put_header(&b, true, 1);
		put_fixed_text(&b, "abcd");
		put_fixed(&b, 257);
		put_code(&b, symbol, 5);
		put(&b, 0, 30);
		expect_error(&b, "wrong code of a distance");
	}
}

TEST(a_block_of_type_3_is_refused)
{
	struct bits b = { .count = 0 };

	put_header(&b, true, 3);
	put(&b, 0, 30);
	expect_error(&b, "wrong type of a block");
}

TEST(output_ends_where_its_room_does)
{
	struct bits b = { .count = 0 };

	put_header(&b, true, 1);
	put_fixed_text(&b, "abc");
	put_fixed(&b, 258);
	put_code(&b, 0, 5);
	put_fixed(&b, 256);
	EXPECT_EQ(run_in(&b, 7), 0);
	EXPECT_STR(output, "abccccc");
	for (size_t room = 0; room < 7; room++) {
		EXPECT_EQ(run_in(&b, room), -ENOMEM);
		EXPECT(strstr(error, "raw unpacks to more than"));
	}
}

/* ---- Dynamic blocks: 3.2.7 */

/** The header, and lengths of the code-length code in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15; -1 ends them. */
static void put_dynamic(struct bits *b, unsigned literals, unsigned distances, const int *lengths)
{
	unsigned n = 0;

	while (lengths[n] >= 0)
		n++;
	put_header(b, true, 2);
	put(b, literals - 257, 5);
	put(b, distances - 1, 5);
	put(b, n - 4, 4);
	for (unsigned i = 0; i < n; i++)
		put(b, (unsigned)lengths[i], 3);
}

/* Code lengths 0, 1, 2 and the repeats 16 and 18: symbols 0 1 2 16 18 in numeric order have the codes 000 001 01 10 11 or the like. */
static const int small_code[] = { 2 /* 16 */, 0, 2 /* 18 */, 3 /* 0 */, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 /* 2 */, 0, 3 /* 1 */, -1 };
enum { CODE_2 = 0, CODE_16 = 1, CODE_18 = 2, CODE_0 = 6, CODE_1 = 7 };  /* those of two bits come first */

static void put_zeros(struct bits *b, unsigned n)
{
	for (; n >= 11; n -= n < 138 ? n : 138) {
		put_code(b, CODE_18, 2);
		put(b, (n < 138 ? n : 138) - 11, 7);
		if (n <= 138)
			return;
	}
	while (n--)
		put_code(b, CODE_0, 3);
}

TEST(dynamic_codes_with_one_distance)
{
	struct bits b = { .count = 0 };

	put_dynamic(&b, 258, 1, small_code);
	put_zeros(&b, 'a');
	put_code(&b, CODE_1, 3);                /* a: 0 */
	put_zeros(&b, 256 - 'a' - 1);
	put_code(&b, CODE_2, 2);                /* the end: 10 */
	put_code(&b, CODE_2, 2);                /* 3 bytes: 11 */
	put_code(&b, CODE_1, 3);                /* the only distance, 1: 0 */
	put_code(&b, 0, 1);
	put_code(&b, 3, 2);
	put_code(&b, 0, 1);
	put_code(&b, 2, 2);
	EXPECT_EQ(run(&b), 0);
	EXPECT_STR(output, "aaaa");
}

TEST(the_code_that_a_single_distance_leaves_is_refused)
{
	struct bits b = { .count = 0 };

	put_dynamic(&b, 258, 1, small_code);
	put_zeros(&b, 'a');
	put_code(&b, CODE_1, 3);
	put_zeros(&b, 256 - 'a' - 1);
	put_code(&b, CODE_2, 2);
	put_code(&b, CODE_2, 2);
	put_code(&b, CODE_1, 3);
	put_code(&b, 0, 1);
	put_code(&b, 3, 2);
	put_code(&b, 1, 1);
	put(&b, 0, 30);
	expect_error(&b, "wrong code of a distance");
}

TEST(a_block_without_distances_may_not_use_one)
{
	struct bits b = { .count = 0 };

	put_dynamic(&b, 258, 1, small_code);
	put_zeros(&b, 'a');
	put_code(&b, CODE_1, 3);
	put_zeros(&b, 256 - 'a' - 1);
	put_code(&b, CODE_2, 2);
	put_code(&b, CODE_2, 2);
	put_code(&b, CODE_0, 3);
	put_code(&b, 0, 1);
	put_code(&b, 3, 2);
	put(&b, 0, 30);
	expect_error(&b, "wrong code of a distance");
}

TEST(codes_that_cannot_be_are_refused)
{
	static const int crowded[] = { 1, 1, 1, 0, -1 }, sparse[] = { 2, 0, 2, 2, -1 };
	struct bits b = { .count = 0 };

	put_dynamic(&b, 257, 1, crowded);
	put(&b, 0, 30);
	expect_error(&b, "impossible codes");
	b = (struct bits){ .count = 0 };
	put_dynamic(&b, 257, 1, sparse);
	put(&b, 0, 30);
	expect_error(&b, "impossible codes");

	b = (struct bits){ .count = 0 };        /* three literals of one bit */
	put_dynamic(&b, 257, 1, small_code);
	for (unsigned i = 0; i < 2; i++)
		put_code(&b, CODE_1, 3);
	put_zeros(&b, 254);
	put_code(&b, CODE_1, 3);
	put_code(&b, CODE_0, 3);
	put(&b, 0, 30);
	expect_error(&b, "impossible codes");

	b = (struct bits){ .count = 0 };        /* two literals of two bits, and nothing else */
	put_dynamic(&b, 257, 1, small_code);
	put_code(&b, CODE_2, 2);
	put_zeros(&b, 255);
	put_code(&b, CODE_2, 2);
	put_code(&b, CODE_0, 3);
	put(&b, 0, 30);
	expect_error(&b, "impossible codes");

	b = (struct bits){ .count = 0 };        /* no end of the block */
	put_dynamic(&b, 257, 1, small_code);
	put_code(&b, CODE_1, 3);
	put_zeros(&b, 256);
	put_code(&b, CODE_0, 3);
	put(&b, 0, 30);
	expect_error(&b, "impossible codes");
}

TEST(a_repeat_of_nothing_or_past_the_last_code_is_refused)
{
	struct bits b = { .count = 0 };

	put_dynamic(&b, 257, 1, small_code);
	put_code(&b, CODE_16, 2);
	put(&b, 0, 30);
	expect_error(&b, "wrong code of a code's length");

	b = (struct bits){ .count = 0 };
	put_dynamic(&b, 257, 1, small_code);
	put_zeros(&b, 138);
	put_zeros(&b, 118);
	put_code(&b, CODE_1, 3);
	put_code(&b, CODE_16, 2);               /* three more where there is one */
	put(&b, 0, 32);
	expect_error(&b, "too many codes");

	b = (struct bits){ .count = 0 };        /* 287 and 288 literals, 31 and 32 distances */
	put_dynamic(&b, 287, 1, small_code);
	put(&b, 0, 30);
	expect_error(&b, "too many codes");
	b = (struct bits){ .count = 0 };
	put_dynamic(&b, 257, 31, small_code);
	put(&b, 0, 30);
	expect_error(&b, "too many codes");
}
