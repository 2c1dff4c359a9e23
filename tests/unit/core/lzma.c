/* SPDX-License-Identifier: BSD-2-Clause */
/* core/lzma.c against what xz itself makes with the ROM's options, of machine code and of inputs that are hard on the x86 filter;
 * and damaged streams. Every buffer has exactly its size, so that the sanitizer sees a byte too far. */
#include "tests/unit/test.h"

#include <unistd.h>
#include "core/errors.h"
#include "core/lzma.h"

#define XZ "env -u XZ_OPT -u XZ_DEFAULTS xz -T1 --format=raw --x86 --lzma1=preset=9e,lc=3,lp=0,pb=0 -c "

/** What xz makes of @len bytes; to be freed. */
static uint8_t *pack(const uint8_t *data, size_t len, size_t *packed_len)
{
	char name[] = "/tmp/fpxe-lzma-XXXXXX", command[200];
	int fd = mkstemp(name);
	uint8_t *packed = malloc(len * 2 + 100), *exact;
	FILE *f;

	EXPECT(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
	snprintf(command, sizeof(command), XZ "%s", name);
	f = popen(command, "r");
	*packed_len = f ? fread(packed, 1, len * 2 + 100, f) : 0;
	EXPECT(f && pclose(f) == 0);
	unlink(name);
	exact = malloc(*packed_len);
	memcpy(exact, packed, *packed_len);
	free(packed);
	return exact;
}

static int unpack(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
	uint16_t *probs = malloc(LZMA_PROBS * sizeof(*probs));
	int rc = lzma_decode(out, out_len, in, in_len, probs);

	free(probs);
	return rc;
}

static void comes_back(const uint8_t *data, size_t len)
{
	size_t packed_len;
	uint8_t *packed = pack(data, len, &packed_len);
	uint8_t *out = malloc(len ? len : 1);

	EXPECT_EQ(unpack(out, len, packed, packed_len), 0);
	lzma_x86_unfilter(out, len);
	EXPECT_MEM(out, data, len);
	free(packed);
	free(out);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* What the filter looks at: opcodes, and bytes at the edge of being a near displacement's highest. */
static void fill(uint8_t *data, size_t len, uint32_t seed)
{
	static const uint8_t edges[] = { 0xe8, 0xe9, 0x00, 0xff, 0xfe, 0x01, 0xfb };

	for (size_t i = 0; i < len; i++) {
		uint32_t r = next(&seed) % 9;

		data[i] = r < sizeof(edges) ? edges[r] : (uint8_t)next(&seed);
	}
}

TEST(machine_code_comes_back)
{
	extern const uint8_t __executable_start[], etext[];     /* this program's own */
	size_t len = (size_t)(etext - __executable_start);

	comes_back(etext - (len < 300000 ? len : 300000), len < 300000 ? len : 300000);
}

TEST(inputs_that_are_hard_on_the_filter_come_back)
{
	uint8_t *data = malloc(20000);

	for (uint32_t seed = 1; seed <= 12; seed++) {
		fill(data, 20000, seed);
		comes_back(data, 20000);
	}
	free(data);
}

TEST(the_last_four_bytes_are_left_as_they_are)
{
	for (size_t len = 1; len <= 12; len++)
		for (uint32_t seed = 1; seed <= 3; seed++) {
			uint8_t data[12];

			fill(data, len, seed);
			comes_back(data, len);
		}
}

TEST(repeats_of_every_kind_come_back)
{
	size_t len = 100000;
	uint8_t *data = malloc(len);
	uint32_t seed = 5;

	for (size_t i = 0; i < len; ) {         /* literals, and copies of 1 to 300 bytes from anywhere before */
		size_t n = next(&seed) % 300 + 1, back = i ? next(&seed) % i + 1 : 0;

		if (next(&seed) % 3 == 0 || !i)
			data[i++] = (uint8_t)next(&seed);
		else
			for (; n && i < len; n--, i++)
				data[i] = data[i - back];
	}
	comes_back(data, len);
	memset(data, 0, len);
	comes_back(data, len);
	free(data);
}

TEST(a_stream_cut_anywhere_is_refused)
{
	uint8_t data[2000], out[2000];
	size_t packed_len;
	uint8_t *packed;

	fill(data, sizeof(data), 3);
	packed = pack(data, sizeof(data), &packed_len);
	/* the last bytes are the end marker's and the coder's flush, which the decoder never needs */
	for (size_t len = 0; len + 16 < packed_len; len++) {
		uint8_t *cut = malloc(len ? len : 1);

		memcpy(cut, packed, len);
		EXPECT_EQ(unpack(out, sizeof(out), cut, len), -EPROTO);
		free(cut);
	}
	free(packed);
}

TEST(a_length_that_is_not_the_streams_is_refused_or_ends_early)
{
	uint8_t data[1000], *longer = malloc(1001);
	size_t packed_len;
	uint8_t *packed;

	fill(data, sizeof(data), 4);
	packed = pack(data, sizeof(data), &packed_len);
	EXPECT_EQ(unpack(longer, 1001, packed, packed_len), -EPROTO);   /* the end marker comes first */
	EXPECT_EQ(unpack(longer, 0, packed, packed_len), 0);
	free(packed);
	free(longer);
}

TEST(a_damaged_stream_ends_inside_its_buffers)
{
	uint8_t data[3000], *out = malloc(3000);
	size_t packed_len;
	uint8_t *packed;
	uint32_t seed = 9;

	fill(data, sizeof(data), 6);
	packed = pack(data, sizeof(data), &packed_len);
	for (size_t at = 0; at < packed_len; at++) {
		uint8_t kept = packed[at];
		int rc;

		packed[at] ^= (uint8_t)(1u << next(&seed) % 8);
		rc = unpack(out, 3000, packed, packed_len);
		EXPECT(rc == 0 || rc == -EPROTO);
		packed[at] = kept;
	}
	packed[0] = 1;
	EXPECT_EQ(unpack(out, 3000, packed, packed_len), -EPROTO);
	free(packed);
	free(out);
}
