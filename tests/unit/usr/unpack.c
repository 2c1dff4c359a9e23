/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking images: slices, the keyboard, room; what is booted though it arrived packed. */
#include "tests/unit/core/packed.h"
#include "tests/unit/image/images.h"
#include "tests/unit/usr/session.h"

#include "usr/boot.h"
#include "usr/unpack.h"

static const struct unpack_options plainly = { .name = NULL };

/** An unregistered image of these bytes, which are freed. */
static struct image *image_with(const char *name, struct bytes b)
{
	struct image *image = image_of_bytes(name, b.data, (uint32_t)b.len);

	free(b.data);
	return image;
}

static struct bytes text(const char *s)
{
	return bytes_of(s, strlen(s));
}

static struct bytes gzipped(struct bytes plain)
{
	return packed_by("gzip -cn", plain, true);
}

static void small_machine(void)
{
	net_init(&the_net);
	machine(HOST_MIB, 32 * HOST_MIB, HOST_MIB, 64 * HOST_MIB);
}

static bool holds(const struct image *image, struct bytes wanted)
{
	return image->block.length == wanted.len && memcmp(image_bytes(image, 0, wanted.len), wanted.data, wanted.len) == 0;
}

TEST(a_new_image_holds_what_was_packed_and_has_all_else_from_the_old)
{
	struct bytes plain = mixed(3000000, 1);
	struct image *image, *unpacked;
	uint64_t before, after;
	uint32_t largest;

	small_machine();
	image = image_with("x.gz", gzipped(bytes_of(plain.data, plain.len)));
	image_set_arguments(image, "quiet");
	space_free_bytes(&before, &largest);
	EXPECT_EQ(unpack_image(image, &plainly, &unpacked), 0);
	EXPECT(holds(unpacked, plain));
	EXPECT_STR(unpacked->name, "x.gz");
	EXPECT_STR(unpacked->arguments, "quiet");
	image_free(unpacked);
	space_free_bytes(&after, &largest);
	EXPECT_EQ(before, after);
	image_free(image);
	free(plain.data);
}

TEST(a_size_that_nothing_says_is_found_out)
{
	struct bytes one = mixed(100000, 1), two = mixed(5000, 2), both = joined(bytes_of(one.data, one.len), bytes_of(two.data, two.len));
	struct image *image, *unpacked;

	small_machine();
	image = image_with("x.gz", joined(gzipped(one), gzipped(two)));         /* it says 5000 */
	EXPECT_EQ(unpack_image(image, &plainly, &unpacked), 0);
	EXPECT(holds(unpacked, both));
	EXPECT(!unpacked->block.growing);
	EXPECT(unpacked->block.size <= 105000 + SPACE_HEADER_ROOM + SPACE_PAGE);
	image_free(unpacked);
	image_free(image);
	free(both.data);
}

TEST(a_known_size_without_room_is_refused_at_once_with_figures)
{
	struct image *image, *unpacked;

	small_machine();
	image = image_with("x.gz", gzipped((struct bytes){ calloc(1, 40 * HOST_MIB), 40 * HOST_MIB }));
	EXPECT_EQ(unpack_image(image, &plainly, &unpacked), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "need 40.0 MiB, 31.9 MiB free (largest gap 31.9 MiB)"));
	EXPECT(!unpacked);
	EXPECT(!host_console_has("unpacking"));
	image_free(image);
}

TEST(a_size_that_turns_out_to_have_no_room_is_refused_and_the_room_given_back)
{
	struct bytes zeros = { calloc(1, 20 * HOST_MIB), 20 * HOST_MIB }, one = gzipped(zeros);
	struct image *image, *unpacked;
	uint64_t before, after;
	uint32_t largest;

	small_machine();
	image = image_with("x.gz", joined(bytes_of(one.data, one.len), bytes_of(one.data, one.len)));
	space_free_bytes(&before, &largest);
	EXPECT_EQ(unpack_image(image, &plainly, &unpacked), -ENOMEM);
	EXPECT(error_says(-ENOMEM, "gzip unpacks to more than 31.9 MiB"));
	space_free_bytes(&after, &largest);
	EXPECT_EQ(before, after);
	image_free(image);
	free(one.data);
}

TEST(ctrl_c_ends_unpacking_within_200_ms)
{
	struct image *image, *unpacked;
	uint32_t start;

	small_machine();
	image = image_with("x.gz", gzipped((struct bytes){ calloc(1, 24 * HOST_MIB), 24 * HOST_MIB }));
	host_clock_step(1000);
	start = clock_ms();
	host_key_after(300, KEY_CTRL('C'));
	EXPECT_EQ(unpack_image(image, &plainly, &unpacked), -ECANCELED);
	EXPECT(clock_ms() - start >= 300 && clock_ms() - start < 300 + 200);
	EXPECT(!unpacked);
	EXPECT(host_console_has("x.gz: unpacking gzip, "));
	image_free(image);
}

TEST(unpacking_that_takes_too_long_ends)
{
	static const struct unpack_options hurried = { .name = "y", .timeout_ms = 100, .quiet = true };
	struct image *image, *unpacked;

	small_machine();
	image = image_with("x.gz", gzipped((struct bytes){ calloc(1, 24 * HOST_MIB), 24 * HOST_MIB }));
	host_clock_step(1000);
	EXPECT_EQ(unpack_image(image, &hurried, &unpacked), -ETIMEDOUT);
	EXPECT(error_says(-ETIMEDOUT, "not unpacked after 100 ms"));
	EXPECT_STR(host_console_plain(), "");
	image_free(image);
}

