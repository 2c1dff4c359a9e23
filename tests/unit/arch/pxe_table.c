/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/arch/pxe_talk.h"

TEST(an_opcode_that_nobody_knows_is_unsupported)
{
	static const uint16_t opcodes[] = { 0x1f, 0x24, 0x34, 0x72, 0x77, 0xdf, 0xe7, 0xff, 0x100, 0x120, 0xffff };

	for (unsigned i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		struct pxe_plain block = { 0x1234 };

		EXPECT_EQ(call(opcodes[i], &block), PXENV_STATUS_UNSUPPORTED);
	}
}

TEST(a_block_in_our_own_memory_is_not_touched)
{
	uint8_t *ours = host_megabyte() + HOST_RESIDENT;

	memset(ours, 0x5a, HOST_RESIDENT_BYTES);
	EXPECT_EQ(pxe_call(0xff, HOST_RESIDENT >> 4, 0), PXENV_EXIT_FAILURE);
	EXPECT_EQ(pxe_call(0xff, (HOST_RESIDENT >> 4) - 1, 15), PXENV_EXIT_FAILURE);
	EXPECT_EQ(pxe_call(0xff, (HOST_RESIDENT + HOST_RESIDENT_BYTES) / 16 - 1, 14), PXENV_EXIT_FAILURE);
	for (unsigned i = 0; i < HOST_RESIDENT_BYTES; i++)
		EXPECT_EQ(ours[i], 0x5a);
}

TEST(a_block_over_the_end_of_its_segment_is_refused)
{
	uint8_t *end = host_megabyte() + 0x1ffff;

	*end = 0x77;
	EXPECT_EQ(pxe_call(0xff, 0x1000, 0xffff), PXENV_EXIT_FAILURE);
	EXPECT_EQ(*end, 0x77);
}

TEST(a_call_that_interrupts_another_may_look_and_not_end_anything)
{
	static const uint16_t endings[] = {
		PXE_UNDI_SHUTDOWN, PXE_UNDI_CLOSE, PXE_UNDI_RESET_ADAPTER, PXE_STOP_UNDI, PXE_TFTP_CLOSE, PXE_TFTP_READ, PXE_UDP_CLOSE,
		PXE_UNLOAD_STACK, PXE_RESTART_TFTP, PXE_FILE_CLOSE, PXE_FILE_EXEC,
	};

	host_pxe.nested = true;
	for (unsigned i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct pxe_tftp_read_file block = { 0 };

		EXPECT_EQ(call(endings[i], &block), PXENV_STATUS_FAILURE);
	}
	EXPECT_EQ(call(PXE_FILE_API_CHECK, &(struct pxe_file_api_check){ 0 }), PXENV_STATUS_BAD_FUNC);
	host_pxe.nested = false;
}
