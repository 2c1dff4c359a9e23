/* SPDX-License-Identifier: BSD-2-Clause */
/* UNDI: states, frames that a caller sends, and what it is told of the NIC. */
#include "tests/unit/arch/pxe_session.h"

#include "core/errors.h"
#include "core/string.h"

static const uint8_t somebody[6] = { 2, 0, 10, 0, 2, 2 };

/** A frame of the caller's at @offset of its data: header and @len - 14 bytes. */
static void put_frame(uint16_t offset, size_t len)
{
	uint8_t *frame = data_at(offset);

	memcpy(frame, somebody, 6);
	memcpy(frame + 6, sim_stack_mac, 6);
	frame[12] = 0x08;
	frame[13] = 0x00;
	memset(frame + 14, 0x42, len - 14);
}

static void put_tbd(uint16_t offset, const struct pxe_tbd *tbd)
{
	memcpy(data_at(offset), tbd, sizeof(*tbd));
}

static struct pxe_undi_transmit transmit_block(uint8_t protocol, uint8_t flag)
{
	return (struct pxe_undi_transmit){ .protocol = protocol, .xmit_flag = flag, .dest_address = far(0x3000), .tbd = far(0x4000) };
}

TEST(a_whole_frame_is_sent_as_it_is)
{
	struct pxe_undi_transmit t = transmit_block(PXE_PROTOCOL_UNKNOWN, 0);
	struct sim_packet p;

	session_begin();
	undi_open();
	put_frame(0, 60);
	put_tbd(0x4000, &(struct pxe_tbd){ .immediate_len = 60, .immediate = far(0) });
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_SUCCESS);
	EXPECT(sim_take(&s, &p));
	EXPECT_EQ(p.len, 60);
	EXPECT(memcmp(p.frame, data_at(0), 60) == 0);
	EXPECT_EQ(pxe_state.transmitted, 1);
	session_end();
}

TEST(a_header_is_made_for_ip_arp_and_rarp)
{
	static const uint16_t types[] = { 0x0800, 0x0806, 0x8035 };
	struct sim_packet p;

	session_begin();
	undi_open();
	memcpy(data_at(0x3000), somebody, 6);
	memset(data_at(0), 0x11, 46);
	put_tbd(0x4000, &(struct pxe_tbd){ .immediate_len = 46, .immediate = far(0) });
	for (unsigned i = 0; i < 3; i++) {
		struct pxe_undi_transmit t = transmit_block((uint8_t)(PXE_PROTOCOL_IP + i), PXE_XMIT_DESTADDR);

		EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_SUCCESS);
		EXPECT(sim_take(&s, &p));
		EXPECT_EQ(p.len, 60);
		EXPECT(memcmp(p.frame, somebody, 6) == 0);
		EXPECT(memcmp(p.frame + 6, sim_stack_mac, 6) == 0);
		EXPECT_EQ(p.frame[12] << 8 | p.frame[13], types[i]);
	}
	session_end();
}

TEST(a_broadcast_needs_no_address)
{
	struct pxe_undi_transmit t = transmit_block(PXE_PROTOCOL_ARP, PXE_XMIT_BROADCAST);
	struct sim_packet p;

	session_begin();
	undi_open();
	t.dest_address = (struct pxe_far){ 0xffff, 0xffff };
	put_tbd(0x4000, &(struct pxe_tbd){ .immediate_len = 46, .immediate = far(0) });
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_SUCCESS);
	EXPECT(sim_take(&s, &p));
	EXPECT(memcmp(p.frame, "\xff\xff\xff\xff\xff\xff", 6) == 0);
	session_end();
}

TEST(a_frame_may_come_in_pieces)
{
	struct pxe_undi_transmit t = transmit_block(PXE_PROTOCOL_UNKNOWN, 0);
	struct pxe_tbd tbd = {
		.immediate_len = 14, .immediate = far(0), .block_count = 2,
		.block = { { 1, 0, 20, far(14) }, { 1, 0, 30, far(34) } },
	};
	struct sim_packet p;

	session_begin();
	undi_open();
	put_frame(0, 64);
	put_tbd(0x4000, &tbd);
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_SUCCESS);
	EXPECT(sim_take(&s, &p));
	EXPECT_EQ(p.len, 64);
	EXPECT(memcmp(p.frame, data_at(0), 64) == 0);
	session_end();
}

