/* SPDX-License-Identifier: BSD-2-Clause */
/* Received frames in a caller's hands. */
#include "tests/sim/frame.h"
#include "tests/unit/arch/pxe_session.h"

/* A driver whose NIC interrupts. */
static struct nic_driver loud;
static bool interrupts_on, cause;
static unsigned causes_read;

static void set_interrupt(struct nic *nic, bool on)
{
	(void)nic;
	interrupts_on = on;
}

static bool read_cause(struct nic *nic)
{
	bool was = cause;

	(void)nic;
	cause = false;
	causes_read++;
	return was;
}

static void begin_loud(void)
{
	session_begin();
	loud = sim_nic_driver;
	loud.interrupt = set_interrupt;
	loud.interrupt_cause = read_cause;
	s.nic.driver = &loud;
	interrupts_on = cause = false;
	causes_read = 0;
}

static unsigned isr(uint16_t function, struct pxe_undi_isr *block)
{
	memset(block, 0, sizeof(*block));
	block->function = function;
	return call(PXE_UNDI_ISR, block);
}

/* What a neighbour sends: an Ethernet frame of @len bytes of type @type to @to. */
static void arrive(const char *to, unsigned type, size_t len)
{
	uint8_t frame[SIM_FRAME_MAX] = { 0 };

	memcpy(frame, to, 6);
	memcpy(frame + 6, "\x02\x00\x0a\x00\x02\x02", 6);
	frame[12] = (uint8_t)(type >> 8);
	frame[13] = (uint8_t)type;
	for (size_t i = 14; i < len; i++)
		frame[i] = (uint8_t)i;
	sim_nic_arrive(&s, sim_frame_new(frame, len));
}
#define OURS "\x52\x54\x00\x12\x34\x56"
#define ALL "\xff\xff\xff\xff\xff\xff"

