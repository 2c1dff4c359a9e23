/* SPDX-License-Identifier: BSD-2-Clause */
/* core/gzip.c: what gzip itself makes, headers with every field, members, zlib, damage of every byte. */
#include "tests/unit/core/packed.h"

#define TRAILER 8

/** gzip's header without name or time is 10 bytes. */
static struct bytes gzipped(struct bytes plain, bool free_plain)
{
	return packed_by("gzip -cn9", plain, free_plain);
}

static struct bytes header_and_rest(const void *header, size_t header_len, struct bytes gz)
{
	struct bytes b = joined(bytes_of(header, header_len), bytes_of(gz.data + 10, gz.len - 10));

	free(gz.data);
	return b;
}

/** The same DEFLATE stream as zlib has it. */
static struct bytes zlib_of(struct bytes plain)
{
	struct bytes gz = gzipped(plain, false), z;
	uint32_t s1 = 1, s2 = 0;
	uint8_t adler[4];

	for (size_t i = 0; i < plain.len; i++) {
		s1 = (s1 + plain.data[i]) % 65521;
		s2 = (s2 + s1) % 65521;
	}
	adler[0] = (uint8_t)(s2 >> 8);
	adler[1] = (uint8_t)s2;
	adler[2] = (uint8_t)(s1 >> 8);
	adler[3] = (uint8_t)s1;
	z = joined(joined(bytes_of("\x78\xda", 2), bytes_of(gz.data + 10, gz.len - 10 - TRAILER)), bytes_of(adler, 4));
	free(gz.data);
	return z;
}

TEST(what_gzip_makes_at_each_level_comes_back)
{
	struct bytes plain = mixed(300000, 7);

	for (char level = '1'; level <= '9'; level++) {
		char tool[] = "gzip -cN0";
		struct bytes gz;

		tool[8] = level;
		gz = packed_by(tool, plain, false);
		EXPECT_EQ(unpack_size(&gzip_format, gz.data, gz.len), plain.len);
		unpacks_to(&gzip_format, gz, plain);
		free(gz.data);
	}
	free(plain.data);
}

TEST(lengths_and_kinds_of_data_come_back)
{
	for (size_t len = 0; len < 40; len++) {
		struct bytes plain = mixed(len, (uint32_t)len), gz = gzipped(plain, false);

		unpacks_to(&gzip_format, gz, plain);
		free(gz.data);
		free(plain.data);
	}
	for (unsigned kind = 0; kind < 2; kind++) {
		struct bytes plain = noise(200000, 3), gz;      /* stored blocks; then long codes and zeros */

		for (size_t i = 0; kind && i < plain.len; i++)
			plain.data[i] = (uint8_t)(__builtin_ctz(plain.data[i] | 0x10000u | (unsigned)plain.data[i / 2] << 8) * 16);
		gz = gzipped(plain, false);
		unpacks_to(&gzip_format, gz, plain);
		free(gz.data);
		free(plain.data);
	}
}

TEST(machine_code_comes_back_through_gzip)
{
	extern const uint8_t __executable_start[], etext[];     /* this program's own */
	struct bytes plain = bytes_of(__executable_start, (size_t)(etext - __executable_start)), gz = gzipped(plain, false);

	unpacks_to(&gzip_format, gz, plain);
	free(gz.data);
	free(plain.data);
}

