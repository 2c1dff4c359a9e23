/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/image/images.h"

static void begin_test(void)
{
	host_reset();
	space_init();
}
__attribute__((constructor)) static void begin(void) { test_setup = begin_test; }

static const char *described(const char *bytes, uint32_t len)
{
	struct image *image = image_of_bytes("file", bytes, len);
	int rc = image_not_bootable(image);

	image_free(image);
	EXPECT_EQ(rc, -ENOEXEC);
	return error_now(rc);
}

#define EXPECT_DESCRIBED(bytes, len, words) \
	(strstr(described(bytes, len), "not a bootable image: " words) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", error_now(-ENOEXEC)))

TEST(says_what_a_file_looks_like)
{
	static const char zeros[600];

	EXPECT_DESCRIBED("", 0, "file is empty");
	EXPECT_DESCRIBED("<!DOCTYPE html><html>", 21, "file looks like HTML: \"<!DOCTYPE html><...\"");
	EXPECT_DESCRIBED("\n\n  <html>", 10, "file looks like HTML: \"<html>...\"");
	EXPECT_DESCRIBED("Not found\r\n", 11, "file looks like text: \"Not found  ...\"");
	EXPECT_DESCRIBED("  ", 2, "file looks like text: \"...\"");
	EXPECT_DESCRIBED("\x7f" "ELF\2\1\1", 7, "file looks like a 64-bit ELF file");
	EXPECT_DESCRIBED("\x7f" "ELF\1\1\1", 7, "file looks like an ELF file");
	EXPECT_DESCRIBED("\xb8\xff\x4c\xcd\x21 and what follows it", 24, "file is a COM32 module, which Syslinux alone runs: chain pxelinux.0");
	EXPECT_DESCRIBED("\x7f" "ELF\1\1\1\0\0\0\0\0\0\0\0\0\3\0\3\0", 20, "file is a COM32 module, which Syslinux alone runs");
	EXPECT_DESCRIBED("\x7f" "ELF\1\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0", 20, "file looks like an ELF file");
	EXPECT_DESCRIBED("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\3\0", 20, "file looks like a 64-bit ELF file");
	EXPECT_DESCRIBED("\x7f" "ELF\1\1\1\0\0\0\0\0\0\0\0\0\3\0\3", 19, "file looks like an ELF file");
	EXPECT_DESCRIBED("MZ\0\0", 4, "file looks like a DOS or EFI program");
	EXPECT_DESCRIBED("\x1f\x8b\x08", 3, "file looks like gzip");
	EXPECT_DESCRIBED("\xfd" "7zXZ\0", 6, "file looks like xz");
	EXPECT_DESCRIBED("\x28\xb5\x2f\xfd", 4, "file looks like zstd");
	EXPECT_DESCRIBED("070701000", 9, "file looks like a cpio archive");
	EXPECT_DESCRIBED(zeros, 511, "file has 511 bytes only");
	EXPECT_DESCRIBED(zeros, 600, "file begins with 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
}

TEST(every_start_of_random_bytes_is_described_in_printable_words)
{
	char bytes[64];

	srand(3);
	for (unsigned round = 0; round < 3000; round++) {
		const char *text;

		for (unsigned i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)(rand() % (round % 2 ? 256 : 130));
		for (text = described(bytes, (uint32_t)round % 64); *text; text++)
			if (*text < ' ' || *text > '~')
				test_fail(__FILE__, __LINE__, "byte %02x on the screen", (unsigned char)*text);
	}
}