TEST(frames_come_one_a_call_and_whole)
{
	struct pxe_undi_isr block;

	session_begin();
	EXPECT_EQ(undi_open(), PXENV_STATUS_SUCCESS);
	arrive(OURS, 0x0800, 1514);
	arrive(ALL, 0x0806, 60);
	EXPECT_EQ(isr(PXE_ISR_IN_PROCESS, &block), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(block.function, PXE_ISR_OUT_RECEIVE);
	EXPECT_EQ(block.frame_len, 1514);
	EXPECT_EQ(block.buffer_len, 1514);
	EXPECT_EQ(block.header_len, 14);
	EXPECT_EQ(block.protocol, PXE_PROTOCOL_IP);
	EXPECT_EQ(block.packet_type, PXE_PACKET_DIRECTED);
	EXPECT_EQ(host_megabyte()[block.frame.segment * 16 + block.frame.offset + 1513], (uint8_t)1513);
	EXPECT_EQ(isr(PXE_ISR_IN_GET_NEXT, &block), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(block.function, PXE_ISR_OUT_RECEIVE);
	EXPECT_EQ(block.frame_len, 60);
	EXPECT_EQ(block.protocol, PXE_PROTOCOL_ARP);
	EXPECT_EQ(block.packet_type, PXE_PACKET_BROADCAST);
	EXPECT_EQ(isr(PXE_ISR_IN_GET_NEXT, &block), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(block.function, PXE_ISR_OUT_DONE);
	session_end();
}

TEST(other_protocols_and_multicast_are_named)
{
	struct pxe_undi_isr block;

	session_begin();
	undi_open();
	arrive("\x01\x00\x5e\x00\x00\x01", 0x8035, 60);
	arrive(OURS, 0x86dd, 60);
	isr(PXE_ISR_IN_PROCESS, &block);
	EXPECT_EQ(block.packet_type, PXE_PACKET_MULTICAST);
	EXPECT_EQ(block.protocol, PXE_PROTOCOL_RARP);
	isr(PXE_ISR_IN_GET_NEXT, &block);
	EXPECT_EQ(block.protocol, PXE_PROTOCOL_OTHER);
	session_end();
}

TEST(a_nic_without_an_interrupt_says_ours_when_a_frame_waits)
{
	struct pxe_undi_isr block;

	session_begin();
	undi_open();
	isr(PXE_ISR_IN_START, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_NOT_OURS);
	arrive(OURS, 0x0800, 60);
	isr(PXE_ISR_IN_START, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_OURS);
	isr(PXE_ISR_IN_PROCESS, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_RECEIVE);
	session_end();
}

TEST(an_interrupt_is_acknowledged_and_stays_off_until_all_is_done)
{
	struct pxe_undi_isr block;

	begin_loud();
	undi_open();
	EXPECT(interrupts_on);
	arrive(OURS, 0x0800, 60);
	cause = true;
	isr(PXE_ISR_IN_START, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_OURS);
	EXPECT_EQ(causes_read, 1);
	EXPECT(!interrupts_on);
	isr(PXE_ISR_IN_PROCESS, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_RECEIVE);
	EXPECT(!interrupts_on);
	isr(PXE_ISR_IN_GET_NEXT, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_DONE);
	EXPECT(interrupts_on);
	session_end();
}

TEST(an_interrupt_of_somebody_else_is_not_ours)
{
	struct pxe_undi_isr block;

	begin_loud();
	undi_open();
	isr(PXE_ISR_IN_START, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_NOT_OURS);
	EXPECT(interrupts_on);
	session_end();
}

TEST(an_interrupt_while_masked_is_not_ours)
{
	struct pxe_undi_isr block;

	begin_loud();
	undi_open();
	cause = true;
	isr(PXE_ISR_IN_START, &block);
	cause = true;
	isr(PXE_ISR_IN_START, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_NOT_OURS);
	session_end();
}

TEST(closing_takes_the_interrupt_away)
{
	struct pxe_undi_isr block;

	begin_loud();
	undi_open();
	EXPECT_EQ(call(PXE_UNDI_CLOSE, &(struct pxe_undi_close){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT(!interrupts_on);
	EXPECT_EQ(isr(PXE_ISR_IN_PROCESS, &block), PXENV_STATUS_UNDI_INVALID_STATE);
	session_end();
}

TEST(closing_drops_what_waits)
{
	struct pxe_undi_isr block;

	session_begin();
	undi_open();
	arrive(OURS, 0x0800, 60);
	isr(PXE_ISR_IN_START, &block);
	EXPECT(pxe_state.waiting);
	call(PXE_UNDI_CLOSE, &(struct pxe_undi_close){ 0 });
	EXPECT(!pxe_state.waiting);
	session_end();
}

TEST(what_was_sent_is_told_once_each)
{
	struct pxe_undi_isr block;

	session_begin();
	undi_open();
	pxe_state.transmitted = 2;
	isr(PXE_ISR_IN_PROCESS, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_TRANSMIT);
	isr(PXE_ISR_IN_GET_NEXT, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_TRANSMIT);
	isr(PXE_ISR_IN_GET_NEXT, &block);
	EXPECT_EQ(block.function, PXE_ISR_OUT_DONE);
	session_end();
}

TEST(functions_that_are_none_are_refused)
{
	struct pxe_undi_isr block;

	session_begin();
	undi_open();
	EXPECT_EQ(isr(0, &block), PXENV_STATUS_UNDI_INVALID_PARAMETER);
	EXPECT_EQ(isr(4, &block), PXENV_STATUS_UNDI_INVALID_PARAMETER);
	EXPECT_EQ(isr(0xffff, &block), PXENV_STATUS_UNDI_INVALID_PARAMETER);
	session_end();
}

TEST(nothing_is_received_before_undi_is_open)
{
	struct pxe_undi_isr block;

	session_begin();
	EXPECT_EQ(isr(PXE_ISR_IN_PROCESS, &block), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(isr(PXE_ISR_IN_START, &block), PXENV_STATUS_UNDI_INVALID_STATE);
	session_end();
}