TEST(a_frame_may_lie_in_its_blocks_alone)
{
	struct pxe_undi_transmit t = transmit_block(PXE_PROTOCOL_UNKNOWN, 0);
	struct sim_packet p;

	session_begin();
	undi_open();
	put_frame(0, 60);
	put_tbd(0x4000, &(struct pxe_tbd){ .immediate_len = 0, .immediate = { 0, 0 }, .block_count = 1, .block = { { 1, 0, 60, far(0) } } });
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_SUCCESS);
	EXPECT(sim_take(&s, &p));
	EXPECT_EQ(p.len, 60);
	session_end();
}

/** Is a frame described so refused, and nothing sent? */
static void expect_refused(struct pxe_undi_transmit t, struct pxe_tbd tbd)
{
	put_tbd(0x4000, &tbd);
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_UNDI_INVALID_PARAMETER);
	EXPECT_SILENCE(&s);
}

TEST(frames_that_are_none_are_refused)
{
	struct pxe_undi_transmit whole = transmit_block(PXE_PROTOCOL_UNKNOWN, 0), made = transmit_block(PXE_PROTOCOL_IP, 0);
	struct pxe_undi_transmit lost = whole;

	session_begin();
	undi_open();
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 0, .immediate = far(0) });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 13, .immediate = far(0) });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 1600, .immediate = far(0) });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 0xffff, .immediate = far(0) });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 60, .immediate = { 0xfff0, DATA_SEGMENT } });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 60, .immediate = { 0, HOST_RESIDENT >> 4 } });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 60, .immediate = far(0), .block_count = 9 });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 60, .immediate = far(0), .block_count = 0xffff });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 60, .immediate = far(0), .block_count = 1, .block = { { 0, 0, 20, far(0) } } });
	expect_refused(whole, (struct pxe_tbd){ .immediate_len = 1000, .immediate = far(0), .block_count = 1, .block = { { 1, 0, 1000, far(0) } } });
	made.protocol = PXE_PROTOCOL_OTHER;
	expect_refused(made, (struct pxe_tbd){ .immediate_len = 60, .immediate = far(0) });
	made.protocol = PXE_PROTOCOL_IP;
	made.xmit_flag = 2;
	expect_refused(made, (struct pxe_tbd){ .immediate_len = 60, .immediate = far(0) });
	lost.tbd = (struct pxe_far){ 0xfffe, 0x1000 };
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &lost), PXENV_STATUS_UNDI_INVALID_PARAMETER);
	session_end();
}

TEST(a_full_ring_is_said)
{
	struct pxe_undi_transmit t = transmit_block(PXE_PROTOCOL_UNKNOWN, 0);

	session_begin();
	undi_open();
	put_frame(0, 60);
	put_tbd(0x4000, &(struct pxe_tbd){ .immediate_len = 60, .immediate = far(0) });
	s.transmit_fails = 1;
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_OUT_OF_RESOURCES);
	EXPECT_EQ(pxe_state.transmitted, 0);
	session_end();
}

TEST(nothing_is_sent_before_undi_is_open)
{
	struct pxe_undi_transmit t = transmit_block(PXE_PROTOCOL_UNKNOWN, 0);

	session_begin();
	EXPECT_EQ(call(PXE_UNDI_TRANSMIT, &t), PXENV_STATUS_UNDI_INVALID_STATE);
	session_end();
}

