/* SPDX-License-Identifier: BSD-2-Clause */
/* core/mix.c: what is packed comes back; cut, prolonged and damaged input does not get past. Every buffer has exactly its size, so that the
 * sanitizer sees a byte too far. */
#include "tests/unit/test.h"

#include "core/errors.h"
#include "core/mix.h"

static struct mix mix;

static uint8_t *exactly(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, data, len);
	return copy;
}

static uint8_t *pack(const uint8_t *data, size_t len, size_t *packed_len)
{
	uint8_t *room = malloc(len * 2 + 100), *packed;

	*packed_len = mix_encode(&mix, room, len * 2 + 100, data, len);
	packed = exactly(room, *packed_len);
	free(room);
	return packed;
}

static int unpack(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
	memset(&mix, 0xa5, sizeof(mix));        /* whatever was there before */
	return mix_decode(&mix, out, out_len, in, in_len);
}

/** Returns the packed length. */
static size_t comes_back(const uint8_t *data, size_t len)
{
	size_t packed_len;
	uint8_t *in = exactly(data, len), *packed = pack(in, len, &packed_len), *out = malloc(len ? len : 1);

	EXPECT_EQ(unpack(out, len, packed, packed_len), 0);
	EXPECT_MEM(out, data, len);
	free(in);
	free(packed);
	free(out);
	return packed_len;
}

static void fill(uint8_t *data, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		data[i] = (uint8_t)(seed >> 24);
	}
}

static size_t text(char *to, size_t room)
{
	size_t len = 0;

	for (unsigned i = 0; len + 100 < room; i++)
		len += (size_t)sprintf(to + len, "Line %u of a text that says the same %s and over again.\n", i * 7919 % 1000,
				       i % 3 ? "over" : "once");
	return len;
}

TEST(nothing_comes_back)
{
	EXPECT_EQ(comes_back((const uint8_t *)"", 0), 4);
}

TEST(every_byte_comes_back)
{
	for (unsigned byte = 0; byte < 256; byte++)
		comes_back(&(uint8_t){ (uint8_t)byte }, 1);
}

TEST(all_short_lengths_come_back)
{
	uint8_t data[70];

	fill(data, sizeof(data), 4);
	for (size_t len = 0; len < sizeof(data); len++)
		comes_back(data, len);
}

TEST(machine_code_comes_back)
{
	extern const uint8_t __executable_start[], etext[];     /* this program's own */
	size_t len = (size_t)(etext - __executable_start);
	size_t packed = comes_back(etext - (len < 200000 ? len : 200000), len < 200000 ? len : 200000);

	EXPECT(packed < len / 2);
}

TEST(noise_hardly_grows)
{
	uint8_t data[20000];

	fill(data, sizeof(data), 1);
	EXPECT(comes_back(data, sizeof(data)) < sizeof(data) + sizeof(data) / 20);
}

TEST(what_repeats_all_but_vanishes)
{
	static uint8_t zeros[200000];
	static char words[100000];

	EXPECT(comes_back(zeros, sizeof(zeros)) < 200);
	EXPECT(comes_back((const uint8_t *)words, text(words, sizeof(words))) < sizeof(words) / 20);
}

TEST(no_more_is_written_than_there_is_room)
{
	uint8_t data[3000];
	size_t packed_len;
	uint8_t *packed, *little;

	fill(data, sizeof(data), 2);
	packed = pack(data, sizeof(data), &packed_len);
	little = malloc(1000);
	EXPECT_EQ(mix_encode(&mix, little, 1000, data, sizeof(data)), packed_len);
	EXPECT_MEM(little, packed, 1000);
	free(little);
	free(packed);
}

TEST(input_cut_anywhere_is_refused)
{
	char words[2000];
	size_t len = text(words, sizeof(words)), packed_len;
	uint8_t *packed = pack((const uint8_t *)words, len, &packed_len), *out = malloc(len);

	for (size_t cut = 0; cut < packed_len; cut++) {
		uint8_t *in = exactly(packed, cut);

		EXPECT_EQ(unpack(out, len, in, cut), -EPROTO);
		free(in);
	}
	free(packed);
	free(out);
}

TEST(input_with_a_byte_too_many_is_refused)
{
	char words[2000];
	size_t len = text(words, sizeof(words)), packed_len;
	uint8_t *packed = pack((const uint8_t *)words, len, &packed_len), *out = malloc(len), *more = malloc(packed_len + 1);

	memcpy(more, packed, packed_len);
	more[packed_len] = 0;
	EXPECT_EQ(unpack(out, len, more, packed_len + 1), -EPROTO);
	free(packed);
	free(out);
	free(more);
}

TEST(damaged_input_stays_in_its_buffers)
{
	char words[2000];
	size_t len = text(words, sizeof(words)), packed_len, different = 0;
	uint8_t *packed = pack((const uint8_t *)words, len, &packed_len), *out = malloc(len);

	for (size_t at = 0; at + 4 < packed_len; at++) {
		packed[at] ^= 0x10;
		different += unpack(out, len, packed, packed_len) != 0 || memcmp(out, words, len) != 0;
		packed[at] ^= 0x10;
	}
	EXPECT_EQ(different, packed_len - 4);
	free(packed);
	free(out);
}

TEST(a_length_that_is_not_so_is_refused)
{
	char words[2000];
	size_t len = text(words, sizeof(words)), packed_len;
	uint8_t *packed = pack((const uint8_t *)words, len, &packed_len), *out = malloc(3 * len);

	EXPECT_EQ(unpack(out, len / 2, packed, packed_len), -EPROTO);
	EXPECT_EQ(unpack(out, 3 * len, packed, packed_len), -EPROTO);
	free(packed);
	free(out);
}
