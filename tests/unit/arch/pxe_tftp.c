/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/pxe_servers.h"

static struct pxe_tftp_open asked;

static unsigned tftp_open(const char *name, uint16_t packet_size)
{
	asked = (struct pxe_tftp_open){ .server = TFTP_SERVER, .packet_size = packet_size };
	memcpy(asked.name, name, strnlen(name, sizeof(asked.name)));
	return call(PXE_TFTP_OPEN, &asked);
}

static unsigned tftp_read(struct pxe_tftp_read *read)
{
	memset(read, 0, sizeof(*read));
	read->buffer = far(0);
	return call(PXE_TFTP_READ, read);
}

static unsigned tftp_close(void)
{
	struct pxe_tftp_close close = { 0 };

	return call(PXE_TFTP_CLOSE, &close);
}

/** Read to the end in packets; how many. */
static unsigned read_packets(uint16_t size, uint32_t len)
{
	struct pxe_tftp_read read;
	uint32_t at = 0;
	unsigned count = 0;

	do {
		EXPECT_EQ(tftp_read(&read), PXENV_STATUS_SUCCESS);
		EXPECT_EQ(read.packet_number, (uint16_t)++count);
		EXPECT_EQ(read.buffer_size, len - at < size ? len - at : size);
		EXPECT(is_file(data_at(0), at, read.buffer_size));
		at += read.buffer_size;
	} while (read.buffer_size == size && count < 100000);
	EXPECT_EQ(at, len);
	return count;
}