/* RFC 1952 2.3: extra field, name, comment and the header's own CRC, in each combination. */
TEST(every_field_of_a_header_is_passed)
{
	struct bytes plain = mixed(100, 1);

	for (unsigned flags = 0; flags < 0x20; flags++) {
		uint8_t header[64] = { 0x1f, 0x8b, 8, (uint8_t)flags, 1, 2, 3, 4, 0, 3 };
		size_t len = 10;
		uint32_t crc = ~0u;
		struct bytes gz;

		if (flags & 4) {
			memcpy(header + len, "\x05\0AB\x01\0x", 7);
			len += 7;
		}
		if (flags & 8) {
			memcpy(header + len, "vmlinuz", 8);
			len += 8;
		}
		if (flags & 16) {
			header[len++] = 'c';
			header[len++] = 0;
		}
		for (size_t i = 0; i < len; i++) {
			crc ^= header[i];
			for (unsigned bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
		}
		if (flags & 2) {
			header[len++] = (uint8_t)~crc;
			header[len++] = (uint8_t)(~crc >> 8);
		}
		gz = header_and_rest(header, len, gzipped(plain, false));
		unpacks_to(&gzip_format, gz, plain);
		refused_if_cut(&gzip_format, gz, 3, plain.len);
		if (flags & 2) {
			gz.data[len - 1] ^= 1;
			refused(&gzip_format, gz, plain.len, -EPROTO, "gzip CRC error of the header at byte 0");
		}
		free(gz.data);
	}
	free(plain.data);
}

TEST(a_header_that_promises_what_nobody_knows_is_refused)
{
	struct bytes plain = mixed(100, 1), gz = gzipped(plain, false);

	gz.data[3] = 0x20;
	refused(&gzip_format, gz, 100, -ENOTSUP, "gzip method 8, flags 20");
	gz.data[3] = 0;
	gz.data[2] = 7;
	refused(&gzip_format, gz, 100, -ENOTSUP, "gzip method 7, flags 00");
	EXPECT(!unpack_recognise(gz.data, gz.len));
	free(gz.data);
	free(plain.data);
}

TEST(members_follow_one_another_and_zeros_the_last)
{
	struct bytes one = mixed(5000, 1), two = mixed(70000, 2), zeros = { calloc(1, 500000), 500000 };
	struct bytes gz = joined(joined(gzipped(one, false), gzipped(bytes_of("", 0), true)), gzipped(two, false));
	struct bytes plain = joined(one, two);

	unpacks_to(&gzip_format, gz, plain);
	EXPECT_EQ(unpack_size(&gzip_format, gz.data, gz.len), 70000);   /* the last one's, which is less */
	gz = joined(gz, zeros);
	unpacks_to(&gzip_format, gz, plain);
	EXPECT_EQ(unpack_size(&gzip_format, gz.data, gz.len), 0);
	gz.data[gz.len - 1] = 1;
	refused(&gzip_format, gz, plain.len, -EPROTO, "gzip ends early");
	gz = joined(gz, bytes_of("anything at all is longer than a trailer", 30));
	refused(&gzip_format, gz, plain.len, -EPROTO, "gzip is followed by something else");
	free(gz.data);
	free(plain.data);
}

TEST(members_of_nothing_take_no_room)
{
	struct bytes empty = bytes_of("", 0), one = gzipped(empty, false), gz = bytes_of("", 0);

	for (unsigned i = 0; i < 300; i++)
		gz = joined(gz, bytes_of(one.data, one.len));
	unpacks_to(&gzip_format, gz, empty);
	free(one.data);
	free(gz.data);
	free(empty.data);
}

TEST(a_gzip_file_cut_anywhere_is_refused)
{
	struct bytes plain = mixed(3000, 5), gz = gzipped(plain, false), cut = { gz.data, gz.len - 1 };

	refused_if_cut(&gzip_format, gz, 3, plain.len);
	refused(&gzip_format, cut, plain.len, -EPROTO, "protocol error: gzip ends early at byte ");
	free(gz.data);
	free(plain.data);
}

TEST(a_gzip_file_with_any_bit_wrong_is_refused_or_the_same)
{
	struct bytes plain = mixed(600, 6), gz = gzipped(plain, false);

	refused_if_changed(&gzip_format, gz, plain);
	free(gz.data);
	free(plain.data);
}

TEST(wrong_checks_of_gzip_are_named)
{
	struct bytes plain = mixed(3000, 5), gz = gzipped(plain, false);

	gz.data[gz.len - 8] ^= 1;
	refused(&gzip_format, gz, plain.len, -EPROTO, "gzip CRC error at byte ");
	gz.data[gz.len - 8] ^= 1;
	gz.data[gz.len - 4] ^= 1;
	refused(&gzip_format, gz, plain.len, -EPROTO, "gzip wrong length at byte ");
	free(gz.data);
	free(plain.data);
}

TEST(a_gzip_bomb_ends_where_its_room_does)
{
	struct bytes zeros = { calloc(1, 2000000), 2000000 }, gz = gzipped(zeros, true);

	EXPECT(gz.len < 3000);
	refused(&gzip_format, gz, 1999999, -ENOMEM, "out of memory: gzip unpacks to more than 1.9 MiB");
	refused(&gzip_format, gz, 0, -ENOMEM, "gzip unpacks to more than 0.0 MiB");
	free(gz.data);
}

TEST(a_size_that_no_such_file_can_have_is_not_believed)
{
	struct bytes gz = gzipped(mixed(100, 1), true);

	EXPECT_EQ(unpack_size(&gzip_format, gz.data, gz.len), 100);
	gz.data[gz.len - 1] = 0xff;
	EXPECT_EQ(unpack_size(&gzip_format, gz.data, gz.len), 0);
	EXPECT_EQ(unpack_size(&gzip_format, gz.data, 17), 0);
	EXPECT_EQ(unpack_size(&gzip_format, gz.data, 0), 0);
	free(gz.data);
}

TEST(zlib_streams_come_back)
{
	for (size_t len = 0; len <= 60000; len = len * 3 + 1) {
		struct bytes plain = mixed(len, (uint32_t)len + 9), z = zlib_of(plain);

		unpacks_to(&zlib_format, z, plain);
		EXPECT_EQ(unpack_size(&zlib_format, z.data, z.len), 0);
		free(z.data);
		free(plain.data);
	}
}

/* The sums of RFC 1950's appendix grow fastest on FF. */
TEST(adler_sums_do_not_overflow)
{
	struct bytes plain = { malloc(200000), 200000 }, z;

	memset(plain.data, 0xff, plain.len);
	z = zlib_of(plain);
	unpacks_to(&zlib_format, z, plain);
	free(z.data);
	free(plain.data);
}

TEST(a_zlib_stream_cut_changed_or_continued_is_refused)
{
	struct bytes plain = mixed(600, 4), z = zlib_of(plain);

	refused_if_cut(&zlib_format, z, 3, plain.len);
	refused_if_changed(&zlib_format, z, plain);
	z.data[z.len - 1] ^= 1;
	refused(&zlib_format, z, plain.len, -EPROTO, "zlib Adler-32 error at byte ");
	z.data[z.len - 1] ^= 1;
	z = joined(z, bytes_of("", 1));
	refused(&zlib_format, z, plain.len, -EPROTO, "zlib is followed by something else");
	free(z.data);
	free(plain.data);
}

TEST(a_zlib_stream_with_a_dictionary_is_refused)
{
	struct bytes plain = mixed(600, 4), z = zlib_of(plain);

	z.data[1] = 0xf9;               /* FDICT, and a header that is still a multiple of 31 */
	EXPECT(unpack_recognise(z.data, z.len) == &zlib_format);
	refused(&zlib_format, z, plain.len, -ENOTSUP, "zlib with a preset dictionary");
	free(z.data);
	free(plain.data);
}
