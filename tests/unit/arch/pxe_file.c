/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/pxe_servers.h"
#include "usr/shell.h"
#include "usr/wait.h"

#define HTTP "http://10.0.2.9/f"
#define TFTP "tftp://10.0.2.10/f"

static uint16_t handle;

static unsigned file_open(const char *url)
{
	struct pxe_file_open open = { .name = far(0) };
	unsigned status;

	memcpy(data_at(0), url, strlen(url) + 1);
	status = call(PXE_FILE_OPEN, &open);
	handle = open.handle;
	return status;
}

static unsigned file_close(uint16_t which)
{
	struct pxe_file_close close = { .handle = which };

	return call(PXE_FILE_CLOSE, &close);
}

static unsigned file_read(uint16_t which, uint16_t size, uint16_t *len)
{
	struct pxe_file_read read = { .handle = which, .buffer_size = size, .buffer = far(0x1000) };
	unsigned status = call(PXE_FILE_READ, &read);

	*len = read.buffer_size;
	return status;
}

/** Read it whole as PXELINUX does: again while there is nothing, until 0 bytes. */
static void read_whole(uint16_t which, uint32_t size)
{
	uint32_t at = 0;
	uint16_t len;

	for (unsigned tries = 0; tries < 1000000; tries++) {
		unsigned status = file_read(which, 4096, &len);

		if (status == PXENV_STATUS_TFTP_OPEN) {
			sim_advance(&s, 1);
			continue;
		}
		EXPECT_EQ(status, PXENV_STATUS_SUCCESS);
		if (status != PXENV_STATUS_SUCCESS || len == 0)
			break;
		EXPECT(is_file(data_at(0x1000), at, len));
		at += len;
	}
	EXPECT_EQ(at, size);
}

TEST(files_are_read_by_http_and_tftp)
{
	static const char *const url[] = { HTTP, TFTP };

	for (unsigned i = 0; i < 2; i++) {
		struct pxe_get_file_size get = { 0 };

		servers_begin(3000000);
		EXPECT_EQ(file_open(url[i]), PXENV_STATUS_SUCCESS);
		get.handle = handle;
		EXPECT_EQ(call(PXE_GET_FILE_SIZE, &get), PXENV_STATUS_SUCCESS);
		EXPECT_EQ(get.size, 3000000);
		read_whole(handle, 3000000);
		EXPECT_EQ(file_close(handle), PXENV_STATUS_SUCCESS);
		servers_end();
	}
}

TEST(a_length_that_is_not_known_is_no_length_of_zero)
{
	struct pxe_get_file_size get = { 0 };

	servers_begin(300000);
	web_file.chunked = true;
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_SUCCESS);
	get.handle = handle;
	EXPECT_EQ(call(PXE_GET_FILE_SIZE, &get), PXENV_STATUS_TFTP_NO_FILESIZE);
	read_whole(handle, 300000);
	EXPECT_EQ(call(PXE_GET_FILE_SIZE, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.size, 300000);
	servers_end();
}

TEST(eight_files_are_open_at_a_time)
{
	servers_begin(200000);
	for (uint16_t i = 1; i <= 8; i++) {
		EXPECT_EQ(file_open(i & 1 ? HTTP : TFTP), PXENV_STATUS_SUCCESS);
		EXPECT_EQ(handle, i);
	}
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_OUT_OF_RESOURCES);
	for (uint16_t i = 8; i > 0; i--)
		read_whole(i, 200000);
	EXPECT_EQ(file_close(3), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(file_open(TFTP), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(handle, 3);
	servers_end();
}

TEST(what_has_not_come_is_asked_for_again)
{
	uint16_t len;

	servers_begin(200000);
	web.host.to_stack.delay_us = web.host.to_host.delay_us = 50000;
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_SUCCESS);
	while (file_read(handle, 8192, &len) == PXENV_STATUS_SUCCESS)
		;
	EXPECT_EQ(file_read(handle, 8192, &len), PXENV_STATUS_TFTP_OPEN);
	servers_end();
}

