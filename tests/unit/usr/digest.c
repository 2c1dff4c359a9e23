/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests of images: slices, the keyboard meanwhile, words on the screen. */
#include "tests/unit/usr/session.h"

#include "core/digest.h"
#include "usr/digest.h"

#define LARGE (24u << 20)

/** An image of zeros, not registered. */
static struct image *large_image(uint32_t len)
{
	struct image *image = image_alloc("large", "");

	net_init(&the_net);
	space_init();
	if (!image || space_alloc(&image->block, len) != 0)
		abort();
	return image;
}

TEST(an_images_digest_is_that_of_its_bytes)
{
	/* lengths around a slice; `head -c N /dev/zero | md5sum` */
	static const struct { uint32_t len; const char *value; } known[] = {
		{ 0, "d41d8cd98f00b204e9800998ecf8427e" }, { 1, "93b885adfe0da089cdf634904fd59f71" },
		{ 65535, "c9ed338456e973b2c5440047aa2ead0b" }, { 65536, "fcd6bcb56c1689fcef28b57c22475bad" },
		{ 65537, "0b76eb861bbfc3afd2905c01d37b320c" }, { 200000, "4a1e4325031b13f933ac4f1db9ecb63f" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct image *image = large_image(known[i].len);
		uint8_t value[16];
		char text[33];

		EXPECT_EQ(digest_image(image, &digest_md5, value), 0);
		digest_format(text, value, 16);
		EXPECT_STR(text, known[i].value);
		image_free(image);
	}
}

TEST(ctrl_c_ends_a_digest_within_200_ms)
{
	struct image *image = large_image(LARGE);
	uint8_t value[32] = { 0 };
	uint32_t start = clock_ms();

	host_clock_step(1000);
	host_key_after(300, KEY_CTRL('C'));
	EXPECT_EQ(digest_image(image, &digest_sha256, value), -ECANCELED);
	EXPECT(clock_ms() - start >= 300 && clock_ms() - start < 300 + 200);
	EXPECT_EQ(value[0], 0);
	image_free(image);
}

TEST(a_long_digest_says_how_far_it_is_and_leaves_no_trace)
{
	struct image *image = large_image(LARGE);
	uint8_t value[32];

	host_clock_step(1000);
	EXPECT_EQ(digest_image(image, &digest_sha256, value), 0);
	EXPECT(host_console_has("sha256 of large: "));
	EXPECT(host_console_has("%"));
	image_free(image);
}