TEST(a_file_comes_in_packets_of_the_size_asked_for)
{
	servers_begin(100000);
	EXPECT_EQ(tftp_open("boot/file", 1024), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(asked.packet_size, 1024);
	EXPECT_EQ(read_packets(1024, 100000), 100000 / 1024 + 1);
	EXPECT_EQ(tftp_close(), PXENV_STATUS_SUCCESS);
	servers_end();
}

TEST(packets_are_no_smaller_than_512_and_no_larger_than_the_path_takes)
{
	servers_begin(5000);
	EXPECT_EQ(tftp_open("f", 0), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(asked.packet_size, 512);
	tftp_close();
	EXPECT_EQ(tftp_open("f", 65535), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(asked.packet_size, 1468);
	EXPECT_EQ(read_packets(1468, 5000), 4);
	servers_end();
}

TEST(a_whole_number_of_packets_ends_with_an_empty_one)
{
	servers_begin(2048);
	EXPECT_EQ(tftp_open("f", 1024), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(read_packets(1024, 2048), 3);
	servers_end();
}

TEST(a_file_of_many_megabytes_is_read_whole)
{
	servers_begin(6000000);
	EXPECT_EQ(tftp_open("f", 1456), PXENV_STATUS_SUCCESS);
	read_packets(1456, 6000000);
	servers_end();
}

TEST(an_empty_file_is_one_empty_packet)
{
	servers_begin(0);
	EXPECT_EQ(tftp_open("f", 512), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(read_packets(512, 0), 1);
	servers_end();
}

TEST(a_caller_who_is_away_for_seconds_loses_nothing)
{
	struct pxe_tftp_read read;

	servers_begin(300000);
	EXPECT_EQ(tftp_open("f", 1024), PXENV_STATUS_SUCCESS);
	for (uint32_t at = 0; at < 300000; at += read.buffer_size) {
		EXPECT_EQ(tftp_read(&read), PXENV_STATUS_SUCCESS);
		EXPECT(is_file(data_at(0), at, read.buffer_size));
		if (at % (50 * 1024) == 0)
			sim_advance(&s, 7000);
	}
	EXPECT_EQ(tftp.requests, 1);
	servers_end();
}

TEST(only_one_file_is_open_at_a_time)
{
	servers_begin(1000);
	EXPECT_EQ(tftp_open("f", 512), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(tftp_open("g", 512), PXENV_STATUS_TFTP_OPEN);
	EXPECT_EQ(tftp.requests, 1);
	servers_end();
}

TEST(without_an_open_file_there_is_nothing_to_read_or_close)
{
	struct pxe_tftp_read read;

	servers_begin(1000);
	EXPECT_EQ(tftp_read(&read), PXENV_STATUS_TFTP_CLOSED);
	EXPECT_EQ(tftp_close(), PXENV_STATUS_TFTP_CLOSED);
	servers_end();
}

TEST(a_missing_server_is_told_apart_from_a_missing_file)
{
	servers_begin(1000);
	asked = (struct pxe_tftp_open){ .server = net32(SIM_ADDR(10, 0, 2, 77)), .name = "f" };
	EXPECT_EQ(call(PXE_TFTP_OPEN, &asked), PXENV_STATUS_TFTP_CANNOT_ARP_ADDRESS);
	tftp.deaf = true;
	EXPECT_EQ(tftp_open("f", 512), PXENV_STATUS_TFTP_OPEN_TIMEOUT);
	tftp.deaf = false;
	tftp.refuses = 1 + 1;                           /* not found */
	EXPECT_EQ(tftp_open("f", 512), PXENV_STATUS_TFTP_FILE_NOT_FOUND);
	tftp.refuses = 1 + 2;                           /* access violation */
	EXPECT_EQ(tftp_open("f", 512), PXENV_STATUS_TFTP_ACCESS_VIOLATION);
	servers_end();
}

TEST(addresses_that_are_no_hosts_are_refused)
{
	static const uint32_t bad[] = { 0, 0xffffffff, SIM_ADDR(127, 0, 0, 1), SIM_ADDR(10, 0, 2, 255), SIM_IP };

	servers_begin(1000);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		asked = (struct pxe_tftp_open){ .server = net32(bad[i]), .name = "f" };
		EXPECT(call(PXE_TFTP_OPEN, &asked) != PXENV_STATUS_SUCCESS);
	}
	servers_end();
}

TEST(a_name_that_fills_its_field_needs_no_nul)
{
	struct pxe_tftp_open open = { .server = TFTP_SERVER };

	servers_begin(1000);
	memset(open.name, 'x', sizeof(open.name));
	EXPECT_EQ(call(PXE_TFTP_OPEN, &open), PXENV_STATUS_SUCCESS);
	tftp_close();
	memset(open.name, 0xff, sizeof(open.name));             /* each of which is three characters in a URL */
	EXPECT_EQ(call(PXE_TFTP_OPEN, &open), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(tftp_close(), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(tftp_open("", 512), PXENV_STATUS_TFTP_FILE_NOT_FOUND);
	servers_end();
}

TEST(a_buffer_that_is_not_the_callers_is_refused_and_the_file_goes_on)
{
	struct pxe_tftp_read read = { .buffer = { 0, HOST_RESIDENT >> 4 } };

	servers_begin(1000);
	EXPECT_EQ(tftp_open("f", 512), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_TFTP_READ, &read), PXENV_STATUS_FAILURE);
	read.buffer = (struct pxe_far){ 0xff00, 0x1000 };
	EXPECT_EQ(call(PXE_TFTP_READ, &read), PXENV_STATUS_FAILURE);
	EXPECT_EQ(read_packets(512, 1000), 2);
	servers_end();
}

TEST(a_server_that_dies_is_a_read_error)
{
	struct pxe_tftp_read read;
	unsigned status;

	servers_begin(1000000);
	EXPECT_EQ(tftp_open("f", 1024), PXENV_STATUS_SUCCESS);
	tftp.deaf = true;
	while ((status = tftp_read(&read)) == PXENV_STATUS_SUCCESS)
		;
	EXPECT_EQ(status, PXENV_STATUS_TFTP_READ_TIMEOUT);
	EXPECT_EQ(tftp_close(), PXENV_STATUS_SUCCESS);
	servers_end();
}

TEST(the_length_of_a_file_is_asked_for)
{
	struct pxe_tftp_get_fsize get = { .server = TFTP_SERVER, .name = "f" };

	servers_begin(1234567);
	EXPECT_EQ(call(PXE_TFTP_GET_FSIZE, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.size, 1234567);
	sim_advance(&s, 100);
	EXPECT_EQ(tftp.errors, 1);
	tftp.knows_total = false;
	EXPECT_EQ(call(PXE_TFTP_GET_FSIZE, &get), PXENV_STATUS_TFTP_NO_FILESIZE);
	tftp.refuses = 1 + 1;
	EXPECT_EQ(call(PXE_TFTP_GET_FSIZE, &get), PXENV_STATUS_TFTP_FILE_NOT_FOUND);
	servers_end();
}

/* ---- TFTP_READ_FILE ---------------------------------------------------------------------------------------------------------------- */

static unsigned read_file(uint32_t buffer, uint32_t size, struct pxe_tftp_read_file *read)
{
	*read = (struct pxe_tftp_read_file){ .name = "f", .server = TFTP_SERVER, .buffer = buffer, .buffer_size = size };
	return call(PXE_TFTP_READ_FILE, read);
}

TEST(a_whole_file_comes_to_a_32_bit_address)
{
	struct pxe_tftp_read_file read;

	servers_begin(700000);
	EXPECT_EQ(read_file(0x400000, 1 << 20, &read), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(read.buffer_size, 700000);
	EXPECT(is_file(host_phys(0x400000, 700000), 0, 700000));
	EXPECT_EQ(read_file(0x20000, 0x60000, &read), PXENV_STATUS_BSTRAP_FILE_TOO_BIG);
	servers_end();
}

TEST(a_file_that_is_larger_than_its_buffer_stays_within_it)
{
	struct pxe_tftp_read_file read;

	for (unsigned known = 0; known < 2; known++) {
		servers_begin(700000);
		tftp.knows_total = known;
		memset(host_phys(0x400000 + 10000, 100), FENCE, 100);
		EXPECT_EQ(read_file(0x400000, 10000, &read), PXENV_STATUS_BSTRAP_FILE_TOO_BIG);
		for (unsigned i = 0; i < 100; i++)
			EXPECT_EQ(*(uint8_t *)host_phys(0x400000 + 10000 + i, 1), FENCE);
		EXPECT_EQ(read_file(0x400000, 0, &read), PXENV_STATUS_BSTRAP_FILE_TOO_BIG);
		servers_end();
	}
}

TEST(a_file_is_not_read_over_what_is_ours)
{
	static const struct { uint32_t address, size; } bad[] = {
		{ HOST_RESIDENT, 10 }, { HOST_RESIDENT - 100, 200 }, { 0xa0000, 10 }, { 0xf0000000, 4096 }, { 0xfffff000, 0xffffffff },
		{ 0x100000, 0xffffffff }, { (HOST_MEMORY_MIB - HOST_OURS_MIB) * HOST_MIB - 10, 20 },
	};
	struct pxe_tftp_read_file read;

	servers_begin(100);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		EXPECT_EQ(read_file(bad[i].address, bad[i].size, &read), PXENV_STATUS_FAILURE);
	EXPECT_EQ(tftp.requests, 0);
	servers_end();
}

TEST(without_a_network_tftp_says_so)
{
	struct pxe_tftp_get_fsize get = { .server = TFTP_SERVER, .name = "f" };
	struct pxe_tftp_read_file read;

	servers_begin(100);
	pxe_state.undi_open = true;
	EXPECT_EQ(tftp_open("f", 512), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(read_file(0x400000, 4096, &read), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_TFTP_GET_FSIZE, &get), PXENV_STATUS_UNDI_INVALID_STATE);
	pxe_state.undi_open = false;
	servers_end();
}