TEST(select_tells_whether_a_read_would_succeed)
{
	struct pxe_file_select select = { 0 };
	uint16_t len;

	servers_begin(200000);
	web.host.to_stack.delay_us = web.host.to_host.delay_us = 50000;
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_SUCCESS);
	while (file_read(handle, 8192, &len) == PXENV_STATUS_SUCCESS)
		;
	select.handle = handle;
	EXPECT_EQ(call(PXE_FILE_SELECT, &select), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(select.ready, 0);
	sim_advance(&s, 500);
	EXPECT_EQ(call(PXE_FILE_SELECT, &select), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(select.ready, PXE_READY_READ);
	servers_end();
}

TEST(what_is_not_there_is_told_when_it_is_opened)
{
	servers_begin(1000);
	EXPECT_EQ(file_open("http://10.0.2.9/missing"), PXENV_STATUS_TFTP_FILE_NOT_FOUND);
	EXPECT_EQ(file_open("http://10.0.2.9:81/f"), PXENV_STATUS_TFTP_OPEN_TIMEOUT);
	web.refuse = true;
	sim_advance(&s, 20000);                         /* what was kept of the first connection is over */
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_TFTP_CANNOT_OPEN_CONNECTION);
	EXPECT_EQ(file_open("ftp://10.0.2.9/f"), PXENV_STATUS_TFTP_CANNOT_OPEN_CONNECTION);
	EXPECT_EQ(file_open("nonsense"), PXENV_STATUS_TFTP_CANNOT_OPEN_CONNECTION);
	EXPECT_EQ(file_open(""), PXENV_STATUS_TFTP_CANNOT_OPEN_CONNECTION);
	servers_end();
}

TEST(a_handle_that_is_none_is_refused)
{
	static const uint16_t bad[] = { 0, 1, 8, 9, 0xffff };
	uint16_t len;

	servers_begin(1000);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct pxe_file_select select = { .handle = bad[i] };
		struct pxe_get_file_size get = { .handle = bad[i] };

		EXPECT_EQ(file_close(bad[i]), PXENV_STATUS_TFTP_CLOSED);
		EXPECT_EQ(file_read(bad[i], 100, &len), PXENV_STATUS_TFTP_CLOSED);
		EXPECT_EQ(call(PXE_FILE_SELECT, &select), PXENV_STATUS_TFTP_CLOSED);
		EXPECT_EQ(call(PXE_GET_FILE_SIZE, &get), PXENV_STATUS_TFTP_CLOSED);
	}
	servers_end();
}

TEST(a_url_must_end_within_its_segment_and_outside_of_ours)
{
	struct pxe_file_open open = { .name = { 0xfff0, 0x2000 } };

	servers_begin(1000);
	memset(host_megabyte() + 0x2fff0, 'x', 0x20);
	EXPECT_EQ(call(PXE_FILE_OPEN, &open), PXENV_STATUS_FAILURE);
	open.name = (struct pxe_far){ 0, (HOST_RESIDENT >> 4) - 1 };
	memset(host_megabyte() + HOST_RESIDENT - 16, 'x', 16);
	EXPECT_EQ(call(PXE_FILE_OPEN, &open), PXENV_STATUS_FAILURE);
	open.name = (struct pxe_far){ 0x10, HOST_RESIDENT >> 4 };
	EXPECT_EQ(call(PXE_FILE_OPEN, &open), PXENV_STATUS_FAILURE);
	servers_end();
}

TEST(a_read_into_what_is_ours_is_refused_and_takes_nothing)
{
	struct pxe_file_read read = { .buffer_size = 512, .buffer = { 0, HOST_RESIDENT >> 4 } };

	servers_begin(5000);
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_SUCCESS);
	read.handle = handle;
	EXPECT_EQ(call(PXE_FILE_READ, &read), PXENV_STATUS_FAILURE);
	read_whole(handle, 5000);
	servers_end();
}

