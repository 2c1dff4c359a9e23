/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/script.h"
#include "tests/unit/image/images.h"

static void begin_test(void)
{
	host_reset();
	space_init();
}
__attribute__((constructor)) static void begin(void) { test_setup = begin_test; }

static int dialect(const char *text) { return script_dialect(text, strlen(text)); }

TEST(a_script_is_known_by_its_first_line)
{
	EXPECT_EQ(dialect("#!fpxe\necho\n"), LINE_FPXE);
	EXPECT_EQ(dialect("#!ipxe\r\n"), LINE_IPXE);
	EXPECT_EQ(dialect("#!gpxe \n"), LINE_GPXE);
	EXPECT_EQ(dialect("#!fpxe"), LINE_FPXE);
	EXPECT_EQ(dialect("#!fpxes\n"), -ENOEXEC);
	EXPECT_EQ(dialect("#!FPXE\n"), -ENOEXEC);
	EXPECT_EQ(dialect(" #!fpxe\n"), -ENOEXEC);
	EXPECT_EQ(dialect("#!/bin/sh\n"), -ENOEXEC);
	EXPECT_EQ(script_dialect("#!fpxe\n", 7), LINE_FPXE);
	for (size_t len = 0; len < 6; len++)
		EXPECT_EQ(script_dialect("#!fpxe", len), -ENOEXEC);
	EXPECT_EQ(script_dialect("#!fpxe\0", 7), -ENOEXEC);
}

TEST(probe_looks_at_the_bytes_alone)
{
	static const struct { const char *text; int rc; } cases[] = {
		{ "#!fpxe", 0 }, { "#!ipxe\n", 0 }, { "#!gpxe\nboot\n", 0 }, { "", -ENOEXEC }, { "#!fpx", -ENOEXEC },
		{ "#!/bin/sh", -ENOEXEC },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct image *image = image_of_text("x", cases[i].text);

		EXPECT_EQ(script_format.probe(image), cases[i].rc);
		image_free(image);
	}
	EXPECT(script_format.script && !script_format.plan);
}