TEST(a_shutdown_stops_the_nic_and_initialize_starts_it)
{
	session_begin();
	undi_open();
	EXPECT_EQ(call(PXE_UNDI_SHUTDOWN, &(struct pxe_undi_shutdown){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT(!s.nic_open);
	EXPECT(!pxe_state.undi_open);
	EXPECT_EQ(call(PXE_UNDI_STARTUP, &(struct pxe_undi_startup){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_UNDI_INITIALIZE, &(struct pxe_undi_initialize){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT(s.nic_open);
	EXPECT_EQ(undi_open(), PXENV_STATUS_SUCCESS);
	session_end();
}

TEST(open_after_a_shutdown_starts_the_nic_too)
{
	session_begin();
	call(PXE_UNDI_SHUTDOWN, &(struct pxe_undi_shutdown){ 0 });
	EXPECT_EQ(undi_open(), PXENV_STATUS_SUCCESS);
	EXPECT(s.nic_open);
	EXPECT_EQ(call(PXE_UNDI_CLEANUP, &(struct pxe_undi_cleanup){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT(!s.nic_open);
	session_end();
}

TEST(a_reset_leaves_undi_open_or_closed_as_it_was)
{
	session_begin();
	EXPECT_EQ(call(PXE_UNDI_RESET_ADAPTER, &(struct pxe_undi_reset){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT(s.nic_open);
	EXPECT(!pxe_state.undi_open);
	undi_open();
	EXPECT_EQ(call(PXE_UNDI_RESET_ADAPTER, &(struct pxe_undi_reset){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT(s.nic_open);
	EXPECT(pxe_state.undi_open);
	session_end();
}

static unsigned closed;

static void count_close(struct nic *nic)
{
	closed++;
	sim_nic_driver.close(nic);
}

static int refuse(struct nic *nic)
{
	return -EIO;
}

TEST(a_nic_that_does_not_survive_a_reset_is_closed_once)
{
	struct nic_driver broken = sim_nic_driver;

	broken.open = refuse;
	broken.close = count_close;
	session_begin();
	undi_open();
	s.nic.driver = &broken;
	closed = 0;
	EXPECT_EQ(call(PXE_UNDI_RESET_ADAPTER, &(struct pxe_undi_reset){ 0 }), PXENV_STATUS_UNDI_CANNOT_INITIALIZE_NIC);
	EXPECT_EQ(closed, 1);
	EXPECT(!s.netif.open);
	EXPECT(!pxe_state.undi_open);
	EXPECT_EQ(call(PXE_UNDI_RESET_ADAPTER, &(struct pxe_undi_reset){ 0 }), PXENV_STATUS_UNDI_CANNOT_INITIALIZE_NIC);
	EXPECT_EQ(call(PXE_UNDI_SHUTDOWN, &(struct pxe_undi_shutdown){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(closed, 1);
	s.nic.driver = &sim_nic_driver;
	EXPECT_EQ(undi_open(), PXENV_STATUS_SUCCESS);
	EXPECT(s.nic_open);
	session_end();
}

TEST(without_a_program_every_call_is_refused)
{
	session_begin();
	pxe_state.netif = NULL;
	EXPECT_EQ(undi_open(), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_STARTUP, &(struct pxe_undi_startup){ 0 }), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_SHUTDOWN, &(struct pxe_undi_shutdown){ 0 }), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_GET_INFORMATION, &(struct pxe_undi_get_information){ 0 }), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_GET_NIC_TYPE, &(struct pxe_undi_get_nic_type){ 0 }), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_GET_IFACE_INFO, &(struct pxe_undi_get_iface_info){ 0 }), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_GET_STATISTICS, &(struct pxe_undi_get_statistics){ 0 }), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_CLEAR_STATISTICS, &(struct pxe_undi_clear_statistics){ 0 }), PXENV_STATUS_UNDI_INVALID_STATE);
	session_end();
}

TEST(information_has_the_mac_the_mtu_and_no_interrupt)
{
	struct pxe_undi_get_information info = { 0 };

	session_begin();
	EXPECT_EQ(call(PXE_UNDI_GET_INFORMATION, &info), PXENV_STATUS_SUCCESS);
	EXPECT(memcmp(info.current_address, sim_stack_mac, 6) == 0);
	EXPECT(memcmp(info.permanent_address, sim_stack_mac, 6) == 0);
	EXPECT_EQ(info.mtu, 1500);
	EXPECT_EQ(info.hardware_type, 1);
	EXPECT_EQ(info.hardware_address_len, 6);
	EXPECT_EQ(info.interrupt, 0);
	session_end();
}

TEST(type_and_interface)
{
	struct pxe_undi_get_nic_type type = { 0 };
	struct pxe_undi_get_iface_info iface = { 0 };

	session_begin();
	EXPECT_EQ(call(PXE_UNDI_GET_NIC_TYPE, &type), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(type.type, PXE_NIC_PCI);
	EXPECT_EQ(type.pci.vendor, s.nic.pci.vendor);
	EXPECT_EQ(type.pci.device, s.nic.pci.device);
	EXPECT_EQ(call(PXE_UNDI_GET_IFACE_INFO, &iface), PXENV_STATUS_SUCCESS);
	EXPECT(memcmp(iface.type, "DIX+802.3", 10) == 0);
	EXPECT_EQ(iface.flags & 0x1000, 0);
	session_end();
}

TEST(statistics_are_told_and_cleared)
{
	struct pxe_undi_get_statistics get = { 0 };

	session_begin();
	s.nic.stats = (struct nic_stats){ .rx = 5, .tx = 6, .rx_errors = 7, .tx_errors = 8 };
	EXPECT_EQ(call(PXE_UNDI_GET_STATISTICS, &get), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(get.received, 5);
	EXPECT_EQ(get.transmitted, 6);
	EXPECT_EQ(get.crc_errors, 7);
	EXPECT_EQ(get.resource_errors, 8);
	EXPECT_EQ(call(PXE_UNDI_CLEAR_STATISTICS, &(struct pxe_undi_clear_statistics){ 0 }), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(s.nic.stats.rx, 0);
	session_end();
}

TEST(the_mac_of_a_multicast_group)
{
	struct pxe_undi_get_mcast_address get = { 0 };

	memcpy((uint8_t *)&get + 2, (const uint8_t[]){ 225, 0x82, 3, 4 }, 4);
	EXPECT_EQ(call(PXE_UNDI_GET_MCAST_ADDRESS, &get), PXENV_STATUS_SUCCESS);
	EXPECT(memcmp(get.address, "\x01\x00\x5e\x02\x03\x04", 6) == 0);
	memcpy((uint8_t *)&get + 2, (const uint8_t[]){ 10, 0, 2, 2 }, 4);
	EXPECT_EQ(call(PXE_UNDI_GET_MCAST_ADDRESS, &get), PXENV_STATUS_UNDI_INVALID_PARAMETER);
}

TEST(addresses_and_filters)
{
	struct pxe_undi_set_station station = { 0 };
	struct pxe_undi_set_mcast mcast = { .mcast = { .count = 9 } };
	struct pxe_undi_set_filter filter = { .filter = PXE_FILTER_DIRECTED };

	session_begin();
	EXPECT_EQ(call(PXE_UNDI_SET_PACKET_FILTER, &filter), PXENV_STATUS_UNDI_INVALID_STATE);
	EXPECT_EQ(call(PXE_UNDI_SET_MCAST_ADDRESS, &mcast), PXENV_STATUS_UNDI_INVALID_STATE);
	undi_open();
	EXPECT_EQ(call(PXE_UNDI_SET_PACKET_FILTER, &filter), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_UNDI_SET_MCAST_ADDRESS, &mcast), PXENV_STATUS_UNDI_INVALID_PARAMETER);
	mcast.mcast.count = 8;
	EXPECT_EQ(call(PXE_UNDI_SET_MCAST_ADDRESS, &mcast), PXENV_STATUS_SUCCESS);
	EXPECT_EQ(call(PXE_UNDI_SET_STATION_ADDRESS, &station), PXENV_STATUS_UNSUPPORTED);
	memcpy(station.address, sim_stack_mac, 6);
	EXPECT_EQ(call(PXE_UNDI_SET_STATION_ADDRESS, &station), PXENV_STATUS_SUCCESS);
	session_end();
}
