/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack's life as a program ends it, the DHCP packets, and another program in this one's place. */
#include "tests/unit/arch/pxe_session.h"

#include "core/string.h"

static void begin(void)
{
	session_begin();
	memset(&host_pxe, 0, sizeof(host_pxe));
	host_pxe.unhooks = true;
}

static void shut_down(void)
{
	EXPECT_EQ(call(PXE_UNDI_SHUTDOWN, &(struct pxe_undi_shutdown){ 0 }), PXENV_STATUS_SUCCESS);
}

static unsigned unload(void) { return call(PXE_UNLOAD_STACK, &(struct pxe_unload_stack){ 0 }); }
static unsigned stop(void) { return call(PXE_STOP_UNDI, &(struct pxe_stop_undi){ 0 }); }

TEST(unloading_leaves_undi_and_what_hides_us)
{
	begin();
	EXPECT_EQ(unload(), PXENV_STATUS_SUCCESS);
	shut_down();
	EXPECT_EQ(unload(), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(host_pxe.unhooked, 0);
	EXPECT_EQ(undi_open(), PXENV_STATUS_SUCCESS);
	session_end();
}

TEST(stopping_undi_undoes_all_once_the_nic_is_shut_down)
{
	begin();
	EXPECT_EQ(stop(), PXENV_STATUS_KEEP_UNDI);
	EXPECT_EQ(host_pxe.unhooked, 0);
	shut_down();
	EXPECT_EQ(stop(), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(host_pxe.unhooked, 1);
	session_end();
}

TEST(what_somebody_hooked_over_has_to_stay)
{
	begin();
	shut_down();
	host_pxe.unhooks = false;
	EXPECT_EQ(stop(), PXENV_STATUS_KEEP_UNDI);
	session_end();
}

TEST(undi_can_be_started_and_the_base_code_not)
{
	begin();
	EXPECT_EQ(call(PXE_START_UNDI, &(struct pxe_start_undi){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_START_BASE, &(struct pxe_start_base){ 0 }), PXENV_STATUS_UNSUPPORTED);
	EXPECT_EQ(call(PXE_STOP_BASE, &(struct pxe_stop_base){ 0 }), PXENV_STATUS_SUCCESS);
	session_end();
}

TEST(a_packet_is_copied_in_its_size)
{
	struct pxe_get_cached_info get = { .packet_type = PXE_CACHED_ACK, .buffer_size = 100, .buffer = far(0) };

	begin();
	host_pxe.packet[1] = "an acknowledgement";
	host_pxe.packet_len[1] = 18;
	memset(data_at(0), 0, 100);
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.buffer_size, 18);
	EXPECT(memcmp(data_at(0), "an acknowledgement\0", 19) == 0);
	session_end();
}

TEST(a_packet_is_cut_to_the_buffer)
{
	struct pxe_get_cached_info get = { .packet_type = PXE_CACHED_REPLY, .buffer_size = 5, .buffer = far(0) };

	begin();
	host_pxe.packet[2] = "a reply";
	host_pxe.packet_len[2] = 7;
	memset(data_at(0), 'x', 10);
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.buffer_size, 5);
	EXPECT_EQ(get.buffer_limit, 7);
	EXPECT(memcmp(data_at(0), "a repxxxxx", 10) == 0);
	session_end();
}

TEST(a_packet_is_shown_where_it_lies)
{
	struct pxe_get_cached_info get = { .packet_type = PXE_CACHED_DISCOVER };

	begin();
	host_pxe.packet[0] = "a question";
	host_pxe.packet_len[0] = 10;
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.buffer_size, 10);
	EXPECT(memcmp(host_megabyte() + get.buffer.segment * 16 + get.buffer.offset, "a question", 10) == 0);
	session_end();
}

TEST(packets_there_are_none_of)
{
	struct pxe_get_cached_info get = { .packet_type = PXE_CACHED_ACK, .buffer_size = 100, .buffer = far(0) };

	begin();
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_FAILURE);
	get.packet_type = 0;
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_UNSUPPORTED);
	get.packet_type = 4;
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_UNSUPPORTED);
	session_end();
}

TEST(a_packet_is_not_written_over_us)
{
	struct pxe_get_cached_info get = { .packet_type = PXE_CACHED_ACK, .buffer_size = 100, .buffer = { 0x8000, HOST_RESIDENT >> 4 } };
	uint8_t *ours = host_megabyte() + HOST_RESIDENT + 0x8000;

	begin();
	host_pxe.packet[1] = "an acknowledgement";
	host_pxe.packet_len[1] = 18;
	memset(ours, 0, 18);
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_FAILURE);
	EXPECT_EQ(ours[0], 0);
	get.buffer = (struct pxe_far){ 0xfff8, 0x1000 };
	EXPECT_EQ(call(PXE_GET_CACHED_INFO, &get), PXENV_STATUS_FAILURE);
	session_end();
}

static struct pxe_tftp_read_file restart_block(const char *name)
{
	struct pxe_tftp_read_file file = { 0 };

	memcpy((uint8_t *)&file + 2 + PXE_FILE_NAME_BYTES + 8, (const uint8_t[]){ 10, 0, 2, 2 }, 4);
	memcpy(file.name, name, strlen(name));
	return file;
}

TEST(restart_names_the_file_that_comes_next)
{
	struct pxe_tftp_read_file file = restart_block("Boot\\x86/a file");

	begin();
	EXPECT_EQ(call(PXE_RESTART_TFTP, &file), PXENV_STATUS_SUCCESS);
	EXPECT(pxe_state.restart);
	EXPECT_STR(pxe_state.restart_url, "tftp://10.0.2.2/Boot%5Cx86/a%20file");
	session_end();
}

TEST(restart_takes_a_name_that_fills_its_field)
{
	struct pxe_tftp_read_file file = restart_block("");

	begin();
	memset(file.name, 'a', sizeof(file.name));
	EXPECT_EQ(call(PXE_RESTART_TFTP, &file), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(strlen(pxe_state.restart_url), strlen("tftp://10.0.2.2/") + 128);
	pxe_state.restart = false;
	memset(file.name, ' ', sizeof(file.name));              /* three times as long, as escapes */
	EXPECT_EQ(call(PXE_RESTART_TFTP, &file), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(strlen(pxe_state.restart_url), strlen("tftp://10.0.2.2/") + 3 * 128);
	session_end();
}

TEST(restart_is_refused_without_a_name_or_from_an_interrupt)
{
	struct pxe_tftp_read_file file = restart_block("");

	begin();
	EXPECT_EQ(call(PXE_RESTART_TFTP, &file), PXENV_STATUS_FAILURE);
	file = restart_block("next");
	host_pxe.nested = true;
	EXPECT_EQ(call(PXE_RESTART_TFTP, &file), PXENV_STATUS_FAILURE);
	EXPECT(!pxe_state.restart);
	session_end();
}