TEST(the_extension_is_recognised_by_its_magic)
{
	struct pxe_file_api_check check = { .size = sizeof(check), .magic = PXE_FILE_MAGIC_ASKED };

	servers_begin(0);
	EXPECT_EQ(call(PXE_FILE_API_CHECK, &check), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(check.magic, 0xe9c17b20);
	EXPECT_EQ(check.provider, 0x45585067);
	EXPECT_EQ(check.size, 20);
	EXPECT_EQ(check.functions & 0x4b, 0x4b);        /* what PXELINUX wants */
	EXPECT_EQ(check.functions & 0x80, 0);           /* and what is not here */
	EXPECT_EQ(call(PXE_FILE_API_CHECK, &check), PXENV_STATUS_BAD_FUNC);
	check = (struct pxe_file_api_check){ .size = 18, .magic = PXE_FILE_MAGIC_ASKED };
	EXPECT_EQ(call(PXE_FILE_API_CHECK, &check), PXENV_STATUS_OUT_OF_RESOURCES);
	servers_end();
}

TEST(every_function_it_names_is_in_the_table)
{
	struct pxe_file_api_check check = { .size = sizeof(check), .magic = PXE_FILE_MAGIC_ASKED };

	servers_begin(0);
	call(PXE_FILE_API_CHECK, &check);
	for (unsigned i = 0; i < 16; i++) {
		bool there = false;

		for (const struct pxe_service *service = pxe_services; service->size; service++)
			there |= service->opcode == PXE_FILE_OPEN + i;
		EXPECT_EQ(there, check.functions >> i & 1);
	}
	servers_end();
}

static unsigned file_exec(const char *line)
{
	struct pxe_file_exec exec = { .command = far(0x100) };

	memcpy(data_at(0x100), line, strlen(line) + 1);
	return call(PXE_FILE_EXEC, &exec);
}

TEST(a_shell_line_is_run_and_comes_back)
{
	servers_begin(0);
	net_init(&the_net);                     /* a line of several commands looks at it between them */
	EXPECT_EQ(file_exec("echo one && echo two"), PXENV_STATUS_SUCCESS);
	EXPECT(host_console_has("one\ntwo\n"));
	EXPECT_EQ(file_exec("no-such-command"), PXENV_STATUS_FAILURE);
	EXPECT_EQ(file_exec(""), PXENV_STATUS_SUCCESS);
	servers_end();
}

TEST(the_command_line_is_given_with_its_whole_length)
{
	struct pxe_file_cmdline get = { .buffer_size = 100, .buffer = far(0) };

	servers_begin(0);
	EXPECT_EQ(call(PXE_FILE_CMDLINE, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.buffer_size, 0);
	pxe_file_set_cmdline("undionly a=b");
	get.buffer_size = 4;
	memset(data_at(0), FENCE, 20);
	EXPECT_EQ(call(PXE_FILE_CMDLINE, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.buffer_size, 13);
	EXPECT_MEM(data_at(0), "undi\xa5", 5);
	EXPECT_EQ(call(PXE_FILE_CMDLINE, &get), PXENV_STATUS_SUCCESS);
	EXPECT_MEM(data_at(0), "undionly a=b\0\xa5", 14);
	servers_end();
}

TEST(without_a_network_no_file_is_opened)
{
	servers_begin(100);
	pxe_state.undi_open = true;
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_UNDI_INVALID_STATE);
	pxe_state.undi_open = false;
	host_pxe_sim = NULL;
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_UNDI_INVALID_STATE);
	host_pxe_sim = &s;
	servers_end();
}

TEST(an_open_file_without_its_network_is_neither_selected_nor_read)
{
	struct pxe_file_select select = { 0 };
	uint16_t len;

	servers_begin(100);
	EXPECT_EQ(file_open(HTTP), PXENV_STATUS_SUCCESS);
	select.handle = handle;
	host_pxe_sim = NULL;
	EXPECT_EQ(call(PXE_FILE_SELECT, &select), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(file_read(handle, 100, &len), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(file_exec("echo one"), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT(!host_console_has("one"));
	host_pxe_sim = &s;
	EXPECT_EQ(file_close(handle), PXENV_STATUS_SUCCESS);
	servers_end();
}

TEST(the_command_line_is_not_written_into_what_is_ours)
{
	struct pxe_file_cmdline get = { .buffer_size = 100, .buffer = { 0, HOST_RESIDENT >> 4 } };

	servers_begin(0);
	pxe_file_set_cmdline("undionly a=b");
	EXPECT_EQ(call(PXE_FILE_CMDLINE, &get), PXENV_STATUS_FAILURE);
	EXPECT_EQ(get.buffer_size, 100);
	servers_end();
}

TEST(a_shell_line_that_is_not_the_programs_is_refused)
{
	struct pxe_file_exec exec = { .command = { 0, HOST_RESIDENT >> 4 } };

	servers_begin(0);
	EXPECT(call(PXE_FILE_EXEC, &exec) != PXENV_STATUS_SUCCESS);
	servers_end();
}

TEST(exit_in_a_programs_line_ends_that_line_alone)
{
	servers_begin(0);
	EXPECT_EQ(file_exec("exit ; echo behind"), PXENV_STATUS_SUCCESS);
	EXPECT(!host_console_has("behind"));
	EXPECT(!shell_exiting());
	EXPECT_EQ(file_exec("echo next"), PXENV_STATUS_SUCCESS);
	EXPECT(host_console_has("next"));
	servers_end();
}
