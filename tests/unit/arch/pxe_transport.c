/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/errors.h"
#include "core/printf.h"
#include "tests/unit/arch/pxe_servers.h"

static const char *url_of(uint16_t port, const char *name, size_t size)
{
	static char url[80];
	struct text_buffer t = { url, sizeof(url), 0 };

	return pxe_tftp_url(&t, SIM_ADDR(10, 0, 2, 10), port, (const uint8_t *)name, size) ? url : "none";
}

TEST(a_name_becomes_a_url_and_means_the_same)
{
	EXPECT_STR(url_of(0, "a/b", 4), "tftp://10.0.2.10/a/b");
	EXPECT_STR(url_of(6969, "/a", 3), "tftp://10.0.2.10:6969//a");
	EXPECT_STR(url_of(0, "a b%?#", 7), "tftp://10.0.2.10/a%20b%25%3F%23");
	EXPECT_STR(url_of(0, "abc", 2), "tftp://10.0.2.10/ab");
	EXPECT_STR(url_of(0, "", 1), "none");
	EXPECT_STR(url_of(0, "0123456789012345678901234567890123456789012345678901234567890123456789", 70), "none");
}

TEST(errors_have_the_status_that_callers_know)
{
	EXPECT_EQ(pxe_status_of(-ENOENT, 1), 0x3b);
	EXPECT_EQ(pxe_status_of(-EACCES, 1), 0x3c);
	EXPECT_EQ(pxe_status_of(-EAGAIN, 1), 0x1b);
	EXPECT_EQ(pxe_status_of(-EFBIG, 1), 0x79);
	EXPECT_EQ(pxe_status_of(-ENOMEM, 1), 0x06);
	EXPECT_EQ(pxe_status_of(-EPROTO, 0x39), 0x39);
}

TEST(the_end_of_a_program_ends_what_it_had_open)
{
	struct file_stream *f;
	struct pxe_tftp_open open = { .server = TFTP_SERVER, .name = "f" };
	struct pxe_udp_open udp = { 0 };
	struct pxe_file_open file = { .name = far(0) };

	servers_begin(1000000);
	memcpy(data_at(0), "http://10.0.2.9/f", 18);
	EXPECT_EQ(call(PXE_TFTP_OPEN, &open), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_UDP_OPEN, &udp), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_FILE_OPEN, &file), PXENV_STATUS_SUCCESS);
	pxe_transport_end();
	pxe_transport_end();
	EXPECT_EQ(call(PXE_TFTP_OPEN, &open), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_UDP_OPEN, &udp), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(pxe_stream_open(&f, "http://10.0.2.9/missing"), -ENOENT);
	EXPECT(!f);
	servers_end();
}