TEST(no_memory_for_any_part_is_refused_and_nothing_leaks)
{
	struct image *image, *unpacked;
	int rc = -ENOMEM;
	unsigned n;

	small_machine();
	image = image_with("x.gz", gzipped(text("hello")));
	for (n = 1; rc != 0 && n < 20; n++) {
		heap_fail_after(n);
		rc = unpack_image(image, &plainly, &unpacked);
		EXPECT(rc == 0 || (rc == -ENOMEM && !unpacked));
	}
	heap_fail_after(0);
	EXPECT(n > 5 && rc == 0);
	image_free(unpacked);
	image_free(image);
}

/* ---- What is booted though it is packed */

TEST(a_packed_script_becomes_what_was_in_it)
{
	struct bytes script = text("#!fpxe\necho hello\n");
	struct image *image;

	small_machine();
	image = image_with("s", gzipped(bytes_of(script.data, script.len)));
	EXPECT_EQ(boot_recognise(image), 0);
	EXPECT_STR(image->format->name, "script");
	EXPECT_STR(image->name, "s");
	EXPECT(holds(image, script));
	image_free(image);
	free(script.data);
}

TEST(a_packed_kernel_becomes_what_was_in_it_and_a_kernel_is_left_alone)
{
	struct kernel_shape shape = { .high_bytes = 100000 };
	uint32_t len;
	uint8_t *file = kernel_file(&shape, &len);
	struct bytes kernel = bytes_of(file, len);
	struct image *image, *plain;

	small_machine();
	image = image_with("k.gz", gzipped(bytes_of(kernel.data, kernel.len)));
	plain = image_with("k", bytes_of(kernel.data, kernel.len));
	EXPECT_EQ(boot_recognise(image), 0);
	EXPECT_EQ(boot_recognise(plain), 0);
	EXPECT_STR(image->format->name, "bzImage");
	EXPECT(holds(image, kernel));
	EXPECT(holds(plain, kernel));
	EXPECT_EQ(count("unpacked"), 1);
	image_free(image);
	image_free(plain);
	free(kernel.data);
	free(file);
}

TEST(what_is_packed_four_times_is_unpacked_and_no_more)
{
	struct bytes b = text("#!fpxe\n");
	struct image *image;

	small_machine();
	for (unsigned i = 0; i < 4; i++)
		b = gzipped(b);
	image = image_with("four", bytes_of(b.data, b.len));
	EXPECT_EQ(boot_recognise(image), 0);
	EXPECT_EQ(image->block.length, 7);
	image_free(image);
	image = image_with("five", gzipped(b));
	EXPECT_EQ(boot_recognise(image), -ENOEXEC);
	EXPECT(error_says(-ENOEXEC, "five looks like gzip"));
	EXPECT(image->block.length > 27);
	image_free(image);
}

TEST(what_is_no_kernel_inside_stays_as_it_was)
{
	struct bytes packed = gzipped(text("070701 and so on, an archive"));
	struct image *image;

	small_machine();
	image = image_with("initrd.gz", bytes_of(packed.data, packed.len));
	EXPECT_EQ(boot_recognise(image), -ENOEXEC);
	EXPECT(error_says(-ENOEXEC, "initrd.gz looks like a cpio archive"));
	EXPECT(holds(image, packed));
	EXPECT(!image->format);
	image_free(image);
	free(packed.data);
}

TEST(a_kernel_packed_by_xz_inside_gzip_becomes_what_was_in_it)
{
	struct kernel_shape shape = { .high_bytes = 300000 };
	uint32_t len;
	uint8_t *file = kernel_file(&shape, &len);
	struct bytes kernel = bytes_of(file, len);
	struct image *image;

	small_machine();
	image = image_with("k.xz.gz", gzipped(packed_by("xz -c --x86 --lzma2 --check=crc32", kernel, false)));
	EXPECT_EQ(boot_recognise(image), 0);
	EXPECT_STR(image->format->name, "bzImage");
	EXPECT(holds(image, kernel));
	EXPECT(host_console_has("k.xz.gz: unpacked gzip, 0.0 MiB\nk.xz.gz: unpacked xz, 0.2 MiB\n"));
	image_free(image);
	free(kernel.data);
	free(file);
}

TEST(a_damaged_packed_kernel_says_where)
{
	struct bytes packed = gzipped(text("#!fpxe\necho hello\n"));
	struct image *image;

	small_machine();
	packed.data[packed.len - 5] ^= 0x10;
	image = image_with("k.gz", packed);
	EXPECT_EQ(boot_recognise(image), -EPROTO);
	EXPECT(error_says(-EPROTO, "gzip CRC error at byte "));
	image_free(image);
}

TEST(a_broken_kernel_inside_is_refused_as_one)
{
	struct kernel_shape shape = { .high_bytes = 100000 };
	uint32_t len;
	uint8_t *file = kernel_file(&shape, &len);
	struct image *image;

	small_machine();
	image = image_with("k.gz", gzipped(bytes_of(file, len / 2)));
	EXPECT_EQ(boot_recognise(image), -EPROTO);
	EXPECT(error_says(-EPROTO, "truncated kernel"));
	image_free(image);
	free(file);
}

TEST(packed_scripts_run_from_the_shell)
{
	struct bytes script = gzipped(text("#!fpxe\necho ran\n"));

	fake_file[0] = (struct fake_file){ .url = "http://10.0.2.2/s.gz", .contents = (const char *)script.data, .len = script.len };
	run_shell("dhcp\nchain http://10.0.2.2/s.gz\nkernel http://10.0.2.2/s.gz\nboot\nimgstat\nimgfree\n"
	          "imgfetch http://10.0.2.2/s.gz\nboot s.gz\nimgfree\nkernel -B http://10.0.2.2/s.gz\nboot\n");
	EXPECT_EQ(count("\nran\n"), 4);
	EXPECT(host_console_has("\ns.gz: 16 bytes script, selected\n"));
	free(script.data);
}
